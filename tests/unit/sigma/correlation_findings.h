#pragma once

// Correlations as policies: what both engines find, held to what the correlator of `policy sigma`
// matches.

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/sigma/correlator.h"
#include "policies/sigma/logsource.h"
#include "tests/unit/engine/written_log.h"

namespace tidewaiter {

using Times = std::set<std::int64_t>;

/// By group, as texts: the instants at which the correlation matches.
inline std::map<std::vector<std::string>, Times> wanted(const SigmaSet& set,
                                                        const SigmaMapping& mapping,
                                                        const std::vector<Record>& records) {
  const SigmaMatcher matcher(set, &mapping);
  SigmaCorrelator correlator(set);
  for (const Record& one : records) {
    const auto matches = matcher.matches(one);
    for (const auto& match : matches.found) {
      EXPECT_TRUE(correlator.add(match.rule, one.time, *match.event));
    }
  }
  std::map<std::vector<std::string>, Times> found;
  for (const SigmaCorrelationMatch& match : correlator.finish()) {
    std::vector<std::string> group;
    for (const auto& [name, value] : match.group) group.push_back(value);
    found[group].insert(match.time.us);
  }
  return found;
}

struct Found {
  Interval run;
  std::int64_t windows = 0;
  std::int64_t figure = 0;  ///< of the first window
};

/// What stands when all has been said, by subject.
inline std::map<std::vector<std::string>, std::vector<Found>> standing(
    const std::vector<Step>& steps) {
  std::map<std::string, Step> last;
  for (const Step& step : steps) {
    EXPECT_NE(step.kind, StepKind::kGap) << step.reason << ", " << step.count;
    if (step.kind == StepKind::kWithdrawn) {
      last.erase(step.finding);
    } else {
      Step& now = last[step.finding];
      const std::vector<Figure> figures = step.figures.empty() ? now.figures : step.figures;
      now = step;
      now.figures = figures;
    }
  }
  std::map<std::vector<std::string>, std::vector<Found>> found;
  for (const auto& [id, step] : last) {
    found[step.subject.values].push_back(
        {step.run, step.windows, std::get<std::int64_t>(step.figures.at(0).value)});
  }
  for (auto& [group, all] : found) {
    std::ranges::sort(all, {}, [](const Found& one) { return one.run.from; });
  }
  return found;
}

/// Each instant counts in the one window whose last `every` holds it.
inline void expect_the_same(const std::vector<Found>& found, const Times& instants,
                            const Window& window) {
  std::map<std::int64_t, std::int64_t> by_window;
  for (const std::int64_t instant : instants) {
    const std::int64_t first = instant - (window.length.us - window.every.us);
    ++by_window[first / window.every.us * window.every.us];
  }
  std::vector<Found> runs;
  for (const auto& [from, count] : by_window) {
    if (!runs.empty() && runs.back().run.to.us == from + window.length.us - window.every.us) {
      ++runs.back().windows;
      runs.back().run.to = UtcTime{from + window.length.us};
    } else {
      runs.push_back({{UtcTime{from}, UtcTime{from + window.length.us}}, 1, count});
    }
  }
  ASSERT_EQ(found.size(), runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    EXPECT_EQ(found[i].run, runs[i].run);
    EXPECT_EQ(found[i].windows, runs[i].windows);
    EXPECT_EQ(found[i].figure, runs[i].figure);
  }
}

/// A sequence counts in each window that holds it whole: a finding lies around each match, and
/// each has one.
inline void expect_covered(const std::vector<Found>& found, const Times& instants) {
  const auto in = [](std::int64_t instant, const Found& one) {
    return one.run.from.us <= instant && instant < one.run.to.us;
  };
  for (const std::int64_t instant : instants) {
    EXPECT_TRUE(std::ranges::any_of(found, [&](const Found& one) { return in(instant, one); }));
  }
  for (const Found& one : found) {
    EXPECT_TRUE(std::ranges::any_of(instants, [&](std::int64_t at) { return in(at, one); }));
  }
}

/// Both engines find, over records that all come in time, what `policy sigma` matches.
inline void expect_agreement(const Policy& policy, const std::vector<Record>& records,
                             const std::map<std::vector<std::string>, Times>& want) {
  for (const EngineKind engine : kBothEngines) {
    Log log(policy, engine);
    // Wide enough for every window that a record lies in.
    const UtcTime from = at("00:00") - Duration{10 * kDay.us};
    log.drain(from, at("00:01"));
    for (const Record& one : records) log.add(one);
    log.drain(from, at("00:00") + Duration{10 * kDay.us});
    const auto found = standing(log.steps());
    EXPECT_EQ(log.coverage().records_unknown, 0);
    for (const auto& [group, all] : found) EXPECT_TRUE(want.contains(group));
    for (const auto& [group, instants] : want) {
      const auto of_group = found.find(group);
      ASSERT_NE(of_group, found.end());
      if (policy.measures.front().aggregate == Aggregate::kCompleted) {
        expect_covered(of_group->second, instants);
      } else {
        expect_the_same(of_group->second, instants, policy.window);
      }
    }
  }
}

}  // namespace tidewaiter
