#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policies/model/time.h"
#include "policies/sigma/event.h"
#include "policies/sigma/load.h"

namespace tidewaiter {

/// A correlation's condition held.
struct SigmaCorrelationMatch {
  std::size_t correlation = 0;  ///< in the set
  UtcTime time;                 ///< of the events that made it hold
  /// The group: name (a field or alias) and value, in the order of `group-by`.
  std::vector<std::pair<std::string, std::string>> group;
  double measure = 0;  ///< what the condition was held against
};

/// Runs the correlations of a set over the matches of its rules, in event time.
///
/// At each instant that has matches, all of them are taken in; then each group that got one is
/// judged once, over what matched in [instant - timespan, instant]: the window slides with the
/// events, both ends belong to it, and the order in which matches of one instant come makes no
/// difference. A match of a correlation is taken in by those that refer to it as an event of its
/// instant with the group's names as fields. A match that lacks a field of `group-by` is in no
/// group. docs/sigma.md has the whole meaning.
///
/// The set outlives the correlator. One thread at a time. Memory: the matches of the longest
/// timespan; of an aggregation of Sigma 1 without one, all.
class SigmaCorrelator {
 public:
  explicit SigmaCorrelator(const SigmaSet& set);
  ~SigmaCorrelator();
  SigmaCorrelator(SigmaCorrelator&&) noexcept;
  SigmaCorrelator& operator=(SigmaCorrelator&&) noexcept;

  /// Whether any correlation refers to the rule: others need no add().
  [[nodiscard]] bool wants(std::size_t rule) const;

  /// Takes a match of `rule` in. False, and nothing taken in, if its time lies before what has
  /// been advanced to.
  bool add(std::size_t rule, UtcTime time, const SigmaEvent& event);

  /// Judges every instant before `time`: no match of one of them will come any more. Matches come
  /// in the order of time, then of the set's correlations, then of groups.
  [[nodiscard]] std::vector<SigmaCorrelationMatch> advance(UtcTime time);

  /// Judges all that has been added.
  [[nodiscard]] std::vector<SigmaCorrelationMatch> finish();

 private:
  class Run;
  std::unique_ptr<Run> run_;
};

}  // namespace tidewaiter
