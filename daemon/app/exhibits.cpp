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
struct WaitingExhibits {
  std::set<std::string> named;
  bool is_all = true;  ///< all of them could be read
};

/// But for the file of this name.
Result<WaitingExhibits> waiting_exhibits(const std::filesystem::path& state,
                                         const std::string& origin,
                                         const std::filesystem::path& but = {}) {
  WaitingExhibits waiting;
  std::int64_t unreadable = 0;
  const auto files = handed_in_by_time(state, origin, unreadable);
  if (!files) return tl::unexpected(files.error());
  waiting.is_all = unreadable == 0 && files->size() < kMostWaitingRead;
  for (const std::filesystem::path& file : *files) {
    if (file.filename() == but) continue;
    const auto one = read_handed_in(file, origin);
    if (!one) waiting.is_all = false;
    if (!one || !*one || !(*one)->read) continue;
    if (const auto payload = payload_of((*one)->read->act.act)) waiting.named.insert(payload->id);
  }
  return waiting;
}

/// Destroys what no act has. Says why not, where that is left for the next time.
Result<std::string> discard_leftovers(const std::filesystem::path& state, const Ledger& ledger,
                                      const PayloadFolder& exhibits) {
  const Result<FolderLock> lock = exhibits.lock_to_choose();
  if (!lock) return lock.error().message;
  // Those that wait first: an act only ever goes from these to those.
  auto waiting = waiting_exhibits(state, ledger.origin());
  if (!waiting) return tl::unexpected(waiting.error());
  if (!waiting->is_all) {
    return std::string("not every act that waits in `acts/incoming` could be read");
  }
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  for (const RecordedAct& one : *acts) {
    if (const auto payload = payload_of(one.act.act)) waiting->named.insert(payload->id);
  }
  const auto others = exhibits.discard_others(waiting->named);
  return others ? Result<std::string>(std::string()) : tl::unexpected(others.error());
}

/// Whether the words of an act are there, and name the subject.
Result<bool> is_named(const std::filesystem::path& state, const Act& act,
                      const ExhibitsOf& subject) {
  const auto content = confidential_of(state, act);
  if (content) return content->has_value() && subject.is_named_in(**content);
  if (content.error().code != ErrorCode::kCorruption) return tl::unexpected(content.error());
  // A file that somebody has changed is gone by what it says, as its words are when they go: else
  // to change it would be the way to keep the exhibit.
  const auto changed = words_in_file(state, act);
  if (!changed) return tl::unexpected(changed.error());
  return subject.is_named_in(*changed);
}

/// Whether all whom a case is about are erased.
bool is_erased(const Case& c) {
  return !c.findings.empty() && std::ranges::all_of(c.findings, [](const FindingState& finding) {
    return finding.subject.empty();
  });
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

std::string_view whereabouts_name(Whereabouts where) {
  switch (where) {
    case Whereabouts::kKept:
      return "kept";
    case Whereabouts::kElsewhere:
      return "elsewhere";
    case Whereabouts::kErased:
      return "erased";
    case Whereabouts::kChanged:
      return "changed";
    case Whereabouts::kMissing:
      break;
  }
  return "missing";
}

Result<Whereabouts> whereabouts(const PayloadFolder& exhibits, const StoredPayload& payload,
                                const Result<void>& looked) {
  if (looked) return Whereabouts::kKept;
  const ErrorCode why = looked.error().code;
  if (why == ErrorCode::kCorruption || why == ErrorCode::kInvalidInput) {
    return Whereabouts::kChanged;
  }
  if (why != ErrorCode::kNotFound) return tl::unexpected(looked.error());
  const auto erased = exhibits.erased();
  if (!erased) return tl::unexpected(erased.error());
  return erased->contains(payload.id) ? Whereabouts::kErased : Whereabouts::kMissing;
}

Result<void> check_exhibit(const Act& act, const Case* about, std::span<const RecordedAct> before,
                           const PayloadFolder& exhibits) {
  const auto payload = payload_of(act);
  if (!payload) return {};
  if (about != nullptr && is_erased(*about)) {
    return fail(ErrorCode::kRefused, "whom `" + about->id +
                                         "` is about is erased, so that no erasure would ever take "
                                         "the exhibit: attach it with --leave, or to another case");
  }
  if (const RecordedAct* const other = owner_of(payload->id, before)) {
    return fail(ErrorCode::kRefused, "what is kept is the exhibit of entry " +
                                         std::to_string(other->index) +
                                         ": attach the file itself again");
  }
  return exhibits.check(*payload);
}

void discard_refused(const HandedInFile& refused, const std::filesystem::path& state,
                     std::span<const RecordedAct> before, const PayloadFolder& exhibits) {
  if (!refused.read) return;
  const SignedAct& act = refused.read->act;
  const auto payload = payload_of(act.act);
  if (!payload || owner_of(payload->id, before) != nullptr) return;
  const Result<Digest> digest = act_digest(act.act);
  const bool is_itself = digest && refused.file.filename() == act_file_name(*digest);
  if (!is_itself || !check_act_signature(act)) return;
  const auto waiting = waiting_exhibits(state, act.act.origin, refused.file.filename());
  if (!waiting || !waiting->is_all || waiting->named.contains(payload->id)) return;
  static_cast<void>(exhibits.discard(payload->id));
}

Result<std::vector<std::string>> kept_exhibits(const std::filesystem::path& state,
                                               const Ledger& ledger, const ExhibitsOf& subject) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  auto going = ids_going(state, *acts, subject);
  if (!going) return going;
  const auto files = PayloadFolder(payloads_folder(state), {}, {}).ids();
  if (!files) return tl::unexpected(files.error());
  std::erase_if(
      *going, [&files](const std::string& id) { return !std::ranges::binary_search(*files, id); });
  return going;
}

Result<ErasedExhibits> erase_exhibits(const std::filesystem::path& state, const LedgerPaths& paths,
                                      const Ledger& ledger, const std::string& erasure,
                                      const ExhibitsOf& subject) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  const auto going = ids_going(state, *acts, subject);
  if (!going) return tl::unexpected(going.error());
  const PayloadFolder exhibits = exhibits_of(state, paths);
  if (auto gone = exhibits.erase(*going, erasure); !gone) return tl::unexpected(gone.error());
  auto left = discard_leftovers(state, ledger, exhibits);
  if (!left) return tl::unexpected(left.error());
  const auto erased = exhibits.erased();
  if (!erased) return tl::unexpected(erased.error());
  const auto count =
      std::ranges::count_if(*erased, [&erasure](const auto& one) { return one.second == erasure; });
  return ErasedExhibits{count, std::move(*left)};
}

}  // namespace tidewaiter
