#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {

/// What one customer's key asked of one model in a bucket of time.
struct ProviderUsage {
  std::string project;
  std::string user;
  std::string api_key;
  std::string model;
  bool batch = false;
  std::string service_tier;
  std::int64_t requests = 0;
  std::int64_t input_tokens = 0;  ///< cached ones included
  std::int64_t cached_tokens = 0;
  std::int64_t output_tokens = 0;
};

/// What the provider bills for it, in nano-USD: by the token, cached ones at a tenth of the others,
/// those that come out at five times.
[[nodiscard]] std::int64_t list_price(const ProviderUsage& usage);

/// A customer as a directory knows it.
struct Customer {
  std::string project;
  std::string user;
  std::string api_key;
  std::string name;
  std::string email;
  UtcTime created;
  int number = 0;
};

/// Customers of a provider who do not exist, at any time. Everything follows from the seed: the
/// same question has the same answer, in any process and on any day.
///
/// Customer c has one project, one user and one key, prefers a model, works by day in a time zone
/// of its own, and asks for one hour's figures between a tenth and twice of its size.
struct ProviderModel {
  std::uint64_t seed = 1;
  int customers = 10;

  /// What came to pass in the bucket [start, start + width), in the order of customers; customers
  /// who asked for nothing are left out. `width`: a minute, an hour or a day; `start` a multiple of
  /// it. Minutes add up to their hour, and hours to their day.
  [[nodiscard]] std::vector<ProviderUsage> usage(UtcTime start, Duration width) const;

  /// All of them, in order. Each third one has the mail domain of the one before it.
  [[nodiscard]] std::vector<Customer> directory() const;
};

}  // namespace tidewaiter
