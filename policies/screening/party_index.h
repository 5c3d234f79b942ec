#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/screening/name_index.h"

namespace tidewaiter {

/// How names are looked up. Both ways give the same.
enum class NameLookup : std::uint8_t {
  kIndex,  ///< by the words that names have in common
  kScan,   ///< every name in turn: the oracle
};

/// One of a party's names.
struct PartyName {
  std::uint32_t party = 0;
  std::uint32_t name = 0;         ///< which of its names, as whoever gives it counts them
  bool is_weak = false;           ///< the list calls it weak: it says little by itself
  std::optional<PartyKind> kind;  ///< of the party; nothing where nobody says: it may be either
  std::string_view text;
};

/// A party by one of its names.
struct PartyHit {
  std::uint32_t party = 0;
  std::uint32_t name = 0;  ///< PartyName::name
  bool is_weak = false;
  PartyKind kind = PartyKind::kPerson;  ///< as which the names were compared
  Score score = 0;
  bool operator==(const PartyHit&) const = default;
};

/// The names of parties, made ready to be looked for: what the `screen` of a policy, `tidewaiter
/// screen` and `tidewaiter list search` find is found here. A party whose kind nobody says is found
/// as either. Immutable once made; safe from any thread.
///
/// A score is that of NameMatcher, its words weighed by how rare they are among all names of the
/// index (NameIndex): the same names among others may differ in it a little.
class PartyIndex {
 public:
  /// A name that is not there to be found, as neither if it may be of either kind, and why.
  struct Unusable {
    std::size_t place = 0;  ///< in `names`
    ErrorCode code;         ///< of compared_name(), as `reason`
    std::string reason;
  };

  /// `names` by their parties. The texts need not outlive it.
  explicit PartyIndex(std::span<const PartyName> names);

  /// By their places.
  [[nodiscard]] const std::vector<Unusable>& unusable() const { return unusable_; }

  /// By what `listed`, a name of the index, is like `name`: for people.
  [[nodiscard]] std::vector<std::string> parts(std::string_view name, std::string_view listed,
                                               PartyKind kind) const;

 private:
  friend class PartySearch;
  struct Named {
    std::uint32_t party = 0;
    std::uint32_t name = 0;
    bool is_weak = false;
  };
  struct Part {
    std::vector<Named> named;  ///< by place in the index
    NameIndex index;
  };
  [[nodiscard]] Part part_of(std::span<const PartyName> names, PartyKind kind);
  [[nodiscard]] const Part& part(PartyKind kind) const {
    return kind == PartyKind::kPerson ? persons_ : organisations_;
  }

  std::vector<Unusable> unusable_;
  Part persons_;
  Part organisations_;
};

/// Looks names up in an index, which outlives it: one for each thread.
class PartySearch {
 public:
  explicit PartySearch(const PartyIndex& index);

  /// Of each party the name that is most like `name`, where its score is at least `least`: of those
  /// that are not weak the first of the likest, and of the weak ones the first of the likest if it
  /// is more like it than that. By party, the weak one behind the other. Without a kind both are
  /// looked for, the name read as either. Errors: those of compared_name(), where nothing is found
  /// by the other reading.
  [[nodiscard]] Result<std::vector<PartyHit>> find(std::string_view name,
                                                   std::optional<PartyKind> kind, Score least,
                                                   NameLookup how);

 private:
  const PartyIndex& index_;
  NameSearch persons_;
  NameSearch organisations_;
};

}  // namespace tidewaiter
