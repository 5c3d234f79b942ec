#include "storage/verify/proof.h"

#include <algorithm>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "storage/ledger/c2sp_text.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/root_text.h"
#include "storage/verify/plain_text.h"
#include "storage/verify/report.h"
#include "storage/verify/witness_check.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostHashes = 63;  // a tree has at most 2^63 leaves

/// Takes the next line off `rest`, without its newline; nothing if there is none.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

tl::unexpected<Error> malformed(const std::string& why) {
  return fail(ErrorCode::kInvalidInput, "the proof is malformed: " + why);
}

ProofReport refused(ProofReport report, VerifyFailure failure, std::string why) {
  report.problem = VerifyProblem{failure, report.index, plain_text(why)};
  return report;
}

bool lacks_quorum_alone(const ProofReport& report) {
  return report.problem && report.problem->failure == VerifyFailure::kQuorum;
}

std::string_view proof_headline(const ProofReport& report) {
  if (lacks_quorum_alone(report)) {
    return "The entry is in the log, whose checkpoint is NOT witnessed as the policy asks.";
  }
  return report.problem ? "The proof does NOT hold." : "The entry is in the log.";
}

std::string_view proof_verdict(const ProofReport& report) {
  if (lacks_quorum_alone(report)) return "not_witnessed";
  return report.problem ? "fails" : "holds";
}

}  // namespace

Result<EntryProof> parse_entry_proof(std::string_view text) {
  if (!text.starts_with(kProofHeader)) {
    return malformed("expected its first line to be `c2sp.org/tlog-proof@v1`");
  }
  text.remove_prefix(kProofHeader.size());
  std::optional<std::string_view> line = take_line(text);
  if (line && line->starts_with("extra ")) {
    if (!from_base64(line->substr(6), Base64::kStandard)) {
      return malformed("expected base64 behind `extra`");
    }
    line = take_line(text);
  }
  const auto index =
      line && line->starts_with("index ") ? decimal_of(line->substr(6)) : std::nullopt;
  if (!index) return malformed("expected a line `index` with the entry's number");
  EntryProof proof{*index, {}, {}};
  for (line = take_line(text); line && !line->empty(); line = take_line(text)) {
    const auto hash = hash_of(*line);
    if (!hash || proof.path.size() == kMostHashes) {
      return malformed("expected at most 63 lines with a hash of 32 bytes in base64 each");
    }
    proof.path.push_back(*hash);
  }
  if (!line) return malformed("expected an empty line and a checkpoint behind the hashes");
  proof.note = text;
  return proof;
}

ProofReport verify_entry_proof(std::string_view proof, std::string_view entry,
                               const VerifierKey& key) {
  TrustPolicy of_key;
  of_key.logs.push_back({key, ""});
  return verify_entry_proof(proof, entry, of_key);
}

ProofReport verify_entry_proof(std::string_view proof, std::string_view entry,
                               const TrustPolicy& policy) {
  ProofReport report;
  const Result<EntryProof> read = parse_entry_proof(proof);
  if (!read) return refused(std::move(report), VerifyFailure::kUnreadable, read.error().message);
  report.index = read->index;
  std::vector<VerifierKey> keys;
  for (const PolicyLog& log : policy.logs) keys.push_back(log.key);
  const Result<SignedNote> note = verify_note(read->note, keys);
  if (!note) {
    return refused(
        std::move(report), VerifyFailure::kSignature,
        "the proof's checkpoint is not signed by the given key: " + note.error().message);
  }
  const Result<Checkpoint> head = parse_checkpoint_body(note->text);
  const auto is_own = [&head](const NoteSignature& line) { return line.name == head->origin; };
  if (!head || std::ranges::none_of(note->signatures, is_own)) {
    return refused(std::move(report), VerifyFailure::kHead,
                   head ? "the proof's checkpoint is of another log than the key"
                        : "the proof's checkpoint cannot be read: " + head.error().message);
  }
  report.origin = head->origin;
  report.head = head->head;
  if (!verify_inclusion(leaf_hash(entry), read->index, head->head.size, read->path,
                        head->head.root)) {
    return refused(std::move(report), VerifyFailure::kTree,
                   "these bytes are not entry " + std::to_string(read->index) +
                       " of the log: with the proof's hashes they do not give the signed root");
  }
  if (policy.asks_for_witnesses()) {
    QuorumCheck check = check_quorum(read->note, policy);
    report.witnessed = std::move(check.head);
    if (check.problem) {
      return refused(std::move(report), check.problem->failure, check.problem->message);
    }
  }
  return report;
}

int proof_exit_code(const ProofReport& report) {
  VerifyReport whole;
  if (report.problem) whole.problems.push_back(*report.problem);
  return verify_exit_code(whole);
}

std::string proof_text(const ProofReport& report) {
  std::string text = std::string(proof_headline(report)) + "\n";
  if (!report.origin.empty()) {
    text += "  origin:  " + plain_text(report.origin) + "\n";
    text += "  entry:   " + std::to_string(report.index) + " of the " +
            std::to_string(report.head.size) + " that are signed\n";
    text += "  root:    " + root_text(report.head.root) + "\n";
    if (report.witnessed) text += cosigners_text(*report.witnessed);
  }
  if (report.problem) {
    text += "  problem (" + std::string(failure_name(report.problem->failure)) +
            "): " + report.problem->message + "\n";
  }
  return text;
}

std::string proof_json(const ProofReport& report) {
  nlohmann::json verdict = {
      {"verdict", proof_verdict(report)},   {"proof", "inclusion"}, {"origin", report.origin},
      {"size", report.head.size},           {"root", nullptr},      {"index", nullptr},
      {"problems", nlohmann::json::array()}};
  if (report.head.size > 0) {
    verdict["root"] = to_base64(report.head.root.bytes, Base64::kStandard);
  }
  if (report.index >= 0) verdict["index"] = report.index;
  if (report.witnessed) verdict["witnesses"] = cosigners_json(*report.witnessed);
  if (report.problem) {
    verdict["problems"].push_back(
        {{"failure", failure_name(report.problem->failure)}, {"message", report.problem->message}});
  }
  return verdict.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace tidewaiter
