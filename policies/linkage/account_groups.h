#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "policies/linkage/held_values.h"
#include "policies/linkage/linkage.h"

namespace tidewaiter {

using GroupNumber = std::uint32_t;

/// Accounts, each in one group, and each group with the least of its accounts, which names it.
/// Notes who was renamed until somebody asks. 24 bytes an account. Names are those of the
/// HeldValues that each call is given. Not thread-safe: one thread at a time.
class AccountGroups {
 public:
  /// Makes a group for each account that has none yet.
  void extend(std::size_t accounts);

  [[nodiscard]] GroupNumber of(AccountNumber account) const { return members_[account].group; }
  [[nodiscard]] std::uint32_t size(GroupNumber group) const { return groups_[group].size; }
  /// The account that names it.
  [[nodiscard]] AccountNumber least(GroupNumber group) const { return groups_[group].least; }
  /// Calls `visit(AccountNumber)` for each account of the group.
  template <class Visit>
  void each_member(GroupNumber group, const Visit& visit) const {
    AccountNumber at = groups_[group].first;
    for (std::uint32_t i = 0; i < groups_[group].size; ++i) {
      const AccountNumber next = members_[at].next;
      visit(at);
      at = next;
    }
  }

  /// Makes one group of those of two accounts. Costs the accounts of the smaller one, and those
  /// that get another name.
  void join(AccountNumber a, AccountNumber b, const HeldValues& names);
  /// Gives each of these sets of a group's accounts a group of its own. Costs them, and the rest
  /// where it loses its name. REQUIRES: the sets have no account in common, and some are left.
  void part(GroupNumber group, const std::vector<std::vector<AccountNumber>>& parts,
            const HeldValues& names);
  /// The accounts that are in a group of another name than when this was asked last, in order.
  [[nodiscard]] std::vector<ClusterMove> take_moves(const HeldValues& names);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(members_, groups_, free_, named_);
  }

 private:
  /// INVARIANT: the members of a group form a ring.
  struct Member {
    GroupNumber group = 0;
    AccountNumber next = 0;
    AccountNumber last = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(group, next, last);
    }
  };
  struct Group {
    AccountNumber least = 0;
    AccountNumber first = 0;
    std::uint32_t size = 0;  ///< 0: the number is free

    template <class Archive>
    void serialize(Archive& archive) {
      archive(least, first, size);
    }
  };

  /// Gives a group, whose accounts bear the name `now` now, the name `least`.
  void rename(GroupNumber group, AccountNumber now, AccountNumber least);
  [[nodiscard]] GroupNumber free_group();
  void take_out(AccountNumber account);
  void put(AccountNumber account, GroupNumber group);

  std::vector<Member> members_;
  std::vector<Group> groups_;
  std::vector<GroupNumber> free_;
  std::vector<std::pair<AccountNumber, AccountNumber>> named_;  ///< who was renamed: by whom before
};

}  // namespace tidewaiter
