#include "policies/engine/reference_policy.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "policies/engine/reference_past.h"
#include "policies/engine/reference_repeat.h"
#include "policies/engine/reference_sessions.h"
#include "policies/engine/session_span.h"
#include "policies/engine/window_grid.h"
#include "policies/language/interpret.h"

namespace tidewaiter::reference {

const Step& Report::add(Step step) {
  step.seq = seq_;
  step.ordinal = ordinal_++;
  if (step.kind == StepKind::kOpened) {
    step.finding = finding_id(log_id_, step.policy, step.seq, step.ordinal);
  }
  steps_->push_back(std::move(step));
  return steps_->back();
}

bool PolicyState::counts(const Record& record) const {
  const auto holds = [&](const std::vector<Interval>& in_force) {
    return in_force.empty() ||
           std::any_of(in_force.begin(), in_force.end(), [&](const Interval& i) {
             return i.from <= record.time && record.time < i.to;
           });
  };
  if (record.kind != policy_->reads || !holds(policy_->in_force)) return false;
  return policy_->basis.empty() ||
         std::any_of(policy_->basis.begin(), policy_->basis.end(),
                     [&](const Basis& basis) { return holds(basis.in_force); });
}

namespace {

Truth negation(Truth t) {
  if (t == Truth::kUnknown) return t;
  return t == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
}

/// Whether an exemption takes the record out.
Truth exempted(const Policy& policy, const Record& record) {
  Truth any = Truth::kFalse;
  for (const Exemption& exemption : policy.exempt) {
    if (record.time < exemption.until) {
      any = std::max(any, truth_of(interpret(exemption.where, {&record, {}, {}})));
    }
  }
  return any;
}

/// A finding that does not hold any more counts for nothing.
bool is_withdrawn(const Record& record) {
  const Value withdrawn = field_value(record, *find_field("finding.withdrawn"));
  return !is_null(withdrawn) && std::get<bool>(withdrawn);
}

/// The values of the policy's for_each fields; nothing if one is missing. Of a cluster: the one
/// that the account would be alone.
std::optional<Subject> subject_of(const Policy& policy, const Record& record) {
  Subject subject;
  for (const FieldId id : policy.for_each) {
    const Value value = field_value(record, recorded_field(id));
    if (is_null(value)) return std::nullopt;
    subject.fields.push_back(id);
    subject.values.push_back(format_value(value, field(id).type));
    if (field(id).id_of_source) subject.source = record.source;
  }
  return subject;
}

/// The account that names a cluster.
LinkedAccount naming_account(const Subject& cluster) {
  return {cluster.source, cluster.values.front()};
}

}  // namespace

void PolicyState::take_record(const LogEntry& entry, const Coverage& before) {
  const Record& record = std::get<Record>(entry.body);
  if (!counts(record)) return;
  const bool revision = entry.replaces.has_value();
  if (!revision) ++coverage_.records_read;
  const bool behind = before.is_behind(record.time, policy_->window);
  if (policy_->reads != RecordKind::kFinding && (record.time < first_judged(before) || behind)) {
    ++coverage_.records_too_late;
    ++too_late_unreported_;
    return;
  }
  inputs_.erase({record.id, record.time});
  const Bindings bindings{&record, {}, {}};
  const Truth condition = truth_of(interpret(policy_->condition, bindings));
  Truth truth = std::min(condition, negation(exempted(*policy_, record)));
  if (is_withdrawn(record)) truth = Truth::kFalse;
  const std::optional<Subject> subject = subject_of(*policy_, record);
  if (!revision) {
    if (condition == Truth::kTrue && truth == Truth::kFalse) ++coverage_.records_exempt;
    if (truth == Truth::kTrue) ++coverage_.records_selected;
    if (truth == Truth::kUnknown || (truth == Truth::kTrue && !subject)) {
      ++coverage_.records_unknown;
    }
  }
  if (truth == Truth::kFalse || !subject) return;
  inputs_[{record.id, record.time}] = Input{truth, entry.seq, record, *subject};
}

void PolicyState::regroup(const StoredRecords& records) {
  regrouped_.clear();
  if (policy_->linkage) {
    Clusters now = records.clusters(*policy_->linkage);
    regrouped_ = Clusters::changed(clusters_, now);
    clusters_ = std::move(now);
  }
  for (auto& [id, input] : inputs_) {
    if (policy_->linkage) {
      const Subject alone = *subject_of(*policy_, input.record);
      const LinkedAccount cluster = clusters_.of(naming_account(alone));
      input.subject = {alone.fields, {cluster.name}, cluster.source};
    }
    subjects_.insert(input.subject);
  }
}

ClusterSize PolicyState::cluster_size() const {
  return [this](const Subject& cluster) { return clusters_.size_of(naming_account(cluster)); };
}

bool PolicyState::is_regrouped(const Subject& subject) const {
  return policy_->linkage && regrouped_.contains(naming_account(subject));
}

bool PolicyState::may_belong_to_others(const Subject& subject) const {
  return policy_->linkage && !clusters_.could_be_linked(naming_account(subject));
}

UtcTime PolicyState::first_judged(const Coverage& coverage) const {
  const UtcTime begin = coverage.dropped_before();
  if (policy_->window.session) return begin;
  if (begin == UtcTime{std::numeric_limits<std::int64_t>::min()}) return begin;
  const WindowGrid grid(policy_->window);
  return grid.interval(grid.first_from(begin)).from;
}

void PolicyState::forget_dropped(UtcTime before) {
  std::erase_if(inputs_, [&](const auto& input) { return input.second.record.time < before; });
}

Interval PolicyState::interval(const Run& run) const {
  if (policy_->window.session) {
    return session_interval(policy_->window, UtcTime{run.first}, UtcTime{run.last});
  }
  return WindowGrid(policy_->window).interval(run.first, run.last);
}

bool PolicyState::ended(const Run& run, const Coverage& coverage) const {
  if (policy_->window.session) return coverage.settled(interval(run));
  return coverage.settled(interval({run.last + 1, run.last + 1}));
}

PolicyState::Windows PolicyState::sessions_of(const Subject& subject,
                                              const Coverage& coverage) const {
  std::vector<const Input*> inputs;
  for (const auto& [id, input] : inputs_) {
    if (input.subject == subject) inputs.push_back(&input);
  }
  Windows windows;
  for (Session& session : reference::sessions_of(policy_->window, std::move(inputs))) {
    Window& window = windows[session.first.us];
    const Interval span = session_interval(policy_->window, session.first, session.last);
    const Interval cover = session_cover(policy_->window, session.first, session.last);
    window.inputs = std::move(session.inputs);
    window.last = session.last;
    window.settled = coverage.settled(span);
    Past past;
    past.scattered = session.scattered;
    past.window_end = span.to;
    window.judgement =
        judge(*policy_, window.inputs, span.to - span.from, coverage.closed(cover), past);
    if (cover.from < coverage.dropped_before()) window.judgement.answer = Truth::kUnknown;
  }
  return windows;
}

PolicyState::Windows PolicyState::windows_of(const Subject& subject, const Coverage& coverage,
                                             const PeerRecords& peers) const {
  if (policy_->window.session) return sessions_of(subject, coverage);
  Windows windows;
  const WindowGrid grid(policy_->window);
  for (const auto& [id, input] : inputs_) {
    if (input.subject != subject) continue;
    const std::int64_t last = grid.last_begun(input.record.time);
    for (std::int64_t k = last - grid.overlap() + 1; k <= last; ++k)
      windows[k].inputs.push_back(&input);
  }
  for (auto& [k, window] : windows) {  // in order: a window's past is judged before it
    const Interval span = interval({k, k});
    window.settled = coverage.settled(span);
    window.judgement = judge(*policy_, window.inputs, span.to - span.from, coverage.closed(span),
                             past_of(subject, k, windows, coverage, peers));
    Truth& answer = window.judgement.answer;
    if (span.from < coverage.dropped_before()) answer = Truth::kUnknown;
    if (answer == Truth::kFalse && may_belong_to_others(subject)) answer = Truth::kUnknown;
  }
  return windows;
}

Past PolicyState::past_of(const Subject& subject, std::int64_t k, const Windows& windows,
                          const Coverage& coverage, const PeerRecords& peers) const {
  const auto judged = [&windows](std::int64_t j) {
    const auto found = windows.find(j);
    return found == windows.end() ? nullptr : &found->second.judgement;
  };
  return reference::past_of(*policy_, subject, k, coverage, judged, peers);
}

std::vector<PolicyState::Run> PolicyState::runs_of(const Windows& windows) const {
  std::vector<std::vector<RunWindow>> whole;
  for (const auto& [k, window] : windows) {
    if (window.judgement.answer != Truth::kTrue) continue;
    if (whole.empty() || whole.back().back().number != k - 1) whole.emplace_back();
    whole.back().push_back({k, interval({k, k}).from, &window.judgement.figures});
  }
  std::vector<Run> runs;
  if (policy_->window.session) {
    for (const auto& [first, window] : windows) {
      if (window.judgement.answer == Truth::kTrue) runs.push_back({first, window.last.us});
    }
    return runs;
  }
  for (const std::vector<RunWindow>& run : whole) {
    const std::vector<std::int64_t> starts = finding_starts(*policy_, run);
    for (std::size_t i = 0; i < starts.size(); ++i) {
      const bool is_last = i + 1 == starts.size();
      runs.push_back({starts[i], is_last ? run.back().number : starts[i + 1] - 1, i > 0});
    }
  }
  return runs;
}

void PolicyState::count_unevaluable(const Coverage& after, const PeerRecords& peers) {
  std::set<std::pair<Subject, std::int64_t>> settled;
  for (const Subject& subject : subjects_) {
    for (const auto& [k, window] : windows_of(subject, after, peers)) {
      if (!window.settled) continue;
      settled.emplace(subject, k);
      if (window.judgement.answer == Truth::kUnknown && !settled_.contains({subject, k})) {
        ++unevaluable_unreported_;
      }
    }
  }
  settled_ = std::move(settled);
}

Step PolicyState::gap(const std::string& reason, std::int64_t count) const {
  Step step;
  step.kind = StepKind::kGap;
  step.policy = policy_->id;
  step.policy_version = policy_->version;
  step.policy_hash = policy_->hash;
  step.severity = policy_->severity;
  step.reason = reason;
  step.count = count;
  return step;
}

void PolicyState::report_gaps(const LogEntry& entry, const Coverage& before, const Coverage& after,
                              Report& report) {
  const auto* const control = std::get_if<Control>(&entry.body);
  if (control == nullptr) return;
  const bool ours =
      stated_kind(*control) == policy_->reads && !std::holds_alternative<SourceSettles>(*control);
  const bool drops = std::holds_alternative<RecordsDropped>(*control);
  if (!ours && !drops && eviction(entry) == nullptr) return;
  if (too_late_unreported_ > 0) {
    report.add(gap("too-late", std::exchange(too_late_unreported_, 0)));
  }
  if (unevaluable_unreported_ > 0) {
    report.add(gap("not-evaluable", std::exchange(unevaluable_unreported_, 0)));
  }
  if (evicted_unreported_) {
    report.add(gap("state-evicted", *std::exchange(evicted_unreported_, std::nullopt)));
  }
  const std::string reason = before.gap_of(*control, after);
  if (!reason.empty()) report.add(gap(reason, 1));
}

Step PolicyState::step(StepKind kind, const Found& found) const {
  Step step = gap("", 0);
  step.kind = kind;
  step.finding = found.id;
  step.subject = found.subject;
  step.historical = found.historical;
  step.run = found.run;
  step.windows = windows_in({found.first, found.last});
  step.figures = found.figures;
  return step;
}

namespace {

/// What an unknown value counts as where the largest are asked for.
Value least_of(ValueType type) {
  if (type == ValueType::kDouble) return -std::numeric_limits<double>::infinity();
  return std::numeric_limits<std::int64_t>::min();
}

/// The evidence that a policy asks for, among the certain inputs of a window.
void add_evidence(Step& step, const Policy& policy, const std::vector<const Input*>& inputs) {
  struct Candidate {
    Value size;
    UtcTime time;
    std::int64_t seq = 0;
  };
  const EvidenceRequest& asked = policy.evidence;
  std::vector<Candidate> certain;
  for (const Input* input : inputs) {
    if (input->truth != Truth::kTrue) continue;
    Value size;
    if (asked.size) size = interpret(*asked.size, {&input->record, {}, {}});
    if (is_null(size)) size = least_of(asked.size ? asked.size->type : ValueType::kInt64);
    certain.push_back({std::move(size), input->record.time, input->seq});
  }
  std::sort(certain.begin(), certain.end(), [&](const Candidate& a, const Candidate& b) {
    const bool earlier = std::tie(a.time, a.seq) < std::tie(b.time, b.seq);
    if (asked.choose == EvidenceChoice::kLast) return !earlier && a.seq != b.seq;
    if (a.size != b.size) return a.size > b.size;
    return earlier;
  });
  step.evidence_choice = asked.choose;
  step.evidence_total = static_cast<std::int64_t>(certain.size());
  for (const Candidate& one : certain) {
    if (static_cast<std::int64_t>(step.evidence.size()) == asked.records) break;
    step.evidence.push_back(one.seq);
  }
}

}  // namespace

void PolicyState::open(const Run& run, const Windows& windows, const Subject& subject,
                       bool historical, Report& report) {
  Found found;
  found.subject = subject;
  found.historical = historical;
  found.first = run.first;
  found.last = run.last;
  found.run = interval(run);
  found.figures = windows.at(run.first).judgement.figures;
  Step opened = step(StepKind::kOpened, found);
  if (run.repeats) opened.reason = "repeat";
  add_evidence(opened, *policy_, windows.at(run.first).inputs);
  const Step& added = report.add(std::move(opened));
  found.id = added.finding;
  found.opened_seq = added.seq;
  found.opened_ordinal = added.ordinal;
  findings_.push_back(std::move(found));
}

void PolicyState::restate(Found& found, const Run& run, const Windows& windows,
                          const std::string& reason, Report& report) {
  if (found.run != interval(run)) found.closed = false;
  found.first = run.first;
  found.last = run.last;
  found.run = interval(run);
  Step restated = step(StepKind::kRestated, found);
  restated.previous = found.figures;
  restated.figures = found.figures = windows.at(run.first).judgement.figures;
  restated.reason = reason;
  add_evidence(restated, *policy_, windows.at(run.first).inputs);
  report.add(std::move(restated));
}

/// Why a finding that goes on in `run` has to be restated; empty if it has not.
std::string PolicyState::restatement(std::span<const LogEntry> occasion, const Found& found,
                                     const Run& run, const Windows& windows) const {
  if (run.first != found.first || (found.closed && found.run.to != interval(run).to))
    return "run-changed";
  const Window& first = windows.at(run.first);
  if (!first.settled || first.judgement.figures == found.figures) return "";
  if (is_regrouped(found.subject)) return "cluster-changed";
  const auto* const control = std::get_if<Control>(&occasion.back().body);
  if (control != nullptr && std::holds_alternative<LinkRuled>(*control)) return "cluster-changed";
  if (!std::holds_alternative<Record>(occasion.back().body)) return "window-closed";
  const bool revises = std::any_of(occasion.begin(), occasion.end(), [](const LogEntry& entry) {
    return entry.replaces.has_value();
  });
  return revises ? "revised-data" : "late-data";
}

void PolicyState::close_ended(const Subject& subject, const Windows& windows, const Coverage& after,
                              Report& report) {
  std::vector<Found*> ours;
  for (Found& found : findings_) {
    if (found.subject == subject && !found.closed) ours.push_back(&found);
  }
  std::sort(ours.begin(), ours.end(),
            [](const Found* a, const Found* b) { return a->first < b->first; });
  for (Found* found : ours) {
    if (!ended({found->first, found->last}, after)) continue;
    found->closed = true;
    found->figures = windows.at(found->first).judgement.figures;
    Step closed = step(StepKind::kClosed, *found);
    add_evidence(closed, *policy_, windows.at(found->first).inputs);
    report.add(std::move(closed));
  }
}

std::string PolicyState::withdrawal(
    const Found& found, const std::vector<std::pair<Run, std::optional<std::size_t>>>& plan) const {
  for (const auto& [run, taker] : plan) {
    if (taker && found.first <= run.last && run.first <= found.last) {
      return "merged:" + findings_[*taker].id;
    }
  }
  const Found* over = nullptr;  // a finding of the cluster that its cluster is part of now
  if (policy_->linkage) {
    const LinkedAccount account = naming_account(found.subject);
    const LinkedAccount cluster = clusters_.of(account);
    for (const Found& other : findings_) {
      if (cluster == account || naming_account(other.subject) != cluster) continue;
      if (other.first > found.last || found.first > other.last) continue;
      if (over == nullptr || other.first < over->first) over = &other;
    }
  }
  return over == nullptr ? "no-longer-holds" : "merged:" + over->id;
}

void PolicyState::reconcile(std::span<const LogEntry> occasion, const Subject& subject,
                            const Coverage& after, const PeerRecords& peers, Report& report) {
  const Windows windows = windows_of(subject, after, peers);
  std::vector<std::size_t> old;  // findings of the subject, oldest first
  for (std::size_t i = 0; i < findings_.size(); ++i) {
    if (findings_[i].subject == subject) old.push_back(i);
  }
  std::map<std::size_t, Run> taken;
  std::vector<std::pair<Run, std::optional<std::size_t>>> plan;
  for (const Run& run : runs_of(windows)) {
    std::optional<std::size_t> taker;
    for (const std::size_t i : old) {
      const Found& found = findings_[i];
      if (!taken.contains(i) && found.first <= run.last && run.first <= found.last) {
        taker = i;
        taken.emplace(i, run);
        break;
      }
    }
    plan.emplace_back(run, taker);
  }
  // Withdrawals need to know who took their windows over: ids are known before any is opened,
  // because only a taken finding can have met the same windows.
  std::vector<std::pair<std::size_t, std::string>> withdrawn;
  for (const std::size_t i : old) {
    if (!taken.contains(i)) withdrawn.emplace_back(i, withdrawal(findings_[i], plan));
  }
  for (const auto& [run, taker] : plan) {
    if (!taker) {
      open(run, windows, subject, occasion.back().backfill, report);
      continue;
    }
    Found& found = findings_[*taker];
    const std::string reason = restatement(occasion, found, run, windows);
    if (!reason.empty()) {
      restate(found, run, windows, reason, report);
    } else {
      found.last = run.last;
      found.run = interval(run);
    }
  }
  for (const auto& [i, reason] : withdrawn) {
    Step gone = step(StepKind::kWithdrawn, findings_[i]);
    gone.reason = reason;
    report.add(std::move(gone));
  }
  for (auto it = withdrawn.rbegin(); it != withdrawn.rend(); ++it) {
    findings_.erase(findings_.begin() + static_cast<std::ptrdiff_t>(it->first));
  }
  close_ended(subject, windows, after, report);
}

Coverage PolicyState::own(Coverage coverage) const {
  coverage.dropped(evicted_before_);
  return coverage;
}

const StateEvicted* PolicyState::eviction(const LogEntry& entry) const {
  const auto* const control = std::get_if<Control>(&entry.body);
  const auto* const evicted = control == nullptr ? nullptr : std::get_if<StateEvicted>(control);
  const bool ours = evicted != nullptr && evicted->policy == policy_->id;
  return ours && policy_->reads != RecordKind::kFinding ? evicted : nullptr;
}

void PolicyState::evict(const StateEvicted& evicted, const Coverage& coverage, Report& report) {
  const PeerRecords peers = peer_records(*policy_, inputs_, coverage, cluster_size());
  std::stable_sort(findings_.begin(), findings_.end(), [](const Found& a, const Found& b) {
    return std::tie(a.subject, a.first) < std::tie(b.subject, b.first);
  });
  for (Found& found : findings_) {
    if (!found.closed) {
      const Windows windows = windows_of(found.subject, coverage, peers);
      const Window& first = windows.at(found.first);
      found.closed = true;
      found.figures = first.judgement.figures;
      Step closed = step(StepKind::kClosed, found);
      closed.reason = "state-evicted";
      add_evidence(closed, *policy_, first.inputs);
      report.add(std::move(closed));
    }
    evicted_.push_back(found);
  }
  const std::int64_t untold = count_windows(coverage, coverage_);
  coverage_.subjects = 0;  // those that it holds windows of
  coverage_.windows_not_evaluable += untold;
  evicted_unreported_ = untold;
  inputs_.clear();
  subjects_.clear();
  settled_.clear();
  findings_.clear();
  evicted_before_ = std::max(evicted_before_, evicted.before);
}

std::vector<Found> PolicyState::findings() const {
  std::vector<Found> all = evicted_;
  all.insert(all.end(), findings_.begin(), findings_.end());
  std::sort(all.begin(), all.end(), [](const Found& a, const Found& b) {
    return std::tie(a.opened_seq, a.opened_ordinal) < std::tie(b.opened_seq, b.opened_ordinal);
  });
  return all;
}

void PolicyState::apply(std::span<const LogEntry> occasion, const Coverage& all_before,
                        const Coverage& all_after, const StoredRecords& records, bool silent,
                        Report& report) {
  const Coverage before = own(all_before);
  const StateEvicted* const evicted = eviction(occasion.back());
  if (evicted != nullptr && !silent) evict(*evicted, before, report);
  const Coverage after = own(all_after);
  for (const LogEntry& entry : occasion) {
    if (std::holds_alternative<Record>(entry.body)) take_record(entry, before);
  }
  forget_dropped(first_judged(after));
  regroup(records);
  const PeerRecords peers = peer_records(*policy_, inputs_, after, cluster_size());
  count_unevaluable(after, peers);
  for (const Subject& subject : subjects_) reconcile(occasion, subject, after, peers, report);
}

void PolicyState::report_stored_gaps(const std::vector<Step>& silent, Report& report) {
  std::map<std::string, std::int64_t> gaps{
      {"too-late", std::exchange(too_late_unreported_, 0)},
      {"not-evaluable", std::exchange(unevaluable_unreported_, 0)}};
  for (const Step& step : silent) {
    if (step.kind == StepKind::kGap && step.policy == policy_->id) gaps[step.reason] += step.count;
  }
  for (const char* reason : {"too-late", "not-evaluable"}) {
    if (gaps[reason] > 0) report.add(gap(reason, gaps[reason]));
    gaps.erase(reason);
  }
  for (const auto& [reason, count] : gaps) report.add(gap(reason, count));
}

void PolicyState::adopt(const std::vector<Found>& old, const Coverage& all, Report& report) {
  const Coverage coverage = own(all);
  std::set<Subject> subjects = subjects_;
  for (const Found& found : old) subjects.insert(found.subject);
  const PeerRecords peers = peer_records(*policy_, inputs_, coverage, cluster_size());
  findings_.clear();
  for (const Subject& subject : subjects) {
    const Windows windows = windows_of(subject, coverage, peers);
    std::set<std::string> taken;
    std::vector<std::string> closing;
    for (const Run& run : runs_of(windows)) {
      const Interval span = interval(run);
      const auto before = std::find_if(old.begin(), old.end(), [&](const Found& f) {
        return f.subject == subject && !taken.contains(f.id) && f.run.from < span.to &&
               span.from < f.run.to;
      });
      if (before == old.end()) {
        open(run, windows, subject, true, report);
      } else {
        taken.insert(before->id);
        findings_.push_back(*before);
        restate(findings_.back(), run, windows, "policy-changed", report);
      }
      if (ended(run, coverage) && !findings_.back().closed) closing.push_back(findings_.back().id);
    }
    for (const Found& found : old) {
      if (found.subject != subject || taken.contains(found.id)) continue;
      Step gone = step(StepKind::kWithdrawn, found);
      gone.reason = "policy-changed";
      report.add(std::move(gone));
    }
    for (const std::string& id : closing) {
      const auto found = std::find_if(findings_.begin(), findings_.end(),
                                      [&](const Found& f) { return f.id == id; });
      found->closed = true;
      Step closed = step(StepKind::kClosed, *found);
      add_evidence(closed, *policy_, windows.at(found->first).inputs);
      report.add(std::move(closed));
    }
  }
  std::sort(findings_.begin(), findings_.end(), [](const Found& a, const Found& b) {
    return std::tie(a.opened_seq, a.opened_ordinal) < std::tie(b.opened_seq, b.opened_ordinal);
  });
}

void PolicyState::retire(Report& report) {
  std::vector<Found> all = findings();
  std::stable_sort(all.begin(), all.end(),
                   [](const Found& a, const Found& b) { return a.subject < b.subject; });
  for (const Found& found : all) {
    Step gone = step(StepKind::kWithdrawn, found);
    gone.reason = "policy-changed";
    report.add(std::move(gone));
  }
  findings_.clear();
  evicted_.clear();
}

std::int64_t PolicyState::count_windows(const Coverage& coverage, PolicyCoverage& counts) const {
  std::int64_t unsettled = 0;
  const PeerRecords peers = peer_records(*policy_, inputs_, coverage, cluster_size());
  for (const Subject& subject : subjects_) {
    const Windows windows = windows_of(subject, coverage, peers);
    if (!windows.empty()) ++counts.subjects;
    for (const auto& [k, window] : windows) {
      if (!window.settled) {
        ++unsettled;
        continue;
      }
      switch (window.judgement.answer) {
        case Truth::kTrue:
          ++counts.windows_true;
          break;
        case Truth::kFalse:
          ++counts.windows_false;
          break;
        case Truth::kUnknown:
          ++counts.windows_not_evaluable;
          break;
      }
    }
  }
  return unsettled;
}

PolicyCoverage PolicyState::coverage(const Coverage& all) const {
  PolicyCoverage out = coverage_;
  count_windows(own(all), out);
  return out;
}

}  // namespace tidewaiter::reference
