#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/report_drawing.h"
#include "daemon/cli/verbs.h"
#include "storage/review/report_kinds.h"

namespace tidewaiter {
namespace {

void add_scope_options(CLI::App& verb, ReportToDraw& options) {
  std::vector<std::string> kinds;
  for (const ReportKind& kind : report_kinds()) kinds.emplace_back(kind.name);
  verb.add_option("kind", options.kind, "What kind of report")
      ->type_name("KIND")
      ->required()
      ->check(CLI::IsMember(kinds));
  verb.add_option("--case", options.case_id, "The case that it is about: its id, or how it begins")
      ->type_name("CASE");
}

}  // namespace

void add_report_new(CLI::App& report, Selection& selection) {
  CLI::App* verb = add_verb(
      report, "new", "draws a report from a case or a period",
      "Prints what was drawn, where its page lies, and what comes next. Kinds: referral (to a\n"
      "government), partner-notice and account-holder-notice of a case; period-summary of a\n"
      "period. What the redaction profile does not let through is in no file of it. What it says\n"
      "is fixed from here on: who approves it approves these bytes. Where WeasyPrint is installed\n"
      "there is a PDF beside the page, without --no-pdf; a warning says so where it is not.",
      "  tidewaiter report new referral --case c-4f8e12ab --recipient \"The agency\" --authority "
      "\"own right\" --as li-wei\n"
      "  tidewaiter report new period-summary --period 2026-10-01..2026-11-01 --recipient Board "
      "--as li-wei");
  auto options = std::make_shared<ReportToDraw>();
  add_scope_options(*verb, *options);
  add_drawing_options(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return draw_report_anew(run, *options); };
  });
}

}  // namespace tidewaiter
