#include "daemon/sources/contract/request_budget.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "daemon/sources/source_services.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

std::int64_t steady_microseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

/// Scheme, host and port: what stands before the path. In lower case and without the port that the
/// scheme has anyway, for these are the same server (RFC 3986, 6.2.2.1 and 6.2.3).
std::string server_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  std::string server = ascii_lower(url.substr(0, url.find_first_of("/?#", host)));
  const std::string_view port = server.starts_with("https:") ? ":443" : ":80";
  if (server.ends_with(port)) server.resize(server.size() - port.size());
  if (server.size() > host && server.ends_with(':')) server.pop_back();  // an empty port
  return server;
}

}  // namespace

RequestBudget::RequestBudget(std::int64_t per_minute, std::function<std::int64_t()> clock)
    : clock_(clock ? std::move(clock) : steady_microseconds) {
  lower_to(per_minute);
}

void RequestBudget::lower_to(std::int64_t per_minute) {
  constexpr std::int64_t kPartAtOnce = 10;
  if (per_minute <= 0) return;
  const std::int64_t rate = std::min(per_minute, kMinute.us);
  const std::int64_t at_once = std::max<std::int64_t>(1, rate / kPartAtOnce);
  const std::int64_t others = rate - at_once + 1;
  const std::int64_t interval = (kMinute.us + others - 1) / others;  // rounded up, so as to keep it
  const std::scoped_lock lock(mutex_);
  if (interval <= interval_us_) return;
  interval_us_ = interval;
  ahead_us_ = interval * (at_once - 1);
}

Duration RequestBudget::take() {
  const std::scoped_lock lock(mutex_);
  const std::int64_t now = clock_();
  const std::int64_t goes_out = std::max({now, held_us_, due_us_ - ahead_us_});
  due_us_ = std::max(due_us_, goes_out) + interval_us_;
  return {goes_out - now};
}

void RequestBudget::hold(Duration length) {
  const std::scoped_lock lock(mutex_);
  held_us_ = std::max(held_us_, clock_() + length.us);
  due_us_ = std::max(due_us_, held_us_ + ahead_us_);  // and from there on one by one
}

bool RequestBudget::is_held() {
  const std::scoped_lock lock(mutex_);
  return clock_() < held_us_;
}

std::shared_ptr<RequestBudgets> make_request_budgets() {
  return std::make_shared<RequestBudgets>();
}

std::shared_ptr<RequestBudget> RequestBudgets::of(const std::string& url, const SecretRef& key,
                                                  std::int64_t per_minute) {
  const std::string name = server_of(url) + " " + to_text(key);
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<RequestBudget>& budget = shared_[name];
  if (budget) {
    budget->lower_to(per_minute);
  } else {
    budget = std::make_shared<RequestBudget>(per_minute);
  }
  return budget;
}

}  // namespace tidewaiter
