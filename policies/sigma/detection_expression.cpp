#include "policies/sigma/detection_expression.h"

#include <utility>
#include <vector>

#include "policies/language/expression_types.h"
#include "policies/language/text_match.h"
#include "policies/language/token_cursor.h"
#include "policies/sigma/keyword_expression.h"
#include "policies/sigma/test_expression.h"

namespace tidewaiter {
namespace {

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
    if (!fits(detection.condition, selections)) {
      reader_.error(span, kSigmaNoPolicy,
                    "the rule has more than " + std::to_string(kMaxExpressionNodes) +
                        " parts as a policy's condition once selections are put in",
                    "name each selection once; `tidewaiter policy sigma` matches it as it stands");
      failed_ = true;
      return truth_expression(false, span);
    }
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
    if (item.field.empty() && !keywords_fit(item)) {
      return refuse(item.span, "the keywords are more than " + std::to_string(kMaxExpressionNodes) +
                                   " parts, one for each field that they are looked for in");
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

  /// Looked at before the parts are made, as they are many for each keyword.
  [[nodiscard]] bool keywords_fit(const SigmaItem& item) const {
    std::size_t tests = 0;
    for (const std::vector<SigmaTest>& one : item.values) tests += one.size();
    return tests <= kMaxExpressionNodes / keyword_fields(*source_.reads);
  }

  Expr test(const SigmaTest& test, const SigmaItem& item) {
    if (item.field.empty()) {
      SigmaExpr expr = keyword_expression(test, *source_.reads, item.span);
      return expr ? *std::move(expr) : refuse(item.span, expr.error());
    }
    const auto* reference = std::get_if<SigmaFieldRef>(&test);
    const auto id = field_named(source_, item.field);
    const auto other = reference != nullptr ? field_named(source_, reference->field) : id;
    if (!id || !other) {
      return refuse(item.span, "a name is both a field of these records and one of the mapping");
    }
    SigmaExpr expr = test_expression(test, *id, *other, item.span);
    return expr ? *std::move(expr) : refuse(item.span, expr.error());
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

  /// Whether the condition is within bounds with its selections in their places. Looked at before
  /// it is made: a short text may name a long selection very often.
  static bool fits(const SigmaCondition& node, const std::vector<Expr>& selections) {
    std::vector<std::size_t> sizes;
    sizes.reserve(selections.size());
    for (const Expr& selection : selections) sizes.push_back(tree_size(selection).nodes);
    return size_of(node, sizes) <= kMaxExpressionNodes;
  }

  static std::size_t size_of(const SigmaCondition& node, const std::vector<std::size_t>& sizes) {
    if (node.kind == SigmaCondition::Kind::kSelection) return sizes[node.selection];
    std::size_t all = 1;
    for (const SigmaCondition& one : node.operands) all += size_of(one, sizes);
    return all;
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

}  // namespace

std::optional<FieldId> field_named(const SigmaSource& source, const std::string& name) {
  const auto own = find_field(name);
  const auto mapped = source.fields.find(name);
  if (mapped == source.fields.end() || mapped->second == name) return own;
  if (own && has_kind(field(*own), *source.reads)) return std::nullopt;
  return find_field(mapped->second);
}

std::optional<Expr> rule_expression(const SigmaRule& rule, const SigmaSource& source,
                                    DocumentReader& reader) {
  DetectionBuilder builder(source, reader);
  std::vector<Expr> both;
  if (source.where) both.push_back(builder.whole(*source.where, rule.head.span));
  both.push_back(builder.whole(rule.detection, rule.head.span));
  if (builder.failed()) return std::nullopt;
  return *build_logical(ExprOp::kAnd, std::move(both));
}

Expr selection_expression(const SigmaSelection& selection, const SigmaSource& source,
                          DocumentReader& reader) {
  return DetectionBuilder(source, reader).selection(selection);
}

}  // namespace tidewaiter
