#include "daemon/pipeline/coverage_json.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"

namespace tidewaiter {
namespace {

using Counter = std::int64_t PolicyCoverage::*;

constexpr std::array<std::pair<const char*, Counter>, 9> kCounters = {
    {{"records_read", &PolicyCoverage::records_read},
     {"records_selected", &PolicyCoverage::records_selected},
     {"records_unknown", &PolicyCoverage::records_unknown},
     {"records_exempt", &PolicyCoverage::records_exempt},
     {"records_too_late", &PolicyCoverage::records_too_late},
     {"windows_true", &PolicyCoverage::windows_true},
     {"windows_false", &PolicyCoverage::windows_false},
     {"windows_not_evaluable", &PolicyCoverage::windows_not_evaluable},
     {"subjects", &PolicyCoverage::subjects}}};

}  // namespace

std::string coverage_to_json(const CoverageReport& report) {
  nlohmann::ordered_json policies = nlohmann::ordered_json::array();
  for (const PolicyCoverage& coverage : report.policies) {
    nlohmann::ordered_json one = {{"policy", coverage.policy}};
    for (const auto& [name, counter] : kCounters) one[name] = coverage.*counter;
    policies.push_back(std::move(one));
  }
  return nlohmann::ordered_json{{"entry", report.entry}, {"policies", std::move(policies)}}.dump();
}

Result<CoverageReport> coverage_from_json(std::string_view text) {
  CoverageReport report;
  if (text.empty()) return report;
  const Result<nlohmann::json> json = parse_json_strict(text);
  const auto broken = [] {
    return fail(ErrorCode::kCorruption, "the stored coverage cannot be read");
  };
  if (!json || !json->is_object() || !json->contains("policies")) return broken();
  const nlohmann::json& policies = (*json)["policies"];
  if (!policies.is_array() || !json->value("entry", nlohmann::json()).is_number_integer()) {
    return broken();
  }
  report.entry = (*json)["entry"].get<std::int64_t>();
  for (const nlohmann::json& one : policies) {
    if (!one.is_object() || !one.contains("policy") || !one["policy"].is_string()) return broken();
    PolicyCoverage coverage;
    coverage.policy = one["policy"].get<std::string>();
    for (const auto& [name, counter] : kCounters) {
      if (!one.contains(name) || !one[name].is_number_integer()) return broken();
      coverage.*counter = one[name].get<std::int64_t>();
    }
    report.policies.push_back(std::move(coverage));
  }
  return report;
}

}  // namespace tidewaiter
