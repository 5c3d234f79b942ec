#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

class Ledger;

// What people do about findings, as entries: docs/ledger-format.md §14 is the grammar. All
// functions are pure but for those that say otherwise.

/// What a decision says that the findings of a case are.
enum class Outcome : std::uint8_t {
  kConfirmed,
  kFalsePositive,
  kAcceptedRisk,
  kNeedsInformation,
  kReferred,
};

[[nodiscard]] std::string_view outcome_name(Outcome outcome);  // "confirmed", "false-positive", …
[[nodiscard]] std::optional<Outcome> outcome_from(std::string_view name);

/// The case has an owner from now on.
struct Assigned {
  std::string to;  ///< handle
  bool operator==(const Assigned&) const = default;
};

struct Commented {
  bool privileged = false;  ///< counsel's: nobody puts it into a report unasked
  bool operator==(const Commented&) const = default;
};

/// Something that evidence lies in outside of the usage data. Of what it says its digest and length
/// are confidential ("sha256", "bytes"): who guesses a text could check the guess.
struct Exhibit {
  /// Of the payload. Where there is none nothing is there: the exhibit stays where it is. Acts of
  /// before have the digest of the exhibit itself.
  std::optional<Digest> sha256;
  std::int64_t bytes = 0;  ///< of what `sha256` is of
  bool privileged = false;
  std::string payload = {};  ///< is_payload_id() (storage/evidence/payload_folder.h); empty: none
  bool operator==(const Exhibit&) const = default;
};

/// What somebody did about it elsewhere: a key revoked, a customer asked.
struct ActionTaken {
  UtcTime taken;
  bool operator==(const ActionTaken&) const = default;
};

/// One person's view of what the case is.
struct Decided {
  Outcome outcome = Outcome::kNeedsInformation;
  std::optional<UtcTime> until;  ///< when an accepted risk has to be looked at again
  bool operator==(const Decided&) const = default;
};

/// Another person's word on a decision.
struct SecondOpinion {
  std::int64_t decision = 0;  ///< index of its entry
  bool approves = false;
  bool operator==(const SecondOpinion&) const = default;
};

/// Whoever is concerned objects: a closed case is open again.
struct Appealed {
  bool operator==(const Appealed&) const = default;
};

/// The case goes on in another one.
struct Merged {
  std::string into;
  bool operator==(const Merged&) const = default;
};

/// Some findings of the case go on in a new one, which has all that was done by then.
struct CaseSplit {
  std::string into;                   ///< the new case: is_part_id()
  std::vector<std::string> findings;  ///< ids in rising order, from one to kMostSplitOff
  bool operator==(const CaseSplit&) const = default;
};

/// So many fit into an entry, whatever else it has.
inline constexpr std::size_t kMostSplitOff = 400;

/// Says whether `id` is that of a case that was split off: `p-` and twelve hexadecimal digits. No
/// finding and no lead makes such a name, so that none that is found later can have it.
[[nodiscard]] bool is_part_id(std::string_view id);

/// A time limit that a dated event has begun.
struct ClockStarted {
  std::string rule;  ///< a name of clock_rules()
  UtcTime from;      ///< midnight, UTC, of the day of the event
  UtcTime due;       ///< midnight, UTC, of the last day
  bool operator==(const ClockStarted&) const = default;
};

/// What lets something be done that would need leave.
enum class LicenceKind : std::uint8_t {
  kIssuedLicence,   ///< given to somebody, by its number
  kGeneralLicence,  ///< published, for whoever meets its terms
  kLicenceWaived,   ///< an exemption or exception: none is needed
};

[[nodiscard]] std::string_view licence_kind_name(LicenceKind kind);  // "licence", …
[[nodiscard]] std::optional<LicenceKind> licence_kind_from(std::string_view name);

/// There is a licence, or none is needed, as an authority has it. All of it is open: nobody's name
/// belongs into it.
struct LicenceRecorded {
  LicenceKind kind = LicenceKind::kIssuedLicence;
  std::string authority;         ///< who gave it, in words: not empty
  std::string number;            ///< under which it is known there: not empty
  UtcTime from;                  ///< midnight, UTC, of the first day on which it holds
  std::optional<UtcTime> until;  ///< midnight, UTC, of the last one; absent: no end is known
  std::optional<Digest> file;    ///< of the document
  bool operator==(const LicenceRecorded&) const = default;
};

