#pragma once

#include <cstdint>

#include "policies/model/time.h"

namespace tidewaiter {

/// Which world is made: everything in it follows from these.
struct WorldPlan {
  std::uint64_t seed = 1;
  int accounts = 300;  ///< honest ones; at least kLeastAccounts
  int days = 45;       ///< from `begin`; at least kLeastDays
  /// What the campaigns spend on not being seen, from 0 (nothing) to 1: docs/detection.md says what
  /// each of their means costs at an effort.
  double effort = 0.3;
  bool campaigns = true;
  UtcTime begin{1'767'225'600'000'000};  ///< 2026-01-01T00:00:00Z, a midnight

  [[nodiscard]] UtcTime day(int number) const { return begin + Duration{number * kDay.us}; }
};

inline constexpr int kLeastAccounts = 200;  // fewer have no room for those that are mistaken
inline constexpr int kLeastDays = 30;  // the campaigns begin by then, and a window of 30 days ends

/// The published figures that the size of campaigns follows: about 25,000 accounts made 28.8
/// million exchanges from 22 April to 5 June 2026, some 26 an account and day (Anthropic's letter
/// of 10 June 2026). A world of 20,000 honest accounts has a campaign of this share of them;
/// smaller worlds have fewer, but at least kLeastCampaign in each campaign that is to be large.
inline constexpr int kPublishedAccounts = 25'000;
inline constexpr double kPublishedShare = 0.04;
inline constexpr int kLeastCampaign = 100;

/// On this day a new model is released.
inline constexpr int kReleaseDay = 22;

inline constexpr const char* kOldModel = "world-large-1";
inline constexpr const char* kSmallModel = "world-mini-1";
inline constexpr const char* kNewModel = "world-large-2";

}  // namespace tidewaiter
