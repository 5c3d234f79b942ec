#pragma once

#include <cstddef>

#include "policies/model/field.h"
#include "policies/sigma/test_expression.h"

namespace tidewaiter {

/// One keyword over the records of a kind as an expression that is true exactly where a value of
/// the record's event (event_of_record) meets it and false elsewhere, never unknown.
///
/// Values that are no texts are told apart by what their texts are made of: nothing (SigmaMisfit)
/// where a keyword could stand in an amount, a duration, a time or a number, and where it is no
/// text with wildcards.
[[nodiscard]] SigmaExpr keyword_expression(const SigmaTest& test, RecordKind kind,
                                           const SourceSpan& span);

/// How many fields of the kind a keyword is looked for in, at most.
[[nodiscard]] std::size_t keyword_fields(RecordKind kind);

}  // namespace tidewaiter
