#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/act.h"
#include "storage/review/case_book.h"
#include "storage/review/clearance_book.h"
#include "storage/review/erasure_book.h"
#include "storage/review/report_book.h"
#include "storage/review/request_book.h"
#include "storage/review/ruling_book.h"
#include "storage/review/silence_book.h"

namespace tidewaiter {

/// Somebody who may act, as acts are judged: handle, role and key of an enrolled person.
struct Reviewer {
  std::string handle;
  std::string role;          ///< viewer, officer, approver, policy-writer, liaison, auditor, …
  std::string verifier_key;  ///< C2SP
  bool retired = false;
};

/// What acts are judged by.
struct ActBasis {
  const CaseBook* book = nullptr;
  const ReportBook* reports = nullptr;
  const RulingBook* rulings = nullptr;
  std::span<const Reviewer> reviewers;
  std::int64_t size = 0;  ///< entries of the ledger
  UtcTime now;
  const ErasureBook* erasures = nullptr;  ///< for acts about holds and erasures
  /// Of an act that names_party(): the subject that is among what is confidential in it, as
  /// parse_subject_part() reads it, and its party_of(); else empty.
  std::string subject = {};
  std::string party = {};
  const RequestBook* requests = nullptr;  ///< for acts about requests, and reports that answer one
  const SilenceBook* silences = nullptr;  ///< for acts about messages
  const ClearanceBook* clearances = nullptr;  ///< for acts about clearances
};

/// Says whether an act may become an entry. These are the rules of who may do what, and in which
/// order; interfaces repeat them for comfort only (those of reports are in report_rules.h, of
/// requests in request_rules.h, those of rulings in ruling_rules.h, of holds and erasures in
/// erasure_rules.h, of silences in silence_rules.h, of clearances in clearance_rules.h, of who is
/// behind a case and of legal conclusions in statement_rules.h). Errors,
/// each with its reason: kRefused for somebody who is not enrolled, a retired key, a signature that
/// does not hold, a role that may not do it, one's own decision approved, a decision about a closed
/// or merged case or beside one that waits, a second opinion that comes too late, a decision
/// without having seen the last entries about the case, a split of a case that is closed or waits,
/// of what was decided or withdrawn, or of all that stands, and a time in the future or more than
/// kMostActAge ago; kNotFound for a case or finding that is not there; kInvalidInput for details
/// that make no sense.
[[nodiscard]] Result<void> check_act(const SignedAct& act, const ActBasis& basis);

/// An act that was signed longer ago is not taken in: who has it could choose the moment.
inline constexpr Duration kMostActAge{7 * kDay.us};

/// Whether people of this role may do acts of this type at all.
[[nodiscard]] bool role_may(std::string_view role, std::string_view type);

/// Says why another person has to approve a decision: "a finding of severity high", "a legal
/// basis", "referred", "a sample of one in ten"; nothing where none has to. `legal` says whether a
/// policy rests on law; one that cannot be read does. `draw` decides about the sample, and must not
/// be for the person to choose.
[[nodiscard]] std::optional<std::string> second_needed_for(
    const Case& c, const Decided& decided, const std::function<bool(const FindingState&)>& legal,
    const Digest& draw);

}  // namespace tidewaiter
