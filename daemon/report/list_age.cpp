#include "daemon/report/list_age.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using Ordered = nlohmann::ordered_json;

ListAge age_of(const ListInForce& list, std::int64_t entry, UtcTime when) {
  ListAge age;
  age.list = list.name;
  age.written = list.written;
  age.issue = list.issue;
  age.retrieved = list.retrieved;
  age.known_until = list.known_until;
  age.stale = !list.parties || (list.known_until && !(when < *list.known_until));
  if (list.parties && list.retrieved && !(when < *list.retrieved)) {
    age.days = (when - *list.retrieved).us / kDay.us;
  }
  age.entry = entry;
  return age;
}

Ordered time_json(const std::optional<UtcTime>& time) {
  return time ? Ordered(format_time(*time)) : Ordered(nullptr);
}

}  // namespace

std::vector<ListAge> list_ages(std::span<const ListsInForce> entries,
                               std::span<const std::string> names, AgeAt at) {
  const ListsInForce* in_force = nullptr;
  for (const ListsInForce& entry : entries) {
    if (at.entry < entry.entry) break;
    in_force = &entry;
  }
  std::vector<ListAge> ages;
  if (in_force == nullptr) return ages;
  for (const ListInForce& list : in_force->lists) {
    if (std::ranges::find(names, list.name) == names.end()) continue;
    ages.push_back(age_of(list, in_force->entry, at.recorded));
  }
  std::ranges::stable_sort(ages, {}, &ListAge::list);
  return ages;
}

std::string list_age_words(const ListAge& age) {
  std::string words = "no issue";
  if (!age.issue.empty() || age.retrieved) {
    words = age.days ? std::to_string(*age.days) + (*age.days == 1 ? " day old" : " days old")
                     : "of an age that is not known";
  }
  if (age.retrieved) words += ", fetched " + format_time(*age.retrieved);
  if (age.stale && !age.issue.empty()) {
    words += ", stale";
    if (age.known_until) words += ": known until " + format_time(*age.known_until);
  }
  return words + ", entry " + std::to_string(age.entry);
}

Ordered list_ages_json(std::span<const ListAge> ages) {
  Ordered list = Ordered::array();
  for (const ListAge& one : ages) {
    list.push_back({{"list", one.list},
                    {"written", one.written},
                    {"issue", one.issue.empty() ? Ordered(nullptr) : Ordered(one.issue)},
                    {"retrieved", time_json(one.retrieved)},
                    {"known_until", time_json(one.known_until)},
                    {"days", one.days ? Ordered(*one.days) : Ordered(nullptr)},
                    {"stale", one.stale},
                    {"entry", one.entry}});
  }
  return list;
}

}  // namespace tidewaiter
