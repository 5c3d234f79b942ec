#include "storage/timestamp/openssl_value.h"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>
#include <openssl/err.h>

namespace tidewaiter {

std::string hex_of(const ASN1_INTEGER* number) {
  if (number == nullptr) return {};
  const OpensslBignum value(ASN1_INTEGER_to_BN(number, nullptr));
  if (!value) return {};
  const std::unique_ptr<char, void (*)(char*)> text(BN_bn2hex(value.get()),
                                                    [](char* t) { OPENSSL_free(t); });
  if (!text) return {};
  std::string hex = text.get();
  const bool negative = hex.starts_with('-');
  hex.erase(0, std::min(hex.find_first_not_of("-0"), hex.size() - 1));
  std::ranges::transform(hex, hex.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return negative ? "-" + hex : hex;
}

std::string dotted_of(const ASN1_OBJECT* object) {
  std::array<char, 256> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  if (size <= 0 || size >= static_cast<int>(text.size())) return {};
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string openssl_reason() {
  const unsigned long code = ERR_peek_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  std::string text = reason == nullptr ? "no reason is known" : reason;
  ERR_clear_error();
  return text;
}

}  // namespace tidewaiter
