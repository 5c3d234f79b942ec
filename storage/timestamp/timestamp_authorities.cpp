#include "storage/timestamp/timestamp_authorities.h"

#include <array>
#include <ctime>
#include <utility>
#include <vector>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include "storage/files/durable_file.h"
#include "storage/timestamp/openssl_value.h"

namespace tidewaiter {
namespace {

using OpensslStore = std::unique_ptr<X509_STORE, OpensslFree<X509_STORE_free>>;
using OpensslStoreContext = std::unique_ptr<X509_STORE_CTX, OpensslFree<X509_STORE_CTX_free>>;

constexpr std::size_t kMostPemBytes = 1'048'576;
constexpr int kAtLeast112Bits = 2;  // OpenSSL's security level: RSA of 2048 bits, no SHA-1

struct SignerListFree {
  void operator()(STACK_OF(X509) * list) const { sk_X509_free(list); }  // the token owns them
};
using SignerList = std::unique_ptr<STACK_OF(X509), SignerListFree>;

tl::unexpected<Error> does_not_hold(const std::string& why) {
  return fail(ErrorCode::kRefused, "the time-stamp token does not hold: " + why);
}

std::string name_text(const X509_NAME* name) {
  const OpensslBio out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
    return {};
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Result<UtcTime> end_of_validity(const X509* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return does_not_hold("the end of its certificate cannot be read");
  }
  return UtcTime{static_cast<std::int64_t>(::timegm(&end)) * kSecond.us};
}

Result<void> check_demand(const Timestamp& timestamp, const TimestampDemand& demand) {
  if (timestamp.imprint != demand.imprint) {
    return does_not_hold("its imprint is " + to_hex(timestamp.imprint) + ", expected " +
                         to_hex(demand.imprint));
  }
  if (!demand.nonce.empty() && timestamp.nonce != demand.nonce) {
    return does_not_hold("its nonce is " +
                         (timestamp.nonce.empty() ? "absent" : timestamp.nonce.substr(0, 64)) +
                         ", expected " + demand.nonce);
  }
  if (!demand.policy.empty() && timestamp.policy != demand.policy) {
    return does_not_hold("its policy is " + timestamp.policy + ", expected " + demand.policy);
  }
  return {};
}

/// The one certificate that signed, and by a hash that still stands.
Result<X509*> signer_of(PKCS7* token) {
  STACK_OF(PKCS7_SIGNER_INFO)* infos = PKCS7_get_signer_info(token);
  if (infos == nullptr || sk_PKCS7_SIGNER_INFO_num(infos) != 1) {
    return does_not_hold("expected exactly one signature in it");
  }
  const PKCS7_SIGNER_INFO* info = sk_PKCS7_SIGNER_INFO_value(infos, 0);
  const ASN1_OBJECT* hash = nullptr;
  X509_ALGOR_get0(&hash, nullptr, nullptr, info->digest_alg);
  const int nid = OBJ_obj2nid(hash);
  if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512) {
    return does_not_hold("it is signed with the hash " + dotted_of(hash) +
                         ", expected SHA-256 or stronger");
  }
  const SignerList signers(PKCS7_get0_signers(token, nullptr, 0));
  ERR_clear_error();
  if (!signers || sk_X509_num(signers.get()) != 1) {
    return does_not_hold("the certificate that signed it is not in it");
  }
  return sk_X509_value(signers.get(), 0);
}

/// RFC 3161 §2.3: the extension is there, critical, and names nothing else.
Result<void> check_usage(X509* signer) {
  const int place = X509_get_ext_by_NID(signer, NID_ext_key_usage, -1);
  const bool critical = place >= 0 && X509_EXTENSION_get_critical(X509_get_ext(signer, place)) == 1;
  if (critical && X509_get_extended_key_usage(signer) == XKU_TIMESTAMP) return {};
  return does_not_hold("the extended key usage of its certificate `" +
                       name_text(X509_get_subject_name(signer)) +
                       "` is not timeStamping alone and critical");
}

/// Whether the certificate was valid at the token's time under a chain to a trusted one.
Result<void> check_chain(X509_STORE* store, X509* signer, STACK_OF(X509) * others, UtcTime at) {
  const OpensslStoreContext context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store, signer, others) != 1 ||
      X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_TIMESTAMP_SIGN) != 1) {
    return fail(ErrorCode::kUnavailable, "cannot check a certificate: " + openssl_reason());
  }
  const int holds = X509_verify_cert(context.get());
  ERR_clear_error();
  if (holds == 1) return {};
  const X509* at_fault = X509_STORE_CTX_get_current_cert(context.get());
  return does_not_hold(
      "its certificate was not to be trusted at its time, " + format_time(at) + ": " +
      X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())) + ", of `" +
      name_text(X509_get_subject_name(at_fault == nullptr ? signer : at_fault)) + "`");
}

}  // namespace

