#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {

/// The list document in which a set has its calendar of releases: models as texts, each in the list
/// from the day of its release (policies/packs/distillation/lists/recent-releases.yaml).
inline constexpr std::string_view kReleaseCalendar = "recent-releases";

/// How a model was used, as far as stored usage says.
struct ModelUse {
  std::map<std::int64_t, std::int64_t> days;  ///< requests of the case's accounts, by UTC day
  UtcTime first;                              ///< use by anybody
  bool others = false;                        ///< somebody has used it whom the case is not about
};

/// Usage by model.
struct ModelUsage {
  std::map<std::string, ModelUse> models;
  Interval stored;       ///< from the first record of usage to the last one
  bool complete = true;  ///< false: of a part of the records
};

/// A model with the day of its release, as a calendar has it.
struct ModelRelease {
  std::string model;
  UtcTime from;
};

/// Requests of one model, before and after.
struct ReportedModelShare {
  std::string model;  ///< as it may be told
  std::int64_t before = 0;
  std::int64_t after = 0;
  bool operator==(const ReportedModelShare&) const = default;
};

/// Which models the accounts of a case asked for in two equal spans, before the day of a release
/// and from that day on.
struct ReportedModels {
  std::string model;        ///< that was released; as it may be told
  UtcTime release;          ///< midnight, UTC
  bool calendar = false;    ///< the day is the calendar's; else that of its first use by anybody
  Duration span;            ///< of each, whole days
  std::int64_t before = 0;  ///< requests in all
  std::int64_t after = 0;
  std::vector<ReportedModelShare> shares;  ///< the most asked for after it first
  std::int64_t numbered = 0;               ///< models whose names are withheld
  bool complete = true;
};

/// The release among those whose day lies in `around` of which the model has the largest share
/// afterwards: a release that the calendar knows goes before others. Spans are as long as stored
/// usage reaches on both sides, two weeks at most; nothing where that is less than a day, or where
/// the accounts asked for no released model. A model that nobody else uses is numbered, since its
/// name may be the accounts' own (that of a fine-tuned one is), but for those of the calendar.
/// Pure.
[[nodiscard]] std::optional<ReportedModels> model_shares(const ModelUsage& usage,
                                                         std::span<const ModelRelease> calendar,
                                                         const Interval& around);

/// "41.5 %"; "no requests" of none.
[[nodiscard]] std::string share_of_requests(std::int64_t part, std::int64_t all);

/// Says where the day of the release comes from, in a sentence.
[[nodiscard]] std::string release_words(const ReportedModels& models);

/// The spans, a row each: "2026-10-05 to 2026-10-12".
[[nodiscard]] Interval span_before(const ReportedModels& models);
[[nodiscard]] Interval span_after(const ReportedModels& models);

}  // namespace tidewaiter
