#include "daemon/cli/case_accounts.h"

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "daemon/cli/stored_clusters.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kAccount = "account:";

}  // namespace

Result<std::int64_t> accounts_about(Invocation& run, const Stores& stores,
                                    std::span<const Case* const> cases) {
  std::set<std::string> alone;
  std::set<std::string> clusters;
  for (const Case* const c : cases) {
    if (c->subject.starts_with(kAccount)) alone.insert(c->subject.substr(kAccount.size()));
    if (is_cluster(c->subject)) clusters.insert(c->subject);
  }
  auto accounts = static_cast<std::int64_t>(alone.size());
  if (clusters.empty()) return accounts;
  if (stores.records == nullptr) return fail(ErrorCode::kNotFound, "no record is stored");
  const Result<std::unique_ptr<StoredClusters>> stored = stored_clusters(run, stores);
  if (!stored) return tl::unexpected(stored.error());
  const LinkedHistory& history = (*stored)->history;
  std::set<LinkedAccount> counted;  // clusters, by the accounts that name them now
  for (const std::string& subject : clusters) {
    const Result<LinkedAccount> account = account_meant(history.named, subject);
    if (!account) return tl::unexpected(account.error());
    if (!counted.insert(history.linker.cluster_of(*account)).second) continue;
    accounts += history.linker.size_around(*account);
  }
  for (const std::string& name : alone) {
    const Result<LinkedAccount> account = account_meant(history.named, name);
    if (account && counted.contains(history.linker.cluster_of(*account))) --accounts;
  }
  return accounts;
}

}  // namespace tidewaiter
