#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policies/model/log.h"

namespace tidewaiter::bench {

/// How careless the people behind a ring are: per cent of its accounts.
struct Carelessness {
  std::int64_t card = 85;     ///< paid with a card of the ring, 12 accounts a card
  std::int64_t device = 75;   ///< made on a device of the ring, 8 accounts a device
  std::int64_t address = 30;  ///< used from a server of the ring, 20 accounts an address
  std::int64_t prompts = 60;  ///< run by the ring's program, one template to 200 accounts
};

/// Who holds which of four identifiers, made from a seed: accounts of honest people, and rings.
///
/// Of the honest accounts, by the place where they are used:
///   40 % at home: an address of their own;
///   10 % in families of 2 to 4, at one address; 30 % of them pay with the family's card, 20 % use
///        the family's device;
///   30 % behind a carrier's or an office's NAT: 2 to 5,000 accounts an address;
///   10 % through a VPN's exit: 200 to 20,000 accounts an address;
///   10 % at a university: 500 to 3,000 accounts an address, and half of them at a laboratory's
///        computer, which 10 to 200 use.
/// Of all of these 3 % have a device that cannot be told from 5 to 500 others, and 0.2 % a card
/// that one stranger has had before. 60 % use a published template, as do 20 to 20,000 others; 10 %
/// one that a tutorial has, as do 2 to 50; the others write their own. Sizes are spread evenly over
/// their logarithms.
///
/// Rings, for each million accounts: 400 of 5, 200 of 10, 100 of 25, 40 of 100, 10 of 500, 2 of
/// 2,500 and one of 25,000: 45,500 accounts. A ring has as many cards, devices, servers and
/// templates as its accounts need, and each account that is careless has one of them by chance. One
/// that is not has its own card or device, an address like an honest account behind a NAT or a VPN,
/// and a published template. Where fewer accounts are asked for there are fewer rings, the greatest
/// never greater than a fortieth of all.
class LinkedPopulation {
 public:
  struct Account {
    std::uint32_t ring = 0;  ///< 0: an honest account
    std::uint32_t card = 0;
    std::uint32_t device = 0;
    std::uint32_t address = 0;
    std::uint32_t prompts = 0;
  };

  LinkedPopulation(std::int64_t accounts, std::uint64_t seed, const Carelessness& carelessness);

  /// In an order of chance: neighbours have nothing in common.
  [[nodiscard]] const std::vector<Account>& accounts() const { return accounts_; }
  [[nodiscard]] const std::vector<std::uint32_t>& ring_sizes() const { return ring_sizes_; }

  static constexpr const char* kSource = "gateway";
  [[nodiscard]] static std::string name(std::size_t account);
  /// The two records of an account: what it is, and one request.
  void append_records(std::size_t account, std::vector<LogEntry>& log) const;

 private:
  std::vector<Account> accounts_;
  std::vector<std::uint32_t> ring_sizes_;  ///< of ring 1, 2, …
};

}  // namespace tidewaiter::bench
