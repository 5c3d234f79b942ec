#include "daemon/cli/cluster_changes.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "daemon/cli/linkage_in_force.h"
#include "daemon/report/draw_report.h"
#include "policies/linkage/linker.h"
#include "policies/model/json_member.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

/// How many accounts came from where to where.
using Flow = std::map<std::pair<LinkedAccount, LinkedAccount>, std::int64_t>;

/// Those who moved, and of each cluster that one moved from or to those who stayed.
Flow flow_of(std::span<const ClusterMove> moves,
             const std::map<LinkedAccount, std::int64_t>& sizes) {
  Flow flow;
  std::set<LinkedAccount> moved;
  std::set<LinkedAccount> names;
  std::map<LinkedAccount, std::int64_t> left;
  for (const ClusterMove& move : moves) {
    ++flow[{move.from, move.to}];
    ++left[move.from];
    moved.insert(move.account);
    names.insert(move.from);
    names.insert(move.to);
  }
  for (const LinkedAccount& name : names) {
    const auto known = sizes.find(name);
    // An account that moves and named no cluster is one of those that moved.
    const bool named = known != sizes.end() || !moved.contains(name);
    const std::int64_t before = known != sizes.end() ? known->second : std::int64_t{named};
    const std::int64_t stayed = before - (named ? left[name] : 0);
    if (stayed > 0) flow[{name, name}] += stayed;
  }
  return flow;
}

/// Accounts by the first or second of the two names.
std::map<LinkedAccount, std::int64_t> sums_by(const Flow& flow, bool by_first) {
  std::map<LinkedAccount, std::int64_t> sums;
  for (const auto& [way, accounts] : flow) sums[by_first ? way.first : way.second] += accounts;
  return sums;
}

/// An approval of a ruling may be that it is none.
bool rejects(const nlohmann::json& entry) {
  const auto act = entry.find("act");
  return act != entry.end() && act->is_object() && act->value("approves", true) == false;
}

Result<std::map<std::string, std::vector<std::int64_t>>> rulings_of(const Ledger& ledger,
                                                                    std::int64_t entries,
                                                                    const Interval& period) {
  static const std::set<std::string> rulings = {"cluster.approved", "cluster.cut", "cluster.joined",
                                                "cluster.lifted"};
  std::map<std::string, std::vector<std::int64_t>> all;
  for (std::int64_t index = 0; index < entries; ++index) {
    const Result<std::string> body = ledger.entry(index);
    if (!body) return tl::unexpected(body.error());
    if (body->find(R"("typ":"cluster.)") == std::string::npos) continue;
    const auto entry = nlohmann::json::parse(*body, nullptr, false);
    const std::string type = text_member(entry, "typ").value_or("");
    const Result<UtcTime> recorded = parse_time(text_member(entry, "ts").value_or(""));
    if (!rulings.contains(type) || !recorded) continue;
    if (*recorded < period.from || !(*recorded < period.to)) continue;
    all[rejects(entry) ? "cluster.rejected" : type].push_back(index);
  }
  return all;
}

/// By the stored records; nothing where they cannot tell.
void add_changes(Invocation& run, const Stores& stores, const Interval& period,
                 ReportedClusters& clusters) {
  if (stores.records == nullptr) return;
  const Result<ChosenLinkage> chosen = linkage_in_force(run, stores);
  const auto dropped = stores.records->dropped_before();
  if (!chosen || !dropped) return;
  Linker linker(chosen->linkage, dropped->value_or(Linker::kNothingDropped));
  ClusterHistory history;
  ClusterChanges sum;
  UtcTime time;
  LogOffset at;
  while (true) {
    const Result<RecordLog::Chunk> chunk = stores.records->read(at);
    if (!chunk) return;
    if (chunk->end == at) break;
    for (const LogEntry& entry : chunk->entries) {
      if (const auto* record = std::get_if<Record>(&entry.body)) time = record->time;
      const ClusterChanges changes = history.take(linker.take(entry));
      if (time < period.from || !(time < period.to)) continue;
      sum.formed += changes.formed;
      sum.merged += changes.merged;
      sum.split += changes.split;
      sum.dissolved += changes.dissolved;
    }
    at = chunk->end;
  }
  clusters.changes = sum;
  clusters.sizes = history.sizes();
}

}  // namespace

ClusterChanges ClusterHistory::take(std::span<const ClusterMove> moves) {
  ClusterChanges changes;
  if (moves.empty()) return changes;
  const Flow flow = flow_of(moves, sizes_);
  const auto before = sums_by(flow, true);
  const auto after = sums_by(flow, false);
  std::map<LinkedAccount, std::int64_t> parents;   // clusters that came to it
  std::map<LinkedAccount, std::int64_t> children;  // clusters that came of it
  for (const auto& [way, accounts] : flow) {
    if (before.at(way.first) > 1) ++parents[way.second];
    if (after.at(way.second) > 1) ++children[way.first];
  }
  for (const auto& [name, accounts] : after) {
    if (accounts < 2) continue;
    if (parents[name] == 0) ++changes.formed;
    if (parents[name] > 1) ++changes.merged;
  }
  for (const auto& [name, accounts] : before) {
    sizes_.erase(name);
    if (accounts < 2) continue;
    if (children[name] == 0) ++changes.dissolved;
    if (children[name] > 1) ++changes.split;
  }
  for (const auto& [name, accounts] : after) {
    if (accounts > 1) sizes_[name] = accounts;
  }
  return changes;
}

std::vector<std::int64_t> ClusterHistory::sizes() const {
  std::vector<std::int64_t> all;
  all.reserve(sizes_.size());
  for (const auto& [name, accounts] : sizes_) all.push_back(accounts);
  std::ranges::sort(all, std::ranges::greater{});
  return all;
}

Result<ReportedClusters> clusters_of_period(Invocation& run, const Stores& stores,
                                            const CaseBook& book, std::int64_t entries,
                                            const Interval& period) {
  ReportedClusters clusters;
  for (const Case* const c : cases_drawn(book, nullptr, period)) {
    if (!is_cluster(c->subject)) continue;
    ++clusters.cases;
    ++clusters.case_states[std::string(case_state_name(c->state))];
  }
  auto rulings = rulings_of(*stores.ledger, entries, period);
  if (!rulings) return tl::unexpected(rulings.error());
  clusters.rulings = std::move(*rulings);
  add_changes(run, stores, period, clusters);
  return clusters;
}

}  // namespace tidewaiter
