#include "policies/lists/yaml_list.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/load.h"
#include "policies/language/strict_yaml.h"
#include "policies/lists/column_meaning.h"
#include "policies/lists/delimited_rows.h"

namespace tidewaiter {
namespace {

std::size_t line_of(const YamlNode& node) { return static_cast<std::size_t>(node.span.line); }

/// The node that has the parties, or nothing.
const YamlNode* parties_of(const YamlNode& document) {
  if (document.kind == YamlNode::Kind::kSequence) return &document;
  if (document.kind != YamlNode::Kind::kMap) return nullptr;
  const YamlNode* const parties =
      document.find(document.find("list") != nullptr ? "values" : "parties");
  return parties != nullptr && parties->kind == YamlNode::Kind::kSequence ? parties : nullptr;
}

class YamlReader {
 public:
  explicit YamlReader(ParsedList& list) : list_(list) {}

  void read(const YamlNode& document) {
    const YamlNode* const parties = parties_of(document);
    if (parties == nullptr) {
      add_fault(document,
                "the document has no parties: expected a list, `parties`, or the "
                "`values` of a `list`");
      return;
    }
    for (const YamlNode& party : parties->items) read_party(party);
  }

 private:
  void add_fault(const YamlNode& node, std::string message) {
    list_.faults.push_back({line_of(node), std::move(message)});
  }

  void read_party(const YamlNode& party) {
    ListEntry entry;
    ++parties_;
    if (party.kind == YamlNode::Kind::kScalar) {
      add_one_value(entry, ColumnMeaning::kName, party.scalar);
    }
    for (const auto& [key, value] : party.members) read_member(entry, key, value);
    if (finish_entry(entry, parties_)) {
      list_.entries.push_back(std::move(entry));
    } else {
      add_fault(party, "the party has no name");
    }
  }

  void read_member(ListEntry& entry, const YamlNode& key, const YamlNode& value) {
    constexpr std::string_view kPassedOver[] = {"from", "until", "reason", "notes"};
    if (std::ranges::find(kPassedOver, key.scalar) != std::end(kPassedOver)) return;
    const ColumnMeaning meaning =
        key.scalar == "value" ? ColumnMeaning::kName : column_meaning(key.scalar);
    if (meaning == ColumnMeaning::kNothing) {
      return add_fault(key, "`" + key.scalar.substr(0, 40) + "` says nothing of a party");
    }
    if (value.kind == YamlNode::Kind::kSequence) {
      for (const YamlNode& one : value.items) add_text(entry, meaning, one);
    } else {
      add_text(entry, meaning, value);
    }
  }

  void add_text(ListEntry& entry, ColumnMeaning meaning, const YamlNode& value) {
    if (value.kind == YamlNode::Kind::kNull) return;
    if (value.kind != YamlNode::Kind::kScalar) return add_fault(value, "expected a text here");
    if (meaning == ColumnMeaning::kKind && !kind_from(value.scalar)) {
      return add_fault(value, "the kind `" + value.scalar.substr(0, 40) +
                                  "` is not known: expected `person` or `organisation`");
    }
    add_one_value(entry, meaning, value.scalar);
  }

  ParsedList& list_;
  std::size_t parties_ = 0;
};

std::string yaml_error(const Diagnostic& diagnostic) {
  std::string text = "the YAML is not read: line " + std::to_string(diagnostic.span.line) + ": " +
                     diagnostic.message;
  if (!diagnostic.hint.empty()) text += ": " + diagnostic.hint;
  return text;
}

}  // namespace

bool looks_like_yaml_list(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (trimmed(line).empty() || line.starts_with('#') || trimmed(line) == "---") continue;
    return line.starts_with("list:") || line.starts_with("parties:") || line.starts_with("- ");
  }
  return false;
}

Result<ParsedList> parse_yaml_list(std::string_view text) {
  std::vector<Diagnostic> diagnostics;
  YamlLimits limits;
  limits.bytes = kMostListFileBytes;
  limits.values = kMostListFileValues;
  const std::vector<YamlNode> documents = YamlText("list", text).parse(diagnostics, limits);
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.level != DiagnosticLevel::kError) continue;
    return fail(ErrorCode::kInvalidInput, yaml_error(diagnostic));
  }
  ParsedList list;
  list.format = "YAML";
  YamlReader reader(list);
  for (const YamlNode& document : documents) reader.read(document);
  return list;
}

}  // namespace tidewaiter
