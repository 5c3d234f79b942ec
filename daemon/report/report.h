#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/report/cluster_graph.h"
#include "daemon/report/cluster_members.h"
#include "daemon/report/cluster_summary.h"
#include "daemon/report/list_age.h"
#include "daemon/report/model_shares.h"
#include "daemon/report/reported_screening.h"
#include "daemon/report/reported_statements.h"
#include "daemon/report/site_words.h"
#include "daemon/report/usual_usage.h"
#include "policies/model/digest.h"
#include "policies/model/finding.h"
#include "policies/model/time.h"
#include "policies/screening/consequence.h"
#include "policies/screening/licence_terms.h"
#include "policies/screening/score.h"

namespace tidewaiter {

// A report as data: what each rendering shows, and nothing that its profile withholds. Plain
// values. Texts are UTF-8 as they came, still to be escaped for whatever they are put into.

/// Stands for a subject that was erased.
inline constexpr std::string_view kErasedSubject = "(erased)";

/// The modes in which a site may be (storage/review/policy_signers.h), as `status` names them.
inline constexpr std::string_view kSignedPolicyMode = "signed policy mode";
inline constexpr std::string_view kUnsignedPolicyMode = "unsigned policy mode";

struct ReportedBasis {
  std::string type;  ///< terms, law, contract, control, red_flag
  std::string text;
  std::string jurisdiction;
  std::string citation;
  std::string settled;    ///< of a law: yes, no, disputed; may be empty
  bool in_force = false;  ///< at some time of the findings
};

/// A policy, in the version under which findings were stated.
struct ReportedPolicy {
  std::string id;
  std::int64_t version = 0;
  Digest hash;
  bool known = false;  ///< its words are stored; else title, description and bases are empty
  std::string title;
  std::string description;
  std::vector<ReportedBasis> basis;
  std::vector<std::string> may_be_innocent;
};

/// What a policy could not tell, over all subjects, up to the draft.
struct ReportedCoverage {
  std::string policy;
  std::int64_t windows_told = 0;           ///< settled, true or false
  std::int64_t windows_not_evaluable = 0;  ///< settled, and still unknown: never a pass
  std::int64_t records_unknown = 0;
  std::int64_t records_too_late = 0;
};

/// A stretch that a policy did not see, as an entry says.
struct ReportedGap {
  std::int64_t entry = 0;
  std::string policy;
  UtcTime recorded;
  std::string reason;
  std::int64_t count = 0;
};

/// How far a source had told that its records are complete, when the report was drawn.
struct ReportedSource {
  std::string name;
  bool configured = true;           ///< by then
  std::optional<Interval> covered;  ///< from the earliest to the latest; absent: it told of nothing
  std::vector<Interval> missing;    ///< of the report's period, before and behind that, in order
};

struct ReportedFigure {
  std::string name;
  std::string value;  ///< for people; empty: withheld
  bool exact = true;
  bool withheld = false;
};

/// What a person decided, and who approved it.
struct ReportedDecision {
  std::string case_id;
  std::string outcome;  ///< outcome_name()
  std::string by;       ///< handle
  UtcTime at;
  std::int64_t entry = 0;
  bool waits = false;  ///< for a second person: it does not hold yet
  std::optional<std::string> approved_by;
  std::optional<UtcTime> approved_at;
  std::optional<std::int64_t> approval_entry;
};

/// A listed party that a finding hits. Who is listed is public; whose name is like it is not.
struct ReportedParty {
  std::string list;              ///< by its name among the policies
  std::string entry;             ///< "LIST:ENTRY", as the publisher names it
  std::vector<std::string> ids;  ///< by which the publisher names it
  std::string party;             ///< its name
  std::string listed;            ///< that name, or the alias, which the account's name is like
  bool is_alias = false;
  bool is_weak = false;  ///< an alias that many have, as the publisher says
  Score score = 0;
  bool is_told = true;     ///< false: what decides is not in the records
  Follows follows;         ///< what the list asks, by the law at the time of the record
  LicenceTerms licence;    ///< as the list states them
  std::string issue;       ///< id; empty: of a list that has none
  std::string issue_text;  ///< with its day and digest; may be empty
  /// Whose record it is, which no file of a report has; empty: not known, or withheld.
  std::string source = {};
  std::string account = {};
  std::string field = {};  ///< of the account's records; empty: withheld
  std::string name = {};   ///< of the account; empty: withheld
  bool operator==(const ReportedParty&) const = default;
};

/// Whom a finding hits among those who are listed, where its policy asks that.
struct ReportedListing {
  std::vector<ReportedParty> parties;
  std::vector<std::string> grounds;  ///< of an ownership: what it rests on, in words
  bool grounds_are_own = false;      ///< of the account that the finding is about, all of them
  std::int64_t withheld = 0;         ///< of these, and of names of the account
  std::string unknown;               ///< why some of it cannot be told; empty: all is
};

struct ReportedFinding {
  std::string id;
  std::string case_id;
  std::string policy;
  std::int64_t policy_version = 0;
  Severity severity = Severity::kLow;
  std::string standing;  ///< "potential violation" until a person confirmed it
  std::string subject;   ///< as the profile has it: its text, or "subject 3"
  Interval run;
  std::int64_t windows = 0;
  std::vector<ReportedFigure> figures;  ///< of the run's first window that holds
  std::int64_t records = 0;             ///< that contribute to that window
  bool historical = false;
  UtcTime recorded;
  std::vector<std::int64_t> entries;
  std::optional<ReportedListing> listing = std::nullopt;
  /// Where its policy looks into lists: how old these were when the finding was recorded.
  std::vector<ListAge> lists = {};
};

/// One of those whom the report is about.
struct ReportedSubject {
  std::string name;  ///< as in findings
  bool withheld = false;
  bool erased = false;
  std::vector<std::string> cases;
  std::int64_t findings = 0;
};

/// A line of what happened, in the order of the ledger.
struct ReportedEvent {
  UtcTime at;
  std::int64_t entry = 0;
  std::string who;  ///< handle; empty: the program
  std::string what;
};

/// Something that is left out, and why.
struct WithheldPart {
  std::string what;
  std::int64_t count = 0;
  std::string why;
  /// What it is withheld by: "profile facts", "recipient agency-4", "kind referral", "author" (who
  /// may not see it), or "every report".
  std::string by;
};

/// What the site has configured of whom the report goes to.
struct ReportedRecipient {
  std::string id;
  std::string profile;                 ///< that lets the most through to it
  std::vector<std::string> withholds;  ///< names of recipient_parts()
  std::string handling_at_most;        ///< empty: any
};

/// Numbers over time, in equal slots.
struct ReportedSeries {
  std::string title;
  std::string unit;  ///< "requests"
  UtcTime from;
  Duration slot;
  std::vector<std::int64_t> values;
  std::vector<UtcTime> marks;  ///< moments at which findings begin
  bool complete = true;        ///< false: counted from a part of the records
};

/// A finding that an earlier report cited, and that is another thing now.
struct ReportedChange {
  std::string finding;  ///< id
  std::string what;     ///< finding_change_name()
  std::string was;      ///< its standing in that report
  std::string is;       ///< now
};

/// The issued report that this one corrects or supplements.
struct ReportedFollowing {
  std::string as;  ///< following_name()
  std::string report;
  std::string handling;  ///< that report's
  Digest manifest;
  UtcTime drawn;
  UtcTime issued;
  std::int64_t issued_entry = 0;
  std::string why;  ///< what the author says to the recipient
  std::vector<ReportedChange> changes;
  /// What that report covers, where this one may not cover less.
  std::optional<Interval> covered = std::nullopt;
};

/// The clock of the case by which a report of this kind is due.
struct ReportedDeadline {
  std::string rule;      ///< a name of clock_rules()
  std::string what;      ///< that has to be done by then
  std::string citation;  ///< of the rule
  UtcTime from;          ///< midnight, UTC, of the day of the event
  UtcTime due;           ///< midnight, UTC, of the last day
  std::string by;        ///< handle of who recorded it
  std::int64_t entry = 0;
};

/// A licence or exemption that somebody recorded about the case.
struct ReportedLicence {
  std::string kind;  ///< licence_kind_name()
  std::string authority;
  std::string number;
  UtcTime from;                  ///< midnight, UTC, of the first day
  std::optional<UtcTime> until;  ///< midnight, UTC, of the last one; absent: no end is known
  std::optional<Digest> file;    ///< of the document
  bool ended = false;            ///< its last day was over when the report was drawn
  std::string case_id;
  std::string by;  ///< handle of who recorded it
  std::int64_t entry = 0;
};

/// The document by which a request was made.
struct ReportedDocument {
  std::string name;  ///< of its file; empty: withheld
  std::int64_t bytes = 0;
  Digest sha256;
};

enum class ElementState : std::uint8_t { kPresent, kAbsent, kUnknown };
[[nodiscard]] std::string_view element_state_name(ElementState state);  // "present", …

/// Whether the report has something that its kind asks for.
struct CheckedElement {
  std::string name;
  std::string question;
  ElementState state = ElementState::kAbsent;
};

struct Report {
  std::string id;
  std::string kind;
  std::string title;  ///< of the kind
  UtcTime drawn;
  std::string author;  ///< handle
  std::string origin;  ///< of the ledger
  std::string verifier_key;
  std::int64_t ledger_entries = 0;  ///< that the ledger had when it was drawn
  std::string case_id;              ///< empty: a period
  std::optional<ReportedFollowing> follows;
  std::string request;  ///< id of the request that it answers; empty: none
  std::optional<ReportedDocument> request_document;  ///< by which that was made, where one is known
  std::optional<ReportedDeadline> deadline;          ///< by the clock that the draft names
  Interval period;
  std::string policy_mode;    ///< of the site, when it was drawn: kSignedPolicyMode, or the other
  bool period_asked = false;  ///< by who drew it; else it is that of the findings
  std::string handling;       ///< TLP
  std::string profile;
  std::string profile_text;                       ///< what it lets through
  std::optional<ReportedRecipient> recipient;     ///< of a recipient that the site has configured
  std::map<std::string, std::string> statements;  ///< by element: what the author says
  std::vector<ReportedPolicy> policies;
  std::vector<ReportedFinding> findings;
  std::vector<ReportedDecision> decisions;
  std::vector<ReportedSubject> subjects;
  /// Who is behind the case, as people state it; absent: of a kind that does not tell of it.
  std::optional<std::vector<ReportedAttribution>> attributions;
  std::optional<ReportedConclusion> conclusion;  ///< counsel's, where it is released
  std::vector<ReportedLicence> licences;
  std::vector<ReportedEvent> timeline;
  std::vector<ReportedCoverage> coverage;
  std::vector<ReportedGap> gaps;
  /// What the sources saw of the period; absent: the record log cannot be read.
  std::optional<std::vector<ReportedSource>> sources;
  std::vector<ReportedSeries> series;
  std::optional<UsualUsage> usual;           ///< of a case: by day, beside what is usual
  std::optional<ReportedModels> models;      ///< of a case: which models before and after a release
  std::optional<DrawnGraph> cluster;         ///< what links the accounts, of a case about a cluster
  std::optional<ReportedMembers> members;    ///< its accounts
  std::optional<ReportedClusters> clusters;  ///< of a period
  std::optional<ReportedScreening> screening;  ///< of a kind that tells of it
  std::vector<WithheldPart> withheld;
  std::vector<std::string> limits;  ///< what it cannot say, in sentences
  std::vector<CheckedElement> elements;
  bool certificate = false;  ///< its bundle has a draft of a custodian's certificate
  SiteWords words;           ///< of the site, on the page
  std::map<std::string, std::string> templates;  ///< that made them, by part
};

}  // namespace tidewaiter
