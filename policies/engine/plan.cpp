#include "policies/engine/plan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <variant>

#include "policies/language/comparison.h"
#include "policies/language/interpret.h"
#include "policies/language/value_list.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

bool has_field(const Expr& expr) {  // NOLINT(misc-no-recursion): trees are at most 64 deep
  return expr.op == ExprOp::kField || std::ranges::any_of(expr.args, has_field);
}

bool is_textual(ValueType type) {
  return type == ValueType::kString || type == ValueType::kIp || type == ValueType::kStringList;
}

/// bool, numbers and what is held as int64.
bool is_plain(ValueType type) { return !is_textual(type); }

bool literals_follow(const Expr& expr) {
  return std::all_of(expr.args.begin() + 1, expr.args.end(),
                     [](const Expr& arg) { return arg.op == ExprOp::kLiteral; });
}

/// Whether the answer depends on one text field alone, so that it can be had by its value.
bool is_by_text(const Expr& expr) {
  switch (expr.op) {
    case ExprOp::kTextMatch:
    case ExprOp::kCidr:
    case ExprOp::kIn:
    case ExprOp::kInList:
    case ExprOp::kEq:
    case ExprOp::kNe:
      break;
    default:
      return false;
  }
  const Expr& subject = expr.args.front();
  return subject.op == ExprOp::kField && is_textual(subject.type) && literals_follow(expr);
}

/// Whether a text field is looked up in a list whose values have dates: what the dates are depends
/// on the text alone.
bool is_dated_text(const Expr& expr) {
  if (expr.op != ExprOp::kInList || expr.args.size() < 2) return false;
  const Expr& subject = expr.args[0];
  const Expr& time = expr.args[1];
  return subject.op == ExprOp::kField && is_textual(subject.type) && time.op == ExprOp::kField &&
         time.type == ValueType::kTimestamp;
}

bool is_vector_arithmetic(const Expr& expr) {
  switch (expr.op) {
    case ExprOp::kAdd:
    case ExprOp::kSub:
    case ExprOp::kMul:
    case ExprOp::kDiv:
      return true;
    default:
      return false;
  }
}

/// The predicates that `expr` joins by `or` and that ask about the text of one field, which is the
/// first's: several of them are answered at once.
std::vector<Expr> joined_by_text(const Expr& expr) {
  if (expr.op != ExprOp::kOr) return {};
  std::vector<Expr> joined;
  for (const Expr& arg : expr.args) {
    if (!is_by_text(arg)) continue;
    if (joined.empty() || arg.args[0].index == joined[0].args[0].index) joined.push_back(arg);
  }
  return joined.size() > 1 ? joined : std::vector<Expr>();
}

template <class T>
bool holds(ExprOp op, T a, T b) {
  switch (op) {
    case ExprOp::kEq:
      return a == b;
    case ExprOp::kNe:
      return a != b;
    case ExprOp::kLt:
      return a < b;
    case ExprOp::kLe:
      return a <= b;
    case ExprOp::kGt:
      return a > b;
    default:
      return a >= b;
  }
}

double real_at(const ValueBits& values, std::size_t row) {
  return values.real ? values.doubles[row] : static_cast<double>(values.ints[row]);
}

/// False where the result has no value.
bool whole_result(ExprOp op, std::int64_t a, std::int64_t b, std::int64_t& result) {
  switch (op) {
    case ExprOp::kAdd:
      return !__builtin_add_overflow(a, b, &result);
    case ExprOp::kSub:
      return !__builtin_sub_overflow(a, b, &result);
    default:
      return !__builtin_mul_overflow(a, b, &result);
  }
}

bool real_result(ExprOp op, double a, double b, double& result) {
  switch (op) {
    case ExprOp::kAdd:
      result = a + b;
      break;
    case ExprOp::kSub:
      result = a - b;
      break;
    case ExprOp::kMul:
      result = a * b;
      break;
    default:
      if (b == 0.0) return false;
      result = a / b;
      break;
  }
  return std::isfinite(result);
}

/// A list as one text: two lists have one text only if they are equal.
std::string framed(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += std::to_string(item.size()) + ':' + item;
  return text;
}

}  // namespace

