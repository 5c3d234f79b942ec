#include "policies/language/evidence_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "policies/language/expression_literal.h"
#include "policies/language/expression_types.h"
#include "policies/language/field_lookup.h"
#include "policies/language/yaml_expression.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 3> kEvidenceKeys = {"fields", "records", "choose"};
constexpr std::array<std::string_view, 1> kChoiceKeys = {"largest"};

constexpr std::int64_t kMaxEvidence = 1000;

void read_fields(DocumentReader& reader, const YamlNode& list, RecordKind kind,
                 std::vector<FieldId>& fields) {
  for (const YamlNode* item : DocumentReader::items(list)) {
    const auto name = reader.text(*item);
    if (!name) continue;
    const auto id = find_field_of(kind, *name, item->span);
    if (id) {
      fields.push_back(*id);
    } else {
      reader.error(id.error());
    }
  }
}

/// What makes a record large where the writer does not say it.
Expr usual_size(const std::vector<Measure>& measures) {
  const auto measure = std::ranges::find_if(
      measures, [](const Measure& one) { return one.argument && is_ordered(one.argument->type); });
  if (measure != measures.end()) return *measure->argument;
  return make_field(kFieldRequests, {});
}

std::optional<Expr> read_size(DocumentReader& reader, const YamlNode& choice,
                              const ExprScope& scope) {
  check_keys(reader.yaml(), choice, kChoiceKeys, reader.diagnostics());
  const YamlNode* node = choice.find("largest");
  if (node == nullptr) {
    reader.error(choice.span, kMissingKey, "`largest` is missing in `choose`",
                 "write `choose: {largest: output_tokens}`");
    return std::nullopt;
  }
  auto size = parse_yaml_expression(reader.yaml(), *node, scope, reader.diagnostics());
  if (!size || is_ordered(size->type)) return size;
  reader.error(node->span, kUnorderedEvidence,
               "records cannot be compared by " + std::string(type_name(size->type)),
               "name a number, a duration, a time or an amount, as in `{largest: output_tokens}`");
  return std::nullopt;
}

void read_choice(DocumentReader& reader, const YamlNode& choice, const ExprScope& scope,
                 const std::vector<Measure>& measures, EvidenceRequest& evidence) {
  static constexpr std::array<std::pair<std::string_view, EvidenceChoice>, 3> kChoices = {
      {{"first", EvidenceChoice::kFirst},
       {"last", EvidenceChoice::kLast},
       {"largest", EvidenceChoice::kLargest}}};
  if (choice.kind == YamlNode::Kind::kMap) {
    evidence.choose = EvidenceChoice::kLargest;
    evidence.size = read_size(reader, choice, scope);
    return;
  }
  evidence.choose = reader.one_of(choice, kChoices).value_or(EvidenceChoice::kFirst);
  if (evidence.choose == EvidenceChoice::kLargest) evidence.size = usual_size(measures);
}

}  // namespace

void read_evidence(DocumentReader& reader, const YamlNode& document, const ExprScope& scope,
                   const std::vector<Measure>& measures, EvidenceRequest& evidence) {
  const YamlNode* node = document.find("evidence");
  if (node == nullptr || !reader.expect_map(*node, "evidence: {fields: [time], records: 20}")) {
    return;
  }
  check_keys(reader.yaml(), *node, kEvidenceKeys, reader.diagnostics());
  if (const YamlNode* list = node->find("fields")) {
    read_fields(reader, *list, *scope.fields, evidence.fields);
  }
  if (const YamlNode* records = node->find("records")) {
    evidence.records = reader.integer(*records, 0, kMaxEvidence).value_or(evidence.records);
  }
  if (const YamlNode* choice = node->find("choose")) {
    read_choice(reader, *choice, scope, measures, evidence);
  }
}

}  // namespace tidewaiter
