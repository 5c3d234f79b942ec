#include "policies/engine/explain.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include "policies/engine/finding_records.h"
#include "policies/engine/reference_repeat.h"
#include "policies/engine/window_grid.h"
#include "policies/language/exemption_name.h"
#include "policies/language/interval_set.h"
#include "policies/model/counted_text.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

using reference::Truth;

std::vector<ItemTally> by_records(const std::map<const Expr*, ItemTally>& tallies) {
  std::vector<ItemTally> all;
  all.reserve(tallies.size());
  for (const auto& [expr, tally] : tallies) all.push_back(tally);
  std::ranges::sort(all, [](const ItemTally& a, const ItemTally& b) {
    return std::tie(b.records, a.first_seq, a.text) < std::tie(a.records, b.first_seq, b.text);
  });
  return all;
}

std::vector<const reference::Input*> in_order(std::vector<const reference::Input*> inputs) {
  std::ranges::sort(inputs, {}, [](const reference::Input* input) {
    return std::pair(input->record.time, input->seq);
  });
  return inputs;
}

/// Where runs of holding windows begin, and the findings that they are cut into.
std::set<UtcTime> run_starts(const Policy& policy, const std::vector<JudgedWindow>& windows) {
  std::map<std::int64_t, UtcTime> begins;
  std::set<UtcTime> starts;
  std::vector<reference::RunWindow> run;
  const auto end_run = [&] {
    for (const std::int64_t k : reference::finding_starts(policy, run)) starts.insert(begins.at(k));
    run.clear();
  };
  for (const JudgedWindow& window : windows) {
    if (window.judgement.answer != Truth::kTrue) continue;
    const bool follows = !run.empty() && run.back().number + 1 == window.number;
    if (!follows || policy.window.session) end_run();
    begins[window.number] = window.span.from;
    run.push_back({window.number, window.span.from, &window.judgement.figures});
  }
  end_run();
  return starts;
}

/// Where the runs of the findings that stand after the steps begin. (Their ends may be further than
/// the last step said: growth is told when it is over.)
std::set<UtcTime> standing_starts(const std::vector<Step>& steps) {
  std::map<std::string, UtcTime> standing;
  for (const Step& step : steps) {
    if (step.kind == StepKind::kGap) continue;
    if (step.kind == StepKind::kWithdrawn) {
      standing.erase(step.finding);
    } else {
      standing[step.finding] = step.run.from;
    }
  }
  std::set<UtcTime> starts;
  for (const auto& [id, start] : standing) starts.insert(start);
  return starts;
}

/// Of an account under a policy about clusters: the cluster that it would be alone.
std::string recorded_name(const Policy& policy, const std::string& subject) {
  constexpr std::string_view kAccount = "account:";
  if (!policy.linkage || !subject.starts_with(kAccount)) return subject;
  return "cluster:" + subject.substr(kAccount.size());
}

/// Why what does not hold of an account alone may hold of its cluster.
std::string nothing_links(const Linkage& linkage) {
  std::string fields;
  for (std::size_t i = 0; i < linkage.links.size(); ++i) {
    if (i > 0) fields += i + 1 == linkage.links.size() ? " and " : ", ";
    fields += field(linkage.links[i].field).name;
  }
  std::string missing = fields.empty() ? "" : "a value of " + fields + " for it";
  if (!linkage.lockstep.empty()) {
    missing +=
        (fields.empty() ? "" : ", or ") + std::string("an act of its own by which to be in step");
  }
  return "whom the account belongs to is not known: no record has " + missing;
}

ExplainedWindow explained(const Policy& policy, const JudgedWindow& window) {
  ExplainedWindow told;
  told.span = window.span;
  told.settled = window.settled;
  told.closed = window.closed;
  told.cover = window.cover;
  told.begins_covered = window.begins_covered;
  told.dropped = window.dropped;
  told.certain = window.certain;
  told.maybe = window.maybe;
  told.figures = window.judgement.figures;
  told.answer = window.judgement.answer;
  told.distance = distance_to_report(policy, figure_values(window));
  told.clauses = judge_clauses(policy, window);
  told.inputs = in_order(window.inputs);
  if (window.may_be_of_more) {
    told.doubt = nothing_links(*policy.linkage);
  } else if (told.answer == Truth::kUnknown) {
    told.doubt = doubt_text(policy, window.inputs);
  }
  return told;
}

