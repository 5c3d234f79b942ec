#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/digest.h"
#include "policies/screening/screening.h"

namespace tidewaiter {

/// Somebody has said that a name of one account is not one entry of one list, and knew what else
/// the two have in common. Account, name and values are there as hashes: what a policy set was
/// compiled from stays in the log, and names nobody who was erased. Whoever has them can tell that
/// they are meant.
struct NameClearance {
  std::string id;    ///< of the clearance
  std::string list;  ///< by its name among the policies
  Digest entry;      ///< party_digest()
  Digest account;    ///< cleared_account()
  Digest name;       ///< cleared_name()
  /// cleared_agreement() of each value that agreed when it was given, in order. One more, and the
  /// clearance says nothing: somebody has to look again.
  std::vector<Digest> agreed = {};
  auto operator<=>(const NameClearance&) const = default;
};

/// Hash of an account of a source.
[[nodiscard]] Digest cleared_account(std::string_view source, std::string_view account);
/// Hash of a name in a field, in the forms in which it is compared as one of a person and as one of
/// an organisation: names that are compared alike have the same. One that cannot be compared goes
/// by its text.
[[nodiscard]] Digest cleared_name(FieldId field, std::string_view name);
/// Hash of a value that an account and an entry both have. `what` is as corroboration_name().
[[nodiscard]] Digest cleared_agreement(std::string_view what, std::string_view value);

/// What clearances take away from a screening. A plain value, shared by the checks that ask.
class ClearedNames {
 public:
  /// Of another account or another name, of another list or another entry, a clearance says
  /// nothing; nor of an account that has more in common with the entry than it had.
  ClearedNames(std::shared_ptr<const Screening> screening, std::vector<NameClearance> clearances);

  [[nodiscard]] const Screening& screening() const { return *screening_; }
  [[nodiscard]] std::span<const NameClearance> clearances() const { return clearances_; }

  /// Those of the record's account; mostly none.
  [[nodiscard]] std::span<const NameClearance> about(const Record& record) const;
  /// The one that says so; null if there is none. `about` is that of the record.
  [[nodiscard]] static const NameClearance* find(std::span<const NameClearance> about,
                                                 const Record& record, FieldId field,
                                                 std::string_view name, std::string_view list,
                                                 const ListedParty& party);

  /// Fields of a record that the rest depends on: those of the screening, and those in which it may
  /// have something in common with an entry. Each once.
  [[nodiscard]] std::span<const FieldId> fields() const { return fields_; }

  /// The screening without the hits that are cleared.
  [[nodiscard]] PartyCheck::Verdict judge_rest(const Record& record, NameLookup how) const;

  /// Equal for two if and only if they mean the same.
  [[nodiscard]] std::string canonical_text() const;

 private:
  std::shared_ptr<const Screening> screening_;  // shared with the policy that asks it, too
  std::vector<NameClearance> clearances_;       ///< by account
  std::vector<FieldId> fields_;
};

/// Whether a record is a hit, and all that it hits is cleared: what a policy counts as exempt. One
/// of which that cannot be told stays so. `cleared` is not null.
[[nodiscard]] std::shared_ptr<const PartyCheck> whether_cleared(
    std::shared_ptr<const ClearedNames> cleared);

/// What that check asks about; null of any other check.
[[nodiscard]] std::shared_ptr<const ClearedNames> asked_about(const PartyCheck& check);
/// The screening of what is not cleared: whose score findings show.
[[nodiscard]] std::shared_ptr<const PartyCheck> screening_of_rest(
    std::shared_ptr<const ClearedNames> cleared);

}  // namespace tidewaiter
