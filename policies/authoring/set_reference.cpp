#include "policies/authoring/set_reference.h"

#include <algorithm>
#include <sstream>
#include <tuple>
#include <utility>

#include "policies/authoring/cursor.h"
#include "policies/language/load.h"
#include "policies/language/strict_yaml.h"

namespace tidewaiter {
namespace {

using Kind = NamedDocument::Kind;

std::optional<Kind> kind_of_key(std::string_view key) {
  if (key == "list") return Kind::kList;
  if (key == "license") return Kind::kLicense;
  return std::nullopt;
}

std::optional<Kind> kind_of_document(std::string_view key) {
  return key == "policy" ? std::optional(Kind::kPolicy) : kind_of_key(key);
}

/// The documents of a text that is being written and no YAML yet: by the line that each begins
/// with, and one that begins with `title:`.
void add_begun_documents(const PolicyText& file, std::vector<NamedDocument>& out) {
  std::istringstream lines(file.text);
  std::string line;
  bool begins = true;
  NamedDocument* current = nullptr;
  for (std::int32_t number = 1; std::getline(lines, line); ++number) {
    const std::size_t end = line.find_last_not_of(" \t\r");
    line.resize(end == std::string::npos ? 0 : end + 1);
    if (line.starts_with("---")) {
      begins = true;
      current = nullptr;
    }
    const std::size_t colon = line.find(": ");
    if (line.starts_with("---") || line.starts_with('#') || colon == std::string::npos) continue;
    const std::string_view key = std::string_view(line).substr(0, colon);
    const std::size_t from = line.find_first_not_of(" \"'", colon + 1);
    std::string value = line.substr(std::min(from, line.size()));
    while (value.ends_with('"') || value.ends_with('\'')) value.pop_back();
    if (current != nullptr && key == "title") current->title = value;
    if (!begins) continue;
    begins = false;
    const std::optional<Kind> kind = kind_of_document(key);
    if (!kind) continue;
    const auto column = static_cast<std::int32_t>(from) + 1;
    const auto length = static_cast<std::int32_t>(value.size());
    out.push_back({*kind, std::move(value), {}, file.path, {file.path, number, column, length}});
    current = &out.back();
  }
}

void add_documents(const PolicyText& file, std::vector<NamedDocument>& out) {
  const YamlText text(file.path, file.text);
  std::vector<Diagnostic> found;  // what is wrong in the documents is told elsewhere
  const std::vector<YamlNode> documents = parse_policy_file(file, text, found);
  if (has_errors(found)) {
    add_begun_documents(file, out);
    return;
  }
  for (const YamlNode& document : documents) {
    if (document.members.empty()) continue;
    const auto& [key, name] = document.members.front();
    const std::optional<Kind> kind = kind_of_document(key.scalar);
    if (!kind) continue;
    const YamlNode* title = document.find("title");
    out.push_back(
        {*kind, name.scalar, title != nullptr ? title->scalar : "", file.path, name.span});
  }
}

/// The kind of document that is named behind this text.
std::optional<Kind> kind_named_behind(std::string_view text) {
  if (text.ends_with(':')) {
    text.remove_suffix(1);
    return kind_of_key(word_at(text, text.size(), true).text);
  }
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  if (text.empty() || text.back() != '(') return std::nullopt;
  const std::string_view called = text.substr(0, text.find_last_not_of(" (") + 1);
  const CursorWord word = word_at(called, called.size());
  return word.text == "licensed" ? std::optional(Kind::kLicense) : std::nullopt;
}

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::kList:
      return "list";
    case Kind::kLicense:
      return "license";
    case Kind::kPolicy:
      return "policy";
  }
  return "";
}

/// Whether lists are named here without `list:` before them.
bool names_lists(const CursorPath& path) {
  if (!path.value_of) return false;
  if (path.value_of->ends_with("|country_group")) return true;
  const std::string around = path.keys.empty() ? std::string() : path.keys.back();
  return (around == "screen" && path.value_of == "lists") ||
         (around == "ownership" && path.value_of == "of");
}

/// Whether the place is behind the first key of a document of tests.
bool names_what_is_tested(const CursorPath& path) {
  return path.document == "tests" && path.keys.empty() && path.value_of == "tests";
}

}  // namespace

std::vector<NamedDocument> named_documents(std::span<const PolicyText> texts) {
  std::vector<NamedDocument> all;
  for (const PolicyText& text : texts) add_documents(text, all);
  std::ranges::stable_sort(all, {}, [](const NamedDocument& document) {
    return std::tie(document.kind, document.name);
  });
  return all;
}

std::optional<SetReference> set_reference_at(std::string_view text, std::size_t offset) {
  const CursorWord word = word_at(text, offset, true);
  std::optional<Kind> kind = kind_named_behind(text.substr(0, word.begin));
  const CursorPath path = cursor_path(text, word.begin);
  if (!kind && names_what_is_tested(path)) kind = Kind::kPolicy;
  if (!kind && names_lists(path)) kind = Kind::kList;
  if (!kind || path.in_comment) return std::nullopt;
  return SetReference{*kind, word.begin, word.end};
}

std::vector<Completion> completions_of(const SetReference& reference,
                                       std::span<const NamedDocument> documents) {
  std::vector<Completion> out;
  for (const NamedDocument& document : documents) {
    if (document.kind != reference.kind) continue;
    out.push_back({Completion::Kind::kName, document.name, document.title, document.file, {}});
  }
  return out;
}

std::vector<Completion> lists_at(std::string_view text, std::size_t offset,
                                 std::span<const NamedDocument> documents) {
  const CursorWord word = word_at(text, offset, true);
  const std::string_view before = text.substr(0, word.begin);
  const std::size_t last = before.find_last_not_of(' ');
  // Between brackets stand values, and no lists.
  if (last == std::string_view::npos || before[last] != ':') return {};
  const CursorPath path = cursor_path(text, word.begin);
  if (path.in_comment || !path.value_of || !path.value_of->ends_with("|in")) return {};
  std::vector<Completion> out = completions_of({Kind::kList, word.begin, word.end}, documents);
  for (Completion& one : out) one.label.insert(0, "list:");
  return out;
}

const NamedDocument* named_at(const SetReference& reference, std::string_view text,
                              std::span<const NamedDocument> documents) {
  const std::string_view name = text.substr(reference.begin, reference.end - reference.begin);
  const auto found = std::ranges::find_if(documents, [&](const NamedDocument& document) {
    return document.kind == reference.kind && document.name == name;
  });
  return found == documents.end() ? nullptr : &*found;
}

std::optional<Hover> hover_of(const SetReference& reference, std::string_view text,
                              std::span<const NamedDocument> documents) {
  const NamedDocument* const found = named_at(reference, text, documents);
  if (found == nullptr) return std::nullopt;
  std::string markdown = "A " + std::string(word_of(found->kind)) + " of this set: `" +
                         found->name + "`\n\n" + found->title + "\n\n" + found->file;
  return Hover{std::move(markdown), reference.begin, reference.end};
}

}  // namespace tidewaiter
