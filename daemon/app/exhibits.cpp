#include "daemon/app/exhibits.h"

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/app/acts.h"

namespace tidewaiter {
namespace {

/// The act before that has what this one says is its own; null where there is none.
const RecordedAct* owner_of(const std::string& payload, std::span<const RecordedAct> before) {
  const auto found = std::ranges::find_if(before, [&payload](const RecordedAct& one) {
    const auto* const exhibit = std::get_if<Exhibit>(&one.act.act.body);
    return exhibit != nullptr && exhibit->payload == payload;
  });
  return found == before.end() ? nullptr : &*found;
}

/// What acts name that were handed in and not taken in yet.
Result<void> add_waiting(const std::filesystem::path& state, const std::string& origin,
                         std::set<std::string>& named) {
  std::int64_t unreadable = 0;
  const auto files = handed_in_by_time(state, origin, unreadable);
  if (!files) return tl::unexpected(files.error());
  for (const std::filesystem::path& file : *files) {
    const auto waiting = read_handed_in(file, origin);
    if (!waiting) return tl::unexpected(waiting.error());
    if (!*waiting || !(*waiting)->read) continue;
    if (const auto payload = payload_of((*waiting)->read->act.act)) named.insert(payload->id);
  }
  return {};
}

/// Whether the words of an act are there, and name the subject.
Result<bool> is_named(const std::filesystem::path& state, const Act& act,
                      const ExhibitsOf& subject) {
  const auto content = confidential_of(state, act);
  // A file that somebody has changed says nothing that could be gone by.
  if (!content && content.error().code == ErrorCode::kCorruption) return false;
  if (!content) return tl::unexpected(content.error());
  return content->has_value() && subject.is_named_in(**content);
}

Result<std::vector<std::string>> ids_going(const std::filesystem::path& state,
                                           std::span<const RecordedAct> acts,
                                           const ExhibitsOf& subject) {
  std::set<std::string> cases = subject.cases;
  std::vector<std::string> ids;
  for (const RecordedAct& one : acts) {
    const Act& act = one.act.act;
    const auto payload = payload_of(act);
    // A lead opens its case: it is met before what is attached to it.
    if (!payload && !std::holds_alternative<LeadReceived>(act.body)) continue;
    const Result<bool> named = is_named(state, act, subject);
    if (!named) return tl::unexpected(named.error());
    if (!payload && *named) cases.insert(act.case_id);
    if (payload && (*named || cases.contains(act.case_id))) ids.push_back(payload->id);
  }
  return ids;
}

}  // namespace

std::filesystem::path payloads_folder(const std::filesystem::path& state) {
  return state / "payloads";
}

PayloadFolder exhibits_of(const std::filesystem::path& state, const LedgerPaths& paths) {
  return {payloads_folder(state), paths.vault, paths.vault_key};
}

std::optional<StoredPayload> payload_of(const Act& act) {
  const auto* const exhibit = std::get_if<Exhibit>(&act.body);
  if (exhibit == nullptr || exhibit->payload.empty() || !exhibit->sha256) return std::nullopt;
  return StoredPayload{exhibit->payload, *exhibit->sha256, exhibit->bytes};
}

Result<void> check_exhibit(const Act& act, std::span<const RecordedAct> before,
                           const PayloadFolder& exhibits) {
  const auto payload = payload_of(act);
  if (!payload) return {};
  if (const RecordedAct* const other = owner_of(payload->id, before)) {
    return fail(ErrorCode::kRefused, "what is kept is the exhibit of entry " +
                                         std::to_string(other->index) +
                                         ": attach the file itself again");
  }
  return exhibits.look_at(*payload);
}

void discard_refused(const Act& act, std::span<const RecordedAct> before,
                     const PayloadFolder& exhibits) {
  const auto payload = payload_of(act);
  if (!payload || owner_of(payload->id, before) != nullptr) return;
  static_cast<void>(exhibits.discard(payload->id));
}

Result<std::vector<std::string>> kept_exhibits(const std::filesystem::path& state,
                                               const Ledger& ledger, const ExhibitsOf& subject) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  return ids_going(state, *acts, subject);
}

Result<std::int64_t> erase_exhibits(const std::filesystem::path& state, const LedgerPaths& paths,
                                    const Ledger& ledger, const std::string& erasure,
                                    const ExhibitsOf& subject) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  const auto going = ids_going(state, *acts, subject);
  if (!going) return tl::unexpected(going.error());
  const PayloadFolder exhibits = exhibits_of(state, paths);
  if (auto gone = exhibits.erase(*going, erasure); !gone) return tl::unexpected(gone.error());
  std::set<std::string> named;
  for (const RecordedAct& one : *acts) {
    if (const auto payload = payload_of(one.act.act)) named.insert(payload->id);
  }
  if (auto added = add_waiting(state, ledger.origin(), named); !added) {
    return tl::unexpected(added.error());
  }
  const auto others = exhibits.discard_others(named);
  if (!others) return tl::unexpected(others.error());
  const auto erased = exhibits.erased();
  if (!erased) return tl::unexpected(erased.error());
  return std::ranges::count_if(*erased,
                               [&erasure](const auto& one) { return one.second == erasure; });
}

}  // namespace tidewaiter
