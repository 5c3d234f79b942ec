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
  /// one party; a row with neither is of one of its own.
  struct Party {
    std::vector<std::string> names;  ///< those that its rows have, each once; none is empty
    std::string identifier;          ///< may be empty
  };

  /// One of the record's owners.
  struct Row {
    std::size_t owner = 0;            ///< index of a party
    std::size_t of = kAccount;        ///< what the share is of: the account, or a party
    std::optional<ShareRange> share;  ///< nothing: not known
  };

  /// The shares of some owners together.
  struct Held {
    Share least = 0;  ///< by what is stated
    Share most = 0;   ///< where what is not known is theirs as far as it can be
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

 private:
  struct Sums {
    Share least = 0;
    Share most = 0;       ///< of the shares that are known
    bool untold = false;  ///< and there are others
    void add(const Row& row);
    [[nodiscard]] Held held(Share told) const;
  };

  [[nodiscard]] std::size_t owned_at(std::string_view of) const;
  [[nodiscard]] std::size_t slot(std::size_t of) const { return of == kAccount ? 0 : of + 1; }

  std::vector<Party> parties_;
  std::vector<Row> rows_;
  std::vector<Share> told_;                         ///< by slot: the least that all rows come to
  std::vector<std::vector<std::size_t>> holdings_;  ///< by party: its rows
};

}  // namespace tidewaiter
