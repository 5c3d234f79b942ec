#include "storage/witness/witness.h"

#include <span>
#include <utility>

#include "storage/ledger/cosignature.h"
#include "storage/ledger/merkle.h"

namespace tidewaiter {

namespace {

WitnessAnswer refusal(int status, const std::string& why) {
  return {status, "text/plain; charset=utf-8", why + "\n"};
}

/// Says why a head may not follow the one that was cosigned last; nothing if it may. The log's
/// signature is judged before.
std::optional<WitnessAnswer> refuse_head(const Submission& submission, const TreeHead& last) {
  const AddCheckpoint& request = submission.request;
  const TreeHead& head = submission.checkpoint.head;
  if (request.old_size > head.size) {
    return refusal(400, "the old size is larger than that of the checkpoint");
  }
  if (request.old_size != last.size) {
    return WitnessAnswer{409, std::string(kTreeSizeType), std::to_string(last.size) + "\n"};
  }
  if (head.size == last.size && head.root != last.root) {
    return refusal(409, "another root was cosigned for this size: the log has forked");
  }
  // From the empty tree, and from a tree to itself, the proof is empty (RFC 6962, 2.1.2, and the
  // protocol's rule for size 0, which the verifying algorithm does not cover).
  const bool consistent =
      last.size == 0 || head.size == last.size
          ? request.proof.empty()
          : verify_consistency(last.size, last.root, head.size, head.root, request.proof);
  if (!consistent) return refusal(422, "the consistency proof does not hold");
  return std::nullopt;
}

}  // namespace

Result<Submission> read_submission(std::string_view body) {
  Result<AddCheckpoint> request = parse_add_checkpoint(body);
  if (!request) return tl::unexpected(request.error());
  const std::size_t split = request->note.rfind("\n\n");
  if (split == std::string::npos) {
    return fail(ErrorCode::kInvalidInput, "malformed request: no signed note behind the proof");
  }
  Result<Checkpoint> checkpoint = parse_checkpoint_body(request->note.substr(0, split + 1));
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  return Submission{std::move(*request), std::move(*checkpoint)};
}

WitnessAnswer refuse_unreadable(const Error& error) { return refusal(400, error.message); }

Result<WitnessVerdict> judge_submission(const Submission& submission, const WitnessedLog* log,
                                        const WitnessIdentity& witness, std::int64_t seconds) {
  if (log == nullptr) return WitnessVerdict{refusal(404, "unknown log"), std::nullopt};
  const Result<SignedNote> note = verify_note(submission.request.note, std::span(&log->key, 1));
  if (!note || submission.checkpoint.origin != log->key.name) {
    return WitnessVerdict{refusal(403, "invalid signature: the log's key did not sign this"),
                          std::nullopt};
  }
  if (auto refused = refuse_head(submission, log->head)) {
    return WitnessVerdict{std::move(*refused), std::nullopt};
  }
  const Result<NoteSignature> line = cosign(note->text, seconds, witness.name, witness.key);
  if (!line) return tl::unexpected(line.error());
  const std::string own = format_signature_lines(std::span(&*line, 1));
  return WitnessVerdict{
      {200, "text/plain; charset=utf-8", own},
      WitnessedLog{log->key, submission.checkpoint.head, format_signed_note(*note) + own}};
}

}  // namespace tidewaiter
