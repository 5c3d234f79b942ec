#include "tests/e2e/quickstart_data.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/model/time.h"

namespace tidewaiter {
namespace {

constexpr UtcTime kWeekStart{1'791'158'400'000'000};  // 2026-10-05T00:00:00Z, a Monday
constexpr std::int64_t kHours = 168;

/// SplitMix64 (Steele, Lea, Flood 2014): whole numbers only, so that every machine agrees.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  /// A whole number from `low` to `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    z ^= z >> 31U;
    return low + static_cast<std::int64_t>(z % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  std::uint64_t state_;
};

/// One hour of one account.
struct Bucket {
  std::int64_t hour = 0;  ///< since the week's start
  std::string account;
  std::string organization;
  std::string model;
  std::string network;
  std::optional<std::string> country;
  std::int64_t requests = 0;
  std::int64_t input_tokens = 0;
  std::optional<std::int64_t> output_tokens;
};

enum class Rhythm : std::uint8_t { kOffice, kEvening, kAroundTheClock };

struct Account {
  std::string_view name;
  std::string_view country;
  std::string_view model;
  Rhythm rhythm;
  std::int64_t base;  ///< requests in a full hour
  std::int64_t zone;  ///< hours ahead of UTC
};

constexpr std::string_view kSmall = "atlas-small";
constexpr std::string_view kLarge = "atlas-large";

constexpr std::array<Account, 40> kAccounts = {{
    {"anchorage-ai", "US", kLarge, Rhythm::kOffice, 40, -8},
    {"barnacle-bank", "GB", kSmall, Rhythm::kOffice, 220, 1},
    {"beacon-health", "US", kLarge, Rhythm::kOffice, 90, -4},
    {"bowline-legal", "DE", kLarge, Rhythm::kOffice, 35, 2},
    {"breakwater-research", "CH", kLarge, Rhythm::kAroundTheClock, 150, 2},
    {"brine-foods", "FR", kSmall, Rhythm::kOffice, 60, 2},
    {"capstan-tools", "PL", kSmall, Rhythm::kOffice, 75, 2},
    {"cormorant-labs", "CA", kLarge, Rhythm::kOffice, 55, -4},
    {"current-maps", "NL", kSmall, Rhythm::kAroundTheClock, 180, 2},
    {"driftwood-apps", "SE", kSmall, Rhythm::kEvening, 80, 2},
    {"estuary-notes", "IE", kLarge, Rhythm::kEvening, 45, 1},
    {"fathom-search", "US", kSmall, Rhythm::kAroundTheClock, 260, -7},
    {"foghorn-news", "GB", kSmall, Rhythm::kAroundTheClock, 140, 1},
    {"gullwing-media", "ES", kSmall, Rhythm::kOffice, 70, 2},
    {"halyard-hr", "AT", kSmall, Rhythm::kOffice, 50, 2},
    {"inlet-games", "KR", kSmall, Rhythm::kEvening, 210, 9},
    {"jetty-travel", "IT", kSmall, Rhythm::kEvening, 95, 2},
    {"keelson-auto", "JP", kLarge, Rhythm::kOffice, 65, 9},
    {"kelp-systems", "US", kSmall, Rhythm::kOffice, 85, -5},
    {"lagoon-labs", "SG", kLarge, Rhythm::kOffice, 60, 8},
    {"leeward-energy", "NO", kSmall, Rhythm::kOffice, 40, 2},
    {"lighthouse-edu", "IN", kSmall, Rhythm::kEvening, 160, 5},
    {"mooring-retail", "BR", kSmall, Rhythm::kEvening, 130, -3},
    {"northpier-cloud", "DE", kSmall, Rhythm::kAroundTheClock, 390, 2},
    {"oyster-desk", "AU", kSmall, Rhythm::kOffice, 45, 10},
    {"pelican-freight", "TR", kSmall, Rhythm::kOffice, 55, 3},
    {"quayside-imports", "AE", kSmall, Rhythm::kOffice, 65, 4},
    {"relay-amber", "US", kSmall, Rhythm::kOffice, 20, -6},
    {"relay-birch", "US", kSmall, Rhythm::kOffice, 22, -6},
    {"relay-cedar", "CA", kSmall, Rhythm::kOffice, 18, -5},
    {"relay-dune", "US", kSmall, Rhythm::kOffice, 25, -6},
    {"relay-ember", "MX", kSmall, Rhythm::kOffice, 21, -6},
    {"relay-fern", "US", kSmall, Rhythm::kOffice, 19, -7},
    {"relay-grove", "CA", kSmall, Rhythm::kOffice, 23, -4},
    {"saltmarsh-trading", "DE", kSmall, Rhythm::kOffice, 30, 2},
    {"sandbar-studio", "PT", kSmall, Rhythm::kEvening, 60, 1},
    {"spindrift-bio", "DK", kLarge, Rhythm::kOffice, 50, 2},
    {"tidepool-kids", "NZ", kSmall, Rhythm::kEvening, 30, 12},
    {"wharf-logistics", "BE", kSmall, Rhythm::kAroundTheClock, 110, 2},
    {"windlass-ops", "FI", kSmall, Rhythm::kOffice, 48, 2},
}};

/// Share of a full hour in percent, by local hour.
std::int64_t load_percent(Rhythm rhythm, std::int64_t local_hour, bool weekend) {
  constexpr std::array<std::int64_t, 24> kOffice = {
      0, 0, 0, 0, 0, 0, 5, 25, 60, 90, 100, 95, 70, 85, 95, 100, 90, 60, 30, 15, 8, 0, 0, 0};
  constexpr std::array<std::int64_t, 24> kEvening = {
      20, 10, 0, 0, 0, 0, 5, 15, 20, 25, 30, 35, 45, 45, 40, 45, 55, 70, 85, 95, 100, 90, 65, 40};
  const auto hour = static_cast<std::size_t>(local_hour);
  switch (rhythm) {
    case Rhythm::kOffice:
      return weekend ? 0 : kOffice.at(hour);
    case Rhythm::kEvening:
      return kEvening.at(hour);
    case Rhythm::kAroundTheClock:
      break;
  }
  return 70 + kEvening.at(hour) * 3 / 10;
}

struct Plan {
  std::vector<Bucket> buckets;
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  nlohmann::ordered_json not_evaluable = nlohmann::ordered_json::array();
};

UtcTime hour_time(std::int64_t hour) { return kWeekStart + Duration{hour * kHour.us}; }

std::string home_network(std::size_t account) {
  return "198.18." + std::to_string(account + 1) + ".0/24";
}

Bucket base_bucket(std::size_t index, std::int64_t hour, std::int64_t requests, Dice& dice) {
  const Account& account = kAccounts.at(index);
  Bucket bucket;
  bucket.hour = hour;
  bucket.account = account.name;
  bucket.organization = "org-" + std::string(account.name.substr(0, account.name.find('-')));
  bucket.model = account.model;
  bucket.network = home_network(index);
  bucket.country = std::string(account.country);
  bucket.requests = requests;
  bucket.input_tokens = requests * dice.between(400, 1600);
  bucket.output_tokens = requests * dice.between(120, 900);
  return bucket;
}

/// An honest week: below every threshold by construction (at most 440 requests in an hour, at most
/// 900 output tokens a request, home network, home country).
void add_honest_week(Plan& plan, Dice& dice) {
  for (std::size_t index = 0; index < kAccounts.size(); ++index) {
    const Account& account = kAccounts.at(index);
    for (std::int64_t hour = 0; hour < kHours; ++hour) {
      const std::int64_t local = hour + account.zone + 24;  // never negative
      const bool weekend = (local / 24 - 1) % 7 >= 5;
      const std::int64_t percent = load_percent(account.rhythm, local % 24, weekend);
      const std::int64_t requests = account.base * percent * dice.between(85, 112) / 10'000;
      if (requests > 0) plan.buckets.push_back(base_bucket(index, hour, requests, dice));
    }
  }
}

std::size_t account_index(std::string_view name) {
  const auto found = std::find_if(kAccounts.begin(), kAccounts.end(),
                                  [name](const Account& account) { return account.name == name; });
  return static_cast<std::size_t>(found - kAccounts.begin());
}

/// Puts other hours in the place of the account's own, from hour `first` on.
void replace_hours(Plan& plan, std::string_view name, std::int64_t first,
                   const std::vector<std::int64_t>& requests, Dice& dice,
                   const std::function<void(Bucket&)>& change) {
  const std::int64_t end = first + static_cast<std::int64_t>(requests.size());
  std::erase_if(plan.buckets, [&](const Bucket& bucket) {
    return bucket.account == name && bucket.hour >= first && bucket.hour < end;
  });
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Bucket bucket =
        base_bucket(account_index(name), first + static_cast<std::int64_t>(i), requests[i], dice);
    change(bucket);
    plan.buckets.push_back(std::move(bucket));
  }
}

void expect_finding(Plan& plan, std::string_view policy, const std::string& subject,
                    std::int64_t from_hour, std::int64_t to_hour) {
  plan.findings.push_back({{"policy", policy},
                           {"subject", subject},
                           {"from", format_time(hour_time(from_hour))},
                           {"to", format_time(hour_time(to_hour))}});
}

std::string account_subject(std::string_view name) {
  return "account:gateway/" + std::string(name);
}

constexpr std::int64_t day(std::int64_t number) { return number * 24; }

/// Windows of 6 h each hour, threshold 60 requests. With r >= 30 requests in each of the hours
/// a..b a window holds when it sees two of them: it begins from a − 4 to b − 1, ends 6 h later.
void plan_country(Plan& plan, Dice& dice) {
  const auto from_country = [](std::string country, std::string network) {
    return [country = std::move(country), network = std::move(network)](Bucket& bucket) {
      bucket.country = country;
      bucket.network = network;
    };
  };
  const std::int64_t a = day(2) + 13;
  replace_hours(plan, "saltmarsh-trading", a, {30, 30, 30, 30}, dice,
                from_country("KP", "198.18.210.0/24"));
  expect_finding(plan, "access.unsupported-country", account_subject("saltmarsh-trading"), a - 4,
                 a + 3 - 1 + 6);
  const std::int64_t b = day(4) + 22;  // across midnight
  replace_hours(plan, "quayside-imports", b, {40, 40, 40, 40}, dice,
                from_country("IR", "198.18.211.0/24"));
  expect_finding(plan, "access.unsupported-country", account_subject("quayside-imports"), b - 4,
                 b + 3 - 1 + 6);
  // Honest, near the threshold: 58 in one window, then 29 more that no window sees beside both.
  replace_hours(plan, "pelican-freight", day(1) + 8, {29, 29}, dice,
                from_country("SY", "198.18.212.0/24"));
  replace_hours(plan, "pelican-freight", day(1) + 17, {29}, dice,
                from_country("SY", "198.18.212.0/24"));
  // No country for nine hours of 100 requests: each window that sees one of them cannot be told.
  // They begin from 5 h before the first to the last: 5 + 9 windows.
  replace_hours(plan, "driftwood-apps", day(3) + 9, std::vector<std::int64_t>(9, 100), dice,
                [](Bucket& bucket) { bucket.country.reset(); });
  plan.not_evaluable.push_back({{"policy", "access.unsupported-country"}, {"windows", 5 + 9}});
}

/// Calendar days (UTC): the highest hour is above 5 × the median hour, and at least 1,000.
void plan_burst(Plan& plan, Dice& dice) {
  const auto nothing = [](Bucket&) {};
  const auto flat_day = [](std::int64_t usual, std::size_t hour, std::int64_t peak) {
    std::vector<std::int64_t> requests(24, usual);
    requests.at(hour) = peak;
    return requests;
  };
  replace_hours(plan, "gullwing-media", day(1), flat_day(96, 3, 1204), dice, nothing);
  expect_finding(plan, "extraction.hourly-burst", account_subject("gullwing-media"), day(1),
                 day(2));
  replace_hours(plan, "sandbar-studio", day(3), flat_day(120, 11, 1500), dice, nothing);
  replace_hours(plan, "sandbar-studio", day(4), flat_day(130, 16, 1720), dice, nothing);
  expect_finding(plan, "extraction.hourly-burst", account_subject("sandbar-studio"), day(3),
                 day(5));
  // Honest, on the threshold: 1,000 is 5 × 200, not above it.
  replace_hours(plan, "kelp-systems", day(2), flat_day(200, 15, 1000), dice, nothing);
}

/// Calendar days: six accounts or more on one network.
void plan_network(Plan& plan, Dice& dice) {
  const auto move_to = [&](std::string_view name, std::int64_t hour, const std::string& network) {
    replace_hours(plan, name, hour, {24, 26, 25}, dice,
                  [&network](Bucket& bucket) { bucket.network = network; });
  };
  for (const std::string_view name : {"relay-amber", "relay-birch", "relay-cedar", "relay-dune",
                                      "relay-ember", "relay-fern", "relay-grove"}) {
    move_to(name, day(4) + 19, "198.18.200.0/24");
  }
  expect_finding(plan, "coordination.shared-network", "client.network:198.18.200.0/24", day(4),
                 day(5));
  // Honest: five colleagues at a conference.
  for (const std::string_view name :
       {"bowline-legal", "capstan-tools", "halyard-hr", "leeward-energy", "windlass-ops"}) {
    move_to(name, day(5) + 10, "198.18.201.0/24");
  }
}

/// Calendar days: more than 5,000,000 output tokens in hours of over 1,500 tokens a request.
void plan_long_answers(Plan& plan, Dice& dice) {
  const auto long_hours = [&](std::string_view name, std::int64_t first, std::size_t hours,
                              std::int64_t requests, std::int64_t tokens) {
    replace_hours(plan, name, first, std::vector<std::int64_t>(hours, requests), dice,
                  [requests, tokens](Bucket& bucket) { bucket.output_tokens = requests * tokens; });
  };
  long_hours("lagoon-labs", day(5), 24, 160, 1600);  // 6,144,000
  expect_finding(plan, "extraction.long-answers", account_subject("lagoon-labs"), day(5), day(6));
  long_hours("anchorage-ai", day(4), 20, 125, 2000);  // honest: 5,000,000 exactly
  for (std::int64_t d = 0; d < 7; ++d) {
    long_hours("breakwater-research", day(d), 24, 150, 2000);  // exempt: 7,200,000 a day
  }
  // No output tokens for eight hours of one day: that day cannot be told.
  replace_hours(plan, "estuary-notes", day(1) + 8, std::vector<std::int64_t>(8, 40), dice,
                [](Bucket& bucket) { bucket.output_tokens.reset(); });
  plan.not_evaluable.push_back({{"policy", "extraction.long-answers"}, {"windows", 1}});
}

std::string usage_line(const Bucket& bucket) {
  nlohmann::ordered_json line = {
      {"kind", "usage"},           {"time", format_time(hour_time(bucket.hour))},
      {"duration", "1h"},          {"requests", bucket.requests},
      {"provider", "atlas"},       {"operation", "chat"},
      {"model", bucket.model},     {"organization", bucket.organization},
      {"account", bucket.account}, {"client.network", bucket.network}};
  if (bucket.country) line["client.country"] = *bucket.country;
  line["input_tokens"] = bucket.input_tokens;
  if (bucket.output_tokens) line["output_tokens"] = *bucket.output_tokens;
  return line.dump() + "\n";
}

}  // namespace

QuickstartData make_quickstart() {
  Plan plan;
  Dice dice(20261005);
  add_honest_week(plan, dice);
  plan_country(plan, dice);
  plan_burst(plan, dice);
  plan_network(plan, dice);
  plan_long_answers(plan, dice);
  std::sort(plan.buckets.begin(), plan.buckets.end(), [](const Bucket& x, const Bucket& y) {
    return x.hour != y.hour ? x.hour < y.hour : x.account < y.account;
  });
  const auto order = [](const nlohmann::ordered_json& item) {
    return item["policy"].get<std::string>() + " " + item["subject"].get<std::string>();
  };
  std::sort(plan.findings.begin(), plan.findings.end(),
            [&order](const auto& x, const auto& y) { return order(x) < order(y); });
  QuickstartData data;
  for (const Bucket& bucket : plan.buckets) data.usage += usage_line(bucket);
  const nlohmann::ordered_json answer = {{"findings", plan.findings},
                                         {"not_evaluable", plan.not_evaluable}};
  data.answer = answer.dump(2) + "\n";
  return data;
}

}  // namespace tidewaiter
