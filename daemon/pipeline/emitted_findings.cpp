#include "daemon/pipeline/emitted_findings.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"
#include "policies/model/subject_part.h"
#include "storage/records/personal_values.h"

namespace tidewaiter {
namespace {

/// What an entry that opened a finding says of its run and its evidence.
struct OpeningEntry {
  Interval run;
  std::vector<std::int64_t> evidence;
};

Result<OpeningEntry> opening_entry(const Ledger& ledger, std::int64_t index) {
  const Result<std::string> body = ledger.entry(index);
  if (!body) return tl::unexpected(body.error());
  const auto entry = nlohmann::json::parse(*body, nullptr, false);
  const nlohmann::json run = entry.is_object() ? entry.value("run", nlohmann::json()) : entry;
  const auto from = parse_time(text_member(run, "from").value_or(""));
  const auto to = parse_time(text_member(run, "to").value_or(""));
  if (!from || !to) {
    return fail(ErrorCode::kCorruption,
                "entry " + std::to_string(index) + " of the ledger does not say when its run was");
  }
  OpeningEntry opening{{*from, *to}, {}};
  const auto evidence = entry.value("evidence", nlohmann::json::object());
  for (const auto& seq : evidence.value("seqs", nlohmann::json::array())) {
    if (seq.is_number_integer()) opening.evidence.push_back(seq.get<std::int64_t>());
  }
  return opening;
}

bool is_cluster(const Subject& subject) {
  return std::ranges::find(subject.fields, kFieldCluster) != subject.fields.end();
}

/// Whether an erasure may have given the subject another name although it is not erased itself: a
/// cluster whose first account was, and what was the erased subject's alone, as its key or address.
bool may_be_renamed(const Subject& subject) {
  return is_cluster(subject) || std::ranges::any_of(subject.values, is_opaque_value);
}

/// The subject of an entry as a step has it: nobody, one part, or a cluster. Nothing of several
/// parts.
std::optional<Subject> subject_of(std::string_view text) {
  constexpr std::string_view kCluster = "cluster:";
  if (text.empty()) return Subject();
  const bool cluster = text.starts_with(kCluster);
  const auto part = cluster
                        ? parse_subject_part("account:" + std::string(text.substr(kCluster.size())))
                        : parse_subject_part(text);
  if (!part) return std::nullopt;
  Subject subject;
  subject.fields = {cluster ? kFieldCluster : part->field};
  subject.values = {part->value};
  subject.source = part->source;
  return subject;
}

/// The entry may have cut the evidence at its end.
bool begins_with(const std::vector<std::int64_t>& all, const std::vector<std::int64_t>& first) {
  return first.size() <= all.size() && std::equal(first.begin(), first.end(), all.begin());
}

}  // namespace

Result<EmittedFindings> EmittedFindings::read(const Ledger& ledger, std::set<std::string> erased) {
  EmittedFindings emitted;
  emitted.erased_ = std::move(erased);
  if (emitted.erased_.empty()) return emitted;
  const auto findings = ledger.findings({});
  if (!findings) return tl::unexpected(findings.error());
  for (const FindingState& finding : *findings) {
    auto opening = opening_entry(ledger, finding.entries.front());
    if (!opening) return tl::unexpected(opening.error());
    emitted.opened_[{finding.opened_seq, finding.policy}].push_back(
        {finding.id, finding.subject, opening->run, std::move(opening->evidence)});
  }
  return emitted;
}

bool EmittedFindings::is_erased(const Subject& subject) const {
  return std::ranges::any_of(subject.values,
                             [this](const std::string& value) { return erased_.contains(value); });
}

/// Either may have several runs that were opened at one entry.
EmittedFindings::Opened* EmittedFindings::find(const Step& step) {
  const auto place = opened_.find({step.seq, step.policy});
  if (place == opened_.end()) return nullptr;
  const bool renamed = is_erased(step.subject) || may_be_renamed(step.subject);
  const std::string subject = to_text(step.subject);
  Opened* best = nullptr;
  int best_score = -1;
  for (Opened& one : place->second) {
    const bool same_subject = one.subject == subject;
    if (one.taken || (!same_subject && !renamed)) continue;
    const bool same_evidence = begins_with(step.evidence, one.evidence);
    const bool same_run = one.run.from == step.run.from && one.run.to == step.run.to;
    const int score = (same_subject ? 4 : 0) + (same_evidence ? 2 : 0) + (same_run ? 1 : 0);
    if (score < 2 && !(step.evidence.empty() && same_run)) continue;
    if (score > best_score) {
      best = &one;
      best_score = score;
    }
  }
  return best;
}

std::set<std::string> EmittedFindings::taken_ids() const {
  std::set<std::string> ids;
  for (const auto& [place, all] : opened_) {
    for (const Opened& one : all) {
      if (one.taken) ids.insert(one.id);
    }
  }
  return ids;
}

void EmittedFindings::mark_taken(const std::set<std::string>& ids) {
  for (auto& [place, all] : opened_) {
    for (Opened& one : all) one.taken = ids.contains(one.id);
  }
}

StepFate EmittedFindings::take_opening(const Step& step, bool fresh) {
  Opened* const opened = fresh ? nullptr : find(step);
  if (opened != nullptr) {
    opened->taken = true;
    Recorded& recorded = recorded_[step.finding] = {opened->id, std::nullopt};
    // Else a case that people have worked on would become another one's.
    if (opened->subject != to_text(step.subject)) recorded.subject = subject_of(opened->subject);
    return StepFate::kToRecord;
  }
  if (is_erased(step.subject) && !is_cluster(step.subject)) {
    of_erased_.insert(step.finding);
    return StepFate::kOfErased;
  }
  if (!fresh) return StepFate::kUnmatched;
  recorded_[step.finding] = {step.finding, std::nullopt};
  return StepFate::kToRecord;
}

StepFate EmittedFindings::take(Step& step, bool fresh) {
  if (erased_.empty() || step.kind == StepKind::kGap) return StepFate::kToRecord;
  for (std::string& id : step.evidence_findings) {
    if (const auto known = recorded_.find(id); known != recorded_.end()) id = known->second.id;
  }
  if (step.kind == StepKind::kOpened) {
    if (const StepFate fate = take_opening(step, fresh); fate != StepFate::kToRecord) return fate;
  }
  const auto known = recorded_.find(step.finding);
  if (known == recorded_.end()) {
    return of_erased_.contains(step.finding) ? StepFate::kOfErased : StepFate::kUnmatched;
  }
  step.finding = known->second.id;
  if (known->second.subject) step.subject = *known->second.subject;
  return StepFate::kToRecord;
}

}  // namespace tidewaiter
