#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"

namespace tidewaiter {

/// What every document that is not a policy says of itself.
struct DocumentHeader {
  std::string name;  ///< the value of its first key
  std::string title;
  std::int64_t version = 1;
  std::string owner;
  std::string description;
  SourceSpan span;  ///< of the first key
};

/// Lower case letters, digits, `.`, `-` and `_`, a letter first, at most 128 bytes: what policies,
/// lists, exemptions, licences and packs are called.
[[nodiscard]] bool is_document_id(std::string_view id);

/// Whether the id fits the pattern, in which `*` stands for any run of characters.
[[nodiscard]] bool matches_id(std::string_view pattern, std::string_view id);

/// Reads the first key's value, `title`, `version`, `owner` and `description`. A name that is no id
/// is an error.
[[nodiscard]] DocumentHeader read_document_header(DocumentReader& reader, const YamlNode& document);

/// Reads `title`, `version`, `owner` and `description` alone, of a document whose first key is not
/// a name of its own.
void read_header_details(DocumentReader& reader, const YamlNode& document, DocumentHeader& header);

/// An error at the document's first key, unless the document has the key. `hint` says what to
/// write.
void require_key(DocumentReader& reader, const YamlNode& document, std::string_view key,
                 std::string_view hint);

}  // namespace tidewaiter
