#include "daemon/app/synced_issues.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "daemon/app/state.h"
#include "daemon/lists/list_folder.h"

namespace tidewaiter {
namespace {

/// A list as it is held: its last good issue, and when that was last confirmed.
struct HeldList {
  ListFolder folder;
  ListIssue issue;
  UtcTime confirmed;
  Duration stale_after;
};

/// Nothing where there is no issue. Errors: those of ListFolder::standing().
Result<std::optional<HeldList>> held_list(const Config& config, const std::string& name) {
  const auto source = std::ranges::find(config.lists, name, &PublishedList::name);
  if (source == config.lists.end()) return std::optional<HeldList>();
  ListFolder folder(state_paths(config).lists / name);
  Result<ListStanding> standing = folder.standing();
  if (!standing) return tl::unexpected(standing.error());
  if (!standing->issue || !standing->checked) return std::optional<HeldList>();
  return std::optional(HeldList{std::move(folder), *std::move(standing->issue), *standing->checked,
                                source->stale_after});
}

HeldIssue as_held(const HeldList& held) {
  return {held.issue.id, held.issue.retrieved, held.confirmed, held.stale_after};
}

IssueStanding standing_of(const std::string& name, const HeldIssue& held, const Digest& parties) {
  return {name, held.id, parties, held.retrieved, held.known_until(), {}};
}

/// Another issue, or the first. One of the same parties is the same for policies, by another name.
Result<IssueStanding> taken_up(const std::string& name, const HeldIssue& held,
                               const std::optional<IssueStanding>& former, const std::string& text,
                               RecordLog& records, UtcTime now) {
  IssueStanding next = standing_of(name, held, sha256(text));
  if (!former || former->digest != next.digest) {
    if (auto kept = records.keep_list_issue(text); !kept) return tl::unexpected(kept.error());
    return next;
  }
  Result<IssueStanding> same = next_standing(*former, held, now, [&records](const Interval& time) {
    return records.has_records_in(time);
  });
  if (!same) return same;
  same->id = next.id;
  same->retrieved = next.retrieved;
  return same;
}

/// Whether the log has the parties as this version of the program writes them. What it has of
/// former ones may lack what policies ask for. A text that is not to be had is told where it is
/// looked into.
Result<bool> is_stored_whole(const RecordLog& records, const Digest& parties,
                             std::set<Digest>& stored_whole) {
  if (stored_whole.contains(parties)) return true;
  const Result<std::string> text = records.list_issue(parties);
  if (!text && text.error().code == ErrorCode::kUnavailable) return tl::unexpected(text.error());
  if (text && !is_current_issue_text(*text)) return false;
  stored_whole.insert(parties);
  return true;
}

/// The issue of a list that was found unreadable before, or null.
const UnreadableIssue* found_unreadable(const std::vector<UnreadableIssue>& before,
                                        const std::string& list, const std::string& issue) {
  const auto found = std::ranges::find_if(
      before, [&](const UnreadableIssue& one) { return one.list == list && one.issue == issue; });
  return found == before.end() ? nullptr : &*found;
}

}  // namespace

Result<IssueStanding> next_standing(const IssueStanding& former, const HeldIssue& held, UtcTime now,
                                    const std::function<Result<bool>(const Interval&)>& is_told) {
  const UtcTime until = held.known_until();
  if (until == former.known_until) return former;
  const Result<bool> told =
      is_told({std::min(until, former.known_until), std::max(until, former.known_until)});
  if (!told) return tl::unexpected(told.error());
  const bool is_shorter = until < former.known_until;
  const bool is_early = now < former.known_until - Duration{held.stale_after.us / 2};
  if (!*told && !is_shorter && is_early) return former;
  IssueStanding next = former;
  next.known_until = until;
  // Another mark than before: of one confirmation there may be several.
  if (*told) next.resumed = is_shorter ? now : held.confirmed;
  return next;
}

std::set<std::string> published_lists_of(const SetDocuments& documents) {
  std::set<std::string> names;
  for (const ListDocument& list : documents.lists) {
    if (!list.synced.empty()) names.insert(list.synced);
  }
  return names;
}

Result<std::map<std::string, IssueStanding>> issues_to_look_into(
    const Config& config, const std::set<std::string>& names,
    const std::map<std::string, IssueStanding>& former, RecordLog& records, UtcTime now,
    std::vector<UnreadableIssue>& unreadable, std::set<Digest>& stored_whole) {
  const std::vector<UnreadableIssue> before = std::exchange(unreadable, {});
  std::map<std::string, IssueStanding> all;
  for (const std::string& name : names) {
    const auto was = former.find(name);
    const bool is_known = was != former.end() && was->second.is_there();
    const std::optional<IssueStanding> old = is_known ? std::optional(was->second) : std::nullopt;
    IssueStanding& next = all[name];
    if (old) next = *old;
    next.published = name;
    const Result<std::optional<HeldList>> list = held_list(config, name);
    if (!list) unreadable.push_back({name, {}, list.error()});
    if (!list || !*list) continue;
    const HeldIssue held = as_held(**list);
    if (old && old->id == held.id) {
      Result<IssueStanding> same = next_standing(
          *old, held, now, [&](const Interval& time) { return records.has_records_in(time); });
      if (!same) return tl::unexpected(same.error());
      next = *std::move(same);
      const Result<bool> whole = is_stored_whole(records, old->digest, stored_whole);
      if (!whole) return tl::unexpected(whole.error());
      if (*whole) continue;
    }
    if (const UnreadableIssue* known = found_unreadable(before, name, held.id)) {
      unreadable.push_back(*known);
      continue;
    }
    const Result<std::string> text = (*list)->folder.parties_text((*list)->issue);
    if (!text) {
      unreadable.push_back({name, held.id, text.error()});
      continue;
    }
    Result<IssueStanding> other = taken_up(name, held, old, *text, records, now);
    if (!other) return tl::unexpected(other.error());
    next = *std::move(other);
  }
  return all;
}

SyncedLists held_issues(const Config& config, const std::set<std::string>& names,
                        std::vector<UnreadableIssue>& unreadable) {
  SyncedLists lists;
  for (const std::string& name : names) {
    lists[name].standing.published = name;
    const Result<std::optional<HeldList>> held = held_list(config, name);
    if (!held) unreadable.push_back({name, {}, held.error()});
    if (!held || !*held) continue;
    const Result<std::string> text = (*held)->folder.parties_text((*held)->issue);
    Result<PartyIssue> issue =
        text ? read_party_issue(*text) : Result<PartyIssue>(tl::unexpected(text.error()));
    if (!issue) {
      unreadable.push_back({name, (*held)->issue.id, issue.error()});
      continue;
    }
    IssueStanding standing = standing_of(name, as_held(**held), issue->digest);
    lists[name] = {std::move(standing), std::make_shared<const PartyIssue>(*std::move(issue))};
  }
  return lists;
}

}  // namespace tidewaiter
