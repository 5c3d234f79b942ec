#pragma once

#include <optional>
#include <string_view>

namespace tidewaiter {

/// docs/diagnostics.md, as it was when the program was built.
[[nodiscard]] std::string_view diagnostics_page();

/// The page's section about a code ("TW0102"), its heading included, or nothing if it has none.
[[nodiscard]] std::optional<std::string_view> diagnostic_section(std::string_view code);

}  // namespace tidewaiter