struct Plan::TruthNode {
  enum class Way : std::uint8_t {
    kConstant,
    kJoined,
    kExists,
    kField,
    kByValue,
    kDatedTexts,
    kCompared,
    kParties,
    kByRow
  };
  Expr expr;
  Way way = Way::kByRow;
  bool costly = false;       ///< computed row by row, or rests on what is
  bool by_row = false;       ///< truth_at() can answer
  std::vector<NodeId> args;  ///< kJoined: truths; kCompared: values
  FieldId field = 0;         ///< kByValue: the one that is asked about
  /// kDatedTexts, by number of the text: when it stands in the list; nothing: not asked yet.
  std::vector<std::optional<std::span<const Interval>>> known_times;
  bool computed = false;
  std::size_t asked_rows = 0;  ///< of this batch, one by one
  double open_share = 0.5;     ///< of the rows of late: those that it leaves open in an `and`
  TruthBits bits;
};

struct Plan::ValueNode {
  enum class Way : std::uint8_t { kField, kLiteral, kArithmetic, kParties, kByRow };
  Expr expr;
  Way way = Way::kByRow;
  std::vector<NodeId> args;
  bool computed = false;
  ValueBits bits;
};

Plan::Plan(ColumnSet& columns)
    : columns_(columns), addresses_(fields().size()), field_nodes_(fields().size()) {}
Plan::~Plan() = default;

NodeId Plan::add_truth(const Expr& expr) {  // NOLINT(misc-no-recursion): trees are at most 64 deep
  std::string key = to_text(expr);
  const auto known = truth_ids_.find(key);
  if (known != truth_ids_.end()) return known->second;

  auto node = std::make_unique<TruthNode>();
  node->expr = expr;
  using Way = TruthNode::Way;
  if (!has_field(expr)) {
    node->way = Way::kConstant;
  } else if (join_field(*node)) {
    columns_.use(node->field);
  } else if (expr.op == ExprOp::kNot || expr.op == ExprOp::kAnd || expr.op == ExprOp::kOr) {
    node->way = Way::kJoined;
    node->args = add_parts(expr);
    node->costly = std::ranges::any_of(node->args, [&](NodeId id) { return truths_[id]->costly; });
  } else if (expr.op == ExprOp::kExists && expr.args[0].op == ExprOp::kField) {
    node->way = Way::kExists;
    columns_.use(expr.args[0].index);
  } else if (expr.op == ExprOp::kField) {
    node->way = Way::kField;
    columns_.use(expr.index);
  } else if (expr.op == ExprOp::kPartyCheck) {
    node->way = Way::kParties;
    node->costly = true;
  } else if (is_dated_text(expr)) {
    node->way = Way::kDatedTexts;
    for (const Expr& arg : expr.args) columns_.use(arg.index);
  } else if (is_comparison(expr.op) && is_plain(expr.args[0].type) && is_plain(expr.args[1].type)) {
    node->way = Way::kCompared;
    for (const Expr& arg : expr.args) node->args.push_back(add_values(arg));
    node->costly = std::ranges::any_of(
        node->args, [&](NodeId id) { return values_[id]->way == ValueNode::Way::kByRow; });
  } else {
    node->costly = true;
  }
  node->by_row = can_ask_by_row(*node);
  const auto id = static_cast<NodeId>(truths_.size());
  truths_.push_back(std::move(node));
  truth_ids_.emplace(std::move(key), id);
  return id;
}

/// Where the answer depends on the value of one field alone: the node is one of those of the field.
bool Plan::join_field(TruthNode& node) {
  const Expr& expr = node.expr;
  std::vector<Expr> texts = joined_by_text(expr);
  if (texts.size() != expr.args.size()) texts.clear();
  if (texts.empty() && is_by_text(expr)) texts = {expr};
  if (!texts.empty()) {
    node.field = texts[0].args[0].index;
  } else if (FieldClasses::takes_number(expr)) {
    const Expr& first = expr.args[0];
    node.field = first.op == ExprOp::kField ? first.index : expr.args[1].index;
  } else {
    return false;
  }
  node.way = TruthNode::Way::kByValue;
  auto& of_field = field_nodes_[node.field];
  if (of_field == nullptr) of_field = std::make_unique<FieldNodes>();
  if (texts.empty()) {
    of_field->classes.add_number(expr);
  } else {
    of_field->classes.add_texts(texts);
  }
  of_field->nodes.push_back(&node);
  return true;
}

