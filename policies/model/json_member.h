#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace tidewaiter {

// Members of JSON that may be anything: nothing where `object` is no object or has no such member
// of the type. None of them throws.

[[nodiscard]] std::optional<std::string> text_member(const nlohmann::json& object,
                                                     const char* name);
[[nodiscard]] std::optional<std::int64_t> number_member(const nlohmann::json& object,
                                                        const char* name);

}  // namespace tidewaiter
