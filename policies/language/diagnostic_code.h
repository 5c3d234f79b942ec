#pragma once

#include <span>
#include <string_view>

namespace tidewaiter {

/// A stable code of a diagnostic and what it stands for. docs/diagnostics.md has a section for
/// each, with an example and the fix.
struct DiagnosticCode {
  std::string_view code;
  std::string_view title;
};

// TW00xx: the YAML itself.
inline constexpr DiagnosticCode kYamlSyntax{"TW0001", "the text is not YAML"};
inline constexpr DiagnosticCode kYamlTooLarge{"TW0002", "the file is too large"};
inline constexpr DiagnosticCode kYamlNotUtf8{"TW0003", "the file is not UTF-8"};
inline constexpr DiagnosticCode kYamlControlCharacter{"TW0004", "a control character"};
inline constexpr DiagnosticCode kYamlDuplicateKey{"TW0005", "a key twice in one map"};
inline constexpr DiagnosticCode kYamlAnchor{"TW0006", "an anchor or alias"};
inline constexpr DiagnosticCode kYamlTag{"TW0007", "a tag"};
inline constexpr DiagnosticCode kYamlKey{"TW0008", "a key that is not a plain word"};
inline constexpr DiagnosticCode kYamlDepth{"TW0009", "nested too deep"};
inline constexpr DiagnosticCode kYamlCutText{"TW0010", "a comma in braces ends a text"};
inline constexpr DiagnosticCode kUnreadableFile{"TW0011", "the file cannot be read"};

// TW01xx: the shape of a document.
inline constexpr DiagnosticCode kUnknownDocument{"TW0101", "not a known kind of document"};
inline constexpr DiagnosticCode kUnknownKey{"TW0102", "an unknown key"};
inline constexpr DiagnosticCode kMissingKey{"TW0103", "a required key is missing"};
inline constexpr DiagnosticCode kWrongShape{"TW0104", "a map, list or text was expected"};
inline constexpr DiagnosticCode kNotOneOf{"TW0105", "not one of the allowed words"};
inline constexpr DiagnosticCode kBadNumber{"TW0106", "not a whole number in range"};
inline constexpr DiagnosticCode kBadTime{"TW0107", "not a date or time"};
inline constexpr DiagnosticCode kBadDuration{"TW0108", "not a duration"};
inline constexpr DiagnosticCode kBadPolicyId{"TW0109", "not a policy id"};
inline constexpr DiagnosticCode kDuplicatePolicy{"TW0110", "a policy id used twice"};
inline constexpr DiagnosticCode kEmptyValue{"TW0112", "an empty value"};
inline constexpr DiagnosticCode kBadInterval{"TW0113", "intervals out of order"};
inline constexpr DiagnosticCode kBadDigest{"TW0114", "not a SHA-256 value"};
inline constexpr DiagnosticCode kNoExpiry{"TW0115", "an exemption without an end"};

// TW02xx: expressions.
inline constexpr DiagnosticCode kBadCharacter{"TW0201",
                                              "a character or string that cannot be read"};
inline constexpr DiagnosticCode kBadLiteral{"TW0202", "a literal that cannot be read"};
inline constexpr DiagnosticCode kExpressionSyntax{"TW0203", "the expression is not well formed"};
inline constexpr DiagnosticCode kUnknownName{"TW0204", "an unknown name"};
inline constexpr DiagnosticCode kUnknownFunction{"TW0205", "an unknown function"};
inline constexpr DiagnosticCode kArgumentCount{"TW0206", "a wrong number of arguments"};
inline constexpr DiagnosticCode kTypeMismatch{"TW0207", "types that do not fit"};
inline constexpr DiagnosticCode kExpressionTooLarge{"TW0208",
                                                    "an expression too deep or too large"};
inline constexpr DiagnosticCode kBadRegex{"TW0210", "a regular expression that cannot be read"};
inline constexpr DiagnosticCode kBadNetwork{"TW0211", "not a network"};
inline constexpr DiagnosticCode kFieldOfOtherKind{"TW0212", "a field of another kind of record"};
inline constexpr DiagnosticCode kLiteralNeeded{"TW0213", "a literal is needed"};
inline constexpr DiagnosticCode kNotASketch{"TW0214", "not a similarity sketch"};

// TW03xx: selections and conditions.
inline constexpr DiagnosticCode kUnknownModifier{"TW0301", "an unknown modifier"};
inline constexpr DiagnosticCode kModifierMismatch{"TW0302", "a modifier that does not fit"};
inline constexpr DiagnosticCode kValueMismatch{"TW0303", "a value that does not fit its field"};
inline constexpr DiagnosticCode kConditionSyntax{"TW0304", "the condition is not well formed"};
inline constexpr DiagnosticCode kUnknownSelection{"TW0305", "an unknown selection"};
inline constexpr DiagnosticCode kNoSuchSelections{"TW0306", "a pattern that matches no selection"};
inline constexpr DiagnosticCode kEmptySelection{"TW0307", "an empty selection"};
inline constexpr DiagnosticCode kBadName{"TW0309", "a name that cannot be used"};

// TW04xx: subjects, windows and measures.
inline constexpr DiagnosticCode kEveryDoesNotDivide{"TW0401", "`every` does not divide `length`"};
inline constexpr DiagnosticCode kEmptyWindow{"TW0402", "a window without length"};
inline constexpr DiagnosticCode kBadSubject{"TW0403", "a field that cannot be a subject"};
inline constexpr DiagnosticCode kMeasureSyntax{"TW0404", "the measure is not well formed"};
inline constexpr DiagnosticCode kUnknownAggregate{"TW0405", "an unknown aggregate"};
inline constexpr DiagnosticCode kAggregateType{"TW0406", "an aggregate over the wrong type"};
inline constexpr DiagnosticCode kBadQuantile{"TW0407", "a quantile out of range"};
inline constexpr DiagnosticCode kNotTruthValue{"TW0409", "a truth value is needed"};
inline constexpr DiagnosticCode kTooManyParts{"TW0410", "too many parts"};
inline constexpr DiagnosticCode kBadBaseline{"TW0411", "a history too short or too long"};

// TW05xx: tests, in the policy and beside it.
inline constexpr DiagnosticCode kTestGiven{"TW0501", "a test without records"};
inline constexpr DiagnosticCode kTestRecord{"TW0502", "a test record that cannot be read"};
inline constexpr DiagnosticCode kTestMeasure{"TW0503", "an expectation that does not fit"};
inline constexpr DiagnosticCode kTestBecause{"TW0504", "`because` names no exemption"};
inline constexpr DiagnosticCode kTestFixture{"TW0505", "a fixture outside the policy's folder"};
inline constexpr DiagnosticCode kTestArrival{"TW0506", "a record that comes after the test's end"};
inline constexpr DiagnosticCode kUnknownTested{"TW0507", "tests of a policy that is not there"};

// TW0620 to TW0659: lists, exemptions, licences and packs. TW0601 to TW0619 are the
// configuration's.
inline constexpr DiagnosticCode kBadDocumentName{"TW0620", "not the name of a document"};
inline constexpr DiagnosticCode kDuplicateDocument{"TW0621", "a document's name used twice"};
inline constexpr DiagnosticCode kUnknownList{"TW0622", "an unknown list"};
inline constexpr DiagnosticCode kListTypeMismatch{"TW0623", "a list of another type than its use"};
inline constexpr DiagnosticCode kListNeedsIn{"TW0624", "a list without `in`"};
inline constexpr DiagnosticCode kListNotHere{"TW0625", "a list where no records are judged"};
inline constexpr DiagnosticCode kUnusedList{"TW0626", "a list that nothing uses"};
inline constexpr DiagnosticCode kRepeatedListValue{"TW0627", "a value twice in a list"};
inline constexpr DiagnosticCode kExpiredList{"TW0628", "a list that has expired"};
inline constexpr DiagnosticCode kEmptyList{"TW0629", "a list without values"};
inline constexpr DiagnosticCode kExemptionTouchesNothing{"TW0630",
                                                         "an exemption that touches no policy"};
inline constexpr DiagnosticCode kExemptionMisfit{"TW0631",
                                                 "an exemption that does not fit a policy"};
inline constexpr DiagnosticCode kUnknownLicense{"TW0640", "an unknown license"};
inline constexpr DiagnosticCode kExpiredLicense{"TW0641", "a license that has expired"};
inline constexpr DiagnosticCode kLicenseWithoutScope{"TW0642", "a license that would cover all"};
inline constexpr DiagnosticCode kLicenseMisfit{"TW0643", "a license that does not fit a policy"};
inline constexpr DiagnosticCode kUnusedLicense{"TW0644", "a license that nothing rests on"};
inline constexpr DiagnosticCode kIncludeMissing{"TW0650", "a pack includes what is not there"};
inline constexpr DiagnosticCode kIncludeOutside{"TW0651", "a pack includes what lies elsewhere"};
inline constexpr DiagnosticCode kNotInPack{"TW0652", "a document that its pack leaves out"};
inline constexpr DiagnosticCode kPatternBesideMeasures{"TW0670", "two shapes in one policy"};
inline constexpr DiagnosticCode kUnknownStep{"TW0671", "a step that is no selection"};
inline constexpr DiagnosticCode kStepCount{"TW0672", "too few or too many steps"};
inline constexpr DiagnosticCode kBadTimeBetween{"TW0673", "a time between steps out of bounds"};
inline constexpr DiagnosticCode kBlockedSequence{"TW0674", "a sequence that nothing can complete"};

// TW0680 to TW0683: calendar windows.
inline constexpr DiagnosticCode kCalendarLength{"TW0680", "a length beside a calendar"};
inline constexpr DiagnosticCode kZoneWithoutCalendar{"TW0681", "a zone without a calendar"};
inline constexpr DiagnosticCode kUnknownZone{"TW0682", "an unknown time zone"};
// TW0684 to TW0689: evidence, repeats and sessions.
inline constexpr DiagnosticCode kUnorderedEvidence{"TW0684", "evidence without an order"};
inline constexpr DiagnosticCode kBadRepeat{"TW0685", "a repeat that cannot be"};
inline constexpr DiagnosticCode kBadSession{"TW0686", "a session that cannot be"};
inline constexpr DiagnosticCode kSessionMisfit{"TW0687", "what sessions do not go with"};

// TW0690 to TW0699: linkage and clusters.
inline constexpr DiagnosticCode kNoLinkage{"TW0690", "clusters without a linkage"};
inline constexpr DiagnosticCode kBadLink{"TW0691", "a field that cannot link accounts"};
inline constexpr DiagnosticCode kSecondLinkage{"TW0692", "a second linkage"};
inline constexpr DiagnosticCode kUnusedLinkage{"TW0693", "a linkage that nothing uses"};
inline constexpr DiagnosticCode kClusterMisfit{"TW0694", "what clusters do not go with"};
inline constexpr DiagnosticCode kBadWeights{"TW0695", "weights that cannot link accounts"};
inline constexpr DiagnosticCode kBadLinkTime{"TW0696", "a link's times that fit nothing"};
// TW0700 to TW0709: measures over others.
inline constexpr DiagnosticCode kBadPeers{"TW0700", "peers that there cannot be"};
inline constexpr DiagnosticCode kBadLockstep{"TW0701", "a lockstep that cannot show anything"};

// TW0722 to TW0729: policies that read findings.
inline constexpr DiagnosticCode kLateFindings{"TW0722", "a wait for late findings"};
inline constexpr DiagnosticCode kReportsFewFindings{"TW0723", "a report for want of findings"};
inline constexpr DiagnosticCode kFindingsMisfit{"TW0724", "what findings do not go with"};

// TW0730 to TW0739: screening.
inline constexpr DiagnosticCode kScreenBesideMeasures{"TW0730", "another shape beside `screen`"};
inline constexpr DiagnosticCode kScreenReads{"TW0731", "a screening of what has no parties"};
inline constexpr DiagnosticCode kScreenField{"TW0732", "a field or list that cannot be screened"};
inline constexpr DiagnosticCode kBadScore{"TW0733", "a score out of bounds"};
inline constexpr DiagnosticCode kListOfNoNames{"TW0734", "a list that holds no names"};
inline constexpr DiagnosticCode kUnscreenableName{"TW0735", "a listed name that says nothing"};
inline constexpr DiagnosticCode kPartyOfNoNames{"TW0736", "a party without a name"};
inline constexpr DiagnosticCode kSyncedBeside{"TW0737", "what does not go with `synced`"};
inline constexpr DiagnosticCode kSyncedName{"TW0738", "a synced list of no published name"};
inline constexpr DiagnosticCode kSyncedLookUp{"TW0739", "a synced list that is not screened"};

// TW0740 to TW0749: ownership.
inline constexpr DiagnosticCode kBadShare{"TW0740", "a share out of bounds"};

// TW0745 to TW0749: what follows from being listed.
inline constexpr DiagnosticCode kUnknownConsequences{"TW0745", "consequences that nobody knows"};

// TW09xx: warnings.
inline constexpr DiagnosticCode kYamlTrap{"TW0901", "a word that YAML readers twist"};
inline constexpr DiagnosticCode kUnusedSelection{"TW0902", "a selection that nothing uses"};
inline constexpr DiagnosticCode kExpiredExemption{"TW0903", "an exemption that has expired"};
inline constexpr DiagnosticCode kDraftPolicy{"TW0904", "a draft reports nothing"};
inline constexpr DiagnosticCode kRedFlagOnly{"TW0905", "a red flag is the only basis"};
inline constexpr DiagnosticCode kNoTests{"TW0906", "a policy without tests"};
inline constexpr DiagnosticCode kNoFalsePositives{"TW0907", "no false positives are named"};

// TW10xx: Sigma documents.
inline constexpr DiagnosticCode kSigmaMissing{"TW1001", "a Sigma document lacks a part"};
inline constexpr DiagnosticCode kSigmaShape{"TW1002",
                                            "a part of a Sigma document has the wrong shape"};
inline constexpr DiagnosticCode kSigmaWord{"TW1003", "not one of Sigma's words"};
inline constexpr DiagnosticCode kSigmaUnknownModifier{"TW1004",
                                                      "a modifier that Sigma does not have"};
inline constexpr DiagnosticCode kSigmaModifiers{"TW1005", "modifiers that do not go together"};
inline constexpr DiagnosticCode kSigmaValue{"TW1006", "a value that does not fit its modifiers"};
inline constexpr DiagnosticCode kSigmaPlaceholder{"TW1007", "a placeholder without values"};
inline constexpr DiagnosticCode kSigmaRegex{"TW1008",
                                            "a regular expression of Sigma that cannot be read"};
inline constexpr DiagnosticCode kSigmaRegexNotLinear{"TW1009",
                                                     "a regular expression beyond linear time"};
inline constexpr DiagnosticCode kSigmaTooLarge{"TW1010", "a Sigma document that grows too large"};
inline constexpr DiagnosticCode kSigmaCondition{"TW1011",
                                                "a Sigma condition that is not well formed"};
inline constexpr DiagnosticCode kSigmaUnknownSelection{"TW1012",
                                                       "a Sigma condition names what is not there"};
inline constexpr DiagnosticCode kSigmaAggregation{"TW1013",
                                                  "an aggregation of Sigma 1 that cannot be run"};
inline constexpr DiagnosticCode kSigmaCollection{"TW1014", "an action document of Sigma 1"};
inline constexpr DiagnosticCode kSigmaTimespan{"TW1015", "not a timespan"};
inline constexpr DiagnosticCode kSigmaCorrelation{"TW1016", "a correlation that cannot be run"};
inline constexpr DiagnosticCode kSigmaUnknownRule{"TW1017",
                                                  "a rule that is not there is referred to"};
inline constexpr DiagnosticCode kSigmaCycle{"TW1018",
                                            "correlations that refer to each other in a circle"};
inline constexpr DiagnosticCode kSigmaDuplicate{"TW1019", "an id or name of two Sigma documents"};
inline constexpr DiagnosticCode kSigmaLogsource{"TW1020", "a log source that nothing maps"};
inline constexpr DiagnosticCode kSigmaField{"TW1021", "a field that nothing maps"};
inline constexpr DiagnosticCode kSigmaIdle{"TW1022", "a part of a Sigma document without effect"};
inline constexpr DiagnosticCode kSigmaNoPolicy{"TW1023",
                                               "a part of a Sigma rule that no policy says"};
inline constexpr DiagnosticCode kSigmaCorrelationInSet{"TW1024",
                                                       "a Sigma correlation in a policy set"};
inline constexpr DiagnosticCode kSigmaId{"TW1025", "a Sigma id that no policy can have"};

/// Every code above, sorted.
[[nodiscard]] std::span<const DiagnosticCode> diagnostic_codes();

}  // namespace tidewaiter
