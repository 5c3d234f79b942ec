#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "daemon/app/exhibits.h"
#include "daemon/cli/act_submission.h"
#include "daemon/cli/time_options.h"
#include "daemon/cli/verbs.h"
#include "storage/files/file_stream.h"
#include "storage/review/clock_rules.h"

namespace tidewaiter {
namespace {

struct WorkOptions {
  ActOptions act;
  std::string text;
  std::string person;
  std::string file;
  std::string time;
  std::string rule;
  std::string until;
  std::string kind;
  std::string authority;
  std::string number;
  bool privileged = false;
};

int assign(Invocation& run, const WorkOptions& options) {
  return submit_act(run, options.act,
                    [&options](const CaseBook& /*book*/, const Case* /*c*/) -> Result<Deed> {
                      return Deed{Assigned{options.person}, {}};
                    });
}

int comment(Invocation& run, const WorkOptions& options) {
  return submit_act(run, options.act,
                    [&options](const CaseBook& /*book*/, const Case* /*c*/) -> Result<Deed> {
                      return Deed{Commented{options.privileged}, {{"text", options.text}}};
                    });
}

int action(Invocation& run, const WorkOptions& options) {
  return submit_act(run, options.act,
                    [&](const CaseBook& /*book*/, const Case* /*c*/) -> Result<Deed> {
                      UtcTime taken = run.now();
                      if (!options.time.empty()) {
                        const Result<UtcTime> told = instant_of("--taken", options.time);
                        if (!told) return tl::unexpected(told.error());
                        taken = *told;
                      }
                      return Deed{ActionTaken{taken}, {{"text", options.text}}};
                    });
}

int start_clock(Invocation& run, const WorkOptions& options) {
  return submit_act(run, options.act,
                    [&options](const CaseBook& /*book*/, const Case* /*c*/) -> Result<Deed> {
                      const Result<ClockRule> rule = clock_rule(options.rule);
                      if (!rule) return tl::unexpected(rule.error());
                      const Result<UtcTime> from = instant_of("--from", options.time);
                      if (!from) return tl::unexpected(from.error());
                      const UtcTime day = align_down(*from, kDay);
                      return Deed{ClockStarted{options.rule, day, due_day(*rule, day)},
                                  {{"event", options.text}}};
                    });
}

/// The day that an option names, from its midnight in UTC.
Result<UtcTime> day_option(const char* option, const std::string& text) {
  const Result<UtcTime> time = instant_of(option, text);
  return time ? Result<UtcTime>(align_down(*time, kDay)) : time;
}

/// The document stays where it is.
Result<void> add_document(const std::filesystem::path& file, LicenceRecorded& licence,
                          Confidential& words) {
  const Result<FileMeasure> document = measure_file(file, kMostExhibitBytes);
  if (!document) return tl::unexpected(document.error());
  licence.file = document->sha256;
  words = {{"name", file.filename().string()}, {"kept_at", file.lexically_normal().string()}};
  return {};
}

int record_licence(Invocation& run, const WorkOptions& options) {
  const auto make = [&](const CaseBook& /*book*/, const Case* /*c*/) -> Result<Deed> {
    LicenceRecorded licence{*licence_kind_from(options.kind),
                            options.authority,
                            options.number,
                            {},
                            std::nullopt,
                            std::nullopt};
    const Result<UtcTime> from = day_option("--from", options.time);
    if (!from) return tl::unexpected(from.error());
    licence.from = *from;
    if (!options.until.empty()) {
      const Result<UtcTime> until = day_option("--until", options.until);
      if (!until) return tl::unexpected(until.error());
      if (*until < *from) {
        return fail(ErrorCode::kNotFound, "--until: it ends on a day before that of --from");
      }
      licence.until = *until;
    }
    Confidential words;
    if (!options.file.empty()) {
      const auto file = run.environment.working_folder / options.file;
      if (auto read = add_document(file, licence, words); !read) {
        return tl::unexpected(read.error());
      }
    }
    return Deed{std::move(licence), std::move(words)};
  };
  return submit_act(run, options.act, make);
}

int merge(Invocation& run, const WorkOptions& options) {
  return submit_act(run, options.act,
                    [&options](const CaseBook& book, const Case* /*c*/) -> Result<Deed> {
                      const Result<const Case*> into = book.lookup(options.person);
                      if (!into) return tl::unexpected(into.error());
                      return Deed{Merged{(*into)->id}, {{"reason", options.text}}};
                    });
}

/// A verb whose act is made by `command`.
using WorkCommand = int (*)(Invocation& run, const WorkOptions& options);
std::shared_ptr<WorkOptions> bind(CLI::App& verb, Selection& selection, WorkCommand command) {
  auto options = std::make_shared<WorkOptions>();
  add_act_options(verb, options->act);
  verb.callback([options, &selection, command] {
    selection.command = [options, command](Invocation& run) { return command(run, *options); };
  });
  return options;
}

constexpr const char* kPrints = "Prints the entry, and what has become of the case.";

void add_assign(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(parent, "assign", "says who works on a case", kPrints,
                            "  tidewaiter case assign c-4f8e12ab --to jo-ng --as ada-byron");
  const auto options = bind(*verb, selection, &assign);
  verb->add_option("--to", options->person, "An officer or approver")
      ->type_name("HANDLE")
      ->required();
}

void add_comment(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(parent, "comment", "writes into a case", kPrints,
                            "  tidewaiter case comment c-4f8e12ab \"Asked the reseller\" --as "
                            "jo-ng");
  const auto options = bind(*verb, selection, &comment);
  verb->add_option("text", options->text, "What to write; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  verb->add_flag("--privileged", options->privileged,
                 "Counsel's: in no report, and in no export of the case");
}

void add_action(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "action", "records what was done elsewhere",
      "Prints the entry, and what has become of the case. Tidewaiter itself does nothing to "
      "accounts.",
      "  tidewaiter case action c-4f8e12ab \"Keys revoked\" --taken 2026-10-08T09:30Z --as jo-ng");
  const auto options = bind(*verb, selection, &action);
  verb->add_option("text", options->text, "What was done, and by whom")
      ->type_name("TEXT")
      ->required();
  verb->add_option("--taken", options->time, "When it was done (now)")->type_name("TIME");
}

void add_clock(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "clock", "starts a time limit from a dated event",
      "Prints the entry, and what has become of the case. Rules: ofac-report (ten business days,\n"
      "31 CFR 501.603 and 501.604), vsd-narrative (180 days, 15 CFR 764.5), and those of the\n"
      "house, days:N and business-days:N. The day of the event is not counted; business days are\n"
      "those of the United States' federal calendar, in UTC.",
      "  tidewaiter case clock c-4f8e12ab ofac-report --from 2026-10-05 --event \"Payment "
      "rejected\" --as jo-ng");
  const auto options = bind(*verb, selection, &start_clock);
  verb->add_option("rule", options->rule, "How long it is")->type_name("RULE")->required();
  verb->add_option("--from", options->time, "The day of the event")->type_name("DATE")->required();
  verb->add_option("--event", options->text, "What happened; no outsider reads it")
      ->type_name("TEXT")
      ->required();
}

