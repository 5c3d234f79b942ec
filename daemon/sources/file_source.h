#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sources/connector.h"
#include "daemon/sources/file_cursor.h"
#include "daemon/sources/file_listing.h"
#include "daemon/sources/record_reader.h"

namespace tidewaiter {

/// Records from a file, a folder, a glob or a growing log; docs/sources/file.md has the rules.
///
/// A *pass* lists the files, reads each in name order to its end of that moment, and ends with a
/// drained page. Between passes a grown file is read on from its offset.
class FileSource final : public Connector {
 public:
  /// Errors: kInvalidInput, kUnsupported from the mapping.
  [[nodiscard]] static Result<std::unique_ptr<Connector>> make(const SourceConfig& config);

  [[nodiscard]] Result<std::optional<Page>> next(const std::string& cursor, UtcTime now) override;
  [[nodiscard]] PullProgress progress() const override;
  [[nodiscard]] Result<std::vector<std::string>> check(UtcTime now) override;

 private:
  explicit FileSource(SourceConfig config);

  [[nodiscard]] Result<void> resume(const std::string& cursor);
  [[nodiscard]] Result<void> plan(UtcTime now);
  [[nodiscard]] Result<FileEntry> entry_for(const ListedFile& file, const FileEntry* known) const;
  [[nodiscard]] bool has_news(const FileEntry& entry, const FileFacts& facts, UtcTime now) const;
  [[nodiscard]] Result<void> fill(Page& page, UtcTime now);
  [[nodiscard]] Result<bool> open_file(FileEntry& entry, UtcTime now);
  [[nodiscard]] Result<bool> read_file(FileEntry& entry, Page& page, UtcTime now);
  [[nodiscard]] Result<void> check_bad_share(const FileEntry& entry, bool at_end) const;
  [[nodiscard]] std::optional<Page> finish(Page page);
  void forget();

  SourceConfig config_;
  std::string query_;
  FileCursor state_;
  std::optional<std::string> cursor_;  ///< what state_ stands for; nothing: not loaded

  // The pass under way.
  bool planned_ = false;
  std::vector<std::size_t> queue_;      ///< indices into state_.files still to read, last first
  std::optional<RecordReader> reader_;  ///< of queue_.back()
  bool reader_rests_ = false;
  PullProgress done_;                  ///< of the finished files
  std::vector<std::string> vanished_;  ///< unread rests of files that are gone, for check()
};

}  // namespace tidewaiter
