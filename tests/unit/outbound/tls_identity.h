#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace tidewaiter {

struct FreeIdentity {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

/// A certificate that speaks for itself, for 127.0.0.1, and its key.
struct Identity {
  std::unique_ptr<EVP_PKEY, FreeIdentity> key{EVP_EC_gen("P-256")};
  std::unique_ptr<X509, FreeIdentity> certificate{X509_new()};

  explicit Identity(const char* name) {
    X509* const x = certificate.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_NAME* const subject = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(x, subject);
    X509_set_pubkey(x, key.get());
    X509_EXTENSION* const host =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(x, host, -1);
    X509_EXTENSION_free(host);
    EXPECT_GT(X509_sign(x, key.get(), EVP_sha256()), 0);
  }

  [[nodiscard]] std::filesystem::path write(const std::filesystem::path& path) const {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    EXPECT_EQ(PEM_write_X509(file, certificate.get()), 1);
    std::fclose(file);
    return path;
  }
  [[nodiscard]] std::filesystem::path write_key(const std::filesystem::path& path) const {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    EXPECT_EQ(PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
    std::fclose(file);
    return path;
  }
};

}  // namespace tidewaiter
