#include "daemon/sources/contract/fingerprint_seal.h"

#include <algorithm>
#include <string>
#include <variant>

#include "policies/model/digest_hmac.h"
#include "policies/model/field.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kShortestSealKey = 16;

/// The record's fingerprints; null if it has none.
std::vector<std::string>* fingerprints_of(Record& record) {
  const FieldId wanted = field_id("payment.fingerprints");
  const auto found = std::ranges::find(record.fields, wanted, &std::pair<FieldId, Value>::first);
  return found == record.fields.end() ? nullptr
                                      : std::get_if<std::vector<std::string>>(&found->second);
}

}  // namespace

Result<Secret> read_seal_key(const SecretRef& key, const Variables& variables) {
  Result<Secret> secret = read_secret(key, variables);
  if (!secret) return fail(ErrorCode::kRefused, "`fingerprint_key`: " + secret.error().message);
  if (secret->expose().size() < kShortestSealKey) {
    return fail(ErrorCode::kRefused, "`fingerprint_key`: " + to_text(key) +
                                         " has less than 16 bytes: make one by `openssl rand -hex "
                                         "32`");
  }
  return secret;
}

Result<void> seal_fingerprints(std::vector<Record>& records, const SecretRef& key,
                               const Variables& variables) {
  const bool any = std::ranges::any_of(
      records, [](Record& record) { return fingerprints_of(record) != nullptr; });
  if (!any) return {};
  const Result<Secret> secret = read_seal_key(key, variables);
  if (!secret) return tl::unexpected(secret.error());
  for (Record& record : records) {
    std::vector<std::string>* const fingerprints = fingerprints_of(record);
    if (fingerprints == nullptr) continue;
    for (std::string& one : *fingerprints) one = to_hex(hmac_sha256(secret->expose(), one));
  }
  return {};
}

}  // namespace tidewaiter
