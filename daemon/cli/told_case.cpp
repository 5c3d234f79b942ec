#include "daemon/cli/told_case.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "daemon/cli/daily_usage.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/stored_evidence.h"
#include "storage/review/case_statements.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kCaseChartSlots = 72;

Result<std::vector<PolicyHere>> policies_of(const Stores& stores, const Case& c) {
  const Result<std::string> text = stores.ledger->coverage();
  if (!text) return tl::unexpected(text.error());
  const Result<CoverageReport> report = coverage_from_json(*text);
  if (!report) return tl::unexpected(report.error());
  std::map<std::string, FindingState> last;
  for (const FindingState& finding : c.findings) last.insert_or_assign(finding.policy, finding);
  std::vector<PolicyHere> all;
  for (const auto& [id, finding] : last) {
    Result<StatedPolicy> stated = stated_policy(stores, finding);
    if (!stated) return tl::unexpected(stated.error());
    PolicyHere here{id, finding, std::move(*stated), std::nullopt, {}};
    here.hits = hits_of_finding(stores, finding, here.stated);
    const auto covered = std::ranges::find(report->policies, id, &PolicyCoverage::policy);
    if (covered != report->policies.end()) here.coverage = *covered;
    all.push_back(std::move(here));
  }
  return all;
}

Result<std::vector<ToldAct>> told_acts(const Stores& stores, const Case& c, bool evidence) {
  std::vector<ToldAct> all;
  for (const RecordedAct& act : c.acts) {
    if (is_privileged(act.act.act) && !evidence) {
      all.push_back({act, std::nullopt, false, true});
      continue;
    }
    auto content = confidential_of(stores.paths.folder, act.act.act);
    if (!content) return tl::unexpected(content.error());
    const bool sealed = act.act.act.confidential && !*content;
    all.push_back({act, std::move(*content), sealed, false});
  }
  return all;
}

/// What the subject did over time, beside others while its findings stood, and by day beside what
/// is usual. One reading of the log.
Result<void> read_usage(const RecordLog& records, const Policy& policy, ToldCase& told) {
  const Case& c = *told.standing;
  const Interval span = span_of(c);
  SubjectVolume volume{empty_chart({span.from - kDay, span.to + kDay}, kCaseChartSlots), true};
  PeerCounter counter(policy, c.subject, span);
  DailyCounter days(policy);
  const Result<bool> complete =
      read_subjects(records, policy, kCaseChartEntries,
                    [&](const Record& record, std::int64_t sign,
                        const std::optional<Subject>& whose, std::int64_t accounts) {
                      add_to_volume(volume, policy, c.subject, record, sign, whose);
                      counter.take(record, sign, whose, accounts);
                      days.take(record, sign, whose);
                    });
  if (!complete) return tl::unexpected(complete.error());
  volume.complete = *complete;
  told.volume = std::move(volume);
  told.peers = counter.among(*complete);
  auto usual = usual_of_counts(records, c, days, counter, *complete);
  if (!usual) return tl::unexpected(usual.error());
  told.usual = std::move(*usual);
  return {};
}

/// By the first policy of the case that has a text and reads what sources report; nothing where
/// none does.
void read_volume(const RecordLog& records, ToldCase& told) {
  if (told.standing->subject.empty()) return;
  for (const PolicyHere& here : told.policies) {
    if (!here.stated.text || here.stated.text->reads == RecordKind::kFinding) continue;
    const Result<void> read = read_usage(records, *here.stated.text, told);
    if (!read) told.damage = read.error();
    return;
  }
}

void read_evidence(const RecordLog& records, ToldCase& told) {
  std::vector<std::int64_t> places;
  for (const FindingState& finding : told.standing->findings) {
    places.insert(places.end(), finding.evidence.begin(), finding.evidence.end());
  }
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  StoredEvidence evidence = stored_evidence(records, places);
  told.evidence = std::move(evidence.entries);
  told.evidence_gone = evidence.gone;
  if (evidence.damage) told.damage = std::move(evidence.damage);
}

/// The cases by what names their subjects.
std::multimap<std::string_view, const Case*> by_name(const CaseBook& book) {
  std::multimap<std::string_view, const Case*> all;
  for (const Case& c : book.cases()) {
    for (const std::string_view name : subject_names(c.subject)) all.emplace(name, &c);
  }
  return all;
}

/// What the lead names, line by line, beside the cases that there are: each of these once, by
/// however many names it is meant.
void find_named(const CaseBook& book, ToldCase& told) {
  std::multimap<std::string_view, const Case*> names;
  std::set<const Case*> named;
  for (const ToldAct& act : told.acts) {
    if (!act.content || !act.content->contains("subjects")) continue;
    if (names.empty()) names = by_name(book);
    std::string_view rest = act.content->at("subjects");
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view word = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto [first, last] = names.equal_range(word);
      for (auto it = first; it != last; ++it) {
        if (named.insert(it->second).second) told.named.push_back(it->second);
      }
      if (first == last) told.unknown.emplace_back(word);
      told.words.emplace_back(word);
    }
  }
}

}  // namespace

Interval span_of(const Case& c) {
  Interval span = c.findings.front().run;
  for (const FindingState& finding : c.findings) {
    span.from = std::min(span.from, finding.run.from);
    span.to = std::max(span.to, finding.run.to);
  }
  return span;
}

Result<ToldCase> tell_case(const Stores& stores, const CaseBook& book, const Case& c,
                           bool evidence) {
  ToldCase told;
  told.standing = &c;
  auto policies = policies_of(stores, c);
  if (!policies) return tl::unexpected(policies.error());
  told.policies = std::move(*policies);
  auto acts = told_acts(stores, c, evidence);
  if (!acts) return tl::unexpected(acts.error());
  told.acts = std::move(*acts);
  find_named(book, told);
  told.book = &book;
  auto reports = read_reports(stores);
  if (!reports) return tl::unexpected(reports.error());
  told.reports = std::move(*reports);
  if (stores.records == nullptr) return told;
  read_volume(*stores.records, told);
  if (evidence) read_evidence(*stores.records, told);
  return told;
}

void mask_case(ToldCase& told) {
  told.masked = masked(*told.standing);
  told.standing = &*told.masked;
  for (PolicyHere& here : told.policies) here.last = masked(std::move(here.last));
  for (ToldAct& act : told.acts) {
    act.withheld = act.act.act.act.confidential.has_value();
    act.content.reset();
    act.sealed = false;
  }
  if (told.peers) {
    for (FigureAmongPeers& figure : told.peers->figures) {
      for (PlaceAmongPeers& place : figure.places) place.value.clear();
    }
  }
  told.unknown_unnamed = told.unknown.size();
  told.unknown.clear();
  told.words.clear();
}

}  // namespace tidewaiter
