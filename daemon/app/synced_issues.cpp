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

IssueStanding standing_of(const std::string& name, const HeldList& held, const Digest& parties) {
  return {name, held.issue.id, parties, held.issue.retrieved, held.confirmed + held.stale_after,
          {}};
}

/// Whether records have come that could not be told by the issue, and can be from now on.
Result<bool> has_lapsed(const IssueStanding& former, UtcTime until, const RecordLog& records) {
  if (until <= former.known_until) return false;
  return records.has_records_in({former.known_until, until});
}

/// The issue that is looked into was confirmed once more.
Result<IssueStanding> confirmed_again(const IssueStanding& former, const HeldList& held,
                                      const RecordLog& records, UtcTime now) {
  const UtcTime until = held.confirmed + held.stale_after;
  if (until <= former.known_until) return former;
  const Result<bool> lapsed = has_lapsed(former, until, records);
  if (!lapsed) return tl::unexpected(lapsed.error());
  const bool is_early = now < former.known_until - Duration{held.stale_after.us / 2};
  if (!*lapsed && is_early) return former;
  IssueStanding next = former;
  next.known_until = until;
  if (*lapsed) next.resumed = held.confirmed;
  return next;
}

/// Another issue. One of the same parties is the same for policies, by another name.
Result<IssueStanding> taken_up(const std::string& name, const HeldList& held,
                               const std::optional<IssueStanding>& former, const std::string& text,
                               RecordLog& records) {
  IssueStanding next = standing_of(name, held, sha256(text));
  if (!former || former->digest != next.digest) {
    if (auto kept = records.keep_list_issue(text); !kept) return tl::unexpected(kept.error());
    return next;
  }
  next.known_until = std::max(next.known_until, former->known_until);
  const Result<bool> lapsed = has_lapsed(*former, next.known_until, records);
  if (!lapsed) return tl::unexpected(lapsed.error());
  next.resumed = *lapsed ? std::optional(held.confirmed) : former->resumed;
  return next;
}

}  // namespace

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
    std::vector<UnreadableIssue>& unreadable) {
  std::map<std::string, IssueStanding> all;
  for (const std::string& name : names) {
    const auto before = former.find(name);
    const bool is_known = before != former.end() && before->second.is_there();
    const std::optional<IssueStanding> old =
        is_known ? std::optional(before->second) : std::nullopt;
    IssueStanding& next = all[name];
    if (old) next = *old;
    next.published = name;
    const Result<std::optional<HeldList>> held = held_list(config, name);
    if (!held) unreadable.push_back({name, held.error()});
    if (!held || !*held) continue;
    if (old && old->id == (*held)->issue.id) {
      Result<IssueStanding> same = confirmed_again(*old, **held, records, now);
      if (!same) return tl::unexpected(same.error());
      next = *std::move(same);
      continue;
    }
    const Result<std::string> text = (*held)->folder.parties_text((*held)->issue);
    if (!text) {
      unreadable.push_back({name, text.error()});
      continue;
    }
    Result<IssueStanding> other = taken_up(name, **held, old, *text, records);
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
    if (!held) unreadable.push_back({name, held.error()});
    if (!held || !*held) continue;
    const Result<std::string> text = (*held)->folder.parties_text((*held)->issue);
    Result<PartyIssue> issue =
        text ? read_party_issue(*text) : Result<PartyIssue>(tl::unexpected(text.error()));
    if (!issue) {
      unreadable.push_back({name, issue.error()});
      continue;
    }
    IssueStanding standing = standing_of(name, **held, issue->digest);
    lists[name] = {std::move(standing), std::make_shared<const PartyIssue>(*std::move(issue))};
  }
  return lists;
}

}  // namespace tidewaiter
