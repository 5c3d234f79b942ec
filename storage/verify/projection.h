#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/verify/entry_form.h"
#include "storage/verify/ledger_file.h"
#include "storage/verify/problem_list.h"
#include "storage/verify/step_order.h"

namespace tidewaiter {

/// A disclosed value of an entry.
struct DisclosedValue {
  std::string name;   ///< "subject", "figures/model"
  std::string bytes;  ///< of the value, canonical JSON
  std::string text;   ///< of the value, if it is a text
};
using Disclosed = std::vector<DisclosedValue>;

/// The value of that name; null if there is none.
[[nodiscard]] const DisclosedValue* find_disclosed(const Disclosed& disclosed,
                                                   std::string_view name);

/// Reads the rows of `disclosure` alongside the entries, in their order, and checks each against
/// the digests of its entry (docs/ledger-format.md §4).
class DisclosureReader {
 public:
  DisclosureReader(SQLite::Database& database, ProblemList& problems);

  /// The rows of entry `index`, until the next call; `entry` is absent if it could not be read.
  [[nodiscard]] const Disclosed& take(std::int64_t index, const ReadEntry* entry);
  /// Reports the rows that no entry took.
  void finish();

 private:
  void step();
  void refuse(const std::string& why);
  void check_row(const ReadEntry& entry);

  SQLite::Statement select_;
  ProblemList& problems_;
  bool has_row_ = false;
  std::int64_t index_ = -1;  // of the current row
  std::string name_;
  std::string text_;
  CanonicalJson triple_;           // what the current row discloses
  Disclosed disclosed_;            // by the entry that is taken
  std::vector<std::string> used_;  // digests of it
};

/// What the tables `step` and `finding` must hold, folded from the entries in order
/// (docs/ledger-format.md §2 and §6). Keeps a row for each, so that its memory grows with them.
class Projection {
 public:
  explicit Projection(ProblemList& problems) : problems_(problems) {}

  /// Takes a step in, in order.
  void add(std::int64_t index, const ReadEntry& entry, const StepPlace& place,
           const Disclosed& disclosed);

  /// Compares the tables with it. SQLite's exceptions pass through.
  void compare(SQLite::Database& database) const;

 private:
  /// A row of `step`.
  struct Step {
    std::int64_t seq = 0;
    std::int64_t ordinal = 0;
    std::int64_t index = 0;
    std::optional<std::int64_t> opener;
  };
  /// A row of `finding`. Its texts that many rows have in common are in `texts_`.
  struct Finding {
    std::int64_t index = 0;
    std::array<char, 32> id{};
    const std::string* state = nullptr;
    bool ended = false;
    const std::string* policy = nullptr;
    std::int64_t policy_version = 0;
    const std::string* policy_hash = nullptr;
    const std::string* severity = nullptr;
    std::string subject;
    std::int64_t run_from = 0;
    std::int64_t run_to = 0;
    std::int64_t windows = 0;
    std::string figures = "[]";
    bool historical = false;
    const std::string* reason = nullptr;
    std::string evidence = "[]";
    std::int64_t evidence_total = 0;
    std::int64_t opened_seq = 0;
    std::int64_t opened_ordinal = 0;
    std::int64_t recorded = 0;
  };

  /// The row of a finding as it is opened, but for what each of its entries states.
  void open(std::int64_t index, const ReadEntry& entry, const StepPlace& place);
  /// Puts into the row what an entry of its finding states.
  void state(Finding& row, const ReadEntry& entry, const Disclosed& disclosed);
  /// The one copy of a text.
  const std::string* common(std::string_view text);
  /// Calls `see` with the number of each column, in the schema's order, and what it must hold.
  template <class See>
  static void over_columns(const Finding& row, const See& see);

  [[nodiscard]] bool holds_steps(SQLite::Database& database) const;
  void tell_steps(SQLite::Database& database) const;
  void compare_findings(SQLite::Database& database) const;
  void compare_row(SQLite::Statement& stored, const Finding& expected) const;
  void compare_position(SQLite::Database& database) const;

  ProblemList& problems_;
  std::string last_log_;  // of the last step
  std::deque<Step> steps_;
  std::deque<Finding> findings_;  // in the order in which they were opened
  std::set<std::string, std::less<>> texts_;
};

}  // namespace tidewaiter