/// A partner or an agency has told something. It opens a case of its own.
struct LeadReceived {
  UtcTime received;
  std::string handling;        ///< a marking of TLP 2.0: "TLP:AMBER"
  std::int64_t subjects = 0;   ///< how many it names
  std::optional<Digest> file;  ///< of what was handed over
  bool operator==(const LeadReceived&) const = default;
};

/// Somebody looked at evidence: at that of findings of the case, or at stored records by
/// themselves. At which, where it is not all of the case, is confidential ("looked_at").
struct EvidenceViewed {
  std::int64_t findings = 0;  ///< how many of the case
  /// How many, of a view of records by themselves (is_view_of_records()), which has no findings.
  std::optional<std::int64_t> records = std::nullopt;
  bool operator==(const EvidenceViewed&) const = default;
};

/// What a report is to the issued one that it follows.
enum class FollowingAs : std::uint8_t {
  kCorrects,     ///< takes its place
  kSupplements,  ///< stands beside it
};

[[nodiscard]] std::string_view following_name(FollowingAs as);  // "corrects", "supplements"

/// The issued report that a report corrects or supplements.
struct ReportFollows {
  FollowingAs as = FollowingAs::kCorrects;
  std::string report;  ///< id
  Digest manifest;     ///< of that report
  bool operator==(const ReportFollows&) const = default;
};

/// A report was drawn. It opens a file of its own: `Act::case_id` is the report's id.
struct ReportDrafted {
  std::string kind;       ///< a name of report_kinds()
  std::string about;      ///< a case; empty: a period
  UtcTime from;           ///< what it covers, half-open
  UtcTime to;             ///< after `from`
  std::string profile;    ///< what of it is let through: a name of redaction_profiles()
  std::string handling;   ///< a marking of TLP 2.0
  bool counsel = false;   ///< counsel has to approve it too, for it goes to a government
  std::int64_t gaps = 0;  ///< required elements that are absent or unknown
  Digest manifest;        ///< SHA-256 of the bundle's manifest-sha256.txt: every byte of the report
  std::optional<ReportFollows> follows = std::nullopt;
  std::string request = {};  ///< id of the request that it answers; empty: none
  /// Index of the `case.clock` of the case by which it is due; absent: none, or, of one that was
  /// drawn before reports named theirs, whichever ended first.
  std::optional<std::int64_t> clock = std::nullopt;
  bool operator==(const ReportDrafted&) const = default;
};

/// Another person's word on a draft, or on a withdrawal.
struct ReportApproved {
  std::int64_t draft = 0;  ///< index of its entry: of the draft's, or the withdrawal's
  bool approves = false;
  bool counsel = false;  ///< said as counsel, not as approver
  bool operator==(const ReportApproved&) const = default;
};

/// The report goes out, as it was drawn.
struct ReportIssued {
  std::int64_t draft = 0;  ///< index of its entry
  std::int64_t gaps = 0;   ///< the draft's
  Digest manifest;         ///< the draft's
  bool operator==(const ReportIssued&) const = default;
};

/// An issued report is to hold no more. It does until it was approved as the report had to be.
struct ReportWithdrawn {
  std::int64_t issued = 0;  ///< index of the entry that issued it
  Digest manifest;          ///< the report's
  bool operator==(const ReportWithdrawn&) const = default;
};

/// Somebody outside asks for something, or orders it. It opens a file of its own: `Act::case_id` is
/// the request's id. Who asks, for what, on what authority and legal basis is confidential.
struct RequestReceived {
  UtcTime received;            ///< midnight, UTC, of the day
  std::string rule;            ///< that says until when: a name of clock_rules(), or kStatedRule
  std::optional<UtcTime> due;  ///< midnight, UTC, of the last day; absent where `rule` is empty
  std::string about;           ///< a case; empty: none that is known
  bool operator==(const RequestReceived&) const = default;
};

/// The rule of a day that the request itself states.
inline constexpr std::string_view kStatedRule = "stated";

