#include "storage/verify/witness_check.h"

#include <algorithm>

#include "storage/ledger/checkpoint.h"

namespace tidewaiter {

std::string without_cosignatures(const std::string& note, const std::optional<VerifierKey>& key) {
  const Result<SignedNote> parsed = parse_signed_note(note);
  if (!parsed) return note;
  auto own = parsed->signatures.begin();
  if (key) {
    const auto found = std::ranges::find_if(parsed->signatures, [&key](const NoteSignature& line) {
      return line.name == key->name && line.key_id == key_id(*key);
    });
    if (found != parsed->signatures.end()) own = found;
  }
  return format_signed_note({parsed->text, {*own}});
}

QuorumCheck check_quorum(const std::string& note, const TrustPolicy& policy) {
  const auto refuse = [](VerifyFailure failure, const std::string& why) {
    return QuorumCheck{{}, VerifyProblem{failure, -1, why}};
  };
  const Result<SignedNote> parsed = parse_signed_note(note);
  const auto head = parsed ? parse_checkpoint_body(parsed->text)
                           : Result<Checkpoint>(tl::unexpected(parsed.error()));
  if (!head) {
    return refuse(VerifyFailure::kHead,
                  "the cosigned checkpoint cannot be read: " + head.error().message);
  }
  const std::string name = "the checkpoint of size " + std::to_string(head->head.size);
  const Result<Witnessing> witnessing = judge_witnesses(*parsed, policy);
  if (!witnessing) {
    return refuse(VerifyFailure::kSignature, name + ": " + witnessing.error().message);
  }
  if (!witnessing->quorum) {
    return refuse(VerifyFailure::kQuorum,
                  name + " lacks the quorum `" + policy.quorum +
                      "` of the policy: " + witnessing_text(policy, *witnessing));
  }
  QuorumCheck check{{head->head.size, {}}, {}};
  for (const Cosignature& cosignature : witnessing->cosignatures) {
    check.head.cosigners.push_back({cosignature.witness.name, cosignature.seconds});
  }
  return check;
}

}  // namespace tidewaiter