/// The entry as the first version of its record.
LogEntry without_former(LogEntry entry) {
  entry.replaces.reset();
  return entry;
}

}  // namespace

/// The policies whose findings are read, over the log.
struct Explainer::Findings {
  std::unique_ptr<Evaluation> evaluation;
  FindingRecords records;

  /// What the entries come to as a log of findings.
  std::vector<LogEntry> taken(std::span<const LogEntry> entries) {
    std::vector<LogEntry> own;
    std::ranges::copy_if(entries, std::back_inserter(own), [](const LogEntry& entry) {
      const auto* control = std::get_if<Control>(&entry.body);
      return control == nullptr || !std::holds_alternative<PolicySetActivated>(*control);
    });
    std::vector<Step> steps;
    evaluation->apply(own, steps);
    std::vector<LogEntry> findings;
    records.forget_origins();
    records.take(own, steps, findings);
    return findings;
  }
};

Explainer::Explainer(const Policy& policy, std::string subject, std::optional<Interval> asked,
                     std::optional<UtcTime> dropped_before,
                     const std::shared_ptr<const PolicySet>& others, WindowChoice choice)
    : set_(active_alone(policy)),
      subject_(std::move(subject)),
      recorded_(recorded_name(policy, subject_)),
      asked_(asked),
      choice_(choice),
      others_count_(std::ranges::any_of(policy.measures, compares_peers)),
      book_(set_->policies.front(),
            policy.reads == RecordKind::kFinding ? std::nullopt : dropped_before),
      evaluation_(make_evaluation(EngineKind::kColumnar, "explain", dropped_before)),
      parties_(set_->policies.front()),
      near_(set_->policies.front()) {
  // Errors are those of the replay alone, and this one has none.
  (void)evaluation_->activate(set_, 0, nothing_before(), steps_);
  if (policy.reads != RecordKind::kFinding || others == nullptr) return;
  findings_ = std::make_unique<Findings>();
  findings_->evaluation = make_evaluation(EngineKind::kColumnar, "explain", dropped_before);
  auto makers = std::make_shared<PolicySet>(*others);
  std::erase_if(makers->policies,
                [](const Policy& one) { return one.reads == RecordKind::kFinding; });
  findings_->records.set_policies(*makers);
  std::vector<Step> none;
  (void)findings_->evaluation->activate(std::move(makers), 0, nothing_before(), none);
}

double ExplainedWindow::lacks() const {
  double sum = 0.0;
  for (const ClauseVerdict& clause : clauses) sum += clause.lacks;
  return sum;
}

Explainer::~Explainer() = default;

const Policy& Explainer::policy() const { return set_->policies.front(); }

Explainer::Seen Explainer::see(const Record& record) const {
  Seen seen;
  seen.subject = record_subject(record, policy().for_each);
  seen.is_named = seen.subject && to_text(*seen.subject) == recorded_;
  seen.is_read = record.kind == policy().reads;
  seen.is_asked = seen.is_read && in_question(record.time);
  // Whatever its kind, a record may link accounts.
  seen.is_ours = policy().linkage || (seen.is_read && seen.is_named);
  return seen;
}

/// Whether a record of this time lies in a window that was asked for. Where sessions begin and end
/// the records say: of these all count that may be of one.
bool Explainer::in_question(UtcTime time) const {
  if (!asked_) return true;
  if (choice_ == WindowChoice::kWithin) return time >= asked_->from && time < asked_->to;
  if (policy().window.session) {
    const Duration length = longest_span(policy().window, 1);
    return time >= asked_->from - length && time < asked_->to + length;
  }
  const WindowGrid grid(policy().window);
  const std::int64_t last = grid.last_begun(time);
  return grid.interval(last - grid.overlap() + 1).from < asked_->to &&
         grid.interval(last).to > asked_->from;
}

