#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "daemon/cli/report_drawing.h"
#include "daemon/cli/report_text.h"
#include "daemon/cli/verbs.h"
#include "daemon/report/report_json.h"

namespace tidewaiter {
namespace {

struct FollowOptions {
  ReportToDraw drawing;
  std::string id;
  std::string reason;
};

/// What the earlier report was about and said, where the options say nothing else.
void take_over(ReportToDraw::Earlier earlier, ReportToDraw& drawing) {
  const ReportDrafted& drafted = earlier.report.drafted();
  drawing.kind = drafted.kind;
  drawing.request = drafted.request;
  drawing.case_id = drafted.about;
  drawing.inherited = std::move(earlier.drawn.statements);
  if (drawing.profile.empty()) drawing.profile = drafted.profile;
  if (drawing.handling.empty()) drawing.handling = drafted.handling;
  if (drawing.period.empty() && drafted.about.empty()) {
    drawing.period = format_time(drafted.from) + ".." + format_time(drafted.to);
  }
  drawing.earlier = std::move(earlier);
}

int draw_following(Invocation& run, const FollowOptions& options, FollowingAs as) {
  ReportToDraw drawing = options.drawing;
  int status = 0;
  {
    const auto found = find_report(run, options.id, status);
    if (!found) return status;
    const ReportFile& earlier = found->report;
    const Result<std::string> text = read_report_file(
        draft_folder(*found->stores, earlier.id), earlier.drafted().manifest, "data/report.json");
    if (!text) return fail_with(run, text.error());
    Result<DrawnReport> drawn = drawn_report_of_json(*text);
    if (!drawn) return fail_with(run, drawn.error());
    take_over({earlier, std::move(*drawn), as, options.reason}, drawing);
  }
  return draw_report_anew(run, drawing);
}

int withdraw_report(Invocation& run, const FollowOptions& options) {
  int status = 0;
  const auto found = find_report(run, options.id, status);
  if (!found) return status;
  const ReportFile& report = found->report;
  Act act;
  act.case_id = report.id;
  // Of one that was not issued the rules say that, and record the attempt.
  const RecordedAct& issued = report.issued ? *report.issued : report.draft;
  act.body = ReportWithdrawn{issued.index, report.drafted().manifest};
  const ActOptions& by = options.drawing.act;
  const int done =
      hand_in(run, *found->stores, by, std::move(act), {{"reason", options.reason}}, true);
  if (done != code(ExitStatus::kOk)) return done;
  return tell_report(run, report.id, by.json,
                     "next      another person: `tidewaiter report approve " + report.id + "`\n");
}

void add_following(CLI::App& report, Selection& selection, FollowingAs as) {
  const bool corrects = as == FollowingAs::kCorrects;
  CLI::App* verb = add_verb(
      report, corrects ? "correct" : "supplement",
      corrects ? "draws a report that takes the place of an issued one"
               : "draws a report that stands beside an issued one",
      std::string("Prints what was drawn, and what comes next: it is approved and issued as any\n"
                  "report is, and the first one is ") +
          (corrects ? "corrected" : "supplemented") +
          " when that goes out. Kind, case, clock,\n"
          "recipient, profile, marking and statements are those of the first one, where no\n"
          "option says another thing; the case is covered as a whole without --period. The page\n"
          "names the first report and its digest, why, and which of the findings it cites have\n"
          "changed since. Exit status 4 if the rules refuse it.",
      corrects ? "  tidewaiter report correct r-4f8e12ab --reason \"A finding was withdrawn\" --as "
                 "li-wei"
               : "  tidewaiter report supplement r-4f8e12ab --reason \"Two more accounts\" --as "
                 "li-wei");
  auto options = std::make_shared<FollowOptions>();
  add_report_argument(*verb, options->id);
  verb->add_option("--reason", options->reason, "Why; the recipient reads it")
      ->type_name("TEXT")
      ->required();
  add_drawing_options(*verb, options->drawing);
  verb->callback([options, as, &selection] {
    selection.command = [options, as](Invocation& run) {
      return draw_following(run, *options, as);
    };
  });
}

}  // namespace

void add_report_follow(CLI::App& report, Selection& selection) {
  add_following(report, selection, FollowingAs::kCorrects);
  add_following(report, selection, FollowingAs::kSupplements);
  CLI::App* verb = add_verb(
      report, "withdraw", "asks that an issued report hold no more",
      "Prints where the report stands. It holds until another person has approved that with\n"
      "`report approve`, and counsel too where it went to a government; who asked approves\n"
      "nothing. What was issued stays as it is; written out again it shows that it was withdrawn.\n"
      "Exit status 4 if the rules refuse it.",
      "  tidewaiter report withdraw r-4f8e12ab --reason \"The case was another account's\" --as "
      "li-wei");
  auto options = std::make_shared<FollowOptions>();
  add_report_argument(*verb, options->id);
  verb->add_option("--reason", options->reason, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  add_act_options(*verb, options->drawing.act, false);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return withdraw_report(run, *options); };
  });
}

}  // namespace tidewaiter
