#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/terminal.h"
#include "daemon/cli/text_table.h"
#include "policies/model/error.h"
#include "policies/model/log.h"
#include "storage/review/ruling_book.h"

namespace tidewaiter {

/// A ruling with its words; these are absent where they are erased.
struct WordedRuling {
  const Ruling* ruling = nullptr;
  std::optional<LinkRuled> ruled;
  std::vector<std::string> reasons;  ///< one an act; empty where its words are erased
};

/// Reads the words of a ruling from the state folder. `ruling` outlives what is given. Errors: as
/// confidential_of(); kCorruption for words that do not fit.
[[nodiscard]] Result<WordedRuling> worded(const std::filesystem::path& state, const Ruling& ruling);

/// "cut gateway/a-3 off devices d-7", "join gateway/a-3 and gateway/b-4", "(erased)".
[[nodiscard]] std::string ruling_text(const WordedRuling& ruling);
/// "holds", "proposed: awaits a second person", "holds; its lifting awaits a second person".
[[nodiscard]] std::string ruling_state_text(const Ruling& ruling);

/// A row a ruling: id, state, what, who, when.
[[nodiscard]] TextTable rulings_table(const std::vector<WordedRuling>& rulings);
/// One ruling with all acts about it, and what a second person types where one is awaited.
[[nodiscard]] std::string ruling_page(const WordedRuling& ruling, const Terminal& terminal);
/// Shape: docs/commands.md#cluster.
[[nodiscard]] nlohmann::ordered_json ruling_json(const WordedRuling& ruling);

}  // namespace tidewaiter