bool Explainer::is_looked_at(const Interval& window) const {
  if (!asked_) return true;
  if (choice_ == WindowChoice::kMeeting) return overlap(window, *asked_);
  return window.from >= asked_->from && window.to <= asked_->to;
}

void Explainer::Tally::add(std::int64_t seq, const RecordVerdict& verdict, std::int64_t by) {
  records[static_cast<std::size_t>(verdict.fate)] += by;
  const auto count = [&](std::map<const Expr*, ItemTally>& tallies) {
    for (const Expr* item : verdict.items) {
      const auto [at, fresh] =
          tallies.try_emplace(item, ItemTally{item_text(*item), item->span, 0, seq});
      at->second.records += by;
      if (at->second.records == 0) tallies.erase(at);
    }
  };
  const auto count_key = [by](auto& numbers, const auto& key) {
    const auto at = numbers.try_emplace(key, 0).first;
    at->second += by;
    if (at->second == 0) numbers.erase(at);
  };
  if (verdict.fate == RecordFate::kNotSelected) count(not_selected_by);
  if (verdict.fate == RecordFate::kUnknown) count(unknown_by);
  if (verdict.exemption) count_key(exempt_by, *verdict.exemption);
  for (const FieldId id : verdict.missing) count_key(missing, id);
}

void Explainer::Tally::add(const Tally& other) {
  for (std::size_t fate = 0; fate < kRecordFates; ++fate) records[fate] += other.records[fate];
  const auto count = [](const std::map<const Expr*, ItemTally>& from,
                        std::map<const Expr*, ItemTally>& to) {
    for (const auto& [item, tally] : from) {
      const auto [at, fresh] = to.try_emplace(item, tally);
      if (fresh) continue;
      at->second.records += tally.records;
      at->second.first_seq = std::min(at->second.first_seq, tally.first_seq);
    }
  };
  count(other.not_selected_by, not_selected_by);
  count(other.unknown_by, unknown_by);
  for (const auto& [exemption, number] : other.exempt_by) exempt_by[exemption] += number;
  for (const auto& [id, number] : other.missing) missing[id] += number;
}

Explainer::Tally Explainer::whole_tally() const {
  Tally whole;
  for (const auto& [subject, tally] : tallies_) {
    if (to_text(book_.standing(subject)) == subject_) whole.add(tally);
  }
  return whole;
}

void Explainer::take_back(const ReplacedRecord& former, const Seen& seen) {
  if (!seen.is_asked) return;
  if (!seen.subject) --without_subject_;
  if (!seen.subject || !seen.is_ours) return;
  // It was not too late: what replaces it came after it and is not.
  tallies_[*seen.subject].add(former.seq, judge_record(policy(), former.record), -1);
}

void Explainer::count_outside(const Seen& seen, std::int64_t by) {
  // Whose records those of a cluster are is not looked into.
  if (!policy().linkage && seen.is_ours && !seen.is_asked) outside_time_ += by;
}

void Explainer::take_record(const LogEntry& entry) {
  const auto& record = std::get<Record>(entry.body);
  const Seen seen = see(record);
  const Seen former = entry.replaces ? see(entry.replaces->record) : Seen{};
  count_outside(seen, 1);
  count_outside(former, -1);
  if (seen.is_named) own_ = seen.subject;
  if (seen.is_asked && !seen.subject) ++without_subject_;
  if (!seen.is_ours && !former.is_ours && !others_count_) {
    if (entry.replaces) take_back(*entry.replaces, former);
    return;
  }
  // A version of another subject that was not taken cannot be taken back.
  const bool is_new = entry.replaces && taken_.erase(entry.replaces->seq) == 0;
  taken_.insert(entry.seq);
  const std::optional<LogEntry> fresh =
      is_new ? std::optional(without_former(entry)) : std::nullopt;
  const LogEntry& taken = fresh ? *fresh : entry;
  const std::optional<RecordVerdict> verdict = book_.take(taken);
  evaluation_->apply(std::span(&taken, 1), steps_);
  const bool late = verdict && verdict->fate == RecordFate::kTooLate;
  if (entry.replaces && late) return;  // what it would replace stands
  if (entry.replaces) {
    take_back(*entry.replaces, former);
    near_.forget(entry.replaces->record);
  }
  if (!seen.is_ours || !seen.subject || !verdict || !seen.is_asked) return;
  if (!policy().linkage) parties_.take(record, verdict->fate);
  near_.take(entry.seq, record, *seen.subject, verdict->fate);
  tallies_[*seen.subject].add(entry.seq, *verdict, 1);
}

