#include "daemon/cli/screening_material.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/state.h"
#include "daemon/cli/list_use.h"
#include "daemon/cli/lists_in_force.h"
#include "daemon/cli/screening_count.h"
#include "daemon/lists/list_folder.h"
#include "daemon/pipeline/policy_documents.h"
#include "daemon/report/draw_report.h"
#include "daemon/report/list_timeline.h"
#include "policies/model/json_member.h"
#include "policies/screening/party_issue.h"
#include "policies/sigma/policy_set.h"
#include "storage/review/clearance_book.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kPutInForce = "policy.published";
/// Of one source: more are not counted, and then it is not known how many.
constexpr std::int64_t kMostQuarantined = 1'000'000;

/// An entry that put a set in force.
struct SetInForce {
  ListsInForce lists;
  std::int64_t seq = -1;      ///< of the record log's entry; -1: it does not say
  std::optional<Digest> set;  ///< by which the record log has it
};

std::optional<UtcTime> entry_time(const nlohmann::json& object, const char* name) {
  const Result<UtcTime> time = parse_time(text_member(object, name).value_or(""));
  return time ? std::optional(*time) : std::nullopt;
}

ListInForce published_list(const nlohmann::json& one) {
  ListInForce list;
  list.name = text_member(one, "list").value_or("");
  list.issue = text_member(one, "issue").value_or("");
  list.parties = digest_member(one, "parties");
  list.retrieved = entry_time(one, "retrieved");
  list.known_until = entry_time(one, "known_until");
  return list;
}

std::optional<SetInForce> set_in_force_of(std::int64_t index, const std::string& body) {
  // Most entries are steps: the text is looked at before it is parsed.
  if (body.find(kPutInForce) == std::string::npos) return std::nullopt;
  const auto entry = nlohmann::json::parse(body, nullptr, false);
  if (text_member(entry, "typ") != std::string(kPutInForce)) return std::nullopt;
  const auto recorded = entry_time(entry, "ts");
  if (!recorded) return std::nullopt;
  SetInForce set;
  set.lists.entry = index;
  set.lists.recorded = *recorded;
  set.seq = number_member(entry, "entry").value_or(-1);
  set.set = digest_member(entry, "activated");
  if (!set.set) set.set = digest_member(entry, "set");
  for (const auto& one : entry.value("lists", nlohmann::json::array())) {
    set.lists.lists.push_back(published_list(one));
  }
  return set;
}

Result<std::vector<SetInForce>> sets_of_ledger(const Ledger& ledger, std::int64_t size) {
  std::vector<SetInForce> sets;
  for (std::int64_t index = 0; index < size; ++index) {
    const Result<std::string> body = ledger.entry(index);
    if (!body) return tl::unexpected(body.error());
    if (auto set = set_in_force_of(index, *body)) sets.push_back(std::move(*set));
  }
  return sets;
}

/// The names of the lists that a version of a policy looks into.
using AskedLists = std::map<std::pair<std::string, std::int64_t>, std::vector<std::string>>;

/// A policy's question of the sets that were in force, and where its written lists come from.
struct KnownQuestions {
  AskedLists asked;
  std::map<std::pair<std::string, bool>, ReportedScreen> screens;
  std::map<std::pair<std::string, bool>, std::vector<FieldId>> names;
  std::map<std::string, std::set<std::string>> by_published;  ///< policies, by list
  std::map<std::string, std::set<std::string>> by_written;
  std::map<std::string, ListSource> sources;   ///< of written lists that say
  std::map<std::string, std::int64_t> counts;  ///< parties of written lists, by digest
  bool complete = true;
};

/// One material.
class ScreeningReader {
 public:
  ScreeningReader(const Stores& stores, const Interval& period, UtcTime end)
      : stores_(stores), period_(period) {
    out_.end = end;
  }

  Result<ReportedScreening> read(std::int64_t entries) {
    Result<std::vector<SetInForce>> sets = sets_of_ledger(*stores_.ledger, entries);
    if (!sets) return tl::unexpected(sets.error());
    read_questions(*sets);
    const std::vector<ListsInForce> lists = lists_of(*sets);
    out_.lists = list_timeline(lists, period_, out_.end);
    out_.again = rescreenings(lists, {period_.from, out_.end});
    for (ReportedList& list : out_.lists) fill_list(list);
    count(*sets);
    if (auto read = read_clearances(entries); !read) return tl::unexpected(read.error());
    return std::move(out_);
  }

