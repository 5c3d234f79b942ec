#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/world/population.h"
#include "daemon/world/random_stream.h"

namespace tidewaiter {
namespace {

/// A campaign as it is planned, whatever the effort.
struct CampaignPlan {
  std::string_view name;
  Wrong wrong;
  std::string_view after;
  double of_published;  ///< share of the largest one's accounts; 0: `accounts` whatever the world
  int accounts;
  double exchanges;  ///< an account and day
  int first_day;
  double template_share;  ///< of exchanges with its one template, without any effort
  double reasoning;       ///< share of the output
  double elicits;
  double moves;        ///< share that goes to a new model on the day of its release
  double out_of_step;  ///< share of sessions that begin when they like
};

constexpr std::array kCampaigns{
    CampaignPlan{"load-balanced", Wrong::kExtraction,
                 "25,000 accounts behind proxies, 28.8 million exchanges in 45 days (letter of 10 "
                 "June 2026)",
                 1.0, 0, 26, 8, 0.3, 0.2, 0, 0.1, 0.2},
    CampaignPlan{
        "pivot", Wrong::kExtraction,
        "13 million exchanges, half of them with a new model within 24 hours (report of 23 "
        "February 2026)",
        0.5, 0, 30, 5, 0.4, 0.1, 0, 0.5, 0.1},
    CampaignPlan{"reasoning", Wrong::kExtraction,
                 "150,000 exchanges that ask for the reasoning itself, in step (report of 23 "
                 "February 2026)",
                 0.1, 0, 25, 10, 0.5, 0.7, 0.6, 0, 0.1},
    CampaignPlan{"template-farm", Wrong::kExtraction,
                 "3.4 million exchanges from repeated templates (report of 23 February 2026)", 0.25,
                 0, 24, 12, 0.7, 0.1, 0, 0.1, 0.3},
    CampaignPlan{"small", Wrong::kExtraction,
                 "more than 100,000 prompts that coerce reasoning (report of 12 February 2026), "
                 "scaled down",
                 0, 20, 40, 15, 0.4, 0.7, 0.5, 0, 0.1},
    CampaignPlan{"programme", Wrong::kProgrammeAbuse,
                 "accounts of education, research and start-up programmes (report of 23 February "
                 "2026), again after a ban",
                 0, 60, 20, 12, 0.4, 0.2, 0, 0, 0.2},
    CampaignPlan{"resale", Wrong::kResale, "`transfer stations` that sell access on to developers",
                 0, 4, 400, 6, 0, 0.1, 0, 0.2, 1},
    CampaignPlan{"relays", Wrong::kAccess, "use from regions that are not served, through relays",
                 0, 30, 15, 4, 0, 0.1, 0, 0.2, 1},
    CampaignPlan{"owned", Wrong::kOwnership,
                 "owners at 50 and 51 per cent; those at 49 are among the honest", 0, 3, 40, 0, 0,
                 0, 0, 0, 1},
};

/// Makes one campaign.
class Operator {
 public:
  Operator(const WorldPlan& world, const CampaignPlan& plan, std::size_t number,
           Population& population)
      : world_(world),
        plan_(plan),
        number_(number),
        population_(population),
        random_{world.seed, 0xCA, number},
        one_template_(sketch_text(random_.next())),
        careless_(1 - world.effort) {}

  void add() {
    Campaign campaign;
    campaign.name = plan_.name;
    campaign.wrong = plan_.wrong;
    campaign.after = plan_.after;
    size_ = size();
    buy_means(campaign);
    for (int i = 0; i < size_; ++i) {
      campaign.accounts.push_back(population_.accounts.size());
      population_.accounts.push_back(account(i));
    }
    if (plan_.wrong == Wrong::kProgrammeAbuse) population_.accounts.push_back(banned_account());
    population_.campaigns.push_back(std::move(campaign));
  }

 private:
  [[nodiscard]] int size() const {
    if (plan_.of_published == 0) return plan_.accounts;
    const double world = static_cast<double>(world_.accounts) / 20'000;
    const double accounts = kPublishedAccounts * kPublishedShare * plan_.of_published * world;
    return std::max(kLeastCampaign, static_cast<int>(std::lround(accounts)));
  }

  /// Cards, devices and networks: without effort, one card pays for 61 accounts, eleven work from
  /// one device and a hundred from one network; at full effort each has its own.
  void buy_means(Campaign& campaign) {
    const auto shared_by = [&](double most) {
      return std::max(1, static_cast<int>(std::lround(1 + most * careless_ * careless_)));
    };
    per_card_ = shared_by(60);
    per_device_ = shared_by(10);
    per_network_ = shared_by(99);
    const auto needed = [&](int shared) { return (size_ + shared - 1) / shared; };
    first_card_ = std::exchange(population_.cards, population_.cards + needed(per_card_));
    first_device_ = std::exchange(population_.devices, population_.devices + needed(per_device_));
    first_network_ =
        std::exchange(population_.networks, population_.networks + needed(per_network_));
    campaign.cards = needed(per_card_);
    campaign.devices = needed(per_device_);
    campaign.networks = needed(per_network_);
    fingerprints_ = 1 + static_cast<int>(std::lround(20 * world_.effort));
  }

