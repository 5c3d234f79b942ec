// Lockstep links over a generated week: how fast acts are taken, what memory they need, that who is
// in step is who a count over all acts at once finds, and how well planted rings are found.
//
//   bench_lockstep [ACCOUNTS [SEED]]      20,000 accounts and seed 11, if absent
//
// Of the accounts, each act of which has one of 2,000 templates:
//   95 %   act 40 times, each in a slot of working hours by chance; half of the acts use one of the
//          20 templates that a hundred times as many use as one of the others;
//   2 %    are rings of 20: a ring acts in 60 slots of the week with one template of its own, each
//          account in 85 % of them, and ten times more by itself;
//   2 %    are programs that run each hour, by one of five templates;
//   1 %    are customers of one product, in groups of 8: their program runs each six hours.
// What the last two do they do in step, and are no rings. In that week slots are drawn one by one.
// In another, of the same accounts, who is no person works for hours without a gap:
//   2 %    are rings of 20: a ring works an hour of each day, each account beginning up to a
//   quarter
//          of an hour later, in 85 % of the slots, and ten times more by itself;
//   20     programs always act, but for three outages of a quarter of an hour that all have;
//   60     are nightly jobs, each from a start of its own on for one to three hours.
// These 80 use one of five templates.
//
// The status is 1 where an answer is wrong; no time, memory or share is judged.

#include <algorithm>
#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <malloc.h>
#include <unistd.h>

#include "policies/linkage/linker.h"
#include "tests/bench/resident_bytes.h"

namespace tidewaiter::bench {
namespace {

constexpr std::int64_t kSlots = 2'016;  // of five minutes in a week
constexpr std::uint32_t kDaySlots = 288;
constexpr std::int64_t kWeek = 2'900;  // since the epoch
constexpr std::uint32_t kRing = 20;
constexpr std::uint32_t kProduct = 8;

/// What an account does in a slot.
struct Act {
  std::uint32_t account = 0;
  std::uint32_t slot = 0;
  std::uint32_t prompts = 0;
  auto operator<=>(const Act&) const = default;
};

class Week {
 public:
  Week(std::uint32_t accounts, std::uint64_t seed, bool for_hours)
      : engine_(seed), accounts_(accounts), rings_(accounts / 50 / kRing) {
    for (std::uint32_t ring = 0; ring < rings_; ++ring) {
      for_hours ? add_working_ring(ring) : add_ring(ring);
    }
    std::uint32_t account = for_hours ? add_long_programs() : add_programs();
    for (; account < accounts; ++account) add_honest(account, 40);
    std::ranges::sort(acts_);
    acts_.erase(std::unique(acts_.begin(), acts_.end()), acts_.end());
    std::ranges::shuffle(acts_, engine_);
  }

  /// In an order of chance.
  [[nodiscard]] const std::vector<Act>& acts() const { return acts_; }
  [[nodiscard]] std::uint32_t accounts() const { return accounts_; }
  [[nodiscard]] std::uint32_t rings() const { return rings_; }
  /// Rings have the first numbers, one after the other.
  [[nodiscard]] bool is_of_ring(std::uint32_t account) const { return account < rings_ * kRing; }

