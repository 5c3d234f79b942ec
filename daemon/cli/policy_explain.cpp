#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/clearance_standing.h"
#include "daemon/cli/evidence_view.h"
#include "daemon/cli/explained_records.h"
#include "daemon/cli/explanation_report.h"
#include "daemon/cli/finding_lookup.h"
#include "daemon/cli/history_choice.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/set_to_try.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/subject_search.h"
#include "daemon/cli/time_options.h"
#include "daemon/cli/verbs.h"
#include "policies/authoring/backtest.h"
#include "policies/engine/test_log.h"
#include "policies/language/cleared_policies.h"

namespace tidewaiter {
namespace {

struct ExplainOptions {
  std::string what;  ///< a finding's id, or a policy's id or file
  std::vector<std::string> policies;
  std::string subject;
  std::string event;  ///< a record as JSON, in place of any history
  std::string at;
  TimeOptions times;
  HistoryOptions history;
  bool records = false;
  bool json = false;
};

/// What is to be explained.
struct Question {
  Policy policy;
  std::string subject;
  std::optional<Interval> asked;
  std::shared_ptr<const PolicySet> others;  ///< whose findings it reads
  std::string finding = {};                 ///< id of the one that is asked about; empty: none is
};

Result<std::optional<Interval>> asked_interval(const ExplainOptions& options) {
  if (options.at.empty()) return interval_of(options.times);
  const Result<UtcTime> at = instant_of("--at", options.at);
  if (!at) return tl::unexpected(at.error());
  return Interval{*at, *at + Duration{1}};
}

/// The policy that the command line names: the only one of a file, or one of the set by its id.
Result<Policy> named_policy(Invocation& run, const ExplainOptions& options,
                            std::shared_ptr<const PolicySet>& others) {
  std::vector<std::string> paths = options.policies;
  std::error_code failure;  // of a name that cannot be a file's: then it is an id
  const bool is_file =
      std::filesystem::exists(run.environment.working_folder / options.what, failure);
  if (is_file) paths = {options.what};
  const Result<PolicyFiles> files = policy_files(run, paths);
  if (!files) return tl::unexpected(files.error());
  if (has_errors(files->loaded.diagnostics)) {
    print_diagnostics(run.err, files->loaded.diagnostics);
    return fail(ErrorCode::kInvalidInput, "the policies have errors: nothing was explained");
  }
  const Result<PolicySet> tried = set_to_try(run, files->texts, files->loaded);
  if (!tried) return tl::unexpected(tried.error());
  const std::vector<Policy>& all = tried->policies;
  others = tried_policies(*tried);
  if (is_file && all.size() == 1) return all.front();
  const auto found = std::ranges::find(all, options.what, &Policy::id);
  if (found != all.end()) return *found;
  std::string ids;
  for (const Policy& policy : all) ids += (ids.empty() ? "" : ", ") + policy.id;
  return fail(ErrorCode::kNotFound, is_file
                                        ? "`" + options.what + "` holds several policies (" + ids +
                                              "): name one by its id, and the file with --policies"
                                        : "there is no policy `" + options.what + "` among " +
                                              (ids.empty() ? "none" : ids));
}

Result<Question> question_of_policy(Invocation& run, const ExplainOptions& options) {
  Result<std::optional<Interval>> asked = asked_interval(options);
  if (!asked) return tl::unexpected(asked.error());
  std::shared_ptr<const PolicySet> others;
  Result<Policy> policy = named_policy(run, options, others);
  if (!policy) return tl::unexpected(policy.error());
  return Question{std::move(*policy), options.subject, *asked, std::move(others)};
}

/// The finding's policy as it was when its figures were stated, and the windows around its run.
Result<Question> question_of_finding(const Stores& stores, const std::string& id) {
  const Result<FindingState> finding = find_finding(*stores.ledger, id);
  if (!finding) return tl::unexpected(finding.error());
  if (finding->subject.empty()) {
    return fail(ErrorCode::kNotFound,
                "the subject of the finding is erased: nothing is left to "
                "explain it by");
  }
  Result<StatedPolicy> policy = stated_policy(stores, *finding);
  if (!policy) return tl::unexpected(policy.error());
  if (!policy->text) {
    return fail(ErrorCode::kNotFound,
                "the policy under which the finding was stated is not stored, or cannot be read "
                "any more: `tidewaiter finding show` tells what is left");
  }
  return Question{std::move(*policy->text), finding->subject, finding->run, policy->set,
                  finding->id};
}

std::string fields_text(const std::vector<FieldId>& ids) {
  std::string text;
  for (const FieldId id : ids) {
    text += (text.empty() ? "`" : ", `") + std::string(field(id).name) + "`";
  }
  return text;
}

/// The event as a log of its own, whose sources are done with its time. What an event need not say
/// is what the policy reads, and now.
Result<TestLog> log_of_event(const Policy& policy, const std::string& text, UtcTime now) {
  const auto event = nlohmann::json::parse(text, nullptr, false);
  if (!event.is_object()) {
    return fail(ErrorCode::kInvalidInput,
                "--event is not a JSON object: write a record as in `--event "
                "'{\"account\": \"7\", \"model\": \"large\"}'`");
  }
  // Put in front of what was written, which the reader then judges as it stands.
  std::string given;
  const auto give = [&](const char* name, std::string_view value) {
    if (event.contains(name)) return;
    given +=
        (given.empty() ? "\"" : ",\"") + std::string(name) + "\":\"" + std::string(value) + "\"";
  };
  give("kind", kind_name(policy.reads));
  give("time", format_time(now));
  give("source", "event");
  if (!given.empty() && !event.empty()) given += ",";
  std::string line = text;
  line.insert(line.find('{') + 1, given);
  PolicyTest test;
  test.inline_lines = {std::move(line)};
  Result<TestLog> first = make_test_log(policy, test, {});
  if (!first) return first;
  const Record& record = first->records.front();
  const Duration around = longest_span(policy.window, 2);
  test.covered_from = UtcTime{record.time.us - around.us};
  test.drained_to = record.end() + around;
  return make_test_log(policy, test, {});
}

/// Whether the log has nothing at all of the subject: it is likely to be misspelt.
bool is_unheard_of(const Policy& policy, const Explanation& e) {
  const bool no_record =
      std::ranges::all_of(e.records, [](std::int64_t count) { return count == 0; });
  return no_record && e.outside_time == 0 && e.part_of.empty() && e.steps.empty() &&
         !(policy.linkage && e.is_named);
}

Error unheard_of(const Question& question, const History& history, const HistoryWatch& watch) {
  std::string message = "no record names the subject `" + question.subject + "`";
  if (const auto meant = subject_meant(question.policy, question.subject, history, watch)) {
    message += "; did you mean `" + *meant + "`?";
  }
  return {ErrorCode::kNotFound, message};
}

/// The clearances that the grounds name, with who gave them and why, as the ledger of the
/// configuration has it. The policy was given them from there.
std::vector<WordedClearance> clearances_named(Invocation& run, const Policy& policy,
                                              const Explanation& explanation) {
  std::vector<WordedClearance> named;
  if (cleared_names_of(policy) == nullptr) return named;
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return named;
  Result<std::vector<WordedClearance>> all = worded_clearances(*stores);
  if (!all) return named;
  for (WordedClearance& one : *all) {
    const bool is_named =
        std::ranges::any_of(explanation.grounds.lines, [&one](const std::string& line) {
          return line.find(one.clearance.id) != std::string::npos;
        });
    if (is_named) named.push_back(std::move(one));
  }
  return named;
}

int print_explanation(Invocation& run, const ExplainOptions& options, const Policy& policy,
                      const Explanation& explanation) {
  const std::vector<WordedClearance> cleared = clearances_named(run, policy, explanation);
  if (options.json) {
    nlohmann::ordered_json document = explanation_json(policy, explanation, options.records);
    document["clearances"] = nlohmann::ordered_json::array();
    for (const WordedClearance& one : cleared) {
      document["clearances"].push_back(clearance_json(one, {}));
    }
    print_json(run, document);
    return code(ExitStatus::kOk);
  }
  run.out << explanation_text(policy, explanation, options.records, run.terminal);
  if (!cleared.empty()) {
    run.out << '\n' << painted("Cleared by people", Tone::kStrong, run.terminal) << '\n';
  }
  for (const WordedClearance& one : cleared) run.out << clearance_page(one, {}, run.terminal);
  if (options.records) run.out << explained_records_text(policy, explanation, run.terminal);
  return code(ExitStatus::kOk);
}

/// The case that has the finding. Where it was merged into another one that is the other.
Result<std::string> case_of(const Stores& stores, const std::string& finding) {
  const Result<CaseBook> book = CaseBook::read(*stores.ledger);
  if (!book) return tl::unexpected(book.error());
  for (const Case& c : book->cases()) {
    if (c.finding(finding) != nullptr && c.state != CaseState::kMerged) return c.id;
  }
  return fail(ErrorCode::kNotFound, "no case has the finding `" + finding + "`");
}

/// Who is about to be shown stored records is in the ledger first. Gives the exit status.
int record_look_at_inputs(Invocation& run, const ExplainOptions& options, const Question& question,
                          const Explanation& explanation) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  EvidenceLook look;
  look.at = "records of " + question.subject + ", by policy " + question.policy.id;
  if (question.finding.empty()) {
    look.records = options.json ? count_in_windows(explanation) : count_listed(explanation);
    return record_look(run, *stores, look);
  }
  const Result<std::string> its_case = case_of(*stores, question.finding);
  if (!its_case) return fail_with(run, its_case.error());
  look.case_id = *its_case;
  look.findings = 1;
  look.at = "all records of finding " + question.finding;
  return record_look(run, *stores, look);
}

int tell(Invocation& run, const ExplainOptions& options, const Question& question,
         const History& history, const HistoryWatch& watch, ProgressLine& progress) {
  Explainer explainer(question.policy, question.subject, question.asked, history.dropped_before(),
                      question.others);
  auto read = history.read(
      watch, [&explainer](std::span<const LogEntry> entries) { explainer.take(entries); });
  progress.clear();
  if (!read) return fail_with(run, read.error());
  const Result<Explanation> explanation = explainer.explain();
  if (!explanation) return fail_with(run, explanation.error());
  if (!options.subject.empty() && is_unheard_of(explainer.policy(), *explanation)) {
    const Error error = unheard_of(question, history, watch);
    progress.clear();
    return fail_with(run, error);
  }
  // Files that somebody names are theirs to read.
  if (options.records && options.history.over.empty()) {
    const int recorded = record_look_at_inputs(run, options, question, *explanation);
    if (recorded != code(ExitStatus::kOk)) return recorded;
  }
  return print_explanation(run, options, explainer.policy(), *explanation);
}

/// One record that was given on the command line, told as if its time were over.
int explain_event(Invocation& run, const ExplainOptions& options) {
  std::shared_ptr<const PolicySet> others;
  const Result<Policy> policy = named_policy(run, options, others);
  if (!policy) return fail_with(run, policy.error());
  const Result<TestLog> log = log_of_event(*policy, options.event, run.now());
  if (!log) return fail_with(run, ExitStatus::kUsage, to_text(log.error()));
  const Record& record = log->records.front();
  const std::optional<Subject> subject = record_subject(record, policy->for_each);
  if (!subject) {
    return fail_with(run, ExitStatus::kUsage,
                     "the event lacks a field of `for_each`, by which a finding names its "
                     "subject: " +
                         fields_text(policy->for_each));
  }
  Explainer explainer(*policy, to_text(*subject), std::nullopt, std::nullopt, others);
  explainer.take(log->entries);
  const Result<Explanation> explanation = explainer.explain();
  if (!explanation) return fail_with(run, explanation.error());
  return print_explanation(run, options, explainer.policy(), *explanation);
}

int explain_finding(Invocation& run, const ExplainOptions& options, const HistoryWatch& watch,
                    ProgressLine& progress) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<Question> question = question_of_finding(*stores, options.what);
  if (!question) return fail_with(run, question.error());
  const Result<std::unique_ptr<History>> history =
      stored_history(*stores->records, stores->paths.records.string());
  if (!history) return fail_with(run, history.error());
  return tell(run, options, *question, **history, watch, progress);
}

