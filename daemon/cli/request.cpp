#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/cli/act_submission.h"
#include "daemon/cli/prose.h"
#include "daemon/cli/report_text.h"
#include "daemon/cli/request_text.h"
#include "daemon/cli/request_verbs.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/time_options.h"
#include "daemon/cli/verbs.h"
#include "policies/model/day_text.h"
#include "storage/ledger/short_id.h"
#include "storage/review/clock_rules.h"

namespace tidewaiter {
namespace {

struct RequestOptions {
  ActOptions act;
  std::string id;
  std::string from;
  std::string reference;
  std::string authority;
  std::string legal_basis;
  std::string asks;
  std::string document;
  std::string received;
  std::string rule;
  std::string due;
  std::string case_id;
  std::string report;
  std::string reason;
  bool refuse = false;
  bool taken_back = false;
};

/// Where a request stands after what was done about it.
int tell_request(Invocation& run, const std::string& id, bool json, const std::string& next = {}) {
  int status = 0;
  const auto found = find_request(run, id, status);
  if (!found) return status;
  const Confidential* const words = found->words ? &*found->words : nullptr;
  if (json) {
    print_json(run, {{"request", request_json(found->request, words, run.now())}});
    return code(ExitStatus::kOk);
  }
  run.out << painted("Request " + id, Tone::kStrong, run.terminal) << ": "
          << request_standing_text(found->request, run.now()) << '\n'
          << next;
  return code(ExitStatus::kOk);
}

/// Until when, by which rule, as far as anybody says.
Result<void> add_due(const RequestOptions& options, RequestReceived& received) {
  if (!options.due.empty()) {
    if (!options.rule.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  "--due is the day that the request states, --rule one that follows from when it "
                  "came: give one of them");
    }
    const Result<UtcTime> due = instant_of("--due", options.due);
    if (!due) return tl::unexpected(due.error());
    received.due = align_down(*due, kDay);
    received.rule = kStatedRule;
    return {};
  }
  if (options.rule.empty()) return {};
  const Result<ClockRule> rule = clock_rule(options.rule);
  if (!rule) return tl::unexpected(rule.error());
  received.rule = options.rule;
  received.due = due_day(*rule, received.received);
  return {};
}

Result<RequestReceived> received_of(Invocation& run, const Stores& stores,
                                    const RequestOptions& options) {
  RequestReceived received;
  received.received = align_down(run.now(), kDay);
  if (!options.received.empty()) {
    const Result<UtcTime> day = instant_of("--received", options.received);
    if (!day) return tl::unexpected(day.error());
    received.received = align_down(*day, kDay);
  }
  if (auto due = add_due(options, received); !due) return tl::unexpected(due.error());
  if (options.case_id.empty()) return received;
  const Result<CaseBook> cases = CaseBook::read(*stores.ledger);
  if (!cases) return tl::unexpected(cases.error());
  const Result<const Case*> found = cases->lookup(options.case_id);
  if (!found) return tl::unexpected(found.error());
  received.about = (*found)->id;
  return received;
}

int enter_request(Invocation& run, const RequestOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  Result<RequestReceived> received = received_of(run, *stores, options);
  if (!received) return fail_with(run, received.error());
  Confidential words{{"from", options.from}, {"authority", options.authority}};
  if (!options.reference.empty()) words["reference"] = options.reference;
  if (!options.legal_basis.empty()) words["legal_basis"] = options.legal_basis;
  if (!options.asks.empty()) words["asks"] = options.asks;
  if (!options.document.empty()) {
    const auto document = request_document(run, *stores, options.document);
    if (!document) return fail_with(run, document.error());
    put_document(*document, words);
  }
  Act act;
  act.case_id = new_short_id("q-");
  act.body = std::move(*received);
  const std::string id = act.case_id;
  const int done = hand_in(run, *stores, options.act, std::move(act), words, true);
  if (done != code(ExitStatus::kOk)) return done;
  return tell_request(run, id, options.act.json,
                      "next      `tidewaiter report new KIND --request " + id +
                          "`, or `tidewaiter request close " + id + " --refuse`\n");
}

int list_requests(Invocation& run, bool json) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const auto acts = recorded_acts(*stores->ledger);
  if (!acts) return fail_with(run, acts.error());
  const Result<ReportBook> reports = ReportBook::make(*acts);
  if (!reports) return fail_with(run, reports.error());
  const Result<RequestBook> book = RequestBook::make(*acts, *reports);
  if (!book) return fail_with(run, book.error());
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  TextTable table({{"request"},
                   {"received"},
                   {"from", false, true},
                   {"reference", false, true},
                   {"state", false, false, true}});
  for (const AuthorityRequest& request : book->requests()) {
    const auto words = confidential_of(stores->paths.folder, request.entered.act.act);
    if (!words) return fail_with(run, words.error());
    const Confidential* const told = *words ? &**words : nullptr;
    list.push_back(request_json(request, told, run.now()));
    const auto word = [told](const char* name) {
      return told != nullptr && told->contains(name) ? told->at(name) : std::string("-");
    };
    table.add_row({{request.id},
                   {day_text(request.received().received)},
                   {word("from")},
                   {word("reference")},
                   {request_standing_text(request, run.now()),
                    request.is_overdue(run.now()) ? Tone::kBad : Tone::kPlain}});
  }
  if (json) {
    print_json(run, {{"requests", list}});
  } else if (table.empty()) {
    run.out << "there are no requests: `tidewaiter request add --help`\n";
  } else {
    run.out << table.render(run.terminal);
  }
  return code(ExitStatus::kOk);
}