/// How a request ended that no report of its own has answered.
enum class RequestEnd : std::uint8_t {
  kAnswered,   ///< by a report that was not drawn for it
  kRefused,    ///< nothing is given
  kTakenBack,  ///< by whoever asked
};

[[nodiscard]] std::string_view request_end_name(RequestEnd end);  // "answered", "refused", …

struct RequestClosed {
  RequestEnd end = RequestEnd::kRefused;
  std::string report;  ///< id, of kAnswered; else empty
  bool operator==(const RequestClosed&) const = default;
};

/// An account is cut off values that it has: they are no evidence for it any more. It opens a file
/// of its own, a ruling: `Act::case_id` is its id. Which account and which values is confidential.
struct LinkCut {
  std::int64_t values = 0;  ///< how many, > 0
  bool operator==(const LinkCut&) const = default;
};

/// Two accounts belong together, whatever they have in common. A ruling, too.
struct LinkJoined {
  bool operator==(const LinkJoined&) const = default;
};

/// The ruling holds no more.
struct RulingLifted {
  bool operator==(const RulingLifted&) const = default;
};

/// Another person's word on a ruling, or on its lifting.
struct RulingApproved {
  std::int64_t about = 0;  ///< index of its entry
  bool approves = false;
  bool operator==(const RulingApproved&) const = default;
};

/// What is known of a subject is kept, whatever else is asked for, until another person has
/// approved the release. `Act::case_id` is the hold's id; the subject is among what is
/// confidential.
struct HoldPlaced {
  bool operator==(const HoldPlaced&) const = default;
};

/// The hold is to end.
struct HoldReleased {
  std::int64_t hold = 0;  ///< index of the entry that placed it
  bool operator==(const HoldReleased&) const = default;
};

/// Another person's word on a hold, or on its release.
struct HoldApproved {
  std::int64_t about = 0;  ///< index of the entry that placed it, or asks for its release
  bool approves = false;
  bool operator==(const HoldApproved&) const = default;
};

/// What is known of a subject is to be destroyed. `Act::case_id` is the erasure's id; the subject
/// is among what is confidential.
struct ErasureRequested {
  bool despite_retention = false;  ///< findings about it have not been kept as long as they should
  bool operator==(const ErasureRequested&) const = default;
};

/// Another person's word on it.
struct ErasureApproved {
  std::int64_t request = 0;  ///< index of its entry
  bool approves = false;
  bool operator==(const ErasureApproved&) const = default;
};

/// Word of certain findings is held back from `from` to `until`. `Act::case_id` is the silence's
/// id. Of which ones, and why, is confidential (storage/review/silence_book.h).
struct NoticesSilenced {
  UtcTime from;
  UtcTime until;  ///< after `from`
  bool operator==(const NoticesSilenced&) const = default;
};

/// The silence ends before its time.
struct SilenceEnded {
  std::int64_t silence = 0;  ///< index of the entry that began it
  bool operator==(const SilenceEnded&) const = default;
};

/// Messages that were given up are to be sent again, under the ids that they have.
/// `Act::case_id` is a name of its own.
struct NoticesRetried {
  std::string channel;       ///< not empty
  std::int64_t message = 0;  ///< id in the outbox, > 0; 0: all of the channel that are given up
  bool operator==(const NoticesRetried&) const = default;
};

/// A name of an account is not a listed party that it hits: the hit counts for nothing. It opens a
/// file of its own: `Act::case_id` is the clearance's id. Whose name, and which party, is
/// confidential (storage/review/clearance_words.h).
struct NameCleared {
  std::string finding;       ///< id of one that shows the hit
  std::string policy;        ///< that found it
  std::int64_t version = 0;  ///< of that policy, > 0: under another one it says nothing
  bool operator==(const NameCleared&) const = default;
};

/// The clearance holds no more.
struct ClearanceLifted {
  bool operator==(const ClearanceLifted&) const = default;
};

/// Another person's word on a clearance.
struct ClearanceApproved {
  std::int64_t about = 0;  ///< index of the entry that gave it
  bool approves = false;
  bool operator==(const ClearanceApproved&) const = default;
};

