#include <map>
#include <optional>

#include "daemon/simulate/report_page.h"

namespace tidewaiter {
namespace {

/// An instant of a request: OpenAI's in seconds, Anthropic's as RFC 3339 has it.
std::optional<UtcTime> instant_in(const PageRequest& request, UsageReport report,
                                  const char* seconds, const char* text) {
  return is_anthropic(report) ? time_in(request, text) : seconds_in(request, seconds);
}

}  // namespace

std::optional<UsageReportRequest> read_report_request(const PageRequest& request,
                                                      UsageReport report, UtcTime now) {
  static const std::map<std::string, Duration> kWidths = {
      {"", kDay}, {"1m", kMinute}, {"1h", kHour}, {"1d", kDay}};
  UsageReportRequest asked;
  asked.report = report;
  const auto start = instant_in(request, report, "start_time", "starting_at");
  const auto width = kWidths.find(text_in(request, "bucket_width"));
  if (!start || width == kWidths.end()) return std::nullopt;
  if (is_costs(report) && width->second != kDay) return std::nullopt;
  asked.start = *start;
  asked.end = now;
  if (request.params.contains("end_time") || request.params.contains("ending_at")) {
    const auto end = instant_in(request, report, "end_time", "ending_at");
    if (!end) return std::nullopt;
    asked.end = *end;
  }
  asked.width = width->second;
  constexpr std::int64_t kMostBuckets = 1440;  // of any report; each has its own bound besides
  const auto limit = number_in(request, "limit", 0, 1, kMostBuckets);
  if (!limit) return std::nullopt;
  asked.limit = *limit;
  asked.page = text_in(request, "page");
  for (const auto& [name, value] : request.params) {
    if (name == "group_by" || name == "group_by[]") asked.group_by.push_back(value);
    if (name != "page") asked.query += name + "=" + value + "&";
  }
  return asked;
}

}  // namespace tidewaiter
