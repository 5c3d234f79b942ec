#include "daemon/pipeline/emitted_findings.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"

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

/// Of a subject that is not erased by its name; of one that is by what it rests on. Either may have
/// several runs that were opened at one entry.
EmittedFindings::Opened* EmittedFindings::find(const Step& step) {
  const auto place = opened_.find({step.seq, step.policy});
  if (place == opened_.end()) return nullptr;
  const std::string subject = is_erased(step.subject) ? std::string() : to_text(step.subject);
  Opened* best = nullptr;
  int best_score = -1;
  for (Opened& one : place->second) {
    if (one.taken || one.subject != subject) continue;
    const bool same_evidence = begins_with(step.evidence, one.evidence);
    const bool same_run = one.run.from == step.run.from && one.run.to == step.run.to;
    const int score = (same_evidence ? 2 : 0) + (same_run ? 1 : 0);
    if (subject.empty() && score < 2 && !(step.evidence.empty() && same_run)) continue;
    if (score > best_score) {
      best = &one;
      best_score = score;
    }
  }
  return best;
}

/// Else a case that people have worked on would become another one's.
void EmittedFindings::name_nobody(Step& step) const {
  if (is_erased(step.subject)) step.subject = {};
}

bool EmittedFindings::take(Step& step, bool fresh) {
  if (erased_.empty() || step.kind == StepKind::kGap) return true;
  for (std::string& id : step.evidence_findings) {
    if (const auto known = recorded_.find(id); known != recorded_.end()) id = known->second;
  }
  if (step.kind == StepKind::kOpened && !fresh) {
    Opened* const opened = find(step);
    if (opened == nullptr) return false;
    opened->taken = true;
    recorded_[step.finding] = opened->id;
  } else if (step.kind == StepKind::kOpened) {
    if (is_erased(step.subject)) return false;
    recorded_[step.finding] = step.finding;
  }
  const auto known = recorded_.find(step.finding);
  if (known == recorded_.end()) return false;
  step.finding = known->second;
  name_nobody(step);
  return true;
}

}  // namespace tidewaiter
