#include "storage/ledger/c2sp_text.h"

#include <algorithm>
#include <charconv>

#include "policies/model/base64.h"

namespace tidewaiter {

std::optional<std::int64_t> decimal_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = failure == std::errc() && end == text.data() + text.size();
  if (!is_whole || text.front() == '-' || (text.front() == '0' && text.size() > 1)) {
    return std::nullopt;
  }
  return value;
}

std::optional<Digest> hash_of(std::string_view text) {
  const Result<std::string> bytes = from_base64(text, Base64::kStandard);
  Digest hash;
  if (!bytes || bytes->size() != hash.bytes.size()) return std::nullopt;
  std::ranges::copy(as_byte_span(*bytes), hash.bytes.begin());
  return hash;
}

}  // namespace tidewaiter
