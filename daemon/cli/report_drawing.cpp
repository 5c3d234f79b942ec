#include "daemon/cli/report_drawing.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/people.h"
#include "daemon/app/report_folder.h"
#include "daemon/app/sealed_act.h"
#include "daemon/app/state.h"
#include "daemon/cli/cluster_changes.h"
#include "daemon/cli/evidence_view.h"
#include "daemon/cli/listed_material.h"
#include "daemon/cli/member_material.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/report_form.h"
#include "daemon/cli/report_material.h"
#include "daemon/cli/report_text.h"
#include "daemon/cli/request_text.h"
#include "daemon/cli/sealed_submission.h"
#include "daemon/cli/time_options.h"
#include "daemon/report/elements.h"
#include "daemon/report/print_page.h"
#include "daemon/report/site_template_files.h"
#include "storage/ledger/short_id.h"
#include "storage/review/act_rules.h"
#include "storage/review/case_clocks.h"
#include "storage/review/report_changes.h"
#include "storage/review/tlp_marking.h"
#include "storage/verify/bag_manifest.h"

namespace tidewaiter {
namespace {

std::string stated_names() {
  std::string names;
  for (const ReportElement& element : report_elements()) {
    if (element.stated) names += (names.empty() ? "" : ", ") + std::string(element.name);
  }
  return names;
}

/// What the author says, by element.
Result<std::map<std::string, std::string>> statements_of(const ReportToDraw& options) {
  std::map<std::string, std::string> said = options.inherited;
  for (const std::string& one : options.said) {
    const std::size_t equals = one.find('=');
    const ReportElement* const element = report_element(one.substr(0, equals));
    if (equals == std::string::npos || element == nullptr || !element->stated) {
      return fail(ErrorCode::kNotFound, "--say: expected ELEMENT=TEXT, with an element of " +
                                            stated_names() + "; got `" + one + "`");
    }
    said[std::string(element->name)] = one.substr(equals + 1);
  }
  if (!options.recipient.empty()) said["recipient"] = options.recipient;
  if (!options.authority.empty()) said["authority"] = options.authority;
  if (!options.legal_basis.empty()) said["legal_basis"] = options.legal_basis;
  return said;
}

Result<std::optional<Interval>> period_of(const std::string& text) {
  if (text.empty()) return std::optional<Interval>();
  const std::size_t between = text.find("..");
  if (between == std::string::npos) {
    return fail(ErrorCode::kNotFound,
                "--period: expected FROM..TO, as in 2026-10-01..2026-11-01; got `" + text + "`");
  }
  const Result<UtcTime> from = instant_of("--period", text.substr(0, between));
  if (!from) return tl::unexpected(from.error());
  const Result<UtcTime> to = instant_of("--period", text.substr(between + 2));
  if (!to) return tl::unexpected(to.error());
  if (!(*from < *to)) return fail(ErrorCode::kNotFound, "--period: it ends before it begins");
  return std::optional(Interval{*from, *to});
}

/// Kind, statements and period, as far as they fit each other; settle_form() does the rest.
Result<ReportRequest> request_of(Invocation& run, const ReportToDraw& options) {
  ReportRequest request;
  request.id = new_short_id("r-");
  request.kind = report_kind(options.kind);
  const bool of_case = request.kind->scope == ReportScope::kCase;
  if (of_case == options.case_id.empty()) {
    return fail(ErrorCode::kNotFound, "a report of kind `" + options.kind + "` needs " +
                                          (of_case ? "--case" : "--period, and no --case"));
  }
  auto said = statements_of(options);
  if (!said) return tl::unexpected(said.error());
  request.statements = std::move(*said);
  const auto period = period_of(options.period);
  if (!period) return tl::unexpected(period.error());
  request.period = *period;
  if (!of_case && !request.period) {
    return fail(ErrorCode::kNotFound, "a report of kind `" + options.kind + "` needs --period");
  }
  request.answers = options.request;
  request.now = run.now();
  return request;
}

std::optional<ReportFollows> follows_of(const Report& report) {
  if (!report.follows) return std::nullopt;
  const bool corrects = report.follows->as == following_name(FollowingAs::kCorrects);
  return ReportFollows{corrects ? FollowingAs::kCorrects : FollowingAs::kSupplements,
                       report.follows->report, report.follows->manifest};
}

std::optional<std::int64_t> clock_entry(const Report& report) {
  return report.deadline ? std::optional(report.deadline->entry) : std::nullopt;
}

Act draft_act(const Report& report, const ReportKind& kind, const ReportFiles& files) {
  Act act;
  act.case_id = report.id;
  act.body = ReportDrafted{report.kind,        report.case_id,           report.period.from,
                           report.period.to,   report.profile,           report.handling,
                           kind.counsel,       gaps_of(report.elements), sha256(manifest_of(files)),
                           follows_of(report), report.request,           clock_entry(report)};
  return act;
}

/// Whether whoever draws it may read names in records, where the profile would let them through.
Result<bool> may_read_names(const Stores& stores, const ReportRequest& request) {
  if (!request.profile->subjects) return false;
  const auto enrolled = people(stores.paths.folder);
  if (!enrolled) return tl::unexpected(enrolled.error());
  return std::ranges::any_of(*enrolled, [&request](const Person& person) {
    return person.handle == request.author && role_may(person.role, "evidence.viewed");
  });
}

/// Whether records have something of accounts that hit somebody who is listed.
Result<bool> has_names_in_records(const Stores& stores, const Case& about,
                                  const std::optional<Interval>& period) {
  const auto listings = listed_material(stores, findings_drawn(about, period));
  if (!listings) return tl::unexpected(listings.error());
  return std::ranges::any_of(*listings, [](const auto& one) {
    return !one.second.parties.empty() || !one.second.grounds.empty();
  });
}

/// Who looks at evidence is in the ledger before it is drawn. Gives the exit status.
int record_names_read(Invocation& run, const Stores& stores, const ActOptions& options,
                      const Case& about) {
  return record_look(run, stores, options, {about.id, about.standing_findings(), 0});
}

/// All that a report says of the ledger comes from one reading. The entries are counted before it:
/// what is appended meanwhile may be in the book, is no part of what was seen, and lets the rules
/// refuse the draft if it is about the case.
struct ReadLedger {
  std::int64_t entries = 0;
  CaseBook book;
};

Result<ReadLedger> read_ledger(const Stores& stores) {
  const auto head = stores.ledger->head();
  if (!head) return tl::unexpected(head.error());
  Result<CaseBook> book = CaseBook::read(*stores.ledger);
  if (!book) return tl::unexpected(book.error());
  return ReadLedger{head->size, std::move(*book)};
}

/// The case that the options name, or in which the earlier report's goes on; null where they name
/// none.
Result<const Case*> case_meant(const CaseBook& book, const ReportToDraw& options) {
  if (options.case_id.empty()) return Result<const Case*>(nullptr);
  return book.lookup(options.earlier ? goes_on_in(options.case_id, book) : options.case_id);
}

/// What the author wrote of an earlier report into the new one. Of one that was not issued it is
/// drawn all the same: the rules refuse it, and the attempt is recorded.
ReportedFollowing following_of(const ReportToDraw::Earlier& earlier, const CaseBook& book) {
  const ReportFile& report = earlier.report;
  const RecordedAct& issued = report.issued ? *report.issued : report.draft;
  ReportedFollowing follows;
  follows.as = following_name(earlier.as);
  follows.report = report.id;
  follows.handling = report.drafted().handling;
  follows.manifest = report.drafted().manifest;
  follows.drawn = earlier.drawn.drawn;
  follows.issued = issued.recorded;
  follows.issued_entry = issued.index;
  follows.why = earlier.why;
  // Findings that were restated or erased may have left less to cover.
  if (earlier.as == FollowingAs::kCorrects) {
    follows.covered = Interval{report.drafted().from, report.drafted().to};
  }
  for (const ChangedFinding& one : changed_findings(earlier.drawn.findings, FindingPlaces(book))) {
    follows.changes.push_back(
        {one.id, std::string(finding_change_name(one.change)), one.was, one.is});
  }
  return follows;
}

/// Reads the ledger, and with the entry of who looks at names, where a report about the case has
/// any. The status to end with where there is none.
std::optional<int> read_ledger_to_draw(Invocation& run, const Stores& stores,
                                       const ReportToDraw& options, ReportRequest& request,
                                       Result<ReadLedger>& read) {
  read = read_ledger(stores);
  if (!read) return fail_with(run, read.error());
  const Result<const Case*> about = case_meant(read->book, options);
  if (!about) return fail_with(run, about.error());
  const Result<bool> may = may_read_names(stores, request);
  if (!may) return fail_with(run, may.error());
  request.sees_evidence = *may;
  if (!*may || *about == nullptr) return std::nullopt;
  const Result<bool> names = has_names_in_records(stores, **about, request.period);
  if (!names) return fail_with(run, names.error());
  if (!*names) return std::nullopt;
  const int recorded = record_names_read(run, stores, options.act, **about);
  if (recorded != code(ExitStatus::kOk)) return recorded;
  read = read_ledger(stores);
  return read ? std::nullopt : std::optional(fail_with(run, read.error()));
}

/// The clock of the case by which the report is due; where options do not name one that fits there
/// is an error.
Result<std::optional<CaseClock>> clock_meant(const Stores& stores, const CaseBook& book,
                                             const Case* about, const ReportKind& kind,
                                             const ReportToDraw& options) {
  std::string wanted = options.clock;
  if (wanted.empty() && options.earlier && about != nullptr) {
    const auto same = clock_of_report(options.earlier->report, *about);
    if (same) wanted = std::to_string(*same);
  }
  if (about == nullptr) return clock_for_report({}, kind, wanted);
  const Result<ReportBook> reports = ReportBook::read(*stores.ledger);
  if (!reports) return tl::unexpected(reports.error());
  return clock_for_report(clocks_of(*about, book, *reports), kind, wanted);
}

/// The document by which the request was made that the report answers, where it is known.
Result<void> add_request_document(const Stores& stores, ReportRequest& request) {
  if (request.answers.empty()) return {};
  const auto document = document_of_request(stores, request.answers);
  if (!document) return tl::unexpected(document.error());
  if (*document) {
    request.document = ReportedDocument{(*document)->name, (*document)->bytes, (*document)->sha256};
  }
  return {};
}

/// The page as PDF beside the page, where it can be printed; people are told why where it cannot.
void print_report(Invocation& run, const Report& report, ReportFiles& files) {
  ProgressLine progress(run.err, run.terminal);
  progress.show("printing the page as PDF");
  Result<std::string> pdf =
      print_page(files.at(std::string(kReportPageFile)), report.id, report.drawn);
  progress.clear();
  if (pdf) {
    files.emplace(kPrintedReportFile, std::move(*pdf));
  } else {
    run.err << "tidewaiter: warning: the report has no PDF: " << printable(pdf.error().message)
            << '\n';
  }
}

/// The site's own words; the status to end with where a template cannot be used.
std::optional<int> add_site_words(Invocation& run, const Config& config, Report& report) {
  std::vector<Diagnostic> faults;
  const auto templates =
      read_site_templates(config.base / kSiteTemplatesFolder, report.kind, faults);
  if (!faults.empty()) {
    print_diagnostics(run.err, faults);
    return code(ExitStatus::kConfiguration);
  }
  const Result<void> worded = put_site_words(report, templates);
  return worded ? std::nullopt : std::optional(fail_with(run, worded.error()));
}

/// What of clusters the report is drawn from: of a case about one its accounts, of a period that is
/// summed up what became of all. The status to end with where the ledger cannot be read.
std::optional<int> add_clusters(Invocation& run, const Stores& stores, const CaseBook& book,
                                const ReportRequest& request, ReportMaterial& material) {
  if (material.about != nullptr) {
    auto cluster = cluster_of_case(run, stores, book, *material.about);
    if (!cluster) return std::nullopt;
    material.cluster = std::move(cluster->graph);
    material.members = std::move(cluster->members);
    return std::nullopt;
  }
  if (request.kind->screening) return std::nullopt;
  auto clusters = clusters_of_period(run, stores, book, material.ledger_entries, *request.period);
  if (!clusters) return fail_with(run, clusters.error());
  material.clusters = std::move(*clusters);
  return std::nullopt;
}

/// What the draft is sealed with: why it follows another report, and the accounts that it names.
/// Empty where there is neither. Errors: kInvalidInput for what has no JSON form.
Result<std::string> sealed_words(const Report& report) {
  Confidential words;
  if (report.follows) words["reason"] = report.follows->why;
  if (auto members = members_word(report.members)) {
    words[std::string(kMembersWord)] = std::move(*members);
  }
  return words.empty() ? Result<std::string>(std::string()) : seal_words(words);
}

void add_cover_options(CLI::App& verb, ReportToDraw& options) {
  std::vector<std::string> profiles;
  for (const RedactionProfile& profile : redaction_profiles()) profiles.emplace_back(profile.name);
  verb.add_option("--period", options.period,
                  "What it covers: FROM..TO, times or dates; of a case all of it if left out")
      ->type_name("PERIOD");
  verb.add_option(
          "--profile", options.profile,
          "What it lets through: facts, or subjects (that of the recipient, else of the kind)")
      ->type_name("PROFILE")
      ->check(CLI::IsMember(profiles));
  verb.add_option("--handling", options.handling,
                  "Who may read it, by TLP 2.0 (that of the recipient, else TLP:AMBER)")
      ->type_name("MARKING")
      ->check(CLI::IsMember(tlp_names()));
  verb.add_option("--clock", options.clock,
                  "Which clock of the case it is due by: its entry, as `case show` has it, or its "
                  "rule; for several that are open")
      ->type_name("CLOCK");
  verb.add_flag("--no-pdf", options.no_pdf,
                "Prints no PDF, which takes seconds, and minutes of thousands of findings");
}

void add_statement_options(CLI::App& verb, ReportToDraw& options) {
  CLI::Option* const to =
      verb.add_option(
              "--for", options.to,
              "To whom it goes: a recipient of report-recipients.yaml, with what it is given")
          ->type_name("RECIPIENT");
  verb.add_option("--recipient", options.recipient,
                  "To whom it goes, in words; those of a recipient in that file mean it")
      ->type_name("TEXT")
      ->excludes(to);
  verb.add_option("--authority", options.authority,
                  "On what authority: consent, request, subpoena, order, own right")
      ->type_name("TEXT");
  verb.add_option("--legal-basis", options.legal_basis, "What law or contract lets it be given")
      ->type_name("TEXT");
  verb.add_option(
          "--say", options.said,
          "Another element that only a person can say, as in harm=TEXT; `unknown` says that "
          "nobody knows; repeated for several")
      ->type_name("ELEMENT=TEXT");
}

}  // namespace

int draw_report_anew(Invocation& run, const ReportToDraw& options) {
  Result<ReportRequest> request = request_of(run, options);
  if (!request) return fail_with(run, request.error());
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<std::string> author = acting_handle(run, *stores, options.act);
  if (!author) return fail_with(run, author.error());
  request->author = *author;
  if (const auto told = settle_form(run, stores->config, options, *request)) return *told;
  Result<ReadLedger> read = ReadLedger();
  if (const auto ended = read_ledger_to_draw(run, *stores, options, *request, read)) return *ended;
  const CaseBook& book = read->book;
  const Result<const Case*> found = case_meant(book, options);
  if (!found) return fail_with(run, found.error());
  const Case* const about = *found;
  auto clock = clock_meant(*stores, book, about, *request->kind, options);
  if (!clock) return fail_with(run, clock.error());
  request->clock = std::move(*clock);
  if (options.earlier) request->follows = following_of(*options.earlier, book);
  if (const auto told = add_request_document(*stores, *request); !told) {
    return fail_with(run, told.error());
  }
  Result<ReportMaterial> material = report_material(*stores, book, read->entries, about,
                                                    request->period, *request->kind, request->now);
  if (!material) return fail_with(run, material.error());
  if (const auto failed = add_clusters(run, *stores, book, *request, *material)) return *failed;
  Report report = draw_report(*request, *material);
  if (const auto told = add_site_words(run, stores->config, report)) return *told;
  const auto disclosures = report_disclosures(*stores, report, *request);
  if (!disclosures) return fail_with(run, disclosures.error());
  const Result<std::string> sealed = sealed_words(report);
  if (!sealed) return fail_with(run, sealed.error());
  ReportFiles files = report_files(report, *disclosures, *sealed);
  if (!options.no_pdf) print_report(run, report, files);
  if (const auto made = make_state_folder(reports_folder(stores->paths.folder)); !made) {
    return fail_with(run, made.error());
  }
  // Before the act: an entry whose report nobody has would be worse than a folder without an entry.
  if (const auto written = write_report_files(draft_folder(*stores, report.id), files); !written) {
    return fail_with(run, written.error());
  }
  ActOptions act = options.act;
  act.seen = material->ledger_entries;
  const int done =
      hand_in_sealed(run, *stores, act, draft_act(report, *request->kind, files), *sealed, true);
  if (done != code(ExitStatus::kOk)) return done;
  if (report.policy_mode == kUnsignedPolicyMode) {
    run.err << "tidewaiter: warning: the site is in unsigned policy mode, as the report says: none "
               "is issued until two people may sign policies\n";
  }
  return tell_report(run, report.id, options.act.json,
                     "next      `tidewaiter report check " + report.id +
                         "`; then another person: `tidewaiter report approve " + report.id + "`\n");
}

void add_drawing_options(CLI::App& verb, ReportToDraw& options) {
  add_cover_options(verb, options);
  add_statement_options(verb, options);
  add_act_options(verb, options.act, false);
}

}  // namespace tidewaiter
