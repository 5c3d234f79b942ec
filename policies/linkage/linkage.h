#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/field.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// An account of one source: only its source makes its name unique. In the order of subjects: by
/// name, then source.
struct LinkedAccount {
  std::string source;
  std::string name;
  bool operator==(const LinkedAccount&) const = default;
  auto operator<=>(const LinkedAccount& other) const {
    return std::tie(name, source) <=> std::tie(other.name, other.source);
  }
};

/// Values that are known to be shared by strangers: those of a named list, with its dates.
struct ExceptedValues {
  std::string list;
  Digest digest;  ///< of what the list means
  std::map<std::string, std::vector<Interval>, std::less<>> times;

  /// Whether the value stands in the list at that time.
  [[nodiscard]] bool holds(std::string_view text, UtcTime time) const;
};

/// A link's window has at most so many half-lives in it.
inline constexpr std::int64_t kMostHalfLives = 6;

/// One way in which accounts are linked: they have a value of `field` in common.
struct Link {
  FieldId field = 0;
  /// A value that more accounts have links none of them: a shared gateway, a test card. At least 2.
  std::int64_t at_most = 0;
  /// What a value that two accounts have weighs (evidence_weight.h); 0 if the linkage has no
  /// threshold.
  std::int64_t weight = 0;
  /// Values that link nobody, as seen at the time of each record; null: there are none. Shared by
  /// all copies of a linkage, never changed.
  std::shared_ptr<const ExceptedValues> except = {};
  /// A value is in common to those who use it in one period of this length (evidence_period.h); 0:
  /// to all who ever do.
  Duration window = {};
  /// What a value weighs halves for each such time by which a period has to be longer to hold the
  /// uses of both; 0: it does not fade. Of it `window` is a whole multiple, of 2 to kMostHalfLives.
  Duration half_life = {};

  /// Whether both mean the same.
  bool operator==(const Link& other) const;
};

/// Accounts are linked that act in step: in the same slots of time, far more often than chance has
/// it (co_actions.h).
struct LockstepLink {
  /// What is done: acts are the same if they have one value of it, and a record without one is no
  /// act; nothing: all acts are the same.
  std::optional<FieldId> target = {};
  Duration slot;              ///< acts in one are at the same time; counted from the epoch
  Duration over;              ///< acts are compared within each such time; a multiple of `slot`
  std::int64_t at_least = 0;  ///< what two do together in it to be in step, >= 2
  std::int64_t percent = 0;   ///< of all that either does, 1 to 100
  /// What more accounts do at the same time counts for nobody. At least 2.
  std::int64_t at_most = 0;
  std::int64_t weight = 0;  ///< of two that are in step; 0 if the linkage has no threshold
  bool operator==(const LockstepLink&) const = default;
};

/// How accounts are linked into clusters.
struct Linkage {
  std::vector<Link> links;
  /// What two accounts have in common has to weigh to join them; 0: one value does, of any link.
  std::int64_t threshold = 0;
  std::vector<LockstepLink> lockstep = {};
  bool operator==(const Linkage&) const = default;
};

/// An account that belongs to another cluster than before. Clusters bear the name of one of their
/// accounts: see Linker.
struct ClusterMove {
  LinkedAccount account;
  LinkedAccount from;
  LinkedAccount to;
  auto operator<=>(const ClusterMove&) const = default;
};

}  // namespace tidewaiter
