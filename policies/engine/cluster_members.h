#pragma once

#include <cstdint>
#include <vector>

#include "policies/engine/packed_inputs.h"

namespace tidewaiter {

/// An account that an entry moved to another cluster. All by number: see SubjectTable.
struct MemberMove {
  std::uint32_t account = 0;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};

/// An account of which an entry has made known a value that could link it, or has taken the last.
struct MemberEvidence {
  std::uint32_t account = 0;
  bool is_stated = false;
};

/// What an entry does to who belongs together, and to what is known of it.
struct MemberRegrouping {
  std::vector<MemberMove> moves;
  std::vector<MemberEvidence> evidence;
};

/// Which cluster each account belongs to, and what each has given to one policy's windows: an
/// account that moves takes its inputs along. A cluster's number is that of the account that names
/// it. Memory grows with the inputs that retention has left.
class ClusterMembers {
 public:
  /// An account that nothing has moved is a cluster of itself.
  [[nodiscard]] std::uint32_t cluster_of(std::uint32_t account) const {
    return account < accounts_.size() ? accounts_[account].cluster : account;
  }
  void move(std::uint32_t account, std::uint32_t to);
  void note(const MemberEvidence& evidence) { at(evidence.account).is_stated = evidence.is_stated; }
  /// False of an account that is a cluster of itself because nothing is known that could link it.
  [[nodiscard]] bool could_be_linked(std::uint32_t cluster) const {
    return cluster < accounts_.size() &&
           (accounts_[cluster].named > 1 || accounts_[cluster].is_stated);
  }
  /// How many accounts a cluster has; 0 for an account that has left the one that it named.
  [[nodiscard]] std::int64_t size_of(std::uint32_t cluster) const {
    return cluster < accounts_.size() ? accounts_[cluster].named : 1;
  }

  /// What an account has given. Valid until the next account comes.
  [[nodiscard]] const PackedInputs& inputs_of(std::uint32_t account) { return at(account).inputs; }
  /// Replaces the input of the same number.
  void add(std::uint32_t account, const Input& input);
  void remove(std::uint32_t account, std::int64_t seq);
  /// Forgets all inputs of panes before `pane`.
  void forget_before(std::int64_t pane);

  /// The memory that it takes whether accounts have inputs or not.
  [[nodiscard]] std::size_t own_bytes() const { return accounts_.capacity() * sizeof(Account); }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(accounts_);
  }

 private:
  struct Account {
    std::uint32_t cluster = 0;
    std::int64_t named = 1;  ///< accounts of the cluster that it names
    bool is_stated = false;  ///< a value of a linked field is stated of it
    PackedInputs inputs;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(cluster, named, is_stated, inputs);
    }
  };
  [[nodiscard]] Account& at(std::uint32_t account);

  std::vector<Account> accounts_;
};

}  // namespace tidewaiter
