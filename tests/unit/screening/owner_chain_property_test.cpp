// Random rings and chains of owners, against a twin that tries every set of parties.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/screening/owner_chain.h"
#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

constexpr int kParties = 6;

std::string party_name(std::int64_t party) { return "p" + std::to_string(party); }

OwnerChain::Texts random_owners(Random& random) {
  OwnerChain::Texts texts;
  const std::int64_t rows = random.number(1, 12);
  for (std::int64_t i = 0; i < rows; ++i) {
    texts.names.push_back(party_name(random.number(0, kParties - 1)));
    texts.shares.push_back(random.one_of<std::string>(
        {"", "0%", "10%", "25%", "50%", "60%", "25%-50%", ">50%-75%", "0%-100%"}));
    texts.identifiers.emplace_back();
    texts.of.push_back(random.chance(40) ? "" : party_name(random.number(0, kParties - 1)));
  }
  return texts;
}

/// Who has a share of whom, through any number of links: by Warshall's closure.
std::vector<std::vector<bool>> reach_of(const OwnerChain& chain) {
  const std::size_t count = chain.parties().size();
  std::vector<std::vector<bool>> reach(count, std::vector<bool>(count));
  for (const OwnerChain::Row& row : chain.rows()) {
    const bool has_some = !row.share || row.share->most > 0;
    if (row.of != OwnerChain::kAccount && has_some) reach[row.owner][row.of] = true;
  }
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        if (reach[i][k] && reach[k][j]) reach[i][j] = true;
      }
    }
  }
  return reach;
}

/// How many rows a party has.
std::size_t rows_of(const OwnerChain& chain, std::size_t party) {
  std::size_t rows = 0;
  for (const OwnerChain::Row& row : chain.rows()) rows += row.owner == party ? 1 : 0;
  return rows;
}

/// What the parties of a set have of something, as docs/evaluation.md says it.
Share share_of_set(const OwnerChain& chain, std::size_t of, unsigned set, bool most) {
  const auto reach = reach_of(chain);
  Share sum = 0;
  Share told = 0;
  bool untold = false;
  bool has_some = false;
  for (const OwnerChain::Row& row : chain.rows()) {
    if (row.of != of) continue;
    if (row.share) told += row.share->least;
    const bool is_in = ((set >> row.owner) & 1U) != 0;
    has_some = has_some || is_in;
    const bool is_own =
        most && of != OwnerChain::kAccount && (row.owner == of || reach[of][row.owner]);
    if (!is_in && !is_own) continue;
    if (!row.share) untold = true;
    if (row.share) sum += most ? row.share->most : row.share->least;
  }
  if (!has_some) return 0;
  const bool is_vague =
      told > kWholeShare || (of != OwnerChain::kAccount && rows_of(chain, of) > 1);
  if (most && untold) sum += is_vague ? kWholeShare : kWholeShare - told;
  return sum;
}

/// The smallest set that holds `from` and every party of which it has half: of all sets that are
/// closed in that way, what they have in common.
unsigned naive_counting(const OwnerChain& chain, unsigned from, bool most) {
  const auto count = static_cast<unsigned>(chain.parties().size());
  unsigned common = (1U << count) - 1;
  for (unsigned set = 0; set < 1U << count; ++set) {
    if ((set & from) != from) continue;
    bool closed = true;
    for (unsigned p = 0; p < count; ++p) {
      const bool enough = share_of_set(chain, p, set, most) >= kWholeShare / 2;
      closed = closed && (!enough || ((set >> p) & 1U) != 0);
    }
    if (closed) common &= set;
  }
  return common;
}

TEST(OwnerChainProperty, CountsWhatTheSmallestClosedSetDoes) {
  over_random_seeds(300, [](std::uint64_t seed) {
    Random random(seed);
    const OwnerChain chain(random_owners(random));
    const std::size_t count = chain.parties().size();
    const auto from = static_cast<unsigned>(random.number(0, (1 << count) - 1));
    std::vector<bool> listed(count);
    for (std::size_t i = 0; i < count; ++i) listed[i] = ((from >> i) & 1U) != 0;
    for (const bool most : {false, true}) {
      const std::vector<bool> counting =
          chain.counting(listed, most, [](Share share) { return share >= kWholeShare / 2; });
      const unsigned wanted = naive_counting(chain, from, most);
      unsigned got = 0;
      for (std::size_t i = 0; i < count; ++i) got |= counting[i] ? 1U << i : 0U;
      EXPECT_EQ(got, wanted);
      const OwnerChain::Held held = chain.held(OwnerChain::kAccount, counting);
      EXPECT_EQ(most ? held.most : held.least,
                share_of_set(chain, OwnerChain::kAccount, wanted, most));
    }
  });
}

}  // namespace
}  // namespace tidewaiter
