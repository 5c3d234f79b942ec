// What tests/interop/payload/compare.py holds against its peer. Each line of standard input is a
// job, its bytes in hexadecimal digits, and gives a line of standard output:
//
//   key SUBJECT_KEY NONCE                  the payload's key, and its context
//   seal KEY CONTEXT SALT TEXT             the payload
//   open KEY CONTEXT PAYLOAD               "text " and the text, or "refused"
//
// A `-` stands for no bytes.

#include <algorithm>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>

#include "storage/evidence/payload_cipher.h"
#include "tests/unit/ledger/whole_payload.h"

namespace {

using namespace tidewaiter;

constexpr std::string_view kDigits = "0123456789abcdef";

std::string from_digits(const std::string& digits) {
  std::string bytes;
  if (digits == "-") return bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(kDigits.find(digits[i]) * 16 + kDigits.find(digits[i + 1]));
  }
  return bytes;
}

std::string to_digits(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) {
    digits += kDigits[static_cast<unsigned char>(byte) >> 4U];
    digits += kDigits[static_cast<unsigned char>(byte) & 0xFU];
  }
  return digits.empty() ? "-" : digits;
}

template <class Array>
Array array_from(const std::string& digits) {
  Array array{};
  const std::string bytes = from_digits(digits);
  std::memcpy(array.data(), bytes.data(), std::min(bytes.size(), array.size()));
  return array;
}

std::string answer(const std::string& line) {
  std::istringstream words(line);
  std::string job;
  std::string first;
  std::string second;
  words >> job >> first >> second;
  if (job == "key") {
    const auto nonce = array_from<Nonce>(second);
    const PayloadKey key = payload_key(array_from<SubjectKey>(first), nonce, kPayloadKeyLabel, 0);
    return to_digits({reinterpret_cast<const char*>(key.data()), key.size()}) + " " +
           to_digits(payload_context(kPayloadContextLabel, nonce));
  }
  const auto key = array_from<PayloadKey>(first);
  const std::string context = from_digits(second);
  std::string third;
  std::string fourth;
  words >> third >> fourth;
  if (job == "open") {
    const Result<std::string> text = opened_payload(key, context, from_digits(third));
    return text ? "text " + to_digits(*text) : "refused";
  }
  return to_digits(
      sealed_payload(key, context, array_from<PayloadSalt>(third), from_digits(fourth)));
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(line) << '\n';
}
