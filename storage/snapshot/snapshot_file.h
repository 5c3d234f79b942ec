#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/log.h"
#include "policies/model/time.h"

namespace tidewaiter {

// A snapshot: the state of evaluation after some place of the record log, so that a start need not
// judge the log from its first entry. It is a cache: what is in it follows from the log, and where
// it is missing, torn or of another code it is made anew. It holds texts of records, and so goes
// where these go: erasure and retention remove it.
//
// A file of mode 0600: the line "tidewaiter snapshot 1", a line of JSON that is the head, the body
// as one Zstandard frame (RFC 8878), and the SHA-256 of all that.

/// What a snapshot is of.
struct SnapshotHead {
  std::string code;           ///< which code wrote the body, and can read it
  std::string log_id;         ///< RecordLog::log_id
  LogOffset at;               ///< the state after this place
  std::optional<Digest> set;  ///< the policies in force there, by the hash of their activation
  std::optional<UtcTime> dropped_before;  ///< where the log began, in event time

  bool operator==(const SnapshotHead&) const = default;
};

/// A snapshot that is being written. It stands beside its place, under the name with `.new` behind
/// it, until it is whole; without commit() nothing is left of it. One thread.
class SnapshotWriter {
 public:
  /// Called with the bytes of the file, each time that some are written. Must return soon.
  using Written = std::function<void(std::int64_t bytes)>;

  /// Errors: kUnavailable.
  [[nodiscard]] static Result<std::unique_ptr<SnapshotWriter>> create(
      const std::filesystem::path& path, const SnapshotHead& head, Written written = {});
  virtual ~SnapshotWriter() = default;

  /// What is written here is compressed as it comes. Goes bad where the file cannot be written.
  [[nodiscard]] virtual std::ostream& body() = 0;

  /// Ends the body and puts the file in its place; gives how many bytes it has. It is not synced: a
  /// power failure may tear it, which its digest tells. Errors: kUnavailable.
  [[nodiscard]] virtual Result<std::int64_t> commit() = 0;
};

/// A snapshot that was whole when it was opened. One thread.
class SnapshotReader {
 public:
  /// Reads the file once to see that it is whole. Errors: kNotFound; kUnavailable; kUnsupported for
  /// one of another form; kCorruption.
  [[nodiscard]] static Result<std::unique_ptr<SnapshotReader>> open(
      const std::filesystem::path& path);
  virtual ~SnapshotReader() = default;

  [[nodiscard]] virtual const SnapshotHead& head() const = 0;
  /// The body. Goes bad where the file cannot be read any more.
  [[nodiscard]] virtual std::istream& body() = 0;
};

/// Removes a snapshot and what an interrupted writer left, durably. Errors: kUnavailable.
[[nodiscard]] Result<void> remove_snapshot(const std::filesystem::path& path);
/// The same of what an interrupted writer left alone.
[[nodiscard]] Result<void> remove_unfinished_snapshot(const std::filesystem::path& path);

}  // namespace tidewaiter
