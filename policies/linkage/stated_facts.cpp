#include "policies/linkage/stated_facts.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "policies/model/varint.h"

namespace tidewaiter {

namespace {

/// Numbers at the end of some bytes, and from their beginning on: each as its difference from the
/// one before.
void append_difference(BlockVector<std::uint8_t>& bytes, std::int64_t value, std::int64_t base) {
  std::array<std::uint8_t, VarintWriter::kMost> few{};
  VarintWriter writer(few.data());
  writer.difference(value, base);
  for (const std::uint8_t* at = few.data(); at != writer.at(); ++at) bytes.push_back(*at);
}

std::int64_t read_difference(const BlockVector<std::uint8_t>& bytes, std::size_t& at,
                             std::int64_t base) {
  constexpr std::uint8_t kMore = 0x80;
  std::array<std::uint8_t, VarintWriter::kMost> few{};
  std::size_t count = 0;
  do {
    few[count] = bytes[at++];
  } while ((few[count++] & kMore) != 0);
  return VarintReader(few.data()).difference(base);
}

}  // namespace

void StatedFacts::write(UtcTime time, std::span<const HoldingNumber> holdings, bool states) {
  if (holdings.empty()) return;
  append_difference(written_, time.us, last_time_);
  last_time_ = time.us;
  append_difference(written_, static_cast<std::int64_t>(holdings.size() * 2 + (states ? 0 : 1)), 0);
  for (const HoldingNumber holding : holdings) {
    // One more than that before, as of new ones: nothing.
    append_difference(written_, holding, std::int64_t{last_holding_} + 1);
    last_holding_ = holding;
  }
  facts_ += holdings.size();
}

void StatedFacts::take_back(UtcTime time, std::span<const HoldingNumber> holdings) {
  constexpr std::size_t kFewFacts = 1024;
  write(time, holdings, false);
  taken_back_ += holdings.size();
  if (facts_ < kFewFacts || taken_back_ < facts_ / 3) return;
  write_anew(take_all());
}

std::vector<StatedFacts::Fact> StatedFacts::all() const {
  std::vector<Fact> facts;
  facts.reserve(facts_);
  std::int64_t time = 0;
  std::int64_t holding = 0;
  for (std::size_t at = 0; at < written_.size();) {
    time = read_difference(written_, at, time);
    const std::int64_t count_and_sign = read_difference(written_, at, 0);
    for (std::int64_t i = 0; i < count_and_sign / 2; ++i) {
      holding = read_difference(written_, at, holding + 1);
      facts.push_back(
          {UtcTime{time}, static_cast<HoldingNumber>(holding), count_and_sign % 2 == 0 ? 1 : -1});
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
  *this = StatedFacts();
  return facts;
}

void StatedFacts::write_anew(std::span<const Fact> facts) {
  std::vector<HoldingNumber> of_one_time;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    of_one_time.push_back(facts[i].holding);
    if (i + 1 < facts.size() && facts[i + 1].time == facts[i].time) continue;
    state(facts[i].time, of_one_time);
    of_one_time.clear();
  }
}

void StatedFacts::tell_first(FirstStatements& first) const {
  std::unordered_set<HoldingNumber> told;
  for (const Fact& fact : all()) {  // the earliest come first
    const auto asked = first.find(fact.holding);
    if (asked != first.end() && told.insert(fact.holding).second) asked->second = fact.time;
  }
}

std::vector<HoldingNumber> StatedFacts::drop(UtcTime before) {
  const std::vector<Fact> facts = take_all();
  const auto kept = std::ranges::lower_bound(facts, before, {}, &Fact::time);
  std::vector<HoldingNumber> dropped;
  dropped.reserve(static_cast<std::size_t>(kept - facts.begin()));
  for (auto fact = facts.begin(); fact != kept; ++fact) dropped.push_back(fact->holding);
  write_anew(std::span(kept, facts.end()));
  return dropped;
}

}  // namespace tidewaiter
