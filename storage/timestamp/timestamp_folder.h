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
  std::string fault;  ///< why one of the two cannot be read, such as its length; empty: they can
};

/// What a stored token says by itself: it is about the head beside it, and its name has its time,
/// by which tokens are in order. Who signed it is not asked. Pure.
/// Errors: as read_timestamp(); kRefused, saying what does not hold.
[[nodiscard]] Result<Timestamp> read_stored(const StoredTimestamp& token);

/// Judges a stored token by its head, its name, and TimestampAuthorities::verify(). Pure.
/// Errors: as there.
[[nodiscard]] Result<VerifiedTimestamp> verify_stored(const StoredTimestamp& token,
                                                      const TimestampAuthorities& authorities);

/// Who brings a request to an authority.
enum class RequestBearer : std::uint8_t {
  kProgram,  ///< one of ours, which takes it back when there is a newer head to ask for
  kPerson,   ///< carried to where this machine reaches nobody: its answer may come much later
};

/// A request that waits for its answer.
struct PendingTimestamp {
  std::int64_t size = 0;
  RequestBearer bearer = RequestBearer::kProgram;
  TimestampRequest request;
  std::string der;  ///< the request as it is sent
};

/// The folder `timestamps` beside a ledger, and in an exported log (docs/ledger-format.md §11):
///
///   <size>.checkpoint       a signed head, with the log's signature alone
///   <size>.tsq              a request for it that has no answer yet
///   <size>.carried.tsq      the same of one that a person carries, with a nonce of its own
///   <size>.<genTime>.tsr    a response with a token for it; `_2` behind the time for the second
///   one
///                           in a second
///
/// Files appear whole and with their folder synced; a `.checkpoint` and a `.tsr` never change. The
/// forms are those of `openssl ts`, so that whoever has the files needs none of our programs.
/// Threads and processes: any. Who changes something holds a flock() on the folder, so that a token
/// is never without its head; whoever waits for it longer than two seconds is told kUnavailable and
/// may try again. Readers wait for nobody.
class TimestampFolder {
 public:
  explicit TimestampFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

  /// All tokens, by size and then by the time in their names; none if there is no folder. One that
  /// cannot be read is among them, with its fault. Errors: kUnavailable, for the folder.
  [[nodiscard]] Result<std::vector<StoredTimestamp>> tokens() const;

  /// The requests without an answer, by size. What is no request of ours is passed over.
  /// Errors: kUnavailable.
  [[nodiscard]] Result<std::vector<PendingTimestamp>> pending() const;

  /// Stores a head and a new request for it; a request that waits for the same head, policy and
  /// bearer already is given again. Errors: as own_note(), new_timestamp_request(); kUnavailable.
  [[nodiscard]] Result<PendingTimestamp> ask(const Checkpoint& head, const VerifierKey& log,
                                             const std::string& policy,
                                             RequestBearer bearer = RequestBearer::kProgram);

  /// Takes the program's request for the head of that size back, and heads that nothing is about
  /// any more: what comes for it later answers nothing. What a person carries stays.
  /// Errors: kUnavailable.
  [[nodiscard]] Result<void> withdraw(std::int64_t size);

  /// Takes in the answer to a pending request, which then is none any more, and with it those for
  /// older heads that it makes needless; a request that a person carries is settled by what a
  /// person brought alone. Errors: as TimestampAuthorities::verify(); kNotFound if it answers no
  /// pending request; kUnavailable. On an error the requests stay.
  [[nodiscard]] Result<VerifiedTimestamp> take(std::string_view response,
                                               const TimestampAuthorities& authorities);

  /// Copies tokens that can be read for heads of at most `size` entries, with these heads, into the
  /// folder `to`, which is made if it is needed. Gives how many files are new there. Errors:
  /// kUnavailable.
  [[nodiscard]] Result<std::int64_t> copy_to(const std::filesystem::path& to,
                                             std::int64_t size) const;

 private:
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  [[nodiscard]] Result<void> settle(const PendingTimestamp& answered) const;
  [[nodiscard]] Result<void> remove_idle_heads() const;
  [[nodiscard]] Result<void> remove(const std::string& name) const;

  std::filesystem::path folder_;
};

}  // namespace tidewaiter
