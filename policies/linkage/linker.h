#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "policies/linkage/account_cluster.h"
#include "policies/linkage/linkage.h"
#include "policies/model/log.h"
#include "policies/model/record.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Says which accounts belong together, entry by entry of a log: the stage between the records and
/// their evaluation. A function of (linkage, entries so far, where the log begins): no clock, no
/// I/O. Not thread-safe: one thread at a time.
///
/// A *fact* is that a record of any kind that names an account holds a value of a linked field for
/// it. Every record in the log states its facts, however late it came; a revision takes back those
/// of the version before it; what retention drops states nothing any more. A text of no length is
/// no value. Values of fields that only their source makes unique are the same only in one source.
///
/// A value *links* the accounts that have it if these are at least two and at most `at_most`.
/// Clusters are the connected components of the accounts under these links, and the least account
/// by (name, source) names its cluster. So membership and names depend on the set of facts alone,
/// never on the order in which they came: an account that joins may rename a cluster, a value that
/// becomes too common splits it.
///
/// Costs (times log n): two clusters that become one cost the accounts of the smaller, and those
/// that get another name; so a cluster that grows to n accounts one by one costs n, as long as it
/// keeps its name most of the time. (Each account of a cluster whose name becomes a lesser one is
/// in another cluster after that: accounts that join by falling names cost n² in all, and as many
/// moves.) Where links are lost, accounts are gone through from all who were linked, in turn, until
/// one cluster at most is left that has not been gone through whole: about the accounts of the
/// other parts, or, where nobody is parted, those up to where the ways meet again. It keeps every
/// record's facts, and the distinct values and accounts.
class Linker {
 public:
  static constexpr UtcTime kNothingDropped{std::numeric_limits<std::int64_t>::min()};

  /// `dropped_before` is where the log that it is about to read begins.
  explicit Linker(Linkage linkage, UtcTime dropped_before = kNothingDropped);

  /// Takes the next entry. The accounts that belong to another cluster after it, in order; an
  /// account that was not known was alone.
  std::vector<ClusterMove> take(const LogEntry& entry);

  /// The name of the account's cluster now: its own, if nothing links it.
  [[nodiscard]] LinkedAccount cluster_of(const LinkedAccount& account) const;
  /// How many accounts belong to the same cluster as this one: 1, if nothing links it.
  [[nodiscard]] std::int64_t size_around(const LinkedAccount& account) const;

  /// All clusters of at least two accounts, the largest first and equals by name. Costs all values.
  [[nodiscard]] std::vector<AccountCluster> clusters() const;
  /// The values that link nobody because more accounts than `at_most` hold them, those that most
  /// hold first. Costs all values.
  [[nodiscard]] std::vector<CommonValue> too_common() const;

 private:
  using AccountNumber = std::uint32_t;
  using ValueNumber = std::uint32_t;
  using ClusterNumber = std::uint32_t;
  using Accounts = std::vector<AccountNumber>;
  struct Fact {
    AccountNumber account = 0;
    ValueNumber value = 0;
    auto operator<=>(const Fact&) const = default;
  };
  struct SharedValue {
    std::int64_t at_most = 0;
    std::map<AccountNumber, std::int64_t> holders;  ///< how many facts say so, > 0
    [[nodiscard]] bool links() const {
      return holders.size() >= 2 && holders.size() <= static_cast<std::uint64_t>(at_most);
    }
  };
  struct Account {
    LinkedAccount name;
    ClusterNumber cluster = 0;
    std::size_t place = 0;         ///< among the members of its cluster
    std::set<ValueNumber> values;  ///< that it holds now
  };
  /// INVARIANT: between entries, an account is among the members of its cluster alone.
  struct Cluster {
    Accounts members;         ///< empty: the number is free
    AccountNumber least = 0;  ///< names it
  };
  class PartSearch;

  using ValueKey = std::tuple<FieldId, std::string, std::string>;  ///< with source and text

  [[nodiscard]] CommonValue common_value(const ValueKey& key, const SharedValue& value) const;
  [[nodiscard]] std::vector<Fact> facts_of(const Record& record);
  AccountNumber number_of(LinkedAccount name);
  ValueNumber number_of(const Link& link, std::string source, std::string text);
  void state(const Record& record);
  void take_back(const Record& record);
  void drop(UtcTime before);
  void add(const Fact& fact);
  void remove(const Fact& fact);
  /// Notes that a value that links its holders is to lose one, or to link nobody.
  void note_loss(const SharedValue& value);

  [[nodiscard]] ClusterNumber free_cluster();
  void put(AccountNumber account, ClusterNumber cluster);
  void take_out(AccountNumber account);
  [[nodiscard]] AccountNumber least_of(const Accounts& members) const;
  /// Gives a cluster, whose accounts bear the name `now` now, the name `least`.
  void rename(Cluster& cluster, AccountNumber now, AccountNumber least);
  /// Parts a cluster of which some accounts have lost a link. Each part has one of them.
  void split(ClusterNumber cluster, const Accounts& parted);
  void join(ClusterNumber a, ClusterNumber b);
  /// Makes the clusters those of the links that there are now, and tells who has moved.
  std::vector<ClusterMove> regroup();

  Linkage linkage_;
  UtcTime dropped_before_;
  std::map<LinkedAccount, AccountNumber> account_numbers_;
  std::vector<Account> accounts_;
  std::vector<Cluster> clusters_;
  std::vector<ClusterNumber> free_clusters_;
  std::map<ValueKey, ValueNumber> value_numbers_;
  std::vector<SharedValue> values_;
  std::multiset<std::pair<UtcTime, Fact>> facts_;  ///< with the time of the record that states it

  // Of the entry in hand:
  std::set<ValueNumber> changed_;                 ///< values that may link whom they did not
  std::set<AccountNumber> parted_;                ///< accounts that may have lost a link
  std::map<AccountNumber, AccountNumber> named_;  ///< accounts that were renamed: by whom before
};

}  // namespace tidewaiter
