#include "daemon/sources/stored_reason.h"

namespace tidewaiter {

std::string stored_reason(std::string_view reason) {
  constexpr std::string_view kQuote = ", got `";
  // The first of them: a value may have these words itself.
  const std::size_t at = reason.find(kQuote);
  if (at == std::string_view::npos) return std::string(reason);
  return std::string(reason.substr(0, at)) + ", got another text";
}

}  // namespace tidewaiter
