#include "daemon/report/source_reach.h"

#include <algorithm>
#include <utility>

#include "policies/language/interval_set.h"

namespace tidewaiter {
namespace {

bool is_whole(const ReportedSource& source, const Interval& period) {
  return source.missing == std::vector<Interval>{period};
}

}  // namespace

std::vector<Interval> not_covered(const Interval& period, const std::optional<Interval>& covered) {
  if (!covered || !overlap(period, *covered)) return {period};
  std::vector<Interval> missing;
  if (period.from < covered->from) missing.push_back({period.from, covered->from});
  if (covered->to < period.to) missing.push_back({covered->to, period.to});
  return missing;
}

std::vector<ReportedSource> sources_within(std::vector<ReportedSource> sources,
                                           const Interval& period) {
  std::erase_if(sources, [&period](const ReportedSource& source) {
    return !source.configured && !(source.covered && overlap(*source.covered, period));
  });
  for (ReportedSource& source : sources) source.missing = not_covered(period, source.covered);
  return sources;
}

bool is_unseen(const Report& report) {
  return report.period_asked && report.sources &&
         std::ranges::all_of(*report.sources, [&report](const ReportedSource& source) {
           return is_whole(source, report.period);
         });
}

bool is_partly_unseen(const Report& report) {
  if (!report.period_asked) return false;
  if (!report.sources || report.sources->empty()) return true;
  return std::ranges::any_of(*report.sources,
                             [](const ReportedSource& one) { return !one.missing.empty(); });
}

std::string stretches_text(const std::vector<Interval>& stretches, const char* none) {
  std::string text;
  for (const Interval& one : stretches) {
    text += (text.empty() ? "" : "; ") + format_time(one.from) + " to " + format_time(one.to);
  }
  return text.empty() ? none : text;
}

std::vector<std::string> unseen_sentences(const Report& report) {
  if (!report.period_asked) return {};
  if (!report.sources) {
    return {"The record log cannot be read: what of the period sources have told of is not known."};
  }
  if (report.sources->empty()) return {"No source has told of any of the period."};
  std::vector<std::string> sentences;
  for (const ReportedSource& source : *report.sources) {
    if (source.missing.empty()) continue;
    sentences.push_back("The source `" + source.name + "` has not told of " +
                        stretches_text(source.missing, "") +
                        ": that nothing was found there says nothing.");
  }
  return sentences;
}

}  // namespace tidewaiter
