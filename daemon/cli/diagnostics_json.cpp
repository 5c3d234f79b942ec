#include "daemon/cli/diagnostics_json.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {

nlohmann::ordered_json diagnostics_json(const std::vector<Diagnostic>& diagnostics) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Diagnostic& d : diagnostics) {
    nlohmann::ordered_json fix = nlohmann::ordered_json::array();
    for (const TextEdit& edit : d.fix) {
      fix.push_back({{"line", edit.span.line},
                     {"column", edit.span.column},
                     {"length", edit.span.length},
                     {"text", edit.text}});
    }
    out.push_back({{"level", d.level == DiagnosticLevel::kError ? "error" : "warning"},
                   {"code", d.code},
                   {"file", d.span.file},
                   {"line", d.span.line},
                   {"column", d.span.column},
                   {"length", d.span.length},
                   {"message", d.message},
                   {"hint", d.hint},
                   {"fix", std::move(fix)}});
  }
  return out;
}

}  // namespace tidewaiter
