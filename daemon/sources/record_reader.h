#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/sources/csv_reader.h"
#include "daemon/sources/json_cells.h"
#include "daemon/sources/line_reader.h"
#include "daemon/sources/row_mapper.h"
#include "daemon/sources/source_config.h"
#include "policies/model/record_json.h"

namespace tidewaiter {

/// One thing that a file gives.
struct FileItem {
  enum class Kind : std::uint8_t {
    kRecord,
    kBad,     ///< a line that is not a record: `problem`
    kPassed,  ///< a row that `where` is not true of: next() goes on behind it
    kHeld,    ///< the content ends within a line that may still grow: nothing was taken
  };
  Kind kind = Kind::kRecord;
  Record record = {};
  std::string problem = {};
  std::int64_t offset = 0;  ///< of the line's first byte in the decompressed content
  std::int64_t number = 1;  ///< of its first physical line
  std::int64_t length = 0;
  Digest content = {};  ///< kBad: SHA-256 of the line without its end
};

/// A place between two lines of a file.
struct FilePlace {
  std::int64_t offset = 0;
  std::int64_t line_feeds = 0;
  std::string first_line = {};  ///< hash of the file's first data line; empty before it
};

/// One open file as a sequence of finished records and bad lines, by the source's format.
///
/// A last line without line feed is taken at once if it is a whole native record, which ends with
/// its brace; else only when the caller says that the file rests.
///
/// A record by place (identity: place) has the ordinal: first 8 bytes, big-endian and shifted right
/// by one bit so that the number is not negative, of SHA-256(frame(first_line) || frame(decimal
/// offset)). Reading the file again gives the same, also under another name or compressed.
class RecordReader {
 public:
  /// Goes on at `from`. `config` and `watch` outlive the reader.
  /// Errors: as ByteStream; kInvalidInput for a header that lacks a column, at "path:1".
  [[nodiscard]] static Result<RecordReader> open(InputFile file, const SourceConfig& config,
                                                 FilePlace from, const PullWatch& watch);

  /// The next record or bad line; nothing at the end. Errors: as ByteStream.
  [[nodiscard]] Result<std::optional<FileItem>> next(UtcTime now, bool file_rests);

  /// Behind the last record or bad line.
  [[nodiscard]] const FilePlace& place() const { return place_; }
  [[nodiscard]] const ByteStream& bytes() const { return lines_.bytes(); }

 private:
  enum class HeaderState : std::uint8_t { kRead, kHeld, kNone };

  RecordReader(const SourceConfig& config, std::string path, LineReader lines, FilePlace from);
  [[nodiscard]] Result<HeaderState> read_header(bool file_rests);
  [[nodiscard]] Result<FileItem> take_line(const Line& line, UtcTime now, bool file_rests);
  [[nodiscard]] Result<FileItem> take_row(Line line, UtcTime now, bool file_rests);
  [[nodiscard]] FileItem take_json(const Line& line, UtcTime now, bool file_rests);
  [[nodiscard]] FileItem take_object(const Line& line, UtcTime now, bool file_rests);
  [[nodiscard]] FileItem take_cells(const Line& line, std::span<const std::string_view> cells,
                                    UtcTime now);
  void note_first_line(const Line& line);
  [[nodiscard]] Result<std::optional<Line>> whole_row(Line line, bool file_rests);
  [[nodiscard]] FileItem finish(const Line& line, Result<Record> record, UtcTime now);
  [[nodiscard]] Result<void> complete(Record& record, std::int64_t offset, UtcTime now) const;

  const SourceConfig* config_;
  std::string path_;
  LineReader lines_;
  FilePlace place_;
  CsvSplitter splitter_;
  std::optional<RowMapper> rows_;
  std::optional<JsonCells> cells_;  ///< kJson
  RecordJsonReader json_;
  bool header_done_ = false;
};

}  // namespace tidewaiter
