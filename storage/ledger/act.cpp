#include "storage/ledger/act.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "storage/evidence/disclosure.h"
#include "storage/evidence/payload_folder.h"
#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kFirstLine = "tidewaiter.act/v1";

struct OutcomeName {
  Outcome outcome;
  std::string_view name;
};
constexpr std::array<OutcomeName, 5> kOutcomes{{{Outcome::kConfirmed, "confirmed"},
                                                {Outcome::kFalsePositive, "false-positive"},
                                                {Outcome::kAcceptedRisk, "accepted-risk"},
                                                {Outcome::kNeedsInformation, "needs-information"},
                                                {Outcome::kReferred, "referred"}}};

/// By place in ActBody.
constexpr std::array<std::string_view, std::variant_size_v<ActBody>> kActTypes{
    "case.assigned",         "case.commented",     "case.exhibit",
    "case.action",           "case.decided",       "case.approved",
    "case.appealed",         "case.merged",        "case.clock",
    "lead.received",         "evidence.viewed",    "report.drafted",
    "report.approved",       "report.issued",      "cluster.cut",
    "cluster.joined",        "cluster.lifted",     "cluster.approved",
    "hold.placed",           "hold.released",      "hold.approved",
    "erasure.requested",     "erasure.approved",   "report.withdrawn",
    "request.received",      "request.closed",     "notice.silenced",
    "notice.unsilenced",     "notice.retried",     "clearance.given",
    "clearance.lifted",      "clearance.approved", "case.split",
    "case.licence",          "attribution.stated", "attribution.approved",
    "attribution.withdrawn", "conclusion.stated",  "conclusion.released",
    "report.handed-over",    "report.received"};

/// By place in Confidence.
constexpr std::array<std::string_view, 3> kConfidences{"low", "moderate", "high"};

/// By place in HandedForm.
constexpr std::array<std::string_view, 2> kHandedForms{"folder", "archive"};

/// By place in LicenceKind.
constexpr std::array<std::string_view, 3> kLicenceKinds{"licence", "general-licence", "exemption"};

tl::unexpected<Error> malformed_act(const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "an act needs " + what);
}

std::optional<UtcTime> time_member(const nlohmann::json& object, const char* name) {
  const std::string text = text_member(object, name).value_or("");
  const Result<UtcTime> time = parse_time(text);
  return time && format_time(*time) == text ? std::optional(*time) : std::nullopt;
}

std::optional<bool> truth_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_boolean()) return std::nullopt;
  return found->get<bool>();
}

