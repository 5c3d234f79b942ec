#include "policies/engine/test_reasons.h"

#include <algorithm>
#include <set>
#include <utility>

#include "policies/engine/explain.h"
#include "policies/engine/subject_pattern.h"

namespace tidewaiter {
namespace {

/// The subjects that a log's records name, in the order of their first records.
std::vector<std::string> named_subjects(const Policy& policy, const TestLog& log) {
  std::vector<std::string> subjects;
  std::set<std::string> known;
  for (const Record& record : log.records) {
    if (record.kind != policy.reads) continue;
    const std::optional<Subject> subject = record_subject(record, policy.for_each);
    if (!subject) continue;
    std::string text = to_text(*subject);
    if (known.insert(text).second) subjects.push_back(std::move(text));
  }
  return subjects;
}

std::vector<std::string> that_match(std::vector<std::string> subjects,
                                    const std::vector<std::string>& patterns) {
  std::erase_if(subjects, [&patterns](const std::string& subject) {
    return std::ranges::none_of(patterns, [&subject](const std::string& pattern) {
      return subject_matches(pattern, subject);
    });
  });
  return subjects;
}

/// What a test has to state for the window shown to be closed, where that alone keeps it from
/// holding; else empty. A test covers the time of its records alone unless it says more.
std::string coverage_hint(const Explanation& explanation) {
  if (!explanation.shown) return {};
  const ExplainedWindow& window = explanation.windows[*explanation.shown];
  if (window.closed || window.maybe > 0 || window.distance > 0) return {};
  std::string keys;
  if (!window.begins_covered) keys = "`covered_from: " + format_time(window.cover.from) + "`";
  if (!window.settled) {
    keys += (keys.empty() ? "`drained_to: " : " and `drained_to: ") + format_time(window.cover.to) +
            "`";
  }
  return keys.empty() ? keys : "; state " + keys + " in the test for it to be closed";
}

/// Says that no record is of a subject that was asked for.
std::string nobody_text(const std::vector<std::string>& named) {
  if (named.empty()) return "no record has all fields of `for_each`, which names the subject";
  return "no record is of such a subject: the first is of `" + named.front() + "`";
}

/// What explain says of a subject; nothing of one that was reported, or is told as part of another.
std::optional<std::string> reason_about(const Policy& policy, const TestLog& log,
                                        const std::string& subject) {
  Explainer explainer(policy, subject, std::nullopt, std::nullopt);
  explainer.take(log.entries);
  const Result<Explanation> explanation = explainer.explain();
  if (!explanation) return subject + ": " + explanation.error().message;
  if (explanation->any_holds() || !explanation->part_of.empty()) return std::nullopt;
  return subject + ": " + why_not(explainer.policy(), *explanation) + coverage_hint(*explanation);
}

}  // namespace

std::vector<std::string> reasons_for_too_few(const Policy& policy, const TestLog& log,
                                             const std::vector<std::string>& patterns) {
  const std::vector<std::string> named = named_subjects(policy, log);
  const std::vector<std::string> subjects = that_match(named, patterns);
  if (subjects.empty()) return {nobody_text(named)};
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    if (reasons.size() == kMostReasons) {
      reasons.push_back("and " + std::to_string(subjects.size() - i) + " more");
      break;
    }
    if (auto reason = reason_about(policy, log, subjects[i])) {
      reasons.push_back(*std::move(reason));
    }
  }
  return reasons;
}

std::optional<std::string> why_nobody(const Policy& policy, const TestLog& log,
                                      const std::string& pattern) {
  const std::vector<std::string> named = named_subjects(policy, log);
  if (!that_match(named, {pattern}).empty()) return std::nullopt;
  return nobody_text(named);
}

}  // namespace tidewaiter
