#include "daemon/sources/file_source.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "daemon/sources/bad_share.h"
#include "daemon/sources/file_check.h"

namespace tidewaiter {
namespace {

/// A hash of what decides which records a file gives: under another one the cursor says nothing.
std::string query_of(const SourceConfig& config) {
  Sha256 hash;
  hash.update_framed("file 1").update_framed(config.path).update_framed(kind_name(config.record));
  // Their words: cursors that are stored hold to them.
  static constexpr std::array<std::string_view, 3> kFormats = {"jsonl", "csv", "json"};
  hash.update_framed(kFormats[static_cast<std::size_t>(config.format)]);
  if (config.mapping) {
    const Mapping& mapping = *config.mapping;
    hash.update_framed(std::string(1, config.delimiter));
    for (const auto& column : mapping.columns) {
      hash.update_framed(column.name).update_framed(type_name(column.type));
    }
    hash.update_framed(to_text(mapping.time));
    hash.update_framed(mapping.duration ? to_text(*mapping.duration) : "");
    hash.update_framed(mapping.requests ? to_text(*mapping.requests) : "");
    for (const auto& [id, expr] : mapping.fields) {
      hash.update_framed(field(id).name).update_framed(to_text(expr));
    }
    hash.update_framed(mapping.identity_by_place ? "place" : "dimensions");
    for (const std::string& pointer : mapping.pointers) hash.update_framed(pointer);
    if (mapping.where) hash.update_framed("where").update_framed(to_text(*mapping.where));
  }
  constexpr std::size_t kDigits = 16;
  return to_hex(hash.finish()).substr(0, kDigits);
}

bool has_room(const Page& page) {
  return page.records.size() < kMaxPageRecords && page.quarantine.size() < kMaxPageRecords;
}

constexpr std::size_t kGoneKept = 100;  // of accepted losses, for `source check`

FileEntry fresh_entry(const std::filesystem::path& path, const FileFacts& facts) {
  FileEntry fresh;
  fresh.path = path.string();
  fresh.facts = facts;
  fresh.facts.size = 0;
  fresh.head = sha256(std::string_view());
  return fresh;
}

bool is_empty(const Page& page) { return page.records.empty() && page.quarantine.empty(); }

}  // namespace

FileSource::FileSource(SourceConfig config)
    : config_(std::move(config)), query_(query_of(config_)) {}

Result<std::unique_ptr<Connector>> FileSource::make(const SourceConfig& config,
                                                    const SourceServices& /*services*/) {
  if (config.format != FileFormat::kJsonLines) {
    if (auto rows = RowMapper::make(config); !rows) {
      return tl::unexpected(rows.error());
    }
  }
  if (config.format == FileFormat::kJson) {
    if (auto cells = JsonCells::make(config.mapping->pointers); !cells) {
      return tl::unexpected(cells.error());
    }
  }
  return std::unique_ptr<Connector>(new FileSource(config));
}

void FileSource::forget() {
  cursor_.reset();
  state_ = {};
  reader_.reset();
  planned_ = false;
  queue_.clear();
  gone_changed_ = false;
  pass_ended_ = false;
}

Result<void> FileSource::resume(const std::string& cursor, UtcTime now) {
  if (cursor_ == cursor) {
    return {};
  }
  forget();
  if (!cursor.empty()) {
    auto state = file_cursor_from_text(cursor);
    if (!state) {
      return tl::unexpected(state.error());
    }
    if (state->query == query_) {
      state_ = *std::move(state);
    }
  }
  state_.query = query_;
  // Written when the clock was ahead, or by a version that believed every timestamp.
  if (state_.seen) {
    state_.seen = up_to(*state_.seen, now);
  }
  if (config_.accept_gone) {
    for (const FileEntry& entry : state_.gone) {
      told_.insert(describe_gone(entry));
    }
  }
  cursor_ = cursor;
  return {};
}

bool FileSource::has_changed(const FileEntry& entry, const FileFacts& facts, UtcTime now) const {
  const bool unchanged = entry.at_end && entry.facts.size == facts.size &&
                         entry.facts.modified_us == facts.modified_us;
  return !unchanged || (entry.held && file_rests(config_, facts, now));
}

/// `known`, the entry of the same inode, if the file still has the content that it speaks of.
Result<std::optional<FileEntry>> FileSource::continued(const ListedFile& file,
                                                       const FileEntry& known) const {
  const bool touched =
      known.facts.size != file.facts.size || known.facts.modified_us != file.facts.modified_us;
  FileEntry same = known;
  same.path = file.path.string();
  if (known.at_end && !touched) {
    return same;
  }
  // A file that failed for its bad lines is to be corrected: whoever touched it has done so, and
  // what was counted before speaks of another content.
  if (known.facts.modified_us != file.facts.modified_us && !check_bad_share(known, true)) {
    return std::nullopt;
  }
  const auto input = InputFile::open(file.path);
  if (!input) {
    return tl::unexpected(input.error());
  }
  const auto holds = has_content_of(*input, file.facts, known);
  if (!holds) {
    return tl::unexpected(holds.error());
  }
  return *holds ? std::optional(std::move(same)) : std::nullopt;
}

/// The listed file's entry: the one known by its inode, or a fresh one.
Result<FileEntry> FileSource::entry_for(const ListedFile& file) {
  const auto known = std::ranges::find_if(
      state_.files, [&](const FileEntry& e) { return e.facts.same_file(file.facts); });
  if (known == state_.files.end()) {
    return fresh_entry(file.path, file.facts);
  }
  auto same = continued(file, *known);
  if (!same && same.error().code == ErrorCode::kNotFound) {
    missed_ = true;
    return *known;  // the next pass sees what became of it
  }
  if (!same) {
    return tl::unexpected(same.error());
  }
  if (*same) {
    return **std::move(same);
  }
  lose(*known);
  return fresh_entry(file.path, file.facts);
}

/// What is to be looked at: first the rests of files that were renamed away from the names that the
/// source reads, then the files of those names, in name order.
Result<std::vector<ListedFile>> FileSource::list_with_renamed() {
  auto listed = list_files(config_);
  if (!listed) {
    return listed;
  }
  std::vector<FileEntry> missing;
  std::ranges::copy_if(state_.files, std::back_inserter(missing), [&](const FileEntry& entry) {
    return std::ranges::none_of(
        *listed, [&](const ListedFile& file) { return file.facts.same_file(entry.facts); });
  });
  const auto renamed = find_all_renamed(missing);
  if (!renamed) {
    return tl::unexpected(renamed.error());
  }
  std::vector<ListedFile> files;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const std::optional<ListedFile>& found = (*renamed)[i];
    // An inode may be another file's by now, and that one is not for this source to read.
    const auto same =
        found ? continued(*found, missing[i]) : Result<std::optional<FileEntry>>(std::nullopt);
    if (!same && same.error().code != ErrorCode::kNotFound) {
      return tl::unexpected(same.error());
    }
    if (same && *same) {
      files.push_back(*found);
    } else {
      lose(missing[i]);
    }
  }
  files.insert(files.end(), listed->begin(), listed->end());
  return files;
}