struct TimestampAuthorities::Certificates {
  std::vector<OpensslCertificate> all;

  /// A store that judges as of `at`. Its own for each judgement: the time is the store's.
  [[nodiscard]] OpensslStore store_at(UtcTime at) const {
    OpensslStore store(X509_STORE_new());
    if (!store) return nullptr;
    for (const OpensslCertificate& certificate : all) {
      if (X509_STORE_add_cert(store.get(), certificate.get()) != 1) return nullptr;
    }
    X509_VERIFY_PARAM* rules = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_time(rules, static_cast<std::time_t>(at.us / kSecond.us));
    X509_VERIFY_PARAM_set_auth_level(rules, kAtLeast112Bits);
    return store;
  }
};

TimestampAuthorities::TimestampAuthorities(std::unique_ptr<Certificates> certificates)
    : certificates_(std::move(certificates)) {}
TimestampAuthorities::TimestampAuthorities(TimestampAuthorities&&) noexcept = default;
TimestampAuthorities& TimestampAuthorities::operator=(TimestampAuthorities&&) noexcept = default;
TimestampAuthorities::~TimestampAuthorities() = default;

Result<TimestampAuthorities> TimestampAuthorities::from_pem(std::string_view pem) {
  if (pem.size() > kMostPemBytes) {
    return fail(ErrorCode::kInvalidInput,
                "expected certificates of authorities, at most 1 MiB of them");
  }
  const OpensslBio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto certificates = std::make_unique<Certificates>();
  while (in) {
    OpensslCertificate certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    certificates->all.push_back(std::move(certificate));
  }
  // The end of the text shows as the lack of another "BEGIN".
  const unsigned long last = ERR_peek_last_error();
  const bool at_end =
      ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (certificates->all.empty() || !at_end) {
    return fail(
        ErrorCode::kInvalidInput,
        certificates->all.empty()
            ? "there is no certificate in it: expected those of time-stamping authorities "
              "as PEM (`-----BEGIN CERTIFICATE-----`)"
            : "certificate " + std::to_string(certificates->all.size() + 1) + " in it is damaged");
  }
  return TimestampAuthorities(std::move(certificates));
}

Result<TimestampAuthorities> TimestampAuthorities::from_file(const std::filesystem::path& file) {
  const Result<std::string> pem = read_whole_file(file, kMostPemBytes);
  if (!pem) return tl::unexpected(pem.error());
  Result<TimestampAuthorities> authorities = from_pem(*pem);
  if (!authorities) {
    authorities.error().message = "`" + file.string() + "`: " + authorities.error().message;
  }
  return authorities;
}

Result<VerifiedTimestamp> TimestampAuthorities::verify(std::string_view response,
                                                       const TimestampDemand& demand) const {
  const auto value = parse_response(response);
  if (!value) return tl::unexpected(value.error());
  const auto timestamp = timestamp_of(value->get());
  if (!timestamp) return tl::unexpected(timestamp.error());
  if (auto met = check_demand(*timestamp, demand); !met) return tl::unexpected(met.error());

  PKCS7* token = TS_RESP_get_token(value->get());
  const auto signer = signer_of(token);
  if (!signer) return tl::unexpected(signer.error());
  if (auto meant = check_usage(*signer); !meant) return tl::unexpected(meant.error());
  const OpensslStore store = certificates_->store_at(timestamp->time);
  if (!store) {
    return fail(ErrorCode::kUnavailable,
                "cannot hold the authorities' certificates: " + openssl_reason());
  }
  if (auto valid = check_chain(store.get(), *signer, token->d.sign->cert, timestamp->time);
      !valid) {
    return tl::unexpected(valid.error());
  }
  ERR_clear_error();
  if (TS_RESP_verify_signature(token, nullptr, store.get(), nullptr) != 1) {
    return does_not_hold("its signature is not that of its certificate (" + openssl_reason() + ")");
  }
  const auto expires = end_of_validity(*signer);
  if (!expires) return tl::unexpected(expires.error());
  return VerifiedTimestamp{*timestamp, name_text(X509_get_subject_name(*signer)), *expires};
}

}  // namespace tidewaiter