/// Whether a row's truth is had without those of all rows.
bool Plan::can_ask_by_row(const TruthNode& node) const {
  switch (node.way) {
    case TruthNode::Way::kExists:
    case TruthNode::Way::kField:
    case TruthNode::Way::kByRow:
    case TruthNode::Way::kByValue:
      return true;
    case TruthNode::Way::kJoined:
      return std::ranges::all_of(node.args, [&](NodeId id) { return truths_[id]->by_row; });
    case TruthNode::Way::kCompared:
      return std::ranges::all_of(node.args, [&](NodeId id) {
        using Way = ValueNode::Way;
        const ValueNode& value = *values_[id];
        return value.expr.type != ValueType::kDouble &&
               (value.way == Way::kField || value.way == Way::kLiteral);
      });
    default:
      return false;
  }
}

/// The parts that a junction joins, those about the text of one field as one.
std::vector<NodeId> Plan::add_parts(const Expr& expr) {  // NOLINT(misc-no-recursion)
  std::vector<NodeId> parts;
  std::vector<Expr> joined = joined_by_text(expr);
  for (const Expr& arg : expr.args) {
    const bool is_joined =
        !joined.empty() && is_by_text(arg) && arg.args[0].index == joined[0].args[0].index;
    if (!is_joined) parts.push_back(add_truth(arg));
  }
  if (!joined.empty()) {
    Expr one;
    one.op = ExprOp::kOr;
    one.type = ValueType::kBool;
    one.args = std::move(joined);
    parts.push_back(add_truth(one));
  }
  return parts;
}

NodeId Plan::add_values(const Expr& expr) {  // NOLINT(misc-no-recursion)
  std::string key = to_text(expr);
  const auto known = value_ids_.find(key);
  if (known != value_ids_.end()) return known->second;

  auto node = std::make_unique<ValueNode>();
  node->expr = expr;
  if (expr.op == ExprOp::kField && expr.type != ValueType::kStringList) {
    node->way = ValueNode::Way::kField;
    columns_.use(expr.index);
  } else if (expr.op == ExprOp::kLiteral && is_plain(expr.type)) {
    node->way = ValueNode::Way::kLiteral;
  } else if (is_vector_arithmetic(expr)) {
    node->way = ValueNode::Way::kArithmetic;
    for (const Expr& arg : expr.args) node->args.push_back(add_values(arg));
  } else if (expr.op == ExprOp::kPartyFigure) {
    node->way = ValueNode::Way::kParties;
  }
  const auto id = static_cast<NodeId>(values_.size());
  values_.push_back(std::move(node));
  value_ids_.emplace(std::move(key), id);
  return id;
}

void Plan::start_batch() {
  for (auto& node : truths_) {
    node->computed = false;
    node->asked_rows = 0;
  }
  for (auto& node : values_) node->computed = false;
}

const TruthBits& Plan::truth(NodeId id) {  // NOLINT(misc-no-recursion)
  TruthNode& node = *truths_[id];
  if (node.computed) return node.bits;
  if (node.way == TruthNode::Way::kByValue) {
    answer_field(node.field);
  } else {
    compute(node);
    note_computed(node);
  }
  return node.bits;
}

void Plan::note_computed(TruthNode& node) {
  node.computed = true;
  if (columns_.rows() == 0) return;
  // Of late: a batch counts for a quarter of what is known.
  const auto open = static_cast<double>(node.bits.yes.count() + node.bits.unknown.count());
  node.open_share += (open / static_cast<double>(columns_.rows()) - node.open_share) / 4;
}

void Plan::answer_field(FieldId id) {
  FieldNodes& of_field = *field_nodes_[id];
  of_field.answers.clear();
  for (TruthNode* const node : of_field.nodes) {
    node->bits.yes.assign(columns_.rows(), false);
    node->bits.unknown.assign(columns_.rows(), false);
    of_field.answers.push_back(&node->bits);
  }
  of_field.classes.answer(columns_.column(id), columns_.dictionary(id), addresses_[id],
                          of_field.answers);
  for (TruthNode* const node : of_field.nodes) note_computed(*node);
}

const ValueBits& Plan::values(NodeId id) {  // NOLINT(misc-no-recursion)
  ValueNode& node = *values_[id];
  if (!node.computed) compute(node);
  node.computed = true;
  return node.bits;
}