 private:
  std::uint32_t number(std::uint32_t end) {
    return std::uniform_int_distribution<std::uint32_t>(0, end - 1)(engine_);
  }
  void add_ring(std::uint32_t ring) {
    for (int i = 0; i < 60; ++i) {
      const std::uint32_t slot = number(kSlots);
      for (std::uint32_t member = 0; member < kRing; ++member) {
        if (number(100) < 85) acts_.push_back({ring * kRing + member, slot, 10'000 + ring});
      }
    }
    for (std::uint32_t member = 0; member < kRing; ++member) add_honest(ring * kRing + member, 10);
  }
  void add_working_ring(std::uint32_t ring) {
    for (std::uint32_t day = 0; day < 7; ++day) {
      const std::uint32_t start = day * kDaySlots + number(kDaySlots - 12);
      for (std::uint32_t member = 0; member < kRing; ++member) {
        for (std::uint32_t slot = start + number(4); slot < start + 12; ++slot) {
          if (number(100) < 85) acts_.push_back({ring * kRing + member, slot, 10'000 + ring});
        }
      }
    }
    for (std::uint32_t member = 0; member < kRing; ++member) add_honest(ring * kRing + member, 10);
  }
  /// The first account behind the rings and these.
  std::uint32_t add_programs() {
    std::uint32_t account = rings_ * kRing;
    for (std::uint32_t i = 0; i < accounts_ / 50; ++i, ++account) {
      add_regular(account, 12, account % 5);
    }
    for (std::uint32_t i = 0; i < accounts_ / 100 / kProduct * kProduct; ++i, ++account) {
      add_regular(account, 72, 5'000 + i / kProduct);
    }
    return account;
  }
  std::uint32_t add_long_programs() {
    std::uint32_t account = rings_ * kRing;
    const std::array<std::uint32_t, 3> outages{number(kSlots - 3), number(kSlots - 3),
                                               number(kSlots - 3)};
    for (const std::uint32_t end = account + 20; account < end; ++account) {
      for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
        const auto stops = [&](std::uint32_t from) { return from <= slot && slot < from + 3; };
        if (!std::ranges::any_of(outages, stops)) acts_.push_back({account, slot, account % 5});
      }
    }
    for (const std::uint32_t end = account + 60; account < end; ++account) {
      const std::uint32_t start = number(96);  // before eight in the morning
      const std::uint32_t length = 12 + number(25);
      for (std::uint32_t day = 0; day < kSlots; day += kDaySlots) {
        for (std::uint32_t slot = day + start; slot < day + start + length; ++slot) {
          acts_.push_back({account, slot, account % 5});
        }
      }
    }
    return account;
  }
  /// Once in so many slots, beginning where its program does.
  void add_regular(std::uint32_t account, std::uint32_t every, std::uint32_t prompts) {
    for (std::uint32_t slot = prompts % every; slot < kSlots; slot += every) {
      acts_.push_back({account, slot, prompts});
    }
  }
  void add_honest(std::uint32_t account, int acts) {
    for (int i = 0; i < acts; ++i) {
      const std::uint32_t slot = number(7) * kDaySlots + 96 + number(144);  // from 8 to 20
      acts_.push_back({account, slot, 100 + (number(2) == 0 ? number(20) : number(2'000))});
    }
  }

  std::mt19937_64 engine_;
  std::uint32_t accounts_;
  std::uint32_t rings_;
  std::vector<Act> acts_;
};

LockstepLink link_of(bool by_template) {
  LockstepLink link;
  if (by_template) link.target = find_field("prompt.template");
  link.slot = Duration{5 * kMinute.us};
  link.over = Duration{7 * kDay.us};
  link.at_least = 12;
  link.percent = 50;
  link.at_most = 50;
  return link;
}

std::string name_of(std::uint32_t account) {
  std::string digits = std::to_string(account);
  return "a" + std::string(7 - digits.size(), '0') + digits;
}

LogEntry entry_of(const Act& act) {
  Record record;
  record.kind = RecordKind::kUsage;
  record.source = "gateway";
  record.time = UtcTime{(kWeek * kSlots + act.slot) * 5 * kMinute.us};
  set_value(record, *find_field("account"), name_of(act.account));
  set_value(record, *find_field("prompt.template"), "t" + std::to_string(act.prompts));
  LogEntry entry;
  entry.body = std::move(record);
  return entry;
}

/// How many of the acts that two have in common count towards `at_least`: of those since a slot in
/// which not both act, one fewer than that.
std::int64_t steps_of(const std::bitset<kSlots>& both, const std::bitset<kSlots>& crowded,
                      const LockstepLink& link) {
  std::int64_t steps = 0;
  std::int64_t since_gap = 0;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    if (!both[slot]) since_gap = 0;
    if (both[slot] && !crowded[slot] && ++since_gap < link.at_least) ++steps;
  }
  return steps;
}

/// The clusters by definition, each account by the least of its own: pairs counted slot by slot,
/// whoever has however few acts, and names spread over those in step until none is lesser.
std::vector<std::uint32_t> by_counting(const Week& week, const LockstepLink& link) {
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> done;  // slot, what, who
  for (const Act& act : week.acts()) {
    done.insert({act.slot, link.target ? act.prompts : 0, act.account});
  }
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> doers;
  for (const auto& [slot, what, who] : done) doers[{slot, what}].push_back(who);
  std::vector<std::bitset<kSlots>> slots(link.target ? 0 : week.accounts());
  for (const Act& act : week.acts()) {
    if (!link.target) slots[act.account].set(act.slot);
  }
  std::vector<std::int64_t> acts(week.accounts());
  std::unordered_map<std::uint64_t, std::int64_t> common;
  std::bitset<kSlots> crowded;
  for (const auto& [deed, those] : doers) {
    if (std::ssize(those) > link.at_most) {
      if (!link.target) crowded.set(deed.first);
      continue;
    }
    for (std::size_t i = 0; i < those.size(); ++i) {
      ++acts[those[i]];
      for (std::size_t j = 0; j < i; ++j) ++common[std::uint64_t{those[j]} << 32 | those[i]];
    }
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (const auto& [both, count] : common) {
    const auto one = static_cast<std::uint32_t>(both >> 32);
    const auto other = static_cast<std::uint32_t>(both);
    const std::int64_t either = acts[one] + acts[other] - count;
    const bool is_busy = !link.target && std::max(acts[one], acts[other]) > kSlots / 2;
    if (is_busy || count < link.at_least || count * 100 < link.percent * either) continue;
    if (!link.target && steps_of(slots[one] & slots[other], crowded, link) < link.at_least)
      continue;
    pairs.emplace_back(one, other);
  }
  std::vector<std::uint32_t> least(week.accounts());
  for (std::uint32_t i = 0; i < least.size(); ++i) least[i] = i;
  for (bool spread = true; spread;) {
    spread = false;
    for (const auto& [one, other] : pairs) {
      const std::uint32_t name = std::min(least[one], least[other]);
      spread = spread || least[one] != name || least[other] != name;
      least[one] = least[other] = name;
    }
  }
  return least;
}

/// Of pairs: those in one cluster, those of them that are of one ring, and those of one ring.
void print_quality(const Week& week, const std::vector<std::uint32_t>& least) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> clusters;
  for (std::uint32_t i = 0; i < least.size(); ++i) clusters[least[i]].push_back(i);
  std::int64_t joined = 0;
  std::int64_t rightly = 0;
  for (const auto& [name, accounts] : clusters) {
    const std::int64_t size = std::ssize(accounts);
    joined += size * (size - 1) / 2;
    std::map<std::uint32_t, std::int64_t> by_ring;
    for (const std::uint32_t account : accounts) {
      if (week.is_of_ring(account)) ++by_ring[account / kRing];
    }
    for (const auto& [ring, members] : by_ring) rightly += members * (members - 1) / 2;
  }
  const double all = static_cast<double>(week.rings()) * kRing * (kRing - 1) / 2;
  std::printf(" %.3f | %.3f |\n", static_cast<double>(rightly) / static_cast<double>(joined),
              static_cast<double>(rightly) / all);
}

/// Prints a row; false if an account is in another cluster than by definition.
bool run_one(const char* title, const Week& week, const LockstepLink& link) {
  (void)malloc_trim(0);  // what the row before left is no part of this one
  const std::int64_t before = resident_bytes();
  Linker linker(Linkage{{}, 0, {link}});
  double seconds = 0;
  for (const Act& act : week.acts()) {
    const LogEntry entry = entry_of(act);
    const auto start = std::chrono::steady_clock::now();
    (void)linker.take(entry);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  const double acts = static_cast<double>(week.acts().size());
  const CoActions::Counts counts = linker.lockstep_counts().front();
  std::printf("| %s | %.0f | %.0f | %lld | %lld | %lld |", title, acts / seconds,
              static_cast<double>(resident_bytes() - before) / acts,
              static_cast<long long>(counts.slots), static_cast<long long>(counts.crowded),
              static_cast<long long>(counts.pairs));
  const std::vector<std::uint32_t> least = by_counting(week, link);
  print_quality(week, least);
  for (std::uint32_t i = 0; i < least.size(); ++i) {
    if (linker.cluster_of({"gateway", name_of(i)}).name == name_of(least[i])) continue;
    std::fprintf(stderr, "%s is in another cluster than by definition\n", name_of(i).c_str());
    return false;
  }
  return true;
}

int run(std::uint32_t accounts, std::uint64_t seed) {
  const Week week(accounts, seed, false);
  const Week of_hours(accounts, seed, true);
  std::printf("seed %llu: %u accounts, %u of them in rings of %u, %zu acts\n",
              static_cast<unsigned long long>(seed), accounts, week.rings() * kRing, kRing,
              week.acts().size());
  std::printf("%zu acts in the week of those that work for hours\n\n", of_hours.acts().size());
  std::printf(
      "| acts are the same | acts a second | bytes an act | slots | crowded | pairs compared | "
      "precision of pairs | recall |\n|---|---|---|---|---|---|---|---|\n");
  bool right = run_one("by template", week, link_of(true));
  right = run_one("all", week, link_of(false)) && right;
  right = run_one("by template, for hours", of_hours, link_of(true)) && right;
  right = run_one("all, for hours", of_hours, link_of(false)) && right;
  return right ? 0 : 1;
}

}  // namespace
}  // namespace tidewaiter::bench

int main(int argc, char** argv) {
  const long accounts = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 20'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 11;
  return tidewaiter::bench::run(static_cast<std::uint32_t>(accounts), seed);
}
