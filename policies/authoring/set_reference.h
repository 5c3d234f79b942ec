#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/authoring/completion.h"
#include "policies/authoring/hover.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// A document of a policy set that others name.
struct NamedDocument {
  enum class Kind : std::uint8_t { kList, kLicense, kPolicy };
  Kind kind = Kind::kList;
  std::string name;
  std::string title;
  std::string file;
  SourceSpan span;  ///< of the name, in that file
};

/// The lists, licenses and policies of the texts, by kind and name. Of a text that is no YAML, as
/// those are that somebody writes, they are what its documents' first lines say. Pure.
[[nodiscard]] std::vector<NamedDocument> named_documents(std::span<const PolicyText> texts);

/// A place where a document is named: behind `list:` or `license:`, in `licensed(…)`, in the
/// `lists` of a screen, the `of` of an ownership and behind `|country_group`, and behind `tests:`
/// where a document of tests begins.
struct SetReference {
  NamedDocument::Kind kind = NamedDocument::Kind::kList;
  std::size_t begin = 0;  ///< bytes of the text; the name, as far as it is written
  std::size_t end = 0;
};
/// `offset` is a byte of `text`, or its end; nothing in comments and where no document is named.
[[nodiscard]] std::optional<SetReference> set_reference_at(std::string_view text,
                                                           std::size_t offset);

/// What may be named at such a place.
[[nodiscard]] std::vector<Completion> completions_of(const SetReference& reference,
                                                     std::span<const NamedDocument> documents);
/// `list:NAME` of each list, where the value of a key that ends with `|in` begins; else nothing.
[[nodiscard]] std::vector<Completion> lists_at(std::string_view text, std::size_t offset,
                                               std::span<const NamedDocument> documents);
/// The document that is named at such a place of `text`, or nullptr.
[[nodiscard]] const NamedDocument* named_at(const SetReference& reference, std::string_view text,
                                            std::span<const NamedDocument> documents);
/// What the name says; nothing if there is no such document.
[[nodiscard]] std::optional<Hover> hover_of(const SetReference& reference, std::string_view text,
                                            std::span<const NamedDocument> documents);

}  // namespace tidewaiter
