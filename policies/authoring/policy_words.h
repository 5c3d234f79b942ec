#pragma once

#include <string>
#include <string_view>

#include "policies/language/policy.h"

namespace tidewaiter {

/// An expression of the policy as people say it: "operation is one of chat, batch and
/// output_tokens ÷ requests is above 1,500". Texts compare in upper and lower case alike unless it
/// says "exactly".
[[nodiscard]] std::string in_words(const Expr& expr, const Policy& policy);

/// "the sum of output_tokens, where http_status is at least 400".
[[nodiscard]] std::string in_words(const Measure& measure, const Policy& policy);

/// "each account", "each client.network with tls.ja4".
[[nodiscard]] std::string subject_words(const Policy& policy);

/// "24h, looked at every 1h; what comes up to 6h late still counts".
[[nodiscard]] std::string window_words(const Window& window);

/// "law: Export rule (US, 15 CFR 744; settled: disputed)".
[[nodiscard]] std::string basis_words(const Basis& basis);

/// "from 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z", the end not included.
[[nodiscard]] std::string interval_words(const Interval& interval);

}  // namespace tidewaiter
