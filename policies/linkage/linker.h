#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "policies/linkage/account_cluster.h"
#include "policies/linkage/account_groups.h"
#include "policies/linkage/co_actions.h"
#include "policies/linkage/held_values.h"
#include "policies/linkage/linkage.h"
#include "policies/linkage/stated_facts.h"
#include "policies/model/log.h"
#include "policies/model/record.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// An account of which the log has come to state a value of a linked field, or does not state any
/// now. Whom an account belongs to of which none is stated nobody can tell: it passes for alone.
struct EvidenceChange {
  LinkedAccount account;
  bool is_stated = false;
  bool operator==(const EvidenceChange&) const = default;
};

/// Says which accounts belong together, entry by entry of a log: the stage between the records and
/// their evaluation. A function of (linkage, entries so far, where the log begins): no clock, no
/// I/O. Not thread-safe: one thread at a time.
///
/// A *fact* is that a record of any kind that names an account holds a value of a linked field for
/// it. Every record in the log states its facts, however late it came; a revision takes back those
/// of the version before it; what retention drops states nothing any more. A text of no length is
/// no value. Values of fields that only their source makes unique are the same only in one source.
///
/// A value weighs something for the accounts that have it if these are at least two and at most
/// `at_most`, and it does not stand in the link's list of exceptions at the time of the record. Of
/// a link with a window, those have it and are counted who use it in one period, and it is a value
/// of its own in each (evidence_period.h). Two accounts are *joined* if what they have in common
/// weighs enough (evidence_weight.h); without a threshold any such value does. Clusters are the
/// connected components of the accounts under these joints, and the least account by (name, source)
/// names its cluster. So membership and names depend on the set of facts alone, never on the order
/// in which they came: an account that joins may rename a cluster, a value that becomes too common
/// splits it.
///
/// Costs: a fact that changes no cluster is constant on average; one of a link with a window counts
/// for two in each rung of periods. Two clusters that become one cost
/// the accounts of the smaller, and those that get another name; so a cluster that grows to n
/// accounts one by one costs n, as long as it keeps its name most of the time. (Each account of a
/// cluster whose name becomes a lesser one is in another cluster after that: accounts that join by
/// falling names cost n² in all, and as many moves.) Where links are lost, accounts are gone
/// through from all who were linked, in turn, until one cluster at most is left that has not been
/// gone through whole: about the accounts of the other parts, or, where nobody is parted, those up
/// to where the ways meet again.
///
/// With a threshold, an account that comes to have a value that is too light alone costs a look at
/// its values and, if they could weigh enough together, one at each of the other holders (`at_most`
/// at the most): for those of other clusters, both accounts' values are compared, at the cost of
/// the fewer. When the value gets lighter or heavier, the values of all its holders are looked at,
/// log2(at_most) times while it spreads. To go through a cluster costs, for each account, the
/// holders of its values.
///
/// It keeps every record's facts, and the distinct values and accounts: memory as StatedFacts,
/// HeldValues, AccountGroups and CoActions say (docs/linkage.md has measured figures). Facts and
/// acts that retention drops make room for others, and so do the periods, slots and stretches that
/// they were the last of; accounts and texts of values stay.
///
/// A usage record that is no longer than a slot of a lockstep link is an act of its account by it;
/// accounts that act in step in some stretch (co_actions.h) have that in common, too, as they have
/// a value: it joins them alone, or weighs with other evidence. An act is stated and taken back as
/// a fact is. The pairs that are in step are kept, each once; in a stretch that is not over they
/// come and go.
///
/// REQUIRES: what an entry replaces is a version of a record that an earlier entry gave, or one
/// from before `dropped_before`.
///
/// A person may rule on links (LinkRuled in policies/model/log.h). That an account has a value off
/// which it is cut joins it to nobody; it still counts among those that have the value, so that a
/// cut makes nothing weigh more. Two accounts that a person has joined are joined. Membership is so
/// a function of the facts and of the rulings that hold, in whatever order both came. A ruling
/// costs what the loss or gain of its links does.
class Linker {
 public:
  static constexpr UtcTime kNothingDropped{std::numeric_limits<std::int64_t>::min()};

