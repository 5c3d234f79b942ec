// PolicyRuntime, its part about clusters: inputs go with the accounts that gave them.

#include <algorithm>
#include <utility>

#include "policies/engine/policy_runtime.h"

namespace tidewaiter {

void PolicyRuntime::change_input(std::uint32_t subject, const Input& input, int sign,
                                 InputChanges& changes) {
  SubjectState& state = state_of(subject);
  if (state.windows.spans().empty()) ++subjects_with_windows_;
  (void)state.windows.change(layout_, statuses_, panes_, input, sign, kept_for(policy_.evidence));
  widen(changes[subject].windows, input.pane - panes_ + 1, input.pane);
}

PolicyRuntime::SizeBands PolicyRuntime::regroup(const MemberRegrouping& regrouping,
                                                InputChanges& changes) {
  SizeBands before;
  if (!regrouping.moves.empty()) {
    judge_.note_loss();      // inputs that it was told of stand elsewhere now
    judge_.note_statuses();  // and who is whose peer is another thing
  }
  for (const MemberMove& move : regrouping.moves) {
    if (judge_.compares_peers()) {
      for (const std::uint32_t cluster : {move.from, move.to}) {
        before.try_emplace(cluster, size_band(members_->size_of(cluster)));
      }
    }
    members_->move(move.account, move.to);
    changes[move.from].regrouped = true;
    changes[move.to].regrouped = true;
    members_->inputs_of(move.account).each([&](const Input& input) {
      change_input(move.from, input, -1, changes);
      change_input(move.to, input, 1, changes);
    });
  }
  for (const MemberEvidence& evidence : regrouping.evidence) members_->note(evidence);
  for (const MemberEvidence& evidence : regrouping.evidence) {
    note_evidence(members_->cluster_of(evidence.account), changes);
  }
  for (const MemberMove& move : regrouping.moves) {
    note_evidence(move.from, changes);
    note_evidence(move.to, changes);
  }
  return before;
}

void PolicyRuntime::note_evidence(std::uint32_t cluster, InputChanges& changes) {
  if (!states_.has(cluster)) return;
  SubjectState& state = *states_[cluster];
  if (state.could_be_linked == members_->could_be_linked(cluster)) return;
  state.could_be_linked = !state.could_be_linked;
  if (state.windows.spans().empty()) return;
  for (Span& span : state.windows.spans()) span.judged = false;  // as if it had never been told
  widen(changes[cluster].windows, state.windows.spans().front().from,
        state.windows.spans().back().to);
}

void PolicyRuntime::reach_peers_of(const SizeBands& before, InputChanges& changes) {
  if (!judge_.compares_peers()) return;
  std::optional<std::int64_t> first;  // the first window that changed, of any cluster
  const auto note = [&first](std::int64_t window) {
    first = std::min(first.value_or(window), window);
  };
  for (const auto& [subject, change] : changes) {
    if (!change.windows) continue;
    note(change.windows->first);
    latest_pane_ = std::max(latest_pane_, change.windows->last);
  }
  for (const auto& [cluster, band] : before) {
    if (!states_.has(cluster)) continue;
    const auto spans = states_[cluster]->windows.spans();
    if (spans.empty() || band == size_band(members_->size_of(cluster))) continue;
    note(spans.front().from);
    widen(changes[cluster].windows, spans.front().from, spans.back().to);
  }
  // Each is part of the histories of the windows that begin when it has ended.
  if (!first || *first + panes_ > latest_pane_) return;
  for (std::size_t at = states_.next(0); at < states_.size(); at = states_.next(at + 1)) {
    const auto subject = static_cast<std::uint32_t>(at);
    const auto spans = states_[subject]->windows.spans();
    if (spans.empty() || spans.back().to < *first + panes_) continue;
    widen(changes[subject].windows, *first + panes_, spans.back().to);
  }
}

void PolicyRuntime::run_member_entry(const KindBatch& batch, std::size_t row, const Truths& truths,
                                     bool matters, std::vector<PendingStep>& steps) {
  const KindBatch::Entry& entry = batch.entries[row];
  InputChanges changes;
  const auto change = [&](std::size_t from_row, std::int64_t seq, int sign) {
    const Record& record = *batch.rows[from_row];
    if (!fill_input(truths, from_row, seq, record.time.us, record.requests)) return;
    const std::uint32_t account = subjects_->of_row(from_row);
    judge_.note(input_);
    change_input(members_->cluster_of(account), input_, sign, changes);
    if (sign > 0) {
      members_->add(account, input_);
    } else {
      members_->remove(account, seq);
    }
  };
  // The version before was an input of its account's cluster of before.
  if (matters && entry.replaced) change(*entry.replaced, entry.replaced_seq, -1);
  const SizeBands bands = regroup(batch.regrouping_at(entry.seq), changes);
  if (matters) change(row, entry.seq, 1);
  reach_peers_of(bands, changes);
  Effects effects;
  judge_changes(changes, effects);
  const Occasion occasion{entry.seq, entry.backfill, false, entry.replaced.has_value(),
                          statuses_.last_settled()};
  reconcile_all(effects, occasion, steps);
}

void PolicyRuntime::regroup_alone(const MemberRegrouping& regrouping, const Occasion& occasion,
                                  std::vector<PendingStep>& steps) {
  InputChanges changes;
  reach_peers_of(regroup(regrouping, changes), changes);
  Effects effects;
  judge_changes(changes, effects);
  reconcile_all(effects, occasion, steps);
}

void PolicyRuntime::judge_changes(const InputChanges& changes, Effects& effects) {
  for (const auto& [subject, change] : changes) {
    if (!change.windows) continue;  // accounts without inputs came or went
    Effect made = judge_inputs(*states_[subject], subject, *change.windows);
    made.regrouped = change.regrouped;
    const auto [place, fresh] = effects.try_emplace(subject, made);
    if (fresh) continue;
    Effect& effect = place->second;
    effect.touched = {std::min(effect.touched.first, made.touched.first),
                      std::max(effect.touched.last, made.touched.last)};
    if (made.flipped) widen(effect.flipped, made.flipped->first, made.flipped->last);
    effect.regrouped = made.regrouped;
  }
}

void PolicyRuntime::reconcile_all(const Effects& effects, const Occasion& occasion,
                                  std::vector<PendingStep>& steps) {
  std::vector<std::uint32_t> subjects;
  subjects.reserve(effects.size());
  for (const auto& [subject, effect] : effects) subjects.push_back(subject);
  std::ranges::sort(subjects, {}, [this](std::uint32_t subject) -> const Subject& {
    return subjects_->subject(subject);
  });
  for (const std::uint32_t subject : subjects) {
    SubjectState& state = *states_[subject];
    reconcile(state, subject, effects.at(subject), occasion, steps);
    await_watermark(state, subject);
  }
}

std::optional<std::int64_t> PolicyRuntime::taken_over_by(std::uint32_t subject,
                                                         const WindowRun& run) const {
  if (!members_) return std::nullopt;
  // It has been reconciled already: the account names a cluster of lesser name now, if of another.
  const std::uint32_t cluster = members_->cluster_of(subject);
  if (cluster == subject || !states_.has(cluster)) {
    return std::nullopt;
  }
  for (const LiveFinding& finding : states_[cluster]->findings) {
    if (finding.run.meets(run)) return finding.order;
  }
  return std::nullopt;
}

}  // namespace tidewaiter
