#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/act_submission.h"
#include "daemon/report/report.h"
#include "daemon/report/report_json.h"
#include "storage/review/report_book.h"

namespace tidewaiter {

/// What a person asks for who draws a report.
struct ReportToDraw {
  ActOptions act;
  std::string kind;
  std::string case_id;   ///< how it begins; empty: a period, or the earlier report's
  std::string period;    ///< FROM..TO
  std::string profile;   ///< empty: the recipient's, else the usual one of the kind
  std::string handling;  ///< empty: the recipient's, else TLP:AMBER
  std::string to;        ///< id of a recipient that the site has configured; empty: none is named
  std::string recipient;
  std::string authority;
  std::string legal_basis;
  std::vector<std::string> said;  ///< ELEMENT=TEXT
  bool no_pdf = false;
  /// What is said of elements of which the options say nothing.
  std::map<std::string, std::string> inherited = {};
  /// The issued report that it corrects or supplements. What changed since, its case and its clock
  /// are looked up in the book that the report is drawn from: two readings of a ledger may differ.
  struct Earlier {
    ReportFile report;
    DrawnReport drawn;
    FollowingAs as = FollowingAs::kCorrects;
    std::string why;
  };
  std::optional<Earlier> earlier = std::nullopt;
  std::string request = {};  ///< id of the request that it answers; empty: none
  std::string clock = {};    ///< of the case: entry or rule; empty: the one that fits
};

/// Draws it, writes its files and hands in the act; tells where the report stands, or why there is
/// none. Gives the exit status.
int draw_report_anew(Invocation& run, const ReportToDraw& options);

/// Adds what may be said of any report: --period, --profile, --handling, --for, --clock, --no-pdf,
/// statements, and who draws it.
void add_drawing_options(CLI::App& verb, ReportToDraw& options);

}  // namespace tidewaiter
