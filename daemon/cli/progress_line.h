#pragma once

#include <chrono>
#include <iosfwd>
#include <string>
#include <string_view>

#include "daemon/cli/terminal.h"
#include "daemon/pipeline/progress.h"

namespace tidewaiter {

/// Shows how far a pull or an evaluation has come: one line that redraws itself on a terminal (a
/// bar, rate, time left), or a plain line at the end of each phase elsewhere.
class ProgressLine {
 public:
  /// `stream` outlives the object.
  ProgressLine(std::ostream& stream, const Terminal& terminal);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const CycleProgress& progress);
  /// Shows a text of one line while something else than a cycle goes on; on a terminal alone.
  void show(std::string_view text);
  /// Wipes the line, so that other text may follow.
  void clear();

 private:
  void draw(std::string_view text);

  std::ostream& stream_;
  Terminal terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_drawn_;
};

/// "pull gateway  [#####.....]  51%  12,288 records  81,000/s  3s left".
[[nodiscard]] std::string progress_text(const CycleProgress& progress, const Terminal& terminal);

}  // namespace tidewaiter
