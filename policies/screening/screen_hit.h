#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/field.h"
#include "policies/screening/screened_list.h"

namespace tidewaiter {

/// What of a hit counts for what it is.
enum class HitStanding : std::uint8_t {
  kCounts,
  kCannotBeTold,  ///< what decides is not in the record
  kFallsShort,
};

/// A listed party that a name of a record is like, for people. A plain value.
struct ScreenHit {
  FieldId field = 0;
  std::string name;    ///< of the record
  std::string list;    ///< by its name among the policies
  ListedParty party;   ///< with the ids by which its publisher names it
  std::string listed;  ///< the party's name, or the alias, that it is like
  bool is_alias = false;
  bool is_weak = false;
  Score score = 0;
  std::vector<std::string> parts;  ///< by what the two are alike
  std::optional<IssueStanding> issue;
  HitStanding standing = HitStanding::kCounts;
  Follows follows;   ///< what is asked of whoever deals with the party, at the record's time
  std::string text;  ///< all of it as `policy explain` says it

  /// `LIST:ENTRY`: the first id by which its publisher names it, else the party's name.
  [[nodiscard]] std::string reference() const {
    return list + ":" + (party.ids.empty() ? party.name : party.ids.front());
  }
};

}  // namespace tidewaiter
