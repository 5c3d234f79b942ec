#include "policies/sigma/rule_policy.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "policies/language/document_header.h"
#include "policies/language/expression_types.h"
#include "policies/language/text_match.h"
#include "policies/language/token_cursor.h"
#include "policies/model/input_text.h"
#include "policies/sigma/source_binding.h"
#include "policies/sigma/test_expression.h"

namespace tidewaiter {
namespace {

/// As for policies about single records: docs/policy-language.md.
constexpr Window kSingleRecords{kHour, kHour, Duration{7 * kDay.us}};

/// Makes expressions of a rule's selections over the records of one source. Where one cannot be
/// made, that is told, and false stands there.
class DetectionBuilder {
 public:
  DetectionBuilder(const SigmaSource& source, DocumentReader& reader)
      : source_(source), reader_(reader) {}

  [[nodiscard]] bool failed() const { return failed_; }

  Expr whole(const SigmaDetection& detection, const SourceSpan& span) {
    std::vector<Expr> selections;
    selections.reserve(detection.selections.size());
    for (const SigmaSelection& one : detection.selections) selections.push_back(selection(one));
    Expr expr = condition(detection.condition, selections);
    if (tree_size(expr).depth <= kMaxExpressionDepth) return expr;
    reader_.error(span, kSigmaNoPolicy,
                  "the rule is nested deeper than " + std::to_string(kMaxExpressionDepth) +
                      " levels as a policy's condition",
                  "split the rule; `tidewaiter policy sigma` matches it as it stands");
    failed_ = true;
    return expr;
  }

  Expr selection(const SigmaSelection& selection) {
    std::vector<Expr> alternatives;
    for (const std::vector<SigmaItem>& items : selection.alternatives) {
      std::vector<Expr> all;
      for (const SigmaItem& one : items) all.push_back(item(one));
      alternatives.push_back(joined(ExprOp::kAnd, std::move(all), selection.span));
    }
    return joined(ExprOp::kOr, std::move(alternatives), selection.span);
  }

 private:
  /// Of nothing, `and` is true and `or` false.
  static Expr joined(ExprOp op, std::vector<Expr> parts, const SourceSpan& span) {
    if (parts.empty()) return truth_expression(op == ExprOp::kAnd, span);
    Built built = build_logical(op, std::move(parts));
    return *std::move(built);  // all parts are truth values
  }

  static Expr negated(Expr expr) {
    const SourceSpan span = expr.span;
    Built built = build_not(std::move(expr), span);
    return *std::move(built);  // of a truth value
  }

  Expr item(const SigmaItem& item) {
    if (item.field.empty()) {
      return refuse(item.span,
                    "keywords are looked for in every value of a record, times and amounts too");
    }
    std::vector<Expr> values;
    for (const std::vector<SigmaTest>& tests : item.values) {
      std::vector<Expr> met;
      for (const SigmaTest& one : tests) met.push_back(test(one, item));
      values.push_back(joined(ExprOp::kOr, std::move(met), item.span));
    }
    Expr whole = joined(item.all ? ExprOp::kAnd : ExprOp::kOr, std::move(values), item.span);
    return item.negated ? negated(std::move(whole)) : whole;
  }

  Expr test(const SigmaTest& test, const SigmaItem& item) {
    const auto* reference = std::get_if<SigmaFieldRef>(&test);
    const auto id = field_named(item.field);
    const auto other = reference != nullptr ? field_named(reference->field) : id;
    if (!id || !other) {
      return refuse(item.span, "a name is both a field of these records and one of the mapping");
    }
    SigmaExpr expr = test_expression(test, *id, *other, item.span);
    return expr ? *std::move(expr) : refuse(item.span, expr.error());
  }

  /// Nothing if records may have a field of that name beside the one that the mapping means.
  [[nodiscard]] std::optional<FieldId> field_named(const std::string& name) const {
    const auto own = find_field(name);
    const auto mapped = source_.fields.find(name);
    if (mapped == source_.fields.end() || mapped->second == name) return own;
    if (own && has_kind(field(*own), *source_.reads)) return std::nullopt;
    return find_field(mapped->second);
  }

  /// One error a place is enough.
  Expr refuse(const SourceSpan& span, const std::string& reason) {
    if (!failed_ || span != refused_) {
      reader_.error(span, kSigmaNoPolicy, "no policy says this: " + reason,
                    "`tidewaiter policy sigma` matches it; in a policy set, write it otherwise");
    }
    failed_ = true;
    refused_ = span;
    return truth_expression(false, span);
  }

  // Conditions are at most kMaxExpressionDepth deep.
  static Expr condition(const SigmaCondition& node, const std::vector<Expr>& selections) {
    if (node.kind == SigmaCondition::Kind::kSelection) return selections[node.selection];
    std::vector<Expr> operands;
    for (const SigmaCondition& one : node.operands) operands.push_back(condition(one, selections));
    if (node.kind == SigmaCondition::Kind::kNot) return negated(std::move(operands.front()));
    const bool is_and = node.kind == SigmaCondition::Kind::kAnd;
    return joined(is_and ? ExprOp::kAnd : ExprOp::kOr, std::move(operands), {});
  }

