#include "daemon/cli/member_material.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/cli/cluster_report.h"
#include "daemon/cli/record_figures.h"
#include "daemon/cli/stored_clusters.h"
#include "policies/model/finding.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

/// What stored records have of an account.
struct SeenAccount {
  std::map<UtcTime, std::int64_t> times;  ///< how many records begin then
  std::int64_t requests = 0;
};

using SeenAccounts = std::map<LinkedAccount, SeenAccount>;

void take_record(SeenAccounts& seen, const Record& record, std::int64_t sign) {
  static const FieldId account = *find_field("account");
  const Value* const name = find_value(record, account);
  const auto* const text = name != nullptr ? std::get_if<std::string>(name) : nullptr;
  if (text == nullptr) return;
  const auto found = seen.find(LinkedAccount{record.source, *text});
  if (found == seen.end()) return;
  const auto at = found->second.times.try_emplace(record.time, 0).first;
  at->second += sign;
  if (at->second == 0) found->second.times.erase(at);
  if (record.kind == RecordKind::kUsage) {
    add_within(found->second.requests, sign * record.requests);
  }
}

/// What the log has of these accounts; false where it cannot be read.
bool look_up(const RecordLog& records, SeenAccounts& seen) {
  LogOffset at;
  while (true) {
    const Result<RecordLog::Chunk> chunk = records.read(at);
    if (!chunk) return false;
    if (chunk->end == at) return true;
    for (const LogEntry& entry : chunk->entries) {
      if (entry.replaces) take_record(seen, entry.replaces->record, -1);
      if (const auto* record = std::get_if<Record>(&entry.body)) take_record(seen, *record, 1);
    }
    at = chunk->end;
  }
}

/// By what each account is linked to others of the cluster.
std::map<LinkedAccount, std::set<std::string>> evidence_of(const ClusterEvidence& cluster) {
  std::map<LinkedAccount, std::set<std::string>> all;
  for (const SharedValue& shared : cluster.values) {
    if (shared.standing != EvidenceStanding::kWeighs) continue;
    for (const LinkedAccount& account : shared.value.accounts) {
      const bool is_cut =
          std::ranges::find(shared.cut, account, &CutHolding::account) != shared.cut.end();
      if (!is_cut) all[account].insert(std::string(field(shared.value.field).name));
    }
  }
  for (const PairInStep& pair : cluster.in_step) {
    for (const LinkedAccount& account : {pair.first, pair.second}) {
      all[account].insert("acts in step");
    }
  }
  for (const JoinedPair& pair : cluster.joined) {
    for (const LinkedAccount& account : {pair.first, pair.second}) all[account].insert("ruling");
  }
  return all;
}

/// Ids of findings that were not withdrawn, by the text of whom they are about.
std::map<std::string, std::vector<std::string>> findings_by_subject(const CaseBook& book) {
  std::map<std::string, std::vector<std::string>> all;
  for (const Case& c : book.cases()) {
    if (c.state == CaseState::kMerged) continue;
    for (const FindingState& finding : c.findings) {
      if (finding.state != StepKind::kWithdrawn) all[finding.subject].push_back(finding.id);
    }
  }
  return all;
}

ReportedMembers members_of(const ClusterEvidence& cluster, const SeenAccounts& seen,
                           const CaseBook& book) {
  const auto evidence = evidence_of(cluster);
  const auto findings = findings_by_subject(book);
  ReportedMembers members;
  members.accounts = std::ssize(cluster.accounts);
  members.named = true;
  for (const LinkedAccount& account : cluster.accounts) {
    const SeenAccount& of = seen.at(account);
    ClusterMember one;
    one.name = account.source + "/" + account.name;
    one.subject = to_text(Subject{{*find_field("account")}, {account.name}, account.source});
    if (!of.times.empty()) {
      one.first = of.times.begin()->first;
      one.last = of.times.rbegin()->first;
    }
    one.requests = of.requests;
    if (const auto linked = evidence.find(account); linked != evidence.end()) {
      one.evidence.assign(linked->second.begin(), linked->second.end());
    }
    if (const auto found = findings.find(one.subject); found != findings.end()) {
      one.findings = std::ssize(found->second);
      one.finding_ids = found->second;
    }
    members.members.push_back(std::move(one));
  }
  return members;
}

}  // namespace

std::optional<ClusterOfCase> cluster_of_case(Invocation& run, const Stores& stores,
                                             const CaseBook& book, const Case& c) {
  if (stores.records == nullptr || !is_cluster(c.subject)) return std::nullopt;
  const Result<std::unique_ptr<StoredClusters>> stored = stored_clusters(run, stores);
  if (!stored) return std::nullopt;
  const Result<LinkedAccount> account = account_meant((*stored)->history.named, c.subject);
  if (!account) return std::nullopt;
  ShownCluster shown;
  shown.evidence = (*stored)->history.linker.evidence_around(*account);
  if (shown.evidence.accounts.size() < 2) return std::nullopt;
  SeenAccounts seen;
  for (const LinkedAccount& one : shown.evidence.accounts) seen.try_emplace(one);
  if (!look_up(*stores.records, seen)) return std::nullopt;
  return ClusterOfCase{cluster_graph(shown), members_of(shown.evidence, seen, book)};
}

}  // namespace tidewaiter
