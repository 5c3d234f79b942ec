#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/act_file.h"
#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/log.h"
#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

// What people do about cases, on its way into the ledger. An act is a file that a person signed, in
// a folder of the state, so that nobody has to stop a daemon; whoever owns the ledger judges it by
// storage/review/act_rules.h, and records it or the refusal. The file stays: it is the only place
// of what is confidential in the act, and whoever erases that removes it.
//
//   acts/incoming/<digest>.json   handed in
//   acts/<digest>.json            in the ledger
//   acts/refused/<digest>.json    not, and why; <digest>.given is what was handed in
//
// Threads: any; two processes may work on one state folder, but one takes acts in.

/// Signs an act with what is confidential in it (its digest is put into the act), and hands it in.
/// `proof`: by what the person is known. Gives its digest. Errors: kInvalidInput for more than
/// kMostConfidentialBytes and what has no JSON form; kRefused if it is handed in already;
/// kUnavailable.
[[nodiscard]] Result<Digest> hand_in_act(const std::filesystem::path& state, Act act,
                                         const Confidential& content, const SigningKey& key,
                                         ActProof proof = ActProof::kUnsaid);

enum class ActFate : std::uint8_t { kWaits, kTaken, kRefused };

/// What has become of an act. Errors: kNotFound if it was not handed in; kUnavailable; kCorruption.
struct ActStanding {
  ActFate fate = ActFate::kWaits;
  std::string reason;  ///< of a refusal
};
[[nodiscard]] Result<ActStanding> act_standing(const std::filesystem::path& state,
                                               const Digest& act);

/// What the file of an act of the ledger says by itself, as forget_words() reads it: also where
/// somebody has changed it. Empty where there is none, or one that is longer than any act. Errors:
/// kUnavailable.
[[nodiscard]] Result<Confidential> words_in_file(const std::filesystem::path& state,
                                                 const Act& act);

/// What is confidential in an act of the ledger; nothing if that was erased, or is not here.
/// Errors: kCorruption for a file that does not hold what the act is sealed with; kUnavailable.
[[nodiscard]] Result<std::optional<Confidential>> confidential_of(
    const std::filesystem::path& state, const Act& act);

/// What the ledger's rulings on links come to, in the order in which they began to hold or were
/// lifted: what the record log has to be told, if it does not have it yet. `unsaid` counts those
/// whose words are erased, not here, or not those that were signed: the log is told nothing of
/// them. Reads every entry of the ledger. Errors: those of the ledger; kUnavailable.
[[nodiscard]] Result<std::vector<LinkRuled>> stated_rulings(const std::filesystem::path& state,
                                                            const Ledger& ledger,
                                                            std::int64_t& unsaid);

/// Chooses words by the case, hold, erasure or report that they are about, and by what they say.
using ChosenWords = std::function<bool(const std::string& about, const Confidential& content)>;

/// Removes the words of what people did, of refused acts too, where `chosen` says so; says of how
/// many. What waits to be taken in stays. A refused file that is no act comes to `chosen` as one
/// text. Errors: kUnavailable.
[[nodiscard]] Result<std::int64_t> forget_words(const std::filesystem::path& state,
                                                const ChosenWords& chosen);

}  // namespace tidewaiter
