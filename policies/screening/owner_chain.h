#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/owner_share.h"

namespace tidewaiter {

/// The owners that an account record names, and who owns whom: `owners.of` says of the i-th owner
/// what its share is of. docs/evaluation.md, Ownership, has the rules. A plain value; pure.
class OwnerChain {
 public:
  static constexpr std::size_t kAccount = static_cast<std::size_t>(-1);

  /// The texts of `owners` and its siblings, in their order; missing ones are empty.
  struct Texts {
    std::vector<std::string> names;
    std::vector<std::string> shares;
    std::vector<std::string> identifiers;
    std::vector<std::string> of;
  };

  /// One who owns something. Rows with one identifier, or with one name and no identifier, are of
  /// one party; a row with neither is of one of its own. A party without an identifier that has
  /// several rows may be several who share a name.
  struct Party {
    std::vector<std::string> names;  ///< those that its rows have, each once; none is empty
    std::string identifier;          ///< may be empty
  };

  /// One of the record's owners.
  struct Row {
    std::size_t owner = 0;  ///< index of a party
    /// What the share is of: a party, or else the account. Where `of` fits none or several, the
    /// account, with a share that may be anything.
    std::size_t of = kAccount;
    std::optional<ShareRange> share;  ///< nothing: not known
  };

  /// The shares of some owners together, each as they add up: more than all where what is stated
  /// contradicts itself.
  struct Held {
    Share least = 0;  ///< by what is stated
    /// Where what is not known is theirs as far as it can be, and so is what a party has of itself,
    /// by itself or through others that it owns: who owns the rest of it owns that too.
    Share most = 0;
  };

  using IsEnough = std::function<bool(Share)>;

  explicit OwnerChain(const Texts& texts);

  [[nodiscard]] std::span<const Party> parties() const { return parties_; }
  [[nodiscard]] std::span<const Row> rows() const { return rows_; }

  /// Who counts where these parties do: they themselves, and each party of which those who count
  /// have a share that is enough. By the least that they have, or by the most. The smallest such
  /// set, so that a ring of parties who own one another counts for nothing by itself. In the order
  /// of parties(). Takes time in proportion to the rows.
  [[nodiscard]] std::vector<bool> counting(std::vector<bool> from, bool by_most,
                                           const IsEnough& is_enough) const;

  /// What these parties have of `of`, of its rows alone.
  [[nodiscard]] Held held(std::size_t of, const std::vector<bool>& counting) const;

  /// Whether the shares of it that are stated come to more than all of it.
  [[nodiscard]] bool contradicts_itself(std::size_t of) const {
    return told_[slot(of)] > kWholeShare;
  }

 private:
  class Names;
  struct Sums {
    Share least = 0;
    Share most = 0;       ///< of the shares that are known
    bool untold = false;  ///< and there are others
    void add(const Row& row);
    [[nodiscard]] Held held(Share left) const;
  };

  void add_party(const std::string& name, const std::string& identifier, Row& row, Names& known);
  void add_rings();
  [[nodiscard]] bool is_of_its_ring(const Row& row) const {
    return row.of != kAccount && rings_[row.owner] == rings_[row.of];
  }
  [[nodiscard]] Share left_of(std::size_t of) const;
  [[nodiscard]] std::size_t slot(std::size_t of) const { return of == kAccount ? 0 : of + 1; }

  std::vector<Party> parties_;
  std::vector<Row> rows_;
  std::vector<Share> told_;                         ///< by slot: the least that all rows come to
  std::vector<std::vector<std::size_t>> holdings_;  ///< by party: its rows
  std::vector<std::size_t> rings_;                  ///< by party: owner_rings()
  std::vector<Sums> ring_sums_;  ///< by party: what it has of itself, within its ring
};

}  // namespace tidewaiter