/// Without --subject WHAT is a finding's id. Whoever names a policy so, or another history, means a
/// subject, and has not said whom.
std::optional<std::string> missing_subject(const Invocation& run, const ExplainOptions& options) {
  constexpr const char* kHow = ": name whom to explain with --subject, as in `--subject ";
  constexpr const char* kExample = "account:file/7`";
  std::error_code failure;
  if (std::filesystem::exists(run.environment.working_folder / options.what, failure)) {
    return "`" + options.what + "` is a file of policies" + kHow + kExample;
  }
  if (!options.history.over.empty() || !options.policies.empty()) {
    return std::string("a finding's id is looked for in the ledger, not ") +
           (options.history.over.empty() ? "with --policies" : "with --over") + kHow + kExample;
  }
  const bool is_id = options.what.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_id) return std::nullopt;
  return "`" + options.what + "` is no finding's id, which is of hexadecimal digits; of a policy" +
         std::string(kHow).substr(1) + kExample;
}

int explain(Invocation& run, const ExplainOptions& options) {
  if (!options.event.empty()) return explain_event(run, options);
  if (options.subject.empty()) {
    if (const auto missing = missing_subject(run, options)) {
      return fail_with(run, ExitStatus::kUsage, *missing);
    }
  }
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  const HistoryWatch watch{interrupt.token(),
                           [&progress](const CycleProgress& p) { progress.show(p); }, run.now};
  if (options.subject.empty()) return explain_finding(run, options, watch, progress);
  const Result<Question> question = question_of_policy(run, options);
  if (!question) return fail_with(run, question.error());
  PolicySet one;
  one.policies = {question->policy};
  const Result<ChosenHistory> chosen = choose_history(run, options.history, one, watch);
  progress.clear();
  if (!chosen) return fail_with(run, chosen.error());
  warn_of_bad_lines(run, *chosen);
  return tell(run, options, *question, *chosen->history, watch, progress);
}

}  // namespace

