#pragma once

#include <cstdint>
#include <string_view>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// What a column of a table, or a member of a JSON object, says of a listed party.
enum class ColumnMeaning : std::uint8_t {
  kNothing,
  kId,
  kKind,
  kName,
  kAlias,
  kWeakAlias,
  kCountry,
  kIdentifier,
  kProgram,
  kLicenceRequirement,
  kLicenceReview,
};

/// By its name, without regard to case and to what is neither letter nor digit: those of the
/// Consolidated Screening List, the Denied Persons List, the Official Journal's annexes as
/// OpenSanctions keeps them, and of a watch-list of one's own
/// (`id, kind, name, alias, weak_alias, country, identifier, program`).
[[nodiscard]] ColumnMeaning column_meaning(std::string_view name);

/// Puts a value into an entry: values with `;` between them, into all but the name, are several.
void add_value(ListEntry& entry, ColumnMeaning meaning, std::string_view value);

/// The same for what is one value, whatever signs are in it. A second name is an alias.
void add_one_value(ListEntry& entry, ColumnMeaning meaning, std::string_view value);

/// `individual`, `Person` and the like; nothing for words that are not known.
[[nodiscard]] std::optional<PartyKind> kind_from(std::string_view word);

/// Takes out countries, identifiers and programmes that stand in the entry before.
void keep_each_value_once(ListEntry& entry);

/// What an entry needs when all its values are in: a name, or an alias that becomes it, an id, each
/// value once, and no alias that is the name. False if there is neither name nor alias.
[[nodiscard]] bool finish_entry(ListEntry& entry, std::size_t number);

}  // namespace tidewaiter
