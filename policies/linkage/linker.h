#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "policies/linkage/account_cluster.h"
#include "policies/linkage/account_groups.h"
#include "policies/linkage/held_values.h"
#include "policies/linkage/linkage.h"
#include "policies/linkage/stated_facts.h"
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
/// Costs: a fact that changes no cluster is constant on average. Two clusters that become one cost
/// the accounts of the smaller, and those that get another name; so a cluster that grows to n
/// accounts one by one costs n, as long as it keeps its name most of the time. (Each account of a
/// cluster whose name becomes a lesser one is in another cluster after that: accounts that join by
/// falling names cost n² in all, and as many moves.) Where links are lost, accounts are gone
/// through from all who were linked, in turn, until one cluster at most is left that has not been
/// gone through whole: about the accounts of the other parts, or, where nobody is parted, those up
/// to where the ways meet again. It keeps every record's facts, and the distinct values and
/// accounts: memory as StatedFacts, HeldValues and AccountGroups say (docs/linkage.md has measured
/// figures).
///
/// REQUIRES: what an entry replaces is a version of a record that an earlier entry gave, or one
/// from before `dropped_before`.
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
  /// Numbers the accounts and values of a record's facts, and calls `fact(account, value)` for
  /// each.
  template <class Fact>
  void each_fact(const Record& record, const Fact& fact);
  /// The numbers of the kinds of values that a source's records have, one a link.
  const std::vector<std::uint32_t>& kinds_of(const std::string& source);
  void state(const Record& record);
  void take_back(const Record& record);
  void drop(UtcTime before);
  void add(AccountNumber account, ValueNumber value);
  void remove(HoldingNumber holding);

  [[nodiscard]] bool links(ValueNumber value) const;
  [[nodiscard]] CommonValue common_value(ValueNumber value) const;
  /// All values that `chosen(ValueNumber)` is true of, by field name, source and text.
  template <class Chosen>
  [[nodiscard]] std::vector<ValueNumber> values_in_order(const Chosen& chosen) const;
  /// Notes that a value that links its holders is to lose one, or to link nobody.
  void note_loss(ValueNumber value);
  /// Parts groups of which some accounts have lost a link.
  void split(GroupNumber group, const std::vector<AccountNumber>& parted);
  void split_parted();
  void join_holders(ValueNumber value);
  /// Makes the groups those of the links that there are now, and tells who has moved.
  std::vector<ClusterMove> regroup();

  Linkage linkage_;
  UtcTime dropped_before_;
  HeldValues held_;
  AccountGroups groups_;  ///< its clusters
  StatedFacts facts_;
  std::string kinds_source_;  ///< of the record before
  std::vector<std::uint32_t> kinds_;

  // Of the entry in hand:
  std::vector<HoldingNumber> stated_;
  std::vector<ValueNumber> gained_;    ///< values with one more holder
  std::vector<ValueNumber> restored_;  ///< values that link again, having fewer holders
  std::vector<AccountNumber> parted_;  ///< accounts that may have lost a link
};

}  // namespace tidewaiter
