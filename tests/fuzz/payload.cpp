// What opens as a payload is, byte for byte, what sealing its text gives: by itself, and as the
// chunks behind a header that commits to the key.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/evidence/payload_cipher.h"
#include "tests/unit/ledger/whole_payload.h"

namespace {

using namespace tidewaiter;

/// An array of rising bytes, as the seeds of the corpus were made with.
template <class Array>
Array rising_from(int first) {
  Array array{};
  std::ranges::generate(array, [&first] { return static_cast<std::byte>(first++); });
  return array;
}

void open_whole(const PayloadKey& key, const std::string& context, std::string_view payload) {
  const std::string_view header = payload.substr(0, kPayloadHeader);
  const Result<std::string> text = opened_payload(key, context, payload);
  if (!text) return;
  PayloadSalt salt{};
  std::ranges::transform(header.substr(0, salt.size()), salt.begin(),
                         [](char sign) { return static_cast<std::byte>(sign); });
  if (sealed_payload(key, context, salt, *text) != payload) std::abort();
  if (payload_length(static_cast<std::int64_t>(text->size())) !=
      static_cast<std::int64_t>(payload.size())) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto nonce = rising_from<Nonce>(0x40);
  static const PayloadKey key = payload_key(rising_from<SubjectKey>(0), nonce, kPayloadKeyLabel, 0);
  static const std::string context = payload_context(kPayloadContextLabel, nonce);
  static const std::string header =
      PayloadSealer(key, context, rising_from<PayloadSalt>(0x60)).header();
  const std::string given(reinterpret_cast<const char*>(data), size);
  open_whole(key, context, given);
  open_whole(key, context, header + given);
  return 0;
}
