#include "storage/verify/verify.h"

#include <future>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <sys/stat.h>

#include "storage/files/durable_file.h"
#include "storage/ledger/merkle.h"
#include "storage/verify/entry_walk.h"
#include "storage/verify/head_check.h"
#include "storage/verify/key_choice.h"
#include "storage/verify/ledger_file.h"
#include "storage/verify/projection.h"
#include "storage/verify/timestamp_check.h"
#include "storage/verify/witness_check.h"

namespace tidewaiter {

namespace {

Result<std::vector<StoredTimestamp>> read_tokens(const VerifyInput& input) {
  const bool beside = input.timestamps.empty();
  return TimestampFolder(beside ? input.database.parent_path() / "timestamps" : input.timestamps)
      .tokens();
}

/// One verification, from the opened file to the report.
class Verification {
 public:
  explicit Verification(const VerifyInput& input)
      : input_(input),
        timestamps_(input.tokens ? *input.tokens : read_tokens(input), input.authorities) {}

  /// How the integrity of the file is judged: here, or by whoever calls, beside the rest.
  enum class Integrity : std::uint8_t { kHere, kBeside };
  void run(const OpenedFile& opened, Integrity integrity);
  void refuse(VerifyFailure failure, const std::string& why) { problems_.add(failure, why); }
  [[nodiscard]] VerifyReport take();

 private:
  void read_heads(SQLite::Database& database);
  void read_entries(SQLite::Database& database);
  void read_entry(std::int64_t index, std::string_view body, std::string_view nodes,
                  DisclosureReader& disclosures);
  void check_nodes(std::int64_t index, std::string_view body, std::string_view nodes);
  void take_root();
  void check_identity(SQLite::Database& database);
  void check_single_rows(SQLite::Database& database);
  void read_witnessed();
  void check_heads();
  void check_witnessed();
  void tell_unsigned(std::int64_t entries);
  void tell_uncovered(const OpenedFile& opened);

