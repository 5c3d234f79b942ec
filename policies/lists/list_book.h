#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/lists/list_entry.h"
#include "policies/screening/consequence.h"
#include "policies/screening/party_index.h"

namespace tidewaiter {

/// Listed parties of several lists, looked for by name; one whose list does not say whether it is a
/// person or an organisation is found as either. Immutable once made, safe from any thread.
class ListBook {
 public:
  struct Source {
    std::string name;  ///< of the list: for people
    ParsedList list;
    /// What follows from being on it; null where that is not known.
    std::shared_ptr<const Consequences> consequences = {};

    /// For one of its entries, by the law of that time.
    [[nodiscard]] Follows follows(const ListEntry& entry, UtcTime at) const;
  };
  /// Names that cannot be compared (signs alone, too long) become faults of their lists.
  explicit ListBook(std::vector<Source> sources);
  ListBook(const ListBook&) = delete;
  ListBook& operator=(const ListBook&) = delete;

  [[nodiscard]] const std::vector<Source>& sources() const { return sources_; }
  [[nodiscard]] std::size_t entry_count() const { return places_.size(); }
  /// Names and aliases that can be found.
  [[nodiscard]] std::size_t name_count() const { return name_count_; }

 private:
  friend class BookSearch;
  /// Which entry a party of the index is.
  struct Place {
    std::uint32_t source = 0;
    std::uint32_t entry = 0;
  };
  void make_index();

  std::vector<Source> sources_;
  std::size_t name_count_ = 0;
  std::vector<Place> places_;  ///< by party
  std::unique_ptr<const PartyIndex> index_;
};

/// A listed party, by the one of its names that is most like the name that was looked for.
struct BookHit {
  const ListBook::Source* source = nullptr;  ///< of the book, as `entry`
  const ListEntry* entry = nullptr;
  const ListedName* alias = nullptr;  ///< nothing: the entry's own name
  PartyKind kind = PartyKind::kPerson;
  Score score = 0;

  [[nodiscard]] const std::string& listed_name() const { return alias ? alias->text : entry->name; }
  [[nodiscard]] bool is_weak() const { return alias != nullptr && alias->is_weak; }
};

/// Looks names up in a book, which outlives it: one for each thread.
class BookSearch {
 public:
  explicit BookSearch(const ListBook& book);

  /// The parties of which a name scores at least `least`, the highest first; those of one score by
  /// names that are not weak before the others, then in the order of the lists. Without a kind both
  /// are looked for, the name read as either. Errors: those of compared_name().
  [[nodiscard]] Result<std::vector<BookHit>> find(std::string_view name,
                                                  std::optional<PartyKind> kind, Score least);

  /// By what a hit is like the name.
  [[nodiscard]] std::vector<std::string> parts(std::string_view name, const BookHit& hit);

 private:
  const ListBook& book_;
  PartySearch search_;
};

}  // namespace tidewaiter
