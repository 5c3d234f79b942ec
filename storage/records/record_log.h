#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/log.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// A piece of input that is not a record, kept for a person to look at.
struct QuarantinedInput {
  std::string origin;        ///< "path:line" or a URL without secrets
  std::int64_t offset = -1;  ///< byte offset in the (decompressed) input, or -1
  std::string reason;        ///< the error's message
  Digest content;            ///< SHA-256 of the bytes; the bytes themselves are not kept
  std::int64_t length = 0;
};

/// A window that a source has read anew from its beginning to its end, with no row that could not
/// be read. What the source had of this time before, and is not among the rows, it has no longer.
struct Reread {
  Interval window;                               ///< half open; of the records' `time`
  std::vector<std::pair<Digest, UtcTime>> rows;  ///< id and time of each row, in any order
  /// How complete a stored record of the window is by now; nothing: it is none of what was read,
  /// for it is of another endpoint, or was counted otherwise.
  std::function<std::optional<Completeness>(const Record&)> of;
};

/// What a source delivers at once. Committed whole or not at all.
struct Page {
  std::string source;
  RecordKind kind = RecordKind::kUsage;
  bool backfill = false;
  std::vector<Record> records;  ///< at most kMaxPageRecords
  std::vector<QuarantinedInput> quarantine;
  std::string cursor;               ///< opaque to storage; committed with the page
  std::optional<Interval> drained;  ///< becomes a SourceDrained entry after the records
  /// `completeness` is the source's word: it does not change what it has called final, and where it
  /// does, that is told.
  bool closes = false;
  /// It ends with this page: what is gone gets a zero revision, ahead of the page's records.
  std::optional<Reread> reread = std::nullopt;
};

inline constexpr std::size_t kMaxPageRecords = 4096;

struct PageReceipt {
  std::int64_t first_seq = 0;  ///< 0 if the page added nothing to the log
  std::int64_t last_seq = 0;
  std::int64_t added = 0;        ///< new identities
  std::int64_t revised = 0;      ///< known identity, other content: a new revision
  std::int64_t duplicates = 0;   ///< known identity, same content: nothing to do
  std::int64_t expired = 0;      ///< belong to a day that retention has dropped: quarantined
  std::int64_t quarantined = 0;  ///< lines quarantined, expired ones included
  std::int64_t vanished = 0;     ///< of the revised: the source has them no longer
  std::int64_t after_close = 0;  ///< of the revised: had been final, and have other figures now
};

struct SourceState {
  std::string source;
  std::string cursor;
  std::optional<Interval> covered;  ///< hull of the source's drained statements
  bool backfill_done = false;       ///< has stated coverage at least once
  std::int64_t records = 0;
  std::int64_t quarantined = 0;
  std::optional<UtcTime> last_page;  ///< `now` of its last committed page
  bool idle = false;  ///< the log says last of it that it is idle: set by tell_idle() alone
};

/// How a records database is opened.
struct RecordLogOptions {
  /// append() refuses with kUnavailable while the file system has fewer free bytes than this:
  /// intake stops loudly while the other databases can still write.
  std::int64_t free_space_reserve = std::int64_t{64} << 20U;
  /// How long to wait for another process's lock.
  Duration busy_timeout{5 * kSecond.us};
};

/// The records database: an append-only log of normalised records with sequence numbers, and the
/// state of each source. One SQLite file, WAL, synchronous=FULL; each UTC day of event time is a
/// table of its own that retention drops whole. docs/records-format.md has the schema.
///
/// The running hash: h(0) = 32 zero bytes; h(n) = SHA-256(h(n−1) || body(n)), body being the
/// stored bytes of entry n: a record's native line (record_json.h) with the id, revision and
/// `observed` that it has in the log, a control entry's JSON object. It is kept at every page end,
/// so offsets are page ends.
///
/// A record is known again by its id and time together: what a source sends with the same id and
/// another time is another record. So both versions of a revision have one time and lie in one day.
///
/// One process writes; readers may be many. An object is used by one thread at a time.
/// Errors: kUnavailable (disk full, locked, read-only, no WAL), kCorruption, kRefused (newer
/// schema, another program's file, a trigger that forbids).
class RecordLog {
 public:
  enum class Mode : std::uint8_t { kReadWrite, kReadOnly };

  /// Opens, and in kReadWrite creates. `log_id` is made at random on creation.
  [[nodiscard]] static Result<std::unique_ptr<RecordLog>> open(
      const std::filesystem::path& path, Mode mode, const RecordLogOptions& options = {});
  virtual ~RecordLog() = default;

  [[nodiscard]] virtual const std::string& log_id() const = 0;

