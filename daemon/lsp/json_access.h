#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/lsp/text_document.h"

namespace tidewaiter {

/// Members of what a client has sent, which may be anything: nothing where there is no such member
/// of the type. None of them throws.
[[nodiscard]] const nlohmann::json* member(const nlohmann::json& object, const char* name);
[[nodiscard]] std::optional<std::string> text_member(const nlohmann::json& object,
                                                     const char* name);
[[nodiscard]] std::optional<std::int64_t> number_member(const nlohmann::json& object,
                                                        const char* name);
[[nodiscard]] std::optional<LspPosition> position_member(const nlohmann::json& object,
                                                         const char* name);

}  // namespace tidewaiter
