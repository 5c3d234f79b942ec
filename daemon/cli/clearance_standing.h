#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/finding_hits.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/text_table.h"
#include "policies/language/policy.h"
#include "policies/screening/screening.h"
#include "storage/review/clearance_book.h"
#include "storage/review/clearance_words.h"

namespace tidewaiter {

/// A clearance with its words, which are absent where they are erased.
struct WordedClearance {
  Clearance clearance;
  std::optional<ClearedName> words;
  std::vector<std::string> reasons;   ///< one an act; empty where its words are erased or damaged
  std::vector<bool> is_damaged = {};  ///< one an act: its words cannot be read
  /// Why words of an act about it could not be read, and what to do: the first one's.
  std::optional<Error> damage = std::nullopt;
};

/// All clearances of the ledger with their words, as far as they can be read. Errors: those of the
/// ledger.
[[nodiscard]] Result<std::vector<WordedClearance>> worded_clearances(const Stores& stores);

/// What became of a clearance that nobody lifted, without anybody's doing.
enum class ClearanceEnd : std::uint8_t {
  kNone,       ///< it clears
  kPolicy,     ///< its policy has another version by now, or is not in force
  kEntry,      ///< the list says something else of the party, or does not have it any more
  kName,       ///< the account is called otherwise
  kAgreement,  ///< it has a country or an identifier of the party that it did not have
};
/// "policy", "entry", "name", "agreement".
[[nodiscard]] std::string_view clearance_end_name(ClearanceEnd end);

/// Where a clearance stands: by people, and by what it was given for.
struct ClearanceStanding {
  ClearanceEnd end = ClearanceEnd::kNone;
  std::string why;  ///< of an end: "`sanctions.listed` has version 4 now"; or why nobody can tell

  [[nodiscard]] bool holds() const { return end == ClearanceEnd::kNone && why.empty(); }
};

/// Holds clearances against the policies in force and the accounts' last records. Reads all of
/// stored history where the account has to be looked at, which `record_of` gives.
class ClearanceJudge {
 public:
  /// The last record of the account that is meant; null where there is none.
  using RecordOf = std::function<const Record*(const ClearedName&)>;

  ClearanceJudge(PolicySet in_force, RecordOf record_of);

  [[nodiscard]] ClearanceStanding judge(const WordedClearance& one);

 private:
  /// The party that was cleared as the list has it; why it is not that one, where it is not.
  [[nodiscard]] tl::expected<const ListedParty*, std::string> entry_of(const Screening& screening,
                                                                       const ClearedName& words);

  PolicySet in_force_;
  RecordOf record_of_;
  std::map<std::string, std::map<Digest, std::size_t>> entries_;  ///< by list, by what it says
};

/// Each by its place in `all`. Errors: where the set in force or stored history cannot be read.
[[nodiscard]] Result<std::vector<ClearanceStanding>> clearance_standings(
    Invocation& run, const Stores& stores, const std::vector<WordedClearance>& all);

/// What clearances of the same account and party say of a hit that the policy made: "cleared by
/// m-…", "m-… has ended: …". `version` is that of the policy.
[[nodiscard]] std::vector<std::string> clearances_about(const FindingHit& hit,
                                                        const std::string& policy,
                                                        std::int64_t version,
                                                        const std::vector<WordedClearance>& all);

/// "holds", "proposed: awaits a second person", "ended: …", "lifted".
[[nodiscard]] std::string clearance_state_text(const WordedClearance& one,
                                               const ClearanceStanding& standing);
/// "`King` of crm/7 is not `Martha King` (csl:306)"; "(erased)"; "(damaged)".
[[nodiscard]] std::string clearance_text(const WordedClearance& one);
/// What account and entry had in common as whoever cleared saw it: "although the entry's country
/// `SY` agreed".
[[nodiscard]] std::string known_agreement(const WordedClearance& one);

/// Tells of each clearance that is damaged, last, where it is not overlooked; gives the exit
/// status.
int tell_damage(Invocation& run, const std::vector<WordedClearance>& all);

[[nodiscard]] TextTable clearances_table(const std::vector<WordedClearance>& all,
                                         const std::vector<ClearanceStanding>& standings);
/// One clearance with all acts about it, and what a second person types where one is awaited.
[[nodiscard]] std::string clearance_page(const WordedClearance& one,
                                         const ClearanceStanding& standing,
                                         const Terminal& terminal);
/// Shape: docs/commands.md#clearance.
[[nodiscard]] nlohmann::ordered_json clearance_json(const WordedClearance& one,
                                                    const ClearanceStanding& standing);

}  // namespace tidewaiter
