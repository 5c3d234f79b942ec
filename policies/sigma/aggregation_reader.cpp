#include "policies/sigma/aggregation_reader.h"

#include <array>
#include <cctype>
#include <utility>

#include "policies/language/text_match.h"
#include "policies/model/ascii.h"
#include "policies/model/input_text.h"
#include "policies/model/trimmed.h"
#include "policies/sigma/condition_reader.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

struct OrderSign {
  std::string_view sign;
  SigmaOrder order;
};

/// The longer signs first.
constexpr std::array<OrderSign, 6> kOrderSigns = {{{">=", SigmaOrder::kGreaterOrEqual},
                                                   {"<=", SigmaOrder::kLessOrEqual},
                                                   {"==", SigmaOrder::kEqual},
                                                   {">", SigmaOrder::kGreater},
                                                   {"<", SigmaOrder::kLess},
                                                   {"=", SigmaOrder::kEqual}}};

/// `function(field) by group, group > number`, cut at its signs.
struct Cut {
  std::string function;
  std::string field;
  std::vector<std::string> group_by;
  SigmaThreshold threshold;
};

std::optional<Cut> cut(std::string_view text) {
  Cut out;
  const std::size_t open = text.find('(');
  const std::size_t close = text.find(')');
  const std::size_t sign = text.find_first_of("<>=", close == std::string_view::npos ? 0 : close);
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      sign == std::string_view::npos) {
    return std::nullopt;
  }
  out.function = ascii_lower(trimmed(text.substr(0, open)));
  out.field = trimmed(text.substr(open + 1, close - open - 1));
  std::string_view group = trimmed(text.substr(close + 1, sign - close - 1));
  if (!group.empty()) {
    if (!ascii_lower(group).starts_with("by ")) return std::nullopt;
    group = trimmed(group.substr(3));
    while (!group.empty()) {
      const std::size_t comma = group.find(',');
      const std::string_view one = trimmed(group.substr(0, comma));
      if (one.empty() || one.find_first_of(kBlanks) != std::string_view::npos) return std::nullopt;
      out.group_by.emplace_back(one);
      group = comma == std::string_view::npos ? std::string_view{} : group.substr(comma + 1);
    }
  }
  for (const OrderSign& comparison : kOrderSigns) {
    if (!text.substr(sign).starts_with(comparison.sign)) continue;
    const auto number = sigma_as_number(trimmed(text.substr(sign + comparison.sign.size())));
    if (!number) return std::nullopt;
    out.threshold = {comparison.order, false, *number};
    return out;
  }
  return std::nullopt;
}

class AggregationReader {
 public:
  AggregationReader(DocumentReader& reader, const YamlNode& condition)
      : reader_(reader), condition_(condition) {}

  std::optional<SigmaAggregation> read(std::string_view text,
                                       const std::vector<SigmaSelection>& selections,
                                       std::optional<Duration> timeframe) {
    text = trimmed(text);
    if (ascii_lower(text).starts_with("near ")) {
      return read_near(trimmed(text.substr(5)), selections, timeframe);
    }
    std::optional<Cut> parts = cut(text);
    if (!parts) {
      return refuse("the aggregation " + in_backticks(text) + " cannot be read",
                    "Sigma 1 wrote `count(field) by group > 5`; write a correlation instead");
    }
    return build(*std::move(parts), timeframe);
  }

 private:
  std::optional<SigmaAggregation> refuse(std::string message, std::string hint) {
    reader_.error(condition_.span, kSigmaAggregation, std::move(message), std::move(hint));
    return std::nullopt;
  }

  std::optional<SigmaAggregation> build(Cut parts, std::optional<Duration> timeframe) {
    SigmaAggregation out;
    out.timespan = timeframe;
    out.group_by = std::move(parts.group_by);
    out.thresholds = {parts.threshold};
    if (!parts.field.empty()) out.fields = {parts.field};
    if (parts.function == "count") {
      out.type = parts.field.empty() ? SigmaCorrelationType::kEventCount
                                     : SigmaCorrelationType::kValueCount;
      return out;
    }
    if (parts.function != "sum" && parts.function != "avg") {
      return refuse("no correlation of Sigma 2.1 says " + in_backticks(parts.function),
                    "count, sum and avg are read");
    }
    if (parts.field.empty()) {
      return refuse("`" + parts.function + "` needs a field", "write `sum(field)`");
    }
    out.type =
        parts.function == "sum" ? SigmaCorrelationType::kValueSum : SigmaCorrelationType::kValueAvg;
    return out;
  }

  std::optional<SigmaAggregation> read_near(std::string_view text,
                                            const std::vector<SigmaSelection>& selections,
                                            std::optional<Duration> timeframe) {
    if (text.find_first_of(kBlanks) != std::string_view::npos) {
      return refuse("`near` several searches is not what any correlation of Sigma 2.1 says",
                    "write a `temporal` correlation over a rule each");
    }
    if (!timeframe) {
      return refuse("`near` without a timeframe does not say how near",
                    "add `timeframe:`, or write a `temporal` correlation");
    }
    SigmaAggregation out;
    out.type = SigmaCorrelationType::kTemporal;
    out.timespan = timeframe;
    out.near = read_sigma_condition(reader_, condition_, text, selections);
    if (!out.near) return std::nullopt;
    return out;
  }

  DocumentReader& reader_;
  const YamlNode& condition_;
};

}  // namespace

std::optional<SigmaAggregation> read_aggregation(DocumentReader& reader, const YamlNode& condition,
                                                 std::string_view text,
                                                 const std::vector<SigmaSelection>& selections,
                                                 std::optional<Duration> timeframe) {
  return AggregationReader(reader, condition).read(text, selections, timeframe);
}

}  // namespace tidewaiter
