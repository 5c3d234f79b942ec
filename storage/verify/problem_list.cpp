#include "storage/verify/problem_list.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "storage/verify/plain_text.h"

namespace tidewaiter {

void ProblemList::add(VerifyFailure failure, std::int64_t index, const std::string& message) {
  if (counts_[static_cast<std::size_t>(failure)]++ < kKept) {
    problems_.push_back({failure, index, plain_text(message)});
  }
}

std::vector<VerifyProblem> ProblemList::take() {
  // A quorum that is missing says that all else holds: any other problem goes before it.
  const auto rank = [](const VerifyProblem& problem) {
    const auto place = problem.index < 0 ? std::numeric_limits<std::int64_t>::max() : problem.index;
    return std::tuple(problem.failure == VerifyFailure::kQuorum, problem.failure, place);
  };
  for (std::size_t kind = 0; kind < counts_.size(); ++kind) {
    if (counts_[kind] <= kKept) continue;
    problems_.push_back(
        {static_cast<VerifyFailure>(kind), -1,
         "and " + std::to_string(counts_[kind] - kKept) + " more problems of this kind"});
  }
  std::ranges::stable_sort(problems_, {}, rank);
  return std::move(problems_);
}

}  // namespace tidewaiter
