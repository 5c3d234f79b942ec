#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/time.h"
#include "storage/review/case_statements.h"

namespace tidewaiter {

// What people have stated about a case, as reports tell it: who is behind it, once another person
// has approved that, while something is left of what it rests on; and counsel's legal conclusion,
// once counsel has released it to reports of the kind. Plain values.

struct ReportedAttribution {
  std::string name;  ///< of who is behind it; empty where it is withheld
  bool withheld = false;
  std::string confidence;  ///< confidence_name()
  std::string by;          ///< handle
  UtcTime at;
  std::int64_t entry = 0;
  std::optional<Digest> sealed;  ///< of the name and the reason, as the entry has it
  std::string approved_by;       ///< handle
  UtcTime approved_at;
  std::int64_t approval_entry = 0;
  std::vector<std::string> findings;   ///< that it rests on: ids
  std::vector<std::int64_t> exhibits;  ///< likewise: entries
};

struct ReportedConclusion {
  std::string text;
  std::string by;  ///< handle of counsel
  UtcTime at;
  std::int64_t entry = 0;
  std::optional<Digest> sealed;  ///< of the text, as the entry has it
  std::string released_by;
  std::int64_t release_entry = 0;
};

/// The words of statements, read already.
struct StatementWords {
  std::map<std::int64_t, std::string> names;  ///< of who is behind it, by the statement's entry
  std::optional<std::string> conclusion;      ///< of one that is released; absent: erased
};

/// Stands for a name or a text that was erased, or is not at hand.
inline constexpr std::string_view kErasedWords = "(erased)";

/// Whether a report may have a statement: it holds, and something is left of what it rests on.
/// Pure.
[[nodiscard]] bool is_reported(const Attribution& one, const Case& c);

/// How many statements hold of which nothing is left that they rest on. Pure.
[[nodiscard]] std::int64_t unfounded_attributions(const Case& c);

/// The statements that a report may have, in the order of the ledger. Pure.
[[nodiscard]] std::vector<ReportedAttribution> reported_attributions(const Case& c,
                                                                     const StatementWords& words,
                                                                     bool withhold_names);

/// The conclusion that is released to reports of this kind; nothing where none is. Pure.
[[nodiscard]] std::optional<ReportedConclusion> reported_conclusion(const Case& c,
                                                                    const StatementWords& words,
                                                                    std::string_view kind);

/// What a report's timeline says of an act about a statement; nothing where the statement is not
/// reported, is told in no report of the kind, or is privileged there. Pure.
[[nodiscard]] std::optional<std::string> statement_event(const Case& c, const Act& act,
                                                         std::int64_t entry, bool tells_attribution,
                                                         std::string_view kind);

/// Whether an act is about who is behind a case.
[[nodiscard]] bool is_about_attribution(const Act& act);
/// Whether an act states or releases a legal conclusion.
[[nodiscard]] bool is_about_conclusion(const Act& act);

}  // namespace tidewaiter
