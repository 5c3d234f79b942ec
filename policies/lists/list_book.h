#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/lists/list_entry.h"
#include "policies/screening/name_index.h"

namespace tidewaiter {

/// Listed parties of several lists, looked for by name; one whose list does not say whether it is a
/// person or an organisation is found as either. Immutable once made, safe from any thread.
class ListBook {
 public:
  struct Source {
    std::string name;  ///< of the list: for people
    ParsedList list;
  };
  /// Names that cannot be compared (signs alone, too long) become faults of their lists.
  explicit ListBook(std::vector<Source> sources);
  ListBook(const ListBook&) = delete;
  ListBook& operator=(const ListBook&) = delete;

  [[nodiscard]] const std::vector<Source>& sources() const { return sources_; }
  [[nodiscard]] std::size_t entry_count() const { return entry_count_; }
  /// Names and aliases that can be found.
  [[nodiscard]] std::size_t name_count() const;

 private:
  friend class BookSearch;
  /// Whose name a place of an index is.
  struct Owner {
    std::uint32_t source = 0;
    std::uint32_t entry = 0;
    std::uint32_t name = 0;  ///< 0: the entry's name; i: its alias i − 1
  };
  struct Part {
    std::vector<Owner> owners;  ///< by place in the index
    std::unique_ptr<NameIndex> index;
  };
  [[nodiscard]] const Part& part(PartyKind kind) const {
    return kind == PartyKind::kPerson ? persons_ : organisations_;
  }

  std::vector<Source> sources_;
  std::size_t entry_count_ = 0;
  std::size_t name_count_ = 0;
  Part persons_;
  Part organisations_;
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
  void add_hits(const ComparedName& name, Score least, std::vector<BookHit>& hits);

  const ListBook& book_;
  NameSearch persons_;
  NameSearch organisations_;
  NameMatcher matcher_;
};

}  // namespace tidewaiter
