#pragma once

#include <string_view>

#include "daemon/report/html_writer.h"

namespace tidewaiter {

/// Begins a page of a bundle: head with style and a policy that lets nothing be loaded, and body,
/// whose heading comes next.
void begin_page(HtmlWriter& page, std::string_view title);

}  // namespace tidewaiter