  /// What each set of the ledger looks into, and by which policies.
  struct Looked {
    std::vector<ListsInForce> sets;
    AskedLists asked;
  };
  Result<Looked> looked_into(std::int64_t entries) {
    Result<std::vector<SetInForce>> sets = sets_of_ledger(*stores_.ledger, entries);
    if (!sets) return tl::unexpected(sets.error());
    read_questions(*sets);
    return Looked{lists_of(*sets), std::move(known_.asked)};
  }

 private:
  static std::vector<ListsInForce> lists_of(const std::vector<SetInForce>& sets) {
    std::vector<ListsInForce> lists;
    lists.reserve(sets.size());
    for (const SetInForce& set : sets) lists.push_back(set.lists);
    return lists;
  }

  /// Whether a set was in force at some time of what is told.
  [[nodiscard]] bool is_within(const std::vector<SetInForce>& sets, std::size_t place) const {
    if (!(sets[place].lists.recorded < out_.end)) return false;
    return place + 1 == sets.size() || period_.from < sets[place + 1].lists.recorded;
  }

  void read_questions(std::vector<SetInForce>& sets) {
    std::vector<PolicyText> former;
    std::vector<ListInForce> former_lists;
    for (std::size_t i = 0; i < sets.size(); ++i) {
      const std::optional<PackedSet> packed = packed_set(sets[i]);
      const bool within = is_within(sets, i);
      if (!packed) {
        if (within) known_.complete = false;
        continue;
      }
      // Of another issue alone the texts are the same.
      if (!within || former.empty() || !same_texts(former, packed->texts)) {
        former_lists = written_lists(*packed, within);
        former = within ? packed->texts : std::vector<PolicyText>();
      }
      auto& lists = sets[i].lists.lists;
      lists.insert(lists.end(), former_lists.begin(), former_lists.end());
    }
    out_.sets_known = known_.complete;
    for (auto& [key, screen] : known_.screens) out_.screens.push_back(screen);
  }

  [[nodiscard]] std::optional<PackedSet> packed_set(const SetInForce& set) const {
    if (stores_.records == nullptr || !set.set) return std::nullopt;
    const Result<std::string> documents = stores_.records->policy_documents(*set.set);
    if (!documents) return std::nullopt;
    Result<PackedSet> packed = unpack_documents(*documents);
    return packed ? std::optional(std::move(*packed)) : std::nullopt;
  }

  /// The lists that stand among the policies of a set and are looked into; notes who asks, of a set
  /// that was in force within the period.
  std::vector<ListInForce> written_lists(const PackedSet& packed, bool within) {
    const LoadOutcome loaded = load_policy_set(packed.texts, UtcTime{0}, table_of(packed));
    if (within && has_errors(loaded.diagnostics)) known_.complete = false;
    std::map<std::string, const ListDocument*> documents;
    for (const ListDocument& list : loaded.documents.lists) documents[list.header.name] = &list;
    std::map<std::string, ListInForce> written;
    for (const PartyQuestion& question : party_questions(loaded.set)) {
      for (const ScreenedList* const list : question.lists) {
        const auto document = documents.find(list->name());
        const bool is_published = document != documents.end() && !document->second->synced.empty();
        const std::string name = is_published ? document->second->synced : list->name();
        if (within) note(question, name, is_published);
        if (is_published) continue;
        const std::string digest = to_hex(list->digest());
        written[name] = {name, true, digest, list->digest(), std::nullopt, std::nullopt};
        known_.counts[digest] = static_cast<std::int64_t>(list->parties().size());
        if (document != documents.end() && document->second->source) {
          written[name].retrieved = document->second->source->retrieved;
          known_.sources[name] = *document->second->source;
        }
      }
    }
    std::vector<ListInForce> all;
    all.reserve(written.size());
    for (auto& [name, list] : written) all.push_back(std::move(list));
    return all;
  }

  void note(const PartyQuestion& question, const std::string& list, bool is_published) {
    const std::pair key(question.policy->id, question.owners);
    ReportedScreen& screen = known_.screens[key];
    screen.policy = key.first;
    screen.owners = key.second;
    std::vector<FieldId>& names = known_.names[key];
    for (const FieldId id : question.names) {
      if (std::ranges::find(names, id) != names.end()) continue;
      names.push_back(id);
      screen.fields.emplace_back(field(id).name);
    }
    if (std::ranges::find(screen.lists, list) == screen.lists.end()) screen.lists.push_back(list);
    auto& asked = known_.asked[{question.policy->id, question.policy->version}];
    if (std::ranges::find(asked, list) == asked.end()) asked.push_back(list);
    (is_published ? known_.by_published : known_.by_written)[list].insert(key.first);
  }

