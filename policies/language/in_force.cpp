#include "policies/language/in_force.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 2> kIntervalKeys = {"from", "until"};

}  // namespace

std::optional<Interval> read_interval(DocumentReader& reader, const YamlNode& node) {
  if (!reader.expect_map(node, "- {from: 2026-01-01, until: 2026-12-31}")) return std::nullopt;
  check_keys(reader.yaml(), node, kIntervalKeys, reader.diagnostics());
  const YamlNode* from = node.find("from");
  const YamlNode* until = node.find("until");
  if (from == nullptr && until == nullptr) {
    reader.error(node.span, kEmptyValue, "the interval has neither `from` nor `until`",
                 "write `{from: 2026-01-01}`; without `in_force` it is always in force");
    return std::nullopt;
  }
  Interval interval{{std::numeric_limits<std::int64_t>::min()},
                    {std::numeric_limits<std::int64_t>::max()}};
  if (from != nullptr) interval.from = reader.time(*from, false).value_or(interval.from);
  if (until != nullptr) interval.to = reader.time(*until, true).value_or(interval.to);
  if (interval.from < interval.to) return interval;
  reader.error(node.span, kBadInterval, "the interval ends before it begins",
               "write `from` before `until`");
  return std::nullopt;
}

std::vector<Interval> read_in_force(DocumentReader& reader, const YamlNode& document) {
  std::vector<Interval> in_force;
  const YamlNode* node = document.find("in_force");
  if (node == nullptr) return in_force;
  const auto items = DocumentReader::items(*node);
  if (items.empty()) {
    reader.error(node->span, kEmptyValue, "`in_force` names no interval",
                 "write `[{from: 2026-01-01}]`; without `in_force` it is always in force");
  }
  for (const YamlNode* item : items) {
    if (const auto interval = read_interval(reader, *item)) in_force.push_back(*interval);
  }
  std::ranges::sort(in_force);
  for (std::size_t i = 1; i < in_force.size(); ++i) {
    if (in_force[i - 1].to <= in_force[i].from) continue;
    reader.error(node->span, kBadInterval, "intervals overlap", "join them into one");
    break;
  }
  return in_force;
}

}  // namespace tidewaiter
