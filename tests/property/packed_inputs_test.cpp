// Packed inputs against a map of the inputs themselves.

#include "policies/engine/packed_inputs.h"

#include <bit>
#include <limits>
#include <map>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

auto told(const MeasureInput& m) {
  return std::tuple(m.role, m.known, m.key, std::bit_cast<std::uint64_t>(m.number), m.group);
}

auto told(const Input& input) {
  std::vector<decltype(told(MeasureInput{}))> measures;
  for (const MeasureInput& measure : input.measures) measures.push_back(told(measure));
  return std::tuple(input.seq, input.time, input.pane, input.weight, input.size, input.certain,
                    measures);
}

using Told = decltype(told(Input{}));

std::vector<Told> all_of(const PackedInputs& packed) {
  std::vector<Told> all;
  packed.each([&all](const Input& input) { all.push_back(told(input)); });
  return all;
}

std::vector<Told> all_of(const std::map<std::int64_t, Input>& inputs) {
  std::vector<Told> all;
  for (const auto& [seq, input] : inputs) all.push_back(told(input));
  return all;
}

/// Numbers at which an encoding would err: none, ±0, the extremes, what is no number.
std::int64_t some_whole(Random& random) {
  static const std::vector<std::int64_t> numbers{0,
                                                 1,
                                                 -1,
                                                 7,
                                                 std::numeric_limits<std::int64_t>::min(),
                                                 std::numeric_limits<std::int64_t>::max()};
  return random.one_of(numbers);
}

double some_real(Random& random) {
  static const std::vector<double> numbers{0.0,
                                           -0.0,
                                           1.5,
                                           -2.25,
                                           std::numeric_limits<double>::infinity(),
                                           std::numeric_limits<double>::quiet_NaN(),
                                           std::numeric_limits<double>::denorm_min()};
  return random.one_of(numbers);
}

Input some_input(Random& random, std::int64_t seq) {
  Input input;
  input.seq = seq;
  input.time = some_whole(random);
  input.pane = random.number(-10, 9);
  input.weight = random.chance(50) ? 1 : some_whole(random);
  input.size = random.chance(50) ? kLeastSize : some_whole(random);
  input.certain = random.chance(50);
  input.measures.resize(static_cast<std::size_t>(random.number(0, 18)));
  for (MeasureInput& measure : input.measures) {
    measure.role = static_cast<MeasureInput::Role>(random.number(0, 2));
    measure.known = random.chance(50);
    measure.number = some_real(random);
    measure.key = random.chance(50) ? key_of(measure.number) : some_whole(random);
    measure.group = random.chance(50) ? 0 : some_whole(random);
  }
  return input;
}

TEST(PackedInputs, GiveBackWhatWasAddedInOrderOfTheirNumbers) {
  over_random_seeds(50, [](std::uint64_t seed) {
    Random random(seed);
    PackedInputs packed;
    std::map<std::int64_t, Input> inputs;
    for (int step = 0; step < 60; ++step) {
      const auto seq = random.chance(50) ? random.number(0, 39) : step;
      switch (random.number(0, 7)) {
        case 0:
          packed.remove(seq);
          inputs.erase(seq);
          break;
        case 1: {
          const auto pane = random.number(-10, -5);
          packed.forget_before(pane);
          std::erase_if(inputs, [pane](const auto& one) { return one.second.pane < pane; });
          break;
        }
        default:
          packed.add(inputs[seq] = some_input(random, seq));
      }
      ASSERT_EQ(all_of(packed), all_of(inputs)) << "step " << step;
      ASSERT_EQ(packed.empty(), inputs.empty());
    }
  });
}

}  // namespace
}  // namespace tidewaiter