/// The details of each kind as JSON.
struct ToJson {
  nlohmann::json operator()(const Assigned& act) const { return {{"to", act.to}}; }
  nlohmann::json operator()(const Commented& act) const { return {{"privileged", act.privileged}}; }
  nlohmann::json operator()(const Exhibit& act) const {
    nlohmann::json details = {{"privileged", act.privileged}};
    if (act.sha256) {
      details["sha256"] = to_hex(*act.sha256);
      details["bytes"] = act.bytes;
    }
    if (!act.payload.empty()) details["payload"] = act.payload;
    return details;
  }
  nlohmann::json operator()(const ActionTaken& act) const {
    return {{"taken", format_time(act.taken)}};
  }
  nlohmann::json operator()(const Decided& act) const {
    nlohmann::json details = {{"outcome", std::string(outcome_name(act.outcome))}};
    if (act.until) details["until"] = format_time(*act.until);
    return details;
  }
  nlohmann::json operator()(const SecondOpinion& act) const {
    return {{"decision", act.decision}, {"approves", act.approves}};
  }
  nlohmann::json operator()(const Appealed& /*act*/) const { return nlohmann::json::object(); }
  nlohmann::json operator()(const Merged& act) const { return {{"into", act.into}}; }
  nlohmann::json operator()(const ClockStarted& act) const {
    return {{"rule", act.rule}, {"from", format_time(act.from)}, {"due", format_time(act.due)}};
  }
  nlohmann::json operator()(const LeadReceived& act) const {
    nlohmann::json details = {{"received", format_time(act.received)},
                              {"handling", act.handling},
                              {"subjects", act.subjects}};
    if (act.file) details["file"] = to_hex(*act.file);
    return details;
  }
  nlohmann::json operator()(const EvidenceViewed& act) const {
    nlohmann::json details = {{"findings", act.findings}};
    if (act.records) details["records"] = *act.records;
    return details;
  }
  nlohmann::json operator()(const ReportDrafted& act) const {
    nlohmann::json details = {{"kind", act.kind},          {"from", format_time(act.from)},
                              {"to", format_time(act.to)}, {"profile", act.profile},
                              {"handling", act.handling},  {"counsel", act.counsel},
                              {"gaps", act.gaps},          {"manifest", to_hex(act.manifest)}};
    if (!act.about.empty()) details["about"] = act.about;
    if (!act.request.empty()) details["request"] = act.request;
    if (act.clock) details["clock"] = *act.clock;
    if (act.follows) {
      details["follows"] = {{"as", std::string(following_name(act.follows->as))},
                            {"report", act.follows->report},
                            {"manifest", to_hex(act.follows->manifest)}};
    }
    return details;
  }
  nlohmann::json operator()(const ReportApproved& act) const {
    return {{"draft", act.draft}, {"approves", act.approves}, {"counsel", act.counsel}};
  }
  nlohmann::json operator()(const ReportIssued& act) const {
    return {{"draft", act.draft}, {"gaps", act.gaps}, {"manifest", to_hex(act.manifest)}};
  }
  nlohmann::json operator()(const LinkCut& act) const { return {{"values", act.values}}; }
  nlohmann::json operator()(const LinkJoined& /*act*/) const { return nlohmann::json::object(); }
  nlohmann::json operator()(const RulingLifted& /*act*/) const { return nlohmann::json::object(); }
  nlohmann::json operator()(const RulingApproved& act) const {
    return {{"about", act.about}, {"approves", act.approves}};
  }
  nlohmann::json operator()(const HoldPlaced& /*act*/) const { return nlohmann::json::object(); }
  nlohmann::json operator()(const HoldReleased& act) const { return {{"hold", act.hold}}; }
  nlohmann::json operator()(const HoldApproved& act) const {
    return {{"about", act.about}, {"approves", act.approves}};
  }
  nlohmann::json operator()(const ErasureRequested& act) const {
    return {{"despite_retention", act.despite_retention}};
  }
  nlohmann::json operator()(const ErasureApproved& act) const {
    return {{"request", act.request}, {"approves", act.approves}};
  }
  nlohmann::json operator()(const RequestReceived& act) const {
    nlohmann::json details = {{"received", format_time(act.received)}};
    if (!act.rule.empty()) details["rule"] = act.rule;
    if (act.due) details["due"] = format_time(*act.due);
    if (!act.about.empty()) details["about"] = act.about;
    return details;
  }
  nlohmann::json operator()(const RequestClosed& act) const {
    nlohmann::json details = {{"end", std::string(request_end_name(act.end))}};
    if (!act.report.empty()) details["report"] = act.report;
    return details;
  }
  nlohmann::json operator()(const NoticesSilenced& act) const {
    return {{"from", format_time(act.from)}, {"until", format_time(act.until)}};
  }
  nlohmann::json operator()(const SilenceEnded& act) const { return {{"silence", act.silence}}; }
  nlohmann::json operator()(const NoticesRetried& act) const {
    return {{"channel", act.channel}, {"message", act.message}};
  }
  nlohmann::json operator()(const NameCleared& act) const {
    return {{"finding", act.finding}, {"policy", act.policy}, {"version", act.version}};
  }
  nlohmann::json operator()(const ClearanceLifted& /*act*/) const {
    return nlohmann::json::object();
  }
  nlohmann::json operator()(const ClearanceApproved& act) const {
    return {{"about", act.about}, {"approves", act.approves}};
  }
  nlohmann::json operator()(const CaseSplit& act) const {
    return {{"into", act.into}, {"findings", act.findings}};
  }
  nlohmann::json operator()(const LicenceRecorded& act) const {
    nlohmann::json details = {{"kind", std::string(licence_kind_name(act.kind))},
                              {"authority", act.authority},
                              {"number", act.number},
                              {"from", format_time(act.from)}};
    if (act.until) details["until"] = format_time(*act.until);
    if (act.file) details["file"] = to_hex(*act.file);
    return details;
  }
  nlohmann::json operator()(const ReportWithdrawn& act) const {
    return {{"issued", act.issued}, {"manifest", to_hex(act.manifest)}};
  }
  nlohmann::json operator()(const AttributionStated& act) const {
    return {{"confidence", std::string(confidence_name(act.confidence))},
            {"findings", act.findings},
            {"exhibits", act.exhibits}};
  }
  nlohmann::json operator()(const AttributionApproved& act) const {
    return {{"statement", act.statement}, {"approves", act.approves}};
  }
  nlohmann::json operator()(const AttributionWithdrawn& act) const {
    return {{"statement", act.statement}};
  }
  nlohmann::json operator()(const ConclusionStated& /*act*/) const {
    return nlohmann::json::object();
  }
  nlohmann::json operator()(const ConclusionReleased& act) const {
    return {{"conclusion", act.conclusion}, {"kind", act.kind}};
  }
  nlohmann::json operator()(const ReportHandedOver& act) const {
    return {{"issued", act.issued},
            {"handed", format_time(act.handed)},
            {"channel", act.channel},
            {"form", std::string(handed_form_name(act.form))},
            {"sha256", to_hex(act.sha256)}};
  }
  nlohmann::json operator()(const ReportReceived& act) const {
    return {{"handover", act.handover}, {"received", format_time(act.received)}};
  }
};

