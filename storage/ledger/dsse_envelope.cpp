#include "storage/ledger/dsse_envelope.h"

#include <cstddef>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> no_envelope() {
  return fail(ErrorCode::kInvalidInput, "it is no envelope of DSSE with one signature");
}

std::string length_of(std::string_view part) { return std::to_string(part.size()); }

}  // namespace

std::string dsse_pae(std::string_view payload_type, std::string_view payload) {
  std::string text = "DSSEv1 " + length_of(payload_type) + " ";
  text += payload_type;
  text += " " + length_of(payload) + " ";
  text += payload;
  return text;
}

DsseEnvelope sign_dsse(std::string_view payload_type, std::string_view payload,
                       std::string_view key_id, const SigningKey& key) {
  const Ed25519Signature signature = key.sign(dsse_pae(payload_type, payload));
  return {std::string(payload_type), std::string(payload), std::string(key_id),
          std::string(reinterpret_cast<const char*>(signature.data()), signature.size())};
}

bool verify_dsse(const DsseEnvelope& envelope, const Ed25519PublicKey& key) {
  return verify_ed25519(key, dsse_pae(envelope.payload_type, envelope.payload),
                        std::as_bytes(std::span(envelope.signature)));
}

Result<std::string> format_dsse(const DsseEnvelope& envelope) {
  const nlohmann::json document = {
      {"payload", to_base64(envelope.payload, Base64::kStandard)},
      {"payloadType", envelope.payload_type},
      {"signatures",
       nlohmann::json::array({{{"keyid", envelope.key_id},
                               {"sig", to_base64(envelope.signature, Base64::kStandard)}}})}};
  auto text = to_jcs(document);
  if (text) *text += '\n';
  return text;
}

Result<DsseEnvelope> parse_dsse(std::string_view text) {
  if (!text.ends_with('\n')) return no_envelope();
  const Result<nlohmann::json> document = parse_json_strict(text.substr(0, text.size() - 1));
  if (!document || !document->is_object()) return no_envelope();
  const auto signatures = document->find("signatures");
  if (signatures == document->end() || !signatures->is_array() || signatures->size() != 1) {
    return no_envelope();
  }
  auto type = text_member(*document, "payloadType");
  const auto payload = text_member(*document, "payload");
  auto key_id = text_member(signatures->front(), "keyid");
  const auto signature = text_member(signatures->front(), "sig");
  if (!type || !payload || !key_id || !signature) return no_envelope();
  auto payload_bytes = from_base64(*payload, Base64::kStandard);
  auto signature_bytes = from_base64(*signature, Base64::kStandard);
  if (!payload_bytes || !signature_bytes) return no_envelope();
  DsseEnvelope envelope{std::move(*type), std::move(*payload_bytes), std::move(*key_id),
                        std::move(*signature_bytes)};
  const Result<std::string> written = format_dsse(envelope);
  if (!written || *written != text) {
    return fail(ErrorCode::kInvalidInput, "it is not in the one form that envelopes have here");
  }
  return envelope;
}

}  // namespace tidewaiter
