#include "tests/bench/linked_population.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <utility>

namespace tidewaiter::bench {
namespace {

constexpr std::uint32_t kPerCard = 12;
constexpr std::uint32_t kPerDevice = 8;
constexpr std::uint32_t kPerServer = 20;
constexpr std::uint32_t kPerTemplate = 200;
/// Sizes of rings, and how many there are in a million accounts.
constexpr std::pair<std::uint32_t, std::uint32_t> kRings[] = {
    {5, 400}, {10, 200}, {25, 100}, {100, 40}, {500, 10}, {2'500, 2}, {25'000, 1}};

class PopulationMaker {
 public:
  using Account = LinkedPopulation::Account;

  PopulationMaker(std::uint64_t seed, const Carelessness& carelessness)
      : engine_(seed), careless_(carelessness) {}

  std::uint32_t fresh() { return ++last_value_; }
  std::uint32_t number(std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(engine_() % (high - low + 1));
  }
  bool chance(std::int64_t of_thousand) {
    return static_cast<std::int64_t>(engine_() % 1'000) < of_thousand;
  }
  /// Between the two, spread evenly over the logarithm.
  std::uint32_t size(double low, double high) {
    const double share = static_cast<double>(engine_() >> 11) * 0x1.0p-53;
    return static_cast<std::uint32_t>(std::lround(low * std::pow(high / low, share)));
  }

  /// A value that so many take in turn before the next one comes.
  struct Shared {
    double low = 0;
    double high = 0;
    std::uint32_t value = 0;
    std::uint32_t left = 0;
  };
  std::uint32_t take(Shared& shared) {
    if (shared.left == 0) {
      shared.left = size(shared.low, shared.high);
      shared.value = fresh();
    }
    --shared.left;
    return shared.value;
  }

  /// A template that others have too, or an own one.
  std::uint32_t honest_prompts() {
    const std::uint32_t kind = number(1, 100);
    if (kind <= 60) return take(published_);
    return kind <= 70 ? take(tutorial_) : fresh();
  }

  void add_family(std::vector<Account>& all) {
    const std::uint32_t address = fresh();
    const std::uint32_t card = fresh();
    const std::uint32_t device = fresh();
    for (std::uint32_t left = number(2, 4); left > 0; --left) {
      all.push_back({0, chance(300) ? card : fresh(), chance(200) ? device : fresh(), address,
                     honest_prompts()});
    }
  }

  void add_honest(std::vector<Account>& all) {
    const std::uint32_t place = number(1, 100);
    // A family has three members on average.
    if (place <= 4) return add_family(all);
    Account one{0, chance(2) ? take(passed_on_) : fresh(), 0, 0, honest_prompts()};
    one.device = chance(30) ? take(common_device_) : fresh();
    if (place <= 47) {
      one.address = fresh();
    } else if (place <= 79) {
      one.address = take(nat_);
    } else if (place <= 90) {
      one.address = take(vpn_);
    } else {
      one.address = take(university_);
      if (chance(500)) one.device = take(laboratory_);
    }
    all.push_back(one);
  }

  void add_ring(std::uint32_t ring, std::uint32_t size, std::vector<Account>& all) {
    const auto pool = [&](std::uint32_t each) {
      std::vector<std::uint32_t> values((size + each - 1) / each);
      for (std::uint32_t& value : values) value = fresh();
      return values;
    };
    const auto cards = pool(kPerCard);
    const auto devices = pool(kPerDevice);
    const auto servers = pool(kPerServer);
    const auto prompts = pool(kPerTemplate);
    const auto one_of = [&](const std::vector<std::uint32_t>& values) {
      return values[number(0, static_cast<std::uint32_t>(values.size()) - 1)];
    };
    for (std::uint32_t i = 0; i < size; ++i) {
      Account one{ring, fresh(), fresh(), 0, 0};
      if (chance(careless_.card * 10)) one.card = one_of(cards);
      if (chance(careless_.device * 10)) one.device = one_of(devices);
      one.address =
          chance(careless_.address * 10) ? one_of(servers) : take(chance(500) ? nat_ : vpn_);
      one.prompts = chance(careless_.prompts * 10) ? one_of(prompts) : take(published_);
      all.push_back(one);
    }
  }

  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
  Carelessness careless_;
  std::uint32_t last_value_ = 0;
  Shared nat_{2, 5'000};
  Shared vpn_{200, 20'000};
  Shared university_{500, 3'000};
  Shared laboratory_{10, 200};
  Shared common_device_{5, 500};
  Shared passed_on_{2, 2};
  Shared published_{20, 20'000};
  Shared tutorial_{2, 50};
};

std::string numbered(const char* what, std::uint64_t number) {
  char text[40];
  std::snprintf(text, sizeof text, "%s-%010llu", what, static_cast<unsigned long long>(number));
  return text;
}

}  // namespace

LinkedPopulation::LinkedPopulation(std::int64_t accounts, std::uint64_t seed,
                                   const Carelessness& carelessness) {
  PopulationMaker maker(seed, carelessness);
  const auto wanted = static_cast<std::size_t>(accounts);
  accounts_.reserve(wanted + 4);
  std::vector<std::uint32_t> sizes;
  for (const auto& [size, in_a_million] : kRings) {
    if (size > wanted / 40) continue;
    const std::size_t rings = std::max<std::size_t>(1, in_a_million * wanted / 1'000'000);
    sizes.insert(sizes.end(), rings, size);
  }
  for (const std::uint32_t size : sizes) {
    ring_sizes_.push_back(size);
    maker.add_ring(static_cast<std::uint32_t>(ring_sizes_.size()), size, accounts_);
    // Others come in between, so that what a ring shares with strangers it shares with them.
    for (std::uint32_t i = 0; i < size && accounts_.size() < wanted; ++i) {
      maker.add_honest(accounts_);
    }
  }
  while (accounts_.size() < wanted) maker.add_honest(accounts_);
  std::shuffle(accounts_.begin(), accounts_.end(), maker.engine());
}

std::string LinkedPopulation::name(std::size_t account) { return numbered("account", account); }

void LinkedPopulation::append_records(std::size_t account, std::vector<LogEntry>& log) const {
  static const FieldId name_field = *find_field("account");
  static const FieldId cards = *find_field("payment.fingerprints");
  static const FieldId devices = *find_field("devices");
  static const FieldId address = *find_field("client.address");
  static const FieldId prompts = *find_field("prompt.template");
  const Account& one = accounts_[account];
  const auto entry = [&](RecordKind kind, std::int64_t half) -> Record& {
    LogEntry& last = log.emplace_back();
    last.seq = static_cast<std::int64_t>(account) * 2 + half;
    Record record;
    record.kind = kind;
    record.source = kSource;
    record.time = UtcTime{last.seq * kMinute.us};
    set_value(record, name_field, name(account));
    last.body = std::move(record);
    return std::get<Record>(last.body);
  };
  Record& is = entry(RecordKind::kAccount, 1);
  set_value(is, cards, std::vector<std::string>{numbered("card", one.card)});
  set_value(is, devices, std::vector<std::string>{numbered("device", one.device)});
  Record& used = entry(RecordKind::kUsage, 2);
  char text[32];
  std::snprintf(text, sizeof text, "2001:db8::%x:%x", one.address >> 16, one.address & 0xFFFF);
  set_value(used, address, std::string(text));
  set_value(used, prompts, numbered("template", one.prompts));
}

}  // namespace tidewaiter::bench
