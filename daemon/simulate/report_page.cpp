#include "daemon/simulate/report_page.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <nlohmann/json.hpp>

#include "daemon/simulate/report_rows.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

std::int64_t most_buckets_of(UsageReport report, Duration width) {
  if (report == UsageReport::kOpenAiCosts) return 180;
  if (width == kMinute) return 1440;
  return width == kHour ? 168 : 31;
}

std::int64_t default_buckets_of(Duration width) {
  if (width == kMinute) return 60;
  return width == kHour ? 24 : 7;
}

/// A token names the place that it leads to, and the query that it belongs to.
std::string token_for(const UsageReportRequest& request, UtcTime place, std::int64_t salt = 0) {
  std::string token = "page_" + to_hex(sha256(request.query)).substr(0, 12) + "_" +
                      std::to_string(place.us / kSecond.us);
  if (salt > 0) token += "_" + std::to_string(salt);
  return token;
}

Result<UtcTime> place_of(const UsageReportRequest& request) {
  const std::string prefix = token_for(request, {0});
  const std::string_view head = std::string_view(prefix).substr(0, prefix.size() - 1);
  const std::string_view token = request.page;
  std::int64_t seconds = 0;
  const char* const end = token.data() + token.size();
  if (!token.starts_with(head) ||
      std::from_chars(token.data() + head.size(), end, seconds).ec != std::errc()) {
    return fail(ErrorCode::kInvalidInput, "the page belongs to another query");
  }
  return UtcTime{seconds * kSecond.us};
}

class PageWriter {
 public:
  PageWriter(const ProviderModel& model, const UsageReportRequest& request,
             const UsageReportState& state)
      : model_(model), request_(request), state_(state) {}

  [[nodiscard]] std::string write(UtcTime from, std::int64_t buckets) const {
    const UtcTime end = std::min(request_.end, state_.now);
    Json data = Json::array();
    UtcTime at = from;
    if (state_.mode == kOutside) data.push_back(bucket(request_.start - request_.width));
    for (std::int64_t i = 0; i < buckets && at < end; ++i, at = at + request_.width) {
      data.push_back(bucket(at));
    }
    Json page = Json::object();
    if (!is_anthropic(request_.report)) page["object"] = "page";
    page["data"] = std::move(data);
    page["has_more"] = at < end;
    page["next_page"] = at < end ? Json(token_for(request_, at)) : Json(nullptr);
    spoil_paging(page, from);
    return page.dump();
  }

 private:
  void spoil_paging(Json& page, UtcTime from) const {
    if (state_.mode == kEndless) page["next_page"] = token_for(request_, from, state_.asked + 1);
    if (state_.mode == kRepeatedToken) page["next_page"] = token_for(request_, from, 1);
    if (state_.mode == kNoToken) page["next_page"] = nullptr;
    if (state_.mode == kEndless || state_.mode == kRepeatedToken || state_.mode == kNoToken) {
      page["has_more"] = true;
    }
  }

  [[nodiscard]] Json bucket(UtcTime start) const {
    const UtcTime end = start + request_.width;
    Json results = Json::array();
    const bool empty =
        state_.mode == kLate && state_.asked == 0 && end + Duration{2 * kHour.us} > state_.now;
    if (!empty) {
      std::vector<ProviderUsage> usage = model_.usage(start, request_.width);
      if (state_.mode == kVanished && state_.asked > 0 && !usage.empty()) usage.pop_back();
      for (const ProviderUsage& row : usage) add_report_rows(row, request_, state_, results);
    }
    if (is_anthropic(request_.report)) {
      return {{"starting_at", format_time(start)},
              {"ending_at", format_time(end)},
              {"results", std::move(results)}};
    }
    return {{"object", "bucket"},
            {"start_time", start.us / kSecond.us},
            {"end_time", end.us / kSecond.us},
            {"results", std::move(results)}};
  }

  const ProviderModel& model_;
  const UsageReportRequest& request_;
  const UsageReportState& state_;
};

}  // namespace

Result<std::string> report_page(const ProviderModel& model, const UsageReportRequest& request,
                                const UsageReportState& state) {
  if (request.limit < 0 || request.limit > most_buckets_of(request.report, request.width)) {
    return fail(ErrorCode::kInvalidInput, "`limit` is out of range");
  }
  if (request.end <= request.start) {
    return fail(ErrorCode::kInvalidInput, "the end is not behind the start");
  }
  UtcTime from = align_down(request.start, request.width);
  if (!request.page.empty()) {
    const Result<UtcTime> place = place_of(request);
    if (!place) return tl::unexpected(place.error());
    from = *place;
  }
  const std::int64_t asked = request.limit > 0 ? request.limit : default_buckets_of(request.width);
  return PageWriter(model, request, state).write(from, std::min(asked, state.most_buckets));
}

}  // namespace tidewaiter
