#include "daemon/sources/contract/request_budget.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "daemon/sources/source_services.h"

namespace tidewaiter {
namespace {

std::int64_t steady_microseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

/// Scheme, host and port: what stands before the path.
std::string_view host_part(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  return url.substr(0, std::min(url.find('/', host), url.size()));
}

}  // namespace

RequestBudget::RequestBudget(std::int64_t per_minute, std::function<std::int64_t()> clock)
    : clock_(clock ? std::move(clock) : steady_microseconds) {
  lower_to(per_minute);
}

void RequestBudget::lower_to(std::int64_t per_minute) {
  constexpr std::int64_t kPartAtOnce = 10;
  const std::scoped_lock lock(mutex_);
  const std::int64_t interval = kMinute.us / std::clamp<std::int64_t>(per_minute, 1, kMinute.us);
  if (interval <= interval_us_) return;
  interval_us_ = interval;
  ahead_us_ = interval * (std::max<std::int64_t>(1, per_minute / kPartAtOnce) - 1);
}

Duration RequestBudget::take() {
  const std::scoped_lock lock(mutex_);
  const std::int64_t now = clock_();
  const std::int64_t goes_out = std::max(now, due_us_ - ahead_us_);
  due_us_ = std::max(due_us_, goes_out) + interval_us_;
  return {goes_out - now};
}

void RequestBudget::hold(Duration length) {
  const std::scoped_lock lock(mutex_);
  due_us_ = std::max(due_us_, clock_() + length.us + ahead_us_);
}

std::shared_ptr<RequestBudgets> make_request_budgets() {
  return std::make_shared<RequestBudgets>();
}

std::shared_ptr<RequestBudget> RequestBudgets::of(const std::string& url, const SecretRef& key,
                                                  std::int64_t per_minute) {
  if (per_minute <= 0) return nullptr;
  const std::string name = std::string(host_part(url)) + " " + to_text(key);
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
