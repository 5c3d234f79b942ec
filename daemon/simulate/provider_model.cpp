#include "daemon/simulate/provider_model.h"

#include <array>
#include <string_view>

#include "daemon/world/split_mix.h"

namespace tidewaiter {
namespace {

/// A number from 0 to `below` − 1 that depends on all of these alone.
std::int64_t draw(std::uint64_t seed, std::uint64_t customer, std::uint64_t what,
                  std::int64_t below) {
  const std::uint64_t value = mixed(mixed(mixed(seed) ^ customer) ^ what);
  return static_cast<std::int64_t>(value % static_cast<std::uint64_t>(below));
}

constexpr std::array<std::string_view, 3> kModels = {"sim-large-2026-02-11", "sim-mini-2026-05-02",
                                                     "sim-reason-2026-07-20"};

enum Draw : std::uint64_t {
  kSize,
  kModel,
  kZone,
  kPrompt,
  kBatch,
  kHours,
  kCreated = std::uint64_t{1} << 60U
};

std::string numbered(std::string_view prefix, int number) {
  return std::string(prefix) + std::to_string(number);
}

ProviderUsage identity_of(const ProviderModel& model, int customer) {
  const auto c = static_cast<std::uint64_t>(customer);
  ProviderUsage usage;
  usage.project = numbered("proj_sim_", customer);
  usage.user = numbered("user-sim-", customer);
  usage.api_key = numbered("key_sim_", customer);
  usage.model = kModels[static_cast<std::size_t>(draw(model.seed, c, kModel, kModels.size()))];
  usage.batch = draw(model.seed, c, kBatch, 8) == 0;
  usage.service_tier = "default";
  return usage;
}

/// Requests of one hour. At night, nothing.
std::int64_t requests_in(const ProviderModel& model, int customer, std::int64_t hour) {
  const auto c = static_cast<std::uint64_t>(customer);
  const std::int64_t zone = draw(model.seed, c, kZone, 24);
  const std::int64_t local = (hour + zone) % 24;
  if (local < 6) return 0;
  const std::int64_t size = 20 + draw(model.seed, c, kSize, 400);
  const std::int64_t tenths =
      1 + draw(model.seed, c, kHours + static_cast<std::uint64_t>(hour), 20);
  return size * tenths / 10;
}

void add_hour(const ProviderModel& model, int customer, std::int64_t hour, ProviderUsage& usage) {
  const std::int64_t requests = requests_in(model, customer, hour);
  const std::int64_t prompt =
      100 + draw(model.seed, static_cast<std::uint64_t>(customer), kPrompt, 3000);
  usage.requests += requests;
  usage.input_tokens += requests * prompt;
  usage.cached_tokens += requests * (prompt / 4);
  usage.output_tokens += requests * (prompt / 3);
}

/// The part of an hour's figure that falls into its minute `minute`: the sixty add up to it.
std::int64_t share_of(std::int64_t figure, std::int64_t minute) {
  return figure * (minute + 1) / 60 - figure * minute / 60;
}

}  // namespace

std::int64_t list_price(const ProviderUsage& usage) {
  // A dollar a million tokens is a thousand nano-USD a token.
  const std::int64_t price = usage.model == kModels[1] ? 250 : 2'500;
  return (usage.input_tokens - usage.cached_tokens) * price + usage.cached_tokens * price / 10 +
         usage.output_tokens * price * 5;
}

std::vector<Customer> ProviderModel::directory() const {
  constexpr std::int64_t kFirstDay = 19'700;  // 2023-12-09
  std::vector<Customer> all;
  for (int customer = 0; customer < customers; ++customer) {
    const ProviderUsage usage = identity_of(*this, customer);
    const int company = customer % 3 == 2 ? customer - 1 : customer;
    const std::int64_t day =
        kFirstDay + draw(seed, static_cast<std::uint64_t>(customer), kCreated, 365);
    all.push_back(
        {usage.project,
         usage.user,
         usage.api_key,
         "Customer " + std::to_string(customer),
         "admin" + std::to_string(customer) + "@company" + std::to_string(company) + ".example",
         {day * kDay.us},
         customer});
  }
  return all;
}

std::vector<ProviderUsage> ProviderModel::usage(UtcTime start, Duration width) const {
  std::vector<ProviderUsage> all;
  const std::int64_t first = start.us / kHour.us;
  const std::int64_t hours = width < kHour ? 1 : width.us / kHour.us;
  for (int customer = 0; customer < customers; ++customer) {
    ProviderUsage usage = identity_of(*this, customer);
    for (std::int64_t hour = first; hour < first + hours; ++hour) {
      add_hour(*this, customer, hour, usage);
    }
    if (width < kHour) {
      const std::int64_t minute = start.us % kHour.us / kMinute.us;
      for (std::int64_t* figure :
           {&usage.requests, &usage.input_tokens, &usage.cached_tokens, &usage.output_tokens}) {
        *figure = share_of(*figure, minute);
      }
    }
    if (usage.requests > 0) all.push_back(std::move(usage));
  }
  return all;
}

}  // namespace tidewaiter
