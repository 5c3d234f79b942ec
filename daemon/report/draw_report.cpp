#include "daemon/report/draw_report.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "daemon/report/elements.h"
#include "daemon/report/event_words.h"
#include "daemon/report/report_graph.h"
#include "daemon/report/report_limits.h"
#include "daemon/report/source_reach.h"
#include "policies/language/interval_set.h"
#include "policies/language/times_in_force.h"
#include "storage/ledger/figure_json.h"
#include "storage/review/case_licences.h"
#include "storage/review/clearance_rules.h"
#include "storage/review/clock_rules.h"
#include "storage/review/report_changes.h"

namespace tidewaiter {
namespace {

bool asks_of_lists(const ReportedScreening& screening, const std::string& policy) {
  return std::ranges::find(screening.screens, policy, &ReportedScreen::policy) !=
         screening.screens.end();
}

/// A text of several lines as one.
std::string joined_lines(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

ReportedPolicy reported_policy(const PolicyInForce& policy, const Interval& period) {
  ReportedPolicy out;
  out.id = policy.id;
  out.version = policy.version;
  out.hash = policy.hash;
  out.known = policy.text.has_value();
  if (!policy.text) return out;
  out.title = policy.text->title;
  out.description = joined_lines(policy.text->description);
  for (const Basis& basis : policy.text->basis) {
    out.basis.push_back({basis.type, joined_lines(basis.text), basis.jurisdiction, basis.citation,
                         basis.settled, is_in_force(basis, period)});
  }
  for (const std::string& innocent : policy.text->false_positives) {
    out.may_be_innocent.push_back(joined_lines(innocent));
  }
  return out;
}

/// A listing without what is an account's own, where that is withheld, as it always is of accounts
/// that `subject` does not name; hits that differ in nothing else are one.
ReportedListing redacted_listing(const ReportedListing& whole, std::string_view subject,
                                 bool withhold) {
  ReportedListing out;
  out.unknown = whole.unknown;
  const bool grounds_withheld = withhold || !whole.grounds_are_own;
  if (!grounds_withheld) out.grounds = whole.grounds;
  std::set<std::string> names;
  for (ReportedParty party : whole.parties) {
    if (withhold || !is_about_account(subject, party.source, party.account)) {
      names.insert(party.name);
      party.field.clear();
      party.name.clear();
    }
    party.source.clear();
    party.account.clear();
    if (std::ranges::find(out.parties, party) == out.parties.end()) {
      out.parties.push_back(std::move(party));
    }
  }
  out.withheld =
      static_cast<std::int64_t>(names.size() + (grounds_withheld ? whole.grounds.size() : 0));
  return out;
}

/// One drawing.
class Drawing {
 public:
  Drawing(const ReportRequest& request, const ReportMaterial& material)
      : request_(request), material_(material) {}

  Report draw() {
    start();
    report_.screening = material_.screening;
    for (const Case* const c :
         cases_drawn(*material_.book, material_.about, request_.period, screening())) {
      add_case(*c);
    }
    settle_period();
    add_deadline();
    std::ranges::sort(report_.timeline, {}, &ReportedEvent::entry);
    for (const PolicyInForce& policy : material_.policies) {
      report_.policies.push_back(reported_policy(policy, report_.period));
    }
    add_coverage();
    add_series();
    add_usual();
    if (is_given("models")) report_.models = material_.models;
    add_members();
    add_cluster();
    report_.clusters = material_.clusters;
    add_withheld();
    add_limits();
    report_.elements = check_elements(report_, *request_.kind);
    return std::move(report_);
  }

 private:
  void start() {
    report_.id = request_.id;
    report_.kind = request_.kind->name;
    report_.title = request_.kind->title;
    report_.certificate = request_.kind->certificate;
    report_.drawn = request_.now;
    report_.author = request_.author;
    report_.origin = material_.origin;
    report_.verifier_key = material_.verifier_key;
    report_.policy_mode = material_.policy_mode;
    report_.ledger_entries = material_.ledger_entries;
    if (material_.about != nullptr) report_.case_id = material_.about->id;
    report_.handling = request_.handling;
    report_.profile = request_.profile->name;
    report_.profile_text = request_.profile->text;
    if (request_.recipient) {
      const ReportRecipient& to = *request_.recipient;
      report_.recipient = ReportedRecipient{to.id, to.profile, to.withholds, to.handling_at_most};
    }
    report_.statements = request_.statements;
    report_.follows = request_.follows;
    report_.request = request_.answers;
    report_.request_document = request_.document;
    if (report_.request_document && !request_.profile->subjects) {
      report_.request_document->name.clear();
    }
  }

  /// Whether the recipient may have a part of those that recipients are not given.
  [[nodiscard]] bool is_given(std::string_view part) const {
    return !request_.recipient || request_.recipient->is_given(part);
  }

  [[nodiscard]] const ReportedScreening* screening() const {
    return material_.screening ? &*material_.screening : nullptr;
  }

  void add_case(const Case& c) {
    ReportedSubjects of_case;
    for (const FindingState* const finding : findings_drawn(c, request_.period, screening())) {
      ReportedSubject& subject = add_subject(of_case, c, finding->subject);
      ++subject.findings;
      add_finding(c, *finding, subject.name);
    }
    if (c.decision) add_decision(c);
    for (const CaseLicence& licence : licences_of(c)) add_licence(c, licence);
    for (const RecordedAct& act : c.acts) add_act(c, act);
    for (const RecordedRegrouping& one : c.regroupings) add_regrouping(one);
    if (material_.about == &c) add_statements(c);
  }

  /// By whom findings are about, "" of one that is erased: their places in `report_.subjects`.
  using ReportedSubjects = std::map<std::string, std::size_t, std::less<>>;

  /// A case that others have gone on in has findings about each of them: what was found of one is
  /// not told of another.
  ReportedSubject& add_subject(ReportedSubjects& of_case, const Case& c, const std::string& name) {
    const auto [place, is_new] = of_case.emplace(name, report_.subjects.size());
    if (!is_new) return report_.subjects[place->second];
    ReportedSubject subject;
    subject.erased = name.empty();
    subject.withheld = !subject.erased && !request_.profile->subjects;
    subject.name = subject.erased     ? std::string(kErasedSubject)
                   : subject.withheld ? "subject " + std::to_string(report_.subjects.size() + 1)
                                      : name;
    subject.cases.push_back(c.id);
    return report_.subjects.emplace_back(std::move(subject));
  }

  /// Of a report of a period: what is told of a case, whenever it was, is not of the period.
  [[nodiscard]] bool is_outside(UtcTime at) const {
    return request_.period && material_.about == nullptr &&
           (at < request_.period->from || !(at < request_.period->to));
  }

  /// What the program did to cases, of the report's or not, is told once.
  void add_regrouping(const RecordedRegrouping& one) {
    if (!one.what.done || is_outside(one.recorded) || !acts_seen_.insert(one.index).second) return;
    report_.timeline.push_back(
        {one.recorded, one.index, "",
         one.what.splits ? "case " + one.what.into + " goes by itself, apart from " + one.what.from
                         : "case " + one.what.from + " goes on in " + one.what.into});
  }

  void add_statements(const Case& c) {
    if (request_.kind->attribution) {
      report_.attributions =
          reported_attributions(c, material_.statements, !request_.profile->subjects);
      unfounded_ = unfounded_attributions(c);
    }
    report_.conclusion = reported_conclusion(c, material_.statements, request_.kind->name);
    if (report_.conclusion && !request_.profile->subjects) {
      report_.conclusion->text.clear();
      report_.conclusion->withheld = true;
    }
  }

  void add_finding(const Case& c, const FindingState& finding, const std::string& subject) {
    ReportedFinding out;
    out.id = finding.id;
    out.case_id = c.id;
    out.policy = finding.policy;
    out.policy_version = finding.policy_version;
    out.severity = finding.severity;
    out.standing = finding_standing(c, finding);
    out.subject = subject;
    out.run = finding.run;
    out.windows = finding.windows;
    for (const Figure& figure : finding.figures) out.figures.push_back(reported_figure(figure));
    out.records = finding.evidence_total;
    out.historical = finding.historical;
    out.recorded = finding.recorded;
    out.entries = finding.entries;
    const auto listing = material_.listings.find(finding.id);
    if (listing != material_.listings.end()) {
      out.listing = redacted_listing(
          listing->second, finding.subject,
          !request_.profile->subjects || !request_.sees_evidence || !is_given("names"));
    }
    const auto ages = material_.list_ages.find(finding.id);
    if (ages != material_.list_ages.end()) out.lists = ages->second;
    report_.timeline.push_back({finding.recorded, finding.entries.front(), "",
                                "finding " + finding.id.substr(0, 8) + " by " + finding.policy});
    report_.findings.push_back(std::move(out));
  }

  ReportedFigure reported_figure(const Figure& figure) {
    ReportedFigure out{figure.name, {}, figure.exact, false};
    // What an entry tells apart is somebody's; without its disclosure nobody could check it.
    const bool told_apart = is_disclosed(figure) && !is_null(figure.value);
    out.withheld = told_apart && (!request_.profile->subjects || !is_given("figures"));
    if (out.withheld) {
      ++figures_withheld_;
    } else {
      out.value = is_null(figure.value) ? "unknown" : format_value(figure.value, figure.type);
    }
    return out;
  }

  void add_decision(const Case& c) {
    const Act& decided = c.decision->act.act;
    ReportedDecision out;
    out.case_id = c.id;
    out.outcome = outcome_name(std::get<Decided>(decided.body).outcome);
    out.by = decided.by;
    out.at = decided.at;
    out.entry = c.decision->index;
    out.waits = c.state == CaseState::kProposed;
    if (c.second) {
      out.approved_by = c.second->act.act.by;
      out.approved_at = c.second->act.act.at;
      out.approval_entry = c.second->index;
    }
    report_.decisions.push_back(std::move(out));
  }

  void add_licence(const Case& c, const CaseLicence& recorded) {
    const LicenceRecorded& licence = recorded.licence;
    // Of a case that was split both parts have it.
    if (std::ranges::find(report_.licences, recorded.entry, &ReportedLicence::entry) !=
        report_.licences.end()) {
      return;
    }
    report_.licences.push_back({std::string(licence_kind_name(licence.kind)), licence.authority,
                                licence.number, licence.from, licence.until, licence.file,
                                licence_has_ended(licence, request_.now), c.id, recorded.by,
                                recorded.entry});
  }

  void add_act(const Case& c, const RecordedAct& act) {
    // Of a merged case's acts the one that it goes on in has all.
    if (!acts_seen_.insert(act.index).second) return;
    const Act& what = act.act.act;
    if (is_outside(what.at)) return;
    const bool attributes = is_about_attribution(what);
    std::optional<std::string> words =
        attributes || is_about_conclusion(what)
            ? statement_event(c, what, act.index, request_.kind->attribution, request_.kind->name)
            : event_words(what.body);
    if (!words) {
      ++(attributes ? unstated_ : privileged_);
      return;
    }
    if (what.confidential) ++sealed_;
    report_.timeline.push_back({what.at, act.index, what.by, std::move(*words)});
  }

  /// Of a case: from the first finding to the end of the last, or what was done where nothing was
  /// found.
  void settle_period() {
    report_.period_asked = request_.period.has_value();
    if (request_.period) {
      report_.period = *request_.period;
      return;
    }
    Interval period{request_.now, request_.now};
    for (const ReportedFinding& finding : report_.findings) {
      if (&finding == &report_.findings.front()) period = finding.run;
      period.from = std::min(period.from, finding.run.from);
      period.to = std::max(period.to, finding.run.to);
    }
    if (report_.findings.empty() && !report_.timeline.empty()) {
      period.from = report_.timeline.front().at;
    }
    if (report_.follows && report_.follows->covered) {
      period.from = std::min(period.from, report_.follows->covered->from);
      period.to = std::max(period.to, report_.follows->covered->to);
    }
    if (!(period.from < period.to)) period.to = period.from + kSecond;
    report_.period = period;
  }

  void add_deadline() {
    if (!request_.clock) return;
    const ClockStarted& clock = request_.clock->started;
    const Result<ClockRule> rule = clock_rule(clock.rule);
    if (!rule) return;
    report_.deadline =
        ReportedDeadline{clock.rule, std::string(rule->text), std::string(rule->basis), clock.from,
                         clock.due,  request_.clock->by,      request_.clock->entry};
  }

  [[nodiscard]] bool is_reported(const std::string& policy) const {
    if (material_.screening) return asks_of_lists(*material_.screening, policy);
    return material_.about == nullptr ||
           std::ranges::find(material_.policies, policy, &PolicyInForce::id) !=
               material_.policies.end();
  }

  void add_coverage() {
    for (const PolicyCoverage& told : material_.coverage) {
      if (!is_reported(told.policy)) continue;
      report_.coverage.push_back({told.policy, told.windows_true + told.windows_false,
                                  told.windows_not_evaluable, told.records_unknown,
                                  told.records_too_late});
    }
    for (const ReportedGap& gap : material_.gaps) {
      if (is_reported(gap.policy)) report_.gaps.push_back(gap);
    }
    if (material_.sources) report_.sources = sources_within(*material_.sources, report_.period);
  }

  void add_series() {
    if (material_.usage && is_given("usage")) {
      report_.series.push_back(*material_.usage);
      for (const ReportedFinding& finding : report_.findings) {
        report_.series.back().marks.push_back(finding.run.from);
      }
    }
    if (material_.about == nullptr) report_.series.push_back(findings_over_time());
  }

  /// A kind that is for whom it is about has nothing of others, be it a median of them.
  void add_usual() {
    if (!material_.usual || !is_given("usage")) return;
    report_.usual = material_.usual;
    report_.usual->marks.clear();
    for (const ReportedFinding& finding : report_.findings) {
      report_.usual->marks.push_back(finding.run.from);
    }
    if (!request_.kind->picture) leave_out_peers(*report_.usual);
    // Whoever asked for a period is given no day of another one.
    if (request_.period) days_withheld_ = keep_days_within(*report_.usual, *request_.period);
    if (report_.usual->figures.front().days.empty()) report_.usual.reset();
  }

  /// By id where the profile names subjects: the draft is then sealed with the ids, so that each
  /// can be checked. A recipient that is not given them is told how many there are.
  void add_members() {
    if (!material_.members || !request_.kind->picture) return;
    const MembersTold told = !is_given("members")         ? MembersTold::kHowMany
                             : request_.profile->subjects ? MembersTold::kById
                                                          : MembersTold::kByNumber;
    report_.members = redacted_members(*material_.members, told);
  }

  /// As it may be seen, before anything is drawn together and named after a part of it.
  void add_cluster() {
    if (!material_.cluster || !request_.kind->picture || !is_given("picture")) return;
    const DisclosedNames disclosed = disclosed_names();
    const auto& accounts = material_.cluster->accounts;
    accounts_numbered_ = std::ranges::count_if(
        accounts, [&](const GraphAccount& one) { return !disclosed.contains(one.name); });
    report_.cluster = fit_graph(redacted_graph(*material_.cluster, disclosed));
  }

  /// The picture follows from no entry: it names whom a disclosure of the findings names, or whom
  /// the draft is sealed with, and nobody else, for of them the reader can check no name.
  [[nodiscard]] DisclosedNames disclosed_names() const {
    DisclosedNames names;
    if (!request_.profile->subjects) return names;
    for (const ReportedFinding& finding : report_.findings) {
      names.insert(account_disclosed(finding.subject));
      for (const ReportedFigure& figure : finding.figures) {
        names.insert(account_disclosed(figure.value));
      }
    }
    if (report_.members && report_.members->named) {
      for (const ClusterMember& member : report_.members->members) names.insert(member.name);
    }
    return names;
  }

  /// Findings of the period by when they begin, in slots of whole days.
  [[nodiscard]] ReportedSeries findings_over_time() const {
    constexpr std::int64_t kMostSlots = 92;
    ReportedSeries series{"Findings over time",
                          "findings",
                          align_down(report_.period.from, kDay),
                          kDay,
                          {},
                          {},
                          true};
    const std::int64_t days = (report_.period.to - series.from).us / kDay.us + 1;
    series.slot = Duration{((days + kMostSlots - 1) / kMostSlots) * kDay.us};
    series.values.resize(
        static_cast<std::size_t>((days * kDay.us + series.slot.us - 1) / series.slot.us));
    for (const ReportedFinding& finding : report_.findings) {
      const UtcTime begins = std::max(finding.run.from, report_.period.from);
      const auto slot = static_cast<std::size_t>((begins - series.from).us / series.slot.us);
      if (slot < series.values.size()) ++series.values[slot];
    }
    return series;
  }

  /// Why something is withheld, and by what.
  struct Withholding {
    std::string why;
    std::string by;
  };

  [[nodiscard]] Withholding by_profile() const {
    return {"the redaction profile `" + report_.profile + "` lets through " + report_.profile_text,
            "profile " + report_.profile};
  }
  [[nodiscard]] Withholding by_recipient(std::string_view part) const {
    return {"the house gives the recipient `" + request_.recipient->id + "` no " +
                std::string(recipient_part_text(part)),
            "recipient " + request_.recipient->id};
  }
  static Withholding by_house(std::string why) { return {std::move(why), "every report"}; }

  /// By the profile, which withholds more; else by what is configured of the recipient.
  [[nodiscard]] Withholding by_profile_or(std::string_view part) const {
    return request_.profile->subjects && !is_given(part) ? by_recipient(part) : by_profile();
  }

  [[nodiscard]] Withholding why_names_are_withheld() const {
    if (!request_.profile->subjects || !is_given("names")) return by_profile_or("names");
    if (!request_.sees_evidence) {
      return {"they are in records, and who drew the report may not see evidence", "author"};
    }
    return by_house("they are of accounts that are not the subject of the finding");
  }

  void withhold(const char* what, std::int64_t count, Withholding withholding) {
    if (count <= 0) return;
    report_.withheld.push_back(
        {what, count, std::move(withholding.why), std::move(withholding.by)});
  }

  void add_withheld() {
    withhold("subjects", std::ranges::count_if(report_.subjects, &ReportedSubject::withheld),
             by_profile());
    withhold("figures whose value is a text", figures_withheld_, by_profile_or("figures"));
    std::int64_t names = 0;
    std::int64_t records = 0;
    for (const ReportedFinding& finding : report_.findings) {
      if (finding.listing) names += finding.listing->withheld;
      records += finding.records;
    }
    withhold("names of accounts that are like those of listed parties, and what ownerships rest on",
             names, why_names_are_withheld());
    if (report_.request_document && report_.request_document->name.empty()) {
      withhold("name of the file by which the request was made", 1, by_profile());
    }
    add_withheld_pictures();
    if (report_.screening) {
      withhold("words of clearances: whose name, and why it is not the listed party's",
               static_cast<std::int64_t>(report_.screening->clearances.size()),
               by_house("they are sealed: the ledger has their digests, and who holds them hands "
                        "them over apart"));
    }
    if (report_.attributions) {
      withhold("names in statements of who is behind it",
               std::ranges::count_if(*report_.attributions, &ReportedAttribution::withheld),
               by_profile());
      withhold("statements of who is behind it of which nothing is left that they rest on",
               unfounded_,
               by_house("the findings on which they rest were withdrawn, or are of another case by "
                        "now, and they rest on no exhibit"));
    }
    withhold("text of counsel's conclusion, which may name somebody",
             report_.conclusion && report_.conclusion->withheld ? 1 : 0, by_profile());
    withhold(
        "acts about who is behind it", unstated_,
        request_.kind->attribution
            ? by_house("a statement is in a report about the case in which it was made, once "
                       "another person has approved it, while nobody has taken it back, while no "
                       "other case has become one with that one since, and while something is left "
                       "of what it rests on")
            : Withholding{"reports of the kind `" + report_.kind + "` do not say who is behind it",
                          "kind " + report_.kind});
    withhold("acts that counsel has marked as privileged", privileged_,
             by_house("privileged material is in no report"));
    withhold("words of acts: reasons, comments, names of exhibits", sealed_,
             by_house("they are sealed: the ledger has their digests, and who holds them hands "
                      "them over apart"));
    withhold("records of the first window of each finding", records,
             by_house("records stay with the house; the report has the figures that follow from "
                      "them. Later windows have more, and one of two findings counts for both"));
  }

  /// Of what is drawn: usage, the cluster, models.
  void add_withheld_pictures() {
    if (material_.usage && !is_given("usage")) {
      withhold("picture of usage over time", 1, by_recipient("usage"));
    }
    if (material_.usual && !is_given("usage")) {
      withhold("usage by day beside what is usual", 1, by_recipient("usage"));
    }
    withhold("days of usage before and after the period", days_withheld_,
             by_house("a report of a period that was asked for has the days of that period; what "
                      "is usual follows from days before it"));
    if (report_.usual && report_.usual->peers < material_.usual->peers) {
      withhold("median of others' usage by day", 1,
               {"reports of the kind `" + report_.kind + "` have none: it is others' usage",
                "kind " + report_.kind});
    }
    if (material_.models && !is_given("models")) {
      withhold("shares of models before and after a release", 1, by_recipient("models"));
    }
    if (material_.cluster && !report_.cluster) {
      withhold("picture of what links the accounts of the cluster", 1,
               request_.kind->picture ? by_recipient("picture")
                                      : Withholding{"reports of the kind `" + report_.kind +
                                                        "` have none: it is about others' accounts",
                                                    "kind " + report_.kind});
    }
    if (material_.members && report_.members) {
      withhold("accounts of the cluster, one by one",
               report_.members->members.empty() ? report_.members->accounts : 0,
               request_.recipient ? by_recipient("members") : by_profile());
      withhold("ids of accounts of the cluster",
               report_.members->named ? 0 : std::ssize(report_.members->members), by_profile());
    }
    if (report_.cluster) {
      withhold("names of accounts in the picture of the cluster", accounts_numbered_,
               request_.profile->subjects ? by_house("nothing that the reader can check names them")
                                          : by_profile());
      withhold("values that accounts of the cluster have in common",
               static_cast<std::int64_t>(material_.cluster->values.size()),
               by_house("addresses, cards and devices are in no report: the picture numbers "
                        "them"));
    }
    if (report_.models) {
      withhold("names of models that nobody else uses", report_.models->numbered,
               by_house("such a name may be the account's own: that of a fine-tuned model is"));
    }
  }

  void add_limits() {
    const bool clusters = std::ranges::any_of(
        cases_drawn(*material_.book, material_.about, request_.period, screening()),
        [](const Case* c) { return c->subject.starts_with("cluster"); });
    report_.limits = report_limits(report_, clusters);
  }

  const ReportRequest& request_;
  const ReportMaterial& material_;
  Report report_;
  std::set<std::int64_t> acts_seen_;
  std::int64_t figures_withheld_ = 0;
  std::int64_t accounts_numbered_ = 0;
  std::int64_t days_withheld_ = 0;
  std::int64_t privileged_ = 0;
  std::int64_t unstated_ = 0;   ///< acts about who is behind it that are not told
  std::int64_t unfounded_ = 0;  ///< statements of it of which nothing is left that they rest on
  std::int64_t sealed_ = 0;
};

}  // namespace

std::vector<const FindingState*> findings_drawn(const Case& c,
                                                const std::optional<Interval>& period,
                                                const ReportedScreening* screening) {
  std::vector<const FindingState*> all;
  for (const FindingState& finding : c.findings) {
    bool belongs = !period || overlap(finding.run, *period);
    if (screening != nullptr) {
      belongs = (belongs ||
                 (period && period->from <= finding.recorded && finding.recorded < period->to)) &&
                asks_of_lists(*screening, finding.policy);
    }
    if (belongs) all.push_back(&finding);
  }
  return all;
}

std::vector<const Case*> cases_drawn(const CaseBook& book, const Case* about,
                                     const std::optional<Interval>& period,
                                     const ReportedScreening* screening) {
  if (about != nullptr) return {about};
  std::vector<const Case*> all;
  for (const Case& c : book.cases()) {
    if (c.state == CaseState::kMerged) continue;
    if (!findings_drawn(c, period, screening).empty()) all.push_back(&c);
  }
  return all;
}

Report draw_report(const ReportRequest& request, const ReportMaterial& material) {
  return Drawing(request, material).draw();
}

}  // namespace tidewaiter