void add_policy_explain(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "explain", "says why a finding was made, or why a subject was not reported",
      "Prints what the engine makes of the subject's records: the windows, the one that holds or\n"
      "came nearest, each clause of report_when with its figures and by how much it failed, and\n"
      "which records counted, did not, or could not be told, and why. Without --subject, WHAT is\n"
      "a finding's id; with it, or with --event, a policy's id or file. docs/backtest.md has\n"
      "worked examples. With --records of what is stored, who looks is an entry of the ledger\n"
      "first, and exit status 4 if the rules refuse it.",
      "  tidewaiter --as jo-ng policy explain 4f8e12ab --records\n"
      "  tidewaiter policy explain demo.burst --subject account:gateway/7 --at 2026-01-05\n"
      "  tidewaiter policy explain drafts/burst.yaml --subject account:file/7 --over usage.jsonl\n"
      "  tidewaiter policy explain drafts/burst.yaml --event '{\"account\": \"7\"}'");
  auto options = std::make_shared<ExplainOptions>();
  verb->add_option("what", options->what, "A finding's id, or a policy's id or file")
      ->type_name("WHAT")
      ->required();
  verb->add_option("--subject", options->subject, "The subject, as findings name it")
      ->type_name("TEXT");
  CLI::Option* event =
      verb->add_option("--event", options->event,
                       "Explain this one record, a JSON object, in place of a history")
          ->type_name("JSON");
  verb->add_option("--policies", options->policies,
                   "Look for the policy in this file, folder or glob; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(false);
  CLI::Option* at = verb->add_option("--at", options->at, "Look at the windows that hold this time")
                        ->type_name("TIME");
  add_time_options(*verb, options->times, "Look at windows that reach to times");
  at->excludes(verb->get_option("--from"))->excludes(verb->get_option("--to"));
  add_history_options(*verb, options->history);
  for (const char* other : {"--subject", "--at", "--from", "--to", "--over"}) {
    event->excludes(verb->get_option(other));
  }
  verb->add_flag("--records", options->records,
                 "List every record of the windows that hold, or of the nearest one");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return explain(run, *options); };
  });
}

}  // namespace tidewaiter
