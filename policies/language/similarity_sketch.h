#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "policies/language/expression_literal.h"

namespace tidewaiter {

/// A 64-bit similarity sketch such as `prompt.sketch` holds: contents that are alike have sketches
/// that differ in few bits. What makes them is whoever sees the content; Charikar, "Similarity
/// Estimation Techniques from Rounding Algorithms", STOC 2002, is the usual way (simhash). Sketches
/// compare only if all are made in one way.

/// Up to how many bits two sketches differ that are called similar, unless a policy says otherwise:
/// what Manku, Jain and Das Sarma, "Detecting Near-Duplicates for Web Crawling", WWW 2007, found
/// right for 64 bits.
inline constexpr std::int64_t kSimilarWithin = 3;
inline constexpr std::int64_t kSketchBits = 64;

/// The sketch that the text is: 16 hexadecimal digits, in either case. Nothing of any other text.
[[nodiscard]] std::optional<std::uint64_t> read_sketch(std::string_view text);

/// In how many bits the two differ, 0 to 64 (Hamming distance).
[[nodiscard]] std::int64_t sketch_distance(std::uint64_t a, std::uint64_t b);

/// What is told of a literal that is none.
[[nodiscard]] ExprProblem not_a_sketch(std::string_view text, const SourceSpan& span);

/// `sketch_distance(a, b)` of two strings. The problem, if there is one, is an argument of another
/// type, or a literal that is no sketch.
[[nodiscard]] Built build_sketch_distance(Expr a, Expr b, const SourceSpan& span);

}  // namespace tidewaiter
