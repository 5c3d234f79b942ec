#include "daemon/notify/webhook_signature.h"

#include <cstring>
#include <span>

#include "policies/model/base64.h"
#include "policies/model/digest_hmac.h"

namespace tidewaiter {

Result<std::string> webhook_signature(std::string_view secret, std::string_view id, UtcTime at,
                                      std::string_view body) {
  constexpr std::string_view kPrefix = "whsec_";
  Result<std::string> key = secret.starts_with(kPrefix)
                                ? from_base64(secret.substr(kPrefix.size()), Base64::kStandard)
                                : fail(ErrorCode::kInvalidInput, "");
  if (!key || key->empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the webhook's `key` is not `whsec_` and base64, as Standard Webhooks have it");
  }
  std::string signed_text;
  signed_text.append(id).append(".").append(webhook_seconds(at)).append(".").append(body);
  const Digest mac = hmac_sha256(*key, signed_text);
  ::explicit_bzero(key->data(), key->size());
  return "v1," + to_base64(std::as_bytes(std::span(mac.bytes)), Base64::kStandard);
}

std::string webhook_seconds(UtcTime at) { return std::to_string(at.us / kSecond.us); }

}  // namespace tidewaiter
