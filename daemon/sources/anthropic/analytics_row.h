#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tidewaiter {

/// What the analytics reports are grouped by, in the order of identities. Five is the most that
/// they take.
inline constexpr std::array<std::string_view, 5> kAnalyticsDimensions = {
    "actor", "api_key_id", "model", "workspace_id", "user_profile_id"};
enum AnalyticsDimension : std::size_t { kActor, kKey, kModel, kWorkspace, kProfile };

/// Whose row it is, by kAnalyticsDimensions; null: nobody is named. An actor is the vendor's id of
/// the user, service account or key, or `aws:…` and the like for one of a cloud's own.
using AnalyticsParty = std::array<std::optional<std::string>, kAnalyticsDimensions.size()>;

/// The figures of a row; null: it does not tell. Of costs kAmount alone, in nano-USD.
enum AnalyticsFigure : std::size_t {
  kAmount,
  kUncached = kAmount,
  kCacheRead,
  kOutput,
  kHourlyWritten,
  kShortWritten,
  kRequests,
  kAnalyticsFigures
};
using AnalyticsFigures = std::array<std::optional<std::int64_t>, kAnalyticsFigures>;

/// Rows of one bucket, those of one party summed. A figure that one of them lacks is null.
using AnalyticsSums = std::map<AnalyticsParty, AnalyticsFigures>;

}  // namespace tidewaiter