/// How sure whoever states it is of who is behind a case, in the words that analysts use.
enum class Confidence : std::uint8_t { kLow, kModerate, kHigh };

[[nodiscard]] std::string_view confidence_name(Confidence confidence);  // "low", "moderate", "high"
[[nodiscard]] std::optional<Confidence> confidence_from(std::string_view name);

/// A person says who is behind the case. It is a statement once another person has approved it.
/// Who it is, and why, is confidential ("to", "reason").
struct AttributionStated {
  Confidence confidence = Confidence::kLow;
  std::vector<std::string> findings;   ///< of the case, that it rests on: ids in rising order
  std::vector<std::int64_t> exhibits;  ///< likewise: indexes of their entries in rising order
  bool operator==(const AttributionStated&) const = default;
};

/// So many pieces of evidence, of both kinds together, fit into an entry. It rests on one at least.
inline constexpr std::size_t kMostAttributionEvidence = 200;

/// Another person's word on a statement of who is behind a case.
struct AttributionApproved {
  std::int64_t statement = 0;  ///< index of its entry
  bool approves = false;
  bool operator==(const AttributionApproved&) const = default;
};

/// The statement holds no more, or waits no more.
struct AttributionWithdrawn {
  std::int64_t statement = 0;  ///< index of its entry
  bool operator==(const AttributionWithdrawn&) const = default;
};

/// Counsel's legal conclusion about the case, privileged until counsel releases it. What it says is
/// confidential ("text"). A later one takes its place.
struct ConclusionStated {
  bool operator==(const ConclusionStated&) const = default;
};

/// Counsel lets a conclusion into the reports of one kind.
struct ConclusionReleased {
  std::int64_t conclusion = 0;  ///< index of its entry
  std::string kind;             ///< a name of report_kinds()
  bool operator==(const ConclusionReleased&) const = default;
};

/// What of an issued report somebody was given: of which file the digest is.
enum class HandedForm : std::uint8_t {
  kFolder,   ///< tagmanifest-sha256.txt of the folder: every byte of it
  kArchive,  ///< one file that the folder was packed into
};

[[nodiscard]] std::string_view handed_form_name(HandedForm form);  // "folder", "archive"

/// An issued report left the house. To whom is confidential ("to").
struct ReportHandedOver {
  std::int64_t issued = 0;  ///< index of the entry that issued it
  UtcTime handed;           ///< when it was given
  std::string channel;      ///< by which way: "courier", "portal". Open, and not empty
  HandedForm form = HandedForm::kFolder;
  Digest sha256;  ///< of what was given
  bool operator==(const ReportHandedOver&) const = default;
};

/// Whoever was given the report has confirmed that it came. How, its confidential "note" says.
struct ReportReceived {
  std::int64_t handover = 0;  ///< index of the entry that says that it was given
  UtcTime received;
  bool operator==(const ReportReceived&) const = default;
};

using ActBody =
    std::variant<Assigned, Commented, Exhibit, ActionTaken, Decided, SecondOpinion, Appealed,
                 Merged, ClockStarted, LeadReceived, EvidenceViewed, ReportDrafted, ReportApproved,
                 ReportIssued, LinkCut, LinkJoined, RulingLifted, RulingApproved, HoldPlaced,
                 HoldReleased, HoldApproved, ErasureRequested, ErasureApproved, ReportWithdrawn,
                 RequestReceived, RequestClosed, NoticesSilenced, SilenceEnded, NoticesRetried,
                 NameCleared, ClearanceLifted, ClearanceApproved, CaseSplit, LicenceRecorded,
                 AttributionStated, AttributionApproved, AttributionWithdrawn, ConclusionStated,
                 ConclusionReleased, ReportHandedOver, ReportReceived>;

/// What an act says that no outsider reads: texts, names, whom it is about. By name.
using Confidential = std::map<std::string, std::string>;

/// Something that a person did about a case, a report or a ruling. A plain value.
struct Act {
  std::string origin;   ///< of the ledger that it is for
  std::string case_id;  ///< or the report's id, the ruling's, the clearance's
  std::string by;       ///< handle
  UtcTime at;
  std::int64_t seen = 0;  ///< entries that the ledger had when the person looked at the case
  ActBody body;
  /// SHA-256 of what sealed_text() gives; nothing where the act has nothing confidential.
  std::optional<Digest> confidential;
  bool operator==(const Act&) const = default;
};

