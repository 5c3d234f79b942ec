#include "daemon/sources/newapi/log_members.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/contract/account_entry.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

using LogNumber = std::pair<std::string_view, std::optional<std::int64_t> LogRow::*>;
constexpr auto kLogNumbers = std::to_array<LogNumber>({
    {"id", &LogRow::id},
    {"created_at", &LogRow::created_at},
    {"type", &LogRow::type},
    {"user_id", &LogRow::user_id},
    {"token_id", &LogRow::token_id},
    {"quota", &LogRow::quota},
    {"prompt_tokens", &LogRow::prompt_tokens},
    {"completion_tokens", &LogRow::completion_tokens},
    {"cache_tokens", &LogRow::cache_tokens},
    {"use_time", &LogRow::use_time},
});

using LogText = std::pair<std::string_view, std::string LogRow::*>;
constexpr auto kLogTexts = std::to_array<LogText>({
    {"token_name", &LogRow::token_name},
    {"group", &LogRow::group},
    {"model_name", &LogRow::model_name},
    {"ip", &LogRow::address},
});

/// A whole number; a correction may be negative.
PageRead read_whole(ondemand::value& value, std::string_view name,
                    std::optional<std::int64_t>& out) {
  bool null = false;
  auto code = value.is_null().get(null);
  if (code == simdjson::SUCCESS && null) return std::nullopt;
  std::int64_t number = 0;
  if (code == simdjson::SUCCESS) code = value.get_int64().get(number);
  if (code != simdjson::SUCCESS) return value_fault(name, code);
  out = number;
  return std::nullopt;
}

/// A text of JSON that is worth reading.
constexpr std::size_t kLongestOther = std::size_t{64} << 10U;

PageRead read_other(ondemand::value& value, LogRow& row) {
  bool null = false;
  std::string_view text;
  auto code = value.is_null().get(null);
  if (code == simdjson::SUCCESS && null) return std::nullopt;
  if (code == simdjson::SUCCESS) code = value.get_string().get(text);
  if (code != simdjson::SUCCESS) return value_fault("other", code);
  nlohmann::json other;
  if (text.size() > kLongestOther || parse_entry(text, other)) return std::nullopt;
  const auto cached = other.find("cache_tokens");
  if (cached != other.end() && cached->is_number_unsigned()) {
    const auto count = cached->get<std::uint64_t>();
    if (count <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      row.cache_tokens = static_cast<std::int64_t>(count);
    }
  }
  row.is_adjustment = other.contains("quota_delta");
  return std::nullopt;
}

PageRead read_log_member(std::string_view name, ondemand::value& value, LogRow& row) {
  const auto* const number = std::ranges::find(kLogNumbers, name, &LogNumber::first);
  if (number != kLogNumbers.end()) return read_whole(value, name, row.*(number->second));
  if (name == "other") return read_other(value, row);
  std::optional<std::string> text;
  const auto* const place = std::ranges::find(kLogTexts, name, &LogText::first);
  if (place != kLogTexts.end()) {
    PageRead fault = read_text(value, name, text);
    row.*(place->second) = text.value_or(std::string());
    return fault;
  }
  if (name != "is_stream" && name != "is_adjustment") return std::nullopt;
  PageRead fault = read_truth(value, name, text);
  if (name == "is_stream") {
    row.is_stream = text.value_or(std::string());
  } else {
    row.is_adjustment = text == "true";
  }
  return fault;
}

}  // namespace

PageRead read_log_row(ondemand::object& object, LogRow& row) {
  MembersSeen seen;
  return each_member(object, [&](std::string_view name, ondemand::value value) -> PageRead {
    if (!seen.is_first(name)) return row_fault("it has `" + std::string(name) + "` twice");
    return read_log_member(name, value, row);
  });
}

}  // namespace tidewaiter
