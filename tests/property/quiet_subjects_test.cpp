// Quiet subjects against a list of their inputs, and windows counted one by one.

#include "policies/engine/quiet_subjects.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "policies/engine/window_tally.h"
#include "policies/language/expression_literal.h"
#include "policies/model/field.h"
#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kLeastWindow = std::numeric_limits<std::int64_t>::min();
constexpr std::size_t kMostInputs = 20;

/// n >= 6 and sum(x) >= 50 and distinct(y) >= 4; of these the first two tell.
std::vector<Measure> measures() {
  std::vector<Measure> all(3);
  all[1].aggregate = Aggregate::kSum;
  all[1].argument = make_field(*find_field("output_tokens"), {});
  all[2].aggregate = Aggregate::kDistinct;
  all[2].argument = make_field(*find_field("model"), {});
  return all;
}

OpenOutlook outlook() {
  OpenOutlook outlook;
  outlook.required = {{.at_least = 6, .measure = 0}, {.at_least = 50, .measure = 1}};
  return outlook;
}

Input some_input(Random& random, std::int64_t pane, std::int64_t seq) {
  using Role = MeasureInput::Role;
  Input input;
  input.pane = pane;
  input.time = pane * 100;
  input.seq = seq;
  input.weight = random.one_of<std::int64_t>({1, 1, 1, 2});
  input.certain = random.chance(80);
  input.measures.resize(3);
  for (MeasureInput& measure : input.measures) {
    measure.role = random.one_of<Role>({Role::kCertain, Role::kMaybe, Role::kNone});
    measure.known = random.chance(95);
    if (measure.known) measure.key = random.number(0, 12);
  }
  input.measures[0].known = true;
  return input;
}

/// The same as plain as can be.
class PlainSubject {
 public:
  explicit PlainSubject(std::int64_t panes) : panes_(panes) {}

  bool add(const Input& input) {
    if (!inputs_.empty() && input.pane < inputs_.back().pane) return false;
    if (inputs_.size() == kMostInputs) return false;
    inputs_.push_back(input);
    if (falls_short(input.pane - panes_ + 1, input.pane)) return true;
    inputs_.pop_back();
    return false;
  }

  /// Of each window that holds an input, and is not forgotten: the pane of its latest one.
  [[nodiscard]] std::map<std::int64_t, std::int64_t> windows() const {
    std::map<std::int64_t, std::int64_t> latest;
    for (const Input& input : inputs_) {
      for (std::int64_t k = input.pane - panes_ + 1; k <= input.pane; ++k) {
        if (!is_forgotten(k)) latest[k] = input.pane;
      }
    }
    return latest;
  }

  void forget(const WindowRun& gone) {
    gone_ = gone;
    std::erase_if(inputs_, [this](const Input& input) {
      for (std::int64_t k = input.pane - panes_ + 1; k <= input.pane; ++k) {
        if (!is_forgotten(k)) return false;
      }
      return true;
    });
    if (inputs_.empty()) gone_.reset();
  }

  /// Whether each window misses six requests, or a sum of 50.
  [[nodiscard]] bool every_window_falls_short() const {
    const auto all = windows();
    return std::ranges::all_of(all, [this](const auto& window) {
      return falls_short(window.first, window.first + panes_ - 1);
    });
  }

  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }

 private:
  [[nodiscard]] bool is_forgotten(std::int64_t k) const {
    return gone_ && gone_->first <= k && k <= gone_->last;
  }
  [[nodiscard]] bool falls_short(std::int64_t first_pane, std::int64_t last_pane) const {
    std::int64_t requests = 0;
    std::int64_t sum = 0;
    for (const Input& input : inputs_) {
      if (input.pane < first_pane || input.pane > last_pane) continue;
      if (input.measures[0].role != MeasureInput::Role::kNone) requests += input.weight;
      const MeasureInput& x = input.measures[1];
      if (x.role != MeasureInput::Role::kNone) sum += x.known ? x.key : 50;
    }
    return requests < 6 || sum < 50;
  }

  std::int64_t panes_;
  std::vector<Input> inputs_;
  std::optional<WindowRun> gone_;
};

