#include "policies/engine/explain_windows.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "policies/engine/reference_past.h"
#include "policies/engine/reference_sessions.h"
#include "policies/engine/session_span.h"
#include "policies/engine/window_grid.h"

namespace tidewaiter {

InputBook::InputBook(const Policy& policy, std::optional<UtcTime> dropped_before)
    : policy_(policy) {
  if (dropped_before) coverage_.dropped(*dropped_before);
  if (policy.linkage) {
    linker_.emplace(*policy.linkage, dropped_before.value_or(Linker::kNothingDropped));
  }
}

Subject InputBook::standing(const Subject& subject) const {
  if (!linker_) return subject;
  const LinkedAccount cluster = linker_->cluster_of({subject.source, subject.values.front()});
  return {subject.fields, {cluster.name}, cluster.source};
}

/// Of a policy about clusters that compares them: each input under the cluster that it belongs to.
reference::Inputs InputBook::inputs_of_clusters() const {
  reference::Inputs grouped;
  if (!linker_ || std::ranges::none_of(policy_.measures, compares_peers)) return grouped;
  grouped = inputs_;
  for (auto& [id, input] : grouped) input.subject = standing(input.subject);
  return grouped;
}

reference::ClusterSize InputBook::cluster_size() const {
  return [this](const Subject& cluster) {
    return linker_ ? linker_->size_around({cluster.source, cluster.values.front()}) : 1;
  };
}

bool InputBook::may_belong_to_others(const Subject& subject) const {
  return linker_ && !linker_->could_be_linked({subject.source, subject.values.front()});
}

std::set<Subject> InputBook::subjects() const {
  if (!linker_) return subjects_;
  std::set<Subject> clusters;
  for (const Subject& subject : subjects_) clusters.insert(standing(subject));
  return clusters;
}

bool InputBook::is_too_late(UtcTime time) const {
  if (policy_.reads == RecordKind::kFinding) return false;
  const UtcTime begin = coverage_.dropped_before();
  if (policy_.window.session) {
    if (time < begin) return true;
  } else if (begin.us != std::numeric_limits<std::int64_t>::min()) {
    const WindowGrid grid(policy_.window);
    if (grid.last_begun(time) < grid.first_from(begin)) return true;
  }
  return coverage_.is_behind(time, policy_.window);
}

void InputBook::take_control(const Control& control) {
  coverage_.take(control, policy_.reads);
  if (!std::holds_alternative<RecordsDropped>(control)) return;
  std::erase_if(inputs_, [this](const auto& input) {
    return input.second.record.time < coverage_.dropped_before();
  });
}

std::optional<RecordVerdict> InputBook::take(const LogEntry& entry) {
  if (linker_) linker_->take(entry);
  if (const auto* control = std::get_if<Control>(&entry.body)) {
    take_control(*control);
    return std::nullopt;
  }
  const auto& record = std::get<Record>(entry.body);
  if (record.kind != policy_.reads) return std::nullopt;
  RecordVerdict verdict = judge_record(policy_, record);
  if (verdict.fate == RecordFate::kNotInForce) return verdict;
  if (is_too_late(record.time)) {
    RecordVerdict late;
    late.fate = RecordFate::kTooLate;
    return late;
  }
  inputs_.erase({record.id, record.time});
  const bool certain = verdict.fate == RecordFate::kSelected;
  if (!certain && verdict.fate != RecordFate::kUnknown) return verdict;
  const std::optional<Subject> subject = record_subject(record, policy_.for_each);
  if (!subject) return verdict;
  subjects_.insert(*subject);
  inputs_[{record.id, record.time}] = {
      certain ? reference::Truth::kTrue : reference::Truth::kUnknown, entry.seq, record, *subject};
  return verdict;
}

void InputBook::set_coverage(JudgedWindow& window, const Interval& cover) const {
  window.cover = cover;
  window.settled = coverage_.settled(window.span);
  window.closed = coverage_.closed(cover);
  window.begins_covered = coverage_.closed({cover.from, cover.from});
  window.dropped = cover.from < coverage_.dropped_before();
}

std::vector<JudgedWindow> InputBook::sessions(const Subject& subject) const {
  std::vector<const reference::Input*> inputs;
  for (const auto& [id, input] : inputs_) {
    if (input.subject == subject) inputs.push_back(&input);
  }
  const auto of_subject = std::make_shared<const std::vector<const reference::Input*>>(inputs);
  std::vector<JudgedWindow> all;
  for (reference::Session& session : reference::sessions_of(policy_.window, std::move(inputs))) {
    JudgedWindow& window = all.emplace_back();
    const Interval cover = session_cover(policy_.window, session.first, session.last);
    window.number = session.first.us;
    window.span = session_interval(policy_.window, session.first, session.last);
    window.inputs = std::move(session.inputs);
    window.of_subject = of_subject;
    window.certain =
        std::ranges::count(window.inputs, reference::Truth::kTrue, &reference::Input::truth);
    window.maybe = static_cast<std::int64_t>(window.inputs.size()) - window.certain;
    set_coverage(window, cover);
    window.past.scattered = session.scattered;
    window.past.window_end = window.span.to;
    window.judgement = reference::judge(policy_, window.inputs, window.span.to - window.span.from,
                                        window.closed, window.past);
    if (window.dropped) window.judgement.answer = reference::Truth::kUnknown;
  }
  return all;
}

std::vector<JudgedWindow> InputBook::windows(const Subject& subject) const {
  if (policy_.window.session) return sessions(subject);
  const WindowGrid grid(policy_.window);
  std::map<std::int64_t, JudgedWindow> by_number;
  const auto of_subject = std::make_shared<std::vector<const reference::Input*>>();
  for (const auto& [id, input] : inputs_) {
    if (standing(input.subject) != subject) continue;
    of_subject->push_back(&input);
    const std::int64_t last = grid.last_begun(input.record.time);
    for (std::int64_t k = last - grid.overlap() + 1; k <= last; ++k) {
      JudgedWindow& window = by_number[k];
      window.inputs.push_back(&input);
      ++(input.truth == reference::Truth::kTrue ? window.certain : window.maybe);
    }
  }
  const auto judged = [&by_number](std::int64_t k) {
    const auto found = by_number.find(k);
    return found == by_number.end() ? nullptr : &found->second.judgement;
  };
  const reference::Inputs grouped = inputs_of_clusters();
  const reference::PeerRecords peers =
      reference::peer_records(policy_, linker_ ? grouped : inputs_, coverage_, cluster_size());
  for (auto& [k, window] : by_number) {  // in order: a window's past is judged before it
    window.number = k;
    window.of_subject = of_subject;
    window.span = grid.interval(k);
    set_coverage(window, window.span);
    window.past = reference::past_of(policy_, subject, k, coverage_, judged, peers);
    window.judgement = reference::judge(policy_, window.inputs, window.span.to - window.span.from,
                                        window.closed, window.past);
    reference::Truth& answer = window.judgement.answer;
    window.may_be_of_more = answer == reference::Truth::kFalse && may_belong_to_others(subject);
    if (window.dropped || window.may_be_of_more) answer = reference::Truth::kUnknown;
  }
  std::vector<JudgedWindow> all;
  all.reserve(by_number.size());
  for (auto& [k, window] : by_number) all.push_back(std::move(window));
  return all;
}

}  // namespace tidewaiter