void Explainer::take(std::span<const LogEntry> entries) {
  if (findings_ != nullptr) {
    take_own(findings_->taken(entries));
  } else {
    take_own(entries);
  }
}

void Explainer::take_own(std::span<const LogEntry> entries) {
  for (const LogEntry& entry : entries) {
    const auto* control = std::get_if<Control>(&entry.body);
    if (control == nullptr) {
      take_record(entry);
    } else if (!std::holds_alternative<PolicySetActivated>(*control)) {
      (void)book_.take(entry);
      evaluation_->apply(std::span(&entry, 1), steps_);
    }
  }
}

/// Gaps are the subject's as the evaluation has no other records; beside other clusters, or with
/// the records of peers, they are not.
bool Explainer::is_about_us(const Step& step) const {
  if (step.kind == StepKind::kGap) return !policy().linkage && !others_count_;
  return to_text(step.subject) == subject_;
}

Result<void> Explainer::check_agreement(const std::vector<JudgedWindow>& windows) const {
  // What retention took from one of them it took from the other, but a finding from before stays.
  if (std::ranges::any_of(windows, &JudgedWindow::dropped)) return {};
  std::vector<Step> ours;
  std::ranges::copy_if(steps_, std::back_inserter(ours), [this](const Step& step) {
    return step.kind != StepKind::kGap && is_about_us(step);
  });
  if (run_starts(policy(), windows) == standing_starts(ours)) return {};
  return fail(ErrorCode::kCorruption,
              "the two engines disagree about `" + subject_ + "` under `" + policy().id +
                  "`: this is a defect of the program, please report it with the policy");
}

void Explainer::choose_shown(Explanation& explanation) const {
  const auto key = [](const ExplainedWindow& window) {
    // Among windows that hold the first; so their distance and inputs do not count.
    return window.holds()
               ? std::tuple(0, 0.0, 0.0, std::int64_t{0})
               : std::tuple(1, window.distance, window.lacks(), -(window.certain + window.maybe));
  };
  for (std::size_t i = 0; i < explanation.windows.size(); ++i) {
    if (!explanation.shown ||
        key(explanation.windows[i]) < key(explanation.windows[*explanation.shown])) {
      explanation.shown = i;
    }
  }
}

void Explainer::add_window(const JudgedWindow& window, Explanation& explanation) const {
  if (is_looked_at(window.span)) {
    explanation.windows.push_back(explained(policy(), window));
    return;
  }
  if (!policy().window.session) return;
  if (window.span.to <= asked_->from) explanation.session_before = window.span;
  if (window.span.from >= asked_->to && !explanation.session_after) {
    explanation.session_after = window.span;
  }
}

Result<Explanation> Explainer::explain() const {
  Tally tally = whole_tally();
  Explanation result;
  result.subject = subject_;
  result.asked = asked_;
  result.records = tally.records;
  result.not_selected_by = by_records(tally.not_selected_by);
  result.unknown_by = by_records(tally.unknown_by);
  result.exempt_by = std::move(tally.exempt_by);
  result.missing = std::move(tally.missing);
  result.without_subject = without_subject_;
  result.outside_time = outside_time_;
  result.is_named = own_.has_value();
  if (own_) {
    const std::string standing = to_text(book_.standing(*own_));
    if (standing != subject_) result.part_of = standing;
  }
  result.grounds = parties_.grounds();
  result.near = near_.nearest(Explanation::kMostNear, [this](const Subject& subject) {
    return to_text(book_.standing(subject)) == subject_;
  });
  std::ranges::copy_if(steps_, std::back_inserter(result.steps),
                       [this](const Step& step) { return is_about_us(step); });
  for (const Subject& subject : book_.subjects()) {
    if (to_text(subject) != subject_) continue;
    const std::vector<JudgedWindow> windows = book_.windows(subject);
    if (auto agreed = check_agreement(windows); !agreed) return tl::unexpected(agreed.error());
    for (const JudgedWindow& window : windows) add_window(window, result);
  }
  choose_shown(result);
  return result;
}

