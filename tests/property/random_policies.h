#pragma once

#include <memory>

#include "policies/language/policy.h"
#include "tests/property/random.h"

namespace tidewaiter {

/// What a random policy set is to be like.
struct PolicyShape {
  /// Only records of a rare model count, so that the reference engine, which judges every window
  /// anew at each entry, can follow a long log.
  bool rare = false;
  /// Also measures computed from samples, means, rates and formulas over earlier measures.
  bool statistics = false;
  /// Some windows are the dates of a place whose clocks are put to and fro all day long.
  bool calendars = false;
  /// `sequence` and `absent` in place of measures.
  bool steps = false;
  /// Twelve policies and not up to three.
  bool many = false;
  /// `repeat`, and evidence that is chosen in other ways than by time.
  bool repeats = false;
  /// Windows are sessions.
  bool sessions = false;
  /// `screen` and `ownership` in place of measures, over account records.
  bool parties = false;
  /// Each policy is over usage, and compares with a history, its own or its peers'.
  bool histories = false;
  /// Most policies are about clusters.
  bool clusters = false;
  /// With `steps`: sequences become correlations of Sigma.
  bool correlations = false;
  /// Bases have times of their own.
  bool dated_bases = false;
  /// Also two policies that read the findings of the others.
  bool findings = false;
};

/// Active policies over all kinds of records, from the text on: what the language
/// refuses fails the test.
[[nodiscard]] std::shared_ptr<const PolicySet> random_set(Random& random, int version,
                                                          PolicyShape shape);

}  // namespace tidewaiter
