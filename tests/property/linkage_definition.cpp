#include "tests/property/linkage_definition.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace tidewaiter {
namespace {

std::vector<std::string> values_of(const Record& record, const Link& link) {
  const Value* const value = find_value(record, link.field);
  if (value == nullptr) return {};
  if (const auto* text = std::get_if<std::string>(value)) return {*text};
  return std::get<std::vector<std::string>>(*value);
}

/// Who uses a value, and when.
using Uses = std::map<LinkedAccount, std::set<std::int64_t>>;
using Holders = std::map<std::string, Uses>;

/// Who has which values of a link.
Holders holders_of(const Link& link, const std::vector<Record>& records) {
  Holders holders;
  for (const Record& record : records) {
    const Value* const name = find_value(record, find_field("account").value());
    if (name == nullptr) continue;
    for (const std::string& text : values_of(record, link)) {
      if (text.empty()) continue;
      if (link.except != nullptr && link.except->times.contains(text)) {
        const Interval& during = link.except->times.at(text).front();
        if (during.from <= record.time && record.time < during.to) continue;
      }
      const std::string value = field(link.field).id_of_source ? record.source + "/" + text : text;
      holders[value][{record.source, std::get<std::string>(*name)}].insert(record.time.us);
    }
  }
  return holders;
}

/// In how many parts a weight is counted: each tenth, and each part that a half-life makes of it.
constexpr std::int64_t kParts = 2'520 * 32;

/// What a value weighs that so many hold: by counting halvings.
std::int64_t shares(const Linkage& linkage, const Link& link, std::int64_t holders) {
  if (holders < 2 || holders > link.at_most) return 0;
  if (linkage.threshold == 0) return 1;
  std::int64_t doublings = 0;
  for (std::int64_t reached = 1; reached < holders; reached *= 2) ++doublings;
  return link.weight * kParts / doublings;
}

bool is_within(const std::set<std::int64_t>& times, std::int64_t from, std::int64_t to) {
  const auto first = times.lower_bound(from);
  return first != times.end() && *first < to;
}

/// What a value weighs for two that use it: the most of all stretches of a rung in which both do,
/// tried one after the other.
std::int64_t weight_for(const Linkage& linkage, const Link& link, const Uses& uses,
                        const LinkedAccount& a, const LinkedAccount& b) {
  if (link.window.us == 0) return shares(linkage, link, std::ssize(uses));
  std::int64_t most = 0;
  const bool fades = link.half_life.us > 0;
  for (std::int64_t rung = 1; rung <= (fades ? link.window.us / link.half_life.us : 1); ++rung) {
    const std::int64_t half = (fades ? rung * link.half_life.us : link.window.us) / 2;
    for (std::int64_t from = -half; from < 10 * kDay.us; from += half) {
      const auto in_it = [&](const auto& use) {
        return is_within(use.second, from, from + 2 * half);
      };
      if (!in_it(*uses.find(a)) || !in_it(*uses.find(b))) continue;
      const std::int64_t holders = std::ranges::count_if(uses, in_it);
      std::int64_t own = shares(linkage, link, holders);
      for (std::int64_t halved = 1; halved < rung; ++halved) own /= 2;
      most = std::max(most, own);
    }
  }
  return most;
}

using Pair = std::pair<LinkedAccount, LinkedAccount>;

/// What is done in a slot: its number, and the target with its source where only that makes it one.
using Deed = std::pair<std::int64_t, std::string>;
using Deeds = std::map<LinkedAccount, std::set<Deed>>;

/// All that each account does.
Deeds deeds_of(const LockstepLink& link, const std::vector<Record>& records) {
  Deeds all;
  for (const Record& record : records) {
    const Value* const name = find_value(record, find_field("account").value());
    if (name == nullptr || record.kind != RecordKind::kUsage) continue;
    if (record.duration > link.slot) continue;
    const Value* const target = link.target ? find_value(record, *link.target) : nullptr;
    if (link.target && target == nullptr) continue;
    const std::string done = target != nullptr ? std::get<std::string>(*target) : "";
    all[{record.source, std::get<std::string>(*name)}].insert(
        {record.time.us / link.slot.us, done});
  }
  return all;
}

/// What is left without what too many do.
Deeds without_crowds(Deeds all, const LockstepLink& link) {
  std::map<Deed, std::int64_t> doers;
  for (const auto& [account, deeds] : all) {
    for (const Deed& deed : deeds) ++doers[deed];
  }
  for (auto& [account, deeds] : all) {
    std::erase_if(deeds, [&](const Deed& deed) { return doers[deed] > link.at_most; });
  }
  return all;
}

/// What an account does in one stretch: all of it, and what counts.
struct DoneInStretch {
  std::set<Deed> all;
  std::set<Deed> counted;
};

std::set<Deed> within(const std::set<Deed>& deeds, const LockstepLink& link, std::int64_t stretch) {
  std::set<Deed> some;
  for (const Deed& deed : deeds) {
    if (deed.first * link.slot.us / link.over.us == stretch) some.insert(deed);
  }
  return some;
}

/// Where all do the same: the stretch's slots one by one, whether both act in it, and whether that
/// counts, after at most `at_least` - 2 others that did since one of them last did not act.
std::int64_t steps_beside_gaps(const LockstepLink& link, const DoneInStretch& a,
                               const DoneInStretch& b, std::int64_t stretch) {
  const std::int64_t slots = link.over.us / link.slot.us;
  std::int64_t steps = 0;
  std::int64_t since_gap = 0;
  for (std::int64_t slot = stretch * slots; slot < (stretch + 1) * slots; ++slot) {
    const Deed deed{slot, ""};
    if (!a.all.contains(deed) || !b.all.contains(deed)) since_gap = 0;
    if (!a.counted.contains(deed) || !b.counted.contains(deed)) continue;
    if (++since_gap <= link.at_least - 1) ++steps;
  }
  return steps;
}

bool keep_step(const LockstepLink& link, const DoneInStretch& a, const DoneInStretch& b,
               std::int64_t stretch) {
  const std::int64_t half = link.over.us / link.slot.us / 2;
  const std::int64_t most = std::max(std::ssize(a.counted), std::ssize(b.counted));
  std::set<Deed> either = a.counted;
  either.insert(b.counted.begin(), b.counted.end());
  const std::int64_t common = std::ssize(a.counted) + std::ssize(b.counted) - std::ssize(either);
  const std::int64_t steps = link.target ? common : steps_beside_gaps(link, a, b, stretch);
  return (link.target || most <= half) && steps >= link.at_least &&
         static_cast<double>(common) / static_cast<double>(either.size()) >=
             static_cast<double>(link.percent) / 100;
}

/// All pairs that are in step in some stretch.
std::set<Pair> pairs_in_step(const LockstepLink& link, const std::vector<Record>& records) {
  const Deeds all = deeds_of(link, records);
  const Deeds counted = without_crowds(all, link);
  std::set<Pair> pairs;
  for (std::int64_t stretch = 0; stretch * link.over.us < 10 * kDay.us; ++stretch) {
    std::map<LinkedAccount, DoneInStretch> done;
    for (const auto& [account, deeds] : all) {
      done[account] = {within(deeds, link, stretch), within(counted.at(account), link, stretch)};
    }
    for (const auto& [a, by_a] : done) {
      for (const auto& [b, by_b] : done) {
        if (a < b && keep_step(link, by_a, by_b, stretch)) pairs.insert({a, b});
      }
    }
  }
  return pairs;
}

/// Whether a ruling cuts the account off a value of the field.
bool is_cut(const std::vector<LinkRuled>& rulings, const LinkedAccount& account,
            const RuledValue& value) {
  return std::ranges::any_of(rulings, [&](const LinkRuled& ruled) {
    return ruled.accounts.size() == 1 && ruled.accounts[0].source == account.source &&
           ruled.accounts[0].name == account.name &&
           std::ranges::find(ruled.values, value) != ruled.values.end();
  });
}

/// All pairs that are joined by what they have in common.
std::set<Pair> joined_pairs(const Linkage& linkage, const std::vector<Record>& records,
                            const std::vector<LinkRuled>& rulings) {
  std::map<Pair, std::int64_t> sums;
  for (const Link& link : linkage.links) {
    std::map<Pair, std::int64_t> heaviest;
    for (const auto& [value, uses] : holders_of(link, records)) {
      const bool of_source = field(link.field).id_of_source;
      const RuledValue named{link.field, of_source ? value.substr(value.find('/') + 1) : value};
      for (const auto& [a, used_by_a] : uses) {
        for (const auto& [b, used_by_b] : uses) {
          if (is_cut(rulings, a, named) || is_cut(rulings, b, named) || !(a < b)) continue;
          std::int64_t& most = heaviest[{a, b}];
          most = std::max(most, weight_for(linkage, link, uses, a, b));
        }
      }
    }
    for (const auto& [pair, weight] : heaviest) sums[pair] += weight;
  }
  for (const LockstepLink& link : linkage.lockstep) {
    for (const Pair& pair : pairs_in_step(link, records)) {
      sums[pair] += linkage.threshold > 0 ? link.weight * kParts : 1;
    }
  }
  std::set<Pair> joined;
  const std::int64_t needed = linkage.threshold > 0 ? linkage.threshold * kParts : 1;
  for (const auto& [pair, sum] : sums) {
    if (sum >= needed) joined.insert(pair);
  }
  return joined;
}

/// What a person has ruled, as it holds.
std::vector<LinkRuled> holding(const std::vector<LinkRuled>& said) {
  std::vector<LinkRuled> all;
  std::set<std::string> ids;
  for (const LinkRuled& ruled : said) {
    if (ruled.lifts()) {
      std::erase_if(all, [&](const LinkRuled& one) { return one.ruling == ruled.ruling; });
    } else if (ids.insert(ruled.ruling).second) {
      all.push_back(ruled);
    }
  }
  return all;
}

LinkedAccount ruled_on(const RuledAccount& account) { return {account.source, account.name}; }

}  // namespace

ClustersByAccount clusters_by_definition(const Linkage& linkage, const std::vector<Record>& records,
                                         const std::vector<LinkRuled>& said,
                                         const std::vector<LinkedAccount>& everybody) {
  const std::vector<LinkRuled> rulings = holding(said);
  std::set<Pair> joined = joined_pairs(linkage, records, rulings);
  for (const LinkRuled& ruled : rulings) {
    if (ruled.accounts.size() == 2) {
      joined.insert({ruled_on(ruled.accounts[0]), ruled_on(ruled.accounts[1])});
    }
  }
  ClustersByAccount clusters;
  for (const LinkedAccount& account : everybody) clusters[account] = account;
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [a, b] : joined) {
      const LinkedAccount least = std::min(clusters[a], clusters[b]);
      changed = changed || clusters[a] != least || clusters[b] != least;
      clusters[a] = clusters[b] = least;
    }
  }
  return clusters;
}

}  // namespace tidewaiter
