#include "policies/lint/term_domain.h"

#include <algorithm>
#include <cmath>

#include "policies/language/text_match.h"
#include "policies/language/wildcard_element.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

using Mode = TextPattern::Mode;

bool is_numeric(ValueType type) {
  return type != ValueType::kString && type != ValueType::kIp && type != ValueType::kStringList;
}

bool has_whole_numbers(ValueType type) { return is_numeric(type) && type != ValueType::kDouble; }

/// An int64 and a double that are the same number are the same value.
bool same_value(const Value& a, const Value& b) {
  const long double left = number_of(a);
  const long double right = number_of(b);
  return std::isnan(left) || std::isnan(right) ? a == b : left == right;
}

bool is_plain(Mode mode) { return mode != Mode::kWildcard && mode != Mode::kRegex; }

bool starts_apart(std::string_view a, std::string_view b) {
  return !a.starts_with(b) && !b.starts_with(a);
}

bool ends_apart(std::string_view a, std::string_view b) {
  return !a.ends_with(b) && !b.ends_with(a);
}

/// What every text that matches begins and ends with, as far as it is known.
struct FixedEnds {
  std::string start;
  std::string end;
};

FixedEnds fixed_ends(const TextPattern& pattern, const std::string& text) {
  if (pattern.mode == Mode::kStartsWith) return {text, ""};
  if (pattern.mode == Mode::kEndsWith) return {"", text};
  if (pattern.mode != Mode::kWildcard) return {};
  FixedEnds ends;
  bool wild = false;
  for (std::size_t i = 0; i < text.size();) {
    const WildcardElement element = wildcard_element(text, i);
    i += element.size;
    if (element.kind != WildcardElement::Kind::kPlain) {
      wild = true;
      ends.end.clear();
      continue;
    }
    if (!wild) ends.start += element.plain;
    ends.end += element.plain;
  }
  return ends;
}

/// Whether no text matches both.
bool apart(const TextPattern& a, const TextPattern& b) {
  const bool fold = !a.cased || !b.cased;
  const std::string left = fold ? ascii_lower(a.pattern) : a.pattern;
  const std::string right = fold ? ascii_lower(b.pattern) : b.pattern;
  if (b.mode == Mode::kEquals && a.mode != Mode::kEquals) return apart(b, a);
  if (a.mode != Mode::kEquals) {
    const FixedEnds one = fixed_ends(a, left);
    const FixedEnds other = fixed_ends(b, right);
    return starts_apart(one.start, other.start) || ends_apart(one.end, other.end);
  }
  // A text equal to `left` but for its case matches `b` only if it does so in one case at least.
  TextPattern other = b;
  if (other.mode == Mode::kRegex && fold) return false;
  other.pattern = right;
  return !matches_text(other, left);
}

ValueRange range_for(ExprOp op, long double value) {
  ValueRange range;
  switch (op) {
    case ExprOp::kEq:
      range.low = range.high = value;
      break;
    case ExprOp::kLt:
      range.high = value;
      range.high_open = true;
      break;
    case ExprOp::kLe:
      range.high = value;
      break;
    case ExprOp::kGt:
      range.low = value;
      range.low_open = true;
      break;
    case ExprOp::kGe:
      range.low = value;
      break;
    default:
      break;
  }
  return range;
}

}  // namespace

bool implies(const TextPattern& a, const TextPattern& b) {
  if (b.cased && !a.cased) return false;
  const std::string narrow = b.cased ? a.pattern : ascii_lower(a.pattern);
  const std::string wide = b.cased ? b.pattern : ascii_lower(b.pattern);
  if (!is_plain(a.mode) || !is_plain(b.mode)) return a.mode == b.mode && a.pattern == b.pattern;
  switch (b.mode) {
    case Mode::kContains:
      return narrow.find(wide) != std::string::npos;
    case Mode::kStartsWith:
      return (a.mode == Mode::kEquals || a.mode == Mode::kStartsWith) && narrow.starts_with(wide);
    case Mode::kEndsWith:
      return (a.mode == Mode::kEquals || a.mode == Mode::kEndsWith) && narrow.ends_with(wide);
    case Mode::kEquals:
      return a.mode == Mode::kEquals && narrow == wide;
    case Mode::kWildcard:
    case Mode::kRegex:
      break;
  }
  return false;
}

TermDomain::TermDomain(ValueType type, const ValueRange& range)
    : type_(type), range_(has_whole_numbers(type) ? whole_range(range) : range) {}