/// The type of the act's entry: "case.commented".
[[nodiscard]] std::string_view act_type(const Act& act);
/// Says whether entries of this type are acts.
[[nodiscard]] bool is_act_type(std::string_view type);

/// Says whether an act is about a report: its `case_id` is then the report's.
[[nodiscard]] bool is_about_report(const Act& act);
/// The same of a request.
[[nodiscard]] bool is_about_request(const Act& act);
/// The same of a ruling on what links accounts.
[[nodiscard]] bool is_about_ruling(const Act& act);

/// The same of a clearance of a name.
[[nodiscard]] bool is_about_clearance(const Act& act);

/// Says whether an act is about a hold or an erasure: its `case_id` is then that one's.
[[nodiscard]] bool is_about_party(const Act& act);

/// Says whether an act is about messages that leave the house: its `case_id` is a silence's, or a
/// name of its own.
[[nodiscard]] bool is_about_notices(const Act& act);

/// Says whether an act is a view of stored records that is about no case: its `case_id` is then a
/// name of its own, `v-` and twelve hexadecimal digits, which nothing else goes by.
[[nodiscard]] bool is_view_of_records(const Act& act);

/// Says whether an act has to name a subject: it places a hold, or asks for an erasure. Its entry
/// then has the subject's party_of() (storage/ledger/party.h) beside what the person signed.
[[nodiscard]] bool names_party(const ActBody& body);

/// The type of the entry that says that a subject was erased. The program writes it.
inline constexpr std::string_view kErasedType = "erasure.executed";

/// The type of the entry that says that an act was refused, and why. The program writes it.
inline constexpr std::string_view kRefusedType = "case.refused";

/// What `Act::confidential` is the hash of: JCS [base64url(salt), object]. `salt` is 16 random
/// bytes, without which short texts could be guessed. Errors: kInvalidInput if it has no JCS form.
[[nodiscard]] Result<std::string> sealed_text(std::string_view salt, const Confidential& content);
/// The inverse. Errors: kInvalidInput.
[[nodiscard]] Result<Confidential> open_sealed(std::string_view text);

/// What names the act: SHA-256 over the JCS of its open members.
[[nodiscard]] Result<Digest> act_digest(const Act& act);
/// The exact text that the person signs: three lines, each with a line feed.
[[nodiscard]] Result<std::string> act_text(const Act& act);

struct SignedAct {
  Act act;
  std::string signer;  ///< C2SP verifier key, its name is the person's handle
  std::string note;    ///< C2SP signed note over act_text(), one signature
};

/// Signs. Errors: kInvalidInput if the act has no JCS form, or the handle may not name a key.
[[nodiscard]] Result<SignedAct> sign_act(Act act, const SigningKey& key);
/// Errors: kInvalidInput for a malformed note or key; kRefused for another text, a key of another
/// name than `by`, and a signature that does not hold.
[[nodiscard]] Result<void> check_act_signature(const SignedAct& act);

/// Whether two verifier keys are of one person: the same key, whatever its name.
[[nodiscard]] bool same_signer(const std::string& a, const std::string& b);

/// The open members of the entry, and back. `type` is the entry's, `origin` the ledger's.
/// Errors: kInvalidInput.
[[nodiscard]] Result<nlohmann::json> act_fields(const SignedAct& act);
[[nodiscard]] Result<SignedAct> read_act(std::string_view type, const nlohmann::json& entry,
                                         std::string origin);

/// An act as the ledger has it, or one that it refused.
struct RecordedAct {
  std::int64_t index = 0;
  UtcTime recorded;
  SignedAct act;
  bool second_needed = false;  ///< of a decision, ruling or clearance: another has to approve it
  std::string party = {};      ///< of an act that names_party()
};

/// All acts of a ledger in order. Reads every entry. Errors: kCorruption for an entry that is no
/// act and says it is; those of the ledger.
[[nodiscard]] Result<std::vector<RecordedAct>> recorded_acts(const Ledger& ledger);

}  // namespace tidewaiter
