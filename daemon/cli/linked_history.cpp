#include "daemon/cli/linked_history.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"

namespace tidewaiter {

void NamedAccounts::take(const LogEntry& entry) {
  static const FieldId account = *find_field("account");
  const auto* record = std::get_if<Record>(&entry.body);
  if (record == nullptr) return;
  const Value* const name = find_value(*record, account);
  if (name == nullptr) return;
  names_.account(record->source, std::get<std::string>(*name));
  sources_.insert(record->source);
}

Result<LinkedAccount> NamedAccounts::meant(const std::string& word) const {
  std::vector<LinkedAccount> found;
  for (const std::string& source : sources_) {
    const bool is_full = word.starts_with(source + "/");
    for (const std::string& name :
         {word, is_full ? word.substr(source.size() + 1) : std::string()}) {
      const bool is_known = names_.find_account(source, name) != HeldValues::kNone;
      if (!name.empty() && is_known) found.push_back({source, name});
    }
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    return fail(ErrorCode::kNotFound, "no record names the account `" + word + "`");
  return fail(ErrorCode::kInvalidInput, "`" + word + "` is an account of several sources: write `" +
                                            found.front().source + "/" + found.front().name + "`");
}

void LinkedSince::take(const LogEntry& entry, const std::vector<ClusterMove>& moves,
                       const Linker& linker) {
  if (const auto* record = std::get_if<Record>(&entry.body)) time_ = record->time;
  const Moment now{entry.seq, time_};
  const auto note = [&](const LinkedAccount& account) {
    if (linker.size_around(account) > 1) {
      since_.try_emplace(account, now);
    } else {
      since_.erase(account);
    }
  };
  // Who names a cluster does not move when it comes into being, nor when it is left alone.
  for (const ClusterMove& move : moves) {
    note(move.account);
    note(move.from);
    note(move.to);
  }
}

LinkedSince::Moment LinkedSince::formed(const std::vector<LinkedAccount>& accounts) const {
  std::vector<Moment> moments;
  moments.reserve(accounts.size());
  for (const LinkedAccount& account : accounts) moments.push_back(since_.at(account));
  std::ranges::nth_element(moments, moments.begin() + 1);
  return moments[1];
}

Result<LinkedHistory> link_history(Invocation& run, const HistoryOptions& options,
                                   ChosenLinkage chosen) {
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  const HistoryWatch watch{interrupt.token(),
                           [&progress](const CycleProgress& p) { progress.show(p); }, run.now};
  const Result<ChosenHistory> history = choose_history(run, options, {}, watch);
  if (!history) return tl::unexpected(history.error());
  Linker linker(chosen.linkage,
                history->history->dropped_before().value_or(Linker::kNothingDropped));
  NamedAccounts named;
  LinkedSince since;
  const auto read = history->history->read(watch, [&](std::span<const LogEntry> entries) {
    for (const LogEntry& entry : entries) {
      since.take(entry, linker.take(entry), linker);
      named.take(entry);
    }
  });
  progress.clear();
  if (!read) return tl::unexpected(read.error());
  warn_of_bad_lines(run, *history);
  return LinkedHistory{history->history->title(), std::move(chosen), std::move(linker),
                       std::move(named), std::move(since)};
}

}  // namespace tidewaiter
