#pragma once

#include <memory>
#include <string>

#include "daemon/cli/cluster_review.h"
#include "daemon/cli/linked_history.h"
#include "daemon/cli/stores.h"

namespace tidewaiter {

/// Who is linked in the stored history, and what the ledger has about them.
struct StoredClusters {
  LinkedHistory history;
  ClusterReview review;
};

/// Reads both, beside a daemon that writes. Accounts are linked as by the policies in force, where
/// one of them is about clusters, else by the linkage of the configuration. On failure tells why on
/// standard error and sets `status`.
[[nodiscard]] std::unique_ptr<StoredClusters> stored_clusters(Invocation& run, int& status);
/// With stores that are open, whose record log is there.
[[nodiscard]] Result<std::unique_ptr<StoredClusters>> stored_clusters(Invocation& run,
                                                                      const Stores& stores);

/// The account that people mean by `gateway/a-3`, by `a-3`, or by a cluster as findings name it,
/// `cluster:gateway/a-3`. Errors: as NamedAccounts::meant().
[[nodiscard]] Result<LinkedAccount> account_meant(const NamedAccounts& named,
                                                  const std::string& word);

/// Tells an error about what the command line names: what makes no sense there (kInvalidInput) is a
/// matter of the command line, and of no configuration. Gives its exit status.
int fail_with_words(Invocation& run, const Error& error);

}  // namespace tidewaiter
