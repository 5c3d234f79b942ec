#include "daemon/app/act_words.h"

#include <algorithm>
#include <string>
#include <vector>

#include "daemon/app/acts.h"
#include "daemon/app/stated_clearances.h"
#include "storage/review/clearance_rules.h"
#include "storage/review/clearance_words.h"
#include "storage/review/ruling_words.h"
#include "storage/review/silence_book.h"

namespace tidewaiter {
namespace {

/// A report that lacks what its kind has to say goes out only if somebody says why; one that
/// follows another is drawn, and one that went out withdrawn, for a reason.
bool needs_reason_of_report(const ActBody& body) {
  const auto* const issued = std::get_if<ReportIssued>(&body);
  const auto* const drafted = std::get_if<ReportDrafted>(&body);
  return (issued != nullptr && issued->gaps > 0) || (drafted != nullptr && drafted->follows) ||
         std::holds_alternative<ReportApproved>(body) ||
         std::holds_alternative<ReportWithdrawn>(body);
}

/// A conclusion is its own reason.
bool needs_reason_of_statement(const ActBody& body) {
  return std::holds_alternative<AttributionStated>(body) ||
         std::holds_alternative<AttributionApproved>(body) ||
         std::holds_alternative<AttributionWithdrawn>(body) ||
         std::holds_alternative<ConclusionReleased>(body);
}

/// Whom a ruling is about has to be told in words that evaluation can follow.
Result<void> check_ruling_words(const ActFile& file) {
  const Act& act = file.act.act;
  if (!std::holds_alternative<LinkCut>(act.body) && !std::holds_alternative<LinkJoined>(act.body)) {
    return {};
  }
  const Result<Confidential> content = open_sealed(file.sealed);
  if (!content) return tl::unexpected(content.error());
  const Result<LinkRuled> ruled = read_ruling(act, *content);
  return ruled ? Result<void>() : tl::unexpected(ruled.error());
}

/// What a clearance takes away, whatever it is called.
Result<PolicyClearance> cleared_by(const NameCleared& given, const Confidential& content) {
  const Result<ClearedName> words = read_clearance(content);
  if (!words) return tl::unexpected(words.error());
  return policy_clearance({}, given, *words);
}

/// Whether another clearance would take nothing away that the one does not.
bool clears_as_much(const PolicyClearance& one, PolicyClearance other) {
  if (!std::ranges::includes(one.cleared.agreed, other.cleared.agreed)) return false;
  other.cleared.agreed = one.cleared.agreed;
  return one == other;
}

/// What an act without which it says nothing says in words: a request is somebody's, on some
/// authority; a statement of who is behind a case names somebody, a conclusion concludes, and a
/// report is handed over to somebody.
std::vector<const char*> needed_words(const ActBody& body) {
  if (std::holds_alternative<RequestReceived>(body)) return {"from", "authority"};
  if (std::holds_alternative<AttributionStated>(body)) return {"to"};
  if (std::holds_alternative<ConclusionStated>(body)) return {"text"};
  if (std::holds_alternative<ReportHandedOver>(body)) return {"to"};
  return {};
}

bool says(const Result<Confidential>& content, const char* name) {
  return content && content->contains(name) &&
         content->at(name).find_first_not_of(" \t\r\n") != std::string::npos;
}

Result<void> check_needed_words(const ActFile& file) {
  const std::vector<const char*> needed = needed_words(file.act.act.body);
  if (needed.empty()) return {};
  const Result<Confidential> content = open_sealed(file.sealed);
  for (const char* const name : needed) {
    if (says(content, name)) continue;
    return fail(ErrorCode::kInvalidInput, std::string("it does not say `") + name + "`");
  }
  return {};
}

/// A silence says in words that can be followed what it is about.
Result<void> check_silence_words(const ActFile& file, std::span<const FindingState> findings) {
  if (!std::holds_alternative<NoticesSilenced>(file.act.act.body)) return {};
  const Result<Confidential> content = open_sealed(file.sealed);
  if (!content) return tl::unexpected(content.error());
  const Result<SilenceMatch> match = read_silence(*content);
  if (!match) return tl::unexpected(match.error());
  return match->subject.empty() ? Result<void>() : check_silenced_subject(match->subject, findings);
}

/// One that waits or holds clears it already.
Result<void> check_not_cleared(const PolicyClearance& meant, const WordsBasis& basis) {
  for (const Clearance& one : basis.clearances.clearances()) {
    const bool stands =
        one.state == ClearanceState::kProposed || one.state == ClearanceState::kHolds;
    const NameCleared& given = one.cleared();
    if (!stands || given.policy != meant.policy || given.version != meant.version) continue;
    const auto content = confidential_of(basis.state, one.given.act.act);
    // Words that somebody has changed clear nothing.
    if (!content && content.error().code == ErrorCode::kCorruption) continue;
    if (!content) return tl::unexpected(content.error());
    if (!*content) continue;
    const Result<PolicyClearance> before = cleared_by(given, **content);
    if (!before || !clears_as_much(*before, meant)) continue;
    return fail(ErrorCode::kRefused,
                "this name is cleared of this entry already: `" + one.id + "` is " +
                    (one.state == ClearanceState::kHolds ? "in force" : "proposed"));
  }
  return {};
}

/// Whose name is cleared of whom has to be told in words that evaluation can follow, and has to
/// be of the finding that the act names.
Result<void> check_clearance_words(const ActFile& file, const WordsBasis& basis) {
  const auto* const given = std::get_if<NameCleared>(&file.act.act.body);
  if (given == nullptr) return {};
  const Result<Confidential> content = open_sealed(file.sealed);
  if (!content) return tl::unexpected(content.error());
  const Result<ClearedName> words = read_clearance(*content);
  if (!words) return tl::unexpected(words.error());
  const auto finding = std::ranges::find(basis.findings, given->finding, &FindingState::id);
  if (auto fits = check_cleared_account(*finding, *words); !fits) return fits;
  if (!basis.policies.looks_into(*given, words->list)) {
    return fail(ErrorCode::kRefused, "version " + std::to_string(given->version) + " of `" +
                                         given->policy + "` is not in force, or looks into no " +
                                         "list of this name");
  }
  return check_not_cleared(policy_clearance({}, *given, *words), basis);
}

}  // namespace

Result<void> check_act_words(const ActFile& file, const WordsBasis& basis) {
  if (auto said = check_ruling_words(file); !said) return said;
  if (auto said = check_clearance_words(file, basis); !said) return said;
  if (auto said = check_needed_words(file); !said) return said;
  return check_silence_words(file, basis.findings);
}

std::optional<std::string> why_second_by_words(const ActFile& file) {
  if (!std::holds_alternative<NameCleared>(file.act.act.body)) return std::nullopt;
  const Result<Confidential> content = open_sealed(file.sealed);
  const auto words = content ? read_clearance(*content) : tl::unexpected(content.error());
  const bool agrees = words && std::ranges::find(words->agreed, kAgreedIdentifiers,
                                                 &AgreedValue::what) != words->agreed.end();
  return agrees ? std::optional<std::string>("an identifier that agrees") : std::nullopt;
}

/// What a decision needs, in words that are not blank.
bool says_why(const ActFile& file) {
  const ActBody& body = file.act.act.body;
  const bool needs =
      std::holds_alternative<Decided>(body) || std::holds_alternative<SecondOpinion>(body) ||
      std::holds_alternative<Appealed>(body) || std::holds_alternative<Merged>(body) ||
      std::holds_alternative<CaseSplit>(body) || needs_reason_of_statement(body) ||
      needs_reason_of_report(body) || std::holds_alternative<RequestClosed>(body) ||
      is_about_ruling(file.act.act) || is_about_clearance(file.act.act) ||
      is_about_party(file.act.act) || is_about_notices(file.act.act);
  if (!needs) return true;
  return says(open_sealed(file.sealed), "reason");
}

}  // namespace tidewaiter
