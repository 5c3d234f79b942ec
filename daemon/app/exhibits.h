#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/act_file.h"
#include "policies/model/error.h"
#include "storage/evidence/payload_folder.h"
#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

// The bytes of exhibits that people attach to cases: encrypted in `payloads/` of the state, before
// the act that attaches them is handed in.

/// Longer ones are not kept; nor is more of one that stays where it is read.
inline constexpr std::int64_t kMostExhibitBytes = std::int64_t{1} << 30U;

[[nodiscard]] std::filesystem::path payloads_folder(const std::filesystem::path& state);
[[nodiscard]] PayloadFolder exhibits_of(const std::filesystem::path& state,
                                        const LedgerPaths& paths);

/// What an act has attached, if it is kept.
[[nodiscard]] std::optional<StoredPayload> payload_of(const Act& act);

/// What is where of an exhibit.
enum class Whereabouts : std::uint8_t { kKept, kElsewhere, kErased, kChanged, kMissing };
/// "kept", "elsewhere", "erased", "changed", "missing".
[[nodiscard]] std::string_view whereabouts_name(Whereabouts where);
/// Of what an act has attached, by `looked`, the answer of PayloadFolder::look_at() or check():
/// changed is also what is no regular file any more. Errors: kUnavailable, where it cannot be told
/// now.
[[nodiscard]] Result<Whereabouts> whereabouts(const PayloadFolder& exhibits,
                                              const StoredPayload& payload,
                                              const Result<void>& looked);

/// Whether an exhibit is kept as its act says, to its last byte, by no earlier act, and in a case
/// whose subject is not erased: an act of another kind is not looked at. `about`: the act's case;
/// null where it is about none. Errors: kRefused, kNotFound, kCorruption; kUnavailable where that
/// cannot be told now.
[[nodiscard]] Result<void> check_exhibit(const Act& act, const Case* about,
                                         std::span<const RecordedAct> before,
                                         const PayloadFolder& exhibits);
/// Destroys what an act that was refused has attached, if the act is what its name says and holds
/// its signature, and neither an act of the ledger nor another one that waits has it: who can write
/// a file that is refused cannot destroy by it what somebody else is attaching. What is not
/// destroyed now goes with the next erasure, and `ledger fsck` tells of it.
void discard_refused(const HandedInFile& refused, const std::filesystem::path& state,
                     std::span<const RecordedAct> before, const PayloadFolder& exhibits);

/// Which exhibits go with a subject: those of its cases, those whose words name it, and those of
/// leads whose words do.
struct ExhibitsOf {
  std::set<std::string> cases;
  std::function<bool(const Confidential& content)> is_named_in;
};

/// The ids of what is kept of them. Reads every entry. Errors: those of the ledger; kUnavailable.
[[nodiscard]] Result<std::vector<std::string>> kept_exhibits(const std::filesystem::path& state,
                                                             const Ledger& ledger,
                                                             const ExhibitsOf& subject);

struct ErasedExhibits {
  std::int64_t count = 0;  ///< that the erasure has destroyed, now and before
  std::string left;        ///< why what no act has is left for the next one; empty: it is not
};

/// Destroys what is kept of them for `erasure`, and what no act has: neither one of the ledger nor
/// one that waits to be taken in. The latter only where all of these can be read, and nobody is
/// attaching something. Done again it goes on where it was. Errors: as kept_exhibits(); those of
/// the vault.
[[nodiscard]] Result<ErasedExhibits> erase_exhibits(const std::filesystem::path& state,
                                                    const LedgerPaths& paths, const Ledger& ledger,
                                                    const std::string& erasure,
                                                    const ExhibitsOf& subject);

}  // namespace tidewaiter
