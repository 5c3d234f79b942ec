#include "daemon/cli/daily_usage.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "daemon/cli/record_figures.h"
#include "daemon/cli/subject_volume.h"
#include "daemon/cli/told_case.h"

namespace tidewaiter {
namespace {

/// What a source has told of, if it has told of anything.
std::optional<Interval> told_of(const std::vector<SourceState>& sources, const std::string& name) {
  const auto found = std::ranges::find(sources, name, &SourceState::source);
  return found == sources.end() ? std::nullopt : found->covered;
}

}  // namespace

void DailyCounter::take(const Record& record, std::int64_t sign,
                        const std::optional<Subject>& whose) {
  if (record.kind != reads_ || !whose) return;
  Counted& counted = counted_[to_text(*whose)];
  if (sign > 0) counted.sources.insert(record.source);
  CountedDay& day = counted.subject.days[align_down(record.time, kDay).us / kDay.us];
  const std::optional<std::int64_t> tokens = tokens_of(record);
  day.records += sign;
  add_within(day.requests, sign * record.requests);
  add_within(day.tokens, sign * tokens.value_or(0));
  if (!tokens) day.tokenless += sign;
}

CountedSubject DailyCounter::told(const std::string& subject,
                                  const std::vector<SourceState>& sources) const {
  const auto found = counted_.find(subject);
  if (found == counted_.end()) return {};
  CountedSubject out = found->second.subject;
  constexpr UtcTime kFirst{std::numeric_limits<std::int64_t>::min()};
  constexpr UtcTime kLast{std::numeric_limits<std::int64_t>::max()};
  Interval all{kFirst, kLast};
  for (const std::string& source : found->second.sources) {
    const std::optional<Interval> covered = told_of(sources, source);
    if (!covered) return out;
    all.from = std::max(all.from, covered->from);
    all.to = std::min(all.to, covered->to);
  }
  if (!found->second.sources.empty() && all.from < all.to) out.told = all;
  return out;
}

CountedUsage DailyCounter::counted(const std::string& subject, const PeerCounter::Alike& peers,
                                   const std::vector<SourceState>& sources) const {
  CountedUsage usage;
  usage.own = told(subject, sources);
  usage.has_tokens = reads_ == RecordKind::kUsage;
  if (peers.subjects.size() < kFewestPeers) return usage;
  usage.peers_by = peers.by;
  for (const std::string& peer : peers.subjects) usage.peers.push_back(told(peer, sources));
  return usage;
}

Result<std::optional<UsualUsage>> usual_of_counts(const RecordLog& records, const Case& c,
                                                  const DailyCounter& days,
                                                  const PeerCounter& peers, bool complete) {
  const Result<std::vector<SourceState>> sources = records.sources();
  if (!sources) return tl::unexpected(sources.error());
  CountedUsage usage = days.counted(c.subject, peers.alike(), *sources);
  usage.span = span_of(c);
  usage.complete = complete;
  for (const FindingState& finding : c.findings) usage.begins.push_back(finding.run.from);
  return usual_usage(usage);
}

Result<std::optional<UsualUsage>> usual_of_case(const RecordLog& records, const Policy& policy,
                                                const Case& c, std::int64_t most_entries) {
  if (c.subject.empty() || c.findings.empty()) return std::optional<UsualUsage>();
  DailyCounter days(policy);
  PeerCounter peers(policy, c.subject, span_of(c));
  const Result<bool> complete =
      read_subjects(records, policy, most_entries,
                    [&](const Record& record, std::int64_t sign,
                        const std::optional<Subject>& whose, std::int64_t accounts) {
                      days.take(record, sign, whose);
                      peers.take(record, sign, whose, accounts);
                    });
  if (!complete) return tl::unexpected(complete.error());
  return usual_of_counts(records, c, days, peers, *complete);
}

}  // namespace tidewaiter
