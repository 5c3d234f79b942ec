#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/sources/owners/owner_statement.h"

namespace tidewaiter {

/// All that is stated on one day of what one party has of another.
struct OwnerPair {
  /// Whether the direct interests of others say the same already.
  enum class Chain : std::uint8_t {
    kNone,    ///< they do not: the share is as it is stated
    kTold,    ///< all that it is made of is there: it counts by that, and would count twice
    kInPart,  ///< some of it is: what it comes to beside that cannot be told
  };

  std::string owner;  ///< empty: nobody says who
  std::vector<StatedInterest> interests;
  std::vector<const StatedRelation*> statements;  ///< that these stand in; not owned
  Chain chain = Chain::kNone;

  /// Takes the interests that are held on the day. A relation that names none has one, of which
  /// nothing is known.
  void take(const StatedRelation& relation, DayNumber day);

  [[nodiscard]] bool is_empty() const { return interests.empty(); }
  /// By a share, or perhaps; else it controls without.
  [[nodiscard]] bool is_owner() const;
  [[nodiscard]] bool is_counted() const { return is_owner() && chain != Chain::kTold; }
  [[nodiscard]] bool is_direct() const;

  /// What `owners.share` says. Several shares of one party may be of several classes, or one that
  /// is stated twice: they are no less than the greatest, and no more than the sum. An interest
  /// of which nobody says what it is may be a share of any size beside them. One that is not
  /// known is what the other owners leave, if all of these are direct; else it may be anything.
  [[nodiscard]] std::string share_text(bool all_direct) const;
};

}  // namespace tidewaiter
