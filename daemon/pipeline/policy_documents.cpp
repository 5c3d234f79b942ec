#include "daemon/pipeline/policy_documents.h"

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {

std::string pack_documents(std::span<const PolicyText> texts) {
  nlohmann::json all = nlohmann::json::array();
  for (const PolicyText& text : texts) {
    all.push_back({{"path", text.path}, {"text", text.text}});
  }
  return all.dump();
}

Result<std::vector<PolicyText>> unpack_documents(std::string_view packed) {
  const Result<nlohmann::json> all = parse_json_strict(packed);
  const auto broken = [] {
    return fail(ErrorCode::kCorruption, "the stored texts of a policy set cannot be read");
  };
  if (!all || !all->is_array()) return broken();
  std::vector<PolicyText> texts;
  for (const nlohmann::json& one : *all) {
    if (!one.is_object() || !one.contains("path") || !one.contains("text")) return broken();
    if (!one["path"].is_string() || !one["text"].is_string()) return broken();
    texts.push_back({one["path"].get<std::string>(), one["text"].get<std::string>()});
  }
  return texts;
}

Result<PolicySet> compile_documents(std::string_view packed, const Digest& hash) {
  const Result<std::vector<PolicyText>> texts = unpack_documents(packed);
  if (!texts) return tl::unexpected(texts.error());
  // The time only decides on warnings about exemptions that have expired.
  LoadOutcome outcome = load_policy_set(*texts, UtcTime{0});
  if (has_errors(outcome.diagnostics)) {
    return fail(ErrorCode::kUnsupported, "this version does not read the stored policy set `" +
                                             to_hex(hash) +
                                             "`: " + outcome.diagnostics.front().message);
  }
  if (outcome.set.hash != hash) {
    return fail(ErrorCode::kUnsupported,
                "this version gives the stored policy set `" + to_hex(hash) +
                    "` another meaning: evaluate with the version that stored it");
  }
  return std::move(outcome.set);
}

}  // namespace tidewaiter
