#pragma once

#include <array>
#include <span>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/command.h"
#include "storage/ledger/ledger.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

// Cases and findings as viewers see them: what the profile `facts` lets through of a report. Whom
// they are about, and figures whose value is a text, are withheld, and said to be; so are records,
// and the words of acts.

/// In the place of whom a finding is about.
inline constexpr std::string_view kWithheldSubject = "(withheld)";

/// Without personal fields. What is erased stays so.
[[nodiscard]] FindingState masked(FindingState finding);
[[nodiscard]] Case masked(Case c);

/// What of a document is withheld, by the names of its members. Of a case with its acts also what
/// kWithheldOfActs names, of a finding that is shown what kWithheldOfEvidence names.
inline constexpr std::array<std::string_view, 1> kWithheldOfCase{"subject"};
inline constexpr std::array<std::string_view, 2> kWithheldOfFinding{"subject", "figures of text"};
inline constexpr std::array<std::string_view, 5> kWithheldOfActs{
    "subject", "figures of text", "confidential", "named", "named_without_findings"};
inline constexpr std::array<std::string_view, 5> kWithheldOfEvidence{
    "subject", "figures of text", "evidence_records", "listed: names of the account", "clearances"};

/// Makes `subject` null, and adds `withheld`, which names what is.
void say_withheld(nlohmann::ordered_json& document, std::span<const std::string_view> names);

/// What a page says of it at its end.
void print_withheld(Invocation& run);

}  // namespace tidewaiter
