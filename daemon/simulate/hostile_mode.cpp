#include "daemon/simulate/hostile_mode.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

using enum HostileMode;

constexpr auto kModes = std::to_array<HostileModeName>({
    {kNone, "none", "keeps the contract"},
    {kRateLimited, "rate-limited", "every third request: 429 with Retry-After: 1"},
    {kRateLimitedBare, "rate-limited-bare", "every third request: 429 without Retry-After"},
    {kAbsurdWait, "absurd-wait", "429 with a Retry-After of 279 days"},
    {kNoQuota, "no-quota", "429 with the code insufficient_quota"},
    {kDenied, "denied", "401; of new-api, 200 with success: false"},
    {kFlaky, "flaky", "every second request: 500"},
    {kFailing, "failing", "503"},
    {kSlowLoris, "slow-loris", "a byte of the body now and then, without end"},
    {kCut, "cut", "the connection breaks in the middle of the body"},
    {kWrongObject, "wrong-object", "another kind of thing than what was asked for"},
    {kEndless, "endless", "each page has another token for the next"},
    {kRepeatedToken, "repeated-token", "each page has the same token for the next"},
    {kNoToken, "no-token", "there is more, and nothing says where; or what says it is missing"},
    {kForgetsTokens, "forgets-tokens", "the first token is refused, later ones are not"},
    {kNullActors, "null-actors", "nobody is named; buckets have several such rows"},
    {kRestated, "restated", "figures are greater and names longer when they are read again"},
    {kLate, "late", "the newest is missing when it is read first"},
    {kBadRow, "bad-row", "one row of a bucket has a text for a number"},
    {kMoved, "moved", "a member that every row needs has another name"},
    {kOutside, "outside", "a row from before the time that was asked for"},
    {kShifting, "shifting", "rows and entries come and go while they are paged"},
    {kClockAhead, "clock-ahead", "the Date header is ten minutes ahead"},
    {kClockBehind, "clock-behind", "the Date header is ten minutes behind"},
    {kRedirect, "redirect", "302 to another host"},
    {kGzipBomb, "gzip-bomb", "a small body that becomes 256 MiB"},
    {kDeepJson, "deep-json", "a hundred thousand arrays in one another"},
    {kVanished, "vanished", "buckets have one customer less when they are read again"},
    {kNoKeys, "no-keys", "400 with the parameter group_by to whoever groups by key"},
});

static_assert([] {
  for (std::size_t i = 0; i < kModes.size(); ++i) {
    if (static_cast<std::size_t>(kModes[i].mode) != i) return false;
  }
  return kModes.back().mode == kNoKeys;
}());

}  // namespace

std::span<const HostileModeName> hostile_modes() { return kModes; }

std::optional<HostileMode> find_hostile_mode(std::string_view name) {
  const auto* const found = std::ranges::find(kModes, name, &HostileModeName::name);
  if (found == kModes.end()) return std::nullopt;
  return found->mode;
}

}  // namespace tidewaiter
