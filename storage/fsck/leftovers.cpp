#include "storage/fsck/leftovers.h"

#include <algorithm>
#include <set>
#include <string>
#include <system_error>

#include "storage/files/durable_file.h"
#include "storage/verify/plain_text.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

std::string named(const fs::path& path) { return "`" + plain_text(path.string()) + "`"; }

void check_marker(const StateFiles& files, StateReport& report) {
  const Result<bool> marked = is_there(files.creating);
  if (marked && !*marked) return;
  if (!marked) {
    report.problems.push_back({StatePart::kFolder, plain_text(marked.error().message),
                               "give this user the right to look into the folder"});
  } else if (report.ledger.head.size > 1) {
    report.problems.push_back({StatePart::kFolder,
                               named(files.creating) +
                                   " marks an unfinished ledger, and this one has entries: the "
                                   "daemon will not start",
                               "if the ledger holds, remove that file"});
  } else {
    report.notes.push_back(named(files.creating) +
                           ": the making of this ledger was cut off; the next start ends it");
  }
}

/// The file that place_file() and replace_file() write before they move it.
void check_half_written(const fs::path& file, StateReport& report) {
  if (file.extension() != ".new") return;
  report.notes.push_back(named(file) +
                         ": an end of the process left it half-written; it may be removed");
}

void look_into(const fs::path& folder, StateReport& report) {
  std::error_code failure;
  std::set<fs::path> files;  // in an order that is the same every time
  for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (at->is_regular_file(failure)) files.insert(at->path());
  }
  for (const fs::path& file : files) check_half_written(file, report);
  if (!failure) return;
  report.notes.push_back("cannot look into " + named(folder) + " to its end: " + failure.message());
}

void check_journal(const fs::path& database, StateReport& report) {
  const fs::path journal = database.string() + "-journal";
  std::error_code failure;
  if (const auto size = fs::file_size(journal, failure); failure || size == 0) return;
  report.notes.push_back(named(journal) +
                         ": a write was cut off; the next start rolls it back by itself");
}

}  // namespace

void check_leftovers(const StateFiles& files, StateReport& report) {
  check_marker(files, report);
  check_journal(files.ledger.lock, report);
  check_journal(files.ledger.vault, report);
  look_into(files.folder, report);
}

}  // namespace tidewaiter
