#pragma once

#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "daemon/lsp/text_document.h"
#include "policies/model/json_member.h"

namespace tidewaiter {

/// Members of what a client has sent, which may be anything: nothing where there is no such member
/// of the type. None of them throws. Texts and numbers: policies/model/json_member.h.
[[nodiscard]] const nlohmann::json* member(const nlohmann::json& object, const char* name);
[[nodiscard]] std::optional<LspPosition> position_member(const nlohmann::json& object,
                                                         const char* name);

}  // namespace tidewaiter