/// Readers of details: nothing where a member is missing or of another form. Members that are too
/// many show in the digest: who reads compares what it would write.
std::optional<ActBody> read_assigned(const nlohmann::json& details) {
  auto to = text_member(details, "to");
  if (!to || to->empty()) return std::nullopt;
  return Assigned{std::move(*to)};
}

std::optional<ActBody> read_commented(const nlohmann::json& details) {
  const auto privileged = truth_member(details, "privileged");
  if (!privileged) return std::nullopt;
  return Commented{*privileged};
}

/// Whether there is a text that has a payload of so many bytes.
bool is_payload_length(std::int64_t bytes) {
  const std::int64_t sealed = bytes - static_cast<std::int64_t>(kPayloadHeader);
  return sealed >= 0 &&
         sealed % static_cast<std::int64_t>(kSealedChunk) >= static_cast<std::int64_t>(kPayloadTag);
}

std::optional<ActBody> read_exhibit(const nlohmann::json& details) {
  const auto privileged = truth_member(details, "privileged");
  if (!privileged) return std::nullopt;
  Exhibit exhibit{std::nullopt, 0, *privileged};
  if (details.contains("sha256")) {
    exhibit.sha256 = digest_member(details, "sha256");
    const auto bytes = number_member(details, "bytes");
    if (!exhibit.sha256 || !bytes || *bytes < 0) return std::nullopt;
    exhibit.bytes = *bytes;
  }
  if (details.contains("payload")) {
    exhibit.payload = text_member(details, "payload").value_or("");
    if (!exhibit.sha256 || !is_payload_id(exhibit.payload)) return std::nullopt;
    if (!is_payload_length(exhibit.bytes)) return std::nullopt;
  }
  return exhibit;
}

std::optional<ActBody> read_action(const nlohmann::json& details) {
  const auto taken = time_member(details, "taken");
  if (!taken) return std::nullopt;
  return ActionTaken{*taken};
}

std::optional<ActBody> read_decided(const nlohmann::json& details) {
  const auto outcome = outcome_from(text_member(details, "outcome").value_or(""));
  const auto until = time_member(details, "until");
  if (!outcome || (details.contains("until") && !until)) return std::nullopt;
  return Decided{*outcome, until};
}

std::optional<ActBody> read_second_opinion(const nlohmann::json& details) {
  const auto decision = number_member(details, "decision");
  const auto approves = truth_member(details, "approves");
  if (!decision || *decision < 0 || !approves) return std::nullopt;
  return SecondOpinion{*decision, *approves};
}

std::optional<ActBody> read_appealed(const nlohmann::json& /*details*/) { return Appealed{}; }

std::optional<ActBody> read_merged(const nlohmann::json& details) {
  auto into = text_member(details, "into");
  if (!into || into->empty()) return std::nullopt;
  return Merged{std::move(*into)};
}

std::optional<ActBody> read_clock(const nlohmann::json& details) {
  auto rule = text_member(details, "rule");
  const auto from = time_member(details, "from");
  const auto due = time_member(details, "due");
  if (!rule || rule->empty() || !from || !due || *due < *from) return std::nullopt;
  return ClockStarted{std::move(*rule), *from, *due};
}

std::optional<ActBody> read_lead(const nlohmann::json& details) {
  const auto received = time_member(details, "received");
  auto handling = text_member(details, "handling");
  const auto subjects = number_member(details, "subjects");
  const auto file = digest_member(details, "file");
  if (!received || !handling || !subjects || *subjects < 0) return std::nullopt;
  if (details.contains("file") && !file) return std::nullopt;
  return LeadReceived{*received, std::move(*handling), *subjects, file};
}

