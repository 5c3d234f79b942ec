#include "storage/ledger/commit_rules.h"

#include <string>

namespace tidewaiter {
namespace {

std::string step_text(std::int64_t seq, std::int32_t ordinal) {
  return "step (" + std::to_string(seq) + ", " + std::to_string(ordinal) + ")";
}

Result<void> check_log(const LedgerCommit& commit, const Ledger::Position& position) {
  if (!commit.steps.empty() && !commit.offset) {
    return fail(ErrorCode::kInvalidInput, "steps need the offset up to which they were judged");
  }
  if (commit.log_id.empty()) {
    if (commit.steps.empty() && !commit.offset) return {};
    return fail(ErrorCode::kInvalidInput, "steps and offsets need the id of their record log");
  }
  if (!position.log_id.empty() && commit.log_id != position.log_id) {
    return fail(ErrorCode::kRefused, "the ledger follows the record log `" + position.log_id +
                                         "`, not `" + commit.log_id +
                                         "`: the records database is another one");
  }
  return {};
}

Result<void> check_offset(const LogOffset& next, const LogOffset& now) {
  if (next.seq < now.seq) {
    return fail(ErrorCode::kRefused, "the offset " + std::to_string(next.seq) +
                                         " is behind the committed offset " +
                                         std::to_string(now.seq));
  }
  if (next.seq == now.seq && now.seq != 0 && next.log_hash != now.log_hash) {
    return fail(ErrorCode::kRefused, "the record log has other contents up to " +
                                         std::to_string(now.seq) + " than when they were judged");
  }
  return {};
}

}  // namespace

Result<void> check_commit(const LedgerCommit& commit, const CommitBasis& basis) {
  if (auto log = check_log(commit, basis.position); !log) return log;
  const LogOffset& committed = basis.position.offset;
  if (commit.offset) {
    if (auto offset = check_offset(*commit.offset, committed); !offset) return offset;
  }
  auto last = basis.last_step;
  for (const Step& step : commit.steps) {
    const std::pair place(step.seq, step.ordinal);
    if (step.seq <= committed.seq) {
      return fail(ErrorCode::kRefused, step_text(step.seq, step.ordinal) +
                                           " is not after the committed offset " +
                                           std::to_string(committed.seq));
    }
    if (last && place <= *last) {
      return fail(ErrorCode::kRefused, step_text(step.seq, step.ordinal) + " does not follow " +
                                           step_text(last->first, last->second));
    }
    if (commit.offset && step.seq > commit.offset->seq) {
      return fail(ErrorCode::kRefused, step_text(step.seq, step.ordinal) +
                                           " is beyond the new offset " +
                                           std::to_string(commit.offset->seq));
    }
    last = place;
  }
  return {};
}

}  // namespace tidewaiter
