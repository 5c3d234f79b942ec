#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// What an honest account is, or that it is none.
enum class Part : std::uint8_t {
  kPerson,
  kFamily,      ///< two people, one card
  kTraveller,   ///< a person who goes where the service is not offered
  kTeam,        ///< a company's people, one card
  kProduct,     ///< a program that serves its users by day
  kNightly,     ///< a job that runs by night
  kMonitor,     ///< a job that runs at even intervals
  kLaunch,      ///< a product that grows tenfold in a day
  kMigration,   ///< a company that moves to the new model on its first day, as announced
  kHarness,     ///< an announced evaluation: each question once, around the clock
  kReseller,    ///< licensed: accounts of one card, evenly loaded
  kUniversity,  ///< people behind one network
  kAgency,      ///< an account for each client, one card
  kPartOwned,   ///< a listed owner has less of it than any rule asks for
  kCampaign,    ///< of a campaign: not honest
};
[[nodiscard]] std::string_view part_name(Part part);  // "person", "family", …

/// When within a day somebody works.
enum class Rhythm : std::uint8_t {
  kWaking,  ///< as clients of a model do (kHourShares), in a time zone
  kNight,   ///< from one to five, in a time zone
  kRound,   ///< at all hours
  kEven,    ///< at all hours, at even intervals
};

/// How an account uses the service.
struct Habit {
  double exchanges = 0;    ///< the median of the days on which it is active
  double spread = 0;       ///< of the logarithm of a day's number
  double active_days = 1;  ///< share of the days
  double weekend = 1;      ///< of a working day's number
  int first_day = 0;
  int last_day = 0;  ///< inclusive
  Rhythm rhythm = Rhythm::kWaking;
  int zone = 0;       ///< hours before UTC
  double turns = 4;   ///< exchanges of a session
  int grows_on = -1;  ///< the day from which on there are ten times as many

  double input_tokens = 0;   ///< median of an exchange
  double output_tokens = 0;  ///< median of an exchange
  double reasoning = 0;      ///< share of the output
  bool small_model = false;  ///< it uses the cheap one, until it moves
  double moves = 0;          ///< share that goes to the new model from its release on
  int moves_after = 0;       ///< days after the release

  std::uint64_t templates = 0;  ///< names its own
  int own_templates = 1;        ///< how many; 0: one of its own for each exchange
  std::string shared_template;  ///< that others use too
  double shared = 0;            ///< share of exchanges with it
  double elicits = 0;           ///< share with a prompt that asks for the reasoning

  std::vector<int> networks;  ///< that it comes from
  std::string country;        ///< of those
  std::vector<int> away;      ///< networks of a journey, or past a relay that failed
  std::string away_country;
  double away_share = 0;
  int away_from = 0;  ///< days
  int away_to = 0;
  std::string ja4;
  std::string user_agent;
  int end_users = 0;

  /// Of a campaign: share of sessions that begin in slots of five minutes that it has given out.
  double in_step = 0;
};

/// An account of the world, and what is true of it.
struct WorldAccount {
  std::string name;
  std::string organization;
  std::string api_key;
  std::string plan;  ///< and service tier
  std::string email_domain;
  std::string legal_name;
  std::string card;
  std::vector<std::string> devices;
  std::string declared;  ///< countries
  std::string billing;
  std::string registered;
  std::vector<std::string> owners;
  std::vector<std::string> shares;
  std::vector<std::string> enforcement;
  int age_days = 0;  ///< when the world begins; of those that come later 0

  Part part = Part::kPerson;
  std::optional<std::size_t> campaign;
  Habit habit;
};

/// What a campaign does that is not allowed.
enum class Wrong : std::uint8_t { kExtraction, kResale, kProgrammeAbuse, kAccess, kOwnership };
[[nodiscard]] std::string_view wrong_name(Wrong wrong);  // "extraction", "resale", …

/// Accounts that one operator runs.
struct Campaign {
  std::string name;
  Wrong wrong = Wrong::kExtraction;
  std::string_view after;             ///< the public account that it follows
  std::vector<std::size_t> accounts;  ///< places among those of the world
  // What its effort has cost it:
  int cards = 0;
  int devices = 0;
  int networks = 0;
};

/// What the provider has on record of its customers, as values of lists of policies.
struct Registers {
  std::vector<std::string> evaluations;   ///< accounts
  std::vector<std::string> resellers;     ///< accounts
  std::vector<std::string> agencies;      ///< accounts
  std::vector<std::string> migrations;    ///< accounts
  std::vector<std::string> travellers;    ///< accounts
  std::vector<std::string> networks;      ///< that many unrelated people come from
  std::vector<std::string> templates;     ///< of published frameworks
  std::vector<std::string> elicitations;  ///< sketches of prompts that ask for reasoning
};

/// Everybody in a world.
struct Population {
  std::vector<WorldAccount> accounts;
  std::vector<Campaign> campaigns;
  Registers registers;
  int networks = 0;  ///< 0 … networks − 1 are somebody's
  int cards = 0;
  int devices = 0;
  int organizations = 0;
};

}  // namespace tidewaiter
