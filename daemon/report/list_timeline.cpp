#include "daemon/report/list_timeline.h"

#include <algorithm>
#include <utility>

namespace tidewaiter {
namespace {

constexpr UtcTime kAlwaysKnown{INT64_MAX};

/// Up to when it is known to hold: never where there is no issue.
UtcTime known_until(const ListInForce& list) {
  if (!list.parties) return UtcTime{INT64_MIN};
  return list.known_until.value_or(kAlwaysKnown);
}

bool is_same_list(const ListInForce& a, const ListInForce& b) {
  return a.name == b.name && a.written == b.written;
}

const ListInForce* list_in(const ListsInForce& entry, const ListInForce& wanted) {
  const auto found = std::ranges::find_if(
      entry.lists, [&wanted](const ListInForce& one) { return is_same_list(one, wanted); });
  return found == entry.lists.end() ? nullptr : &*found;
}

/// One list over all entries.
class ListOverTime {
 public:
  ListOverTime(std::span<const ListsInForce> entries, const ListInForce& which,
               const Interval& shown)
      : entries_(entries), which_(which), shown_(shown) {
    out_.name = which.name;
    out_.written = which.written;
  }

  ReportedList tell() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!(entries_[i].recorded < shown_.to)) break;
      const ListInForce* const list = list_in(entries_[i], which_);
      if (list == nullptr) {
        end_issue(entries_[i].recorded);
        continue;
      }
      take_issue(entries_[i], *list);
      take_unknown(i, *list);
    }
    std::erase_if(out_.issues, [this](const ReportedIssue& issue) {
      return issue.until && !(shown_.from < *issue.until);
    });
    tell_age();
    return std::move(out_);
  }

 private:
  void end_issue(UtcTime at) {
    if (!out_.issues.empty() && !out_.issues.back().until) out_.issues.back().until = at;
  }

  void take_issue(const ListsInForce& entry, const ListInForce& list) {
    const bool same = !out_.issues.empty() && !out_.issues.back().until &&
                      out_.issues.back().issue == list.issue &&
                      out_.issues.back().parties == list.parties;
    if (!same) {
      end_issue(entry.recorded);
      ReportedIssue issue;
      issue.issue = list.issue;
      issue.parties = list.parties;
      issue.retrieved = list.retrieved;
      issue.from = entry.recorded;
      issue.known_until = list.known_until;
      out_.issues.push_back(std::move(issue));
    }
    ReportedIssue& issue = out_.issues.back();
    if (list.known_until && issue.known_until) {
      issue.known_until = std::max(*issue.known_until, *list.known_until);
    }
    issue.entries.push_back(entry.entry);
  }

  /// What of the time in which this set was in force is not known.
  void take_unknown(std::size_t place, const ListInForce& list) {
    UtcTime to = shown_.to;
    if (place + 1 < entries_.size()) to = std::min(to, entries_[place + 1].recorded);
    const UtcTime from = std::max({entries_[place].recorded, known_until(list), shown_.from});
    if (!(from < to)) return;
    const bool missing = !list.parties;
    if (!out_.unknown.empty() && out_.unknown.back().time.to == from &&
        out_.unknown.back().missing == missing) {
      out_.unknown.back().time.to = to;
    } else {
      out_.unknown.push_back({{from, to}, missing, std::nullopt});
    }
    out_.unknown.back().confirmed_by = confirmed_by(place + 1, to);
  }

  /// The first of the later entries by which the list is known up to `to`.
  [[nodiscard]] std::optional<std::int64_t> confirmed_by(std::size_t after, UtcTime to) const {
    for (std::size_t i = after; i < entries_.size(); ++i) {
      const ListInForce* const list = list_in(entries_[i], which_);
      if (list != nullptr && !(known_until(*list) < to)) return entries_[i].entry;
    }
    return std::nullopt;
  }

  void tell_age() {
    if (out_.issues.empty() || out_.issues.back().until) return;
    const std::optional<UtcTime>& retrieved = out_.issues.back().retrieved;
    if (retrieved && !(shown_.to < *retrieved)) out_.age = shown_.to - *retrieved;
  }

  std::span<const ListsInForce> entries_;
  const ListInForce& which_;
  Interval shown_;
  ReportedList out_;
};

}  // namespace

std::vector<ReportedList> list_timeline(std::span<const ListsInForce> entries,
                                        const Interval& period, UtcTime end) {
  std::vector<const ListInForce*> known;
  for (const ListsInForce& entry : entries) {
    for (const ListInForce& list : entry.lists) {
      const bool is_new = std::ranges::none_of(
          known, [&list](const ListInForce* one) { return is_same_list(*one, list); });
      if (is_new) known.push_back(&list);
    }
  }
  std::vector<ReportedList> all;
  for (const ListInForce* const list : known) {
    ReportedList told = ListOverTime(entries, *list, {period.from, end}).tell();
    if (!told.issues.empty()) all.push_back(std::move(told));
  }
  std::ranges::sort(all, {}, [](const ReportedList& one) {
    return std::pair(one.written, std::string_view(one.name));
  });
  return all;
}

std::vector<ReportedRescreening> rescreenings(std::span<const ListsInForce> entries,
                                              const Interval& period) {
  std::vector<ReportedRescreening> all;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const ListsInForce& now = entries[i];
    if (now.recorded < period.from || !(now.recorded < period.to)) continue;
    ReportedRescreening again{now.entry, now.recorded, {}, std::nullopt};
    for (const ListInForce& list : now.lists) {
      const ListInForce* const before = list_in(entries[i - 1], list);
      if (list.parties && (before == nullptr || before->parties != list.parties)) {
        again.lists.push_back(list.name);
      }
    }
    if (!again.lists.empty()) all.push_back(std::move(again));
  }
  return all;
}

}  // namespace tidewaiter