void Plan::compute(TruthNode& node) {  // NOLINT(misc-no-recursion)
  const std::size_t rows = columns_.rows();
  node.bits.yes.assign(rows, false);
  node.bits.unknown.assign(rows, false);
  switch (node.way) {
    case TruthNode::Way::kConstant: {
      const Value value = interpret(node.expr, {});
      const bool* truth = std::get_if<bool>(&value);
      if (truth == nullptr) node.bits.unknown.assign(rows, true);
      if (truth != nullptr && *truth) node.bits.yes.assign(rows, true);
      return;
    }
    case TruthNode::Way::kJoined:
      return compute_joined(node);
    case TruthNode::Way::kExists:
      node.bits.yes = columns_.column(node.expr.args[0].index).valid;
      return;
    case TruthNode::Way::kField: {
      const Column& column = columns_.column(node.expr.index);
      for (std::size_t row = 0; row < rows; ++row) {
        if (column.ints[row] != 0) node.bits.yes.set(row);
      }
      node.bits.unknown = column.valid;
      node.bits.unknown.negate();
      return;
    }
    case TruthNode::Way::kByValue:
      return;  // by answer_field()
    case TruthNode::Way::kDatedTexts:
      return compute_dated_texts(node);
    case TruthNode::Way::kCompared:
      return compute_comparison(node);
    case TruthNode::Way::kParties:
      return compute_parties(node);
    case TruthNode::Way::kByRow:
      return compute_by_row(node);
  }
}

void Plan::compute_joined(TruthNode& node) {  // NOLINT(misc-no-recursion)
  Bitmap& yes = node.bits.yes;
  Bitmap& unknown = node.bits.unknown;
  if (node.expr.op == ExprOp::kNot) {
    const TruthBits& inner = truth(node.args[0]);
    for (std::size_t i = 0; i < yes.words(); ++i)
      yes.word(i) = inner.yes.word(i) | inner.unknown.word(i);
    yes.negate();
    unknown = inner.unknown;
    return;
  }
  const bool is_and = node.expr.op == ExprOp::kAnd;
  // `open`: rows that no argument has decided: for `and` those without a false.
  Bitmap open(columns_.rows(), true);
  const bool all_known =
      std::ranges::all_of(node.args, [&](NodeId id) { return truths_[id]->computed; });
  if (!all_known) put_in_order(node, is_and);
  for (const NodeId id : node.args) {
    const std::size_t left = open.count();
    if (left == 0) break;
    if (asks_by_row(*truths_[id], left)) {
      join_by_row(id, is_and, open, unknown);
      continue;
    }
    const TruthBits& bits = truth(id);
    for (std::size_t i = 0; i < open.words(); ++i) {
      open.word(i) &= is_and ? bits.yes.word(i) | bits.unknown.word(i) : ~bits.yes.word(i);
      unknown.word(i) |= bits.unknown.word(i);
    }
  }
  for (std::size_t i = 0; i < open.words(); ++i) {
    unknown.word(i) &= open.word(i);
    yes.word(i) = is_and ? open.word(i) & ~unknown.word(i) : open.word(i);
  }
  if (!is_and) yes.negate();
}

/// What costs nothing comes first, then what has decided most of late; what is dear comes last. The
/// answer is the same in any order.
void Plan::put_in_order(TruthNode& node, bool is_and) {
  std::ranges::stable_sort(node.args, {}, [&](NodeId id) {
    const TruthNode& arg = *truths_[id];
    const double open = is_and ? arg.open_share : 1 - arg.open_share;
    return std::tuple(!arg.computed, arg.costly, arg.computed ? 0.0 : open);
  });
}

/// Whether few rows are better asked about one by one: while they are few in all, for other
/// junctions may ask too.
bool Plan::asks_by_row(TruthNode& node, std::size_t rows) {
  if (node.computed || !node.by_row || node.way == TruthNode::Way::kByValue) return false;
  node.asked_rows += rows;
  return node.asked_rows <= columns_.rows() / 16;
}

void Plan::join_by_row(NodeId id, bool is_and, Bitmap& open, Bitmap& unknown) {
  for (std::size_t row = open.next(0); row < open.size(); row = open.next(row + 1)) {
    const std::optional<bool> told = truth_at(id, row);
    if (!told) unknown.set(row);
    if (told && *told != is_and) open.clear(row);
  }
}

