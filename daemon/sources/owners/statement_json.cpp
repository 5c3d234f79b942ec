#include "daemon/sources/owners/statement_json.h"

#include <algorithm>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/model/ascii.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

constexpr int kDeepestStatement = 32;

std::optional<DayNumber> day_of(const std::string& date) {
  const Result<UtcTime> time = parse_time(date);
  if (!time) return std::nullopt;
  return align_down(*time, kDay).us / kDay.us;
}

/// The first day of the month after that of `year` and `month`.
std::optional<DayNumber> next_month(int year, int month) {
  if (++month > 12) {
    month = 1;
    ++year;
  }
  const auto digits = [](int number, std::size_t count) {
    std::string text = std::to_string(number);
    return std::string(count - std::min(count, text.size()), '0') + text;
  };
  return day_of(digits(year, 4) + "-" + digits(month, 2) + "-01");
}

int number_at(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  for (const char c : text.substr(at, count)) number = number * 10 + (c - '0');
  return number;
}

bool has_shape(std::string_view text, std::string_view shape) {
  return std::ranges::equal(
      text, shape, [](char c, char s) { return s == '0' ? c >= '0' && c <= '9' : c == s; });
}

}  // namespace

Result<nlohmann::json> parse_statement(std::string_view object) {
  using Event = nlohmann::json::parse_event_t;
  bool too_deep = false;
  bool twice = false;
  std::vector<std::set<std::string, std::less<>>> open;
  const auto watch = [&](int depth, Event event, nlohmann::json& value) {
    too_deep = too_deep || depth > kDeepestStatement;
    if (too_deep) return false;
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::object_end) open.pop_back();
    if (event == Event::key) {
      twice = twice || !open.back().insert(value.get_ref<const std::string&>()).second;
    }
    return true;
  };
  nlohmann::json tree = nlohmann::json::parse(object, watch, false);
  if (too_deep) return fail(ErrorCode::kInvalidInput, "it is nested too deep");
  if (twice) return fail(ErrorCode::kInvalidInput, "it has a member twice");
  if (!tree.is_object()) return fail(ErrorCode::kInvalidInput, "it is no JSON object");
  return tree;
}

const nlohmann::json* member_of(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> kept_text(const nlohmann::json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  const bool fits =
      !text.empty() && text.size() <= kLongestStatedText && text.find('\0') == std::string::npos;
  return fits ? std::optional(text) : std::nullopt;
}

std::optional<std::string> text_in(const nlohmann::json& object, const char* name) {
  const nlohmann::json* const value = member_of(object, name);
  return value == nullptr ? std::nullopt : kept_text(*value);
}

std::optional<HeldDays> stated_days(std::string_view text) {
  const std::string date(text.substr(0, text.find('T')));
  if (has_shape(date, "0000-00-00")) {
    const auto day = day_of(date);
    return day ? std::optional(HeldDays{*day, *day + 1}) : std::nullopt;
  }
  const bool has_month = has_shape(date, "0000-00");
  if (!has_month && !has_shape(date, "0000")) return std::nullopt;
  const auto first = day_of(date + (has_month ? "-01" : "-01-01"));
  const auto next = next_month(number_at(date, 0, 4), has_month ? number_at(date, 5, 2) : 12);
  return first && next ? std::optional(HeldDays{first, next}) : std::nullopt;
}

std::string stated_country(std::string_view text) {
  if (text.size() < 2 || (text.size() > 2 && text[2] != '-')) return {};
  std::string code(text.substr(0, 2));
  for (char& c : code) {
    c = ascii_upper(c);
    if (c < 'A' || c > 'Z') return {};
  }
  return code;
}

std::string stated_identifier(std::string_view scheme, std::string_view id) {
  std::string lower = ascii_lower(scheme);
  if (lower == "xi-lei") lower = "lei";  // as org-id.guide has it
  return lower + ":" + std::string(id);
}

}  // namespace tidewaiter
