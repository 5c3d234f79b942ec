#include "policies/model/named_severity.h"

namespace tidewaiter {

std::optional<Severity> severity_named(std::string_view name) {
  for (const Severity one :
       {Severity::kLow, Severity::kMedium, Severity::kHigh, Severity::kCritical}) {
    if (severity_name(one) == name) return one;
  }
  return std::nullopt;
}

}  // namespace tidewaiter
