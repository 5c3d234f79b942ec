#include "storage/timestamp/timestamp_request.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include <openssl/rand.h>

#include "storage/timestamp/openssl_value.h"

namespace tidewaiter {
namespace {

using OpensslImprint = std::unique_ptr<TS_MSG_IMPRINT, OpensslFree<TS_MSG_IMPRINT_free>>;
using OpensslAlgorithm = std::unique_ptr<X509_ALGOR, OpensslFree<X509_ALGOR_free>>;

constexpr long kVersion = 1;
constexpr std::size_t kMostNonceDigits = 40;

tl::unexpected<Error> not_a_request() {
  return fail(ErrorCode::kInvalidInput,
              "expected a time-stamp request over SHA-256 with a nonce, as `tidewaiter ledger "
              "timestamp --query` writes it");
}

Result<OpensslObject> policy_object(const std::string& policy) {
  OpensslObject object(OBJ_txt2obj(policy.c_str(), 1));
  if (!object || dotted_of(object.get()) != policy) {
    static_cast<void>(openssl_reason());
    return fail(ErrorCode::kInvalidInput, "`" + policy +
                                              "` is no policy of an authority: expected an object "
                                              "identifier such as `1.3.6.1.4.1.13762.3`");
  }
  return object;
}

OpensslInteger nonce_integer(const std::string& nonce) {
  const bool plain = !nonce.empty() && nonce.size() <= kMostNonceDigits &&
                     nonce.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!plain) return nullptr;
  BIGNUM* raw = nullptr;
  const bool read = BN_hex2bn(&raw, nonce.c_str()) != 0;
  const OpensslBignum number(raw);
  return OpensslInteger(read ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
}

OpensslImprint imprint_value(const Digest& digest) {
  OpensslImprint imprint(TS_MSG_IMPRINT_new());
  const OpensslAlgorithm algorithm(X509_ALGOR_new());
  if (!imprint || !algorithm) return nullptr;
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr);
  std::array<unsigned char, sizeof(Digest)> bytes{};
  std::ranges::transform(digest.bytes, bytes.begin(),
                         [](std::byte b) { return std::to_integer<unsigned char>(b); });
  const bool set =
      TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
      TS_MSG_IMPRINT_set_msg(imprint.get(), bytes.data(), static_cast<int>(bytes.size())) == 1;
  return set ? std::move(imprint) : nullptr;
}

}  // namespace

Result<TimestampRequest> new_timestamp_request(const Digest& imprint, const std::string& policy) {
  if (!policy.empty()) {
    if (const auto object = policy_object(policy); !object) return tl::unexpected(object.error());
  }
  std::array<unsigned char, 8> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return fail(ErrorCode::kUnavailable,
                "no random number for the nonce of a time-stamp request: " + openssl_reason());
  }
  // The top bit stays clear, and the next one set: nine bytes, or fewer digits, need no thought.
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7FU) | 0x40U);
  const OpensslBignum number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  const OpensslInteger nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
  return TimestampRequest{imprint, hex_of(nonce.get()), policy};
}

Result<std::string> encode_timestamp_request(const TimestampRequest& request) {
  const OpensslRequest value(TS_REQ_new());
  const OpensslImprint imprint = imprint_value(request.imprint);
  const OpensslInteger nonce = nonce_integer(request.nonce);
  if (!nonce) {
    return fail(ErrorCode::kInvalidInput,
                "expected a nonce of up to 40 lower-case hexadecimal digits");
  }
  bool set = value && imprint && TS_REQ_set_version(value.get(), kVersion) == 1 &&
             TS_REQ_set_msg_imprint(value.get(), imprint.get()) == 1 &&
             TS_REQ_set_nonce(value.get(), nonce.get()) == 1 &&
             TS_REQ_set_cert_req(value.get(), 1) == 1;
  if (set && !request.policy.empty()) {
    const auto policy = policy_object(request.policy);
    if (!policy) return tl::unexpected(policy.error());
    set = TS_REQ_set_policy_id(value.get(), policy->get()) == 1;
  }
  unsigned char* der = nullptr;
  const int size = set ? i2d_TS_REQ(value.get(), &der) : -1;
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owned(
      der, [](unsigned char* d) { OPENSSL_free(d); });
  if (size <= 0) {
    return fail(ErrorCode::kUnavailable, "cannot build a time-stamp request: " + openssl_reason());
  }
  return std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
}

Result<TimestampRequest> decode_timestamp_request(std::string_view der) {
  constexpr std::size_t kMostBytes = 1'024;
  if (der.empty() || der.size() > kMostBytes) return not_a_request();
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const OpensslRequest value(d2i_TS_REQ(nullptr, &at, static_cast<long>(der.size())));
  static_cast<void>(openssl_reason());
  if (!value) return not_a_request();
  TimestampRequest request;
  ASN1_OCTET_STRING* imprint = TS_MSG_IMPRINT_get_msg(TS_REQ_get_msg_imprint(value.get()));
  if (ASN1_STRING_length(imprint) != static_cast<int>(sizeof(Digest))) return not_a_request();
  std::transform(ASN1_STRING_get0_data(imprint), ASN1_STRING_get0_data(imprint) + sizeof(Digest),
                 request.imprint.bytes.begin(), [](unsigned char c) { return std::byte{c}; });
  request.nonce = hex_of(TS_REQ_get_nonce(value.get()));
  if (const ASN1_OBJECT* policy = TS_REQ_get_policy_id(value.get())) {
    request.policy = dotted_of(policy);
  }
  // Whatever else the bytes say (another hash, extensions, no certificates) shows here.
  const auto again = encode_timestamp_request(request);
  if (!again || *again != der) return not_a_request();
  return request;
}

}  // namespace tidewaiter