  void fill_list(ReportedList& list) {
    const auto& policies = list.written ? known_.by_written : known_.by_published;
    if (const auto found = policies.find(list.name); found != policies.end()) {
      list.policies.assign(found->second.begin(), found->second.end());
    }
    if (list.written) {
      const auto source = known_.sources.find(list.name);
      if (source != known_.sources.end()) {
        list.publisher = source->second.name;
        list.url = source->second.url;
      }
      for (ReportedIssue& issue : list.issues) {
        const auto count = known_.counts.find(issue.issue);
        if (count != known_.counts.end()) issue.count = count->second;
      }
      return;
    }
    fill_from_configuration(list);
    for (ReportedIssue& issue : list.issues) fill_parties(list.name, issue);
  }

  /// Whose list it is, and what the files of an issue that is still held say.
  void fill_from_configuration(ReportedList& list) const {
    const auto& configured = stores_.config.lists;
    const auto source = std::ranges::find(configured, list.name, &PublishedList::name);
    if (source == configured.end()) return;
    list.url = source->url.substr(0, source->url.find_first_of("?#"));
    const std::size_t host = list.url.find("://");
    if (host != std::string::npos) {
      list.publisher = list.url.substr(host + 3, list.url.find('/', host + 3) - host - 3);
    }
    const Result<ListStanding> held = ListFolder(stores_.paths.lists / list.name).standing();
    if (!held) return;
    for (ReportedIssue& issue : list.issues) {
      for (const auto& one : {held->issue, held->previous}) {
        if (!one || one->id != issue.issue) continue;
        issue.unreadable = one->faults;
        issue.format = one->format;
      }
    }
  }

  /// Of an issue as the record log keeps it.
  void fill_parties(const std::string& list, ReportedIssue& issue) {
    if (!issue.parties) return;
    auto found = issues_.find(*issue.parties);
    if (found == issues_.end()) {
      std::optional<std::pair<std::int64_t, std::int64_t>> counted;
      if (stores_.records != nullptr) {
        const Result<std::string> text = stores_.records->list_issue(*issue.parties);
        Result<PartyIssue> read =
            text ? read_party_issue(*text) : Result<PartyIssue>(tl::unexpected(text.error()));
        if (read) {
          counted.emplace(static_cast<std::int64_t>(read->parties->parties().size()),
                          static_cast<std::int64_t>(read->parties->names_left_out()));
        }
      }
      found = issues_.emplace(*issue.parties, counted).first;
    }
    if (!found->second) return;
    issue.count = found->second->first;
    issue.left_out = found->second->second;
    if (issue.until || found->second->second == 0) return;
    out_.unscreened.push_back({"names of the list " + list + " in its last issue",
                               found->second->second,
                               "they are signs alone or too long: nobody is compared with them"});
  }

  void count(const std::vector<SetInForce>& sets) {
    std::vector<CountedScreen> counted;
    for (const ReportedScreen& screen : out_.screens) {
      counted.push_back({screen.policy,
                         known_.names[{screen.policy, screen.owners}],
                         screen.owners,
                         0,
                         0,
                         {},
                         {}});
    }
    std::optional<CountedLog> log;
    if (stores_.records != nullptr) {
      Result<CountedLog> read = count_screened(*stores_.records, {period_.from, out_.end}, counted);
      if (read) log = std::move(*read);
    }
    out_.counted = log.has_value() && !is_dropped();
    if (log) take_counts(*log, counted, sets);
    add_nameless();
    add_quarantined(log);
  }

  /// Whether retention has taken some of the period.
  [[nodiscard]] bool is_dropped() const {
    const auto before = stores_.records->dropped_before();
    return !before || (*before && period_.from < **before);
  }

  void take_counts(const CountedLog& log, const std::vector<CountedScreen>& counted,
                   const std::vector<SetInForce>& sets) {
    for (std::size_t i = 0; i < counted.size(); ++i) {
      ReportedScreen& screen = out_.screens[i];
      screen.records = counted[i].records;
      screen.nameless = counted[i].nameless;
      screen.accounts = static_cast<std::int64_t>(counted[i].accounts.size());
      screen.names = static_cast<std::int64_t>(counted[i].texts.size());
    }
    for (ReportedRescreening& again : out_.again) {
      const auto set = std::ranges::find_if(
          sets, [&again](const SetInForce& one) { return one.lists.entry == again.entry; });
      const auto at = log.accounts_at.find(set->seq);
      if (at != log.accounts_at.end()) again.accounts = at->second;
    }
  }

