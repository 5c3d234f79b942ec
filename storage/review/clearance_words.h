#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/field.h"
#include "storage/ledger/act.h"

namespace tidewaiter {

// What of a clearance is confidential: whose name is not whom. The act's entry has only its hash.

/// The kind of an agreed value that names one party alone, as a rule.
inline constexpr std::string_view kAgreedIdentifiers = "identifiers";

/// A value that account and listed party both have.
struct AgreedValue {
  std::string what;   ///< "country", "identifiers"
  std::string value;  ///< "SY", in capitals
  auto operator<=>(const AgreedValue&) const = default;
};

/// A name of an account, and the listed party that it is not.
struct ClearedName {
  std::string source;
  std::string account;
  FieldId field = 0;             ///< in which the name stands
  std::string name;              ///< as the record has it
  std::string list;              ///< by its name among the policies
  Digest entry;                  ///< of all that the list says of the party but its ids
  std::string party;             ///< its name
  std::vector<std::string> ids;  ///< by which its publisher names it; may be empty
  /// What else than the name they had in common as far as whoever cleared could see; in order.
  std::vector<AgreedValue> agreed = {};
  bool operator==(const ClearedName&) const = default;
};

/// `reason` is why the name is not that party.
[[nodiscard]] Confidential clearance_words(const ClearedName& cleared, const std::string& reason);

/// The inverse. Words without `agreed` know of nothing in common. Errors: kInvalidInput for words
/// without one of the others, or with a field that there is not.
[[nodiscard]] Result<ClearedName> read_clearance(const Confidential& words);

}  // namespace tidewaiter
