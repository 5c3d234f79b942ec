#include "policies/sigma/rule.h"

namespace tidewaiter {

bool covers(const SigmaLogsource& general, const SigmaLogsource& special) {
  const auto part = [](const std::string& wide, const std::string& narrow) {
    return wide.empty() || wide == narrow;
  };
  return part(general.category, special.category) && part(general.product, special.product) &&
         part(general.service, special.service);
}

std::string to_text(const SigmaLogsource& logsource) {
  std::string out;
  const auto add = [&out](const char* part, const std::string& value) {
    if (value.empty()) return;
    if (!out.empty()) out += ", ";
    out += part + value;
  };
  add("category ", logsource.category);
  add("product ", logsource.product);
  add("service ", logsource.service);
  return out;
}

}  // namespace tidewaiter
