#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/review/case_book.h"
#include "storage/review/report_book.h"
#include "storage/review/report_kinds.h"

namespace tidewaiter {

// By which clock of its case a report is due. Pure; any thread.

/// A clock of a case.
struct CaseClock {
  std::int64_t entry = 0;  ///< of its `case.clock`: what names it
  ClockStarted started;
  std::string by;           ///< handle of who recorded it
  std::string answered_by;  ///< id of an issued report that is due by it; empty: it is open
};

/// All clocks of `c`, those of cases that merged into it too, in the order of the ledger. A clock
/// is answered by a report about the case that was issued, and not withdrawn since; by one that
/// went out before the case was split off, too. One that names no clock, as those that were drawn
/// before reports did, counts for the one of its kind that ended first when it was drawn.
[[nodiscard]] std::vector<CaseClock> clocks_of(const Case& c, const CaseBook& cases,
                                               const ReportBook& reports);

/// The clocks of cases, as they stand by what was reported. Both books outlive it, where they are.
class CaseClocks {
 public:
  CaseClocks(const CaseBook& cases, const ReportBook& reports) : cases_(cases), reports_(reports) {}

  [[nodiscard]] std::vector<CaseClock> of(const Case& c) const {
    return clocks_of(c, cases_, reports_);
  }
  /// The open one that ends first: what is still to be done.
  [[nodiscard]] std::optional<ClockStarted> first_open(const Case& c) const;

 private:
  const CaseBook& cases_;
  const ReportBook& reports_;
};

/// The one by which a new report of `kind` is due: that which `wanted` names, by its entry or its
/// rule, or, where `wanted` is empty, the open one of the kind's rule. Nothing where the kind has
/// no time limit, or the case no open clock of it. Errors: kNotFound, with the clocks that there
/// are, for several open ones, and where `wanted` names none that the kind may have.
[[nodiscard]] Result<std::optional<CaseClock>> clock_for_report(
    const std::vector<CaseClock>& clocks, const ReportKind& kind, std::string_view wanted);

/// By which clock a report is due: the one that its draft names, or, where that names none and its
/// kind has a time limit, of those that its case had by then the one that ends first.
[[nodiscard]] std::optional<std::int64_t> clock_of_report(const ReportFile& report, const Case& c);

}  // namespace tidewaiter