std::map<std::int64_t, std::int64_t> told_windows(QuietSubjects& subjects,
                                                  const QuietSubjects::Bytes& subject) {
  std::map<std::int64_t, std::int64_t> latest;
  std::vector<AlikeWindows> windows;
  if (subject != nullptr) subjects.windows(subject, windows);
  for (const AlikeWindows& alike : windows) {
    for (std::int64_t k = alike.first; k <= alike.last; ++k) latest[k] = alike.latest;
  }
  return latest;
}

std::set<std::int64_t> told_numbers(QuietSubjects& subjects, const QuietSubjects::Bytes& subject) {
  std::set<std::int64_t> numbers;
  if (subject == nullptr) return numbers;
  subjects.each(subject, [&numbers](const Input& input) { numbers.insert(input.seq); });
  return numbers;
}

std::set<std::int64_t> numbers_of(const PlainSubject& plain) {
  std::set<std::int64_t> numbers;
  for (const Input& input : plain.inputs()) numbers.insert(input.seq);
  return numbers;
}

TEST(QuietSubjects, HaveTheWindowsOfTheirInputsAndNoneThatCouldHold) {
  over_random_seeds(200, [](std::uint64_t seed) {
    Random random(seed);
    const std::int64_t panes = random.number(1, 5);
    const MeasureLayout layout(measures());
    QuietSubjects subjects(layout, outlook(), panes, kMostInputs);
    QuietSubjects::Bytes subject;
    PlainSubject plain(panes);
    std::int64_t pane = random.number(-20, 20);
    std::int64_t forgotten_to = kLeastWindow;
    for (std::int64_t step = 0; step < 80; ++step) {
      pane += random.one_of<std::int64_t>({0, 0, 0, 1, 1, 3, 9, -1});
      if (random.chance(15) && !plain.inputs().empty()) {
        // What is forgotten has what was among it, and no further input lies in it. Windows before
        // it may stay.
        const WindowRun before = QuietSubjects::forgotten(subject);
        const bool is_first = before.first > before.last;
        forgotten_to = std::max(forgotten_to, pane - random.number(panes + 1, panes + 4));
        std::int64_t first = is_first ? forgotten_to - random.number(0, 9) : before.first;
        if (random.chance(50)) first = kLeastWindow;
        subjects.forget(subject, {first, forgotten_to});
        plain.forget({first, forgotten_to});
      } else {
        const Input input = some_input(random, pane, step);
        const WindowRun fresh = subjects.new_windows(subject, pane);
        const auto before = plain.windows();
        const bool added = subjects.add(subject, input);
        ASSERT_EQ(added, plain.add(input)) << "step " << step;
        for (const auto& [k, latest] : plain.windows()) {
          if (!added) break;
          ASSERT_EQ(fresh.first <= k && k <= fresh.last, !before.contains(k)) << "window " << k;
        }
      }
      ASSERT_EQ(told_windows(subjects, subject), plain.windows()) << "step " << step;
      ASSERT_EQ(told_numbers(subjects, subject), numbers_of(plain)) << "step " << step;
      ASSERT_TRUE(plain.every_window_falls_short()) << "step " << step;
      if (subject != nullptr && random.chance(10)) {
        subject = QuietSubjects::made_of(QuietSubjects::bytes_of(subject));
      }
    }
  });
}

TEST(WindowTally, CountsEachWindowOfEachRange) {
  over_random_seeds(100, [](std::uint64_t seed) {
    Random random(seed);
    WindowTally tally;
    std::map<std::int64_t, std::int64_t> plain;
    for (int step = 0; step < 40; ++step) {
      const std::int64_t first = random.number(-30, 30);
      const WindowRun run{first, first + random.number(-1, 12)};
      const std::int64_t by = random.number(-2, 3);
      tally.change(run, by);
      for (std::int64_t k = run.first; k <= run.last; ++k) plain[k] += by;
      const std::int64_t from = random.number(-50, 50);
      const WindowRun asked{random.chance(20) ? kLeastWindow : from,
                            random.chance(20) ? std::numeric_limits<std::int64_t>::max()
                                              : from + random.number(0, 60)};
      std::int64_t sum = 0;
      for (const auto& [k, count] : plain) {
        if (asked.first <= k && k <= asked.last) sum += count;
      }
      ASSERT_EQ(tally.sum(asked), sum) << "step " << step;
    }
  });
}

}  // namespace
}  // namespace tidewaiter
