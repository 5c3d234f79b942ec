#include "policies/model/base64.h"

#include <array>
#include <cstdint>

#include "policies/model/input_text.h"

namespace tidewaiter {

namespace {

constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> digits_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoDigit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr auto kStandardDigits = digits_of(kStandardAlphabet);
constexpr auto kUrlDigits = digits_of(kUrlAlphabet);

tl::unexpected<Error> malformed(std::string_view text) {
  return fail(ErrorCode::kInvalidInput, "expected canonical base64, got " + in_backticks(text));
}

}  // namespace

std::string to_base64(std::span<const std::byte> bytes, Base64 form) {
  const std::string_view alphabet = form == Base64::kStandard ? kStandardAlphabet : kUrlAlphabet;
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = (group << 8U) | (k < count ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k <= count; ++k) {
      text += alphabet[(group >> (18U - 6U * k)) & 0x3fU];
    }
    if (form == Base64::kStandard) {
      text.append(3 - count, '=');
    }
  }
  return text;
}

std::string to_base64(std::string_view bytes, Base64 form) {
  return to_base64(std::as_bytes(std::span(bytes.data(), bytes.size())), form);
}

Result<std::string> from_base64(std::string_view text, Base64 form) {
  std::string_view body = text;
  if (form == Base64::kStandard) {
    if (text.size() % 4 != 0) return malformed(text);
    for (int k = 0; k < 2 && !body.empty() && body.back() == '='; ++k) {
      body.remove_suffix(1);
    }
  }
  const std::size_t tail = body.size() % 4;  // digits after the last whole group of four
  if (tail == 1) return malformed(text);

  const auto& digits = form == Base64::kStandard ? kStandardDigits : kUrlDigits;
  std::string bytes;
  bytes.reserve(body.size() / 4 * 3 + 2);
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const char c : body) {
    const std::uint8_t digit = digits[static_cast<unsigned char>(c)];
    if (digit == kNoDigit) return malformed(text);
    pending = (pending << 6U) | digit;
    pending_bits += 6;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      bytes += static_cast<char>((pending >> pending_bits) & 0xffU);
      pending &= (1U << pending_bits) - 1U;
    }
  }
  if (pending != 0) return malformed(text);  // bits that no byte takes up must be zero
  return bytes;
}

}  // namespace tidewaiter