/// The truth of one row, of a node that can be asked so.
std::optional<bool> Plan::truth_at(NodeId id, std::size_t row) {  // NOLINT(misc-no-recursion)
  TruthNode& node = *truths_[id];
  if (node.computed) {
    if (node.bits.unknown.test(row)) return std::nullopt;
    return node.bits.yes.test(row);
  }
  switch (node.way) {
    case TruthNode::Way::kExists:
      return columns_.column(node.expr.args[0].index).valid.test(row);
    case TruthNode::Way::kField: {
      const Column& column = columns_.column(node.expr.index);
      if (!column.valid.test(row)) return std::nullopt;
      return column.ints[row] != 0;
    }
    case TruthNode::Way::kByValue:
      answer_field(node.field);
      return truth_at(id, row);
    case TruthNode::Way::kByRow: {
      const Value value = interpret(node.expr, {.record = &columns_.record(row)});
      const bool* truth = std::get_if<bool>(&value);
      return truth == nullptr ? std::nullopt : std::optional(*truth);
    }
    case TruthNode::Way::kCompared: {
      const std::optional<std::int64_t> a = whole_at(node.args[0], row);
      const std::optional<std::int64_t> b = whole_at(node.args[1], row);
      return a && b ? std::optional(holds(node.expr.op, *a, *b)) : std::nullopt;
    }
    default:
      return joined_truth_at(node, row);
  }
}