  /// `dropped_before` is where the log that it is about to read begins.
  explicit Linker(Linkage linkage, UtcTime dropped_before = kNothingDropped);

  /// Takes the next entry. The accounts that belong to another cluster after it, in order; an
  /// account that was not known was alone. Throws std::length_error, as std::bad_alloc for want of
  /// memory, where there is no number for one more account, value or act (docs/linkage.md#costs):
  /// the linker is of no use then.
  std::vector<ClusterMove> take(const LogEntry& entry);

  /// What the entry that was taken last has changed of the accounts of which a value is stated, be
  /// it one that is too common to link or that stands in a list of exceptions. Each account once.
  [[nodiscard]] std::vector<EvidenceChange> evidence_changes() const;

  /// The name of the account's cluster now: its own, if nothing links it.
  [[nodiscard]] LinkedAccount cluster_of(const LinkedAccount& account) const;
  /// False of an account that is alone because no value of a linked field is stated of it, and no
  /// act.
  [[nodiscard]] bool could_be_linked(const LinkedAccount& account) const;
  /// How many accounts belong to the same cluster as this one: 1, if nothing links it.
  [[nodiscard]] std::int64_t size_around(const LinkedAccount& account) const;

  /// A shortest way of evidence from one account to another, the one that goes over lesser names of
  /// those: every step joins its two accounts. Nothing, if they belong to different clusters or are
  /// the same. Costs the cluster, as regrouping does.
  [[nodiscard]] std::vector<EvidenceStep> path(const LinkedAccount& from,
                                               const LinkedAccount& to) const;
  /// The ids of the rulings that cut an account off a value of a field; none if it is not.
  [[nodiscard]] std::vector<std::string> cuts_of(const LinkedAccount& account,
                                                 const RuledValue& value) const;
  /// All values that both accounts hold, whatever they weigh, by field name, source and text.
  [[nodiscard]] std::vector<CommonValue> in_common(const LinkedAccount& a,
                                                   const LinkedAccount& b) const;

  /// Those of them that are evidence for the two: that weigh something for both, in a period in
  /// which both use them, and that neither is cut off. What a link with a window has in common in
  /// several periods is there once, in that which counts.
  [[nodiscard]] std::vector<CommonValue> evidence_between(const LinkedAccount& a,
                                                          const LinkedAccount& b) const;

  /// What both accounts do in step, by the links of the linkage, whatever it weighs.
  [[nodiscard]] std::vector<InStep> in_step(const LinkedAccount& a, const LinkedAccount& b) const;

  /// The cluster that an account belongs to, with all that its accounts have in common, hubs and
  /// exceptions too. Of an account that is alone it has no values. Costs the values of the
  /// cluster's accounts, and a walk over all facts.
  [[nodiscard]] ClusterEvidence evidence_around(const LinkedAccount& account) const;

  /// All clusters of at least two accounts, the largest first and equals by name. Costs all values.
  [[nodiscard]] std::vector<AccountCluster> clusters() const;
  /// The values that link nobody because more accounts than `at_most` hold them, in every period
  /// in which two do, those that most hold first. Costs all values.
  [[nodiscard]] std::vector<CommonValue> too_common() const;
  /// The values that link nobody because they stand in a list of exceptions, in the same order.
  [[nodiscard]] std::vector<CommonValue> excepted() const;

  /// What is kept for each lockstep link, in the order of the linkage.
  [[nodiscard]] std::vector<CoActions::Counts> lockstep_counts() const;

