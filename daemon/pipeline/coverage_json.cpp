#include "daemon/pipeline/coverage_json.h"

#include <array>
#include <optional>
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

/// A ledger may have a report from before footprints were told. Nothing: it is of another form.
std::optional<EvaluationFootprint> footprint_of(const nlohmann::json& report) {
  EvaluationFootprint footprint;
  if (!report.contains("footprint")) return footprint;
  const nlohmann::json& told = report["footprint"];
  const auto is_number = [](const nlohmann::json& of, const char* name) {
    return of.contains(name) && of[name].is_number_integer();
  };
  if (!told.is_object() || !is_number(told, "shared_bytes") || !told.contains("policies") ||
      !told["policies"].is_array()) {
    return std::nullopt;
  }
  footprint.shared_bytes = told["shared_bytes"].get<std::int64_t>();
  for (const nlohmann::json& one : told["policies"]) {
    const bool whole = one.is_object() && one.contains("policy") && one["policy"].is_string() &&
                       is_number(one, "bytes") && is_number(one, "time_ns");
    if (!whole) return std::nullopt;
    PolicyFootprint& policy = footprint.policies.emplace_back();
    policy.policy = one["policy"].get<std::string>();
    policy.bytes = one["bytes"].get<std::int64_t>();
    policy.time_ns = one["time_ns"].get<std::int64_t>();
  }
  return footprint;
}

}  // namespace

nlohmann::ordered_json footprint_json(const EvaluationFootprint& footprint) {
  nlohmann::ordered_json policies = nlohmann::ordered_json::array();
  for (const PolicyFootprint& one : footprint.policies) {
    policies.push_back({{"policy", one.policy}, {"bytes", one.bytes}, {"time_ns", one.time_ns}});
  }
  return {{"shared_bytes", footprint.shared_bytes}, {"policies", std::move(policies)}};
}

std::string coverage_to_json(const CoverageReport& report) {
  nlohmann::ordered_json policies = nlohmann::ordered_json::array();
  for (const PolicyCoverage& coverage : report.policies) {
    nlohmann::ordered_json one = {{"policy", coverage.policy}};
    for (const auto& [name, counter] : kCounters) one[name] = coverage.*counter;
    policies.push_back(std::move(one));
  }
  return nlohmann::ordered_json{{"entry", report.entry},
                                {"policies", std::move(policies)},
                                {"footprint", footprint_json(report.footprint)}}
      .dump();
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
  std::optional<EvaluationFootprint> footprint = footprint_of(*json);
  if (!footprint) return broken();
  report.footprint = *std::move(footprint);
  return report;
}

}  // namespace tidewaiter
