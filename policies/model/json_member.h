#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/digest.h"

namespace tidewaiter {

// Members of JSON that may be anything: nothing where `object` is no object or has no such member
// of the type. None of them throws.

[[nodiscard]] std::optional<std::string> text_member(const nlohmann::json& object,
                                                     const char* name);
[[nodiscard]] std::optional<std::int64_t> number_member(const nlohmann::json& object,
                                                        const char* name);
/// A SHA-256 value in the one form that entries have: 64 lower-case hexadecimal digits.
[[nodiscard]] std::optional<Digest> digest_member(const nlohmann::json& object, const char* name);

}  // namespace tidewaiter
