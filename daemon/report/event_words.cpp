#include "daemon/report/event_words.h"

#include <string_view>
#include <variant>

#include "storage/review/case_licences.h"

namespace tidewaiter {
namespace {

struct EventWords {
  std::optional<std::string> operator()(const Assigned& act) const {
    return "assigned the case to " + act.to;
  }
  std::optional<std::string> operator()(const Commented& act) const {
    return act.privileged ? std::nullopt : std::optional<std::string>("commented");
  }
  std::optional<std::string> operator()(const Exhibit& act) const {
    if (act.privileged) return std::nullopt;
    if (!act.sha256) return "recorded an exhibit, which stays where it is";
    return (act.payload.empty() ? "attached an exhibit, SHA-256 "
                                : "attached an exhibit, kept encrypted, SHA-256 of that ") +
           to_hex(*act.sha256);
  }
  std::optional<std::string> operator()(const ActionTaken& act) const {
    return "action taken on " + format_time(act.taken);
  }
  std::optional<std::string> operator()(const Decided& act) const {
    return "decided: " + std::string(outcome_name(act.outcome));
  }
  std::optional<std::string> operator()(const SecondOpinion& act) const {
    return std::string(act.approves ? "approved" : "rejected") + " the decision of entry " +
           std::to_string(act.decision);
  }
  std::optional<std::string> operator()(const Appealed& /*act*/) const { return "appealed"; }
  std::optional<std::string> operator()(const Merged& act) const {
    return "merged the case into " + act.into;
  }
  std::optional<std::string> operator()(const CaseSplit& act) const {
    return "split findings of the case off, into " + act.into;
  }
  std::optional<std::string> operator()(const ClockStarted& act) const {
    return "started the clock " + act.rule + ", due " + format_time(act.due);
  }
  std::optional<std::string> operator()(const LicenceRecorded& act) const {
    return "recorded: " + licence_text(act);
  }
  std::optional<std::string> operator()(const LeadReceived& act) const {
    return "entered a lead that names " + std::to_string(act.subjects) + " subjects";
  }
  std::optional<std::string> operator()(const EvidenceViewed& /*act*/) const {
    return "looked at the evidence";
  }
  std::optional<std::string> operator()(const ReportDrafted& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ReportApproved& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ReportIssued& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const RequestReceived& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const RequestClosed& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ReportWithdrawn& /*act*/) const { return {}; }
  // Nor is what is about names that are cleared: whose they are is not in it.
  std::optional<std::string> operator()(const NameCleared& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ClearanceLifted& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ClearanceApproved& /*act*/) const { return {}; }
  // Nor is what is about messages.
  std::optional<std::string> operator()(const NoticesSilenced& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const SilenceEnded& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const NoticesRetried& /*act*/) const { return {}; }
  // reported_statements.h has these.
  std::optional<std::string> operator()(const AttributionStated& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const AttributionApproved& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const AttributionWithdrawn& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ConclusionStated& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ConclusionReleased& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ReportHandedOver& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ReportReceived& /*act*/) const { return {}; }
  // What is about links is in no case.
  std::optional<std::string> operator()(const LinkCut& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const LinkJoined& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const RulingLifted& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const RulingApproved& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const HoldPlaced& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const HoldReleased& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const HoldApproved& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ErasureRequested& /*act*/) const { return {}; }
  std::optional<std::string> operator()(const ErasureApproved& /*act*/) const { return {}; }
};

}  // namespace

std::optional<std::string> event_words(const ActBody& act) { return std::visit(EventWords{}, act); }

}  // namespace tidewaiter
