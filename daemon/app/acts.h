#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/log.h"
#include "policies/model/time.h"
#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

struct PolicySet;

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

[[nodiscard]] std::filesystem::path acts_folder(const std::filesystem::path& state);

inline constexpr std::size_t kMostConfidentialBytes = std::size_t{1} << 20U;

/// Signs an act with what is confidential in it (its digest is put into the act), and hands it in.
/// Gives its digest. Errors: kInvalidInput for more than kMostConfidentialBytes and what has no
/// JSON form; kRefused if it is handed in already; kUnavailable.
[[nodiscard]] Result<Digest> hand_in_act(const std::filesystem::path& state, Act act,
                                         const Confidential& content, const SigningKey& key);

enum class ActFate : std::uint8_t { kWaits, kTaken, kRefused };

/// What has become of an act. Errors: kNotFound if it was not handed in; kUnavailable; kCorruption.
struct ActStanding {
  ActFate fate = ActFate::kWaits;
  std::string reason;  ///< of a refusal
};
[[nodiscard]] Result<ActStanding> act_standing(const std::filesystem::path& state,
                                               const Digest& act);

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

/// Whether the policy of a finding has a basis in law. Where the set does not have it, in the
/// version that made the finding, nobody knows: it counts as one that does.
[[nodiscard]] bool rests_on_law(const PolicySet& set, const FindingState& finding);

/// What the policies in force say, for whoever judges acts. Both are called on one thread.
struct JudgingPolicies {
  /// Whether a finding's policy rests on law: what was decided about it takes two.
  std::function<bool(const FindingState&)> legal;
  /// Whether the policy that a clearance names is in force in that version, and screens names
  /// against the list.
  std::function<bool(const NameCleared&, const std::string& list)> looks_into;
};

/// By what the set says, which has to outlast it.
[[nodiscard]] JudgingPolicies policies_for_acts(const PolicySet& set);

struct TakenActs {
  std::int64_t taken = 0;
  std::int64_t refused = 0;
  std::int64_t unreadable = 0;  ///< files that cannot be read now, and stay where they are
  std::int64_t waiting = 0;     ///< that cannot be judged now, and later ones of the same case
  std::optional<Error> why_waiting = std::nullopt;  ///< of the first of these
};

/// Writes what was handed in into the ledger at `paths`, in the order of the acts' times, each as
/// an entry of its own or as a refusal, at most a thousand at once, and signs the head. What cannot
/// be judged now, as where the vault lacks a key, stays where it is, and so do later acts about the
/// same case: which would be refused for its sake. Killed at any moment it goes on where it was: an
/// act is recorded once. Errors: those of the ledger, those of the vault, kCorruption for a
/// person's file, kUnavailable.
[[nodiscard]] Result<TakenActs> take_acts(const std::filesystem::path& state, Ledger& ledger,
                                          const LedgerPaths& paths, const JudgingPolicies& policies,
                                          UtcTime now);

}  // namespace tidewaiter