  void add_nameless() {
    for (const ReportedScreen& screen : out_.screens) {
      out_.unscreened.push_back(
          {std::string("account records without ") + (screen.owners ? "an owner" : "a name") +
               ", for " + screen.policy,
           screen.nameless,
           screen.owners ? "no source says who owns the account"
                         : "none of the fields in which the policy looks for a name has one"});
    }
  }

  void add_quarantined(const std::optional<CountedLog>& log) {
    std::optional<std::int64_t> count = log ? std::optional<std::int64_t>(0) : std::nullopt;
    if (log) {
      for (const std::string& source : log->sources) {
        const auto inputs = stores_.records->quarantine(source, kMostQuarantined);
        if (!inputs || std::ssize(*inputs) == kMostQuarantined) count.reset();
        if (!count) break;
        *count += std::ranges::count_if(*inputs, [this](const RecordLog::Quarantined& one) {
          return period_.from <= one.at && one.at < out_.end;
        });
      }
    }
    out_.unscreened.push_back({"inputs of sources of accounts, in quarantine since the period",
                               count, "they could not be read as records"});
  }

  Result<void> read_clearances(std::int64_t entries) {
    const Result<ClearanceBook> book = ClearanceBook::read(*stores_.ledger);
    if (!book) return tl::unexpected(book.error());
    for (const Clearance& one : book->clearances()) {
      const NameCleared& cleared = one.cleared();
      const bool asks = std::ranges::find(out_.screens, cleared.policy, &ReportedScreen::policy) !=
                        out_.screens.end();
      if (!asks || one.given.index >= entries || !(one.given.recorded < out_.end)) continue;
      // One that was over before the period began is none of it.
      const bool over =
          one.state == ClearanceState::kRejected || one.state == ClearanceState::kLifted;
      if (over && one.acts.back().recorded < period_.from) continue;
      out_.clearances.push_back(reported_clearance(one));
    }
    return {};
  }

  static ReportedClearance reported_clearance(const Clearance& one) {
    ReportedClearance out;
    out.id = one.id;
    out.policy = one.cleared().policy;
    out.finding = one.cleared().finding;
    out.state = clearance_state_name(one.state);
    out.by = one.given.act.act.by;
    out.at = one.given.act.act.at;
    out.entry = one.given.index;
    out.words = one.given.act.act.confidential;
    for (const RecordedAct& act : one.acts) {
      const auto* const second = std::get_if<ClearanceApproved>(&act.act.act.body);
      if (second != nullptr && second->approves) out.approved_by = act.act.act.by;
    }
    return out;
  }

  const Stores& stores_;
  Interval period_;
  KnownQuestions known_;
  std::map<Digest, std::optional<std::pair<std::int64_t, std::int64_t>>> issues_;
  ReportedScreening out_;
};

}  // namespace

Result<ReportedScreening> screening_material(const Stores& stores, std::int64_t entries,
                                             const Interval& period, UtcTime now) {
  return ScreeningReader(stores, period, std::max(period.from, std::min(period.to, now)))
      .read(entries);
}

Result<std::map<std::string, std::vector<ListAge>>> ages_of_lists(
    const Stores& stores, std::int64_t entries, std::span<const FindingState* const> findings,
    const std::map<std::string, ReportedListing>& listings) {
  std::map<std::string, std::vector<ListAge>> ages;
  if (listings.empty()) return ages;
  const auto looked = ScreeningReader(stores, kAlways, kAlways.to).looked_into(entries);
  if (!looked) return tl::unexpected(looked.error());
  for (const FindingState* const finding : findings) {
    const auto lists = looked->asked.find({finding->policy, finding->policy_version});
    if (lists == looked->asked.end() || !listings.contains(finding->id)) continue;
    ages[finding->id] =
        list_ages(looked->sets, lists->second, {finding->entries.front(), finding->recorded});
  }
  return ages;
}

void add_untold(const ReportMaterial& material, ReportedScreening& screening) {
  std::set<std::string> policies;
  for (const ReportedScreen& screen : screening.screens) policies.insert(screen.policy);
  for (const std::string& policy : policies) {
    const auto told = std::ranges::find(material.coverage, policy, &PolicyCoverage::policy);
    const bool known = told != material.coverage.end();
    screening.unscreened.push_back(
        {"records that " + policy + " could not judge, of all times up to the draft",
         known ? std::optional(told->records_unknown) : std::nullopt,
         known ? "what decides is not in the record, or no list of the time was known"
               : "the policy is not in force any more, and nothing is kept of it"});
    screening.unscreened.push_back(
        {"gaps of " + policy + " that the ledger recorded in the period",
         std::ranges::count(material.gaps, policy, &ReportedGap::policy),
         "each is an entry, with its reason, under what could not be told"});
  }
}

}  // namespace tidewaiter