  WorldAccount account(int i) {
    WorldAccount account = identity(i);
    Habit& habit = account.habit;
    habit.exchanges = random_.log_normal(plan_.exchanges, 0.1 + 0.7 * world_.effort);
    habit.spread = 0.1 + 0.5 * world_.effort;
    habit.active_days = 1 - 0.4 * world_.effort;
    habit.first_day = plan_.first_day;
    habit.last_day = world_.days - 1;
    habit.rhythm = random_.chance(careless_) ? Rhythm::kRound : Rhythm::kWaking;
    habit.turns = 1 + 2 * world_.effort;
    habit.in_step = careless_ * (1 - plan_.out_of_step);
    habit.input_tokens = random_.log_normal(900, 0.5 * world_.effort);
    habit.output_tokens = random_.log_normal(900, 0.5 * world_.effort);
    habit.reasoning = plan_.reasoning;
    habit.elicits = plan_.elicits * careless_;
    habit.moves = plan_.moves;
    habit.templates = random_.next();
    habit.own_templates = 0;
    habit.shared_template = one_template_;
    habit.shared = plan_.template_share * careless_;
    habit.networks = {first_network_ + i / per_network_};
    habit.country = account.declared;
    const auto client = static_cast<std::uint64_t>(random_.below(fingerprints_));
    habit.ja4 = "t13d1516h2_" +
                sketch_text(RandomStream{world_.seed, 0x4A, number_, client}.next()).substr(0, 12);
    constexpr std::array kAgents{"node-sdk/5.1", "curl/8.5", "go-client/0.9", "browser/120"};
    habit.user_agent = random_.chance(world_.effort)
                           ? kAgents[static_cast<std::size_t>(random_.below(kAgents.size()))]
                           : "python-sdk/2.4";
    if (plan_.wrong == Wrong::kResale) sell_on(habit);
    if (plan_.wrong == Wrong::kAccess) relay(account);
    if (plan_.wrong == Wrong::kOwnership) own(account, i);
    return account;
  }

  WorldAccount identity(int i) {
    WorldAccount account =
        numbered_account(population_, "org-" + std::to_string(population_.organizations++));
    account.email_domain = random_.chance(0.5) ? "mail.example" : account.organization + ".example";
    account.plan = plan_.wrong == Wrong::kProgrammeAbuse ? "education" : "standard";
    account.card = "card-" + std::to_string(first_card_ + i / per_card_);
    account.devices = {"device-" + std::to_string(first_device_ + i / per_device_)};
    account.declared = account.billing = account.registered = random_.chance(0.5) ? "US" : "JP";
    // Made on one day, or over a month before the first exchange.
    account.age_days =
        plan_.first_day > 0 ? static_cast<int>(30 * world_.effort * random_.unit()) : 30;
    account.part = Part::kCampaign;
    account.campaign = number_;
    return account;
  }

  void sell_on(Habit& habit) {
    habit.end_users = 80;
    habit.rhythm = Rhythm::kRound;
    habit.in_step = 0;
    // Customers of the reseller call with its key from their own networks.
    for (int i = 1; i < 80; ++i) habit.networks.push_back(population_.networks++);
  }

  /// The relay fails now and then, the more often the less is spent on it.
  void relay(WorldAccount& account) {
    Habit& habit = account.habit;
    habit.rhythm = Rhythm::kWaking;
    habit.in_step = 0;
    habit.turns = 4;
    habit.own_templates = 3;
    habit.away = {population_.networks++};
    habit.away_country = random_.chance(0.7) ? "CN" : "IR";
    habit.away_share = 0.3 * careless_;
    habit.away_from = plan_.first_day;
    habit.away_to = world_.days - 1;
    habit.zone = -8;
    if (random_.chance(careless_)) account.billing = account.registered = habit.away_country;
  }

  /// The owners are in the lists that the packs ship. What is not allowed begins above one half for
  /// the provider's terms, and at one half for OFAC.
  void own(WorldAccount& account, int i) {
    account.habit.rhythm = Rhythm::kWaking;
    account.habit.in_step = 0;
    account.owners = {i == 0 ? "Example Northern Holding" : "Example Granite Bank",
                      "Somebody Else"};
    account.shares =
        i == 1 ? std::vector<std::string>{"50%", "50%"} : std::vector<std::string>{"51%", "49%"};
  }

  /// One that the operator had before: its card is used again.
  WorldAccount banned_account() {
    WorldAccount account = identity(0);
    account.part = Part::kCampaign;
    account.age_days = 90;
    account.enforcement = {"banned"};
    account.habit.first_day = 0;
    account.habit.last_day = -1;  // it does nothing any more
    return account;
  }

  const WorldPlan& world_;
  const CampaignPlan& plan_;
  std::size_t number_;
  Population& population_;
  RandomStream random_;
  std::string one_template_;
  double careless_;
  int size_ = 0;
  int per_card_ = 1;
  int per_device_ = 1;
  int per_network_ = 1;
  int first_card_ = 0;
  int first_device_ = 0;
  int first_network_ = 0;
  int fingerprints_ = 1;
};

}  // namespace

void add_campaigns(const WorldPlan& plan, Population& population) {
  for (std::size_t i = 0; i < kCampaigns.size(); ++i) {
    Operator(plan, kCampaigns[i], i, population).add();
  }
}

std::string_view wrong_name(Wrong wrong) {
  constexpr std::array<std::string_view, 5> kNames{"extraction", "resale", "programme-abuse",
                                                   "access", "ownership"};
  return kNames[static_cast<std::size_t>(wrong)];
}

std::string_view part_name(Part part) {
  constexpr std::array<std::string_view, 15> kNames{
      "person",      "family",     "traveller", "team",       "product",
      "nightly job", "monitor",    "launch",    "migration",  "harness",
      "reseller",    "university", "agency",    "part-owned", "campaign"};
  return kNames[static_cast<std::size_t>(part)];
}

}  // namespace tidewaiter
