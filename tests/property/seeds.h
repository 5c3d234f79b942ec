#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace tidewaiter {

/// The first seed of a test: TIDEWAITER_SEED, or a random one. It is printed.
inline std::uint64_t told_first_seed() {
  const char* const given = std::getenv("TIDEWAITER_SEED");
  const std::uint64_t first = given != nullptr ? std::stoull(given) : std::random_device{}();
  std::cout << "first seed " << first << " (TIDEWAITER_SEED repeats it, TIDEWAITER_SEEDS=1)\n";
  return first;
}

/// How many seeds a test takes from there: TIDEWAITER_SEEDS, or as many as usual.
inline int seeds_to_run(int usual) {
  const char* const given = std::getenv("TIDEWAITER_SEEDS");
  return given != nullptr ? std::stoi(given) : usual;
}

/// Calls `test` with one seed after the other, until one fails. What random seeds reach is for no
/// test to judge: those that ask whether the generator reaches something go over fixed ones.
template <class Test>
void over_random_seeds(int usual, const Test& test) {
  const std::uint64_t first = told_first_seed();
  for (int i = 0; i < seeds_to_run(usual) && !testing::Test::HasFailure(); ++i) {
    const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
    SCOPED_TRACE("TIDEWAITER_SEED=" + std::to_string(seed));
    test(seed);
  }
}

/// Calls `look` with 1, 2, 3 … until it says that everything was seen; fails if it never does.
// Compilers draw from a seed in another order where C++ leaves the order of operands open: so no
// number of seeds is the right one.
template <class Look>
void until_fixed_seeds_reach(const Look& look, std::uint64_t most = 3000) {
  for (std::uint64_t seed = 1; seed <= most; ++seed) {
    if (look(seed)) return;
  }
  ADD_FAILURE() << "not reached by seeds 1 to " << most;
}

}  // namespace tidewaiter
