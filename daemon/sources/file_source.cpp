#include "daemon/sources/file_source.h"

#include <algorithm>
#include <utility>

#include "daemon/sources/file_check.h"

namespace tidewaiter {
namespace {

/// A hash of what decides which records a file gives: under another one the cursor says nothing.
std::string query_of(const SourceConfig& config) {
  Sha256 hash;
  hash.update_framed("file 1").update_framed(config.path).update_framed(kind_name(config.record));
  hash.update_framed(config.format == FileFormat::kCsv ? "csv" : "jsonl");
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
  }
  constexpr std::size_t kDigits = 16;
  return to_hex(hash.finish()).substr(0, kDigits);
}

bool has_room(const Page& page) {
  return page.records.size() < kMaxPageRecords && page.quarantine.size() < kMaxPageRecords;
}

bool is_empty(const Page& page) { return page.records.empty() && page.quarantine.empty(); }

}  // namespace

FileSource::FileSource(SourceConfig config)
    : config_(std::move(config)), query_(query_of(config_)) {}

Result<std::unique_ptr<Connector>> FileSource::make(const SourceConfig& config) {
  if (config.format == FileFormat::kCsv) {
    if (auto rows = RowMapper::make(config); !rows) {
      return tl::unexpected(rows.error());
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
}

Result<void> FileSource::resume(const std::string& cursor) {
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
  cursor_ = cursor;
  return {};
}

bool FileSource::has_news(const FileEntry& entry, const FileFacts& facts, UtcTime now) const {
  const bool unchanged = entry.at_end && entry.facts.size == facts.size &&
                         entry.facts.modified_us == facts.modified_us;
  return !unchanged || (entry.held && file_rests(config_, facts, now));
}

/// Goes on with `known`, the entry of the same inode, or starts anew if it is not the same content.
Result<FileEntry> FileSource::entry_for(const ListedFile& file, const FileEntry* known) const {
  if (known != nullptr && known->at_end && known->facts.size == file.facts.size &&
      known->facts.modified_us == file.facts.modified_us) {
    FileEntry same = *known;
    same.path = file.path.string();
    return same;
  }
  const auto input = InputFile::open(file.path);
  if (!input) {
    return tl::unexpected(input.error());
  }
  if (known != nullptr && file.facts.size >= known->facts.size) {
    const auto head = input->hash_head(known->head_length);
    if (!head) {
      return tl::unexpected(head.error());
    }
    if (*head == known->head) {
      FileEntry same = *known;
      same.path = file.path.string();
      return same;
    }
  }
  FileEntry fresh;
  fresh.path = file.path.string();
  fresh.facts = file.facts;
  fresh.facts.size = 0;
  fresh.head = sha256(std::string_view());
  return fresh;
}

/// Lists the files and decides what is to be read: first the rests of files that were renamed away
/// from the names that the source reads, then the files with news, in name order.
Result<void> FileSource::plan(UtcTime now) {
  auto listed = list_files(config_);
  if (!listed) {
    return tl::unexpected(listed.error());
  }
  const auto is_listed = [&](const FileFacts& facts) {
    return std::ranges::any_of(*listed, [&](const auto& f) { return f.facts.same_file(facts); });
  };
  std::vector<ListedFile> files;
  vanished_.clear();
  for (const FileEntry& entry : state_.files) {
    if (is_listed(entry.facts)) {
      continue;
    }
    const auto found =
        find_renamed(std::filesystem::path(entry.path).parent_path(), std::span(&entry.facts, 1));
    if (!found.empty()) {
      files.push_back(found.front());
    } else {
      vanished_.push_back("`" + entry.path + "` is gone; it had been read to byte " +
                          std::to_string(entry.offset) +
                          (entry.at_end && !entry.held ? ", its end" : ", not to its end"));
    }
  }
  files.insert(files.end(), listed->begin(), listed->end());

  std::vector<FileEntry> entries;
  std::vector<std::size_t> queue;
  PullProgress progress;
  for (const ListedFile& file : files) {
    const auto known = std::ranges::find_if(
        state_.files, [&](const FileEntry& e) { return e.facts.same_file(file.facts); });
    auto entry = entry_for(file, known == state_.files.end() ? nullptr : &*known);
    if (!entry) {
      return tl::unexpected(entry.error());
    }
    if (has_news(*entry, file.facts, now)) {
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
                                   {entry.offset, entry.line_feeds, entry.first_line});
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
  auto allowed =
      static_cast<std::int64_t>(config_.max_bad_share * static_cast<double>(entry.lines));
  if (config_.max_bad_share > 0) {
    allowed = std::max<std::int64_t>(allowed, 1);
  }
  if (entry.bad <= allowed) {
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
      widen(state_.seen, {taken.record.time, taken.record.end()});
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

Result<std::optional<Page>> FileSource::next(const std::string& cursor, UtcTime now) {
  if (auto resumed = resume(cursor); !resumed) {
    return tl::unexpected(resumed.error());
  }
  if (!planned_) {
    if (auto planned = plan(now); !planned) {
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
  return finish(std::move(page));
}

std::optional<Page> FileSource::finish(Page page) {
  const bool ended = queue_.empty();
  state_.undrained = state_.undrained || !is_empty(page);
  if (ended) {
    planned_ = false;
    if (!state_.undrained) {
      return std::nullopt;
    }
    state_.undrained = false;
    page.drained = state_.seen;
    state_.backfill_done = state_.backfill_done || page.drained.has_value();
  }
  if (is_empty(page) && !page.drained) {
    return std::nullopt;
  }
  page.cursor = to_text(state_);
  cursor_ = page.cursor;
  return page;
}

PullProgress FileSource::progress() const {
  PullProgress progress = done_;
  if (reader_) {
    progress.bytes_done += reader_->bytes().file_bytes();
  }
  return progress;
}

Result<std::vector<std::string>> FileSource::check(UtcTime now) {
  auto looked = check_files(config_, now);
  if (looked) {
    looked->insert(looked->begin(), vanished_.begin(), vanished_.end());
  }
  return looked;
}

}  // namespace tidewaiter