std::optional<ActBody> read_viewed(const nlohmann::json& details) {
  const auto findings = number_member(details, "findings");
  const auto records = number_member(details, "records");
  if (!findings || *findings < 0) return std::nullopt;
  if (details.contains("records") && (!records || *records < 0)) return std::nullopt;
  return EvidenceViewed{*findings, records};
}

std::optional<ReportFollows> read_follows(const nlohmann::json& follows) {
  const auto as = text_member(follows, "as");
  auto report = text_member(follows, "report");
  const auto manifest = digest_member(follows, "manifest");
  if (!as || !report || report->empty() || !manifest) return std::nullopt;
  for (const FollowingAs known : {FollowingAs::kCorrects, FollowingAs::kSupplements}) {
    if (*as == following_name(known)) return ReportFollows{known, std::move(*report), *manifest};
  }
  return std::nullopt;
}

std::optional<ActBody> read_report_drafted(const nlohmann::json& details) {
  auto kind = text_member(details, "kind");
  auto about = text_member(details, "about");
  const auto from = time_member(details, "from");
  const auto to = time_member(details, "to");
  auto profile = text_member(details, "profile");
  auto handling = text_member(details, "handling");
  const auto counsel = truth_member(details, "counsel");
  const auto gaps = number_member(details, "gaps");
  const auto manifest = digest_member(details, "manifest");
  if (details.contains("about") && (!about || about->empty())) return std::nullopt;
  if (!kind || kind->empty() || !from || !to || *to <= *from) return std::nullopt;
  if (!profile || profile->empty() || !handling || handling->empty()) return std::nullopt;
  if (!counsel || !gaps || *gaps < 0 || !manifest) return std::nullopt;
  auto request = text_member(details, "request");
  if (details.contains("request") && (!request || request->empty())) return std::nullopt;
  const auto clock = number_member(details, "clock");
  if (details.contains("clock") && (!clock || *clock < 0)) return std::nullopt;
  std::optional<ReportFollows> follows;
  if (details.contains("follows")) {
    follows = read_follows(details["follows"]);
    if (!follows) return std::nullopt;
  }
  return ReportDrafted{std::move(*kind),
                       about.value_or(""),
                       *from,
                       *to,
                       std::move(*profile),
                       std::move(*handling),
                       *counsel,
                       *gaps,
                       *manifest,
                       std::move(follows),
                       request.value_or(""),
                       clock};
}

std::optional<ActBody> read_report_approved(const nlohmann::json& details) {
  const auto draft = number_member(details, "draft");
  const auto approves = truth_member(details, "approves");
  const auto counsel = truth_member(details, "counsel");
  if (!draft || *draft < 0 || !approves || !counsel) return std::nullopt;
  return ReportApproved{*draft, *approves, *counsel};
}

std::optional<ActBody> read_report_issued(const nlohmann::json& details) {
  const auto draft = number_member(details, "draft");
  const auto gaps = number_member(details, "gaps");
  const auto manifest = digest_member(details, "manifest");
  if (!draft || *draft < 0 || !gaps || *gaps < 0 || !manifest) return std::nullopt;
  return ReportIssued{*draft, *gaps, *manifest};
}

std::optional<ActBody> read_cut(const nlohmann::json& details) {
  const auto values = number_member(details, "values");
  if (!values || *values <= 0) return std::nullopt;
  return LinkCut{*values};
}

std::optional<ActBody> read_joined(const nlohmann::json& /*details*/) { return LinkJoined{}; }

std::optional<ActBody> read_lifted(const nlohmann::json& /*details*/) { return RulingLifted{}; }

std::optional<ActBody> read_ruling_approved(const nlohmann::json& details) {
  const auto about = number_member(details, "about");
  const auto approves = truth_member(details, "approves");
  if (!about || *about < 0 || !approves) return std::nullopt;
  return RulingApproved{*about, *approves};
}

std::optional<ActBody> read_hold_placed(const nlohmann::json& /*details*/) { return HoldPlaced{}; }

std::optional<ActBody> read_hold_released(const nlohmann::json& details) {
  const auto hold = number_member(details, "hold");
  if (!hold || *hold < 0) return std::nullopt;
  return HoldReleased{*hold};
}

std::optional<ActBody> read_hold_approved(const nlohmann::json& details) {
  const auto about = number_member(details, "about");
  const auto approves = truth_member(details, "approves");
  if (!about || *about < 0 || !approves) return std::nullopt;
  return HoldApproved{*about, *approves};
}

