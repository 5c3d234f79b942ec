#include "daemon/app/diagnostic_log.h"

#include <cstdint>

namespace tidewaiter {

void log_diagnostics(EventLog* log, const std::vector<Diagnostic>& diagnostics) {
  if (log == nullptr) return;
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool error = diagnostic.level == DiagnosticLevel::kError;
    log->write(error ? LogLevel::kError : LogLevel::kWarn, "diagnostic",
               {{"code", diagnostic.code},
                {"file", diagnostic.span.file},
                {"line", static_cast<std::int64_t>(diagnostic.span.line)},
                {"column", static_cast<std::int64_t>(diagnostic.span.column)},
                {"message", diagnostic.message},
                {"hint", diagnostic.hint}});
  }
}

}  // namespace tidewaiter
