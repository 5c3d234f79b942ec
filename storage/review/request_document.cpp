#include "storage/review/request_document.h"

#include <charconv>
#include <string_view>

namespace tidewaiter {
namespace {

constexpr const char* kName = "document_name";
constexpr const char* kBytes = "document_bytes";
constexpr const char* kSha256 = "document_sha256";

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failure == std::errc() && end == text.data() + text.size() && value >= 0;
  return whole ? std::optional(value) : std::nullopt;
}

}  // namespace

void put_document(const RequestDocument& document, Confidential& words) {
  words[kName] = document.name;
  words[kBytes] = std::to_string(document.bytes);
  words[kSha256] = to_hex(document.sha256);
}

std::optional<RequestDocument> document_of(const Confidential& words) {
  const auto name = words.find(kName);
  const auto bytes = words.find(kBytes);
  const auto sha256 = words.find(kSha256);
  if (name == words.end() || bytes == words.end() || sha256 == words.end()) return std::nullopt;
  const auto size = whole_number(bytes->second);
  const Result<Digest> digest = digest_from_hex(sha256->second);
  if (!size || !digest) return std::nullopt;
  return RequestDocument{name->second, *size, *digest};
}

}  // namespace tidewaiter