/// Decides what is to be read: the files with news.
Result<void> FileSource::plan(UtcTime now) {
  missed_ = false;
  const auto files = list_with_renamed();
  if (!files) {
    return tl::unexpected(files.error());
  }
  std::vector<FileEntry> entries;
  std::vector<std::size_t> queue;
  PullProgress progress;
  for (const ListedFile& file : *files) {
    auto entry = entry_for(file);
    if (!entry) {
      return tl::unexpected(entry.error());
    }
    if (has_changed(*entry, file.facts, now)) {
      queue.push_back(entries.size());
      progress.bytes_total += file.facts.size;
    }
    entries.push_back(*std::move(entry));
  }
  std::ranges::reverse(queue);
  state_.files = std::move(entries);
  queue_ = std::move(queue);
  done_ = progress;
  planned_ = true;
  return {};
}

/// Notes that the rest of a file will not be read. A file that failed for its bad lines is not
/// lost when it is put right.
void FileSource::lose(const FileEntry& entry) {
  if (read_to_end(entry) || !check_bad_share(entry, true)) {
    return;
  }
  state_.gone.push_back(entry);
  if (config_.accept_gone && state_.gone.size() > kGoneKept) {
    state_.gone.erase(state_.gone.begin());
  }
  gone_changed_ = true;
}

