#include "daemon/simulate/request_log.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "policies/model/digest.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

using enum HostileMode;

/// The part of an hour's figure that its request `number` of `count` has: they add up to it.
std::int64_t part_of(std::int64_t figure, std::int64_t number, std::int64_t count) {
  return figure * (number + 1) / count - figure * number / count;
}

/// All requests of an hour, of every customer; `usage` outlives them.
void add_requests(UtcTime hour, const std::vector<ProviderUsage>& usage,
                  std::vector<CustomerRequest>& requests) {
  for (const ProviderUsage& one : usage) {
    const std::string prefix =
        "chatcmpl-" + one.api_key + "-" + std::to_string(hour.us / kHour.us) + "-";
    requests.push_back({hour + kMinute, prefix + "failed", &one, -1});
    for (std::int64_t i = 0; i < one.requests; ++i) {
      const Duration into{kHour.us / one.requests * i / 1000 * 1000};  // milliseconds
      requests.push_back({hour + into, prefix + std::to_string(i), &one, i});
    }
  }
}

bool in_order(const CustomerRequest& a, const CustomerRequest& b) {
  return std::tie(a.start, a.id) < std::tie(b.start, b.id);
}

/// With each page that is asked for the first three requests of each hour are gone, as by a task
/// that clears up, and one has been written late at its beginning; up to so many.
void shift_requests(const PageState& state, std::vector<CustomerRequest>& requests) {
  constexpr std::int64_t kMostShifts = 20;
  const auto shifts = static_cast<std::size_t>(std::min(state.asked, kMostShifts));
  const std::size_t gone = std::min(requests.size(), 3 * shifts);
  if (gone == requests.size()) return;
  requests.erase(requests.begin(), requests.begin() + static_cast<std::ptrdiff_t>(gone));
  for (std::size_t i = 0; i < shifts; ++i) {
    CustomerRequest late = requests.back();
    late.start = align_down(late.start, kHour);
    late.id = "chatcmpl-late-" + std::to_string(late.start.us / kHour.us) + "-" + std::to_string(i);
    requests.insert(requests.begin(), std::move(late));
  }
}

}  // namespace

ProviderUsage CustomerRequest::usage() const {
  ProviderUsage part = *hour;
  part.requests = has_failed() ? 0 : 1;
  for (std::int64_t* const figure :
       {&part.input_tokens, &part.cached_tokens, &part.output_tokens}) {
    *figure = has_failed() ? 0 : part_of(*figure, number, hour->requests);
  }
  return part;
}

RequestLog::RequestLog(const ProviderModel& model, Interval time, const PageState& state) {
  const UtcTime first = align_down(time.from, kHour);
  UtcTime last = std::min(time.to, state.now);
  if (state.mode == kLate && state.asked == 0) last = last - Duration{2 * kHour.us};
  for (UtcTime hour = first; hour <= last; hour = hour + kHour) {
    hours_.push_back(model.usage(hour, kHour));
    for (ProviderUsage& usage : hours_.back()) {
      // So that each request but those that have failed is told otherwise.
      if (state.mode == kRestated && state.asked > 0) usage.input_tokens += usage.requests;
    }
    std::vector<CustomerRequest> some;
    add_requests(hour, hours_.back(), some);
    std::ranges::sort(some, in_order);
    if (state.mode == kShifting) shift_requests(state, some);
    requests_.insert(requests_.end(), some.begin(), some.end());
  }
  std::erase_if(requests_, [&](const CustomerRequest& request) {
    return request.start < time.from || request.start > last;
  });
  std::ranges::sort(requests_, in_order);
}

std::int64_t customer_number(const ProviderUsage& usage) {
  const std::size_t mark = usage.api_key.rfind('_');
  return std::strtoll(usage.api_key.c_str() + mark + 1, nullptr, 10);
}

std::string gateway_key(const std::string& api_key) { return to_hex(sha256(api_key)); }

double dollars_of(const ProviderUsage& usage) {
  return std::strtod(format_money({list_price(usage)}).c_str(), nullptr);
}

}  // namespace tidewaiter