  /// Commits a page: records, quarantine, cursor and drained statement in one transaction. Durable
  /// on return; on error nothing was written. `now` is only noted. A record that has no native line
  /// that reads back (text that is not UTF-8, a time outside the years 1970 to 9999) is
  /// quarantined. A page without news (no new or changed record, nothing drained) leaves the log as
  /// it is; its cursor and quarantine are stored. What is in quarantine already (same source,
  /// origin, offset and content) is not stored twice.
  ///
  /// In the same transaction come what follows from the page: zero revisions of what `reread` says
  /// is gone, in pages before it; and behind it, where it changes what was final (`closes`), a page
  /// of records of kOwnSource that say so (own_records.h), which the receipt does not count: its
  /// last_seq alone is of all.
  [[nodiscard]] virtual Result<PageReceipt> append(const Page& page, UtcTime now) = 0;

  /// Appends a control entry as a page of its own; returns its seq. For PolicySetActivated,
  /// `documents` is the set's source text, kept under its hash.
  [[nodiscard]] virtual Result<std::int64_t> append_control(const Control& control,
                                                            const std::string& documents,
                                                            UtcTime now) = 0;

  /// The text stored under a policy set's hash. Errors: kNotFound.
  [[nodiscard]] virtual Result<std::string> policy_documents(const Digest& set_hash) const = 0;
  /// Keeps the parties of an issue of a published list (party_issue.h) under the SHA-256 of the
  /// text, for the policy set that is activated next: durable before that names it. One that is
  /// there already is left as it is; none is ever removed, for the log's activations stay.
  [[nodiscard]] virtual Result<void> keep_list_issue(const std::string& text) = 0;
  /// Errors: kNotFound, by its digest, if it is not kept; kCorruption if it is another text.
  [[nodiscard]] virtual Result<std::string> list_issue(const Digest& digest) const = 0;

  /// The set that the last PolicySetActivated entry names.
  [[nodiscard]] virtual Result<std::optional<Digest>> active_policy_set() const = 0;

  struct Chunk {
    std::vector<LogEntry> entries;  ///< empty at the log's end
    LogOffset end;                  ///< a page end: the place after `entries`
  };
  /// The next whole page after `after` (a page end with its running hash). Entries of days that
  /// retention dropped are left out. The running hash is recomputed from `after` over the page's
  /// bytes, so a changed body is never judged, for about a microsecond a record (bench_records,
  /// `read_back`); a version that a revision replaces was checked with its own page. Errors:
  /// kNotFound if `after` is no page end; kCorruption naming the page.
  [[nodiscard]] virtual Result<Chunk> read(const LogOffset& after) const = 0;

  /// The running hash at a page end. Errors: kNotFound if `seq` is beyond the log or no page end.
  [[nodiscard]] virtual Result<Digest> hash_at(std::int64_t seq) const = 0;
  [[nodiscard]] virtual Result<LogOffset> head() const = 0;

  /// One record entry by its sequence number, its page checked as in read(). Errors: kNotFound,
  /// kCorruption.
  [[nodiscard]] virtual Result<LogEntry> entry(std::int64_t seq) const = 0;

  [[nodiscard]] virtual Result<std::vector<SourceState>> sources() const = 0;
  /// Fills in which of the sources are idle. Looks through the control entries, from the last on,
  /// for each source's last statement: for people, not for each cycle.
  [[nodiscard]] virtual Result<void> tell_idle(std::vector<SourceState>& states) const = 0;
  /// A source that the log has never heard of has an empty state: no cursor, nothing covered.
  [[nodiscard]] virtual Result<SourceState> source(const std::string& name) const = 0;

  struct Quarantined {
    std::string source;
    UtcTime at;
    QuarantinedInput input;
  };
  [[nodiscard]] virtual Result<std::vector<Quarantined>> quarantine(const std::string& source,
                                                                    std::int64_t limit) const = 0;

  /// Drops the tables of all days that end at or before `before`, whole, the oldest first, each in
  /// a transaction of its own that also appends a RecordsDropped entry, a page of its own; returns
  /// how many records went. Sequence numbers and hashes of the log stay. On an error the days
  /// before the one that failed are gone. `now` is only noted.
  [[nodiscard]] virtual Result<std::int64_t> drop_before(UtcTime before, UtcTime now) = 0;

  /// Where the stored log begins, in event time: the `before` of the last RecordsDropped entry;
  /// nothing if nothing has been dropped.
  [[nodiscard]] virtual Result<std::optional<UtcTime>> dropped_before() const = 0;

  /// Whether a record is stored whose `time` lies in there.
  [[nodiscard]] virtual Result<bool> has_records_in(const Interval& times) const = 0;

  /// Recomputes the running hash over everything still stored and compares it with what was kept,
  /// holds the days that are gone against the RecordsDropped entries, and the issues of lists
  /// against their digests. Calls `passed` with the
  /// last sequence number of each page that is good. Errors: kCorruption naming the first entry
  /// that differs.
  using Passed = std::function<void(std::int64_t seq)>;
  [[nodiscard]] virtual Result<void> check(const Passed& passed) const = 0;
  [[nodiscard]] Result<void> check() const {
    return check([](std::int64_t) {});
  }
};

}  // namespace tidewaiter
