#include "policies/linkage/stated_facts.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace tidewaiter {

void StatedFacts::write(UtcTime time, std::span<const HoldingNumber> holdings, bool states) {
  if (holdings.empty()) return;
  const auto bits = static_cast<std::uint64_t>(time.us);
  statements_.push_back({static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32),
                         static_cast<std::uint32_t>(holdings.size() * 2 + (states ? 0 : 1))});
  holdings_.insert(holdings_.end(), holdings.begin(), holdings.end());
}

void StatedFacts::take_back(UtcTime time, std::span<const HoldingNumber> holdings) {
  constexpr std::size_t kFewFacts = 1024;
  write(time, holdings, false);
  taken_back_ += holdings.size();
  if (holdings_.size() < kFewFacts || taken_back_ < holdings_.size() / 3) return;
  for (const Fact& fact : take_all()) state(fact.time, std::span(&fact.holding, 1));
}

std::vector<StatedFacts::Fact> StatedFacts::all() const {
  std::vector<Fact> facts;
  facts.reserve(holdings_.size());
  auto holding = holdings_.begin();
  for (const Statement& statement : statements_) {
    const int by = statement.facts_and_sign % 2 == 0 ? 1 : -1;
    for (std::uint32_t i = 0; i < statement.facts_and_sign / 2; ++i) {
      facts.push_back({statement.time(), *holding++, by});
    }
  }
  const auto key = [](const Fact& fact) { return std::tie(fact.time, fact.holding); };
  std::ranges::sort(facts, [&](const Fact& a, const Fact& b) {
    return std::tie(a.time, a.holding, b.by) < std::tie(b.time, b.holding, a.by);
  });
  // What was said comes first of its kind: each that was taken back removes one before it.
  std::size_t kept = 0;
  for (const Fact& fact : facts) {
    const bool cancels = fact.by < 0 && kept > 0 && key(facts[kept - 1]) == key(fact);
    if (cancels) {
      --kept;
    } else {
      facts[kept++] = fact;
    }
  }
  facts.resize(kept);
  return facts;
}

std::vector<StatedFacts::Fact> StatedFacts::take_all() {
  std::vector<Fact> facts = all();
  statements_.clear();
  holdings_.clear();
  taken_back_ = 0;
  return facts;
}

void StatedFacts::tell_first(FirstStatements& first) const {
  std::unordered_set<HoldingNumber> told;
  for (const Fact& fact : all()) {  // the earliest come first
    const auto asked = first.find(fact.holding);
    if (asked != first.end() && told.insert(fact.holding).second) asked->second = fact.time;
  }
}

std::vector<HoldingNumber> StatedFacts::drop(UtcTime before) {
  std::vector<HoldingNumber> dropped;
  for (const Fact& fact : take_all()) {
    if (fact.time < before) {
      dropped.push_back(fact.holding);
    } else {
      state(fact.time, std::span(&fact.holding, 1));
    }
  }
  return dropped;
}

}  // namespace tidewaiter
