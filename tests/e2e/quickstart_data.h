#pragma once

#include <string>

namespace tidewaiter {

/// The quickstart example's data set, made from a plan with a fixed seed: the same bytes on every
/// machine. The answer comes from the plan by arithmetic, never from an engine.
struct QuickstartData {
  std::string usage;  ///< native JSON Lines, by time and account
  std::string
      answer;  ///< JSON: the findings that the four policies must give, and what cannot be told
};

[[nodiscard]] QuickstartData make_quickstart();

}  // namespace tidewaiter