void TermDomain::compare(ExprOp op, const Value& literal) {
  if (op == ExprOp::kNe) {
    excluded_.push_back(literal);
    return;
  }
  const long double value = number_of(literal);
  if (std::isnan(value)) {
    if (op == ExprOp::kEq) be_one_of({literal}, true);
    return;
  }
  range_ = intersection(range_, range_for(op, value));
  if (has_whole_numbers(type_)) range_ = whole_range(range_);
}

void TermDomain::be_one_of(std::vector<Value> literals, bool truth) {
  if (!truth) {
    excluded_.insert(excluded_.end(), literals.begin(), literals.end());
  } else if (!allowed_) {
    allowed_ = std::move(literals);
  } else {
    std::erase_if(*allowed_, [&](const Value& value) {
      return std::ranges::none_of(literals,
                                  [&](const Value& other) { return same_value(value, other); });
    });
  }
}

void TermDomain::match(const TextPattern& pattern, bool truth) {
  patterns_.emplace_back(pattern, truth);
}

void TermDomain::lie_in(std::string_view network, bool truth) {
  // It was read when the expression was built.
  if (const auto parsed = parse_network(network)) networks_.emplace_back(*parsed, truth);
}

bool TermDomain::is_listed_as_excluded(const Value& value) const {
  return std::ranges::any_of(excluded_,
                             [&](const Value& other) { return same_value(value, other); });
}

bool TermDomain::admits(const Value& value) const {
  if (is_listed_as_excluded(value)) return false;
  const long double number = number_of(value);
  if (!std::isnan(number)) return range_.contains(number);
  const auto* const text = std::get_if<std::string>(&value);
  if (text == nullptr) return true;
  const std::optional<IpAddress> address = networks_.empty() ? std::nullopt : parse_ip(*text);
  const bool is_there = !address || std::ranges::all_of(networks_, [&](const auto& network) {
    return contains(network.first, *address) == network.second;
  });
  return is_there && std::ranges::all_of(patterns_, [&](const auto& pattern) {
           return matches_text(pattern.first, *text) == pattern.second;
         });
}

bool TermDomain::has_candidate() const {
  return std::ranges::any_of(*allowed_, [this](const Value& value) { return admits(value); });
}

bool TermDomain::patterns_conflict() const {
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    for (std::size_t j = 0; j < patterns_.size(); ++j) {
      const auto& [a, a_holds] = patterns_[i];
      const auto& [b, b_holds] = patterns_[j];
      if (a_holds && !b_holds && implies(a, b)) return true;
      const bool one_value = type_ != ValueType::kStringList;
      if (one_value && i < j && a_holds && b_holds && apart(a, b)) return true;
    }
  }
  return false;
}

/// Of two networks one holds the other, or they have no address in common.
bool TermDomain::networks_conflict() const {
  const auto holds = [](const IpNetwork& wide, const IpNetwork& narrow) {
    return wide.prefix <= narrow.prefix && contains(wide, narrow.base);
  };
  for (const auto& [a, in_a] : networks_) {
    for (const auto& [b, in_b] : networks_) {
      if (in_a && !in_b && holds(b, a)) return true;
      if (in_a && in_b && !holds(a, b) && !holds(b, a)) return true;
    }
  }
  return false;
}

std::size_t TermDomain::cost() const {
  const std::size_t values = allowed_ ? allowed_->size() : 1;
  return 1 + values * (1 + patterns_.size() + excluded_.size() + networks_.size()) +
         patterns_.size() * patterns_.size() + networks_.size() * networks_.size();
}

bool TermDomain::empty() const {
  if (is_numeric(type_)) {
    if (range_.empty()) return true;
    // A single value that is left and excluded; of several at most a few can be excluded.
    const bool single = range_.low == range_.high;
    if (single && std::ranges::any_of(excluded_, [&](const Value& value) {
          return number_of(value) == range_.low;
        })) {
      return true;
    }
    if (type_ == ValueType::kBool && range_.low < range_.high) {
      const bool no_false = is_listed_as_excluded(false);
      const bool no_true = is_listed_as_excluded(true);
      if (no_false && no_true) return true;
    }
  }
  if (allowed_ && type_ != ValueType::kStringList) {
    if (!has_candidate()) return true;
  }
  return patterns_conflict() || networks_conflict();
}

}  // namespace tidewaiter
