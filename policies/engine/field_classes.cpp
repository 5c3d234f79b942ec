#include "policies/engine/field_classes.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>
#include <optional>
#include <utility>
#include <variant>

#include "policies/language/comparison.h"
#include "policies/language/value_list.h"

namespace tidewaiter {
namespace {

/// A class of fewer rows is written row by row.
constexpr std::size_t kFewRows = 24;

bool is_held_whole(ValueType type) {
  return type == ValueType::kBool || type == ValueType::kInt64 || type == ValueType::kDuration ||
         type == ValueType::kTimestamp || type == ValueType::kMoney;
}

/// The number that a constant is held as, where it is held as one.
std::optional<std::int64_t> whole_constant(const Expr& expr) {
  if (expr.op != ExprOp::kLiteral || !is_held_whole(expr.type)) return std::nullopt;
  if (const auto* number = std::get_if<std::int64_t>(&expr.literal)) return *number;
  if (const auto* flag = std::get_if<bool>(&expr.literal)) return *flag ? 1 : 0;
  return std::nullopt;
}

bool is_whole_field(const Expr& expr) {
  return expr.op == ExprOp::kField && is_held_whole(expr.type);
}

/// `a op b` of a field and a constant with the field first; nothing if it is none.
std::optional<std::pair<ExprOp, std::int64_t>> compared_with(const Expr& expr) {
  if (!is_comparison(expr.op)) return std::nullopt;
  const bool turned = !is_whole_field(expr.args[0]);
  const Expr& field = expr.args[turned ? 1 : 0];
  const auto constant = whole_constant(expr.args[turned ? 0 : 1]);
  if (!is_whole_field(field) || !constant) return std::nullopt;
  return std::pair(turned ? mirrored(expr.op) : expr.op, *constant);
}

bool constants_follow(const Expr& expr) {
  return std::all_of(expr.args.begin() + 1, expr.args.end(),
                     [](const Expr& arg) { return whole_constant(arg).has_value(); });
}

std::int64_t whole_of(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  return std::get<std::int64_t>(value);
}

}  // namespace

bool FieldClasses::NumberPredicate::holds(std::int64_t value) const {
  switch (op) {
    case ExprOp::kEq:
      return value == constant;
    case ExprOp::kNe:
      return value != constant;
    case ExprOp::kLt:
      return value < constant;
    case ExprOp::kLe:
      return value <= constant;
    case ExprOp::kGt:
      return value > constant;
    case ExprOp::kGe:
      return value >= constant;
    default:
      return std::ranges::binary_search(among, value);
  }
}

/// The golden ratio's multiplier (Knuth, vol. 3, 6.4), over places one by one.
std::size_t FieldClasses::Hash::operator()(const ValueAnswers& answers) const noexcept {
  constexpr std::uint64_t kMultiplier = 0x9E37'79B9'7F4A'7C15;
  std::uint64_t hash = answers.yes.size();
  for (const auto* places : {&answers.yes, &answers.unknown}) {
    for (const std::uint32_t place : *places) {
      hash = (std::rotl(hash, 27) ^ place) * kMultiplier;
    }
  }
  return hash >> 16U;
}

std::size_t FieldClasses::add_texts(const std::vector<Expr>& exprs) {
  assert(classes_.empty());  // what was told of values knows nothing of this one
  return texts_.add(exprs);
}

bool FieldClasses::takes_number(const Expr& expr) {
  if (expr.op == ExprOp::kIn) return is_whole_field(expr.args[0]) && constants_follow(expr);
  if (expr.op == ExprOp::kInList) return expr.args.size() == 1 && is_whole_field(expr.args[0]);
  return compared_with(expr).has_value();
}

std::size_t FieldClasses::add_number(const Expr& expr) {
  assert(classes_.empty() && of_stretch_.empty());
  NumberPredicate predicate;
  if (const auto compared = compared_with(expr)) {
    predicate.op = compared->first;
    predicate.constant = compared->second;
  } else {
    predicate.op = ExprOp::kIn;
    for (std::size_t i = 1; i < expr.args.size(); ++i) {
      predicate.among.push_back(*whole_constant(expr.args[i]));
    }
    if (expr.list != nullptr) {
      for (const auto& [value, times] : expr.list->numbers()) {
        if (!times.empty()) predicate.among.push_back(whole_of(value));
      }
    }
    std::ranges::sort(predicate.among);
  }
  numbers_.push_back(std::move(predicate));
  return numbers_.size() - 1;
}

/// Between two neighbouring borders no answer changes.
void FieldClasses::make_borders() {
  const auto note = [this](std::int64_t constant) {
    borders_.push_back(constant);
    if (constant < std::numeric_limits<std::int64_t>::max()) borders_.push_back(constant + 1);
  };
  for (const NumberPredicate& predicate : numbers_) {
    if (predicate.op != ExprOp::kIn) note(predicate.constant);
    for (const std::int64_t constant : predicate.among) note(constant);
  }
  std::ranges::sort(borders_);
  borders_.erase(std::unique(borders_.begin(), borders_.end()), borders_.end());
  of_stretch_.assign(borders_.size() + 1, kUnclassed);
}

FieldClasses::ClassNumber FieldClasses::class_of(ValueAnswers answers) {
  const auto [place, fresh] =
      known_.try_emplace(std::move(answers), static_cast<ClassNumber>(classes_.size()));
  if (fresh) {
    classes_.push_back(&place->first);
    first_link_.push_back(kNoLink);
  }
  return place->second;
}

FieldClasses::ClassNumber FieldClasses::class_of_text(std::uint32_t text,
                                                      const Dictionary& dictionary,
                                                      ReadAddresses& addresses) {
  ClassNumber& number = of_text_[text];
  if (number != kUnclassed) return number;
  static const std::optional<IpAddress> no_address;
  const bool asks = texts_.asks_for_addresses();
  return number = class_of(
             texts_.of(dictionary.text(text), asks ? addresses.of(text, dictionary) : no_address));
}

FieldClasses::ClassNumber FieldClasses::class_of_number(std::int64_t value) {
  const auto after = std::ranges::upper_bound(borders_, value);
  ClassNumber& number = of_stretch_[static_cast<std::size_t>(after - borders_.begin())];
  if (number != kUnclassed) return number;
  ValueAnswers answers;
  for (std::uint32_t place = 0; place < numbers_.size(); ++place) {
    if (numbers_[place].holds(value)) answers.yes.push_back(place);
  }
  return number = class_of(std::move(answers));
}

void FieldClasses::put_in_class(std::size_t row, ClassNumber number) {
  std::uint32_t& first = first_link_[number];
  if (first == kNoLink) there_.push_back(number);
  links_.push_back({static_cast<std::uint32_t>(row), first});
  first = static_cast<std::uint32_t>(links_.size() - 1);
}

void FieldClasses::class_rows(const Column& column, const Dictionary& dictionary,
                              ReadAddresses& addresses) {
  const std::size_t rows = column.valid.size();
  const bool by_text = !texts_.empty();
  if (by_text) of_text_.resize(dictionary.size(), kUnclassed);
  if (!by_text && of_stretch_.empty()) make_borders();
  links_.clear();
  there_.clear();
  for (std::size_t row = column.valid.next(0); row < rows; row = column.valid.next(row + 1)) {
    if (!by_text) {
      put_in_class(row, class_of_number(column.ints[row]));
    } else if (column.type != ValueType::kStringList) {
      put_in_class(row, class_of_text(column.texts[row], dictionary, addresses));
    } else {
      for (std::uint32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
        put_in_class(row, class_of_text(column.items[i], dictionary, addresses));
      }
    }
  }
}

void FieldClasses::spread(const std::vector<std::uint32_t>& places, Bitmap TruthBits::*bits,
                          std::span<TruthBits* const> answers) const {
  for (const std::uint32_t place : places) {
    Bitmap& to = answers[place]->*bits;
    if (rows_.size() < kFewRows) {
      for (const std::uint32_t row : rows_) to.set(row);
    } else {
      for (std::size_t w = 0; w < to.words(); ++w) to.word(w) |= row_bits_.word(w);
    }
  }
}

void FieldClasses::answer(const Column& column, const Dictionary& dictionary,
                          ReadAddresses& addresses, std::span<TruthBits* const> answers) {
  const std::size_t rows = column.valid.size();
  class_rows(column, dictionary, addresses);
  for (const ClassNumber number : there_) {
    std::uint32_t link = std::exchange(first_link_[number], kNoLink);
    const ValueAnswers& told = *classes_[number];
    if (told.yes.empty() && told.unknown.empty()) continue;
    rows_.clear();
    for (; link != kNoLink; link = links_[link].next) rows_.push_back(links_[link].row);
    if (rows_.size() >= kFewRows) {
      row_bits_.assign(rows, false);
      for (const std::uint32_t one : rows_) row_bits_.set(one);
    }
    spread(told.yes, &TruthBits::yes, answers);
    // An item of which nothing can be told leaves a list as it is.
    if (column.type != ValueType::kStringList) spread(told.unknown, &TruthBits::unknown, answers);
  }
  row_bits_ = column.valid;
  row_bits_.negate();
  if (row_bits_.none()) return;
  for (TruthBits* const one : answers) {
    for (std::size_t w = 0; w < row_bits_.words(); ++w) {
      one->unknown.word(w) |= row_bits_.word(w);
    }
  }
}

}  // namespace tidewaiter
