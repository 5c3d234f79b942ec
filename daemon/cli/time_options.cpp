#include "daemon/cli/time_options.h"

#include <string_view>

#include <CLI/CLI.hpp>

namespace tidewaiter {

void add_time_options(CLI::App& verb, TimeOptions& options, const std::string& what) {
  verb.add_option("--from", options.from, what + " at or after this time")->type_name("TIME");
  verb.add_option("--to", options.to, what + " before this time")->type_name("TIME");
}

namespace {

/// "2026-10-09 17:00", as tables print times, with its seconds; any other text as it is.
std::string with_seconds(std::string text) {
  constexpr std::size_t kToTheMinute = std::string_view("2026-10-09 17:00").size();
  constexpr std::size_t kColon = kToTheMinute - 3;
  const bool lacks = text.size() >= kToTheMinute && text[kColon] == ':' &&
                     (text.size() == kToTheMinute || text[kToTheMinute] != ':');
  if (lacks) text.insert(kToTheMinute, ":00");
  return text;
}

}  // namespace

Result<UtcTime> instant_of(const std::string& option, const std::string& text) {
  const Result<UtcTime> time = parse_time(with_seconds(text), true);
  if (time) return *time;
  return fail(ErrorCode::kNotFound,
              option +
                  ": expected a date or time such as 2026-01-31, \"2026-01-31 12:00\" or "
                  "2026-01-31T12:00:00Z, got `" +
                  text + "`");
}

Result<std::optional<Interval>> interval_of(const TimeOptions& options) {
  if (options.from.empty() && options.to.empty()) return std::nullopt;
  Interval interval = kRecordTimes;
  if (!options.from.empty()) {
    const Result<UtcTime> from = instant_of("--from", options.from);
    if (!from) return tl::unexpected(from.error());
    interval.from = *from;
  }
  if (!options.to.empty()) {
    const Result<UtcTime> to = instant_of("--to", options.to);
    if (!to) return tl::unexpected(to.error());
    interval.to = *to;
  }
  if (interval.to <= interval.from) {
    return fail(ErrorCode::kNotFound, "--from must be before --to");
  }
  return interval;
}

}  // namespace tidewaiter
