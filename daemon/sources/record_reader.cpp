#include "daemon/sources/record_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/sources/delivered_record.h"
#include "daemon/sources/stored_reason.h"
#include "policies/model/record_identity.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr int kMaxPhysicalLines = 256;  // of one CSV record: bounds what a stray quote can cost

void drop_byte_order_mark(Line& line) {
  if (line.offset == 0 && line.text.starts_with(kByteOrderMark)) {
    line.text.remove_prefix(kByteOrderMark.size());
  }
}

FileItem item_at(const Line& line, FileItem::Kind kind) {
  FileItem item;
  item.kind = kind;
  item.offset = line.offset;
  item.number = line.number;
  item.length = line.length;
  return item;
}

FileItem bad(const Line& line, std::string problem) {
  FileItem item = item_at(line, FileItem::Kind::kBad);
  item.problem = std::move(problem);
  item.content = line.too_long ? *line.too_long : sha256(line.text);
  return item;
}

std::int64_t ordinal_at(const FilePlace& place, std::int64_t offset) {
  const Digest hash =
      Sha256().update_framed(place.first_line).update_framed(std::to_string(offset)).finish();
  std::uint64_t ordinal = 0;
  for (std::size_t i = 0; i < sizeof ordinal; ++i) {
    ordinal = (ordinal << 8U) | std::to_integer<std::uint64_t>(hash.bytes[i]);
  }
  return static_cast<std::int64_t>(ordinal >> 1U);
}

/// Rows whose cells are those of the declared columns, in their order.
Result<RowMapper> object_mapper(const SourceConfig& config) {
  auto rows = RowMapper::make(config);
  if (!rows) {
    return rows;
  }
  std::vector<std::string_view> names;
  names.reserve(config.mapping->columns.size());
  for (const auto& column : config.mapping->columns) {
    names.push_back(column.name);
  }
  if (auto bound = rows->bind(names, config.path); !bound) {
    return tl::unexpected(bound.error());
  }
  return rows;
}

}  // namespace

RecordReader::RecordReader(const SourceConfig& config, std::string path, LineReader lines,
                           FilePlace from)
    : config_(&config),
      path_(std::move(path)),
      lines_(std::move(lines)),
      place_(std::move(from)),
      splitter_(config.delimiter) {}

Result<RecordReader> RecordReader::open(InputFile file, const SourceConfig& config, FilePlace from,
                                        const PullWatch& watch) {
  std::string path = file.path().string();
  auto bytes = open_byte_stream(std::move(file), watch);
  if (!bytes) {
    return tl::unexpected(bytes.error());
  }
  RecordReader reader(config, std::move(path), LineReader(*std::move(bytes)), std::move(from));
  if (config.format == FileFormat::kCsv) {
    auto rows = RowMapper::make(config);
    if (!rows) {
      return tl::unexpected(rows.error());
    }
    reader.rows_ = *std::move(rows);
    return reader;
  }
  if (config.format == FileFormat::kJson) {
    auto rows = object_mapper(config);
    if (!rows) {
      return tl::unexpected(rows.error());
    }
    auto cells = JsonCells::make(config.mapping->pointers);
    if (!cells) {
      return tl::unexpected(cells.error());
    }
    reader.rows_ = *std::move(rows);
    reader.cells_ = *std::move(cells);
  }
  reader.header_done_ = true;
  if (auto skipped = reader.lines_.skip_to(reader.place_.offset, reader.place_.line_feeds);
      !skipped) {
    return tl::unexpected(skipped.error());
  }
  return reader;
}

Result<RecordReader::HeaderState> RecordReader::read_header(bool file_rests) {
  auto line = lines_.next();
  if (!line) {
    return tl::unexpected(line.error());
  }
  if (!*line) {
    return HeaderState::kNone;
  }
  drop_byte_order_mark(**line);
  const auto row = whole_row(**line, file_rests);
  if (!row) {
    return tl::unexpected(row.error());
  }
  if (!*row) {
    return HeaderState::kHeld;
  }
  if ((*row)->too_long || splitter_.split((*row)->text) != CsvSplitter::Outcome::kRecord) {
    return fail(ErrorCode::kInvalidInput, "the header is not a CSV record", path_ + ":1");
  }
  if (auto bound = rows_->bind(splitter_.cells(), path_); !bound) {
    return tl::unexpected(bound.error());
  }
  header_done_ = true;
  if (place_.offset > lines_.offset()) {
    if (auto skipped = lines_.skip_to(place_.offset, place_.line_feeds); !skipped) {
      return tl::unexpected(skipped.error());
    }
  }
  return HeaderState::kRead;
}

Result<std::optional<FileItem>> RecordReader::next(UtcTime now, bool file_rests) {
  if (!header_done_) {
    const auto header = read_header(file_rests);
    if (!header) {
      return tl::unexpected(header.error());
    }
    if (*header == HeaderState::kNone) {
      return std::nullopt;
    }
    if (*header == HeaderState::kHeld) {
      return FileItem{.kind = FileItem::Kind::kHeld};
    }
  }
  for (;;) {
    auto line = lines_.next();
    if (!line) {
      return tl::unexpected(line.error());
    }
    if (!*line) {
      return std::nullopt;
    }
    drop_byte_order_mark(**line);
    if ((*line)->text.empty() && !(*line)->too_long) {
      continue;  // a blank line, or the line feed of a last line that was taken without it
    }
    auto item = take_line(**line, now, file_rests);
    if (!item) {
      return tl::unexpected(item.error());
    }
    if (item->kind != FileItem::Kind::kHeld) {
      place_.offset = lines_.offset();
      place_.line_feeds = lines_.line_feeds();
    }
    if (item->kind == FileItem::Kind::kPassed) {
      continue;
    }
    return *std::move(item);
  }
}

