#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/owner_share.h"

namespace tidewaiter {

/// A day, counted from 1970-01-01, which is day 0.
using DayNumber = std::int64_t;

/// The days on which something holds, `until` not among them; absent: not bounded.
struct HeldDays {
  std::optional<DayNumber> from = {};
  std::optional<DayNumber> until = {};

  [[nodiscard]] bool holds_on(DayNumber day) const {
    return (!from || *from <= day) && (!until || day < *until);
  }
};

/// What an interest makes of whoever has it.
enum class InterestNature : std::uint8_t {
  kShare,       ///< an owner, of the share that is stated
  kMaybeShare,  ///< somebody who may be an owner: what is stated is no share of the whole
  kUnknown,     ///< nobody says what: it may be a share of any size, beside others too
  kControl,     ///< somebody who directs or controls, and no owner by that
};

/// Whether others stand between.
enum class InterestWay : std::uint8_t { kDirect, kIndirect, kUnknown };

struct StatedInterest {
  InterestNature nature = InterestNature::kUnknown;
  InterestWay way = InterestWay::kUnknown;
  std::optional<ShareRange> share = {};  ///< nothing: not known
  HeldDays held = {};
};

/// A person or an organisation, as one statement has it. Nothing else of it is kept.
struct StatedParty {
  std::string id;  ///< what relations call it: unique within the files
  std::optional<DayNumber> date = {};
  std::vector<std::string> names = {};        ///< the first is the one of the register
  std::vector<std::string> identifiers = {};  ///< "lei:…": of organisations alone
  std::string country = {};                   ///< of the register, two letters in upper case
  std::vector<std::string> former = {};       ///< other ids that relations may call it by
  bool is_organisation = false;               ///< what may be an account
};

/// Where in the life of its record a statement stands. What is stated of one moment holds in this
/// order.
enum class RecordStage : std::uint8_t { kNew, kUpdated, kClosed };

/// That somebody has interests in somebody, as one statement has it.
struct StatedRelation {
  std::string id;              ///< of what is stated: a later statement of the same id replaces it
  std::string statement = {};  ///< the statement's own id; may be empty
  std::optional<DayNumber> date = {};
  std::int64_t instant = 0;  ///< microseconds from the beginning of `date`, if they are stated
  RecordStage stage = RecordStage::kNew;
  bool closed = false;                  ///< from `date` on it does not hold
  std::optional<DayNumber> since = {};  ///< before it, another statement held in its place
  std::string subject;
  std::string owner = {};                      ///< empty: somebody, and nobody says who
  std::vector<StatedInterest> interests = {};  ///< empty: some, and nobody says which
  std::vector<std::string> components = {};    ///< records that an indirect interest is made of
  /// Nobody has an interest in anybody who is named: it ends what the record stated before, and
  /// says nothing else. `subject` may be empty.
  bool is_nobody = false;

  bool operator==(const StatedRelation& other) const;
};

/// That a statement holds only up to a day: another has taken its place.
struct Replaced {
  std::string statement;
  std::optional<DayNumber> date = {};  ///< absent: it never holds beside the other
};

/// What one statement, or one entity, of a file says.
struct OwnerStatement {
  std::vector<StatedParty> parties = {};
  std::vector<StatedRelation> relations = {};
  std::vector<Replaced> replaced = {};
  std::string doubt = {};  ///< what of it could not be read, and is taken as not known; or empty
};

/// Reads one JSON object. Pure. Errors: kInvalidInput: it is no statement that can be read.
using ReadOwnerStatement = Result<OwnerStatement> (*)(std::string_view object);

}  // namespace tidewaiter