/// A file that begins with the same data line and was read beyond that place has it all: the file
/// was compressed, copied or put back.
void FileSource::drop_found_again() {
  const auto found_again = [this](const FileEntry& lost) {
    return !lost.first_line.empty() && std::ranges::any_of(state_.files, [&](const FileEntry& e) {
      return e.first_line == lost.first_line && e.offset >= lost.offset && read_to_end(e);
    });
  };
  gone_changed_ = std::erase_if(state_.gone, found_again) > 0 || gone_changed_;
}

/// False if the file is gone, or another by now: the next pass sees what became of it.
Result<bool> FileSource::open_file(FileEntry& entry, UtcTime now) {
  auto input = InputFile::open(entry.path);
  if (!input && input.error().code == ErrorCode::kNotFound) {
    return false;
  }
  if (!input) {
    return tl::unexpected(input.error());
  }
  const auto facts = input->facts();
  if (!facts) {
    return tl::unexpected(facts.error());
  }
  if (!facts->same_file(entry.facts)) {
    return false;
  }
  const auto holds = has_content_of(*input, *facts, entry);
  if (!holds) {
    return tl::unexpected(holds.error());
  }
  if (!*holds) {  // copied and truncated since the files were listed
    lose(entry);
    entry = fresh_entry(entry.path, *facts);
  }
  if (entry.head_length < kHeadLength) {
    entry.head_length = std::min(kHeadLength, facts->size);
    const auto head = input->hash_head(entry.head_length);
    if (!head) {
      return tl::unexpected(head.error());
    }
    entry.head = *head;
  }
  // Facts from before the reading: what is written meanwhile shows as a change afterwards.
  entry.facts.modified_us = facts->modified_us;
  entry.at_end = false;
  entry.held = false;
  reader_rests_ = file_rests(config_, *facts, now);
  auto reader = RecordReader::open(*std::move(input), config_,
                                   {entry.offset, entry.line_feeds, entry.first_line}, watch_);
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  reader_ = *std::move(reader);
  return true;
}

Result<void> FileSource::check_bad_share(const FileEntry& entry, bool at_end) const {
  constexpr std::int64_t kEnoughLines = 100;
  if (!at_end && entry.lines < kEnoughLines) {
    return {};
  }
  if (entry.bad <= most_bad(config_, entry.lines)) {
    return {};
  }
  std::string message = std::to_string(entry.bad) + " of the last " + std::to_string(entry.lines) +
                        " lines are bad, more than `max_bad` allows: ";
  for (const std::string& line : entry.first_bad) {
    message += line + "; ";
  }
  message += "correct the file or the mapping, or raise `max_bad`";
  return fail(ErrorCode::kInvalidInput, std::move(message), entry.path);
}

/// Reads on until the page is full (false) or the file is at its end (true).
Result<bool> FileSource::read_file(FileEntry& entry, Page& page, UtcTime now) {
  while (has_room(page)) {
    if (auto share = check_bad_share(entry, false); !share) {
      return tl::unexpected(share.error());
    }
    auto item = reader_->next(now, reader_rests_);
    if (!item) {
      return tl::unexpected(item.error());
    }
    if (!*item || (*item)->kind == FileItem::Kind::kHeld) {
      if (auto share = check_bad_share(entry, true); !share) {
        return tl::unexpected(share.error());
      }
      entry.at_end = true;
      entry.held = item->has_value();
      entry.facts.size = reader_->bytes().file_bytes();
      return true;
    }
    FileItem& taken = **item;
    entry.offset = reader_->place().offset;
    entry.line_feeds = reader_->place().line_feeds;
    entry.first_line = reader_->place().first_line;
    entry.facts.size = reader_->bytes().file_bytes();
    if (taken.kind == FileItem::Kind::kRecord) {
      note_line(entry, taken.number, nullptr);
      widen(state_.seen, up_to({taken.record.time, taken.record.end()}, now));
      page.records.push_back(std::move(taken.record));
    } else {
      note_line(entry, taken.number, &taken.problem);
      page.quarantine.push_back({entry.path + ":" + std::to_string(taken.number), taken.offset,
                                 std::move(taken.problem), taken.content, taken.length});
    }
  }
  return false;
}

