#include "daemon/world/traffic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "daemon/world/population.h"
#include "daemon/world/random_stream.h"
#include "daemon/world/split_mix.h"
#include "daemon/world/world.h"

namespace tidewaiter {
namespace {

/// Share of a client's requests by hour of its day, the mean of the 162 clients of ServeGen's two
/// weeks (alibaba/ServeGen, f891d1189eb3), each of the same weight. Its day begins at an hour that
/// is not told: its numbers are taken as they stand.
constexpr std::array kHourShares{0.0290, 0.0329, 0.0232, 0.0181, 0.0153, 0.0169, 0.0151, 0.0227,
                                 0.0223, 0.0439, 0.0661, 0.0470, 0.0504, 0.0537, 0.0608, 0.0684,
                                 0.0543, 0.0758, 0.0588, 0.0440, 0.0389, 0.0371, 0.0564, 0.0489};
// Deviation of the logarithm of input and output tokens in Azure's trace of 2023
// (AzureLLMInferenceTrace_code.csv, 8,819 requests).
constexpr double kInputSpread = 1.36;
constexpr double kOutputSpread = 0.85;
constexpr int kSlots = 12;  // of five minutes, that a campaign gives out for a day
constexpr std::int64_t kSlotUs = 300'000'000;

/// The fields of usage, looked up once for all records.
struct UsageFields {
  FieldId account = *find_field("account");
  FieldId organization = *find_field("organization");
  FieldId api_key = *find_field("api_key");
  FieldId service_tier = *find_field("service_tier");
  FieldId operation = *find_field("operation");
  FieldId user_agent = *find_field("user_agent");
  FieldId ja4 = *find_field("tls.ja4");
  FieldId http_status = *find_field("http_status");
  FieldId session = *find_field("request.session");
  FieldId end_user = *find_field("end_user");
  FieldId model = *find_field("model");
  FieldId prompt_template = *find_field("prompt.template");
  FieldId prompt_sketch = *find_field("prompt.sketch");
  FieldId input_tokens = *find_field("input_tokens");
  FieldId output_tokens = *find_field("output_tokens");
  FieldId reasoning_tokens = *find_field("reasoning_tokens");
  FieldId address = *find_field("client.address");
  FieldId network = *find_field("client.network");
  FieldId country = *find_field("client.country");
  FieldId asn = *find_field("client.asn");
};

const UsageFields& usage_fields() {
  static const UsageFields fields;
  return fields;
}

/// A day of one account.
class AccountDay {
 public:
  AccountDay(const WorldPlan& plan, const WorldAccount& account, std::size_t place, int day)
      : plan_(plan),
        account_(account),
        habit_(account.habit),
        day_(day),
        random_{plan.seed, 0xDA, place, static_cast<std::uint64_t>(day)} {}

  void add_to(std::vector<Record>& records) {
    const std::int64_t exchanges = count();
    if (exchanges == 0) return;
    if (habit_.rhythm == Rhythm::kEven) return add_even(exchanges, records);
    const bool in_minutes = exchanges > kMostSingleExchanges;
    // As many minutes as keep a day's rows within bounds, however much is asked.
    const double turns =
        std::max(habit_.turns, static_cast<double>(exchanges) / kMostSingleExchanges);
    for (std::int64_t left = exchanges; left > 0; ++session_) {
      const double mean = in_minutes ? turns : habit_.turns;
      const std::int64_t size = std::min(left, 1 + random_.poisson(mean - 1));
      left -= size;
      std::int64_t at = start();
      if (in_minutes) {
        records.push_back(record(at, size));
        continue;
      }
      for (std::int64_t i = 0; i < size; ++i) {
        records.push_back(record(at, 1));
        at = std::min(kDay.us - 1, at + 1 + random_.below(4 * kMinute.us));
      }
    }
  }

