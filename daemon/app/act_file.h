#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/attempts.h"
#include "daemon/app/user_changes.h"
#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "storage/ledger/act.h"

namespace tidewaiter {

// The files in which acts of people lie: daemon/app/acts.h says where and why.

inline constexpr std::size_t kMostConfidentialBytes = std::size_t{1} << 20U;
/// With the escapes that JSON may need.
inline constexpr std::size_t kMostActFileBytes = 8 * kMostConfidentialBytes;

[[nodiscard]] std::filesystem::path acts_folder(const std::filesystem::path& state);
[[nodiscard]] std::filesystem::path incoming_acts_folder(const std::filesystem::path& state);
[[nodiscard]] std::filesystem::path refused_acts_folder(const std::filesystem::path& state);
[[nodiscard]] std::string act_file_name(const Digest& act);  // "<digest>.json"
/// Where what has this digest is handed in, in folders that are made where they are not there.
/// Errors: kUnavailable.
[[nodiscard]] Result<std::filesystem::path> incoming_act_file(const std::filesystem::path& state,
                                                              const Digest& digest);

/// By what the program knew that whoever acted is who the act says. It goes into the act's entry as
/// `proof`: said by the program, and not signed by the person.
enum class ActProof : std::uint8_t {
  kUnsaid,       ///< of acts that programs of before have handed in
  kStateFolder,  ///< nothing was asked: who may read the key in the state folder may act
  kUnixUser,     ///< the Unix user has the person's handle as its name
  kKeyFile,      ///< the person's key was given, from elsewhere than the state folder
  kPassword,
};

/// "state-folder", "unix-user", "key", "password"; empty for kUnsaid.
[[nodiscard]] std::string_view act_proof_name(ActProof proof);
/// kUnsaid for any other name.
[[nodiscard]] ActProof act_proof_from(std::string_view name);

/// An act as its file has it.
struct ActFile {
  SignedAct act;
  std::string sealed;  ///< empty: nothing is confidential
  std::string bytes;
  ActProof proof = ActProof::kUnsaid;
};

/// Errors: kInvalidInput for what has no JSON form.
[[nodiscard]] Result<std::string> act_file_text(const SignedAct& act, const std::string& sealed,
                                                ActProof proof);
/// The inverse. Errors: kInvalidInput for what is no act of a ledger of `origin`, and for sealed
/// words that are not those that were signed.
[[nodiscard]] Result<ActFile> parse_act_file(std::string bytes, const std::string& origin);

/// What was handed in, whatever it is.
struct HandedInFile {
  std::filesystem::path file;
  Result<ActFile> read = fail(ErrorCode::kInvalidInput, "unread");
  // What it says where it is no act, but this.
  std::optional<TriedAct> attempt = std::nullopt;
  std::optional<UserChange> change = std::nullopt;
};

/// Nothing where it is gone meanwhile, and of an attempt that is pending (attempts.h). Errors:
/// kUnavailable.
[[nodiscard]] Result<std::optional<HandedInFile>> read_handed_in(const std::filesystem::path& file,
                                                                 const std::string& origin);
/// So many files of those that were handed in are looked at, to take the earliest first. Acts that
/// wait are among them.
inline constexpr std::size_t kMostWaitingRead = 20'000;

/// What was handed in, in the order of the acts' times, of kMostWaitingRead files at most. What
/// cannot be read now is counted and left. The contents are not kept: together they may be of any
/// size. Errors: kUnavailable.
[[nodiscard]] Result<std::vector<std::filesystem::path>> handed_in_by_time(
    const std::filesystem::path& state, const std::string& origin, std::int64_t& unreadable);

/// Sixteen random bytes.
[[nodiscard]] std::string random_salt();

}  // namespace tidewaiter
