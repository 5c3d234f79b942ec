#include "policies/linkage/part_search.h"

#include <numeric>
#include <utility>

namespace tidewaiter {

PartSearch::PartSearch(const std::vector<AccountNumber>& starts, const Linked& linked)
    : linked_(linked) {
  searches_.reserve(starts.size());
  for (const AccountNumber start : starts) {
    found_by_[start] = searches_.size();
    searches_.push_back({searches_.size(), {start}, {start}});
  }
  going_ = searches_.size();
}

std::vector<std::vector<AccountNumber>> PartSearch::parts() {
  std::vector<std::vector<AccountNumber>> parts;
  std::deque<std::size_t> turns(searches_.size());
  std::iota(turns.begin(), turns.end(), std::size_t{0});
  while (going_ > 1) {
    const std::size_t search = turns.front();
    turns.pop_front();
    if (one_of(search) != search) continue;  // goes on as another
    if (searches_[search].open.empty()) {
      parts.push_back(std::move(searches_[search].found));
      --going_;
      continue;
    }
    go_on(search);
    turns.push_back(search);
  }
  return parts;
}

std::size_t PartSearch::one_of(std::size_t search) {
  while (searches_[search].goes_on_as != search) {
    std::size_t& next = searches_[search].goes_on_as;
    next = searches_[next].goes_on_as;
    search = next;
  }
  return search;
}

void PartSearch::go_on(std::size_t search) {
  const AccountNumber account = searches_[search].open.front();
  searches_[search].open.pop_front();
  linked_(account, [&](AccountNumber other) { reach(one_of(search), other); });
}

void PartSearch::reach(std::size_t search, AccountNumber account) {
  const auto [place, fresh] = found_by_.try_emplace(account, search);
  if (fresh) {
    searches_[search].found.push_back(account);
    searches_[search].open.push_back(account);
  } else {
    meet(search, one_of(place->second));
  }
}

void PartSearch::meet(std::size_t a, std::size_t b) {
  if (a == b) return;
  if (searches_[a].found.size() < searches_[b].found.size()) std::swap(a, b);
  Search& into = searches_[a];
  Search& from = searches_[b];
  into.found.insert(into.found.end(), from.found.begin(), from.found.end());
  into.open.insert(into.open.end(), from.open.begin(), from.open.end());
  from = {a, {}, {}};
  --going_;
}

}  // namespace tidewaiter
