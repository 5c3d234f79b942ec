#include "daemon/cli/diagnostics_json.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {

nlohmann::ordered_json diagnostics_json(const std::vector<Diagnostic>& diagnostics) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Diagnostic& d : diagnostics) {
    out.push_back({{"level", d.level == DiagnosticLevel::kError ? "error" : "warning"},
                   {"code", d.code},
                   {"file", d.span.file},
                   {"line", d.span.line},
                   {"column", d.span.column},
                   {"length", d.span.length},
                   {"message", d.message},
                   {"hint", d.hint}});
  }
  return out;
}

}  // namespace tidewaiter