std::optional<ActBody> read_erasure_requested(const nlohmann::json& details) {
  const auto despite = truth_member(details, "despite_retention");
  if (!despite) return std::nullopt;
  return ErasureRequested{*despite};
}

std::optional<ActBody> read_erasure_approved(const nlohmann::json& details) {
  const auto request = number_member(details, "request");
  const auto approves = truth_member(details, "approves");
  if (!request || *request < 0 || !approves) return std::nullopt;
  return ErasureApproved{*request, *approves};
}

std::optional<ActBody> read_withdrawn(const nlohmann::json& details) {
  const auto issued = number_member(details, "issued");
  const auto manifest = digest_member(details, "manifest");
  if (!issued || *issued < 0 || !manifest) return std::nullopt;
  return ReportWithdrawn{*issued, *manifest};
}

std::optional<ActBody> read_request_received(const nlohmann::json& details) {
  const auto received = time_member(details, "received");
  const auto rule = text_member(details, "rule");
  const auto due = time_member(details, "due");
  auto about = text_member(details, "about");
  if (!received || rule.has_value() != due.has_value()) return std::nullopt;
  if (details.contains("rule") != details.contains("due")) return std::nullopt;
  if (rule && (rule->empty() || *due < *received)) return std::nullopt;
  if (details.contains("about") && (!about || about->empty())) return std::nullopt;
  return RequestReceived{*received, rule.value_or(""), due, about.value_or("")};
}

std::optional<ActBody> read_request_closed(const nlohmann::json& details) {
  const auto end = text_member(details, "end");
  auto report = text_member(details, "report");
  if (!end || (details.contains("report") && (!report || report->empty()))) return std::nullopt;
  for (const RequestEnd known :
       {RequestEnd::kAnswered, RequestEnd::kRefused, RequestEnd::kTakenBack}) {
    if (*end != request_end_name(known)) continue;
    if (report.has_value() != (known == RequestEnd::kAnswered)) return std::nullopt;
    return RequestClosed{known, report.value_or("")};
  }
  return std::nullopt;
}

std::optional<ActBody> read_silenced(const nlohmann::json& details) {
  const auto from = time_member(details, "from");
  const auto until = time_member(details, "until");
  if (!from || !until || *until <= *from) return std::nullopt;
  return NoticesSilenced{*from, *until};
}

std::optional<ActBody> read_unsilenced(const nlohmann::json& details) {
  const auto silence = number_member(details, "silence");
  if (!silence || *silence < 0) return std::nullopt;
  return SilenceEnded{*silence};
}

std::optional<ActBody> read_retried(const nlohmann::json& details) {
  auto channel = text_member(details, "channel");
  const auto message = number_member(details, "message");
  if (!channel || channel->empty() || !message || *message < 0) return std::nullopt;
  return NoticesRetried{std::move(*channel), *message};
}

bool is_finding_name(const nlohmann::json& value) {
  constexpr std::size_t kFindingDigits = 32;
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return text.size() == kFindingDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::optional<ActBody> read_cleared(const nlohmann::json& details) {
  auto finding = text_member(details, "finding");
  auto policy = text_member(details, "policy");
  const auto version = number_member(details, "version");
  if (!finding || !is_finding_name(*finding) || !policy || policy->empty()) return std::nullopt;
  if (!version || *version <= 0) return std::nullopt;
  return NameCleared{std::move(*finding), std::move(*policy), *version};
}

std::optional<ActBody> read_clearance_lifted(const nlohmann::json& /*details*/) {
  return ClearanceLifted{};
}

std::optional<ActBody> read_clearance_approved(const nlohmann::json& details) {
  const auto about = number_member(details, "about");
  const auto approves = truth_member(details, "approves");
  if (!about || *about < 0 || !approves) return std::nullopt;
  return ClearanceApproved{*about, *approves};
}

/// Whether a list has no text or number twice, and none before a lesser one.
template <class List>
bool is_rising(const List& list) {
  return std::ranges::adjacent_find(list, std::ranges::greater_equal{}) == list.end();
}

std::optional<ActBody> read_split(const nlohmann::json& details) {
  auto into = text_member(details, "into");
  const auto findings = details.find("findings");
  if (!into || !is_part_id(*into)) return std::nullopt;
  if (findings == details.end() || !findings->is_array()) return std::nullopt;
  if (findings->empty() || findings->size() > kMostSplitOff) return std::nullopt;
  if (!std::ranges::all_of(*findings, is_finding_name)) return std::nullopt;
  CaseSplit split{std::move(*into), findings->get<std::vector<std::string>>()};
  if (!is_rising(split.findings)) return std::nullopt;
  return split;
}

std::optional<ActBody> read_licence(const nlohmann::json& details) {
  const auto kind = licence_kind_from(text_member(details, "kind").value_or(""));
  auto authority = text_member(details, "authority");
  auto number = text_member(details, "number");
  const auto from = time_member(details, "from");
  const auto until = time_member(details, "until");
  const auto file = digest_member(details, "file");
  if (!kind || !authority || authority->empty() || !number || number->empty()) return std::nullopt;
  if (!from || (details.contains("until") && (!until || *until < *from))) return std::nullopt;
  if (details.contains("file") && !file) return std::nullopt;
  return LicenceRecorded{*kind, std::move(*authority), std::move(*number), *from, until, file};
}

bool is_entry_index(const nlohmann::json& value) {
  constexpr std::int64_t kEnd = std::int64_t{1} << 53U;
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() >= static_cast<std::uint64_t>(kEnd)) {
    return false;
  }
  const auto number = value.get<std::int64_t>();
  return number >= 0 && number < kEnd;
}

