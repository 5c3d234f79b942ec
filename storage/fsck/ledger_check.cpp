#include "storage/fsck/ledger_check.h"

#include <algorithm>
#include <utility>

#include "storage/files/durable_file.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/plain_text.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostKeyText = 4096;

/// What somebody who finds such a failure does. Nothing here mends a ledger: what was signed is
/// put back as it was, or the log ends where it last held.
std::string_view remedy_for(VerifyFailure failure) {
  switch (failure) {
    case VerifyFailure::kUnreadable:
      return "the file is damaged: look at the disk, keep this file, and put back a copy of "
             "ledger.db that is not older than lock.db";
    case VerifyFailure::kSchema:
      return "somebody has changed the tables, or another version wrote them: keep this file, and "
             "put back a copy of ledger.db that is not older than lock.db";
    case VerifyFailure::kEntry:
    case VerifyFailure::kTree:
    case VerifyFailure::kHead:
    case VerifyFailure::kSignature:
      return "what was recorded has changed: keep this file as evidence, and put back a copy of "
             "ledger.db that is not older than lock.db";
    case VerifyFailure::kLock:
      return "put back the newest ledger.db and the newest lock.db; the daemon signs nothing until "
             "they fit";
    case VerifyFailure::kProjection:
      return "the entries hold, tables beside them do not: do not trust what lists and pages show, "
             "and put back a copy of ledger.db that is not older than lock.db";
    case VerifyFailure::kTimestamp:
      return "a token in `timestamps` is not of this history: if the token was damaged put it "
             "back; "
             "else an older or another history stands here, so put back the newest ledger.db";
    case VerifyFailure::kQuorum:
    case VerifyFailure::kUnsigned:
    case VerifyFailure::kNone:
      break;
  }
  return "let the daemon sign, or run `tidewaiter run --once`";
}

void refuse_key(StateReport& report, std::string message, std::string remedy) {
  report.problems.push_back({StatePart::kKey, std::move(message), std::move(remedy)});
}

}  // namespace

void take_ledger_report(VerifyReport verified, StateReport& report) {
  for (const VerifyProblem& problem : verified.problems) {
    report.problems.push_back(
        {StatePart::kLedger, problem.message, std::string(remedy_for(problem.failure))});
  }
  report.ledger = std::move(verified);
}

void check_key(const LedgerPaths& paths, const std::string& verifier_key, StateReport& report) {
  const auto key = read_key_file(paths.key);
  if (!key) {
    refuse_key(report, plain_text(key.error().message),
               "put the ledger's key back, mode 0400: without it nothing can be signed");
    return;
  }
  const auto named = parse_verifier_key(verifier_key);
  if (!named) return;  // the verifier has told
  if (named->key != key->public_key()) {
    refuse_key(report, "`" + plain_text(paths.key.string()) + "` is the key of another ledger",
               "put the ledger's own key back: nothing is signed with another one");
    return;
  }
  const std::filesystem::path file = verifier_key_file(paths.key);
  const Result<std::string> text = read_whole_file(file, kMostKeyText);
  const std::string name = "`" + plain_text(file.string()) + "`";
  if (!text) {
    report.notes.push_back(name + " cannot be read; the verifier key is in `ledger head` too");
  } else if (text->substr(0, text->find('\n')) != verifier_key) {
    refuse_key(report, name + " does not hold the ledger's verifier key",
               "write there what `tidewaiter ledger head` shows, and tell whoever took the key "
               "from this file");
  }
}

}  // namespace tidewaiter
