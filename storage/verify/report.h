#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "storage/verify/verify.h"

namespace tidewaiter {

/// "unreadable", "schema", "entry", "tree", "head", "signature", "lock", "projection", "unsigned",
/// "quorum", "timestamp"; "none".
[[nodiscard]] std::string_view failure_name(VerifyFailure failure);

/// What a report comes to.
enum class Verdict : std::uint8_t {
  kHolds,            ///< every entry is covered by a valid checkpoint, and nothing contradicts them
  kSignedPartHolds,  ///< nothing contradicts the entries, but the last ones are not signed
  kWitnessedPartHolds,  ///< the same of a ledger whose checkpoints are to be witnessed
  kNotWitnessed,        ///< all holds, but for the cosignatures that the trust policy asks for
  kFails,               ///< there are other problems
};
[[nodiscard]] Verdict verdict_of(const VerifyReport& report);

/// The exit code of a verifier: 0 if there is no problem, otherwise 10 for kUnreadable, 11 for
/// kSchema and so on in their order, by the worst problem, which comes first in the report
/// (docs/ledger-format.md).
[[nodiscard]] int verify_exit_code(const VerifyReport& report);

/// A line for each witness, for people; empty without any.
[[nodiscard]] std::string cosigners_text(const WitnessedHead& head);
/// For a verdict's member `witnesses`: an array of objects with `name` and `time`.
[[nodiscard]] nlohmann::json cosigners_json(const WitnessedHead& head);

/// A verdict for people, of several lines.
[[nodiscard]] std::string verdict_text(const VerifyReport& report);

/// The verdict as one JSON object and a newline; its members are in docs/ledger-format.md.
[[nodiscard]] std::string verdict_json(const VerifyReport& report);

/// In place of a verdict where there is no ledger: one JSON object and a newline.
[[nodiscard]] std::string nothing_checked_json(std::string_view message);

}  // namespace tidewaiter
