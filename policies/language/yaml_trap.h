#pragma once

#include <string_view>

namespace tidewaiter {

/// Whether a plain scalar means something else to a YAML 1.1 reader: `NO`, `on`, `010`, `1e3`,
/// `12:30`, `0x1f`.
[[nodiscard]] bool is_yaml_trap(std::string_view plain);

}  // namespace tidewaiter
