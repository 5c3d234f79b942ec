#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <unordered_map>
#include <vector>

#include "policies/linkage/held_values.h"

namespace tidewaiter {

/// Finds the parts into which a group of accounts has come. From each of the accounts that lost a
/// link the accounts that it is linked to are looked for, all in turn; searches that meet go on as
/// one. A search that finds no more has found a part. As soon as one search is left, it need not go
/// on: what no other has found is of its part. So it costs about the parts without the greatest.
class PartSearch {
 public:
  /// Calls the visitor for accounts of the group that an account is linked to. It may leave out
  /// what an earlier call for any account of the same part has visited.
  using Linked =
      std::function<void(AccountNumber, const std::function<void(AccountNumber)>& visit)>;

  /// REQUIRES: each part has one of the starts, and they are all different.
  PartSearch(const std::vector<AccountNumber>& starts, const Linked& linked);
  /// All parts but one. To be called once.
  [[nodiscard]] std::vector<std::vector<AccountNumber>> parts();

 private:
  struct Search {
    std::size_t goes_on_as = 0;  ///< itself, or the one that it met
    std::vector<AccountNumber> found;
    std::deque<AccountNumber> open;  ///< those found whose links are still to be followed
  };

  std::size_t one_of(std::size_t search);
  void go_on(std::size_t search);
  void reach(std::size_t search, AccountNumber account);
  void meet(std::size_t a, std::size_t b);

  const Linked& linked_;
  std::vector<Search> searches_;
  std::size_t going_ = 0;
  std::unordered_map<AccountNumber, std::size_t> found_by_;
};

}  // namespace tidewaiter
