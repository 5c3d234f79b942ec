#include "policies/lint/lint_code.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

constexpr std::array kCodes = {
    kNeverReports,       kSelectsNothing,    kAlwaysReports,
    kExemptsEverything,  kUnreachableBranch, kVersionNotRaised,
    kVersionLowered,     kBadFixture,        kSelectsEverything,
    kAlwaysTrueClause,   kRepeatedClause,    kImpliedClause,
    kSameSelection,      kRepeatedValue,     kOnlyWildcards,
    kPlainRegex,         kOpenRegex,         kNotACountry,
    kBlankAtEnd,         kValueOutOfRange,   kNotOfMissing,
    kDefaultHides,       kFieldAlwaysThere,  kUnitsDiffer,
    kCountryCase,        kUnseenCharacter,   kStarInList,
    kUncountedRequests,  kUnsuppliedField,   kNoSourceOfKind,
    kUnsuppliedEvidence, kWaitTooShort,      kWindowBelowBucket,
    kManyWindows,        kExtremeQuantile,   kDivisorMayBeZero,
    kMeasuredSubject,    kDeviationSilences, kUselessExemption,
    kDistantExpiry,      kNoOwner,           kNoDescription,
    kNotAnAddress,       kVagueLaw,          kNoLegalBasis,
    kForceEnded,         kZonelessTime,      kIdOfOtherKind,
    kRepeatAtOnce,       kNoReviewQueue,     kProposalUnseen,
    kNoEvidence,         kRepeatedName,      kUnsuppliedLink,
    kUndatedLaw,         kNeverTaken,        kBasisOutOfForce,
    kShortSuspension,    kNoPositiveTest,    kNoNegativeTest,
    kSameTestName,       kTestOutOfForce,    kNoFindingsToRead,
    kFieldOfNoSubject,   kSameMeaning,       kSameTitle,
    kIdleCorroboration,  kIdleWeakAlias,     kNoPartyOfKind,
    kIdleProgram,        kUntoldObligations, kIdleObligation,
    kAllowWithoutReason, kAllowsNothing,     kNotAllowable,
};

static_assert(std::ranges::adjacent_find(kCodes, std::ranges::greater_equal{},
                                         &DiagnosticCode::code) == std::end(kCodes),
              "keep codes unique and sorted");

}  // namespace

bool is_warning_code(std::string_view code) {
  static constexpr std::array kOthers{
      kNotInPack.code,      kEmptyList.code,     kUnusedList.code,
      kUnusedLicense.code,  kExpiredList.code,   kRepeatedListValue.code,
      kExpiredLicense.code, kUnusedLinkage.code, kExemptionTouchesNothing.code,
      kSigmaIdle.code};
  const auto known = [code](std::span<const DiagnosticCode> codes) {
    return std::ranges::find(codes, code, &DiagnosticCode::code) != codes.end();
  };
  if (!known(diagnostic_codes()) && !known(lint_codes())) return false;
  return code.starts_with("TW09") || code.starts_with("TW12") ||
         std::ranges::find(kOthers, code) != kOthers.end();
}

std::span<const DiagnosticCode> lint_codes() { return kCodes; }

}  // namespace tidewaiter
