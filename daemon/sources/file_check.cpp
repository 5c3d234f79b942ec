#include "daemon/sources/file_check.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/sources/file_cursor.h"
#include "daemon/sources/file_listing.h"
#include "daemon/sources/record_reader.h"

namespace tidewaiter {
namespace {

constexpr int kLines = 100;
constexpr std::size_t kFiles = 5;

/// What the first lines of a file are.
struct FirstLines {
  FileEntry counts;
  std::optional<Interval> seen;
  bool held = false;
};

Result<FirstLines> read_first_lines(RecordReader& reader, bool rests, UtcTime now) {
  FirstLines first;
  while (first.counts.lines < kLines) {
    const auto item = reader.next(now, rests);
    if (!item) {
      return tl::unexpected(item.error());
    }
    if (!*item) {
      break;
    }
    const FileItem& line = **item;
    if (line.kind == FileItem::Kind::kHeld) {
      first.held = true;
      break;
    }
    const bool bad = line.kind == FileItem::Kind::kBad;
    note_line(first.counts, line.number, bad ? &line.problem : nullptr);
    if (!bad) {
      widen(first.seen, {line.record.time, line.record.end()});
    }
  }
  return first;
}

Result<void> check_file(const ListedFile& file, const SourceConfig& config, UtcTime now,
                        std::vector<std::string>& told) {
  auto input = InputFile::open(file.path);
  if (!input) {
    return tl::unexpected(input.error());
  }
  const PullWatch watch;
  auto reader = RecordReader::open(*std::move(input), config, {}, watch);
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  const auto first = read_first_lines(*reader, file_rests(config, file.facts, now), now);
  if (!first) {
    return tl::unexpected(first.error());
  }
  const FileEntry& counts = first->counts;
  std::string line = "`" + file.path.string() +
                     "`: " + std::string(compression_name(reader->bytes().compression())) + ", " +
                     std::to_string(file.facts.size) + " bytes; of its first " +
                     std::to_string(counts.lines) + " lines " +
                     std::to_string(counts.lines - counts.bad) + " are records";
  if (first->seen) {
    line += " from " + format_time(first->seen->from) + " to " + format_time(first->seen->to);
  }
  told.push_back(std::move(line));
  for (const std::string& problem : counts.first_bad) {
    told.push_back("  bad " + problem);
  }
  if (first->held) {
    told.emplace_back("  its last line is unfinished and held");
  }
  return {};
}

/// An inode alone does not tell: it may be another file's by now.
bool is_file_of(const FileEntry& entry, const ListedFile& file) {
  if (!file.facts.same_file(entry.facts)) {
    return false;
  }
  const auto input = InputFile::open(file.path);
  return input && has_content_of(*input, file.facts, entry).value_or(false);
}

/// The files whose rests are lost, and those that went away since the last pull.
Result<std::vector<std::string>> gone_files(const FileCursor& state,
                                            const std::vector<ListedFile>& listed) {
  std::vector<std::string> told;
  for (const FileEntry& entry : state.gone) {
    told.push_back(describe_gone(entry));
  }
  std::vector<FileEntry> missing;
  std::ranges::copy_if(state.files, std::back_inserter(missing), [&](const FileEntry& entry) {
    return std::ranges::none_of(listed,
                                [&](const ListedFile& file) { return is_file_of(entry, file); });
  });
  const auto renamed = find_all_renamed(missing);
  if (!renamed) {
    return tl::unexpected(renamed.error());
  }
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const std::optional<ListedFile>& found = (*renamed)[i];
    if (!found || !is_file_of(missing[i], *found)) {
      told.push_back(describe_gone(missing[i]));
    }
  }
  return told;
}

}  // namespace

Result<std::vector<std::string>> check_files(const SourceConfig& config, const FileCursor& state,
                                             UtcTime now) {
  const auto files = list_files(config);
  if (!files) {
    return tl::unexpected(files.error());
  }
  Result<std::vector<std::string>> gone = gone_files(state, *files);
  if (!gone) {
    return gone;
  }
  std::vector<std::string> told = *std::move(gone);
  told.push_back(std::to_string(files->size()) + (files->size() == 1 ? " file" : " files"));
  for (std::size_t i = 0; i < std::min(files->size(), kFiles); ++i) {
    if (auto checked = check_file((*files)[i], config, now, told); !checked) {
      return tl::unexpected(checked.error());
    }
  }
  return told;
}

}  // namespace tidewaiter