namespace {

std::string why_window(const Policy& policy, const ExplainedWindow& window) {
  std::string text = "nearest window " + format_time(window.span.from) + ": ";
  std::string clauses;
  for (const ClauseVerdict& verdict : window.clauses) {
    if (verdict.is_as_needed()) continue;
    clauses += (clauses.empty() ? "" : "; ") + clause_text(policy, verdict);
  }
  if (window.answer != Truth::kUnknown) return text + clauses;
  if (window.dropped) return text + clauses + " (before what retention has left)";
  // Of what cannot be told a figure is not to blame, but what keeps it from being told.
  if (window.maybe > 0) text += window.doubt + "; of what is certain: ";
  text += clauses;
  if (!window.closed) return text + " (" + open_text(window) + ")";
  if (window.maybe > 0) return text;
  return text + " (" + (window.doubt.empty() ? "a value is missing" : window.doubt) + ")";
}

std::string between_sessions(const Explanation& explanation) {
  const auto span = [](const Interval& session) {
    return format_time(session.from) + " to " + format_time(session.to);
  };
  std::string text = "no session holds the time asked for";
  if (explanation.session_before)
    text += "; the last before it: " + span(*explanation.session_before);
  if (explanation.session_after) text += "; the next: " + span(*explanation.session_after);
  return text;
}

}  // namespace

std::string open_text(const ExplainedWindow& window) {
  if (window.closed) return {};
  if (!window.begins_covered) return "it began before what the sources cover";
  return window.settled ? "settled while a source was idle" : "not closed";
}

std::string why_not(const Policy& policy, const Explanation& explanation) {
  std::int64_t all = 0;
  for (const std::int64_t count : explanation.records) all += count;
  if (all == 0 && !explanation.part_of.empty()) {
    return "it is part of `" + explanation.part_of + "` now";
  }
  if (all == 0 && explanation.outside_time > 0) {
    return "no record of the subject in the time asked for (" +
           counted_text(explanation.outside_time, "record") + " at other times)";
  }
  if (all == 0) return "no record of the subject";
  if (explanation.is_between_sessions()) return between_sessions(explanation);
  const std::string nearest =
      explanation.grounds.lines.empty() ? "" : ": " + explanation.grounds.lines.front();
  if (explanation.shown) {
    const std::int64_t late = explanation.count(RecordFate::kTooLate);
    return why_window(policy, explanation.windows[*explanation.shown]) +
           (late > 0 ? "; " + counted_text(late, "record") + " too late" : "") + nearest;
  }
  std::string text;
  for (std::size_t fate = 0; fate < kRecordFates; ++fate) {
    if (explanation.records[fate] == 0) continue;
    text += (text.empty() ? "" : ", ") + counted_text(explanation.records[fate], "record") + " " +
            std::string(fate_name(static_cast<RecordFate>(fate)));
  }
  const auto& items =
      explanation.not_selected_by.empty() ? explanation.unknown_by : explanation.not_selected_by;
  if (!items.empty()) text += ", by `" + items.front().text + "`";
  for (const auto& [exemption, count] : explanation.exempt_by) {
    text += ", by `" + exemption_name(policy, exemption) + "`";
  }
  if (nearest.empty() && !explanation.near.empty()) {
    const NearRecord& near = explanation.near.front();
    text += "; the nearest, entry " + std::to_string(near.seq) + " of " + format_time(near.time) +
            ": " + near_text(near);
  }
  return text + nearest;
}

}  // namespace tidewaiter
