#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/report_drawing.h"
#include "daemon/cli/request_text.h"
#include "daemon/cli/verbs.h"
#include "storage/review/report_changes.h"
#include "storage/review/report_kinds.h"

namespace tidewaiter {
namespace {

/// Recipient, authority and legal basis of a request, and its case, where the options say nothing.
int draw_new_report(Invocation& run, const ReportToDraw& options) {
  if (options.request.empty()) return draw_report_anew(run, options);
  ReportToDraw drawing = options;
  int status = 0;
  {
    const auto found = find_request(run, options.request, status);
    if (!found) return status;
    if (!found->words) {
      return fail_with(run, ExitStatus::kRefused,
                       "what `" + found->request.id +
                           "` says is erased, or not on this machine: draw the report without "
                           "--request, and close it with --report");
    }
    const Confidential& words = *found->words;
    drawing.request = found->request.id;
    drawing.inherited["recipient"] = words.at("from");
    drawing.inherited["authority"] =
        words.at("authority") +
        (words.contains("reference") ? ", reference " + words.at("reference") : "");
    if (words.contains("legal_basis")) drawing.inherited["legal_basis"] = words.at("legal_basis");
    const bool of_case = report_kind(drawing.kind)->scope == ReportScope::kCase;
    const std::string& about = found->request.received().about;
    if (of_case && drawing.case_id.empty() && !about.empty()) {
      // It may have been merged into another one since the request came.
      const Result<CaseBook> cases = CaseBook::read(*found->stores->ledger);
      if (!cases) return fail_with(run, cases.error());
      drawing.case_id = goes_on_in(about, *cases);
    }
  }
  return draw_report_anew(run, drawing);
}

void add_scope_options(CLI::App& verb, ReportToDraw& options) {
  std::vector<std::string> kinds;
  for (const ReportKind& kind : report_kinds()) kinds.emplace_back(kind.name);
  verb.add_option("kind", options.kind, "What kind of report")
      ->type_name("KIND")
      ->required()
      ->check(CLI::IsMember(kinds));
  verb.add_option("--case", options.case_id, "The case that it is about: its id, or how it begins")
      ->type_name("CASE");
  verb.add_option("--request", options.request,
                  "The request that it answers, which has recipient, authority and legal basis")
      ->type_name("REQUEST");
}

}  // namespace

void add_report_new(CLI::App& report, Selection& selection) {
  CLI::App* verb = add_verb(
      report, "new", "draws a report from a case or a period",
      "Prints what was drawn, where its page lies, and what comes next. Kinds: referral (to a\n"
      "government), ofac-blocked and ofac-rejected (31 CFR 501.603 and 501.604), vsd-notification\n"
      "and vsd-narrative (15 CFR 764.5), partner-notice and account-holder-notice of a case;\n"
      "period-summary of a period; screening-coverage of a period, which says what was held\n"
      "against which lists, how old they were, and what could not be, and\n"
      "screening-coverage-government, the same for a government, which counsel approves. Where a\n"
      "kind has a time limit the case's clock says until when; of several that are open --clock\n"
      "names the one.\n"
      "What the redaction profile does not let through is in no file of it. What it says\n"
      "is fixed from here on: who approves it approves these bytes. With --request it takes\n"
      "recipient, authority, legal basis and case from a request, and answers that when it is\n"
      "issued. Where WeasyPrint is installed there is a PDF beside the page, without --no-pdf; a\n"
      "warning says so where it is not.",
      "  tidewaiter report new referral --case c-4f8e12ab --recipient \"The agency\" --authority "
      "\"own right\" --as li-wei\n"
      "  tidewaiter report new ofac-rejected --case c-4f8e12ab --recipient OFAC --legal-basis \\\n"
      "      \"31 CFR 501.604\" --say value=\"USD 1,200\" --say sanctions_target=\"Bank X\" --as "
      "li-wei\n"
      "  tidewaiter report new period-summary --period 2026-10-01..2026-11-01 --recipient Board "
      "--as li-wei\n"
      "  tidewaiter report new screening-coverage --period 2026-10-01..2026-11-01 \\\n"
      "      --recipient \"The auditors\" --say contact=Li --as li-wei");
  auto options = std::make_shared<ReportToDraw>();
  add_scope_options(*verb, *options);
  add_drawing_options(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return draw_new_report(run, *options); };
  });
}

}  // namespace tidewaiter
