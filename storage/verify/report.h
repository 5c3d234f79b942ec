#pragma once

#include <string>
#include <string_view>

#include "storage/verify/verify.h"

namespace tidewaiter {

/// "unreadable", "schema", "entry", "tree", "head", "signature", "lock", "projection"; "none".
[[nodiscard]] std::string_view failure_name(VerifyFailure failure);

/// The exit code of a verifier: 0 if everything holds, otherwise 10 for kUnreadable, 11 for
/// kSchema and so on in their order, by the worst problem (docs/ledger-format.md).
[[nodiscard]] int verify_exit_code(const VerifyReport& report);

/// A verdict for people, of several lines.
[[nodiscard]] std::string verdict_text(const VerifyReport& report);

/// The verdict as one JSON object and a newline; its members are in docs/ledger-format.md.
[[nodiscard]] std::string verdict_json(const VerifyReport& report);

}  // namespace tidewaiter
