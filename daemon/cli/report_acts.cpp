#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/people.h"
#include "daemon/cli/act_submission.h"
#include "daemon/cli/report_custody.h"
#include "daemon/cli/report_text.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/witnessed.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/log_export.h"
#include "storage/review/act_rules.h"
#include "storage/review/clock_rules.h"
#include "storage/review/report_kinds.h"
#include "storage/timestamp/timestamp_folder.h"

namespace tidewaiter {
namespace {

struct ReportActOptions {
  ActOptions act;
  std::string id;
  std::string reason;
  std::string to;
  bool reject = false;
};

/// Whether whoever acts is enrolled as counsel. The rules judge it; this only says in what capacity
/// the act is meant.
Result<bool> acts_as_counsel(Invocation& run, const Stores& stores, const ActOptions& options) {
  const Result<std::string> handle = acting_handle(run, stores, options);
  if (!handle) return tl::unexpected(handle.error());
  const Result<std::vector<Person>> everybody = people(stores.paths.folder);
  if (!everybody) return tl::unexpected(everybody.error());
  for (const Person& person : *everybody) {
    if (person.handle == *handle) return person.role == "counsel";
  }
  return false;
}

Confidential reason_of(const ReportActOptions& options) {
  return options.reason.empty() ? Confidential() : Confidential{{"reason", options.reason}};
}

int approve_report(Invocation& run, const ReportActOptions& options) {
  int status = 0;
  const auto found = find_report(run, options.id, status);
  if (!found) return status;
  const ReportFile& report = found->report;
  const Withdrawal* const withdrawal = report.waiting_withdrawal();
  // Nobody approves what is not there any more as it was drawn.
  if (withdrawal == nullptr && !options.reject) {
    const Result<ReportFiles> files = drawn_files(*found->stores, report);
    if (!files) return fail_with(run, files.error());
  }
  const Result<bool> counsel = acts_as_counsel(run, *found->stores, options.act);
  if (!counsel) return fail_with(run, counsel.error());
  Act act;
  act.case_id = report.id;
  const std::int64_t about = withdrawal == nullptr ? report.draft.index : withdrawal->asked.index;
  act.body = ReportApproved{about, !options.reject, *counsel};
  const int done =
      hand_in(run, *found->stores, options.act, std::move(act), reason_of(options), true);
  return done == code(ExitStatus::kOk) ? tell_report(run, report.id, options.act.json) : done;
}

/// The key of the log, which signs what goes out. Errors: those of read_key_file(); kCorruption for
/// the key of another log.
Result<SigningKey> log_key(const Stores& stores) {
  Result<SigningKey> key = read_key_file(stores.paths.ledger.key);
  if (!key) return key;
  const auto named = parse_verifier_key(stores.ledger->verifier_key());
  if (!named) return tl::unexpected(named.error());
  if (named->key == key->public_key()) return key;
  return fail(ErrorCode::kCorruption,
              "`" + stores.paths.ledger.key.string() + "` is not the key of this ledger");
}

/// The log under a signed head that has the entry of the issue, beside the report's files.
Result<TreeHead> write_log(Invocation& run, const Stores& stores, const ReportFile& report,
                           const std::filesystem::path& folder) {
  const auto witnessed = read_witnessed(run, stores);
  if (!witnessed) return tl::unexpected(witnessed.error());
  const auto cosigned =
      *witnessed ? std::optional((*witnessed)->head) : std::optional<Checkpoint>();
  const Result<LogExport> done = export_log(
      *stores.ledger, folder / "log", [](std::int64_t, std::int64_t) {}, cosigned);
  if (!done) return tl::unexpected(done.error());
  if (done->checkpoint.head.size <= report.issued->index) {
    return fail(ErrorCode::kUnavailable,
                "the entry that issued the report is not signed yet: try again");
  }
  const Result<std::int64_t> stamps =
      TimestampFolder(stores.paths.timestamps)
          .copy_to(folder / "log" / "timestamps", done->checkpoint.head.size);
  if (!stamps) return tl::unexpected(stamps.error());
  return done->checkpoint.head;
}

/// A time limit that begins with the report, once it is received: a person records that.
void print_what_begins(Invocation& run, const ReportFile& report) {
  const ReportKind* const kind = report_kind(report.drafted().kind);
  if (kind == nullptr || kind->begins.empty()) return;
  const Result<ClockRule> rule = clock_rule(kind->begins);
  if (!rule) return;
  run.out << "When the recipient has it, " << rule->days << (rule->business ? " business" : "")
          << " days begin (" << rule->basis << "):\n  tidewaiter case clock "
          << printable(report.drafted().about) << ' ' << kind->begins
          << " --from DAY --event \"Received\"\n";
}

/// Writes out a report that is issued by now, of which these are the files.
int write_bundle(Invocation& run, const ReportActOptions& options, const std::string& id,
                 const ReportFiles& files) {
  int status = 0;
  const auto found = find_report(run, id, status);
  if (!found) return status;
  const std::filesystem::path folder = run.environment.working_folder / options.to;
  if (const auto written = write_report_files(folder, files); !written) {
    return fail_with(run, written.error());
  }
  const Result<TreeHead> head = write_log(run, *found->stores, found->report, folder);
  if (!head) return fail_with(run, head.error());
  if (const auto told = write_custody(*found->stores, found->report, folder); !told) {
    return fail_with(run, told.error());
  }
  const Result<SigningKey> key = log_key(*found->stores);
  if (!key) return fail_with(run, key.error());
  const StatedReport stated = stated_report(found->report.draft, found->report.issued->index);
  if (const auto sealed =
          seal_bundle(folder, {{}, stated, found->stores->ledger->origin(), *head}, *key);
      !sealed) {
    return fail_with(run, sealed.error());
  }
  if (options.act.json) {
    print_json(run, {{"report", report_file_json(found->report)},
                     {"folder", options.to},
                     {"log_entries", head->size}});
    return code(ExitStatus::kOk);
  }
  print_report_head(run, *found->stores, found->report);
  run.out << "bundle    " << printable(options.to) << ", with the "
          << counted(head->size, "entry", "entries")
          << " of the log\nWhoever has the verifier key checks it with\n  tidewaiter-verify "
          << printable(options.to)
          << " --key ledger.vkey\nOnce somebody was given it\n  tidewaiter report hand-over "
          << found->report.id << " --folder " << printable(options.to)
          << " --to TEXT --by CHANNEL\n";
  print_what_begins(run, found->report);
  return code(ExitStatus::kOk);
}

/// Whether whoever acts has the role in which reports are issued.
Result<bool> may_issue(const Invocation& run, const Stores& stores, const ActOptions& options,
                       const Act& issue) {
  const std::string type(act_type(issue));
  const auto acting = acting_person(run, stores, options, {type, issue.case_id, {}});
  if (!acting) return tl::unexpected(acting.error());
  return role_may((*acting)->who.person.role, type);
}

/// What whoever writes an issued report out again may not have in mind.
void warn_of_writing_again(Invocation& run, const ReportFile& report, bool reason_given) {
  const auto warn = [&run](const std::string& what) {
    run.err << "tidewaiter: warning: " << what << '\n';
  };
  if (reason_given) {
    warn("the report is issued already: it is written out again, and no reason is recorded");
  }
  const ReportFollower* const correction = report.correction();
  if (report.state == ReportState::kWithdrawn) {
    warn("the report was withdrawn: it holds no more, as `tidewaiter-verify` says of the folder");
  } else if (correction != nullptr) {
    warn("the report is corrected by `" + correction->id + "`, which takes its place");
  }
}

int issue_report(Invocation& run, const ReportActOptions& options) {
  int status = 0;
  const auto found = find_report(run, options.id, status);
  if (!found) return status;
  const ReportFile& report = found->report;
  // Before the entry: what cannot be written out is not issued.
  const Result<ReportFiles> files = drawn_files(*found->stores, report);
  if (!files) return fail_with(run, files.error());
  const Result<bool> there = is_there(run.environment.working_folder / options.to);
  if (!there) return fail_with(run, there.error());
  if (*there) {
    return fail_with(run, ExitStatus::kRefused,
                     "`" + options.to + "` is there already: name another");
  }
  if (const auto key = log_key(*found->stores); !key) return fail_with(run, key.error());
  const ReportDrafted& drafted = report.drafted();
  Act act;
  act.case_id = report.id;
  act.body = ReportIssued{report.draft.index, drafted.gaps, drafted.manifest};
  const Result<bool> may = may_issue(run, *found->stores, options.act, act);
  if (!may) return fail_with(run, may.error());
  // Who may not issue is refused below by the rules, which record the attempt.
  if (report.issued && *may) {
    warn_of_writing_again(run, report, !options.reason.empty());
    return write_bundle(run, options, report.id, *files);
  }
  const int done =
      hand_in(run, *found->stores, options.act, std::move(act), reason_of(options), true);
  return done == code(ExitStatus::kOk) ? write_bundle(run, options, report.id, *files) : done;
}

}  // namespace

void add_report_acts(CLI::App& report, Selection& selection) {
  CLI::App* approve =
      add_verb(report, "approve", "approves another person's report or withdrawal, or rejects it",
               "Prints where the report stands. Nobody approves a report that they drew, or a "
               "withdrawal that\n"
               "they asked for. One that goes to a government waits for an approver and for "
               "counsel, and so\n"
               "does its withdrawal. Exit status 4 if the rules refuse it.",
               "  tidewaiter report approve r-4f8e12ab --as ada-byron --reason \"Read it\"\n"
               "  tidewaiter report approve r-4f8e12ab --reject --as ada-byron --reason \"Names a "
               "bystander\"");
  auto approved = std::make_shared<ReportActOptions>();
  add_report_argument(*approve, approved->id);
  approve->add_option("--reason", approved->reason, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  approve->add_flag("--reject", approved->reject,
                    "Reject it: a report ends here, and one that was to be withdrawn holds");
  add_act_options(*approve, approved->act, false);
  approve->callback([approved, &selection] {
    selection.command = [approved](Invocation& run) { return approve_report(run, *approved); };
  });

  CLI::App* issue = add_verb(
      report, "issue", "issues an approved report as a folder that proves itself",
      "Prints where the report stands, and how whoever gets the folder checks it. With gaps it\n"
      "needs a reason. A report about a case that has more by now is refused: draw it again. One\n"
      "that is issued already is written out again for who may issue it, and nothing is recorded.\n"
      "Exit status 4 if the rules refuse it.",
      "  tidewaiter report issue r-4f8e12ab --to referral-17 --as li-wei\n"
      "  tidewaiter report issue r-4f8e12ab --to referral-17 --reason \"Harm is not known yet\" "
      "--as li-wei");
  auto issued = std::make_shared<ReportActOptions>();
  add_report_argument(*issue, issued->id);
  issue->add_option("--to", issued->to, "The folder to make")->type_name("FOLDER")->required();
  issue->add_option("--reason", issued->reason, "Why it goes out with gaps; no outsider reads it")
      ->type_name("TEXT");
  add_act_options(*issue, issued->act, false);
  issue->callback([issued, &selection] {
    selection.command = [issued](Invocation& run) { return issue_report(run, *issued); };
  });
}

}  // namespace tidewaiter
