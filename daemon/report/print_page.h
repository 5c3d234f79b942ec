#pragma once

#include <string>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What prints, and how long it may take.
struct PagePrinter {
  /// The interpreter that Debian's package `weasyprint` installs its library for.
  std::string interpreter = "/usr/bin/python3";
  Duration limit{300 * kSecond.us};
};

/// The page as a PDF/A-3b document. WeasyPrint makes it, in a child process that has the page as
/// its input and nothing else: no file of this process, no environment but a locale, a search path
/// and `drawn`, no shell. Whatever it is asked to fetch it refuses, and a page that asks for
/// something is not printed. `id` is the document's identifier, of ASCII; its title is the page's,
/// its producer WeasyPrint, and it has no other metadata. Same arguments, same version, same fonts:
/// same bytes.
///
/// Errors: kNotFound where WeasyPrint is not installed, with the package's name; kUnavailable for
/// whatever else goes wrong, too long a time among it; kInvalidInput for a page that asks for
/// something. Waits for the child; any thread.
[[nodiscard]] Result<std::string> print_page(const std::string& html, const std::string& id,
                                             UtcTime drawn, const PagePrinter& printer = {});

}  // namespace tidewaiter
