#include "daemon/cli/xml_text.h"

#include "daemon/cli/terminal.h"
#include "policies/model/markup_text.h"

namespace tidewaiter {

std::string xml_text(std::string_view text) {
  return markup_text(printable(text), MarkupQuotes::kDouble);
}

}  // namespace tidewaiter
