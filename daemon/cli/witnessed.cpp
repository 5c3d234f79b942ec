#include "daemon/cli/witnessed.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/terminal.h"
#include "storage/ledger/cosigned_head.h"

namespace tidewaiter {

namespace {

Result<std::optional<WitnessedHeadState>> judge_stored(const Stores& stores) {
  const TrustPolicy& policy = stores.config.ledger.witnesses;
  if (policy.witnesses.empty()) return std::nullopt;
  const Result<VerifierKey> log = parse_verifier_key(stores.ledger->verifier_key());
  if (!log) return tl::unexpected(log.error());
  Result<std::optional<Checkpoint>> head = read_cosigned_head(stores.paths.witnessed, *log);
  if (!head) return tl::unexpected(head.error());
  if (!*head) return std::nullopt;
  const Result<SignedNote> note = parse_signed_note((*head)->note);
  if (!note) return tl::unexpected(note.error());
  const Result<Witnessing> witnessing = judge_witnesses(*note, policy);
  if (!witnessing) {
    return fail(ErrorCode::kCorruption, "`" + stores.paths.witnessed.string() +
                                            "`: " + witnessing.error().message +
                                            "; remove it, and the witnesses are asked again");
  }
  if (!witnessing->quorum) return std::nullopt;
  WitnessedHeadState state{std::move(**head), {}};
  for (const Cosignature& cosignature : witnessing->cosignatures) {
    const auto known =
        std::ranges::find(policy.witnesses, cosignature.witness, &PolicyWitness::key);
    if (known != policy.witnesses.end()) state.witnesses.push_back(known->name);
  }
  return state;
}

}  // namespace

Result<std::optional<WitnessedHeadState>> read_witnessed(Invocation& run, const Stores& stores) {
  auto witnessed = judge_stored(stores);
  if (witnessed || witnessed.error().code == ErrorCode::kUnavailable) return witnessed;
  run.err << "tidewaiter: warning: " << printable(witnessed.error().message) << '\n';
  return std::nullopt;
}

nlohmann::ordered_json witnessed_json(const std::optional<WitnessedHeadState>& witnessed) {
  if (!witnessed) return nullptr;
  return {{"size", witnessed->head.head.size},
          {"root", to_hex(witnessed->head.head.root)},
          {"witnesses", witnessed->witnesses},
          {"note", witnessed->head.note}};
}

std::string witnessed_text(const std::optional<WitnessedHeadState>& witnessed) {
  if (!witnessed) return "0";
  std::string text = grouped(witnessed->head.head.size) + " (";
  for (const std::string& name : witnessed->witnesses) {
    text += (text.ends_with('(') ? "" : ", ") + name;
  }
  return text + ")";
}

}  // namespace tidewaiter
