#pragma once

#include "daemon/report/html_writer.h"
#include "daemon/report/report.h"

namespace tidewaiter {

/// Words of the site: its own as text, what they name as text from outside.
void write_pieces(HtmlWriter& page, const SiteParagraph& paragraph);

/// A part of a page that the site may have words for, as paragraphs; nothing where it has none.
void write_site_part(HtmlWriter& page, const Report& report, const char* part);

}  // namespace tidewaiter