void add_licence(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "licence", "records a licence or an exemption",
      "Prints the entry, and what has become of the case. Kinds: licence (given to somebody),\n"
      "general-licence (published, for whoever meets its terms), and exemption (none is needed).\n"
      "All but the file's name and place is open, in reports too: name nobody. `case show` and\n"
      "reports have it, and say so once its last day is over; whether it covers what was done is\n"
      "for counsel to say.",
      "  tidewaiter case licence c-4f8e12ab licence --authority BIS --number D1234567 \\\n"
      "      --from 2026-10-05 --until 2030-10-31 --file D1234567.pdf --as jo-ng\n"
      "  tidewaiter case licence c-4f8e12ab exemption --authority OFAC --number \"31 CFR "
      "560.210\" \\\n"
      "      --from 2026-10-05 --as jo-ng");
  const auto options = bind(*verb, selection, &record_licence);
  verb->add_option("kind", options->kind, "What it is")
      ->type_name("KIND")
      ->required()
      ->check(CLI::IsMember({"licence", "general-licence", "exemption"}));
  verb->add_option("--authority", options->authority, "Who gave it")->type_name("TEXT")->required();
  verb->add_option("--number", options->number, "Under which it is known there")
      ->type_name("TEXT")
      ->required();
  verb->add_option("--from", options->time, "The first day on which it holds")
      ->type_name("DATE")
      ->required();
  verb->add_option("--until", options->until, "The last one; left out where no end is known")
      ->type_name("DATE");
  verb->add_option("--file", options->file, "The document, up to 1 GiB: it stays where it is")
      ->type_name("FILE");
}

void add_merge(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "merge", "lets a case go on in another one",
      "Prints the entry, and what has become of the case. The other case gets its findings and\n"
      "all that was done about it; if it was decided, it is open again. Look at both: --seen is "
      "the\n"
      "greater of the numbers that `case show` gives for the two.",
      "  tidewaiter case merge c-4f8e12ab --into c-77ab0c12 --seen 19 --reason \"One operator\" "
      "--as jo-ng");
  const auto options = bind(*verb, selection, &merge);
  verb->add_option("--into", options->person, "The case that goes on")
      ->type_name("CASE")
      ->required();
  verb->add_option("--reason", options->text, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  add_seen_option(*verb, options->act);
}

}  // namespace

void add_case_work(CLI::App& verb, Selection& selection) {
  add_assign(verb, selection);
  add_comment(verb, selection);
  add_action(verb, selection);
  add_clock(verb, selection);
  add_licence(verb, selection);
  add_merge(verb, selection);
}

}  // namespace tidewaiter
