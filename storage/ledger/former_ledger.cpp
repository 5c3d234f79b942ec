#include "storage/ledger/former_ledger.h"

#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "storage/ledger/signed_note.h"

namespace tidewaiter {

Result<Checkpoint> former_head(const FormerLedger& former, std::string_view origin) {
  const Result<VerifierKey> key = parse_verifier_key(former.verifier_key);
  if (!key) return tl::unexpected(key.error());
  const Result<SignedNote> note = verify_note(former.checkpoint, {&*key, 1});
  if (!note) return fail(ErrorCode::kInvalidInput, note.error().message);
  Result<Checkpoint> head = parse_checkpoint_body(note->text);
  if (!head) return head;
  const auto refuse = [](std::string why) {
    return fail(ErrorCode::kInvalidInput, std::move(why));
  };
  if (head->origin != key->name) return refuse("the former head is not of its key's log");
  if (head->origin == origin) return refuse("the former ledger has the same origin");
  if (head->head.size < 1) return refuse("the former head is of no entry");
  if (former.kept < 0 || former.kept > head->head.size) {
    return refuse("more entries of the former ledger are kept than its head has");
  }
  if (former.reason.empty()) return refuse("no reason is given");
  head->note = former.checkpoint;
  return head;
}

nlohmann::json former_to_json(const FormerLedger& former) {
  return {{"checkpoint", former.checkpoint},
          {"vkey", former.verifier_key},
          {"kept", former.kept},
          {"reason", former.reason}};
}

Result<FormerLedger> former_from_json(const nlohmann::json& member) {
  const auto has_text = [&](const char* name) {
    return member.contains(name) && member[name].is_string();
  };
  if (!member.is_object() || member.size() != 4 || !has_text("checkpoint") || !has_text("vkey") ||
      !has_text("reason") || !member.contains("kept") || !member["kept"].is_number_integer()) {
    return fail(ErrorCode::kInvalidInput,
                "`previous` has not just `checkpoint`, `vkey`, `kept` and `reason`");
  }
  return FormerLedger{member["checkpoint"], member["vkey"], member["kept"].get<std::int64_t>(),
                      member["reason"]};
}

}  // namespace tidewaiter