  const SigmaSource& source_;
  DocumentReader& reader_;
  bool failed_ = false;
  SourceSpan refused_;
};

/// What a policy is called: the rule's id or name, or its title written as an id.
std::string id_of(const SigmaHead& head) {
  constexpr std::size_t kMost = 100;
  std::string name = ascii_lower(!head.id.empty()     ? head.id
                                 : !head.name.empty() ? head.name
                                                      : head.title);
  if (head.id.empty() && head.name.empty()) {
    std::ranges::replace_if(
        name, [](char c) { return !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'); }, '-');
    name.resize(std::min(name.size(), kMost));
  }
  return "sigma." + name;
}

Severity severity_of(const std::string& level) {
  constexpr std::array<std::pair<std::string_view, Severity>, 3> kLevels = {
      {{"critical", Severity::kCritical},
       {"high", Severity::kHigh},
       {"medium", Severity::kMedium}}};
  for (const auto& [word, severity] : kLevels) {
    if (word == level) return severity;
  }
  return Severity::kLow;
}

bool is_given_up(const std::string& status) {
  return status == "deprecated" || status == "unsupported";
}

/// All but what depends on the kind of record.
Policy described(const SigmaRule& rule) {
  const SigmaHead& head = rule.head;
  Policy policy;
  policy.id = id_of(head);
  policy.title = head.title;
  policy.status = is_given_up(head.status) ? PolicyStatus::kRetired : PolicyStatus::kActive;
  policy.basis.push_back({"control", "Sigma rule: " + head.title});
  policy.severity = severity_of(head.level);
  policy.description = head.description;
  policy.false_positives = head.false_positives;
  policy.references = head.references;
  policy.references.insert(policy.references.end(), head.tags.begin(), head.tags.end());
  policy.window = kSingleRecords;
  policy.span = head.begin;
  Measure records;
  records.name = "records";
  records.span = head.begin;
  Expr figure;
  figure.op = ExprOp::kMeasure;
  figure.type = records.type;
  policy.report_when.op = ExprOp::kGe;
  policy.report_when.args = {std::move(figure), make_literal(records.type, std::int64_t{1}, {})};
  policy.measures.push_back(std::move(records));
  return policy;
}

/// The sources of one kind of record that share a subject make one policy.
using Groups = std::map<std::pair<RecordKind, std::vector<FieldId>>, std::vector<std::size_t>>;

/// The rule's condition through any of the sources; false after an error.
bool add_condition(const SigmaRule& rule, std::span<const SigmaSource> sources,
                   const std::vector<std::size_t>& members, DocumentReader& reader,
                   Policy& policy) {
  std::vector<Expr> any;
  for (const std::size_t s : members) {
    DetectionBuilder builder(sources[s], reader);
    std::vector<Expr> both;
    if (sources[s].where) both.push_back(builder.whole(*sources[s].where, rule.head.span));
    both.push_back(builder.whole(rule.detection, rule.head.span));
    if (builder.failed()) return false;
    any.push_back(*build_logical(ExprOp::kAnd, std::move(both)));
    if (members.size() > 1) continue;  // through each source a selection is another
    for (const SigmaSelection& one : rule.detection.selections) {
      policy.selections.emplace_back(one.name, builder.selection(one));
    }
  }
  policy.condition = *build_logical(ExprOp::kOr, std::move(any));
  return true;
}

}  // namespace

std::vector<Policy> policies_of(const SigmaRule& rule, std::span<const SigmaSource> sources,
                                DocumentReader& reader) {
  const SigmaBinding binding = bind_sigma(rule, sources);
  Groups groups;
  for (const std::size_t s : binding.sources) {
    if (sources[s].reads) groups[{*sources[s].reads, sources[s].for_each}].push_back(s);
  }
  if (groups.empty()) {
    tell_unbound(rule, binding.missing, "a `logsource_mapping` document of the set", reader);
    return {};
  }
  const Policy common = described(rule);
  std::vector<Policy> policies;
  for (const auto& [key, members] : groups) {
    Policy policy = common;
    policy.reads = key.first;
    policy.for_each = key.second;
    policy.kind = policy.reads == RecordKind::kAudit ? "control-failure" : "access";
    if (groups.size() > 1) {
      policy.id += "." + std::string(kind_name(policy.reads));
      for (const FieldId id : policy.for_each) policy.id += "." + std::string(field(id).name);
    }
    if (!is_document_id(policy.id)) {
      reader.error(rule.head.span, kSigmaId,
                   in_backticks(policy.id) + " cannot be the id of a policy",
                   "give the rule an `id` of letters, digits, `.`, `-` and `_`, such as a UUID");
      return {};
    }
    if (!add_condition(rule, sources, members, reader, policy)) return {};
    policies.push_back(std::move(policy));
  }
  return policies;
}

}  // namespace tidewaiter
