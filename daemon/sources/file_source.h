#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
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
/// drained page. Between passes a grown file is read on from its offset. A pull is one pass.
///
/// What is stated as drained never lies ahead of the clock: a timestamp from the future would move
/// the watermark over what is still to come. And nothing is stated while a file is gone with an
/// unread rest, unless the configuration accepts that.
class FileSource final : public Connector {
 public:
  /// Errors: kInvalidInput, kUnsupported from the mapping.
  [[nodiscard]] static Result<std::unique_ptr<Connector>> make(const SourceConfig& config,
                                                               const SourceServices& services);

  [[nodiscard]] Result<std::optional<Page>> next(const std::string& cursor, UtcTime now,
                                                 const PullWatch& watch) override;
  [[nodiscard]] PullProgress progress() const override;
  [[nodiscard]] Result<std::vector<std::string>> check(const std::string& cursor,
                                                       UtcTime now) override;

 private:
  explicit FileSource(SourceConfig config);

  [[nodiscard]] Result<void> resume(const std::string& cursor, UtcTime now);
  [[nodiscard]] Result<void> plan(UtcTime now);
  [[nodiscard]] Result<std::vector<ListedFile>> list_with_renamed();
  [[nodiscard]] Result<FileEntry> entry_for(const ListedFile& file);
  [[nodiscard]] Result<std::optional<FileEntry>> continued(const ListedFile& file,
                                                           const FileEntry& known) const;
  [[nodiscard]] bool has_changed(const FileEntry& entry, const FileFacts& facts, UtcTime now) const;
  [[nodiscard]] Result<void> fill(Page& page, UtcTime now);
  [[nodiscard]] Result<bool> open_file(FileEntry& entry, UtcTime now);
  [[nodiscard]] Result<bool> read_file(FileEntry& entry, Page& page, UtcTime now);
  [[nodiscard]] Result<void> check_bad_share(const FileEntry& entry, bool at_end) const;
  [[nodiscard]] Result<std::optional<Page>> finish(Page page, UtcTime now);
  [[nodiscard]] Result<std::optional<Page>> end_pull();
  [[nodiscard]] std::optional<Interval> statement(UtcTime now);
  void lose(const FileEntry& entry);
  void drop_found_again();
  [[nodiscard]] bool is_told(const FileEntry& entry) const;
  void forget();

  SourceConfig config_;
  std::string query_;
  PullWatch watch_;  ///< of the call under way; the reader keeps a reference to it
  FileCursor state_;
  std::optional<std::string> cursor_;  ///< what state_ stands for; nothing: not loaded

  // The pass under way.
  bool planned_ = false;
  std::vector<std::size_t> queue_;      ///< indices into state_.files still to read, last first
  std::optional<RecordReader> reader_;  ///< of queue_.back()
  bool reader_rests_ = false;
  PullProgress done_;          ///< of the finished files
  bool missed_ = false;        ///< a listed file was not there when its turn came
  bool gone_changed_ = false;  ///< state_.gone is not what the last page's cursor has
  bool pass_ended_ = false;    ///< with the last page, which had no `drained` to say so

  std::set<std::string> told_;  ///< losses that have been told: see describe_gone()
};

}  // namespace tidewaiter
