#include "policies/language/document_header.h"

#include <algorithm>

#include "policies/language/text_match.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMaxId = 128;
constexpr std::int64_t kMaxVersion = 1'000'000'000;

void read_name(DocumentReader& reader, const YamlNode& key, const YamlNode& value,
               DocumentHeader& header) {
  header.name = reader.text(value).value_or("");
  if (header.name.empty() || is_document_id(header.name)) return;
  reader.error(value.span, kBadDocumentName,
               "`" + header.name + "` cannot be the name of a " + key.scalar,
               "write it like `research-partners`: lower case letters, digits, `.`, `-`, `_`; a "
               "letter first; at most 128");
}

}  // namespace

bool is_document_id(std::string_view id) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !id.empty() && id.size() <= kMaxId && lower(id.front()) &&
         std::all_of(id.begin(), id.end(), [&](char c) {
           return lower(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
         });
}

bool matches_id(std::string_view pattern, std::string_view id) {
  // Ids have no `?` and no backslash; in a pattern they match nothing.
  return pattern.find_first_of("?\\") == std::string_view::npos &&
         matches_wildcard(pattern, id, true);
}

DocumentHeader read_document_header(DocumentReader& reader, const YamlNode& document) {
  DocumentHeader header;
  const auto& [key, name] = document.members.front();
  header.span = key.span;
  read_name(reader, key, name, header);
  read_header_details(reader, document, header);
  return header;
}

void read_header_details(DocumentReader& reader, const YamlNode& document, DocumentHeader& header) {
  const auto text = [&](std::string_view member, std::string& out) {
    if (const YamlNode* node = document.find(member)) out = reader.text(*node).value_or("");
  };
  text("title", header.title);
  text("owner", header.owner);
  text("description", header.description);
  if (const YamlNode* version = document.find("version")) {
    header.version = reader.integer(*version, 1, kMaxVersion).value_or(1);
  }
}

void require_key(DocumentReader& reader, const YamlNode& document, std::string_view key,
                 std::string_view hint) {
  if (document.find(key) != nullptr) return;
  const YamlNode& first = document.members.front().first;
  reader.error(first.span, kMissingKey,
               "`" + std::string(key) + "` is missing in the " + first.scalar, std::string(hint));
}

}  // namespace tidewaiter
