// How much an evaluation keeps of accounts that never come near a threshold: what their windows
// hold, and no more as time goes on.

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/engine/written_log.h"

namespace tidewaiter {
namespace {

constexpr int kAccounts = 100;
constexpr int kRequestsADay = 3;

UtcTime day(int number) { return parse_time("2026-01-01").value() + Duration{number * kDay.us}; }

Policy far_off(Duration wait_for_late) {
  Policy policy = counting("n >= 500");
  policy.window = {Duration{30 * kDay.us}, kDay, wait_for_late};
  return policy;
}

void add_request(Log& log, int account, UtcTime time) {
  Record record = Log::record("a" + std::to_string(account), "00:00");
  record.time = time;
  log.add(std::move(record));
}

/// Three requests of each account a day; what is kept at the end of the last.
std::size_t kept_after(Log& log, int from, int to, UtcTime covered) {
  for (int d = from; d < to; ++d) {
    for (int account = 0; account < kAccounts; ++account) {
      for (int i = 0; i < kRequestsADay; ++i) {
        add_request(log, account, day(d) + Duration{(i + 1) * kHour.us});
      }
    }
    log.drain(covered, day(d + 1));
  }
  return log.kept_bytes();
}

/// Some 93 records of each account lie in what its windows need, of which each is some 20 bytes.
void expect_flat(Log& log, int from, UtcTime covered) {
  std::size_t most = 0;
  for (int d = 70; d < 130; d += 5) {
    most = std::max(most, kept_after(log, from, d, covered));
    from = d;
  }
  EXPECT_LT(most, std::size_t{kAccounts} * 4'000);
  std::size_t later = 0;
  for (int d = 200; d < 260; d += 5) {
    later = std::max(later, kept_after(log, from, d, covered));
    from = d;
  }
  EXPECT_LT(later, most + most / 3);  // what is forgotten is counted by the time that it was
}

TEST(KeptState, OfSteadyAccountsIsFlat) {
  Log log(far_off(kDay));
  expect_flat(log, 0, day(-40));
}

TEST(KeptState, IsForgottenAlsoBehindARecordOfTheFuture) {
  Log log(far_off(kDay));
  add_request(log, kAccounts, day(300));
  expect_flat(log, 0, day(-40));
}

// Windows that began before what the source covers wait, and close when it covers more.
TEST(KeptState, IsForgottenWhenWhatWasMissingHasCome) {
  Log log(far_off(kDay));
  (void)kept_after(log, 0, 40, day(20));
  expect_flat(log, 40, day(-40));
}

}  // namespace
}  // namespace tidewaiter