  const VerifyInput& input_;
  TimestampCheck timestamps_;
  ProblemList problems_;
  VerifyReport report_;
  Projection projection_{problems_};
  EntryWalk walk_{problems_};
  CompactRange range_;
  DerivedTree tree_;
  std::vector<StoredHead> heads_;
  std::optional<LockContent> lock_;
  std::set<std::int64_t> head_sizes_;
  std::optional<std::string> witnessed_;  // a note
};

void Verification::run(const OpenedFile& opened, Integrity integrity) {
  SQLite::Database& database = *opened.database;
  const bool holds =
      check_tables(database, LedgerFileKind::kLedger, VerifyFailure::kSchema, problems_);
  if (integrity == Integrity::kHere) {
    check_integrity(database, VerifyFailure::kUnreadable, problems_);
  }
  if (!holds) return;
  const SQLite::Transaction snapshot(database);
  read_heads(database);
  read_witnessed();
  read_entries(database);
  check_identity(database);
  check_single_rows(database);
  tree_.key = choose_key(key_by_policy(input_.policy, input_.verifier_key, walk_.creation()),
                         walk_.creation(), problems_, report_.notes);
  check_heads();
  timestamps_.check(tree_, problems_, report_);
  projection_.compare(database);
  tell_uncovered(opened);
}

/// What lies in the file, and of which no entry speaks.
void Verification::tell_uncovered(const OpenedFile& opened) {
  report_.notes.emplace_back(
      "the coverage figures of `tidewaiter status`, messages to be sent and times of signing are "
      "in "
      "no entry: they were not checked");
  if (!opened.immutable()) return;
  if (const std::int64_t behind = bytes_behind(*opened.database, input_.database); behind > 0) {
    report_.notes.push_back(std::to_string(behind) +
                            " bytes lie behind the last page of the database: they are no part of "
                            "the ledger, and were not checked");
  }
}

VerifyReport Verification::take() {
  report_.head = {range_.size(), range_.root()};
  report_.problems = problems_.take();
  return std::move(report_);
}

/// The stored heads come first, so that the walk over the entries knows which roots to keep.
void Verification::read_heads(SQLite::Database& database) {
  heads_ = read_checkpoints(database);
  for (const StoredHead& head : heads_) head_sizes_.insert(head.size);
  head_sizes_.insert(timestamps_.sizes().begin(), timestamps_.sizes().end());
  if (!input_.lock) {
    report_.notes.emplace_back(
        "no lock store was given: an older copy of the whole database would not be noticed");
    return;
  }
  lock_ = read_lock(*input_.lock, problems_);
  if (!lock_) return;
  if (const auto size = claimed_size(lock_->head.note)) head_sizes_.insert(*size);
}

void Verification::read_witnessed() {
  if (!input_.policy || !input_.policy->asks_for_witnesses()) return;
  report_.witnessed = WitnessedHead{};
  if (!input_.witnessed) {
    problems_.add(VerifyFailure::kQuorum,
                  "the policy asks for witnesses, whose cosignatures are not in the database: give "
                  "the cosigned checkpoint");
    return;
  }
  Result<std::string> note = read_whole_file(*input_.witnessed, kMaxNoteBytes);
  if (!note) {
    problems_.add(VerifyFailure::kQuorum,
                  "the cosigned checkpoint cannot be read: " + note.error().message);
    return;
  }
  witnessed_ = std::move(*note);
  if (const auto size = claimed_size(without_cosignatures(*witnessed_, std::nullopt))) {
    head_sizes_.insert(*size);
  }
}

void Verification::read_entries(SQLite::Database& database) {
  DisclosureReader disclosures(database, problems_);
  SQLite::Statement select(database, "SELECT idx, nodes, body FROM entry ORDER BY idx");
  while (select.executeStep()) {
    const std::int64_t index = select.getColumn(0).getInt64();
    if (index != range_.size()) {
      // Nothing after a gap has a place in the tree.
      problems_.add(VerifyFailure::kEntry, range_.size(),
                    "entry " + std::to_string(range_.size()) + " is missing; the next one is " +
                        std::to_string(index));
      tree_.whole = false;
      break;
    }
    read_entry(index, cell_bytes(select, 2), cell_bytes(select, 1), disclosures);
  }
  if (range_.size() == 0) {
    problems_.add(VerifyFailure::kEntry, 0, "entry 0 is missing: there are no entries");
  }
  disclosures.finish();
  tree_.size = range_.size();
}

void Verification::read_entry(std::int64_t index, std::string_view body, std::string_view nodes,
                              DisclosureReader& disclosures) {
  check_nodes(index, body, nodes);
  take_root();
  const std::optional<ReadEntry> entry = walk_.add(index, body);
  const Disclosed& disclosed = disclosures.take(index, entry ? &*entry : nullptr);
  if (walk_.place()) projection_.add(index, *entry, *walk_.place(), disclosed);
}

void Verification::check_nodes(std::int64_t index, std::string_view body, std::string_view nodes) {
  std::string expected;
  range_.append(leaf_hash(body), [&expected](NodeId, const Digest& node) {
    expected.append(reinterpret_cast<const char*>(node.bytes.data()), node.bytes.size());
  });
  if (nodes == expected) return;
  const std::string name = "entry " + std::to_string(index);
  if (nodes.substr(0, sizeof(Digest)) != std::string_view(expected).substr(0, sizeof(Digest))) {
    problems_.add(VerifyFailure::kTree, index,
                  name + " does not have the leaf hash that is stored");
  } else {
    problems_.add(VerifyFailure::kTree, index,
                  "the tree nodes that " + name + " completes are not those that are stored");
  }
}

void Verification::take_root() {
  if (head_sizes_.contains(range_.size())) tree_.roots[range_.size()] = range_.root();
}

/// The row of `ledger` repeats entry 0.
void Verification::check_identity(SQLite::Database& database) {
  SQLite::Statement select(database, "SELECT one, origin, vkey, created FROM ledger");
  const bool has_row = select.executeStep();
  if (has_row) report_.origin = select.getColumn(1).getString();
  if (!walk_.creation()) return;
  const auto& [origin, verifier_key, ts, former] = *walk_.creation();
  report_.follows = former;
  report_.origin = origin;
  tree_.origin = origin;
  const auto refuse = [this](const std::string& why) {
    problems_.add(VerifyFailure::kProjection, 0, "table `ledger` " + why);
  };
  if (!has_row) return refuse("is empty");
  if (read_cell(select, 1) != Cell(origin)) refuse("has another origin than entry 0");
  if (read_cell(select, 2) != Cell(verifier_key)) {
    refuse("has another verifier key than entry 0");
  }
  if (read_cell(select, 3) != Cell(ts.us)) refuse("has another time than entry 0");
}

/// What CHECK constraints say of tables that entries do not: SQLite's own check leaves them out.
void Verification::check_single_rows(SQLite::Database& database) {
  for (const std::string table : {"ledger", "position", "coverage"}) {
    SQLite::Statement select(database, "SELECT one FROM " + table + " WHERE one <> 1");
    if (select.executeStep()) {
      problems_.add(VerifyFailure::kProjection, 0,
                    "table `" + table + "` has a row " + select.getColumn(0).getString() +
                        " besides its only one, 1");
    }
  }
  SQLite::Statement hash(database, "SELECT 1 FROM position WHERE length(log_hash) <> 32");
  if (hash.executeStep()) {
    problems_.add(VerifyFailure::kProjection, -1,
                  "table `position`: `log_hash` is not a hash of 32 bytes");
  }
}

void Verification::check_heads() {
  const std::int64_t stored = check_checkpoints(heads_, tree_, problems_);
  const std::int64_t locked = lock_ ? check_lock(*lock_, heads_, tree_, problems_) : 0;
  report_.signed_size = tree_.key ? std::max(stored, locked) : 0;
  if (heads_.empty() && locked == 0) {
    problems_.add(VerifyFailure::kHead, 0,
                  "no checkpoint is there, which every ledger has over entry 0 from its creation "
                  "on: they were removed, and nothing shows who wrote the entries");
  }
  check_witnessed();
  if (report_.witnessed && report_.witnessed->size == 0)
    return;  // nothing is valid, and why is told
  if (report_.covered_size() < tree_.size) tell_unsigned(tree_.size - report_.covered_size());
}

/// The cosigned checkpoint is a head of the ledger like those that it stores, and is signed by the
/// log as they are.
void Verification::check_witnessed() {
  if (!witnessed_) return;
  const std::string own = without_cosignatures(*witnessed_, tree_.key);
  const Result<Checkpoint> head = read_head(own);
  if (!head) {
    problems_.add(VerifyFailure::kHead,
                  "the cosigned checkpoint cannot be read: " + head.error().message);
    return;
  }
  const std::int64_t held = check_checkpoints({{1, head->head.size, own}}, tree_, problems_);
  if (held == 0 || !tree_.key) return;
  report_.signed_size = std::max(report_.signed_size, held);
  QuorumCheck check = check_quorum(*witnessed_, *input_.policy);
  if (check.problem) problems_.add(check.problem->failure, check.problem->message);
  report_.witnessed = std::move(check.head);
}

/// A daemon signs from time to time, so that a ledger in use may end so.
void Verification::tell_unsigned(std::int64_t entries) {
  const std::string what =
      std::to_string(entries) +
      (entries == 1 ? " entry at the end is" : " entries at the end are") +
      " not covered by a valid checkpoint: whoever can write the file can have changed " +
      (entries == 1 ? "it" : "them");
  if (input_.all_signed) {
    problems_.add(VerifyFailure::kUnsigned, report_.covered_size(), what);
  } else {
    report_.notes.push_back(what);
  }
}

/// Which file a path names. Nothing where it names none.
std::optional<std::pair<dev_t, ino_t>> file_at(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return std::pair(status.st_dev, status.st_ino);
}

/// Verifies while another thread judges the integrity of the file. Nothing if that one has anything
/// to tell, the file cannot be read, or the path names another than `file`, which was opened: what
/// is told then, and in which order, is what one thread tells.
std::optional<VerifyReport> verify_in_two(const VerifyInput& input, const OpenedFile& opened,
                                          const std::optional<std::pair<dev_t, ino_t>>& file) {
  if (std::thread::hardware_concurrency() < 2) return std::nullopt;
  Verification verification(input);
  try {
    std::future<bool> sound = begin_integrity_check(input.database);
    verification.run(opened, Verification::Integrity::kBeside);
    if (!sound.get() || !file || file_at(input.database) != file) return std::nullopt;
  } catch (const SQLite::Exception&) {
    return std::nullopt;
  } catch (const std::system_error&) {  // no thread to be had
    return std::nullopt;
  }
  return verification.take();
}

VerifyReport verify_once(const VerifyInput& input, bool& immutable) {
  Verification verification(input);
  const auto file = file_at(input.database);
  const Result<OpenedFile> opened = open_for_verification(input.database);
  if (!opened) {
    verification.refuse(VerifyFailure::kUnreadable, opened.error().message);
    return verification.take();
  }
  immutable = opened->immutable();
  if (immutable) {
    if (auto report = verify_in_two(input, *opened, file)) return std::move(*report);
  }
  try {
    verification.run(*opened, Verification::Integrity::kHere);
  } catch (const SQLite::Exception& e) {
    verification.refuse(VerifyFailure::kUnreadable,
                        "the database cannot be read to its end: " + std::string(e.what()));
  }
  return verification.take();
}

}  // namespace

VerifyReport verify_ledger(const VerifyInput& input) {
  bool immutable = false;
  VerifyReport report = verify_once(input, immutable);
  // A daemon that started meanwhile has changed the file under a reader that took no lock.
  std::error_code error;
  if (!report.ok() && immutable &&
      std::filesystem::exists(input.database.string() + "-wal", error)) {
    report = verify_once(input, immutable);
  }
  return report;
}

}  // namespace tidewaiter
