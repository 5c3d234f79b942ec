#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/objects.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "policies/model/error.h"
#include "storage/timestamp/timestamp.h"

namespace tidewaiter {

/// Frees what OpenSSL allocated.
template <auto Free>
struct OpensslFree {
  template <class T>
  void operator()(T* value) const {
    Free(value);
  }
};

using OpensslBio = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using OpensslBignum = std::unique_ptr<BIGNUM, OpensslFree<BN_free>>;
using OpensslInteger = std::unique_ptr<ASN1_INTEGER, OpensslFree<ASN1_INTEGER_free>>;
using OpensslObject = std::unique_ptr<ASN1_OBJECT, OpensslFree<ASN1_OBJECT_free>>;
using OpensslCertificate = std::unique_ptr<X509, OpensslFree<X509_free>>;
using OpensslRequest = std::unique_ptr<TS_REQ, OpensslFree<TS_REQ_free>>;
using OpensslResponse = std::unique_ptr<TS_RESP, OpensslFree<TS_RESP_free>>;

/// Lower-case hexadecimal without leading zeros, a sign in front of a negative one.
[[nodiscard]] std::string hex_of(const ASN1_INTEGER* number);
/// Dotted decimals; empty for an identifier that has none.
[[nodiscard]] std::string dotted_of(const ASN1_OBJECT* object);
/// The first reason in OpenSSL's queue of this thread, which is emptied.
[[nodiscard]] std::string openssl_reason();

/// The DER of a TimeStampResp as OpenSSL's value. Errors: kInvalidInput; kRefused with the
/// authority's reason if there is no token in it.
[[nodiscard]] Result<OpensslResponse> parse_response(std::string_view response);
/// What read_timestamp() gives of it.
[[nodiscard]] Result<Timestamp> timestamp_of(TS_RESP* response);

}  // namespace tidewaiter
