#include "daemon/cli/lead_clusters.h"

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/prose.h"
#include "daemon/cli/stored_clusters.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMembersShown = 20;
constexpr std::string_view kOfAccount = "account:";

bool is_about_cluster(const Case& c) {
  return is_cluster(c.subject) ||
         std::ranges::any_of(c.findings, is_cluster, &FindingState::subject);
}

/// A subject as findings have it, or what it ends in.
Result<LinkedAccount> account_named(const NamedAccounts& named, std::string_view word) {
  if (word.starts_with(kOfAccount)) word.remove_prefix(kOfAccount.size());
  return account_meant(named, std::string(word));
}

/// The clusters of several accounts that have cases, by their names.
std::map<LinkedAccount, NamedInCluster> clusters_with_cases(const StoredClusters& stored) {
  std::map<LinkedAccount, NamedInCluster> all;
  for (const AccountCluster& cluster : stored.history.linker.clusters()) {
    NamedInCluster one;
    for (const Case* const c : stored.review.about(cluster.accounts).cases)
      one.cases.push_back(c->id);
    if (one.cases.empty()) continue;
    one.cluster = to_text(cluster_subject(cluster.name));
    one.others = static_cast<std::int64_t>(cluster.accounts.size()) - 1;
    all.emplace(cluster.name, std::move(one));
  }
  return all;
}

Result<LeadClusters> members_named(Invocation& run, const Stores& stores, const ToldCase& told) {
  const Result<std::unique_ptr<StoredClusters>> stored = stored_clusters(run, stores);
  if (!stored) return tl::unexpected(stored.error());
  const LinkedHistory& history = (*stored)->history;
  const std::map<LinkedAccount, NamedInCluster> clusters = clusters_with_cases(**stored);
  LeadClusters found;
  for (const std::string& word : told.words) {
    const Result<LinkedAccount> account = account_named(history.named, word);
    // An address, or whoever is in no record, is in no cluster.
    if (!account && account.error().code == ErrorCode::kNotFound) continue;
    if (!account) {
      found.unclear.push_back(account.error().message);
      continue;
    }
    const auto cluster = clusters.find(history.linker.cluster_of(*account));
    if (cluster == clusters.end()) continue;
    found.members.push_back(cluster->second);
    found.members.back().word = word;
  }
  return found;
}

std::string member_text(const NamedInCluster& member) {
  std::string text =
      member.word + ", with " + counted(member.others, "other") + ", in " + member.cluster + ":";
  for (const std::string& id : member.cases) text += " " + id;
  return text;
}

}  // namespace

std::optional<LeadClusters> clusters_of_lead(Invocation& run, const Stores& stores,
                                             const ToldCase& told) {
  if (told.words.empty() || stores.records == nullptr) return std::nullopt;
  if (std::ranges::none_of(told.book->cases(), is_about_cluster)) return std::nullopt;
  Result<LeadClusters> found = members_named(run, stores, told);
  if (found) return std::move(*found);
  // The rest of the page does not rest on it.
  LeadClusters unknown;
  unknown.unknown = found.error().message;
  return unknown;
}

void print_lead_clusters(Invocation& run, const LeadClusters& clusters) {
  if (!clusters.unknown.empty()) {
    print_prose(run, "  in which clusters with cases they are cannot be told: ", clusters.unknown,
                4);
  }
  const std::size_t shown = std::min(clusters.members.size(), kMembersShown);
  for (std::size_t i = 0; i < shown; ++i) {
    print_prose(run, "  in a cluster with a case: ", member_text(clusters.members[i]), 4);
  }
  if (shown < clusters.members.size()) {
    run.out << "  and "
            << counted(static_cast<std::int64_t>(clusters.members.size() - shown), "more account")
            << " in clusters with cases: --json has all\n";
  }
  for (const std::string& why : clusters.unclear) print_prose(run, "  not clear: ", why, 4);
}

nlohmann::ordered_json lead_clusters_json(const LeadClusters& clusters) {
  nlohmann::ordered_json members = nlohmann::ordered_json::array();
  for (const NamedInCluster& member : clusters.members) {
    members.push_back({{"subject", member.word},
                       {"cluster", member.cluster},
                       {"others", member.others},
                       {"cases", member.cases}});
  }
  nlohmann::ordered_json out = {{"members", std::move(members)}, {"unclear", clusters.unclear}};
  out["unknown"] = nullptr;
  if (!clusters.unknown.empty()) out["unknown"] = clusters.unknown;
  return out;
}

}  // namespace tidewaiter
