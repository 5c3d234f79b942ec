#include "daemon/simulate/vendor_words.h"

#include <array>

#include <nlohmann/json.hpp>

#include "daemon/simulate/scim_page.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum Vendor;

struct VendorPath {
  std::string_view prefix;
  Vendor vendor;
};

constexpr auto kVendorPaths = std::to_array<VendorPath>({
    {"/v1/organizations/", kAnthropic},
    {"/v1/compliance/", kAnthropic},
    {"/v1/user_profiles", kAnthropic},
    {"/v1/organization/", kOpenAi},
    {"/v1/customers", kStripe},
    {"/api/log", kNewApi},
    {"/api/public/", kLangfuse},
    {"/api/v1/", kOpenRouter},
    {"/scim/", kScim},
});

/// The type that Anthropic's errors have at a status.
const char* anthropic_type(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 404:
      return "not_found_error";
    case 429:
      return "rate_limit_error";
    case 500:
    case 503:
      return "api_error";
    default:
      return "invalid_request_error";
  }
}

/// What is missing is named by a parameter of the query (400) or by the path (404).
Json stripe_problem(int status, const std::string& code, const std::string& message) {
  const bool is_missing = status == 400 || status == 404;
  Json error = {{"code", is_missing ? "resource_missing" : code},
                {"message", message},
                {"type", status >= 500 ? "api_error" : "invalid_request_error"}};
  if (is_missing) error["param"] = status == 400 ? "starting_after" : "customer";
  return {{"error", std::move(error)}};
}

}  // namespace

Vendor vendor_of(std::string_view path) {
  for (const auto& [prefix, vendor] : kVendorPaths) {
    if (path.starts_with(prefix)) return vendor;
  }
  return kLiteLlm;
}

const char* content_type_of(Vendor vendor) {
  return vendor == kScim ? "application/scim+json" : "application/json";
}

std::string error_body(Vendor vendor, int status, const std::string& code,
                       const std::string& message) {
  switch (vendor) {
    case kAnthropic:
      return Json{{"type", "error"},
                  {"error", {{"type", anthropic_type(status)}, {"message", message}}}}
          .dump();
    case kStripe:
      return stripe_problem(status, code, message).dump();
    case kScim:
      return scim_error(status, message);
    default: {
      const Json error = {{"message", message},
                          {"type", "invalid_request_error"},
                          {"param", nullptr},
                          {"code", code}};
      return Json{{"error", error}}.dump();
    }
  }
}

}  // namespace tidewaiter
