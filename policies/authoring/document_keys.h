#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// A key of a document that stands beside policies, as an editor tells of it.
struct DocumentKey {
  std::string name;
  std::string doc;                 ///< one sentence or two
  std::vector<std::string> words;  ///< what may stand behind it, where that is one of some words
};

/// The keys that the JSON Schema of such a document (document_schemas.h) has in the map that `path`
/// leads to: keys from the outermost on; items of lists leave no trace. `document` is its first
/// key: `list`, `license`, `title` of a Sigma rule and so on; of another it has none. Pure.
[[nodiscard]] std::vector<DocumentKey> document_keys(std::string_view document,
                                                     std::span<const std::string> path);

/// Whether document_keys() knows documents that begin so.
[[nodiscard]] bool is_beside_policies(std::string_view document);

/// What a document may begin with, policies first.
[[nodiscard]] std::vector<DocumentKey> first_keys();

}  // namespace tidewaiter
