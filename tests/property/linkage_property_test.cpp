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
#include "tests/property/linkage_definition.h"
#include "tests/property/random.h"

namespace tidewaiter {
namespace {

using Clusters = ClustersByAccount;

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

/// A request of one of four accounts in a time of few slots, so that runs of slots form and part.
Record random_request(Random& random) {
  Record record;
  record.kind = RecordKind::kUsage;
  record.source = "s";
  record.time = UtcTime{random.number(0, 40) * 6 * kHour.us + random.number(0, 2) * kHour.us};
  const auto name = static_cast<char>(random.number('a', 'd'));
  set_value(record, find_field("account").value(), std::string(1, name));
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

/// Who acts in step, all acts being the same, and nothing else.
Linkage random_steps(Random& random) {
  LockstepLink link;
  link.slot = Duration{6 * kHour.us};
  link.over = Duration{random.number(2, 10) * kDay.us};
  link.at_least = random.number(2, 4);
  link.percent = random.number(1, 60);
  link.at_most = random.number(2, 4);
  return {{}, 0, {link}};
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
  using RandomRecord = Record (*)(Random&);

  GrowingLog(Random& random, RandomRecord random_record)
      : random_(random), random_record_(random_record) {}

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
    Record record = random_record_(random_);
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
  RandomRecord random_record_;
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

void check_one_log(std::uint64_t seed, Linkage (*random_links)(Random&),
                   GrowingLog::RandomRecord random_records) {
  Random random(seed);
  const Linkage linkage = random_links(random);
  GrowingLog log(random, random_records);
  Linker linker(linkage);
  Clusters moved;
  for (const LinkedAccount& account : everybody()) moved[account] = account;
  for (int i = 0; i < 80; ++i) {
    for (const ClusterMove& move : linker.take(log.next())) {
      ASSERT_EQ(moved[move.account], move.from) << "seed " << seed << ", entry " << i + 1;
      ASSERT_NE(move.from, move.to) << "seed " << seed << ", entry " << i + 1;
      moved[move.account] = move.to;
    }
    const Clusters expected =
        clusters_by_definition(linkage, log.stored(), log.rulings(), everybody());
    ASSERT_EQ(as_told(linker), expected) << "seed " << seed << ", entry " << i + 1;
    ASSERT_EQ(moved, expected) << "seed " << seed << ", entry " << i + 1;
  }
  ASSERT_EQ(started_now(linkage, log, random), as_told(linker)) << "seed " << seed;
}

void check_logs(Linkage (*random_links)(Random&), GrowingLog::RandomRecord random_records) {
  const char* const given = std::getenv("TIDEWAITER_SEED");
  const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const std::uint64_t seeds = given != nullptr ? 1 : 1'000;
  std::cout << "seeds " << first << " to " << first + seeds - 1 << "\n";
  for (std::uint64_t seed = first; seed < first + seeds && !testing::Test::HasFatalFailure();
       ++seed) {
    check_one_log(seed, random_links, random_records);
  }
}

TEST(LinkageProperty, ClustersAreThoseOfTheDefinition) {
  check_logs(random_linkage, random_record);
}

TEST(LinkageProperty, StepsAreThoseOfTheDefinition) { check_logs(random_steps, random_request); }

/// Whoever is in step with more in common is so with less.
void check_lesser_numbers(std::uint64_t seed) {
  Random random(seed);
  Linkage linkage = random_steps(random);
  GrowingLog log(random, random_request);
  std::vector<Linker> linkers;
  for (linkage.lockstep[0].at_least = 2; linkage.lockstep[0].at_least < 7;
       ++linkage.lockstep[0].at_least) {
    linkers.emplace_back(linkage);
  }
  for (int i = 0; i < 80; ++i) {
    const LogEntry entry = log.next();
    if (std::holds_alternative<Control>(entry.body) &&
        std::holds_alternative<LinkRuled>(std::get<Control>(entry.body))) {
      continue;  // whom a person joins is together whatever they do
    }
    for (Linker& linker : linkers) linker.take(entry);
    for (std::size_t more = 1; more < linkers.size(); ++more) {
      Clusters lesser = as_told(linkers[more - 1]);
      for (const auto& [account, name] : as_told(linkers[more])) {
        ASSERT_EQ(lesser[account], lesser[name])
            << "seed " << seed << ", entry " << i + 1 << ", at_least " << more + 2;
      }
    }
  }
}

TEST(LinkageProperty, StepsAreNoFewerForALesserNumber) {
  std::cout << "seeds 1 to 300\n";
  for (std::uint64_t seed = 1; seed <= 300 && !testing::Test::HasFatalFailure(); ++seed) {
    check_lesser_numbers(seed);
  }
}

}  // namespace
}  // namespace tidewaiter
