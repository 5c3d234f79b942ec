#include "policies/engine/explain_parties.h"

#include <algorithm>

namespace tidewaiter {
namespace {

void add_checks(const Expr& expr, std::vector<const PartyCheck*>& checks) {
  if (expr.op == ExprOp::kPartyCheck) checks.push_back(expr.check.get());
  for (const Expr& arg : expr.args) add_checks(arg, checks);
}

void add_new(const std::vector<std::string>& from, std::vector<std::string>& lines) {
  for (const std::string& line : from) {
    if (lines.size() == PartyGrounds::kMostLines) return;
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(line);
  }
}

}  // namespace

PartyBook::PartyBook(const Policy& policy) {
  add_checks(policy.condition, checks_);
  // What people have cleared is told beside what is hit.
  for (const Exemption& exemption : policy.exempt) add_checks(exemption.where, checks_);
}

void PartyBook::take(const Record& record, RecordFate fate) {
  if (checks_.empty()) return;
  Entry entry;
  entry.counts = fate == RecordFate::kSelected || fate == RecordFate::kExempt;
  const bool is_judged =
      entry.counts || fate == RecordFate::kNotSelected || fate == RecordFate::kUnknown;
  if (!is_judged) {
    records_.erase({record.time, record.id});
    return;
  }
  for (const PartyCheck* check : checks_) {
    const PartyCheck::Grounds one = check->grounds(record);
    entry.grounds.nearness = std::max(entry.grounds.nearness, one.nearness);
    add_new(one.lines, entry.grounds.lines);
  }
  records_[{record.time, record.id}] = std::move(entry);
}

PartyGrounds PartyBook::grounds() const {
  PartyGrounds all;
  const Entry* nearest = nullptr;
  for (const auto& [id, entry] : records_) {
    if (entry.counts) add_new(entry.grounds.lines, all.lines);
    all.counts = all.counts || entry.counts;
    if (nearest == nullptr || entry.grounds.nearness > nearest->grounds.nearness) nearest = &entry;
  }
  if (!all.counts && nearest != nullptr) all.lines = nearest->grounds.lines;
  return all;
}

}  // namespace tidewaiter
