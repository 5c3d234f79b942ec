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
    {"cache_creation_tokens", &LogRow::cache_creation_tokens},
    {"use_time", &LogRow::use_time},
});

using LogFlag = std::pair<std::string_view, bool LogRow::*>;
constexpr auto kLogFlags = std::to_array<LogFlag>(
    {{"is_adjustment", &LogRow::is_adjustment}, {"is_claude", &LogRow::is_claude}});

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

/// Whether a text is meant to be an object of JSON: older rows hold other texts, or none.
bool is_meant_as_object(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

void take_other_count(const nlohmann::json& other, const char* name,
                      std::optional<std::int64_t>& out) {
  const auto member = other.find(name);
  if (member == other.end() || !member->is_number_unsigned()) return;
  const auto count = member->get<std::uint64_t>();
  if (count <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    out = static_cast<std::int64_t>(count);
  }
}

void take_other(const nlohmann::json& other, LogRow& row) {
  take_other_count(other, "cache_tokens", row.cache_tokens);
  take_other_count(other, "cache_creation_tokens", row.cache_creation_tokens);
  const auto claude = other.find("claude");
  row.is_claude = claude != other.end() && *claude == nlohmann::json(true);
  // Older versions write the difference, newer ones what had been taken and what it came to.
  row.is_adjustment = other.contains("quota_delta") ||
                      (other.contains("pre_consumed_quota") && other.contains("actual_quota"));
}

PageRead read_other(ondemand::value& value, LogRow& row) {
  bool null = false;
  std::string_view text;
  auto code = value.is_null().get(null);
  if (code == simdjson::SUCCESS && null) return std::nullopt;
  if (code == simdjson::SUCCESS) code = value.get_string().get(text);
  if (code != simdjson::SUCCESS) return value_fault("other", code);
  if (!is_meant_as_object(text)) return std::nullopt;
  if (text.size() > kLongestOther) return row_fault("`other` is too long to be read");
  nlohmann::json other;
  if (const PageRead fault = parse_entry(text, other)) {
    return row_fault("`other` cannot be read: " + fault->reason);
  }
  take_other(other, row);
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
  const auto* const flag = std::ranges::find(kLogFlags, name, &LogFlag::first);
  if (name != "is_stream" && flag == kLogFlags.end()) return std::nullopt;
  PageRead fault = read_truth(value, name, text);
  if (name == "is_stream") {
    row.is_stream = text.value_or(std::string());
  } else {
    row.*(flag->second) = text == "true";
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
