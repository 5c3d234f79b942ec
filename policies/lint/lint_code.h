#pragma once

#include <span>

#include "policies/language/diagnostic_code.h"

namespace tidewaiter {

// TW11xx: errors. The policy loads, and cannot do what it is for.
inline constexpr DiagnosticCode kNeverReports{"TW1101", "a policy that can never report"};
inline constexpr DiagnosticCode kSelectsNothing{"TW1102", "a selection that nothing can meet"};
inline constexpr DiagnosticCode kAlwaysReports{"TW1103", "a policy that reports everything"};
inline constexpr DiagnosticCode kExemptsEverything{"TW1104", "an exemption of everything"};
inline constexpr DiagnosticCode kUnreachableBranch{"TW1105", "a branch that can never be true"};
inline constexpr DiagnosticCode kVersionNotRaised{"TW1106", "a new meaning under an old version"};
inline constexpr DiagnosticCode kVersionLowered{"TW1107", "a version that went down"};
inline constexpr DiagnosticCode kBadFixture{"TW1108", "a fixture that cannot be read"};

// TW120x, TW121x: warnings about selections, conditions and thresholds.
inline constexpr DiagnosticCode kSelectsEverything{"TW1201", "a condition that nothing fails"};
inline constexpr DiagnosticCode kAlwaysTrueClause{"TW1202", "a clause that is never false"};
inline constexpr DiagnosticCode kRepeatedClause{"TW1203", "a clause that stands twice"};
inline constexpr DiagnosticCode kImpliedClause{"TW1204", "a clause that adds nothing"};
inline constexpr DiagnosticCode kSameSelection{"TW1205", "two selections with one meaning"};
inline constexpr DiagnosticCode kRepeatedValue{"TW1206", "a value that stands twice"};
inline constexpr DiagnosticCode kOnlyWildcards{"TW1207", "a pattern of wildcards alone"};
inline constexpr DiagnosticCode kPlainRegex{"TW1208", "a regular expression that is a plain text"};
inline constexpr DiagnosticCode kOpenRegex{"TW1209", "`.*` at an end that is open anyway"};
inline constexpr DiagnosticCode kNotACountry{"TW1210", "not a country code"};
inline constexpr DiagnosticCode kBlankAtEnd{"TW1211", "a text with a blank at its end"};
inline constexpr DiagnosticCode kValueOutOfRange{"TW1212", "a value that the term never has"};
inline constexpr DiagnosticCode kNotOfMissing{"TW1213", "`not` over a field that may be missing"};
inline constexpr DiagnosticCode kDefaultHides{"TW1214", "a default that makes missing data count"};
inline constexpr DiagnosticCode kFieldAlwaysThere{"TW1215", "a question with one answer"};
inline constexpr DiagnosticCode kUnitsDiffer{"TW1216", "units that differ"};
inline constexpr DiagnosticCode kCountryCase{"TW1217", "a country code in lower case"};
inline constexpr DiagnosticCode kUnseenCharacter{"TW1218", "a character that nobody sees or types"};
inline constexpr DiagnosticCode kStarInList{"TW1219", "a `*` that is no wildcard"};

// TW122x: subjects, windows, measures, and the sources that feed them.
inline constexpr DiagnosticCode kUncountedRequests{"TW1220", "requests that no source counts"};
inline constexpr DiagnosticCode kUnsuppliedField{"TW1221", "a field that no source supplies"};
inline constexpr DiagnosticCode kNoSourceOfKind{"TW1222", "no source of these records"};
inline constexpr DiagnosticCode kUnsuppliedEvidence{"TW1223", "evidence that no source supplies"};
inline constexpr DiagnosticCode kWaitTooShort{"TW1224", "`wait_for_late` is too short"};
inline constexpr DiagnosticCode kWindowBelowBucket{"TW1225", "a window shorter than a bucket"};
inline constexpr DiagnosticCode kManyWindows{"TW1226", "very many windows for each record"};
inline constexpr DiagnosticCode kExtremeQuantile{"TW1227", "a quantile that is the maximum"};
inline constexpr DiagnosticCode kDivisorMayBeZero{"TW1228", "a divisor that may be zero"};
inline constexpr DiagnosticCode kMeasuredSubject{"TW1229", "an amount as a subject"};
inline constexpr DiagnosticCode kDeviationSilences{"TW1230", "silent for want of history"};

// TW123x: exemptions.
inline constexpr DiagnosticCode kUselessExemption{"TW1231", "an exemption that exempts nothing"};
inline constexpr DiagnosticCode kDistantExpiry{"TW1232", "an exemption for more than ten years"};

// TW124x: what stands at the head of a policy.
inline constexpr DiagnosticCode kNoOwner{"TW1241", "no owner"};
inline constexpr DiagnosticCode kNoDescription{"TW1242", "no description"};
inline constexpr DiagnosticCode kNotAnAddress{"TW1243", "a reference that is no address"};
inline constexpr DiagnosticCode kVagueLaw{"TW1244", "a law without jurisdiction or citation"};
inline constexpr DiagnosticCode kNoLegalBasis{"TW1245", "a legal policy without a legal basis"};
inline constexpr DiagnosticCode kForceEnded{"TW1246", "an active policy out of force"};
inline constexpr DiagnosticCode kZonelessTime{"TW1247", "a time of day without a zone"};
inline constexpr DiagnosticCode kIdOfOtherKind{"TW1248", "an id that names another kind"};
inline constexpr DiagnosticCode kRepeatAtOnce{"TW1249", "a repeat sooner than a window"};

// TW125x: responses and evidence; and what else is to say of bases.
inline constexpr DiagnosticCode kNoReviewQueue{"TW1251", "a grave policy without a review queue"};
inline constexpr DiagnosticCode kProposalUnseen{"TW1252", "a proposal that nobody is told"};
inline constexpr DiagnosticCode kNoEvidence{"TW1253", "a grave policy without evidence"};
inline constexpr DiagnosticCode kRepeatedName{"TW1254", "a name that stands twice"};
inline constexpr DiagnosticCode kUnsuppliedLink{"TW1255", "a link that no source supplies"};
inline constexpr DiagnosticCode kUndatedLaw{"TW1256", "a law without `settled` or `in_force`"};
inline constexpr DiagnosticCode kNeverTaken{"TW1257", "records that the condition never takes"};
inline constexpr DiagnosticCode kBasisOutOfForce{"TW1258", "a basis that never carries the policy"};
inline constexpr DiagnosticCode kShortSuspension{"TW1259", "out of force for a day or less"};

// TW126x: tests in the file.
inline constexpr DiagnosticCode kNoPositiveTest{"TW1261", "no test expects a finding"};
inline constexpr DiagnosticCode kNoNegativeTest{"TW1262", "no test expects silence"};
inline constexpr DiagnosticCode kSameTestName{"TW1263", "two tests with one name"};
inline constexpr DiagnosticCode kTestOutOfForce{"TW1264", "a test outside the policy's time"};

inline constexpr DiagnosticCode kNoFindingsToRead{"TW1265", "no policy makes findings to read"};
inline constexpr DiagnosticCode kFieldOfNoSubject{"TW1266", "a field that no finding has"};

// TW127x: policies beside each other.
inline constexpr DiagnosticCode kSameMeaning{"TW1271", "two policies with one meaning"};
inline constexpr DiagnosticCode kSameTitle{"TW1272", "two policies with one title"};

// TW1273 to TW1279: parties that lists name.
inline constexpr DiagnosticCode kIdleCorroboration{"TW1273", "nothing there to corroborate"};
inline constexpr DiagnosticCode kIdleWeakAlias{"TW1274", "a weak alias that never counts"};
inline constexpr DiagnosticCode kNoPartyOfKind{"TW1275", "no party of the kind"};
inline constexpr DiagnosticCode kIdleProgram{"TW1276", "a programme that no list has"};
inline constexpr DiagnosticCode kUntoldObligations{"TW1277", "a list that says not what follows"};
inline constexpr DiagnosticCode kIdleObligation{"TW1278", "an obligation that never follows"};

// TW129x: `# lint: allow` comments.
inline constexpr DiagnosticCode kAllowWithoutReason{"TW1291", "an allow without a reason"};
inline constexpr DiagnosticCode kAllowsNothing{"TW1292", "an allow of what is not there"};
inline constexpr DiagnosticCode kNotAllowable{"TW1293", "an allow of what cannot be allowed"};

/// Whether diagnostics of this code are warnings: those of TW09xx and TW12xx, and those among the
/// others that tell of what a document has and nothing uses. Only warnings may be left out. False
/// for what is no code.
[[nodiscard]] bool is_warning_code(std::string_view code);

/// Every code above, sorted. diagnostic_codes() has those of the reader.
[[nodiscard]] std::span<const DiagnosticCode> lint_codes();

}  // namespace tidewaiter
