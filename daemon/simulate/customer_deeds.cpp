#include "daemon/simulate/customer_deeds.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "daemon/simulate/request_log.h"

namespace tidewaiter {
namespace {

using enum HostileMode;

constexpr std::array<const char*, 10> kDeedNames = {
    "user-added", "project-made", "key-made", "key-changed", "login-failed",
    "login",      "logout",       "policy",   "own-read",    "foreign-read"};

constexpr Duration seconds_of(std::int64_t count) { return {count * kSecond.us}; }

class DeedWriter {
 public:
  explicit DeedWriter(const ProviderModel& model) : model_(model) {}

  /// All of the hour that begins at `hour`.
  void add_hour(UtcTime hour) {
    const std::set<int> before = at_work(hour - kHour);
    const std::set<int> now = at_work(hour);
    const std::set<int> after = at_work(hour + kHour);
    for (const int customer : now) {
      if (!before.contains(customer)) begin_work(hour, customer);
      if (!after.contains(customer))
        add(hour + seconds_of(3'540 - customer), DeedKind::kLogout, customer);
    }
    add(hour + Duration{30 * kMinute.us}, DeedKind::kReadByProgram, 0);
    if (hour == align_down(hour, kDay)) {
      add(hour + Duration{15 * kMinute.us}, DeedKind::kReadByOther, 0);
    }
  }

  void add_beginnings() {
    int number = 0;
    for (const Customer& customer : model_.directory()) {
      add(customer.created, DeedKind::kUserAdded, number);
      add(customer.created + kMinute, DeedKind::kProjectMade, number);
      add(customer.created + Duration{2 * kMinute.us}, DeedKind::kKeyMade, number);
      ++number;
    }
  }

  std::vector<CustomerDeed> take() { return std::move(deeds_); }

 private:
  [[nodiscard]] std::set<int> at_work(UtcTime hour) const {
    std::set<int> customers;
    for (const ProviderUsage& usage : model_.usage(hour, kHour)) {
      customers.insert(static_cast<int>(customer_number(usage)));
    }
    return customers;
  }

  void begin_work(UtcTime hour, int customer) {
    const std::int64_t turn = hour.us / kDay.us + customer;
    const UtcTime login = hour + seconds_of(120 + customer);
    if (turn % 4 == 0) add(login - kMinute, DeedKind::kLoginFailed, customer);
    add(login, DeedKind::kLogin, customer);
    if (turn % 3 == 0) add(login + seconds_of(600), DeedKind::kKeyChanged, customer);
    if (turn % 5 == 0) add(login + seconds_of(900), DeedKind::kTenantPolicyChanged, customer);
  }

  void add(UtcTime time, DeedKind deed, int customer) {
    const std::string id = std::string(kDeedNames[static_cast<std::size_t>(deed)]) + "-" +
                           std::to_string(customer) + "-" + std::to_string(time.us / kSecond.us);
    deeds_.push_back({time, id, deed, customer});
  }

  const ProviderModel& model_;
  std::vector<CustomerDeed> deeds_;
};

/// Newer ones come while pages are turned, up to so many.
void come_late(const PageState& state, Interval time, std::vector<CustomerDeed>& deeds) {
  constexpr std::int64_t kMostLate = 20;
  for (std::int64_t i = 0; i < std::min(state.asked, kMostLate); ++i) {
    deeds.push_back({align_down(time.to - kSecond, kSecond),
                     "late-" + std::to_string(i) + "-" + std::to_string(time.to.us),
                     DeedKind::kLogin, 0});
  }
}

}  // namespace

std::vector<CustomerDeed> customer_deeds(const ProviderModel& model, Interval time,
                                         const PageState& state) {
  time.to = std::min(time.to, state.now);
  DeedWriter writer(model);
  writer.add_beginnings();
  for (UtcTime hour = align_down(time.from, kHour); hour < time.to; hour = hour + kHour) {
    writer.add_hour(hour);
  }
  std::vector<CustomerDeed> deeds = writer.take();
  if (state.mode == kShifting) come_late(state, time, deeds);
  std::erase_if(deeds, [&time](const CustomerDeed& deed) {
    return deed.time < time.from || deed.time >= time.to;
  });
  std::ranges::sort(deeds, [](const CustomerDeed& a, const CustomerDeed& b) {
    return std::tie(b.time, b.id) < std::tie(a.time, a.id);
  });
  if (state.mode == kLate && state.again == 0) {
    const auto newest = std::ranges::find(deeds, DeedKind::kLogin, &CustomerDeed::deed);
    if (newest != deeds.end()) deeds.erase(newest);
  }
  return deeds;
}

}  // namespace tidewaiter
