#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/verify/entry_form.h"
#include "storage/verify/ledger_file.h"
#include "storage/verify/problem_list.h"
#include "storage/verify/step_order.h"

namespace tidewaiter {

/// Disclosed values of one entry by name: "subject", "figures/model".
using Disclosed = std::map<std::string, nlohmann::json>;

/// Reads the rows of `disclosure` alongside the entries, in their order, and checks each against
/// the digests of its entry (docs/ledger-format.md §4).
class DisclosureReader {
 public:
  DisclosureReader(SQLite::Database& database, ProblemList& problems);

  /// The rows of entry `index`; `entry` is absent if it could not be read.
  [[nodiscard]] Disclosed take(std::int64_t index, const ReadEntry* entry);
  /// Reports the rows that no entry took.
  void finish();

 private:
  void step();
  void refuse(const std::string& why);
  void check_row(const ReadEntry& entry, std::set<std::string>& used, Disclosed& disclosed);

  SQLite::Statement select_;
  ProblemList& problems_;
  bool has_row_ = false;
  std::int64_t index_ = -1;  // of the current row
  std::string name_;
  std::string text_;
};

/// What the tables `step` and `finding` must hold, folded from the entries in order
/// (docs/ledger-format.md §2 and §6).
class Projection {
 public:
  explicit Projection(ProblemList& problems) : problems_(problems) {}

  /// Takes a step in, in order.
  void add(std::int64_t index, const ReadEntry& entry, const StepPlace& place,
           const Disclosed& disclosed);

  /// Compares the tables with it. SQLite's exceptions pass through.
  void compare(SQLite::Database& database) const;

 private:
  static constexpr std::size_t kFindingColumns = 20;
  using FindingRow = std::array<Cell, kFindingColumns>;
  using StepRow = std::array<Cell, 4>;

  /// The row of a finding as it is opened, but for what each of its entries states.
  void open(std::int64_t index, const ReadEntry& entry, const StepPlace& place);
  /// Puts into the row what an entry of its finding states.
  static void state(FindingRow& row, const ReadEntry& entry, const Disclosed& disclosed);

  void compare_steps(SQLite::Database& database) const;
  void compare_findings(SQLite::Database& database) const;
  void compare_position(SQLite::Database& database) const;

  ProblemList& problems_;
  std::optional<StepPlace> last_;
  std::vector<StepRow> steps_;
  std::map<std::int64_t, FindingRow> findings_;
};

}  // namespace tidewaiter