/// The value of one row, of a field or a literal that is held as int64.
std::optional<std::int64_t> Plan::whole_at(NodeId id, std::size_t row) const {
  const ValueNode& node = *values_[id];
  if (node.way == ValueNode::Way::kField) {
    const Column& column = columns_.column(node.expr.index);
    return column.valid.test(row) ? std::optional(column.ints[row]) : std::nullopt;
  }
  if (const auto* number = std::get_if<std::int64_t>(&node.expr.literal)) return *number;
  if (const auto* flag = std::get_if<bool>(&node.expr.literal)) return *flag ? 1 : 0;
  return std::nullopt;
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 deep
std::optional<bool> Plan::joined_truth_at(TruthNode& node, std::size_t row) {
  if (node.expr.op == ExprOp::kNot) {
    const std::optional<bool> inner = truth_at(node.args[0], row);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  const bool decides = node.expr.op == ExprOp::kOr;
  bool unknown = false;
  for (const NodeId id : node.args) {
    const std::optional<bool> told = truth_at(id, row);
    if (told && *told == decides) return decides;
    unknown = unknown || !told;
  }
  return unknown ? std::nullopt : std::optional(!decides);
}

void Plan::compute_dated_texts(TruthNode& node) {
  const FieldId id = node.expr.args[0].index;
  const Column& column = columns_.column(id);
  const Column& times = columns_.column(node.expr.args[1].index);
  const Dictionary& dictionary = columns_.dictionary(id);
  node.known_times.resize(dictionary.size());
  const auto stands = [&](std::uint32_t text, std::size_t row) {
    auto& known = node.known_times[text];
    if (!known) known = node.expr.list->times_of_text(dictionary.text(text));
    return holds_at(*known, UtcTime{times.ints[row]});
  };
  for (std::size_t row = 0; row < columns_.rows(); ++row) {
    if (!column.valid.test(row) || !times.valid.test(row)) {
      node.bits.unknown.set(row);
      continue;
    }
    if (column.type != ValueType::kStringList) {
      if (stands(column.texts[row], row)) node.bits.yes.set(row);
      continue;
    }
    for (std::uint32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
      if (!stands(column.items[i], row)) continue;
      node.bits.yes.set(row);
      break;
    }
  }
}

void Plan::compute_comparison(TruthNode& node) {  // NOLINT(misc-no-recursion)
  const ValueBits& a = values(node.args[0]);
  const ValueBits& b = values(node.args[1]);
  const ExprOp op = node.expr.op;
  const bool real = a.real || b.real;
  for (std::size_t row = 0; row < columns_.rows(); ++row) {
    if (!a.valid.test(row) || !b.valid.test(row)) {
      node.bits.unknown.set(row);
      continue;
    }
    if (!real) {
      if (holds(op, a.ints[row], b.ints[row])) node.bits.yes.set(row);
      continue;
    }
    const double x = real_at(a, row);
    const double y = real_at(b, row);
    if (std::isnan(x) || std::isnan(y)) {
      node.bits.unknown.set(row);
    } else if (holds(op, x, y)) {
      node.bits.yes.set(row);
    }
  }
}

void Plan::compute_parties(TruthNode& node) {
  for (std::size_t row = 0; row < columns_.rows(); ++row) {
    const auto verdict = node.expr.check->judge(columns_.record(row), NameLookup::kIndex);
    if (!verdict.truth) {
      node.bits.unknown.set(row);
    } else if (*verdict.truth) {
      node.bits.yes.set(row);
    }
  }
}

void Plan::compute_parties(ValueNode& node) {
  ValueBits& bits = node.bits;
  const std::size_t rows = columns_.rows();
  bits.valid.assign(rows, false);
  bits.doubles.assign(rows, 0.0);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto verdict = node.expr.check->judge(columns_.record(row), NameLookup::kIndex);
    if (!verdict.figure) continue;
    bits.valid.set(row);
    bits.doubles[row] = *verdict.figure;
  }
}

void Plan::compute_by_row(TruthNode& node) {
  for (std::size_t row = 0; row < columns_.rows(); ++row) {
    const Value value = interpret(node.expr, {.record = &columns_.record(row)});
    const bool* truth = std::get_if<bool>(&value);
    if (truth == nullptr) {
      node.bits.unknown.set(row);
    } else if (*truth) {
      node.bits.yes.set(row);
    }
  }
}

void Plan::compute(ValueNode& node) {  // NOLINT(misc-no-recursion)
  ValueBits& bits = node.bits;
  const std::size_t rows = columns_.rows();
  bits.real = node.expr.type == ValueType::kDouble;
  switch (node.way) {
    case ValueNode::Way::kField: {
      const Column& column = columns_.column(node.expr.index);
      bits.valid = column.valid;
      if (bits.real) {
        bits.doubles = column.doubles;
      } else if (is_textual(column.type)) {
        bits.ints.assign(column.texts.begin(), column.texts.end());
      } else {
        bits.ints = column.ints;
      }
      return;
    }
    case ValueNode::Way::kLiteral: {
      const Value& literal = node.expr.literal;
      bits.valid.assign(rows, !is_null(literal));
      const auto* number = std::get_if<std::int64_t>(&literal);
      const auto* real = std::get_if<double>(&literal);
      const auto* flag = std::get_if<bool>(&literal);
      const std::int64_t flag_value = flag != nullptr && *flag ? 1 : 0;
      const std::int64_t whole = number != nullptr ? *number : flag_value;
      bits.ints.assign(rows, whole);
      bits.doubles.assign(rows, real != nullptr ? *real : static_cast<double>(whole));
      return;
    }
    case ValueNode::Way::kArithmetic:
      return compute_arithmetic(node);
    case ValueNode::Way::kParties:
      return compute_parties(node);
    case ValueNode::Way::kByRow:
      return compute_by_row(node);
  }
}

void Plan::compute_arithmetic(ValueNode& node) {  // NOLINT(misc-no-recursion)
  const ValueBits& a = values(node.args[0]);
  const ValueBits& b = values(node.args[1]);
  ValueBits& bits = node.bits;
  const std::size_t rows = columns_.rows();
  const ExprOp op = node.expr.op;
  bits.valid.assign(rows, false);
  bits.ints.assign(bits.real ? 0 : rows, 0);
  bits.doubles.assign(bits.real ? rows : 0, 0.0);
  for (std::size_t row = 0; row < rows; ++row) {
    if (!a.valid.test(row) || !b.valid.test(row)) continue;
    const bool told = bits.real
                          ? real_result(op, real_at(a, row), real_at(b, row), bits.doubles[row])
                          : whole_result(op, a.ints[row], b.ints[row], bits.ints[row]);
    if (told) bits.valid.set(row);
  }
}

void Plan::compute_by_row(ValueNode& node) {
  ValueBits& bits = node.bits;
  const std::size_t rows = columns_.rows();
  bits.valid.assign(rows, false);
  bits.ints.assign(bits.real ? 0 : rows, 0);
  bits.doubles.assign(bits.real ? rows : 0, 0.0);
  for (std::size_t row = 0; row < rows; ++row) {
    const Value value = interpret(node.expr, {.record = &columns_.record(row)});
    if (is_null(value)) continue;
    bits.valid.set(row);
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      if (bits.real) {
        bits.doubles[row] = static_cast<double>(*number);
      } else {
        bits.ints[row] = *number;
      }
    } else if (const auto* real = std::get_if<double>(&value)) {
      bits.doubles[row] = *real;
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      bits.ints[row] = *flag ? 1 : 0;
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      bits.ints[row] = columns_.computed_texts().intern(*text);
    } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
      bits.ints[row] = columns_.computed_texts().intern(framed(*list));
    }
  }
}

}  // namespace tidewaiter