std::optional<ActBody> read_attribution(const nlohmann::json& details) {
  const auto confidence = confidence_from(text_member(details, "confidence").value_or(""));
  const auto findings = details.find("findings");
  const auto exhibits = details.find("exhibits");
  if (!confidence || findings == details.end() || exhibits == details.end()) return std::nullopt;
  if (!findings->is_array() || !exhibits->is_array()) return std::nullopt;
  const std::size_t pieces = findings->size() + exhibits->size();
  if (pieces == 0 || pieces > kMostAttributionEvidence) return std::nullopt;
  if (!std::ranges::all_of(*findings, is_finding_name)) return std::nullopt;
  if (!std::ranges::all_of(*exhibits, is_entry_index)) return std::nullopt;
  AttributionStated stated{*confidence, findings->get<std::vector<std::string>>(),
                           exhibits->get<std::vector<std::int64_t>>()};
  if (!is_rising(stated.findings) || !is_rising(stated.exhibits)) return std::nullopt;
  return stated;
}

std::optional<ActBody> read_attribution_approved(const nlohmann::json& details) {
  const auto statement = number_member(details, "statement");
  const auto approves = truth_member(details, "approves");
  if (!statement || *statement < 0 || !approves) return std::nullopt;
  return AttributionApproved{*statement, *approves};
}

std::optional<ActBody> read_attribution_withdrawn(const nlohmann::json& details) {
  const auto statement = number_member(details, "statement");
  if (!statement || *statement < 0) return std::nullopt;
  return AttributionWithdrawn{*statement};
}

std::optional<ActBody> read_conclusion(const nlohmann::json& /*details*/) {
  return ConclusionStated{};
}

std::optional<ActBody> read_conclusion_released(const nlohmann::json& details) {
  const auto conclusion = number_member(details, "conclusion");
  auto kind = text_member(details, "kind");
  if (!conclusion || *conclusion < 0 || !kind || kind->empty()) return std::nullopt;
  return ConclusionReleased{*conclusion, std::move(*kind)};
}

std::optional<ActBody> read_handed_over(const nlohmann::json& details) {
  const auto issued = number_member(details, "issued");
  const auto handed = time_member(details, "handed");
  auto channel = text_member(details, "channel");
  const auto digest = digest_member(details, "sha256");
  const auto* const form =
      std::ranges::find(kHandedForms, text_member(details, "form").value_or(""));
  if (!issued || *issued < 0 || !handed || !channel || channel->empty()) return std::nullopt;
  if (!digest || form == kHandedForms.end()) return std::nullopt;
  return ReportHandedOver{*issued, *handed, std::move(*channel),
                          static_cast<HandedForm>(form - kHandedForms.begin()), *digest};
}

std::optional<ActBody> read_received(const nlohmann::json& details) {
  const auto handover = number_member(details, "handover");
  const auto received = time_member(details, "received");
  if (!handover || *handover < 0 || !received) return std::nullopt;
  return ReportReceived{*handover, *received};
}

