#include "storage/ledger/commit_entries.h"

#include <utility>

#include <sodium.h>

namespace tidewaiter {
namespace {

/// Stamps of so many entries, each with a nonce of its own: drawn in one system call.
std::vector<EntryStamp> fresh_stamps(std::size_t count, UtcTime ts) {
  std::vector<Nonce> nonces(count);
  if (count > 0) randombytes_buf(nonces.data(), nonces.size() * sizeof(Nonce));
  std::vector<EntryStamp> stamps;
  stamps.reserve(count);
  for (const Nonce& nonce : nonces) stamps.push_back({ts, nonce});
  return stamps;
}

}  // namespace

Result<std::vector<BuiltEntry>> build_entries(const LedgerCommit& commit, Vault& vault,
                                              const NewKeyRule& may_make, UtcTime ts) {
  std::vector<BuiltEntry> entries;
  const std::vector<EntryStamp> stamps =
      fresh_stamps(commit.events.size() + commit.steps.size(), ts);
  entries.reserve(stamps.size());
  for (const LedgerEvent& event : commit.events) {
    auto built = build_event(event.type, event.fields, stamps[entries.size()]);
    if (!built) return tl::unexpected(built.error());
    entries.push_back(std::move(*built));
  }
  if (commit.steps.empty()) return entries;

  std::vector<std::string> subjects;
  for (const Step& step : commit.steps) {
    if (step.kind != StepKind::kGap) subjects.push_back(to_text(step.subject));
  }
  const auto keys = vault.keys_for(subjects, may_make);
  if (!keys) return tl::unexpected(keys.error());
  auto key = keys->begin();
  for (const Step& step : commit.steps) {
    const SubjectKey& own = step.kind == StepKind::kGap ? SubjectKey{} : *key++;
    auto built = build_step(step, commit.log_id, own, stamps[entries.size()]);
    if (!built) return tl::unexpected(built.error());
    entries.push_back(std::move(*built));
  }
  return entries;
}

}  // namespace tidewaiter
