#pragma once

#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

// A signed statement in a file of its own: an envelope by DSSE v1 (secure-systems-lab/dsse,
// protocol.md and envelope.md) with one Ed25519 signature. What is signed is
//
//   PAE = "DSSEv1" SP <bytes of type> SP <type> SP <bytes of payload> SP <payload>
//
// so that the key of a log may sign both: no note of a log has such a text, since its first line is
// an origin and has no blank (ADR 52). All functions are pure and safe from any thread.

/// The payload is a statement of in-toto.
inline constexpr std::string_view kInTotoPayloadType = "application/vnd.in-toto+json";

/// A plain value. `key_id` says which key is meant and proves nothing: no signature covers it.
struct DsseEnvelope {
  std::string payload_type;
  std::string payload;    ///< the bytes themselves
  std::string key_id;     ///< UTF-8
  std::string signature;  ///< bytes
  bool operator==(const DsseEnvelope&) const = default;
};

/// The bytes that a signature is over.
[[nodiscard]] std::string dsse_pae(std::string_view payload_type, std::string_view payload);

[[nodiscard]] DsseEnvelope sign_dsse(std::string_view payload_type, std::string_view payload,
                                     std::string_view key_id, const SigningKey& key);
[[nodiscard]] bool verify_dsse(const DsseEnvelope& envelope, const Ed25519PublicKey& key);

/// The envelope as JSON, by RFC 8785, and a line feed: the one form in which it is written, for no
/// signature covers its blanks, its members' order or the key id. Errors: kInvalidInput for a type
/// or key id that is not UTF-8.
[[nodiscard]] Result<std::string> format_dsse(const DsseEnvelope& envelope);
/// The exact inverse. Errors: kInvalidInput for anything else, an envelope with more signatures
/// than one among it.
[[nodiscard]] Result<DsseEnvelope> parse_dsse(std::string_view text);

}  // namespace tidewaiter