/// By place in ActBody.
constexpr std::array<std::optional<ActBody> (*)(const nlohmann::json&),
                     std::variant_size_v<ActBody>>
    kReaders{read_assigned,
             read_commented,
             read_exhibit,
             read_action,
             read_decided,
             read_second_opinion,
             read_appealed,
             read_merged,
             read_clock,
             read_lead,
             read_viewed,
             read_report_drafted,
             read_report_approved,
             read_report_issued,
             read_cut,
             read_joined,
             read_lifted,
             read_ruling_approved,
             read_hold_placed,
             read_hold_released,
             read_hold_approved,
             read_erasure_requested,
             read_erasure_approved,
             read_withdrawn,
             read_request_received,
             read_request_closed,
             read_silenced,
             read_unsilenced,
             read_retried,
             read_cleared,
             read_clearance_lifted,
             read_clearance_approved,
             read_split,
             read_licence,
             read_attribution,
             read_attribution_approved,
             read_attribution_withdrawn,
             read_conclusion,
             read_conclusion_released,
             read_handed_over,
             read_received};

nlohmann::json details_of(const Act& act) { return std::visit(ToJson{}, act.body); }

/// What is signed: the open members, with type and origin.
nlohmann::json signed_members(const Act& act) {
  nlohmann::json members = {{"typ", std::string(act_type(act))},
                            {"origin", act.origin},
                            {"case", act.case_id},
                            {"by", act.by},
                            {"at", format_time(act.at)},
                            {"seen", act.seen},
                            {"act", details_of(act)}};
  if (act.confidential) members["confidential"] = to_hex(*act.confidential);
  return members;
}

Result<Act> read_open_members(const nlohmann::json& entry, ActBody body, std::string origin) {
  Act act;
  act.origin = std::move(origin);
  act.case_id = text_member(entry, "case").value_or("");
  act.by = text_member(entry, "by").value_or("");
  const auto at = time_member(entry, "at");
  act.seen = number_member(entry, "seen").value_or(-1);
  if (act.case_id.empty() || act.by.empty() || !at || act.seen < 0) {
    return malformed_act("`case`, `by`, `at` and `seen`");
  }
  act.at = *at;
  act.body = std::move(body);
  act.confidential = digest_member(entry, "confidential");
  if (entry.contains("confidential") && !act.confidential) {
    return malformed_act("`confidential` of 64 hexadecimal digits");
  }
  return act;
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  return std::ranges::find(kOutcomes, outcome, &OutcomeName::outcome)->name;
}

std::optional<Outcome> outcome_from(std::string_view name) {
  const auto* const found = std::ranges::find(kOutcomes, name, &OutcomeName::name);
  return found == kOutcomes.end() ? std::nullopt : std::optional(found->outcome);
}

std::string_view licence_kind_name(LicenceKind kind) {
  return kLicenceKinds[static_cast<std::size_t>(kind)];
}

std::optional<LicenceKind> licence_kind_from(std::string_view name) {
  const auto* const found = std::ranges::find(kLicenceKinds, name);
  if (found == kLicenceKinds.end()) return std::nullopt;
  return static_cast<LicenceKind>(found - kLicenceKinds.begin());
}

std::string_view confidence_name(Confidence confidence) {
  return kConfidences[static_cast<std::size_t>(confidence)];
}

std::optional<Confidence> confidence_from(std::string_view name) {
  const auto* const found = std::ranges::find(kConfidences, name);
  if (found == kConfidences.end()) return std::nullopt;
  return static_cast<Confidence>(found - kConfidences.begin());
}

std::string_view handed_form_name(HandedForm form) {
  return kHandedForms[static_cast<std::size_t>(form)];
}

std::string_view following_name(FollowingAs as) {
  return as == FollowingAs::kCorrects ? "corrects" : "supplements";
}

std::string_view request_end_name(RequestEnd end) {
  constexpr std::array<std::string_view, 3> kNames{"answered", "refused", "taken-back"};
  return kNames[static_cast<std::size_t>(end)];
}

bool is_part_id(std::string_view id) { return is_short_id(id, "p-"); }

std::string_view act_type(const Act& act) { return kActTypes[act.body.index()]; }

bool is_act_type(std::string_view type) {
  return std::ranges::find(kActTypes, type) != kActTypes.end();
}

bool is_about_report(const Act& act) { return act_type(act).starts_with("report."); }

bool is_about_request(const Act& act) { return act_type(act).starts_with("request."); }

bool is_about_ruling(const Act& act) { return act_type(act).starts_with("cluster."); }
bool is_about_clearance(const Act& act) { return act_type(act).starts_with("clearance."); }
bool is_about_notices(const Act& act) { return act_type(act).starts_with("notice."); }
bool is_view_of_records(const Act& act) {
  return std::holds_alternative<EvidenceViewed>(act.body) && is_short_id(act.case_id, "v-");
}
bool is_about_party(const Act& act) {
  const std::string_view type = act_type(act);
  return type.starts_with("hold.") || type.starts_with("erasure.");
}

