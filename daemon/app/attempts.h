#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "policies/model/error.h"

namespace tidewaiter {

/// Why somebody was not let act before there was an act to judge.
enum class AttemptFault : std::uint8_t {
  kWrongPassword,
  kNoPassword,    ///< this site uses passwords, and the person has none
  kNotAdmin,      ///< users are for who has the role
  kViewerReads,   ///< what shows personal fields is not for viewers
  kViewerAsks,    ///< nor is whether somebody who is named was found
  kNotPublisher,  ///< policies are for policy-writers and approvers
  kRetiredKey,    ///< whose key was retired signs nothing
};

/// Something that somebody tried and that no person signed. It is handed in beside acts, as a file
/// `{"attempt": {"typ", "case", "by"}, "fault", "salt"}`, and becomes the entry of a refusal
/// (`case.refused`): all that it says is believed as little as there.
struct TriedAct {
  std::string type;   ///< of the act that it would have been, or "user.add", "user.password", …
  std::string about;  ///< the act's case, or a person's handle; may be empty
  std::string by;     ///< handle that was claimed
  AttemptFault fault = AttemptFault::kWrongPassword;
};

/// What the ledger has as the reason.
[[nodiscard]] std::string attempt_reason(const TriedAct& attempt);

/// Hands it in. Errors: kInvalidInput for what has no JSON form; kUnavailable.
[[nodiscard]] Result<void> hand_in_attempt(const std::filesystem::path& state,
                                           const TriedAct& attempt);

/// An attempt that is handed in before it is known to be one, as a guess is before it is looked at.
/// Its file is locked while this lives and nobody takes it in meanwhile; whatever ends the process
/// leaves it to be taken in. Moves, never copies. Threads: any, one at a time.
class PendingAttempt {
 public:
  /// Errors: as hand_in_attempt().
  [[nodiscard]] static Result<PendingAttempt> begin(const std::filesystem::path& state,
                                                    const TriedAct& attempt);
  ~PendingAttempt();
  PendingAttempt(PendingAttempt&& other) noexcept;
  PendingAttempt& operator=(PendingAttempt&&) = delete;

  /// It was none: nothing of it stays. Errors: kUnavailable, and then it stays.
  [[nodiscard]] Result<void> withdraw() &&;

 private:
  PendingAttempt(int fd, std::filesystem::path file) : fd_(fd), file_(std::move(file)) {}
  int fd_;
  std::filesystem::path file_;
};

/// Whether a handed-in file is still a pending attempt's, or was withdrawn meanwhile. Errors:
/// kUnavailable.
[[nodiscard]] Result<bool> is_pending(const std::filesystem::path& file);

/// The attempt that a handed-in file's text says; nothing if it says none, or has any other member.
[[nodiscard]] std::optional<TriedAct> parse_attempt(std::string_view text);

}  // namespace tidewaiter
