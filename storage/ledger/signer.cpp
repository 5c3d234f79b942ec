#include "storage/ledger/signer.h"

#include <array>
#include <string_view>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/ledger/merkle.h"
#include "storage/ledger/schema.h"
#include "storage/ledger/tree_store.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

std::string_view blob(const SQLite::Column& column) {
  const auto size = static_cast<std::size_t>(column.getBytes());
  return {static_cast<const char*>(column.getBlob()), size};
}

tl::unexpected<Error> differs(std::int64_t index, std::string_view what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) + " of the ledger " +
                                          std::string(what) + "; nothing is signed");
}

/// Where the re-reading starts: the subtrees of the last signed tree.
Result<CompactRange> signed_range(SQLite::Database& database, const std::optional<TreeHead>& last) {
  if (!last) return CompactRange();
  auto range = CompactRange::load(last->size, node_reader(database));
  if (range && range->root() != last->root) {
    return fail(ErrorCode::kCorruption,
                "the ledger's tree no longer has the root that was signed for " +
                    std::to_string(last->size) + " entries");
  }
  return range;
}

}  // namespace

Result<Checkpoint> open_checkpoint(const std::string& note, const VerifierKey& key) {
  const auto opened = verify_note(note, std::span(&key, 1));
  if (!opened) return tl::unexpected(opened.error());
  auto checkpoint = parse_checkpoint_body(opened->text);
  if (!checkpoint) return checkpoint;
  if (checkpoint->origin != key.name) {
    return fail(ErrorCode::kRefused, "a checkpoint of the origin `" + checkpoint->origin +
                                         "` is not one of `" + key.name + "`");
  }
  checkpoint->note = note;
  return checkpoint;
}

Result<CompactRange> rederive_tree(const std::filesystem::path& path,
                                   const std::optional<TreeHead>& last) {
  auto database =
      open_sqlite_file(path, SqliteAccess::kReadOnly, kLedgerIdentity, SqliteJournal::kWal);
  if (!database) return tl::unexpected(database.error());
  try {
    const SQLite::Transaction snapshot(**database);
    auto range = signed_range(**database, last);
    if (!range) return tl::unexpected(range.error());
    SQLite::Statement select(**database,
                             "SELECT idx, nodes, body FROM entry WHERE idx >= ? ORDER BY idx");
    select.bind(1, range->size());
    while (select.executeStep()) {
      const std::int64_t index = select.getColumn(0).getInt64();
      if (index != range->size()) return differs(range->size(), "is missing");
      const std::string nodes = append_leaf(*range, leaf_hash(blob(select.getColumn(2))));
      if (nodes != blob(select.getColumn(1))) {
        return differs(index, "has other bytes on disk than were hashed");
      }
    }
    return range;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the ledger again before signing"));
  }
}

Result<Checkpoint> publish_head(Checkpoint head, const NumberedNote& last, const HeadRecord& to,
                                UtcTime now) {
  auto note = sign_note(checkpoint_body(head.origin, head.head), head.origin, to.key);
  if (!note) return tl::unexpected(note.error());
  head.note = std::move(*note);
  const NumberedCheckpoint signed_head{last.number + 1, std::move(head)};
  if (auto swapped = to.lock.swap(last, {signed_head.number, signed_head.checkpoint.note});
      !swapped) {
    return tl::unexpected(swapped.error());
  }
  try {
    to.rows.put_checkpoint(signed_head, now);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "store a signed head in the ledger"));
  }
  return signed_head.checkpoint;
}

}  // namespace tidewaiter