Result<void> FileSource::fill(Page& page, UtcTime now) {
  while (!queue_.empty() && has_room(page)) {
    FileEntry& entry = state_.files[queue_.back()];
    if (!reader_) {
      const auto opened = open_file(entry, now);
      if (!opened) {
        return tl::unexpected(opened.error());
      }
      if (!*opened) {
        missed_ = true;
        queue_.pop_back();
        continue;
      }
    }
    const auto ended = read_file(entry, page, now);
    if (!ended) {
      return tl::unexpected(ended.error());
    }
    if (*ended) {
      done_.bytes_done += entry.facts.size;
      reader_.reset();
      queue_.pop_back();
    }
  }
  return {};
}

Result<std::optional<Page>> FileSource::next(const std::string& cursor, UtcTime now,
                                             const PullWatch& watch) {
  watch_ = watch;
  if (auto resumed = resume(cursor, now); !resumed) {
    return tl::unexpected(resumed.error());
  }
  if (pass_ended_) {
    return end_pull();
  }
  if (!planned_) {
    if (auto planned = plan(now); !planned) {
      forget();
      return tl::unexpected(planned.error());
    }
  }
  Page page;
  page.source = config_.name;
  page.kind = config_.record;
  page.backfill = !state_.backfill_done;
  // What was read before an error is delivered first; the next call meets the error again.
  if (auto filled = fill(page, now); !filled && is_empty(page)) {
    forget();
    return tl::unexpected(filled.error());
  }
  done_.records += static_cast<std::int64_t>(page.records.size());
  return finish(std::move(page), now);
}

Result<std::optional<Page>> FileSource::finish(Page page, UtcTime now) {
  state_.undrained = state_.undrained || !is_empty(page);
  const bool ended = queue_.empty();
  if (ended) {
    planned_ = false;
    drop_found_again();
    page.drained = statement(now);
  }
  if (is_empty(page) && !page.drained && !gone_changed_) {
    return ended ? end_pull() : std::nullopt;
  }
  pass_ended_ = ended && !page.drained;
  gone_changed_ = false;
  page.cursor = to_text(state_);
  cursor_ = page.cursor;
  return page;
}

/// What may be stated at the end of a pass, if there is anything to state: never over the unread
/// rest of a file that is gone, whose records might have any time.
std::optional<Interval> FileSource::statement(UtcTime now) {
  const bool all_told =
      std::ranges::all_of(state_.gone, [this](const FileEntry& e) { return is_told(e); });
  const bool complete = state_.gone.empty() || (config_.accept_gone && all_told);
  if (!state_.undrained || !complete || missed_) {
    return std::nullopt;
  }
  state_.undrained = false;
  if (!state_.seen) {
    return std::nullopt;
  }
  state_.backfill_done = true;
  return up_to(*state_.seen, now);
}

bool FileSource::is_told(const FileEntry& entry) const {
  return told_.contains(describe_gone(entry));
}

/// Nothing more for now; or, once in this life, what is gone.
Result<std::optional<Page>> FileSource::end_pull() {
  pass_ended_ = false;
  std::string lost;
  for (const FileEntry& entry : state_.gone) {
    if (told_.insert(describe_gone(entry)).second) {
      lost += (lost.empty() ? "" : "; ") + describe_gone(entry);
    }
  }
  if (lost.empty()) {
    return std::nullopt;
  }
  lost += config_.accept_gone
              ? ": coverage is stated without what it held"
              : ": no coverage is stated until it is back; `gone: accept` goes on without it";
  return fail(ErrorCode::kNotFound, std::move(lost));
}

PullProgress FileSource::progress() const {
  PullProgress progress = done_;
  if (reader_) {
    progress.bytes_done += reader_->bytes().file_bytes();
  }
  return progress;
}

Result<std::vector<std::string>> FileSource::check(const std::string& cursor, UtcTime now) {
  FileCursor state;
  if (!cursor.empty()) {
    auto read = file_cursor_from_text(cursor);
    if (!read) {
      return tl::unexpected(read.error());
    }
    if (read->query == query_) {
      state = *std::move(read);
    }
  }
  return check_files(config_, state, now);
}

}  // namespace tidewaiter
