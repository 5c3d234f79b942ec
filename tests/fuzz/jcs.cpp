// The canonical form of what parses strictly is canonical, and reads back as the same document.
#include "policies/model/jcs.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = parse_json_strict(text);
  if (!document) {
    if (is_jcs(text)) std::abort();
    return 0;
  }
  const auto canonical = to_jcs(*document);
  if (!canonical) {
    if (is_jcs(text)) std::abort();
    return 0;
  }
  if (!is_jcs(*canonical)) std::abort();
  if (is_jcs(text) != (*canonical == text)) std::abort();
  const auto again = parse_json_strict(*canonical);
  if (!again || *again != *document) std::abort();
  return 0;
}
