#include "policies/language/diagnostic_code.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

constexpr std::array kCodes = {
    kYamlSyntax,
    kYamlTooLarge,
    kYamlNotUtf8,
    kYamlControlCharacter,
    kYamlDuplicateKey,
    kYamlAnchor,
    kYamlTag,
    kYamlKey,
    kYamlDepth,
    kUnknownDocument,
    kUnknownKey,
    kMissingKey,
    kWrongShape,
    kNotOneOf,
    kBadNumber,
    kBadTime,
    kBadDuration,
    kBadPolicyId,
    kDuplicatePolicy,
    kEmptyValue,
    kBadInterval,
    kBadDigest,
    kBadCharacter,
    kBadLiteral,
    kExpressionSyntax,
    kUnknownName,
    kUnknownFunction,
    kArgumentCount,
    kTypeMismatch,
    kExpressionTooLarge,
    kBadRegex,
    kBadNetwork,
    kFieldOfOtherKind,
    kLiteralNeeded,
    kUnknownModifier,
    kModifierMismatch,
    kValueMismatch,
    kConditionSyntax,
    kUnknownSelection,
    kNoSuchSelections,
    kEmptySelection,
    kBadName,
    kEveryDoesNotDivide,
    kEmptyWindow,
    kBadSubject,
    kMeasureSyntax,
    kUnknownAggregate,
    kAggregateType,
    kBadQuantile,
    kNotTruthValue,
    kTooManyParts,
    kTestGiven,
    kTestRecord,
    kTestMeasure,
    kTestBecause,
    kTestFixture,
    kUnsupportedDocument,
    kUnsupportedKey,
    kUnsupportedReads,
    kUnsupportedCluster,
    kUnsupportedWindow,
    kUnsupportedAggregate,
    kUnsupportedList,
    kUnsupportedModifier,
    kUnsupportedSigma,
    kUnsupportedStatus,
    kUnsupportedChoice,
    kYamlTrap,
    kUnusedSelection,
    kExpiredExemption,
    kDraftPolicy,
    kRedFlagOnly,
    kNoTests,
    kNoFalsePositives,
};

static_assert(std::ranges::adjacent_find(kCodes, std::ranges::greater_equal{},
                                         &DiagnosticCode::code) == std::end(kCodes),
              "keep codes unique and sorted");

}  // namespace

std::span<const DiagnosticCode> diagnostic_codes() { return kCodes; }

}  // namespace tidewaiter
