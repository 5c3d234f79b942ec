#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ledger/act.h"

namespace tidewaiter {

// Who had a report in their hands, as entries of the ledger say: who drew it, who approved and
// issued it, and of the reports before it that it corrects or supplements also to whom they went,
// and when that came. Both files of it follow from the log of the bundle alone, so that a verifier
// derives them again, byte for byte (docs/ledger-format.md §15). Pure; any thread.

inline constexpr std::string_view kCustodyFile = "custody.json";
inline constexpr std::string_view kCustodyPageFile = "custody.txt";

/// The custody of a report, up to the entry that issued it: its own acts, and those of the reports
/// that it follows, as far back as they go. In the order of the ledger.
struct Custody {
  std::string report;  ///< id
  std::vector<RecordedAct> acts;
};

/// `acts` are those about reports, in the order of the ledger, with signatures that hold. Nothing
/// where the entry `issued` is none of them that issues a report. Of a chain that goes in a circle,
/// which no ledger that verifies has, each report is followed once.
[[nodiscard]] std::optional<Custody> custody_of(std::span<const RecordedAct> acts,
                                                std::int64_t issued);

/// The bytes of kCustodyFile, and of kCustodyPageFile. Texts of the ledger are as plain_text()
/// shows them.
[[nodiscard]] std::string custody_json(const Custody& custody);
[[nodiscard]] std::string custody_page(const Custody& custody);

}  // namespace tidewaiter
