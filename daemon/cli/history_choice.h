#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/cli/command.h"
#include "daemon/pipeline/history.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// What the command line says of the history that policies are tried over.
struct HistoryOptions {
  std::vector<std::string> over;  ///< files or configured sources; empty: stored history
  std::string as;                 ///< the configured source whose mapping reads the files
  std::string record;             ///< kind of native records; empty: what each file says
};

/// Adds `--over`, and how its files are read.
void add_history_options(CLI::App& verb, HistoryOptions& options);
/// Adds `--as` and `--record`.
void add_reading_options(CLI::App& verb, HistoryOptions& options);

/// A history that is open for reading. Nothing that the daemon keeps is written to.
struct ChosenHistory {
  std::unique_ptr<RecordLog> records;  ///< stored history's log: `history` reads it
  std::unique_ptr<History> history;
  std::vector<HistoryInput> inputs;  ///< over files: what was read of each
  [[nodiscard]] bool stored() const { return records != nullptr; }
};

/// Opens the record log of the state folder, or reads the files: each by the configured source that
/// it belongs to (or `--as`), else as native JSON Lines of a source named `file`, whose accounts
/// are the same in all of them. Stored history, and files that a configured source reads, whatever
/// they are named by, are for those who may_see_all(). Errors: its own; kNotFound if there is no
/// stored history or no such source; kInvalidInput if the configuration has errors (which are then
/// told) or a file is neither; those of reading.
[[nodiscard]] Result<ChosenHistory> choose_history(Invocation& run, const HistoryOptions& options,
                                                   const PolicySet& policies,
                                                   const HistoryWatch& watch);

/// Tells of lines that were no records, on standard error.
void warn_of_bad_lines(Invocation& run, const ChosenHistory& chosen);

}  // namespace tidewaiter