  /// All that the entries so far have told one of this linkage.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(dropped_before_, held_, groups_, facts_, rulings_, ruled_, cuts_, joins_);
    for (Lockstep& one : lockstep_) archive(one.acts, one.facts);
  }

 private:
  /// Numbers the accounts and values of a record's facts, and calls `fact(account, value)` for
  /// each.
  template <class Fact>
  void each_fact(const Record& record, const Fact& fact);
  /// The acts of one lockstep link, and the records that state them.
  struct Lockstep {
    explicit Lockstep(const LockstepLink& link) : acts(link) {}

    CoActions acts;
    StatedFacts facts;
    std::vector<CoActions::ActNumber> stated = {};  ///< by the entry in hand
  };
  /// Numbers the account of a record that is an act by a lockstep link, and calls
  /// `act(Lockstep&, AccountNumber, source, target)` for each.
  template <class Act>
  void each_act(const Record& record, const Act& act);
  void state_acts(const Record& record);
  void take_back_acts(const Record& record);
  void drop_acts();
  void remove_act(Lockstep& lockstep, CoActions::ActNumber act);
  /// Whether a value or an act of the account is stated now.
  [[nodiscard]] bool is_stated(AccountNumber account) const;
  /// In shares: what it weighs to be in step by the lockstep link of this place.
  [[nodiscard]] std::int64_t step_weight(std::size_t place) const;
  /// Calls `visit(place, other)` for each account that this one is in step with, and each lockstep
  /// link by which it is.
  template <class Visitor>
  void each_in_step(AccountNumber account, const Visitor& visit) const {
    for (std::size_t place = 0; place < lockstep_.size(); ++place) {
      const CoActions::Others* const others = lockstep_[place].acts.in_step_with(account);
      if (others == nullptr) continue;
      for (const auto& [other, stretches] : *others) visit(place, other);
    }
  }
  /// Takes what the entry has changed of who is in step: who is no more may have lost a joint.
  void take_steps();
  void join_in_step();
  [[nodiscard]] InStep in_step(std::size_t place, AccountNumber a, AccountNumber b) const;
  [[nodiscard]] std::vector<InStep> steps_between(AccountNumber a, AccountNumber b) const;
  [[nodiscard]] std::vector<PairInStep> steps_within(GroupNumber group) const;
  /// The numbers of the kinds of values that a source's records have: see kinds_.
  const std::vector<std::uint32_t>& kinds_of(const std::string& source);
  void state(const Record& record);
  void take_back(const Record& record);
  void drop(UtcTime before);
  void take(const LinkRuled& ruled);
  void cut(const LinkRuled& ruled);
  void join(const LinkRuled& ruled);
  void lift(const std::string& ruling);
  /// The value of each link of the field that could be evidence for an account of the source.
  [[nodiscard]] std::vector<ValueNumber> ruled_values(const std::string& source,
                                                      const RuledValue& value);
  AccountNumber ruled_account(const RuledAccount& account);
  void add(AccountNumber account, ValueNumber value);
  void remove(HoldingNumber holding);

  /// The value that rulings are about: the same at all times, of a link with a window too. kNone,
  /// if none has been about it.
  [[nodiscard]] ValueNumber at_all_times(ValueNumber value) const;
  /// Calls `visit(ValueNumber)` for each value that the account holds and that is this one in some
  /// period.
  template <class Visitor>
  void each_held_in_time(AccountNumber account, ValueNumber value, const Visitor& visit) const {
    held_.each_value(account, [&](ValueNumber held) {
      if (at_all_times(held) == value) visit(held);
    });
  }
  /// Whether a person has cut the account off the value.
  [[nodiscard]] bool is_cut(AccountNumber account, ValueNumber value) const {
    return !cuts_.empty() && cuts_.contains({account, at_all_times(value)});
  }
  /// Calls `visit(AccountNumber)` for each account that the value is evidence for.
  template <class Visitor>
  void each_uncut_holder(ValueNumber value, const Visitor& visit) const {
    held_.each_holder(value, [&](AccountNumber account) {
      if (!is_cut(account, value)) visit(account);
    });
  }
  /// In shares: what a value weighs that so many hold, or that holds for whoever has it now.
  [[nodiscard]] std::int64_t weight(ValueNumber value, std::int64_t holders) const;
  [[nodiscard]] std::int64_t weight(ValueNumber value) const {
    return weight(value, held_.holders(value));
  }
  /// What each link's heaviest value weighs, of the values that both accounts have.
  [[nodiscard]] std::int64_t joint_weight(AccountNumber a, AccountNumber b) const;
  /// False if all that an account has and that is too light alone does not weigh enough together
  /// either: then no two or more values join it to anybody whom one alone does not.
  [[nodiscard]] bool may_be_joined(AccountNumber account) const;
  using Visit = std::function<void(AccountNumber)>;
  /// Visits every account that this one is joined to by several values and by none of them alone,
  /// and perhaps others that it is joined to.
  void each_jointly_linked(AccountNumber account, const Visit& visit) const;
  /// Visits all accounts that this one is joined to, but for the holders of values that join alone
  /// and have been followed already.
  void each_linked(AccountNumber account, std::unordered_set<ValueNumber>& followed,
                   const Visit& visit) const;
  /// How many steps it is to an account, for those that are no further from it than `to`.
  [[nodiscard]] std::unordered_map<AccountNumber, std::uint32_t> steps_from(AccountNumber account,
                                                                            AccountNumber to) const;
  /// All values that both hold, or those that weigh something.
  [[nodiscard]] std::vector<CommonValue> common_values(AccountNumber a, AccountNumber b,
                                                       bool that_count) const;
  /// Ids of the rulings that join two accounts, in order.
  [[nodiscard]] std::vector<std::string> rulings_joining(AccountNumber a, AccountNumber b) const;
  [[nodiscard]] CommonValue common_value(ValueNumber value) const;
  /// Without `since`.
  [[nodiscard]] SharedValue shared_value(ValueNumber value,
                                         const std::vector<AccountNumber>& accounts) const;
  [[nodiscard]] std::vector<JoinedPair> joined_within(GroupNumber group) const;
  [[nodiscard]] std::vector<UtcTime> times_of(ValueNumber value,
                                              const std::vector<LinkedAccount>& accounts,
                                              const FirstStatements& first) const;
  [[nodiscard]] std::vector<CommonValue> most_held(std::vector<ValueNumber> values) const;
  void add_links(const std::vector<ValueNumber>& values,
                 std::vector<AccountCluster>& clusters) const;
  /// All values that `chosen(ValueNumber)` is true of, by field name, source and text.
  template <class Chosen>
  [[nodiscard]] std::vector<ValueNumber> values_in_order(const Chosen& chosen) const;
  /// Notes that a value that weighs something for its holders is to lose one, or to weigh less.
  void note_loss(ValueNumber value);
  /// Notes that a value is to be evidence for one account less.
  void note_cut(AccountNumber account, ValueNumber value);
  /// Parts groups of which some accounts have lost a link.
  void split(GroupNumber group, const std::vector<AccountNumber>& parted);
  void split_parted();
  [[nodiscard]] std::pair<AccountNumber, AccountNumber> newest_uncut(ValueNumber value) const;
  void join_newest(ValueNumber value);
  void join_holders(ValueNumber value);
  /// Makes the groups those of the links that there are now, and tells who has moved.
  std::vector<ClusterMove> regroup();

  Linkage linkage_;
  std::int64_t needed_;  ///< in shares
  UtcTime dropped_before_;
  HeldValues held_;
  AccountGroups groups_;  ///< its clusters
  StatedFacts facts_;
  std::vector<Lockstep> lockstep_;  ///< as those of the linkage
  using Holding = std::pair<AccountNumber, ValueNumber>;
  using Pair = std::pair<AccountNumber, AccountNumber>;
  /// What a ruling that holds is about.
  struct Ruled {
    std::vector<Holding> cut;
    std::vector<Pair> joined;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(cut, joined);
    }
  };
  std::map<std::string, Ruled> rulings_;              ///< those that hold, by id
  std::set<std::string> ruled_;                       ///< all that have been said, by id
  std::map<Holding, std::vector<std::string>> cuts_;  ///< with the ids that say so, in order
  std::map<AccountNumber, std::vector<AccountNumber>> joins_;  ///< one for each ruling, both ways
  std::string kinds_source_;                                   ///< of the record before
  std::vector<std::uint32_t> kinds_;  ///< two a link: of values, and of excepted ones

  // Of the entry in hand:
  std::vector<HoldingNumber> stated_;
  std::vector<ValueNumber> gained_;    ///< values with one more holder
  std::vector<ValueNumber> restored_;  ///< values that weigh more, having fewer holders or cuts
  std::vector<Pair> joined_;           ///< that a person has joined
  /// Who has come to be in step, by the place of the link.
  std::vector<std::pair<std::size_t, Pair>> stepped_;
  std::vector<AccountNumber> parted_;  ///< accounts that may have lost a link
  /// Accounts that had no value before it, or none at some moment of it.
  std::vector<AccountNumber> bare_;
};

}  // namespace tidewaiter