 private:
  [[nodiscard]] std::int64_t count() {
    if (day_ < habit_.first_day || day_ > habit_.last_day) return 0;
    if (!random_.chance(habit_.active_days)) return 0;
    double mean = random_.log_normal(habit_.exchanges, habit_.spread);
    constexpr std::int64_t kThursday = 3;  // after Monday; that of the epoch's first day
    const std::int64_t weekday = (plan_.day(day_).us / kDay.us + kThursday) % 7;
    if (weekday >= 5) mean *= habit_.weekend;
    if (habit_.grows_on >= 0 && day_ >= habit_.grows_on) mean *= 10;
    return random_.poisson(mean);
  }

  /// A job that asks every so many minutes, to the second.
  void add_even(std::int64_t exchanges, std::vector<Record>& records) {
    const std::int64_t every = kDay.us / exchanges;
    for (std::int64_t i = 0; i < exchanges; ++i, ++session_) {
      const std::int64_t late = random_.below(2 * kSecond.us);
      records.push_back(record(std::min(kDay.us - 1, i * every + late), 1));
    }
  }

  /// When a session begins, from midnight.
  std::int64_t start() {
    if (habit_.in_step > 0 && random_.chance(habit_.in_step)) {
      RandomStream slots{plan_.seed, 0x510, *account_.campaign, static_cast<std::uint64_t>(day_),
                         static_cast<std::uint64_t>(random_.below(kSlots))};
      return slots.below(kDay.us / kSlotUs) * kSlotUs + random_.below(kSlotUs);
    }
    std::int64_t hour = random_.below(24);
    if (habit_.rhythm == Rhythm::kNight) hour = 1 + random_.below(4) + habit_.zone;
    if (habit_.rhythm == Rhythm::kWaking) {
      hour = static_cast<std::int64_t>(random_.weighted(kHourShares)) + habit_.zone;
    }
    return (hour + 24) % 24 * kHour.us + random_.below(kHour.us);
  }

  Record record(std::int64_t at, std::int64_t requests) {
    Record record;
    record.source = kWorldSource;
    record.kind = RecordKind::kUsage;
    record.time = plan_.day(day_) + Duration{at};
    record.requests = requests;
    if (requests > 1) {
      record.time = align_down(record.time, kMinute);
      record.duration = kMinute;
    }
    record.observed = record.time;
    record.id =
        sha256(account_.name + "/" + std::to_string(day_) + "/" + std::to_string(number_++));
    set_value(record, fields_.account, account_.name);
    set_value(record, fields_.organization, account_.organization);
    set_value(record, fields_.api_key, account_.api_key);
    set_value(record, fields_.service_tier, account_.plan);
    set_value(record, fields_.operation, std::string("chat"));
    set_value(record, fields_.user_agent, habit_.user_agent);
    set_value(record, fields_.ja4, habit_.ja4);
    set_value(record, fields_.http_status, std::int64_t{200});
    set_value(record, fields_.session,
              account_.name + "." + std::to_string(day_) + "." + std::to_string(session_));
    if (habit_.end_users > 0) {
      set_value(record, fields_.end_user,
                account_.name + ".user-" + std::to_string(random_.below(habit_.end_users)));
    }
    put_model(record);
    put_prompt(record);
    put_tokens(record, requests);
    put_network(record);
    return record;
  }

  void put_model(Record& record) {
    const int since = day_ - kReleaseDay;
    const bool moved = since >= habit_.moves_after && random_.chance(habit_.moves);
    set_value(record, fields_.model,
              std::string(moved ? kNewModel : (habit_.small_model ? kSmallModel : kOldModel)));
  }