void print_request_words(Invocation& run, const FoundRequest& found) {
  if (!found.words) {
    print_prose(run, "  ", "Who asks, and for what, is erased, or not on this machine.", 2);
    return;
  }
  for (const auto& [label, name] :
       {std::pair("  from      ", "from"), std::pair("  reference ", "reference"),
        std::pair("  authority ", "authority"), std::pair("  law       ", "legal_basis"),
        std::pair("  asks      ", "asks")}) {
    constexpr std::size_t kLabel = 12;
    if (found.words->contains(name)) print_prose(run, label, found.words->at(name), kLabel);
  }
  const auto document = document_of(*found.words);
  if (!document) return;
  run.out << "  document  " << printable(document->name) << ", " << counted(document->bytes, "byte")
          << "\n            SHA-256 " << to_hex(document->sha256) << '\n';
}

/// How a person closed it, and why.
Result<void> print_request_end(Invocation& run, const FoundRequest& found) {
  if (!found.request.closed) return {};
  const Act& closed = found.request.closed->act.act;
  const auto words = confidential_of(found.stores->paths.folder, closed);
  if (!words) return tl::unexpected(words.error());
  run.out << "  closed    by " << printable(closed.by) << ", entry " << found.request.closed->index
          << ": " << request_end_name(std::get<RequestClosed>(closed.body).end);
  if (*words && (*words)->contains("reason")) run.out << ", " << printable((*words)->at("reason"));
  run.out << '\n';
  return {};
}

int show_request(Invocation& run, const RequestOptions& options) {
  int status = 0;
  const auto found = find_request(run, options.id, status);
  if (!found) return status;
  const AuthorityRequest& request = found->request;
  if (options.act.json) return tell_request(run, request.id, true);
  run.out << painted("Request " + request.id, Tone::kStrong, run.terminal) << '\n'
          << "  state     " << request_standing_text(request, run.now()) << '\n'
          << "  received  " << day_text(request.received().received) << ", entered by "
          << printable(request.entered.act.act.by) << ", entry " << request.entered.index << '\n';
  if (request.received().due) {
    run.out << "  due       " << day_text(*request.received().due) << ", by "
            << printable(request.received().rule) << '\n';
  }
  if (!request.received().about.empty()) {
    run.out << "  case      " << printable(request.received().about) << '\n';
  }
  print_request_words(run, *found);
  for (const ReportFile& report : found->reports.reports()) {
    if (report.drafted().request != request.id) continue;
    run.out << "  report    " << report.id << ", " << report_state_text(report) << '\n';
  }
  if (auto told = print_request_end(run, *found); !told) return fail_with(run, told.error());
  return code(ExitStatus::kOk);
}

int close_request(Invocation& run, const RequestOptions& options) {
  const int ends = static_cast<int>(!options.report.empty()) + static_cast<int>(options.refuse) +
                   static_cast<int>(options.taken_back);
  if (ends != 1) {
    return fail_with(run, ExitStatus::kUsage,
                     "expected one of --report, --refuse and --taken-back");
  }
  int status = 0;
  const auto found = find_request(run, options.id, status);
  if (!found) return status;
  RequestClosed closed;
  if (options.taken_back) closed.end = RequestEnd::kTakenBack;
  if (!options.report.empty()) {
    const Result<const ReportFile*> report = found->reports.lookup(options.report);
    if (!report) return fail_with(run, report.error());
    closed = {RequestEnd::kAnswered, (*report)->id};
  }
  Act act;
  act.case_id = found->request.id;
  act.body = std::move(closed);
  const int done =
      hand_in(run, *found->stores, options.act, std::move(act), {{"reason", options.reason}}, true);
  return done == code(ExitStatus::kOk) ? tell_request(run, found->request.id, options.act.json)
                                       : done;
}

