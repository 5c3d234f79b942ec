#include "daemon/cli/line_diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidewaiter {
namespace {

constexpr std::size_t kContext = 3;
/// Above so many pairs of lines the middle is shown as replaced whole: right, if not the shortest.
constexpr std::size_t kMostPairs = 16'000'000;

/// Lines with their ends: a last line without one differs from one that has it.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

struct LineStep {
  char mark;  ///< ' ', '-' or '+'
  std::string_view line;
};

using Lines = std::vector<std::string_view>;

/// The shortest way by a longest common subsequence of what lies between equal ends.
std::vector<LineStep> steps_between(const Lines& a, const Lines& b) {
  std::size_t head = 0;
  while (head < std::min(a.size(), b.size()) && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < std::min(a.size(), b.size()) - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  const std::size_t rows = a.size() - head - tail;
  const std::size_t columns = b.size() - head - tail;
  const bool small = columns == 0 || rows <= kMostPairs / columns;
  const std::size_t width = columns + 1;
  // common[i * width + j]: the longest common subsequence of a from i on and b from j on.
  std::vector<std::uint32_t> common(small ? (rows + 1) * width : 0, 0);
  for (std::size_t i = small ? rows : 0; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      common[i * width + j] = a[head + i] == b[head + j] ? common[(i + 1) * width + j + 1] + 1
                                                         : std::max(common[(i + 1) * width + j],
                                                                    common[i * width + j + 1]);
    }
  }
  std::vector<LineStep> steps;
  for (std::size_t i = 0; i < head; ++i) steps.push_back({' ', a[i]});
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    const bool both = small && i < rows && j < columns;
    if (both && a[head + i] == b[head + j]) {
      steps.push_back({' ', a[head + i]});
      ++i;
      ++j;
    } else if (i < rows && (!both || common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      steps.push_back({'-', a[head + i++]});
    } else {
      steps.push_back({'+', b[head + j++]});
    }
  }
  for (std::size_t k = a.size() - tail; k < a.size(); ++k) steps.push_back({' ', a[k]});
  return steps;
}

std::string range(std::size_t first, std::size_t count) {
  // Of nothing, the line before it.
  return std::to_string(count == 0 ? first : first + 1) + "," + std::to_string(count);
}

/// Writes the steps from `from` to `to`, of which `a` and `b` lines of either side come before.
void write_hunk(std::string& out, const std::vector<LineStep>& steps, std::size_t from,
                std::size_t to, std::size_t a, std::size_t b) {
  std::size_t a_count = 0;
  std::size_t b_count = 0;
  std::string body;
  for (std::size_t i = from; i < to; ++i) {
    a_count += steps[i].mark != '+' ? 1 : 0;
    b_count += steps[i].mark != '-' ? 1 : 0;
    body.append(1, steps[i].mark).append(steps[i].line);
    if (!steps[i].line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
  }
  out += "@@ -" + range(a, a_count) + " +" + range(b, b_count) + " @@\n" + body;
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view name) {
  if (before == after) return {};
  const std::vector<LineStep> steps = steps_between(split(before), split(after));
  std::string out = "--- " + std::string(name) + "\n+++ " + std::string(name) + "\n";
  std::size_t a = 0;  // lines of each side before `at`
  std::size_t b = 0;
  std::size_t at = 0;
  const auto pass = [&](std::size_t to) {
    for (; at < to; ++at) {
      a += steps[at].mark != '+' ? 1 : 0;
      b += steps[at].mark != '-' ? 1 : 0;
    }
  };
  const auto is_change = [](const LineStep& step) { return step.mark != ' '; };
  while (true) {
    const auto change =
        std::find_if(steps.begin() + static_cast<std::ptrdiff_t>(at), steps.end(), is_change);
    if (change == steps.end()) return out;
    const auto first = static_cast<std::size_t>(change - steps.begin());
    std::size_t last = first;  // the last change of this hunk
    for (std::size_t i = first; i < steps.size() && i <= last + 2 * kContext; ++i) {
      if (is_change(steps[i])) last = i;
    }
    pass(std::max(at, first - std::min(first, kContext)));
    const std::size_t end = std::min(steps.size(), last + 1 + kContext);
    write_hunk(out, steps, at, end, a, b);
    pass(end);
  }
}

}  // namespace tidewaiter
