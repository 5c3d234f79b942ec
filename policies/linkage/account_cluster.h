#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/linkage/linkage.h"
#include "policies/model/field.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// A value that several accounts hold. Of a linkage with a threshold it may be evidence for several
/// clusters: `accounts` are those of the cluster, and all that hold it are counted.
struct CommonValue {
  FieldId field = 0;
  std::string source;  ///< whose value it is, if only its source makes it unique; else empty
  std::string text;
  std::vector<LinkedAccount> accounts;  ///< at least 2, in order
  std::int64_t holders = 0;             ///< all of them; 0 in clusters without a threshold
  double weight = 0;                    ///< for any two of them; 0 without a threshold
  /// Of a link with a window: the period in which they use it. Where it stands for several, from
  /// the first to the last of those in which it weighs most; `weight` and `holders` are then of
  /// these (the most that hold it in one of them), `accounts` those of all. Two of these may use it
  /// in no period in common: what is evidence for two is told by Linker::evidence_between.
  std::optional<Interval> during = {};
  bool operator==(const CommonValue&) const = default;
};

/// What two accounts that act in step do together, in one of the stretches in which they are.
struct InStep {
  std::optional<FieldId> target;  ///< of the lockstep link
  Duration slot;
  Interval during;
  std::int64_t common = 0;  ///< acts that both do
  std::int64_t either = 0;  ///< that either does
  double weight = 0;        ///< 0 without a threshold
  bool operator==(const InStep&) const = default;
};

struct PairInStep {
  LinkedAccount first;  ///< the lesser
  LinkedAccount second;
  InStep together;
  bool operator==(const PairInStep&) const = default;
};

/// Accounts that belong together, and why: every two of them are joined by a way over `links` and
/// `in_step`. With a threshold it takes several links to join two, and some of these may join none.
struct AccountCluster {
  LinkedAccount name;                    ///< the least of them
  std::vector<LinkedAccount> accounts;   ///< at least 2, in order
  std::vector<CommonValue> links;        ///< by field name, source and text
  std::vector<PairInStep> in_step = {};  ///< by lockstep link, first and second
  bool operator==(const AccountCluster&) const = default;
};

/// Two accounts that are joined, and by what.
struct EvidenceStep {
  LinkedAccount from;
  LinkedAccount to;
  std::vector<CommonValue> values;   ///< of these two alone; how many hold each is told
  std::vector<InStep> in_step = {};  ///< by lockstep link
  std::vector<std::string> rulings;  ///< ids of those by which a person has joined the two
  bool operator==(const EvidenceStep&) const = default;
};

/// What a value that accounts of one cluster have in common is to them.
enum class EvidenceStanding : std::uint8_t {
  kWeighs,     ///< evidence for any two of them
  kTooCommon,  ///< a hub: more accounts than the link's `at_most` hold it
  kExcepted,   ///< it stands in the link's list of exceptions
};

/// An account that a person has cut off a value: that it holds it is evidence for nothing.
struct CutHolding {
  LinkedAccount account;
  std::vector<std::string> rulings;  ///< ids, in order
  bool operator==(const CutHolding&) const = default;
};

/// Two accounts that a person has joined.
struct JoinedPair {
  LinkedAccount first;  ///< the lesser
  LinkedAccount second;
  std::vector<std::string> rulings;
  bool operator==(const JoinedPair&) const = default;
};

/// A value that two accounts of a cluster or more hold, whether it links them or not. How many
/// accounts hold it in all is told in clusters without a threshold, too.
struct SharedValue {
  CommonValue value;           ///< `accounts`: those of the cluster, cut or not
  std::vector<UtcTime> since;  ///< of each of these: the time of the first record that says so
  EvidenceStanding standing = EvidenceStanding::kWeighs;
  std::int64_t at_most = 0;     ///< of its link
  std::string list;             ///< the link's list of exceptions, where the value stands in it
  std::vector<CutHolding> cut;  ///< those of the accounts that it does not link

  /// From when on two of the accounts have it: the second least of `since`.
  [[nodiscard]] UtcTime shared_since() const {
    std::vector<UtcTime> times = since;
    std::ranges::nth_element(times, times.begin() + 1);
    return times[1];
  }
  bool operator==(const SharedValue&) const = default;
};

/// One cluster, and all that its accounts have in common.
struct ClusterEvidence {
  LinkedAccount name;                    ///< the least of them
  std::vector<LinkedAccount> accounts;   ///< in order
  std::vector<SharedValue> values;       ///< by standing, field name, source and text
  std::vector<PairInStep> in_step = {};  ///< by lockstep link, first and second
  std::vector<JoinedPair> joined;        ///< by a person; in order
  bool operator==(const ClusterEvidence&) const = default;
};

}  // namespace tidewaiter
