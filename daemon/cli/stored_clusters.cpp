#include "daemon/cli/stored_clusters.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/cli/linkage_in_force.h"
#include "daemon/cli/stated_policy.h"

namespace tidewaiter {
namespace {

/// Of a set that is in force, the linkage of a policy that judges; a set has one.
const Policy* linking_policy(const PolicySet& set) {
  const auto links = [](const Policy& policy) { return policy.linkage.has_value(); };
  const auto judges = [&](const Policy& policy) {
    return links(policy) && policy.status == PolicyStatus::kActive;
  };
  auto found = std::ranges::find_if(set.policies, judges);
  if (found == set.policies.end()) found = std::ranges::find_if(set.policies, links);
  return found == set.policies.end() ? nullptr : &*found;
}

/// A subject's text without its backslashes.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

}  // namespace

Result<ChosenLinkage> linkage_in_force(Invocation& run, const Stores& stores) {
  const Result<PolicySet> set = set_in_force(*stores.records);
  if (!set) return tl::unexpected(set.error());
  if (const Policy* policy = linking_policy(*set)) {
    return ChosenLinkage{"the policies in force", *policy->linkage};
  }
  const Result<PolicyFiles> files = policy_files(run, {});
  if (!files) return tl::unexpected(files.error());
  if (has_errors(files->loaded.diagnostics)) {
    print_diagnostics(run.err, files->loaded.diagnostics);
    return fail(ErrorCode::kInvalidInput, "the linkage has errors: nothing was linked");
  }
  if (files->loaded.documents.linkages.empty()) {
    return fail(ErrorCode::kNotFound,
                "no policy in force is about clusters, and the configuration's policies have no "
                "`linkage` document: `tidewaiter link --on FIELD:MOST` links without one");
  }
  const LinkageDocument& document = files->loaded.documents.linkages.front();
  return ChosenLinkage{
      "the configuration's policies, `" + document.header.name + "`, of which none is in force",
      document.linkage};
}

Result<std::unique_ptr<StoredClusters>> stored_clusters(Invocation& run, const Stores& stores) {
  Result<ChosenLinkage> linkage = linkage_in_force(run, stores);
  if (!linkage) return tl::unexpected(linkage.error());
  Result<LinkedHistory> history = link_history(run, {}, *std::move(linkage));
  if (!history) return tl::unexpected(history.error());
  Result<ClusterReview> review = ClusterReview::read(*stores.ledger);
  if (!review) return tl::unexpected(review.error());
  return std::make_unique<StoredClusters>(StoredClusters{*std::move(history), *std::move(review)});
}

std::unique_ptr<StoredClusters> stored_clusters(Invocation& run, int& status) {
  const std::unique_ptr<Stores> stores = open_stores_with_records(run, status);
  if (stores == nullptr) return nullptr;
  Result<std::unique_ptr<StoredClusters>> stored = stored_clusters(run, *stores);
  if (stored) return *std::move(stored);
  status = fail_with(run, stored.error());
  return nullptr;
}

int fail_with_words(Invocation& run, const Error& error) {
  if (error.code != ErrorCode::kInvalidInput) return fail_with(run, error);
  return fail_with(run, ExitStatus::kUsage, error.message);
}

Result<LinkedAccount> account_meant(const NamedAccounts& named, const std::string& word) {
  constexpr std::string_view kPrefix = "cluster:";
  const std::string name = word.starts_with(kPrefix) ? word.substr(kPrefix.size()) : word;
  Result<LinkedAccount> account = named.meant(name);
  if (account || account.error().code != ErrorCode::kNotFound) return account;
  const std::string plain = unescaped(name);
  return plain == name ? account : named.meant(plain);
}

}  // namespace tidewaiter
