#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "daemon/world/population.h"
#include "daemon/world/random_stream.h"
#include "daemon/world/split_mix.h"

namespace tidewaiter {
namespace {

// Measured over the 162 clients of ServeGen's two weeks (alibaba/ServeGen, f891d1189eb3): the
// deviation of the logarithm of a client's requests, and the deciles of the share of days on which
// it asks for anything. The median is lower here, since those clients are the large ones.
constexpr double kRateSpread = 2.15;
constexpr double kRateMedian = 6;
constexpr std::array kActiveDays{0.07, 0.14, 0.29, 0.43, 0.71, 0.93, 1.0, 1.0, 1.0, 1.0};
// Of the same: the median client's deviation of a day's requests is 1.9 times their mean. Days
// without any are a part of that, and the rest is this spread.
constexpr double kDaySpread = 0.8;
constexpr double kMostExchanges = 20'000;
// Median input of an exchange in Azure's trace of 2023 (AzureLLMInferenceTrace_code.csv, 8,819
// requests). Its answers complete code and are short; conversations are taken to be longer.
constexpr double kInputTokens = 1'469;
constexpr double kOutputTokens = 220;

constexpr std::array kCountries{"US", "US", "US", "US", "IN", "DE", "GB",
                                "JP", "BR", "FR", "KR", "CA", "NG", "ID"};
constexpr std::array kZones{5, 6, 7, 8, -5, -1, 0, -9, 3, -1, -9, 5, -1, -7};
constexpr std::array kAgents{"python-sdk/2.4", "node-sdk/5.1", "curl/8.5", "go-client/0.9",
                             "java-sdk/1.7",   "browser/120",  "editor/3"};
constexpr int kFingerprints = 24;  // that TLS clients in use have between them

/// Makes the accounts of one world, group by group.
class HonestAccounts {
 public:
  HonestAccounts(const WorldPlan& plan, Population& population)
      : plan_(plan), population_(population), random_{plan.seed, 0x4045} {
    constexpr std::uint64_t kFrameworks = 8;
    for (std::uint64_t i = 0; i < kFrameworks; ++i) {
      population_.registers.templates.push_back(
          sketch_text(RandomStream{plan.seed, 0xF0, i}.next()));
    }
  }

