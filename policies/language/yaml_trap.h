#pragma once

#include <string_view>

namespace tidewaiter {

/// Whether a plain scalar is no text to a reader of YAML 1.1 or of YAML 1.2's core schema: a truth
/// value (`NO`, `on`), a number (`12`, `1.10`, `010`, `1e3`, `0x1f`, `12:30`), a date or time
/// (`2026-01-01`), `=` or `<<`. Says so of what is a number or a date here too: ask only where a
/// text is expected. Null is a kind of node, and not asked about.
[[nodiscard]] bool is_yaml_trap(std::string_view plain);

}  // namespace tidewaiter
