#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/signed_note.h"
#include "storage/timestamp/timestamp_authorities.h"
#include "storage/timestamp/timestamp_request.h"

namespace tidewaiter {

/// What gets a time: SHA-256 of a checkpoint's note, which must carry the log's own signature and
/// no other. So the signature existed at that time, and a key that is stolen later cannot sign a
/// history that is older than the theft.
[[nodiscard]] Digest checkpoint_imprint(std::string_view own_note);

/// The note with the log's own signature alone: those of witnesses come later, or not at all.
/// Errors: as verify_note().
[[nodiscard]] Result<std::string> own_note(std::string_view note, const VerifierKey& log);

/// A token as it is stored, with the head that it is about. Nothing of it was judged.
struct StoredTimestamp {
  std::int64_t size = 0;  ///< entries under the head, as the file's name has it
  std::string file;       ///< name of the response in the folder
  std::string note;       ///< the head; empty if its file is not there
  std::string response;   ///< TimeStampResp
};

/// A request that waits for its answer.
struct PendingTimestamp {
  std::int64_t size = 0;
  TimestampRequest request;
  std::string der;  ///< the request as it is sent
};

/// The folder `timestamps` beside a ledger, and in an exported log (docs/ledger-format.md §11):
///
///   <size>.checkpoint       a signed head, with the log's signature alone
///   <size>.tsq              a request for it that has no answer yet
///   <size>.<genTime>.tsr    a response with a token for it; `_2` behind the time for the second one
///                           in a second
///
/// Files appear whole and with their folder synced; a `.checkpoint` and a `.tsr` never change. The
/// forms are those of `openssl ts`, so that whoever has the files needs none of our programs.
/// Threads and processes: any; two that write the same file write the same thing, or one of them is
/// told kUnavailable and may try again.
class TimestampFolder {
 public:
  explicit TimestampFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

  /// All tokens, by size and then by time; none if there is no folder. Errors: kUnavailable.
  [[nodiscard]] Result<std::vector<StoredTimestamp>> tokens() const;

  /// The requests without an answer, by size. What is no request of ours is passed over.
  /// Errors: kUnavailable.
  [[nodiscard]] Result<std::vector<PendingTimestamp>> pending() const;

  /// Stores a head and a new request for it; a request that waits for the same head and policy
  /// already is given again. Errors: as own_note(), new_timestamp_request(); kUnavailable.
  [[nodiscard]] Result<PendingTimestamp> ask(const Checkpoint& head, const VerifierKey& log,
                                             const std::string& policy);

  /// Takes a pending request back, and its head if no token is about it: what comes for it later
  /// answers nothing. Errors: kUnavailable.
  [[nodiscard]] Result<void> withdraw(std::int64_t size);

  /// Takes in the answer to a pending request, which then is none any more, and to older ones that
  /// it makes needless. Errors: as TimestampAuthorities::verify(); kNotFound if it answers no
  /// pending request; kUnavailable. On an error the requests stay.
  [[nodiscard]] Result<VerifiedTimestamp> take(std::string_view response,
                                               const TimestampAuthorities& authorities);

  /// Copies tokens for heads of at most `size` entries, with these heads, into the folder `to`,
  /// which is made if it is needed. Gives how many files are new there. Errors: kUnavailable.
  [[nodiscard]] Result<std::int64_t> copy_to(const std::filesystem::path& to,
                                             std::int64_t size) const;

 private:
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  [[nodiscard]] Result<void> settle(std::int64_t size) const;
  [[nodiscard]] Result<void> remove(const std::string& name) const;

  std::filesystem::path folder_;
};

}  // namespace tidewaiter
