#include "policies/language/repeat_reader.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 3> kRepeatKeys = {"after", "if_grown", "of"};

/// `2x`, `1.5x`: digits with at most one point and 6 decimals, above 1 and at most 1000. Bounded,
/// so that products with any figure fit 128 bits.
std::optional<Fraction> factor_of(std::string_view text) {
  constexpr int kMostDecimals = 6;
  constexpr std::int64_t kMost = 1000;
  if (text.size() < 2 || !text.ends_with('x') || text.front() == '.') return std::nullopt;
  text.remove_suffix(1);
  Fraction factor;
  std::optional<int> decimals;
  for (const char c : text) {
    if (c == '.' && !decimals) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (decimals && ++*decimals > kMostDecimals) return std::nullopt;
    if (decimals) factor.denominator *= 10;
    factor.numerator = factor.numerator * 10 + (c - '0');
    if (factor.numerator > kMost * factor.denominator) return std::nullopt;
  }
  if (decimals == 0 || factor.numerator <= factor.denominator) return std::nullopt;
  const std::int64_t common = std::gcd(factor.numerator, factor.denominator);
  return Fraction{factor.numerator / common, factor.denominator / common};
}

bool can_grow(ValueType type) {
  return type == ValueType::kInt64 || type == ValueType::kDouble || type == ValueType::kMoney ||
         type == ValueType::kDuration;
}

std::optional<Duration> read_after(DocumentReader& reader, const YamlNode& node) {
  const auto after = reader.duration(node);
  if (!after || after->us > 0) return after;
  reader.error(node.span, kBadRepeat, "`after` is no time at all",
               "write how long after a finding the next one may come, as in `after: 24h`");
  return std::nullopt;
}

/// The measure whose figure has to grow.
std::optional<std::uint16_t> read_grown(DocumentReader& reader, const YamlNode& repeat,
                                        std::span<const Measure> measures) {
  const YamlNode* of = repeat.find("of");
  auto found = measures.begin();
  if (of != nullptr) {
    found = std::ranges::find(measures, of->scalar, &Measure::name);
    if (found == measures.end()) {
      std::vector<std::string_view> names;
      for (const Measure& measure : measures) names.push_back(measure.name);
      reader.not_one_of(*of, names);
      return std::nullopt;
    }
  }
  if (found == measures.end()) return std::nullopt;  // they have errors of their own
  if (!can_grow(found->type)) {
    reader.error(of != nullptr ? of->span : repeat.span, kBadRepeat,
                 "`" + found->name + "` is " + std::string(type_name(found->type)) +
                     " and does not grow by a factor",
                 "name a measure that is a number, a duration or an amount, as in `of: tokens`");
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(found - measures.begin());
}

}  // namespace

std::optional<Repeat> read_repeat(DocumentReader& reader, const YamlNode& node,
                                  std::span<const Measure> measures) {
  if (!reader.expect_map(node, "repeat: {after: 24h}")) return std::nullopt;
  check_keys(reader.yaml(), node, kRepeatKeys, reader.diagnostics());
  const YamlNode* after = node.find("after");
  const YamlNode* grown = node.find("if_grown");
  if (after == nullptr && grown == nullptr) {
    reader.error(node.span, kMissingKey,
                 "`repeat` says neither after how long nor after what growth",
                 "write `repeat: {after: 24h}`, `repeat: {if_grown: 2x}` or both");
    return std::nullopt;
  }
  if (const YamlNode* of = node.find("of"); of != nullptr && grown == nullptr) {
    reader.error(of->span, kMissingKey, "`of` names what has to grow, and `if_grown` is missing",
                 "write `if_grown: 2x` beside it, or leave `of` out");
    return std::nullopt;
  }
  Repeat repeat;
  if (after != nullptr) {
    repeat.after = read_after(reader, *after);
    if (!repeat.after) return std::nullopt;
  }
  if (grown != nullptr) {
    const auto factor = factor_of(grown->scalar);
    if (!factor) {
      reader.error(grown->span, kBadRepeat, "`" + grown->scalar + "` is no factor of growth",
                   "write a number above 1 and at most 1000 with at most 6 decimals, and `x`: "
                   "`2x`, `1.5x`");
    }
    const auto measure = read_grown(reader, node, measures);
    if (!factor || !measure) return std::nullopt;
    repeat.if_grown = Repeat::Growth{*measure, *factor};
  }
  return repeat;
}

}  // namespace tidewaiter
