#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/input_file.h"
#include "policies/model/digest.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// How far one file has been read.
struct FileEntry {
  std::string path;
  FileFacts facts;               ///< size: file bytes used so far; modified_us: when it was opened
  std::int64_t head_length = 0;  ///< how many first bytes `head` covers, at most kHeadLength
  Digest head;
  bool at_end = false;          ///< facts.size is where its end was
  bool held = false;            ///< and behind `offset` lies an unfinished last line
  std::int64_t offset = 0;      ///< of the next line in the decompressed content
  std::int64_t line_feeds = 0;  ///< before `offset`
  std::string first_line;       ///< hash of the first data line: 16 hexadecimal digits, or empty
  std::int64_t lines = 0;       ///< recent data lines, see note_line()
  std::int64_t bad = 0;         ///< how many of them are bad
  std::vector<std::string> first_bad;  ///< "12: reason", at most three
};

inline constexpr std::int64_t kHeadLength = 4096;

/// Nothing lies behind what has been read, as far as is known.
[[nodiscard]] inline bool read_to_end(const FileEntry& entry) {
  return entry.at_end && !entry.held;
}

/// Counts a data line and, if it is bad, why. Both counts are halved whenever `lines` comes to
/// 20,000, so that the share speaks of the last 10,000 to 20,000 lines.
void note_line(FileEntry& entry, std::int64_t number, const std::string* problem);

/// Makes `seen` hold `more` too.
void widen(std::optional<Interval>& seen, const Interval& more);

/// The part of an interval that is not ahead of `now`; empty, at `now`, if all of it is.
[[nodiscard]] Interval up_to(const Interval& interval, UtcTime now);

/// Whether an open file with these facts still begins with what `entry` was read from, and is no
/// shorter than that. Errors: kUnavailable.
[[nodiscard]] Result<bool> has_content_of(const InputFile& input, const FileFacts& facts,
                                          const FileEntry& entry);

/// "`/var/log/a.jsonl` is gone; it had been read to byte 812, not to its end".
[[nodiscard]] std::string describe_gone(const FileEntry& entry);

/// Where a `file` source stands.
struct FileCursor {
  std::string query;             ///< hash of what the configuration says about reading
  std::vector<FileEntry> files;  ///< in the order in which they were read
  /// Files that went away, or were overwritten, before they had been read to their ends.
  std::vector<FileEntry> gone;
  std::optional<Interval> seen;  ///< least time and greatest end of all records so far
  bool undrained = false;        ///< something was delivered since the last drained page
  bool backfill_done = false;    ///< a drained page has been delivered
};

[[nodiscard]] std::string to_text(const FileCursor& cursor);  // JSON, one line
/// Errors: kCorruption if it is not what to_text() writes.
[[nodiscard]] Result<FileCursor> file_cursor_from_text(std::string_view text);

}  // namespace tidewaiter
