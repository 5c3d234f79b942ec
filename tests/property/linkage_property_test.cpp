// The linker against clusters found by hand from all records: names spread from account to account
// until nothing changes. And: what its moves say adds up, the order of arrival does not matter, and
// a linker made after a drop knows what one knows that went on through it.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policies/linkage/linker.h"
#include "tests/property/random.h"

namespace tidewaiter {
namespace {

using Clusters = std::map<LinkedAccount, LinkedAccount>;  // account → name of its cluster

const std::vector<std::string>& sources() {
  static const std::vector<std::string> all{"s", "t"};
  return all;
}

/// Every account that the logs know of.
std::vector<LinkedAccount> everybody() {
  std::vector<LinkedAccount> all;
  for (const std::string& source : sources()) {
    for (char name = 'a'; name < 'k'; ++name) all.push_back({source, std::string(1, name)});
  }
  return all;
}

Record random_record(Random& random) {
  Record record;
  record.kind = random.chance(50) ? RecordKind::kAccount : RecordKind::kUsage;
  record.source = random.one_of(sources());
  record.time = UtcTime{random.number(0, 9) * kDay.us};
  if (random.chance(50)) record.time = record.time + Duration{random.number(0, 23) * kHour.us};
  if (random.chance(95)) {
    const auto name = static_cast<char>(random.number('a', 'j'));
    set_value(record, find_field("account").value(), std::string(1, name));
  }
  if (random.chance(30)) {
    set_value(record, find_field("api_key").value(), "k" + std::to_string(random.number(1, 12)));
  }
  if (record.kind == RecordKind::kUsage) {
    if (random.chance(10)) record.duration = Duration{2 * kDay.us};
    set_value(record, find_field("client.address").value(),
              "192.0.2." + std::to_string(random.number(1, 12)));
    return record;
  }
  std::vector<std::string> cards;
  for (std::int64_t left = random.number(0, 3); left > 0; --left) {
    const std::int64_t card = random.number(0, 12);
    cards.push_back(card == 0 ? "" : "visa-" + std::to_string(card));
  }
  set_value(record, find_field("payment.fingerprints").value(), cards);
  return record;
}

/// Some of the values, each on some of the days.
std::shared_ptr<const ExceptedValues> random_exceptions(Random& random) {
  ExceptedValues except;
  for (std::int64_t i = random.number(1, 4); i > 0; --i) {
    const std::string number = std::to_string(random.number(1, 12));
    const std::int64_t from = random.number(0, 9);
    except.times[random.one_of<std::string>({"visa-", "192.0.2.", "k"}) + number] = {
        {UtcTime{from * kDay.us}, UtcTime{random.number(from, 9) * kDay.us}}};
  }
  return std::make_shared<const ExceptedValues>(std::move(except));
}

LockstepLink random_lockstep(Random& random, bool weighs, const std::string& target) {
  LockstepLink link;
  if (!target.empty()) link.target = find_field(target);
  link.slot = Duration{random.one_of<std::int64_t>({6, 12, 24}) * kHour.us};
  link.over = Duration{random.number(1, 10) * kDay.us};
  link.at_least = random.number(2, 3);
  link.percent = random.number(1, 100);
  link.at_most = random.number(2, 8);
  if (weighs) link.weight = random.number(1, 6);
  return link;
}

Linkage random_linkage(Random& random) {
  Linkage linkage;
  const bool weighs = random.chance(60);
  for (const char* const name : {"payment.fingerprints", "client.address", "api_key"}) {
    if (!random.chance(weighs ? 90 : 70)) continue;
    Link& link = linkage.links.emplace_back();
    link.field = find_field(name).value();
    link.at_most = random.number(2, 7);
    if (weighs) link.weight = random.number(1, 6);
    if (random.chance(20)) link.except = random_exceptions(random);
    if (random.chance(50)) link.window = Duration{random.number(1, 6) * kDay.us};
    if (!weighs || link.window.us == 0 || random.chance(30)) continue;
    link.half_life = Duration{link.window.us / random.number(2, kMostHalfLives)};
  }
  if (weighs) linkage.threshold = random.number(1, 6);
  for (const char* const target : {"", "client.address"}) {
    if (random.chance(40)) linkage.lockstep.push_back(random_lockstep(random, weighs, target));
  }
  return linkage;
}

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

/// All that each account does, without what too many do.
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
  std::map<Deed, std::int64_t> doers;
  for (const auto& [account, deeds] : all) {
    for (const Deed& deed : deeds) ++doers[deed];
  }
  for (auto& [account, deeds] : all) {
    std::erase_if(deeds, [&](const Deed& deed) { return doers[deed] > link.at_most; });
  }
  return all;
}

/// Those of one stretch.
std::set<Deed> within(const std::set<Deed>& deeds, const LockstepLink& link, std::int64_t stretch) {
  std::set<Deed> some;
  for (const Deed& deed : deeds) {
    if (deed.first * link.slot.us / link.over.us == stretch) some.insert(deed);
  }
  return some;
}

bool keep_step(const LockstepLink& link, const std::set<Deed>& a, const std::set<Deed>& b) {
  const std::int64_t half = link.over.us / link.slot.us / 2;
  const bool is_busy = !link.target && (std::ssize(a) > half || std::ssize(b) > half);
  std::set<Deed> either = a;
  either.insert(b.begin(), b.end());
  const std::int64_t common = std::ssize(a) + std::ssize(b) - std::ssize(either);
  return !is_busy && common >= link.at_least &&
         static_cast<double>(common) / static_cast<double>(either.size()) >=
             static_cast<double>(link.percent) / 100;
}

/// All pairs that are in step in some stretch.
std::set<Pair> pairs_in_step(const LockstepLink& link, const std::vector<Record>& records) {
  const Deeds all = deeds_of(link, records);
  std::set<Pair> pairs;
  for (const auto& [a, by_a] : all) {
    for (const auto& [b, by_b] : all) {
      for (std::int64_t stretch = 0; a < b && stretch * link.over.us < 10 * kDay.us; ++stretch) {
        const std::set<Deed> some = within(by_a, link, stretch);
        if (keep_step(link, some, within(by_b, link, stretch))) pairs.insert({a, b});
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

/// The definition, from all records and rulings at once.
Clusters by_definition(const Linkage& linkage, const std::vector<Record>& records,
                       const std::vector<LinkRuled>& said) {
  const std::vector<LinkRuled> rulings = holding(said);
  std::set<Pair> joined = joined_pairs(linkage, records, rulings);
  for (const LinkRuled& ruled : rulings) {
    if (ruled.accounts.size() == 2) {
      joined.insert({ruled_on(ruled.accounts[0]), ruled_on(ruled.accounts[1])});
    }
  }
  Clusters clusters;
  for (const LinkedAccount& account : everybody()) clusters[account] = account;
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

Clusters as_told(const Linker& linker) {
  Clusters clusters;
  for (const LinkedAccount& account : everybody()) clusters[account] = linker.cluster_of(account);
  return clusters;
}

/// Cuts, joints and what lifts them, some of accounts and values that no record has.
LinkRuled random_ruling(Random& random) {
  LinkRuled ruled;
  ruled.ruling = "k-" + std::to_string(random.number(1, 12));
  const auto add_account = [&] {
    const auto name = static_cast<char>(random.number('a', 'j'));
    ruled.accounts.push_back({random.one_of(sources()), std::string(1, name)});
  };
  if (random.chance(25)) return ruled;
  add_account();
  if (random.chance(30)) {
    add_account();
    return ruled;
  }
  for (std::int64_t left = random.number(1, 3); left > 0; --left) {
    const auto [name, prefix] = random.one_of<std::pair<std::string, std::string>>(
        {{"payment.fingerprints", "visa-"}, {"client.address", "192.0.2."}, {"api_key", "k"}});
    ruled.values.push_back(
        {find_field(name).value(), prefix + std::to_string(random.number(1, 12))});
  }
  return ruled;
}

/// A log as it grows, with the records that it still holds.
class GrowingLog {
 public:
  explicit GrowingLog(Random& random) : random_(random) {}

  LogEntry next() {
    LogEntry entry;
    entry.seq = ++seq_;
    if (random_.chance(3)) {
      dropped_before_ = std::max(dropped_before_, UtcTime{random_.number(0, 9) * kDay.us});
      std::erase_if(stored_, [this](const Record& one) { return one.time < dropped_before_; });
      entry.body = Control{RecordsDropped{dropped_before_}};
      return entry;
    }
    if (random_.chance(10)) {
      rulings_.push_back(random_ruling(random_));
      entry.body = Control{rulings_.back()};
      return entry;
    }
    Record record = random_record(random_);
    if (!stored_.empty() && random_.chance(30)) {
      const auto last = static_cast<std::int64_t>(stored_.size()) - 1;
      Record& old = stored_[static_cast<std::size_t>(random_.number(0, last))];
      record.time = old.time;
      record.revision = old.revision + 1;
      entry.replaces = ReplacedRecord{1, old};
      old = record;
    } else if (record.time >= dropped_before_) {
      stored_.push_back(record);
    }
    entry.body = std::move(record);
    return entry;
  }

  [[nodiscard]] const std::vector<Record>& stored() const { return stored_; }
  [[nodiscard]] const std::vector<LinkRuled>& rulings() const { return rulings_; }
  [[nodiscard]] UtcTime dropped_before() const { return dropped_before_; }

 private:
  Random& random_;
  std::vector<Record> stored_;
  std::vector<LinkRuled> rulings_;
  UtcTime dropped_before_ = Linker::kNothingDropped;
  std::int64_t seq_ = 0;
};

/// What a linker says that begins now, with the records in another order.
Clusters started_now(const Linkage& linkage, const GrowingLog& log, Random& random) {
  std::vector<Record> records = log.stored();
  for (std::size_t i = records.size(); i > 1; --i) {
    const auto other = random.number(0, static_cast<std::int64_t>(i) - 1);
    std::swap(records[i - 1], records[static_cast<std::size_t>(other)]);
  }
  Linker linker(linkage, log.dropped_before());
  auto ruled = log.rulings().begin();
  const auto rule = [&] {
    LogEntry entry;
    entry.body = Control{*ruled++};
    linker.take(entry);
  };
  for (Record& record : records) {
    // Rulings keep their order, and come before or after whatever they are about.
    while (ruled != log.rulings().end() && random.chance(30)) rule();
    LogEntry entry;
    entry.body = std::move(record);
    linker.take(entry);
  }
  while (ruled != log.rulings().end()) rule();
  return as_told(linker);
}

void check_one_log(std::uint64_t seed) {
  Random random(seed);
  const Linkage linkage = random_linkage(random);
  GrowingLog log(random);
  Linker linker(linkage);
  Clusters moved;
  for (const LinkedAccount& account : everybody()) moved[account] = account;
  for (int i = 0; i < 80; ++i) {
    for (const ClusterMove& move : linker.take(log.next())) {
      ASSERT_EQ(moved[move.account], move.from) << "seed " << seed << ", entry " << i + 1;
      ASSERT_NE(move.from, move.to) << "seed " << seed << ", entry " << i + 1;
      moved[move.account] = move.to;
    }
    const Clusters expected = by_definition(linkage, log.stored(), log.rulings());
    ASSERT_EQ(as_told(linker), expected) << "seed " << seed << ", entry " << i + 1;
    ASSERT_EQ(moved, expected) << "seed " << seed << ", entry " << i + 1;
  }
  ASSERT_EQ(started_now(linkage, log, random), as_told(linker)) << "seed " << seed;
}

TEST(LinkageProperty, ClustersAreThoseOfTheDefinition) {
  const char* const given = std::getenv("TIDEWAITER_SEED");
  const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const std::uint64_t seeds = given != nullptr ? 1 : 1'000;
  std::cout << "seeds " << first << " to " << first + seeds - 1 << "\n";
  for (std::uint64_t seed = first; seed < first + seeds && !testing::Test::HasFatalFailure();
       ++seed) {
    check_one_log(seed);
  }
}

}  // namespace
}  // namespace tidewaiter
