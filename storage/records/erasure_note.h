#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// What the record log says of itself where a subject was erased: its entries before this one were
/// written anew. Evaluation has no use for it, so that it is no Control.
struct ErasureNote {
  std::string token;         ///< stands where the subject's id stood: "erased-" and 32 digits
  std::int64_t records = 0;  ///< how many entries were changed
};

inline constexpr std::string_view kTokenPrefix = "erased-";

/// The stored bytes of the entry: a canonical JSON object (RFC 8785).
[[nodiscard]] Result<std::string> write_erasure_note(const ErasureNote& note);
/// Whether a control entry's body is one, by how it begins.
[[nodiscard]] bool is_erasure_note(std::string_view body);
/// Reads what write_erasure_note wrote. Errors: kCorruption.
[[nodiscard]] Result<ErasureNote> read_erasure_note(std::string_view body);

}  // namespace tidewaiter
