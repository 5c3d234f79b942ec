#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/people.h"
#include "daemon/cli/address_status.h"
#include "daemon/cli/configured_lists.h"
#include "daemon/cli/coverage_text.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/footprint_text.h"
#include "daemon/cli/list_use.h"
#include "daemon/cli/notify_verbs.h"
#include "daemon/cli/report_standing.h"
#include "daemon/cli/request_text.h"
#include "daemon/cli/source_text.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/supply_text.h"
#include "daemon/cli/timestamp_standing.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/witnessed.h"
#include "daemon/pipeline/coverage_json.h"
#include "storage/evidence/vault.h"
#include "storage/ledger/publication.h"
#include "storage/review/case_book.h"
#include "storage/review/clearance_book.h"
#include "storage/review/erasure_book.h"

namespace tidewaiter {
namespace {

/// Cases with something in them, by state.
struct CaseCounts {
  std::int64_t open = 0;
  std::int64_t proposed = 0;
  std::int64_t closed = 0;
};

/// Holds that keep somebody, and erasures that are not executed.
struct PartyCounts {
  std::int64_t holds = 0;
  std::int64_t asked = 0;
  std::int64_t approved = 0;
};

/// Clearances of names, by what people did.
struct ClearanceCounts {
  std::int64_t hold = 0;
  std::int64_t wait = 0;
};

/// Everything that `status` shows, read at one go.
struct Standing {
  TreeHead head;
  std::optional<Checkpoint> checkpoint;
  std::optional<WitnessedHeadState> witnessed;
  std::int64_t judged = 0;  ///< log entries that evaluation has used
  std::int64_t logged = 0;  ///< log entries there are
  std::vector<SourceState> sources;
  std::vector<SourceStop> stops;
  std::vector<ConfiguredList> lists;           ///< published lists of the configuration
  std::vector<AddressFileStanding> addresses;  ///< in which addresses are looked up
  /// The issues that the set in force looks into, and by whose policies.
  std::vector<IssueStanding> looked_into;
  std::vector<PolicyClearance> cleared;  ///< that apply to the policies in force
  ClearanceCounts clearances;
  std::map<std::string, std::set<std::string>> lookers;  ///< ids of policies, by list
  std::vector<FindingState> findings;
  FindingOutcomes outcomes;  ///< of these, where people decided
  std::vector<PolicyCoverage> coverage;
  EvaluationFootprint footprint;  ///< as the daemon looked at it last
  /// By the configuration. Nothing where the set in force cannot be read.
  std::optional<std::vector<UnsuppliedPolicy>> unsupplied;
  std::vector<Person> enrolled;
  std::optional<Digest> set;                    ///< in force
  std::optional<PublicationEntry> publication;  ///< of the set in force
  TimestampStanding stamps;
  CaseCounts cases;
  std::optional<ReportsAtHand> reports;
  std::optional<RequestBook> requests;
  PartyCounts parties;
  NoticesAtHand notices;
  /// That findings name: an incident. Nothing where the vault is not for whoever asks to read.
  std::optional<std::int64_t> subjects_without_key;
};

Result<void> read_records(const RecordLog& records, Standing& s) {
  const Result<LogOffset> log_head = records.head();
  if (!log_head) return tl::unexpected(log_head.error());
  s.logged = log_head->seq;
  Result<std::vector<SourceState>> sources = records.sources();
  if (!sources) return tl::unexpected(sources.error());
  s.sources = std::move(*sources);
  if (auto told = records.tell_idle(s.sources); !told) return told;
  const Result<std::optional<Digest>> set = records.active_policy_set();
  if (!set) return tl::unexpected(set.error());
  s.set = *set;
  return {};
}

void note_set(const std::optional<WrittenSet>& written, const Config& config, Standing& s) {
  if (!written) {
    s.unsupplied = unsupplied_policies({}, config);
    return;
  }
  s.unsupplied = unsupplied_policies(written->set, config);
  s.looked_into = written->lists;
  s.cleared = written->clearances;
  s.lookers = policies_by_published_list(written->set, written->documents);
}

Result<PartyCounts> count_parties(const Ledger& ledger, std::span<const RecordedAct> acts) {
  PartyCounts counts;
  const auto executed = executed_erasures(ledger, acts);
  if (!executed) return tl::unexpected(executed.error());
  const auto book = ErasureBook::make(acts, *executed);
  if (!book) return tl::unexpected(book.error());
  counts.holds = std::ranges::count_if(book->holds(), &Hold::keeps);
  counts.asked = std::ranges::count(book->erasures(), ErasureState::kAsked, &Erasure::state);
  counts.approved = std::ranges::count(book->erasures(), ErasureState::kApproved, &Erasure::state);
  return counts;
}

std::optional<std::int64_t> count_without_key(const LedgerPaths& paths,
                                              const std::vector<FindingState>& findings) {
  const Result<Vault> vault = Vault::open_read_only(paths.vault, paths.vault_key);
  if (!vault) return std::nullopt;
  std::set<std::string> subjects;
  for (const FindingState& finding : findings) subjects.insert(finding.subject);
  subjects.erase(std::string());  // about all records, or erased
  std::int64_t missing = 0;
  for (const std::string& subject : subjects) {
    const auto key = vault->find(subject);
    if (!key) return std::nullopt;
    if (!*key) ++missing;
  }
  return missing;
}

CaseCounts count_cases(const CaseBook& book) {
  CaseCounts counts;
  for (const Case& c : book.cases()) {
    if (c.state == CaseState::kOpen && !c.is_empty()) ++counts.open;
    if (c.state == CaseState::kProposed) ++counts.proposed;
    if (c.state == CaseState::kClosed) ++counts.closed;
  }
  return counts;
}

/// Cases, reports that went out, and requests.
Result<void> read_review(const Stores& stores, const RecordedDeeds& deeds, Standing& s) {
  const std::vector<RecordedAct>& acts = deeds.acts;
  const Result<CaseBook> book = CaseBook::make(s.findings, acts, deeds.regroupings);
  if (!book) return tl::unexpected(book.error());
  s.cases = count_cases(*book);
  s.outcomes = outcomes_of(*book);
  Result<ReportBook> reports = ReportBook::make(acts);
  if (!reports) return tl::unexpected(reports.error());
  Result<RequestBook> requests = RequestBook::make(acts, *reports);
  if (!requests) return tl::unexpected(requests.error());
  s.requests = std::move(*requests);
  const Result<ClearanceBook> clearances = ClearanceBook::make(acts);
  if (!clearances) return tl::unexpected(clearances.error());
  for (const Clearance& one : clearances->clearances()) {
    if (one.state == ClearanceState::kHolds) ++s.clearances.hold;
    if (one.state == ClearanceState::kProposed) ++s.clearances.wait;
  }
  auto standings = report_standings(stores, acts, *reports, *book);
  if (!standings) return tl::unexpected(standings.error());
  s.reports = ReportsAtHand{std::move(*reports), std::move(*standings)};
  return {};
}

Result<Standing> read_standing(Invocation& run, const Stores& stores) {
  Standing s;
  const Ledger& ledger = *stores.ledger;
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  s.head = *head;
  Result<std::optional<Checkpoint>> checkpoint = ledger.signed_head();
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  s.checkpoint = std::move(*checkpoint);
  Result<std::optional<WitnessedHeadState>> witnessed = read_witnessed(run, stores);
  if (!witnessed) return tl::unexpected(witnessed.error());
  s.witnessed = std::move(*witnessed);
  const Result<Ledger::Position> position = ledger.position();
  if (!position) return tl::unexpected(position.error());
  s.judged = position->offset.seq;
  Result<std::vector<FindingState>> findings = ledger.findings({});
  if (!findings) return tl::unexpected(findings.error());
  s.findings = std::move(*findings);
  const Result<RecordedDeeds> deeds = recorded_deeds(ledger);
  if (!deeds) return tl::unexpected(deeds.error());
  const Result<PartyCounts> parties = count_parties(ledger, deeds->acts);
  if (!parties) return tl::unexpected(parties.error());
  s.parties = *parties;
  if (const Result<void> read = read_review(stores, *deeds, s); !read) {
    return tl::unexpected(read.error());
  }
  Result<NoticesAtHand> notices = notices_at_hand(ledger, stores.config, run.now());
  if (!notices) return tl::unexpected(notices.error());
  s.notices = std::move(*notices);
  s.subjects_without_key = count_without_key(stores.paths.ledger, s.findings);
  const Result<std::string> text = ledger.coverage();
  if (!text) return tl::unexpected(text.error());
  Result<CoverageReport> coverage = coverage_from_json(*text);
  if (!coverage) return tl::unexpected(coverage.error());
  s.coverage = std::move(coverage->policies);
  s.footprint = std::move(coverage->footprint);
  Result<std::vector<Person>> enrolled = people(stores.paths.folder);
  if (!enrolled) return tl::unexpected(enrolled.error());
  s.enrolled = std::move(*enrolled);
  if (stores.records != nullptr) {
    if (const Result<void> read = read_records(*stores.records, s); !read) {
      return tl::unexpected(read.error());
    }
  }
  std::optional<Digest> published = s.set;
  if (stores.records != nullptr) {
    Result<std::optional<WrittenSet>> written = written_set_in_force(*stores.records);
    if (written) note_set(*written, stores.config, s);
    // Where it looks into published lists, or names are cleared, the log's hash is of these too.
    if (!s.looked_into.empty() || !s.cleared.empty()) published = (*written)->set.hash;
  }
  if (s.set) {
    Result<std::optional<PublicationEntry>> publication = last_publication(ledger, published);
    if (!publication) return tl::unexpected(publication.error());
    s.publication = std::move(*publication);
  }
  Result<TimestampStanding> stamps = read_timestamps(stores, TimestampDepth::kNewest);
  if (!stamps) return tl::unexpected(stamps.error());
  s.stamps = std::move(*stamps);
  Result<std::vector<SourceStop>> stops = source_stops(ledger, s.sources);
  if (!stops) return tl::unexpected(stops.error());
  s.stops = std::move(*stops);
  if (!stores.config.lists.empty()) {
    Result<std::vector<ConfiguredList>> lists = configured_lists(stores.config, {});
    if (!lists) return tl::unexpected(lists.error());
    s.lists = std::move(*lists);
  }
  s.addresses = address_file_standings(stores.config);
  return s;
}

/// "3 configured, fresh"; else which are not, and how they stand: names are looked for in them all
/// the same.
void print_lists(Invocation& run, const std::vector<ConfiguredList>& lists) {
  if (lists.empty()) return;
  run.out << "lists     " << grouped(static_cast<std::int64_t>(lists.size())) << " configured";
  bool all_fresh = true;
  for (const ConfiguredList& list : lists) {
    const ListFreshness state = freshness(list.source, list.standing, run.now());
    if (state == ListFreshness::kFresh) continue;
    all_fresh = false;
    run.out << "\n          " << painted(freshness_name(state), Tone::kBad, run.terminal) << ": "
            << printable(list.source.name);
    if (list.standing.checked) {
      run.out << ", last confirmed " << format_time(align_down(*list.standing.checked, kSecond));
    }
    run.out << "; `tidewaiter list sync " << printable(list.source.name) << "` fetches it";
  }
  run.out << (all_fresh ? ", fresh" : "") << '\n';
}

/// Which issue each list that policies look into has for them, and which policies these are.
void print_looked_into(Invocation& run, const Standing& s) {
  if (s.lists.empty() && !s.looked_into.empty()) run.out << "lists     none configured\n";
  for (const IssueStanding& list : s.looked_into) {
    run.out << "          " << printable(list.published) << ": ";
    if (list.is_there()) {
      const bool is_known = run.now() < list.known_until;
      run.out << "policies look into issue " << printable(list.id.substr(0, 12)) << " of "
              << format_time(align_down(list.retrieved, kSecond)) << ", "
              << painted(is_known ? "known until " : "stale since ",
                         is_known ? Tone::kPlain : Tone::kBad, run.terminal)
              << format_time(align_down(list.known_until, kSecond));
    } else {
      run.out << painted("policies cannot look into it", Tone::kBad, run.terminal)
              << ": no issue has been fetched";
    }
    std::string names;
    const auto lookers = s.lookers.find(list.published);
    if (lookers != s.lookers.end()) {
      for (const std::string& id : lookers->second) names += (names.empty() ? "" : ", ") + id;
    }
    run.out << " (" << (names.empty() ? "no active policy" : printable(names)) << ")\n";
  }
}

/// What is cleared is no pass that nobody sees.
void print_clearances(Invocation& run, const Standing& s) {
  const auto applied = static_cast<std::int64_t>(s.cleared.size());
  if (s.clearances.hold + s.clearances.wait == 0) return;
  run.out << "cleared   " << counted(applied, "clearance") << " of names "
          << (applied == 1 ? "applies" : "apply") << " to the policies in force";
  if (s.clearances.hold > applied) {
    run.out << "; " << grouped(s.clearances.hold - applied)
            << " more of another version, or to come";
  }
  if (s.clearances.wait > 0) {
    run.out << "; " << grouped(s.clearances.wait) << " await a second person";
  }
  run.out << " (`tidewaiter clearance list`)\n";
}

nlohmann::ordered_json looked_into_json(const Standing& s) {
  auto all = nlohmann::ordered_json::array();
  for (const IssueStanding& list : s.looked_into) {
    nlohmann::ordered_json one = {
        {"list", list.published}, {"issue", nullptr},
        {"parties", nullptr},     {"retrieved", nullptr},
        {"known_until", nullptr}, {"policies", nlohmann::ordered_json::array()}};
    if (list.is_there()) {
      one["issue"] = list.id;
      one["parties"] = to_hex(list.digest);
      one["retrieved"] = format_time(list.retrieved);
      one["known_until"] = format_time(list.known_until);
    }
    const auto lookers = s.lookers.find(list.published);
    if (lookers != s.lookers.end()) one["policies"] = lookers->second;
    all.push_back(std::move(one));
  }
  return all;
}

/// Nothing where there is nothing to be said.
void print_parties(Invocation& run, const Standing& s) {
  if (s.parties.holds > 0) {
    run.out << "holds     "
            << counted(s.parties.holds, "hold keeps somebody", "holds keep somebody")
            << ": `tidewaiter ledger hold list`\n";
  }
  if (s.parties.asked + s.parties.approved > 0) {
    run.out << "erasures  " << grouped(s.parties.asked) << " asked for, "
            << grouped(s.parties.approved)
            << " approved and not carried out: `tidewaiter ledger erase list`\n";
  }
  if (s.subjects_without_key.value_or(0) == 0) return;
  run.out << painted("vault     no key for " +
                         counted(*s.subjects_without_key, "subject", "subjects") +
                         " that findings name",
                     Tone::kBad, run.terminal)
          << ": it was lost, or an older one put back;\n          `tidewaiter ledger fsck`\n";
}

std::string unsupplied_lines(const Invocation& run, const Standing& s) {
  if (s.unsupplied) return unsupplied_text(*s.unsupplied, run.terminal);
  if (!s.set) return {};
  return painted("not evaluable", Tone::kWarning, run.terminal) +
         "  which policies lack a source cannot be told: the set in force cannot be read\n";
}

void print_text(Invocation& run, const Stores& stores, const Standing& s) {
  const auto heading = [&run](std::string_view text) {
    run.out << '\n' << painted(text, Tone::kStrong, run.terminal) << '\n';
  };
  run.out << "state     " << printable(stores.paths.folder.string()) << '\n';
  run.out << "ledger    " << printable(stores.ledger->origin()) << ", "
          << counted(s.head.size, "entry", "entries") << ", signed up to "
          << grouped(s.checkpoint ? s.checkpoint->head.size : 0) << '\n';
  if (!stores.config.ledger.witnesses.witnesses.empty()) {
    run.out << "          witnessed up to " << printable(witnessed_text(s.witnessed)) << '\n';
  }
  constexpr std::size_t kLabel = 10;  // columns of what stands in front of each line
  for (const std::string& line : timestamp_lines(s.stamps)) {
    run.out << std::string(kLabel, ' ') << wrapped(line, run.terminal.width, kLabel, kLabel)
            << '\n';
  }
  run.out << "judged    " << grouped(s.judged) << " of "
          << counted(s.logged, "log entry", "log entries") << '\n';
  if (s.footprint.bytes() > 0) {
    const std::string held = footprint_text(s.footprint, stores.config.state_at_most);
    run.out << "memory    " << wrapped(held, run.terminal.width, kLabel, kLabel) << '\n';
  }
  run.out << "policies  " << to_text(policy_mode(s.enrolled)) << ", "
          << grouped(static_cast<std::int64_t>(s.enrolled.size())) << " enrolled, "
          << grouped(std::ranges::count_if(s.enrolled, publishes)) << " may sign\n";
  if (!stores.config.published_only) {
    run.out
        << "          policies that nobody signed may come into force: set `publish.required`\n";
  }
  if (s.publication) {
    run.out << "bundle    " << to_hex(s.publication->publication.bundle) << ", publication "
            << s.publication->publication.version << '\n';
  } else if (s.set) {
    run.out << "bundle    none: the policies in force were not published\n";
  }
  const FindingCounts counts = count_findings(s.findings, s.outcomes);
  run.out << "findings  potential:";
  for (std::size_t i = counts.potential.size(); i-- > 0;) {
    const auto severity = static_cast<Severity>(i);
    const std::string text =
        grouped(counts.potential.at(i)) + " " + std::string(severity_name(severity));
    run.out << ' '
            << painted(text, counts.potential.at(i) > 0 ? severity_tone(severity) : Tone::kPlain,
                       run.terminal)
            << (i > 0 ? "," : "");
  }
  if (!counts.decided.empty()) run.out << "; decided: " << decided_text(counts);
  run.out << "; withdrawn: " << grouped(counts.withdrawn) << '\n';
  run.out << "cases     " << grouped(s.cases.open) << " open, " << grouped(s.cases.proposed)
          << " with a decision that awaits a second person, " << grouped(s.cases.closed)
          << " closed\n";
  print_report_tally(run, *s.reports);
  print_request_tally(run, *s.requests);
  print_notice_tally(run, s.notices);
  print_lists(run, s.lists);
  print_looked_into(run, s);
  print_address_files(run, s.addresses);
  print_clearances(run, s);
  print_parties(run, s);
  heading("Sources");
  run.out << sources_text(source_views(stores.config, s.sources, s.stops), run.now(), run.terminal);
  heading("Coverage");
  run.out << coverage_text(s.coverage, run.terminal) << unsupplied_lines(run, s)
          << wrapped(
                 "Counts of coverage are kept beside the ledger's entries: no signature covers "
                 "them. What could not be told is in entries, too: `ledger log`, coverage.gap.",
                 run.terminal.width, 0, 0)
          << '\n';
}

nlohmann::ordered_json in_force_json(const Standing& s) {
  if (!s.set) return nullptr;
  nlohmann::ordered_json out = {{"set", to_hex(*s.set)}, {"bundle", nullptr}, {"version", nullptr}};
  if (s.publication) {
    out["bundle"] = to_hex(s.publication->publication.bundle);
    out["version"] = s.publication->publication.version;
  }
  return out;
}

nlohmann::ordered_json footprint_document(const Stores& stores, const Standing& s) {
  nlohmann::ordered_json out = {{"bytes", s.footprint.bytes()}, {"at_most", nullptr}};
  if (stores.config.state_at_most) out["at_most"] = *stores.config.state_at_most;
  out.update(footprint_json(s.footprint));
  return out;
}

void print_document(Invocation& run, const Stores& stores, const Standing& s) {
  const FindingCounts counts = count_findings(s.findings, s.outcomes);
  nlohmann::ordered_json potential = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < counts.potential.size(); ++i) {
    potential[std::string(severity_name(static_cast<Severity>(i)))] = counts.potential.at(i);
  }
  auto decided = nlohmann::ordered_json::object();
  for (const Outcome outcome :
       {Outcome::kConfirmed, Outcome::kFalsePositive, Outcome::kAcceptedRisk, Outcome::kReferred}) {
    const auto count = counts.decided.find(outcome);
    decided[std::string(outcome_name(outcome))] = count == counts.decided.end() ? 0 : count->second;
  }
  auto lists = nlohmann::ordered_json::array();
  for (const ConfiguredList& list : s.lists) {
    lists.push_back(list_standing_json(list, run.now()));
  }
  nlohmann::ordered_json unsupplied = nullptr;
  if (s.unsupplied) unsupplied = unsupplied_json(*s.unsupplied);
  nlohmann::ordered_json without_key = nullptr;
  if (s.subjects_without_key) without_key = *s.subjects_without_key;
  print_json(
      run,
      {{"state", stores.paths.folder.string()},
       {"ledger",
        {{"origin", stores.ledger->origin()},
         {"size", s.head.size},
         {"root", to_hex(s.head.root)},
         {"signed_size", s.checkpoint ? s.checkpoint->head.size : 0},
         {"witnessed_size", s.witnessed ? s.witnessed->head.head.size : 0},
         {"timestamped", timestamped_json(s.stamps)},
         {"timestamp_failure", timestamp_failure_json(s.stamps)}}},
       {"judged", s.judged},
       {"logged", s.logged},
       {"policy_mode", to_text(policy_mode(s.enrolled))},
       {"in_force", in_force_json(s)},
       {"people", s.enrolled.size()},
       {"may_sign", std::ranges::count_if(s.enrolled, publishes)},
       {"publish_required", stores.config.published_only},
       {"findings",
        {{"potential", potential},
         {"decided", std::move(decided)},
         {"withdrawn", counts.withdrawn}}},
       {"cases",
        {{"open", s.cases.open}, {"proposed", s.cases.proposed}, {"closed", s.cases.closed}}},
       {"reports", report_tally_json(*s.reports)},
       {"requests", request_tally_json(*s.requests, run.now())},
       {"lists", std::move(lists)},
       {"addresses", address_files_json(run, s.addresses)},
       {"looked_into", looked_into_json(s)},
       {"clearances",
        {{"apply", s.cleared.size()}, {"hold", s.clearances.hold}, {"wait", s.clearances.wait}}},
       {"messages", notice_tally_json(s.notices, run.now())},
       {"holds", s.parties.holds},
       {"erasures", {{"asked", s.parties.asked}, {"approved", s.parties.approved}}},
       {"subjects_without_key", without_key},
       {"sources", source_json(source_views(stores.config, s.sources, s.stops))},
       {"coverage", coverage_json(s.coverage)},
       {"footprint", footprint_document(stores, s)},
       {"unsupplied", std::move(unsupplied)}});
}

int show(Invocation& run, bool json) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<Standing> standing = read_standing(run, *stores);
  if (!standing) return fail_with(run, standing.error());
  if (json) {
    print_document(run, *stores, *standing);
  } else {
    print_text(run, *stores, *standing);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_status(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(
      app, "status", "shows how the ledger, the sources and the judging stand",
      "Prints the ledger's size, how far evaluation is, findings by severity and by what\n"
      "people decided, issued reports whose findings have changed since, requests that are\n"
      "overdue, messages that wait, are silenced, held back or given up, published lists that are\n"
      "stale or missing, each source, for each policy what it could and could not tell, and which\n"
      "policies ask for what no configured source gives. What cannot be told is never a pass.",
      "  tidewaiter status\n  tidewaiter status --json | jq .coverage");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*verb, *json);
  verb->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return show(run, *json); };
  });
}

}  // namespace tidewaiter
