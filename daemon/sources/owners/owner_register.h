#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/owners/owner_pair.h"
#include "daemon/sources/owners/owner_statement.h"

namespace tidewaiter {

/// What the files state of one party.
struct PartyFacts {
  std::vector<std::string> names;
  std::vector<std::string> identifiers;
  std::string country;
};

/// One owner on a day.
struct OwnerOnDay {
  std::string party;       ///< id in the files; empty: somebody, and nobody says who
  std::string of;          ///< id of what it owns: the organisation asked for, or another owner
  std::string share_text;  ///< as `owners.share` has it; empty: what the others leave
};

/// Who owns and who controls an organisation on a day.
struct OwnersOnDay {
  std::vector<OwnerOnDay> owners;        ///< those of the organisation first, then theirs, …
  std::vector<std::string> controllers;  ///< ids in the files
  bool cut = false;                      ///< there are more than kMostOwners
};

/// The statements about the organisations that are accounts, and about their owners: who owned what
/// on which day. docs/sources/bods.md has the rules. Add everything, then settle(), then ask.
/// One thread at a time until settle(), any number after it.
class OwnerRegister {
 public:
  static constexpr std::size_t kMostOwners = 2000;

  /// False if another statement of the same id says something else: both are kept, and the wider
  /// share of the two holds.
  bool add(StatedParty party);
  bool add(StatedRelation relation);
  void add(const Replaced& replaced);

  /// Brings together what is told of one party under several ids, and orders statements by date.
  void settle();

  /// What an id is called by after settle().
  [[nodiscard]] std::string id_of(std::string_view party) const;
  /// Null if no statement is about it.
  [[nodiscard]] const PartyFacts* facts(std::string_view party) const;

  [[nodiscard]] OwnersOnDay owners_on(std::string_view organisation, DayNumber day) const;

  /// The days from `first` to `last` on which a statement about the organisation or its owners
  /// begins or ceases to hold, at most kMostDays of them: the last ones.
  [[nodiscard]] std::set<DayNumber> changes(std::string_view organisation, DayNumber first,
                                            DayNumber last) const;
  static constexpr std::size_t kMostDays = 1000;

 private:
  /// All statements of one record, by date; those without one first.
  using Versions = std::vector<StatedRelation>;
  using Pairs = std::map<std::string, OwnerPair>;           ///< by owner, or a key of its own
  using Graph = std::map<std::string, Pairs, std::less<>>;  ///< by what is owned

  [[nodiscard]] std::vector<const StatedRelation*> in_force(const Versions& versions,
                                                            DayNumber day) const;
  [[nodiscard]] Pairs pairs_of(const std::string& subject, DayNumber day) const;
  [[nodiscard]] static std::set<std::string> reached(const Graph& graph,
                                                     const std::string& subject);
  void settle_ids();
  [[nodiscard]] bool has_parts(const StatedRelation& relation, DayNumber day) const;
  void settle_ways(Graph& graph, DayNumber day) const;
  void emit(const std::string& subject, const Pairs& pairs, OwnersOnDay& out) const;

  std::map<std::string, std::vector<StatedParty>, std::less<>> stated_;
  std::map<std::string, PartyFacts, std::less<>> facts_;
  std::map<std::string, std::string, std::less<>> former_;   ///< by an id, the next one
  std::map<std::string, std::string, std::less<>> current_;  ///< by an id, the last one
  std::map<std::string, Versions, std::less<>> records_;
  std::map<std::string, std::set<std::string>, std::less<>> by_subject_;  ///< ids of records
  std::map<std::string, std::optional<DayNumber>, std::less<>> replaced_;
};

}  // namespace tidewaiter
