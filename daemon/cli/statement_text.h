#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/told_case.h"
#include "storage/review/case_statements.h"

namespace tidewaiter {

// What people have stated about a case, and what the program has done to it, as its page and its
// documents have it.

/// Whether a statement of who is behind the case waits for another person.
[[nodiscard]] bool has_waiting_attribution(const Case& c);

/// Who is behind it, each statement with where it stands; counsel's conclusion; and what became of
/// it as its cluster merged and split. Nothing where there is nothing to be said. What is withheld
/// of the acts' words is withheld here.
void print_statements(Invocation& run, const ToldCase& told);

/// Shapes: docs/commands.md#case. Without words; null where there is no conclusion.
[[nodiscard]] nlohmann::ordered_json attributions_json(const Case& c);
[[nodiscard]] nlohmann::ordered_json conclusion_json(const Case& c);
[[nodiscard]] nlohmann::ordered_json regroupings_json(const Case& c);

}  // namespace tidewaiter