  void put_prompt(Record& record) {
    std::string prompt;
    if (habit_.shared > 0 && random_.chance(habit_.shared)) {
      prompt = habit_.shared_template;
    } else if (habit_.own_templates == 0) {
      prompt = sketch_text(random_.next());
    } else {
      const auto one = static_cast<std::uint64_t>(random_.below(habit_.own_templates));
      prompt = sketch_text(mixed(habit_.templates + one));
    }
    set_value(record, fields_.prompt_template, std::move(prompt));
    std::uint64_t sketch = random_.next();
    if (habit_.elicits > 0 && random_.chance(habit_.elicits)) {
      // Like one of those that are known, but for a bit.
      sketch = elicitation_sketch(plan_, sketch & 1U) ^ (std::uint64_t{1} << (sketch >> 58U));
    }
    set_value(record, fields_.prompt_sketch, sketch_text(sketch));
  }

  void put_tokens(Record& record, std::int64_t requests) {
    const double input = tokens(habit_.input_tokens, kInputSpread, requests);
    const double output = tokens(habit_.output_tokens, kOutputSpread, requests);
    set_value(record, fields_.input_tokens, static_cast<std::int64_t>(input));
    set_value(record, fields_.output_tokens, static_cast<std::int64_t>(output));
    set_value(record, fields_.reasoning_tokens,
              static_cast<std::int64_t>(output * habit_.reasoning));
  }

  /// Of so many exchanges together: their mean is that of one, e^(spread²/2) times the median, and
  /// steadier than it.
  double tokens(double median, double spread, std::int64_t exchanges) {
    const auto times = static_cast<double>(exchanges);
    const double mean_of_one = std::exp(spread * spread * (1 - 1 / times) / 2);
    return times * random_.log_normal(median * mean_of_one, spread / std::sqrt(times));
  }

  void put_network(Record& record) {
    const bool away = !habit_.away.empty() && day_ >= habit_.away_from && day_ <= habit_.away_to &&
                      random_.chance(habit_.away_share);
    const auto& networks = away ? habit_.away : habit_.networks;
    const int network = networks[static_cast<std::size_t>(
        random_.below(static_cast<std::int64_t>(networks.size())))];
    std::string text = network_text(network);
    set_value(record, fields_.address,
              text.substr(0, text.rfind('.') + 1) + std::to_string(1 + random_.below(kHosts)));
    set_value(record, fields_.network, std::move(text));
    set_value(record, fields_.country, away ? habit_.away_country : habit_.country);
    // Of those for private use (RFC 6996).
    set_value(record, fields_.asn, std::int64_t{4'200'000'000} + network);
  }

  static constexpr std::int64_t kHosts = 250;

  const WorldPlan& plan_;
  const WorldAccount& account_;
  const Habit& habit_;
  const UsageFields& fields_ = usage_fields();
  int day_;
  RandomStream random_;
  int session_ = 0;
  int number_ = 0;
};

}  // namespace

void add_usage(const WorldPlan& plan, const WorldAccount& account, std::size_t place, int day,
               std::vector<Record>& records) {
  AccountDay(plan, account, place, day).add_to(records);
}

Record account_record(const WorldPlan& plan, const WorldAccount& account) {
  const UtcTime first = plan.day(account.habit.first_day);
  Record record;
  record.source = kWorldSource;
  record.kind = RecordKind::kAccount;
  record.time = record.observed = first;
  record.id = sha256("directory/" + account.name);
  const auto put = [&record](std::string_view name, Value value) {
    set_value(record, *find_field(name), std::move(value));
  };
  put("account", account.name);
  put("organization", account.organization);
  put("name", account.legal_name);
  put("legal_name", account.legal_name);
  put("account.kind", std::string("organization"));
  put("plan", account.plan);
  put("kyc", std::string("verified"));
  put("email.domain", account.email_domain);
  put("payment.fingerprints", std::vector<std::string>{account.card});
  put("devices", account.devices);
  put("country.declared", account.declared);
  put("country.billing", account.billing);
  put("country.registered", account.registered);
  put("created", (first - Duration{account.age_days * kDay.us}).us);
  // Nobody is a list without anybody in it: what is known to be none is not unknown.
  put("owners", account.owners);
  put("owners.share", account.shares);
  put("enforcement", account.enforcement);
  return record;
}

}  // namespace tidewaiter
