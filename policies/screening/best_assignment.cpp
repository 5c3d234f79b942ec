#include "policies/screening/best_assignment.h"

#include <algorithm>
#include <limits>

namespace tidewaiter {
namespace {

Worths turned(const Worths& worths) {
  Worths out(worths.front().size(), std::vector<std::int64_t>(worths.size()));
  for (std::size_t i = 0; i < worths.size(); ++i) {
    for (std::size_t j = 0; j < worths[i].size(); ++j) out[j][i] = worths[i][j];
  }
  return out;
}

/// Pairs rows one after the other, each along the cheapest path that frees a column. Costs are
/// worths below zero. Rows and columns count from 1, so that 0 can stand for none.
class Assignment {
 public:
  explicit Assignment(const Worths& worths)
      : worths_(worths),
        columns_(worths.front().size()),
        row_potential_(worths.size() + 1),
        column_potential_(columns_ + 1),
        row_of_(columns_ + 1),
        before_(columns_ + 1) {}

  std::int64_t run() {
    for (std::size_t row = 1; row <= worths_.size(); ++row) add(row);
    std::int64_t sum = 0;
    for (std::size_t j = 1; j <= columns_; ++j) {
      if (row_of_[j] != 0) sum += worths_[row_of_[j] - 1][j - 1];
    }
    return sum;
  }

 private:
  [[nodiscard]] std::int64_t reduced_cost(std::size_t row, std::size_t column) const {
    return -worths_[row - 1][column - 1] - row_potential_[row] - column_potential_[column];
  }

  void add(std::size_t row) {
    row_of_[0] = row;
    std::size_t column = 0;
    least_.assign(columns_ + 1, std::numeric_limits<std::int64_t>::max());
    reached_.assign(columns_ + 1, false);
    do {
      column = advance(column);
    } while (row_of_[column] != 0);
    while (column != 0) {  // each row of the path takes the column that it was reached by
      row_of_[column] = row_of_[before_[column]];
      column = before_[column];
    }
  }

  /// Goes on from a reached column to the one that is cheapest to reach next.
  std::size_t advance(std::size_t from) {
    reached_[from] = true;
    std::size_t next = 0;
    std::int64_t step = std::numeric_limits<std::int64_t>::max();
    for (std::size_t j = 1; j <= columns_; ++j) {
      if (reached_[j]) continue;
      const std::int64_t cost = reduced_cost(row_of_[from], j);
      if (cost < least_[j]) {
        least_[j] = cost;
        before_[j] = from;
      }
      if (least_[j] < step) {
        step = least_[j];
        next = j;
      }
    }
    for (std::size_t j = 0; j <= columns_; ++j) {
      if (reached_[j]) {
        row_potential_[row_of_[j]] += step;
        column_potential_[j] -= step;
      } else {
        least_[j] -= step;
      }
    }
    return next;
  }

  const Worths& worths_;
  std::size_t columns_;
  std::vector<std::int64_t> row_potential_;
  std::vector<std::int64_t> column_potential_;
  std::vector<std::size_t> row_of_;  ///< by column; 0: free
  std::vector<std::size_t> before_;  ///< by column: the one before it on the path
  std::vector<std::int64_t> least_;
  std::vector<bool> reached_;
};

}  // namespace

std::int64_t best_assignment(const Worths& worths) {
  if (worths.empty() || worths.front().empty()) return 0;
  // There is a column for every row.
  return worths.size() > worths.front().size() ? Assignment(turned(worths)).run()
                                               : Assignment(worths).run();
}

}  // namespace tidewaiter