bool names_party(const ActBody& body) {
  return std::holds_alternative<HoldPlaced>(body) || std::holds_alternative<ErasureRequested>(body);
}

Result<std::string> sealed_text(std::string_view salt, const Confidential& content) {
  return to_jcs({to_base64url(as_byte_span(salt)), content});
}

Result<Confidential> open_sealed(std::string_view text) {
  const Result<nlohmann::json> document = parse_json_strict(text);
  if (!document) return tl::unexpected(document.error());
  const bool pair = document->is_array() && document->size() == 2 && (*document)[0].is_string() &&
                    (*document)[1].is_object();
  if (!pair) return malformed_act("a salt and an object as what is confidential");
  Confidential content;
  for (const auto& [name, value] : (*document)[1].items()) {
    if (!value.is_string()) return malformed_act("texts as what is confidential");
    content[name] = value.get<std::string>();
  }
  return content;
}

Result<Digest> act_digest(const Act& act) {
  const Result<std::string> bytes = to_jcs(signed_members(act));
  if (!bytes) return tl::unexpected(bytes.error());
  return sha256(*bytes);
}

Result<std::string> act_text(const Act& act) {
  const Result<Digest> digest = act_digest(act);
  if (!digest) return tl::unexpected(digest.error());
  return std::string(kFirstLine) + "\n" + act.origin + "\n" + to_hex(*digest) + "\n";
}

Result<SignedAct> sign_act(Act act, const SigningKey& key) {
  const Result<std::string> text = act_text(act);
  if (!text) return tl::unexpected(text.error());
  Result<std::string> note = sign_note(*text, act.by, key);
  if (!note) return tl::unexpected(note.error());
  std::string signer = format_verifier_key({act.by, key.public_key()});
  return SignedAct{std::move(act), std::move(signer), std::move(*note)};
}

Result<void> check_act_signature(const SignedAct& act) {
  const Result<VerifierKey> key = parse_verifier_key(act.signer);
  if (!key) return tl::unexpected(key.error());
  if (key->name != act.act.by) {
    return fail(ErrorCode::kRefused,
                "`" + act.act.by + "` did not sign it: the key is named `" + key->name + "`");
  }
  const Result<std::string> text = act_text(act.act);
  if (!text) return tl::unexpected(text.error());
  const Result<SignedNote> note = parse_signed_note(act.note);
  if (!note) return tl::unexpected(note.error());
  if (note->text != *text) return fail(ErrorCode::kRefused, "what was signed is not this act");
  if (note->signatures.size() != 1) {
    return fail(ErrorCode::kRefused,
                "expected one signature, got " + std::to_string(note->signatures.size()));
  }
  const Result<SignedNote> verified = verify_note(act.note, std::array{*key});
  if (!verified) return tl::unexpected(verified.error());
  return {};
}

bool same_signer(const std::string& a, const std::string& b) {
  const Result<VerifierKey> first = parse_verifier_key(a);
  const Result<VerifierKey> second = parse_verifier_key(b);
  return a == b || (first && second && first->key == second->key);
}

Result<nlohmann::json> act_fields(const SignedAct& act) {
  nlohmann::json fields = signed_members(act.act);
  fields.erase("typ");
  fields.erase("origin");
  fields["signer"] = act.signer;
  fields["note"] = act.note;
  return fields;
}

Result<SignedAct> read_act(std::string_view type, const nlohmann::json& entry, std::string origin) {
  const auto* const place = std::ranges::find(kActTypes, type);
  if (place == kActTypes.end()) {
    return fail(ErrorCode::kInvalidInput, "`" + std::string(type) + "` is no type of act");
  }
  const auto details = entry.find("act");
  if (details == entry.end() || !details->is_object()) return malformed_act("`act`, an object");
  auto body = kReaders[static_cast<std::size_t>(place - kActTypes.begin())](*details);
  if (!body) return malformed_act("in `act` what `" + std::string(type) + "` has");
  Result<Act> act = read_open_members(entry, std::move(*body), std::move(origin));
  if (!act) return tl::unexpected(act.error());
  if (details_of(*act) != *details) return malformed_act("no further member in `act`");
  SignedAct read{std::move(*act), text_member(entry, "signer").value_or(""),
                 text_member(entry, "note").value_or("")};
  if (read.signer.empty() || read.note.empty()) return malformed_act("`signer` and `note`");
  return read;
}

}  // namespace tidewaiter