Result<FileItem> RecordReader::take_line(const Line& line, UtcTime now, bool file_rests) {
  if (line.too_long) {
    if (!line.terminated && !file_rests) {
      return item_at(line, FileItem::Kind::kHeld);
    }
    return finish(line, fail(ErrorCode::kInvalidInput, "the line is longer than 1 MiB"), now);
  }
  if (config_->format == FileFormat::kCsv) {
    return take_row(line, now, file_rests);
  }
  if (config_->format == FileFormat::kJson) {
    return take_object(line, now, file_rests);
  }
  return take_json(line, now, file_rests);
}

/// The line with those that its quoted cells reach into, and its cells in splitter_; the first
/// physical line alone if its quote is not closed; nothing if it is unfinished and may still grow.
Result<std::optional<Line>> RecordReader::whole_row(Line line, bool file_rests) {
  auto outcome = splitter_.split(line.text);
  for (int lines = 1; outcome == CsvSplitter::Outcome::kOpenQuote; ++lines) {
    auto longer = lines < kMaxPhysicalLines ? lines_.extend() : Result<std::optional<Line>>();
    if (!longer) {
      return tl::unexpected(longer.error());
    }
    if (!*longer) {
      if (lines_.at_end() && !file_rests) {
        return std::nullopt;
      }
      line = lines_.keep_first();
      drop_byte_order_mark(line);
      return line;
    }
    line = **longer;
    drop_byte_order_mark(line);
    outcome = splitter_.split(line.text);
  }
  if (!line.terminated && !file_rests) {
    return std::nullopt;
  }
  return line;
}

Result<FileItem> RecordReader::take_row(Line line, UtcTime now, bool file_rests) {
  const auto row = whole_row(line, file_rests);
  if (!row) {
    return tl::unexpected(row.error());
  }
  if (!*row) {
    return item_at(line, FileItem::Kind::kHeld);
  }
  line = **row;
  switch (splitter_.split(line.text)) {
    case CsvSplitter::Outcome::kRecord:
      return take_cells(line, splitter_.cells(), now);
    case CsvSplitter::Outcome::kBad:
      return finish(line, fail(ErrorCode::kInvalidInput, splitter_.problem()), now);
    case CsvSplitter::Outcome::kOpenQuote:
      break;
  }
  return finish(line, fail(ErrorCode::kInvalidInput, "a quoted cell is not closed"), now);
}

FileItem RecordReader::take_json(const Line& line, UtcTime now, bool file_rests) {
  Record defaults;
  defaults.source = config_->name;
  defaults.observed = now;
  auto record = json_.read(line.text, defaults);
  if (!record && !line.terminated && !file_rests) {
    return item_at(line, FileItem::Kind::kHeld);
  }
  if (record && record->kind != config_->record) {
    record = fail(ErrorCode::kInvalidInput, "a `" + std::string(kind_name(record->kind)) +
                                                "` record; this source gives `" +
                                                std::string(kind_name(config_->record)) + "`");
  }
  return finish(line, std::move(record), now);
}

/// An object of another program. A last one without its line feed may be a part of one, and what
/// is not a whole object is held until the file rests.
FileItem RecordReader::take_object(const Line& line, UtcTime now, bool file_rests) {
  if (auto read = cells_->read(line.text); !read) {
    if (!line.terminated && !file_rests) {
      return item_at(line, FileItem::Kind::kHeld);
    }
    return finish(line, tl::unexpected(read.error()), now);
  }
  return take_cells(line, cells_->cells(), now);
}

FileItem RecordReader::take_cells(const Line& line, std::span<const std::string_view> cells,
                                  UtcTime now) {
  const Result<bool> wanted = rows_->read(cells);
  if (!wanted) {
    return finish(line, tl::unexpected(wanted.error()), now);
  }
  if (*wanted) {
    return finish(line, rows_->record(), now);
  }
  note_first_line(line);
  return item_at(line, FileItem::Kind::kPassed);
}

void RecordReader::note_first_line(const Line& line) {
  if (place_.first_line.empty()) {
    constexpr std::size_t kDigits = 16;
    place_.first_line =
        to_hex(line.too_long ? *line.too_long : sha256(line.text)).substr(0, kDigits);
  }
}

FileItem RecordReader::finish(const Line& line, Result<Record> record, UtcTime now) {
  note_first_line(line);
  if (!record) {
    return bad(line, stored_reason(record.error().message));
  }
  if (auto completed = complete(*record, line.offset, now); !completed) {
    return bad(line, completed.error().message);
  }
  FileItem item = item_at(line, FileItem::Kind::kRecord);
  item.record = *std::move(record);
  return item;
}

/// Adds what the source knows and the line does not.
Result<void> RecordReader::complete(Record& record, std::int64_t offset, UtcTime now) const {
  if (auto completed = complete_record(record, *config_, now); !completed) return completed;
  if (config_->mapping) {
    const bool by_place = config_->mapping->identity_by_place;
    record.id = identity(record, by_place ? ordinal_at(place_, offset) : 0);
  }
  // Last: what identifies the record is its own source.
  if (!config_->names_of.empty()) record.source = config_->names_of;
  return {};
}

}  // namespace tidewaiter
