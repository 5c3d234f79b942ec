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
                                               const Ledger& ledger, const ChosenExhibits& chosen) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  std::vector<std::string> ids;
  for (const RecordedAct& one : *acts) {
    const Act& act = one.act.act;
    const auto payload = payload_of(act);
    if (!payload) continue;
    const auto content = confidential_of(state, act);
    // A file that somebody has changed says nothing that could be gone by.
    if (!content && content.error().code != ErrorCode::kCorruption) {
      return tl::unexpected(content.error());
    }
    if (chosen(act, content && *content ? **content : Confidential())) ids.push_back(payload->id);
  }
  return ids;
}

Result<std::int64_t> erase_exhibits(const std::filesystem::path& state, const LedgerPaths& paths,
                                    const Ledger& ledger, const std::string& erasure,
                                    const ChosenExhibits& chosen) {
  const PayloadFolder exhibits = exhibits_of(state, paths);
  const auto going = kept_exhibits(state, ledger, chosen);
  if (!going) return tl::unexpected(going.error());
  if (auto erased = exhibits.erase(*going, erasure); !erased) {
    return tl::unexpected(erased.error());
  }
  const auto all = kept_exhibits(
      state, ledger, [](const Act& /*act*/, const Confidential& /*content*/) { return true; });
  if (!all) return tl::unexpected(all.error());
  std::set<std::string> named(all->begin(), all->end());
  if (auto added = add_waiting(state, ledger.origin(), named); !added) {
    return tl::unexpected(added.error());
  }
  if (const auto others = exhibits.discard_others(named); !others) {
    return tl::unexpected(others.error());
  }
  return count_erased(exhibits, erasure);
}

Result<std::int64_t> count_erased(const PayloadFolder& exhibits, const std::string& erasure) {
  const auto erased = exhibits.erased();
  if (!erased) return tl::unexpected(erased.error());
  return std::ranges::count_if(*erased,
                               [&erasure](const auto& one) { return one.second == erasure; });
}

}  // namespace tidewaiter
