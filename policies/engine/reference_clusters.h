#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "policies/linkage/linkage.h"
#include "policies/model/log.h"

namespace tidewaiter::reference {

/// Who belongs together: the cluster of every account that a record has named. Any other account
/// is a cluster of itself. Clusters bear the name of their least account.
class Clusters {
 public:
  [[nodiscard]] LinkedAccount of(const LinkedAccount& account) const;
  /// How many accounts belong to it, one at least: that which names it.
  [[nodiscard]] std::int64_t size_of(const LinkedAccount& cluster) const;

  /// Whether a record states a value of a linked field of one of its accounts, or it has several.
  [[nodiscard]] bool could_be_linked(const LinkedAccount& cluster) const;

  /// The clusters that have not the same accounts in both.
  [[nodiscard]] static std::set<LinkedAccount> changed(const Clusters& before,
                                                       const Clusters& after);

 private:
  friend class StoredRecords;
  std::map<LinkedAccount, LinkedAccount> by_account_;
  std::set<LinkedAccount> stated_;  ///< accounts of which there is such a value
};

/// The records of a log as they stand: the last version of each, without what retention dropped.
class StoredRecords {
 public:
  void take(const LogEntry& entry);
  /// Retention has dropped what lies before `before`.
  void drop(UtcTime before);

  /// Found anew from all records (docs/evaluation.md, Clusters).
  [[nodiscard]] Clusters clusters(const Linkage& linkage) const;

 private:
  /// Accounts, each with a field and a text that a person has cut it off.
  using Cuts = std::set<std::pair<LinkedAccount, RuledValue>>;
  [[nodiscard]] Cuts cuts() const;

  UtcTime dropped_before_{std::numeric_limits<std::int64_t>::min()};
  std::map<std::pair<Digest, UtcTime>, Record> records_;  ///< by id and time
  std::map<std::string, LinkRuled> rulings_;              ///< all that have been said, by id
  std::set<std::string> lifted_;
};

}  // namespace tidewaiter::reference
