#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/pipeline/progress.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "policies/sigma/correlator.h"
#include "policies/sigma/event_json.h"
#include "policies/sigma/load.h"
#include "policies/sigma/logsource.h"

namespace tidewaiter {

/// How `policy sigma` reads events.
struct SigmaEventOptions {
  SigmaFieldNames names = SigmaFieldNames::kAuto;
  std::string time_field;  ///< empty: the first of the usual ones that an event has
};

/// How many matches of one rule are told one by one.
inline constexpr std::size_t kMostSigmaPlaces = 10'000;

/// What a rule or correlation matched.
struct SigmaTally {
  std::int64_t matches = 0;
  /// Of each match, up to kMostSigmaPlaces: "file:line" of the event, or a correlation's time and
  /// group.
  std::vector<std::string> places;

  void add(std::string place);
};

/// What came of the events of all files.
struct SigmaEventReport {
  std::int64_t events = 0;
  std::int64_t unreadable = 0;                     ///< lines that are no event
  std::string first_unreadable;                    ///< "file:line: why"
  std::int64_t without_time = 0;                   ///< matches that no correlation could take in
  std::int64_t events_matched = 0;                 ///< by at least one rule
  std::map<std::size_t, SigmaTally> rules;         ///< by place in the set
  std::map<std::size_t, SigmaTally> correlations;  ///< by place in the set
};

/// Runs a set over files of JSON lines (plain, gzip, zstd), in their order. With a mapping that
/// reads records, a line is a native record, else any JSON object. Correlations are judged at the
/// end, in event time: the files need not be sorted.
/// Errors: kNotFound, kUnavailable, kInvalidInput (damaged compression) of a file; kUnavailable on
/// a stop.
[[nodiscard]] Result<SigmaEventReport> run_sigma(const SigmaSet& set, const SigmaMapping* mapping,
                                                 const std::vector<std::filesystem::path>& files,
                                                 const SigmaEventOptions& options,
                                                 const std::function<UtcTime()>& now,
                                                 const ProgressSink& progress,
                                                 const std::stop_token& stop);

}  // namespace tidewaiter
