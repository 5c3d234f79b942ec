#include "daemon/report/figure_words.h"

namespace tidewaiter {

std::string figure_text(const ReportedFigure& figure) {
  return figure.name + (figure.exact ? " = " : " about ") +
         (figure.withheld ? "(withheld)" : figure.value);
}

std::string of_which_windows(const ReportedFinding& finding) {
  if (finding.windows <= 1) return {};
  return " in the first of " + std::to_string(finding.windows) + " windows";
}

std::string_view figures_of(const ReportedFinding& finding) {
  return finding.windows <= 1 ? "run" : "first-window";
}

}  // namespace tidewaiter