  void add() {
    for (std::uint64_t i = 0; i < 2; ++i) {
      population_.registers.elicitations.push_back(sketch_text(elicitation_sketch(plan_, i)));
    }
    const int all = plan_.accounts;
    const auto share = [all](int per_mille) { return std::max(1, all * per_mille / 1000); };
    add_many(Part::kPartOwned, 3, 1);
    add_many(Part::kHarness, std::max(2, all / 2'000), 1);
    add_many(Part::kLaunch, std::max(2, all / 2'000), 1);
    add_many(Part::kReseller, share(30), share(30));
    add_many(Part::kUniversity, share(60), std::min(share(60), 200));
    add_many(Part::kAgency, share(20), 20);
    add_many(Part::kMigration, share(8), 8);
    add_many(Part::kTraveller, share(10), 1);
    add_many(Part::kMonitor, share(20), 1);
    add_many(Part::kNightly, share(30), 1);
    add_many(Part::kProduct, share(60), 1);
    add_many(Part::kFamily, share(40), 2);
    while (count() < all) {
      if (random_.chance(0.3)) {
        add_group(Part::kTeam, std::min(all - count(), static_cast<int>(2 + random_.below(5))));
      } else {
        add_group(Part::kPerson, 1);
      }
    }
  }

 private:
  /// What the accounts of a group have in common.
  struct Group {
    std::string card;
    std::string organization;
    std::string domain;
    std::size_t country = 0;
    int network = 0;
    std::uint64_t templates = 0;
    std::string ja4;
  };

  [[nodiscard]] int count() const { return static_cast<int>(population_.accounts.size()); }

  void add_many(Part part, int accounts, int group) {
    for (int left = accounts; left > 0; left -= group) add_group(part, std::min(left, group));
  }

  std::string fingerprint() {
    return "t13d1516h2_" +
           sketch_text(mixed(static_cast<std::uint64_t>(
                           std::min(random_.below(kFingerprints), random_.below(kFingerprints)))))
               .substr(0, 12);
  }

  void add_group(Part part, int size) {
    Group group;
    group.card = "card-" + std::to_string(population_.cards++);
    group.organization = "org-" + std::to_string(population_.organizations++);
    group.domain = group.organization + ".example";
    group.country = static_cast<std::size_t>(random_.below(kCountries.size()));
    group.network = population_.networks++;
    group.templates = random_.next();
    group.ja4 = fingerprint();
    if (part == Part::kUniversity) {
      population_.registers.networks.push_back(network_text(group.network));
    }
    for (int i = 0; i < size; ++i) {
      WorldAccount account = plain_account(group);
      account.part = part;
      shape(account, group);
      population_.accounts.push_back(std::move(account));
    }
  }

  /// One as most are: a person's.
  WorldAccount plain_account(const Group& group) {
    WorldAccount account = numbered_account(population_, group.organization);
    account.plan = random_.chance(0.2) ? "enterprise" : "standard";
    account.email_domain = random_.chance(0.5) ? "mail.example" : group.domain;
    account.card = group.card;
    account.devices = {"device-" + std::to_string(population_.devices++)};
    account.declared = account.billing = account.registered = kCountries[group.country];
    account.age_days = static_cast<int>(5 + random_.below(700));

    Habit& habit = account.habit;
    habit.exchanges = std::min(kMostExchanges, random_.log_normal(kRateMedian, kRateSpread));
    habit.spread = kDaySpread;
    habit.active_days = kActiveDays[static_cast<std::size_t>(random_.below(kActiveDays.size()))];
    habit.weekend = 0.6;
    habit.last_day = plan_.days - 1;
    habit.zone = kZones[group.country];
    habit.turns = 1 + random_.log_normal(3, 0.6);
    habit.input_tokens = random_.log_normal(kInputTokens, 0.5);
    habit.output_tokens = random_.log_normal(kOutputTokens, 0.5);
    habit.reasoning = random_.chance(0.3) ? 0.2 + 0.3 * random_.unit() : 0;
    habit.small_model = random_.chance(0.4);
    // Whoever tries a new model at all does so some day after its release.
    habit.moves = random_.chance(0.5) ? random_.unit() : 0;
    habit.moves_after = static_cast<int>(random_.below(20));
    habit.templates = random_.next();
    habit.own_templates = static_cast<int>(1 + random_.below(4));
    if (random_.chance(0.1)) {
      const auto& frameworks = population_.registers.templates;
      habit.shared_template =
          frameworks[static_cast<std::size_t>(random_.below(static_cast<int>(frameworks.size())))];
      habit.shared = random_.unit();
    }
    habit.networks = {population_.networks++};
    if (random_.chance(0.4)) habit.networks.push_back(population_.networks++);
    habit.country = kCountries[group.country];
    habit.ja4 = fingerprint();
    habit.user_agent = kAgents[static_cast<std::size_t>(random_.below(kAgents.size()))];
    if (random_.chance(0.2)) {  // it comes while the world goes on
      habit.first_day = static_cast<int>(random_.below(plan_.days));
      account.age_days = 0;
    }
    return account;
  }

  void shape(WorldAccount& account, const Group& group) {
    Habit& habit = account.habit;
    switch (account.part) {
      case Part::kTraveller:
        journey(account);
        break;
      case Part::kTeam:
      case Part::kMigration:
        habit.networks = {group.network};
        habit.ja4 = group.ja4;
        habit.templates = group.templates;
        if (account.part == Part::kMigration) migrate(account);
        break;
      case Part::kProduct:
      case Part::kLaunch:
        serve_users(account);
        break;
      case Part::kNightly:
        habit.rhythm = Rhythm::kNight;
        habit.exchanges = random_.log_normal(300, 1.2);
        habit.active_days = habit.weekend = 1;
        habit.turns = 1;
        break;
      case Part::kMonitor:
        habit.rhythm = Rhythm::kEven;
        habit.exchanges = 48 + 48 * random_.unit();
        habit.spread = 0;
        habit.active_days = habit.weekend = 1;
        habit.turns = 1;
        break;
      case Part::kHarness:
        evaluate_models(account);
        break;
      case Part::kReseller:
        resell(account, group);
        break;
      case Part::kUniversity:
        study(account, group);
        break;
      case Part::kAgency:
        represent(account, group);
        break;
      case Part::kPartOwned:
        part_own(account);
        break;
      default:
        break;
    }
  }

  /// It was there before the world begins.
  void make_old(WorldAccount& account) {
    account.habit.first_day = 0;
    if (account.age_days == 0) account.age_days = static_cast<int>(30 + random_.below(300));
  }

  /// A program that never sleeps.
  void run_always(WorldAccount& account, double exchanges, double turns) {
    Habit& habit = account.habit;
    habit.rhythm = Rhythm::kRound;
    habit.exchanges = exchanges;
    habit.spread = 0.1;
    habit.active_days = habit.weekend = 1;
    habit.turns = turns;
    habit.own_templates = 0;
    make_old(account);
  }

  /// Four days in a country in which the service is not offered.
  void journey(WorldAccount& account) {
    make_old(account);
    Habit& habit = account.habit;
    habit.away = {population_.networks++};
    habit.away_country = random_.chance(0.5) ? "CN" : "RU";
    habit.away_share = 1;
    habit.away_from = static_cast<int>(random_.below(plan_.days - 4));
    habit.away_to = habit.away_from + 3;
    // One in two tells of it.
    if (random_.chance(0.5)) population_.registers.travellers.push_back(account.name);
  }

  void migrate(WorldAccount& account) {
    account.habit.exchanges = random_.log_normal(300, 0.5);
    account.habit.active_days = 1;
    make_old(account);
    account.habit.moves = 0.9;
    account.habit.moves_after = 0;
    population_.registers.migrations.push_back(account.name);
  }

  void serve_users(WorldAccount& account) {
    Habit& habit = account.habit;
    habit.exchanges = std::min(kMostExchanges, random_.log_normal(400, 1.4));
    habit.active_days = 1;
    habit.weekend = 0.8;
    habit.spread = 0.3;
    habit.own_templates = static_cast<int>(1 + random_.below(20));
    habit.end_users = random_.chance(0.3) ? static_cast<int>(5 + random_.below(200)) : 0;
    if (account.part == Part::kLaunch) {
      make_old(account);
      habit.exchanges = 400;
      habit.grows_on = plan_.days / 2;
    }
  }

  void evaluate_models(WorldAccount& account) {
    run_always(account, 55, 1);
    Habit& habit = account.habit;
    habit.shared = 0;
    habit.reasoning = 0.6;
    habit.moves = 0.5;
    population_.registers.evaluations.push_back(account.name);
  }

  void resell(WorldAccount& account, const Group& group) {
    run_always(account, 120, 3);
    Habit& habit = account.habit;
    habit.networks = {group.network};
    habit.ja4 = group.ja4;
    habit.end_users = 30;
    account.email_domain = group.domain;
    population_.registers.resellers.push_back(account.name);
  }

  void study(WorldAccount& account, const Group& group) {
    Habit& habit = account.habit;
    habit.networks = {group.network};
    if (random_.chance(0.6)) habit.ja4 = group.ja4;  // the program that the course hands out
    account.card = "card-" + std::to_string(population_.cards++);
    account.plan = "education";
    account.email_domain = group.domain;
    if (random_.chance(0.3)) {
      habit.templates = group.templates;
      habit.own_templates = 2;
    }
  }

  void represent(WorldAccount& account, const Group& group) {
    account.organization = "org-" + std::to_string(population_.organizations++);
    account.email_domain = account.organization + ".example";
    account.habit.networks = {group.network};
    population_.registers.agencies.push_back(account.name);
  }

  /// The owners are in the lists that the packs ship: half is not more than half for the provider's
  /// terms, and 49 per cent is less than half for everybody.
  void part_own(WorldAccount& account) {
    const std::size_t number = population_.accounts.size() % 3;
    account.owners = {number == 0 ? "Example Granite Bank" : "Example Northern Holding",
                      "Somebody Else"};
    account.shares = number == 1 ? std::vector<std::string>{"50%", "50%"}
                                 : std::vector<std::string>{"49%", "51%"};
  }

  const WorldPlan& plan_;
  Population& population_;
  RandomStream random_;
};

}  // namespace

std::uint64_t elicitation_sketch(const WorldPlan& plan, std::uint64_t number) {
  return RandomStream{plan.seed, 0xE0, number}.next();
}

WorldAccount numbered_account(const Population& population, const std::string& organization) {
  constexpr std::size_t kPrefix = 4;  // of "org-7"
  const std::string number = std::to_string(population.accounts.size());
  WorldAccount account;
  account.name = "account-" + number;
  account.api_key = "key-" + number;
  account.organization = organization;
  account.legal_name = "Organization " + organization.substr(kPrefix);
  return account;
}

std::string network_text(int network) {
  return "10." + std::to_string((network >> 8) & 255) + "." + std::to_string(network & 255) +
         ".0/24";
}

std::string sketch_text(std::uint64_t value) {
  std::array<char, 17> text{};
  (void)std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

void add_honest_accounts(const WorldPlan& plan, Population& population) {
  HonestAccounts(plan, population).add();
}

}  // namespace tidewaiter
