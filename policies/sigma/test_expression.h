#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "policies/language/expression.h"
#include "policies/model/field.h"
#include "policies/sigma/detection.h"

namespace tidewaiter {

/// Why no expression says what a part of a rule says, in words that go on after "here ".
using SigmaMisfit = std::string;
using SigmaExpr = tl::expected<Expr, SigmaMisfit>;

/// One test over one field of a record as an expression that is true exactly where the test is met
/// and false elsewhere, never unknown: as Sigma judges the record's event (event_of_record).
///
/// Nothing where the language has no such expression: patterns over what is no text, a whole number
/// or a truth value; numbers against texts; networks against texts; parts of times in what is no
/// time; references but to a whole field. `other` is the field of a reference, and nothing else's.
[[nodiscard]] SigmaExpr test_expression(const SigmaTest& test, FieldId id, FieldId other,
                                        const SourceSpan& span);

/// The comparison of our language that an order of Sigma is.
[[nodiscard]] ExprOp comparison_of(SigmaOrder order);

/// True or false.
[[nodiscard]] Expr truth_expression(bool value, const SourceSpan& span);

}  // namespace tidewaiter
