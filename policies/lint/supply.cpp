#include "policies/lint/supply.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>

#include "policies/lint/checks.h"

namespace tidewaiter {
namespace {

std::optional<std::int64_t> microseconds(const Expr& expr, Duration length) {
  if (expr.op == ExprOp::kField && expr.index == kFieldDuration) return length.us;
  if (expr.op != ExprOp::kLiteral || expr.type != ValueType::kDuration) return std::nullopt;
  const auto* const us = std::get_if<std::int64_t>(&expr.literal);
  return us != nullptr ? std::optional(*us) : std::nullopt;
}

std::optional<bool> compared(const Expr& expr, Duration length) {
  const auto a = microseconds(expr.args[0], length);
  const auto b = microseconds(expr.args[1], length);
  if (!a || !b) return std::nullopt;
  switch (expr.op) {
    case ExprOp::kEq:
      return *a == *b;
    case ExprOp::kNe:
      return *a != *b;
    case ExprOp::kLt:
      return *a < *b;
    case ExprOp::kLe:
      return *a <= *b;
    case ExprOp::kGt:
      return *a > *b;
    default:
      return *a >= *b;
  }
}

/// The truth of a condition of which nothing is known but how long the record is.
std::optional<bool> truth_by_length(const Expr& expr, Duration length) {
  if (expr.op == ExprOp::kNot) {
    const auto of = truth_by_length(expr.args[0], length);
    return of ? std::optional(!*of) : std::nullopt;
  }
  if (expr.op == ExprOp::kAnd || expr.op == ExprOp::kOr) {
    const bool decides = expr.op == ExprOp::kOr;
    bool all_known = true;
    for (const Expr& arg : expr.args) {
      const auto of = truth_by_length(arg, length);
      if (of == decides) return decides;
      all_known = all_known && of.has_value();
    }
    return all_known ? std::optional(!decides) : std::nullopt;
  }
  const bool comparison = expr.op >= ExprOp::kEq && expr.op <= ExprOp::kGe;
  return comparison ? compared(expr, length) : std::nullopt;
}

bool is_of_requests(const Measure& measure) {
  switch (measure.aggregate) {
    case Aggregate::kCount:
    case Aggregate::kEntropy:
    case Aggregate::kTopShare:
      return true;
    case Aggregate::kRate:
      return !measure.argument.has_value();
    default:
      return false;
  }
}

/// Where an expression reads `requests`, or null.
const SourceSpan* request_field(const Expr& expr) {
  if (expr.op == ExprOp::kField && expr.index == kFieldRequests) return &expr.span;
  for (const Expr& arg : expr.args) {
    if (const SourceSpan* place = request_field(arg)) return place;
  }
  return nullptr;
}

/// Whether `source` is compared with the name anywhere in an expression.
bool is_named(const Expr& expr, const std::string& name) {
  const bool of_source = !expr.args.empty() && expr.args.front().op == ExprOp::kField &&
                         expr.args.front().index == kFieldSource;
  if (of_source) {
    const auto is_it = [&name](const Expr& arg) { return arg.literal == Value(name); };
    if (expr.text.pattern == name || std::ranges::any_of(expr.args, is_it)) return true;
  }
  return std::ranges::any_of(expr.args, [&name](const Expr& arg) { return is_named(arg, name); });
}

bool is_named(const Policy& policy, const std::string& name) {
  return std::ranges::any_of(record_expressions(policy),
                             [&name](const Expr* expr) { return is_named(*expr, name); });
}

bool may_give(const SourceSupply& source, FieldId id) {
  return has_kind(field(id), source.record) && (!source.fields || source.fields->contains(id));
}

}  // namespace

const std::string& names_in(const SourceSupply& source) {
  return source.names_of.empty() ? source.name : source.names_of;
}

Supply::Supply(const Policy& policy, std::span<const SourceSupply> sources) {
  for (const SourceSupply& source : sources) {
    if (source.record != policy.reads) continue;
    if (!source.by_name || is_named(policy, source.name)) suppliers_.push_back(&source);
  }
}

bool Supply::fields_are_known() const {
  return std::ranges::all_of(suppliers_,
                             [](const SourceSupply* s) { return s->fields.has_value(); });
}

bool Supply::gives(FieldId id) const {
  return id <= kFieldSource || std::ranges::any_of(suppliers_, [id](const SourceSupply* source) {
           return source->fields->contains(id);
         });
}

void Supply::look_at(const Expr& expr, const Unsupplied& tell) const {
  if (expr.op == ExprOp::kExists) return;
  if (expr.op == ExprOp::kPartyFigure) {  // any of the fields is enough
    const bool any =
        std::ranges::any_of(expr.args, [this](const Expr& arg) { return gives(arg.index); });
    if (!any) tell(expr.args.front().index, expr.span);
    return;
  }
  if (expr.op == ExprOp::kField && !gives(expr.index)) tell(expr.index, expr.span);
  const std::size_t first = expr.op == ExprOp::kDefault ? 1 : 0;
  for (std::size_t i = first; i < expr.args.size(); ++i) look_at(expr.args[i], tell);
}

const SourceSpan* uncounted_requests(const Policy& policy, const Supply& supply) {
  if (supply.suppliers().empty() ||
      std::ranges::any_of(supply.suppliers(), &SourceSupply::counts_requests)) {
    return nullptr;
  }
  for (const Measure& measure : policy.measures) {
    if (is_of_requests(measure)) return &measure.span;
  }
  for (const Expr* expr : record_expressions(policy)) {
    if (const SourceSpan* place = request_field(*expr)) return place;
  }
  return nullptr;
}

std::vector<UnsuppliedLink> unsupplied_links(const Linkage& linkage, const Supply& supply,
                                             std::span<const SourceSupply> sources) {
  const auto is_judged = [&supply](const std::string& names) {
    return std::ranges::any_of(supply.suppliers(), [&names](const SourceSupply* source) {
      return names_in(*source) == names;
    });
  };
  std::vector<FieldId> needed;
  for (const Link& link : linkage.links) needed.push_back(link.field);
  for (const LockstepLink& link : linkage.lockstep) {
    const bool is_fresh = link.target && std::ranges::find(needed, *link.target) == needed.end();
    if (is_fresh) needed.push_back(*link.target);
  }
  std::vector<UnsuppliedLink> missing;
  for (const FieldId id : needed) {
    UnsuppliedLink one{id, nullptr};
    bool may_come = false;
    for (const SourceSupply& source : sources) {
      if (!may_give(source, id)) continue;
      may_come = may_come || is_judged(names_in(source));
      one.other = &source;
    }
    if (!may_come) missing.push_back(one);
  }
  return missing;
}

bool never_takes(const Policy& policy, const SourceSupply& source) {
  return source.bucket && truth_by_length(policy.condition, *source.bucket) == false;
}

SupplyGap supply_gap(const Policy& policy, std::span<const SourceSupply> sources) {
  SupplyGap gap;
  if (policy.reads == RecordKind::kFinding) return gap;
  const Supply supply(policy, sources);
  gap.no_source = supply.suppliers().empty();
  if (gap.no_source) return gap;
  for (const SourceSupply* source : supply.suppliers()) {
    if (never_takes(policy, *source)) gap.never_taken.push_back(source->name);
  }
  gap.uncounted_requests = uncounted_requests(policy, supply) != nullptr;
  if (policy.linkage) {
    for (const UnsuppliedLink& link : unsupplied_links(*policy.linkage, supply, sources)) {
      gap.links.push_back(link.field);
    }
  }
  if (!supply.fields_are_known()) return gap;
  std::set<FieldId> missing;
  const auto note = [&missing](FieldId id, const SourceSpan&) { missing.insert(id); };
  for (const Expr* expr : record_expressions(policy)) supply.look_at(*expr, note);
  for (const FieldId id : policy.for_each) {
    if (!supply.gives(recorded_field(id))) missing.insert(recorded_field(id));
  }
  gap.fields.assign(missing.begin(), missing.end());
  return gap;
}

}  // namespace tidewaiter
