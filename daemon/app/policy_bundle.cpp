#include "daemon/app/policy_bundle.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kForm = "tidewaiter.policy-bundle/v1";

/// The inverse of bundle_bytes() for JSON that has its members; throws nlohmann::json::exception
/// for one that lacks them.
std::optional<PolicyBundle> bundle_of(const nlohmann::json& document) {
  PolicyBundle bundle;
  if (document.at("form").get<std::string>() != kForm) return std::nullopt;
  bundle.version = document.at("version").get<std::int64_t>();
  bundle.title = document.at("title").get<std::string>();
  const Result<Digest> set = digest_from_hex(document.at("set").get<std::string>());
  if (!set) return std::nullopt;
  bundle.set = *set;
  if (document.contains("previous")) {
    const Result<Digest> previous = digest_from_hex(document.at("previous").get<std::string>());
    if (!previous) return std::nullopt;
    bundle.previous = *previous;
  }
  for (const nlohmann::json& one : document.at("documents")) {
    bundle.texts.push_back({one.at("path").get<std::string>(), one.at("text").get<std::string>()});
  }
  if (!document.contains("failing_tests")) return bundle;
  for (const nlohmann::json& one : document.at("failing_tests")) {
    bundle.failing_tests.push_back(
        {one.at("policy").get<std::string>(), one.at("test").get<std::string>()});
  }
  return bundle;
}

}  // namespace

Result<std::string> bundle_bytes(const PolicyBundle& bundle) {
  nlohmann::json documents = nlohmann::json::array();
  for (const PolicyText& text : bundle.texts) {
    documents.push_back(
        {{"path", text.path}, {"sha256", to_hex(sha256(text.text))}, {"text", text.text}});
  }
  nlohmann::json document = {{"form", kForm},
                             {"version", bundle.version},
                             {"title", bundle.title},
                             {"set", to_hex(bundle.set)},
                             {"documents", std::move(documents)}};
  if (bundle.previous) document["previous"] = to_hex(*bundle.previous);
  for (const FailingTest& one : bundle.failing_tests) {
    document["failing_tests"].push_back({{"policy", one.policy}, {"test", one.test}});
  }
  return to_jcs(document);
}

Result<PolicyBundle> read_bundle(std::string_view bytes) {
  const auto broken = [] {
    return fail(ErrorCode::kCorruption, "this is not a policy bundle, or it was changed");
  };
  const Result<nlohmann::json> document = parse_json_strict(bytes);
  if (!document) return broken();
  std::optional<PolicyBundle> bundle;
  try {
    bundle = bundle_of(*document);
  } catch (const nlohmann::json::exception&) {
    return broken();
  }
  if (!bundle) return broken();
  // Written again it gives the same bytes, or some document is not that of its SHA-256 value.
  const Result<std::string> again = bundle_bytes(*bundle);
  if (!again || *again != bytes) return broken();
  return std::move(*bundle);
}

std::optional<std::string> first_difference(const std::vector<PolicyText>& before,
                                            const std::vector<PolicyText>& after) {
  for (const PolicyText& text : before) {
    const auto same = std::ranges::find(after, text.path, &PolicyText::path);
    if (same == after.end()) return "`" + text.path + "` is gone";
    if (same->text != text.text) return "`" + text.path + "` has changed";
  }
  for (const PolicyText& text : after) {
    if (std::ranges::find(before, text.path, &PolicyText::path) == before.end()) {
      return "`" + text.path + "` is new";
    }
  }
  return std::nullopt;
}

}  // namespace tidewaiter