void add_enter(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "add", "enters what an authority, or somebody else outside, asks for or orders",
      "Prints the request and until when it is to be answered. Who asks, for what, under which\n"
      "reference and on what authority is read by nobody outside: the ledger has a digest of it.\n"
      "With --document the entry has length and SHA-256 of the document by which they ask, sealed\n"
      "with the other words; the file itself is not kept: `case attach` keeps one.\n"
      "The last day follows from when it came by --rule, as those of `case clock` do, or is the\n"
      "one that the request states. Whether a rule applies is for counsel to say.",
      "  tidewaiter request add --from \"Agency, unit 4\" --authority \"court order\" --reference "
      "26-117 --due 2026-11-02 --as li-wei\n"
      "  tidewaiter request add --from Partner --authority consent --rule days:30 --received "
      "2026-10-01 --case c-4f8e12ab --as li-wei");
  auto options = std::make_shared<RequestOptions>();
  verb->add_option("--from", options->from, "Who asks: the recipient of what answers it")
      ->type_name("TEXT")
      ->required();
  verb->add_option("--authority", options->authority,
                   "On what authority: consent, request, subpoena, order, warrant")
      ->type_name("TEXT")
      ->required();
  verb->add_option("--legal-basis", options->legal_basis, "What law or contract it names")
      ->type_name("TEXT");
  verb->add_option("--reference", options->reference, "Its number with whoever asks")
      ->type_name("TEXT");
  verb->add_option("--asks", options->asks, "What for")->type_name("TEXT");
  verb->add_option("--document", options->document,
                   "The document by which they ask; its name, length and SHA-256 are recorded")
      ->type_name("FILE");
  verb->add_option("--received", options->received, "The day on which it came (today)")
      ->type_name("DAY");
  verb->add_option("--rule", options->rule, "What sets the last day: days:N, business-days:N, …")
      ->type_name("RULE");
  verb->add_option("--due", options->due, "The last day, as the request states it")
      ->type_name("DAY");
  verb->add_option("--case", options->case_id, "The case that it is about, where one is known")
      ->type_name("CASE");
  add_act_options(*verb, options->act, false);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return enter_request(run, *options); };
  });
}

void add_request_argument(CLI::App& verb, std::string& id) {
  verb.add_option("request", id, "The request: its id, or how it begins")
      ->type_name("REQUEST")
      ->required();
}

void add_close(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "close", "closes a request that no report of its own has answered",
      "Prints where the request stands. A report that was drawn with --request answers it when it\n"
      "is issued, and needs no closing. What is closed stays closed. Exit status 4 if the rules\n"
      "refuse it.",
      "  tidewaiter request close q-4f8e12ab --refuse --reason \"No order, and no consent\" --as "
      "li-wei\n"
      "  tidewaiter request close q-4f8e12ab --report r-09cd77e1 --reason \"Sent in May\" --as "
      "li-wei");
  auto options = std::make_shared<RequestOptions>();
  add_request_argument(*verb, options->id);
  verb->add_option("--report", options->report,
                   "An issued report answers it, which was drawn apart")
      ->type_name("REPORT");
  verb->add_flag("--refuse", options->refuse, "Nothing is given");
  verb->add_flag("--taken-back", options->taken_back, "Whoever asked does so no more");
  verb->add_option("--reason", options->reason, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  add_act_options(*verb, options->act, false);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return close_request(run, *options); };
  });
}

void add_list_and_show(CLI::App& parent, Selection& selection) {
  CLI::App* list = add_verb(parent, "list", "lists requests",
                            "Prints one row a request: who asks, and whether it was answered, by "
                            "which report, or until when it is to be.",
                            "  tidewaiter request list");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*list, *json);
  list->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return list_requests(run, *json); };
  });
  CLI::App* show = add_verb(parent, "show", "shows one request, and what became of it",
                            "Prints who asks for what, by when, which reports were drawn for it, "
                            "and how it ended.",
                            "  tidewaiter request show q-4f8e12ab");
  auto options = std::make_shared<RequestOptions>();
  add_request_argument(*show, options->id);
  add_json_flag(*show, options->act.json);
  show->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_request(run, *options); };
  });
}

}  // namespace

void add_request(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(
      app, "request", "the register of what authorities and others ask for",
      "Each request is an entry, and so is its end. A report that is drawn for it answers it when "
      "it\nis issued; `tidewaiter status` names those that are overdue.",
      "");
  verb->require_subcommand(1);
  add_enter(*verb, selection);
  add_list_and_show(*verb, selection);
  add_close(*verb, selection);
  add_request_check(*verb, selection);
}

}  // namespace tidewaiter
