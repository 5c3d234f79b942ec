#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/screening/licence_terms.h"
#include "policies/screening/name_vocabulary.h"

namespace tidewaiter {

/// Another name of a listed party.
struct ListedName {
  std::string text;
  bool is_weak = false;  ///< the list calls it weak, low in quality, or puts it in quotes
  bool operator==(const ListedName&) const = default;
};

/// A party as a published list has it.
struct ListEntry {
  std::string id;  ///< the list's own; else the number of its row, from 1
  bool has_own_id = true;
  std::optional<PartyKind> kind;  ///< nothing where the list does not say
  std::string name;
  std::vector<ListedName> aliases;     ///< in the order of the list
  std::vector<std::string> countries;  ///< as the list writes them
  std::vector<std::string> identifiers;
  std::vector<std::string> programs;  ///< programmes, sources or measures it is listed under
  LicenceTerms licence;               ///< as the list states them
};

/// Which of the files of a list: OFAC's have four, all others one.
enum class ListFile : std::uint8_t { kPrimary, kAliases, kAddresses, kComments };

/// A row that is not in `entries`, or lacks something, and why.
struct ListFault {
  std::size_t line = 0;  ///< of the file, from 1; 0: of none
  std::string message;   ///< lower case, no final stop
  ListFile file = ListFile::kPrimary;
};

/// What a list's bytes say. Every row is an entry, belongs to one, or is a fault.
struct ParsedList {
  std::string format;  ///< "OFAC CSV", for people
  std::vector<ListEntry> entries;
  std::vector<ListFault> faults;
};

}  // namespace tidewaiter
