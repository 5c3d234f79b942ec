#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/verify/verify.h"

namespace tidewaiter {

/// Collects what is wrong; keeps the first few of each kind and counts the rest. Messages quote the
/// database and are kept as plain_text(), so that nothing in it can act on a terminal.
class ProblemList {
 public:
  static constexpr std::size_t kKept = 20;

  void add(VerifyFailure failure, std::int64_t index, const std::string& message);
  void add(VerifyFailure failure, const std::string& message) { add(failure, -1, message); }
  [[nodiscard]] bool empty() const { return problems_.empty(); }

  /// Worst kind first, kQuorum last; within a kind by entry, those without one last.
  [[nodiscard]] std::vector<VerifyProblem> take();

 private:
  std::vector<VerifyProblem> problems_;
  std::array<std::size_t, 12> counts_{};  // by kind
};

}  // namespace tidewaiter
