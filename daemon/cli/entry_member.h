#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace tidewaiter {

/// The text under `name` in a JSON object read from a ledger entry; empty where `object` is none or
/// has no such text.
[[nodiscard]] std::string text_member(const nlohmann::json& object, const char* name);

}  // namespace tidewaiter
