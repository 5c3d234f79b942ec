#pragma once

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/terminal.h"
#include "daemon/cli/text_table.h"
#include "storage/review/case_book.h"
#include "storage/review/case_clocks.h"

namespace tidewaiter {

/// "open", "open, 3 new since the decision", "proposed: confirmed, by jo-ng", "closed: confirmed".
[[nodiscard]] std::string case_state_text(const Case& c);
[[nodiscard]] Tone case_state_tone(const Case& c);

/// "account:gateway/17", "(erased)", "a lead".
[[nodiscard]] std::string case_subject_text(const Case& c);

/// "ofac-report: due 2026-10-19, 3 business days left".
[[nodiscard]] std::string clock_text(const ClockStarted& clock, UtcTime now);

/// A case's row: id, severity, subject, findings, owner, state, and the open clock that ends first.
/// `withheld`: it is not said whom they are about.
[[nodiscard]] TextTable cases_table(std::span<const Case* const> cases, const CaseClocks& clocks,
                                    UtcTime now, bool withheld = false);

/// What an act does, in words: "decided: confirmed".
[[nodiscard]] std::string act_words(const Act& act);

/// Shape: docs/commands.md#case.
[[nodiscard]] nlohmann::ordered_json case_json(const Case& c, const CaseClocks& clocks,
                                               UtcTime now);
[[nodiscard]] nlohmann::ordered_json act_json(const RecordedAct& act);

}  // namespace tidewaiter
