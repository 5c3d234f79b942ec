#include "policies/model/base64.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "policies/model/input_text.h"

namespace tidewaiter {

namespace {

constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t kLastDigit = 63;
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::size_t as_index(char c) { return static_cast<unsigned char>(c); }

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

const std::array<std::uint8_t, 256>& digits_in(Base64 form) {
  return form == Base64::kStandard ? kStandardDigits : kUrlDigits;
}

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
  const auto size = base64_size(text, form);
  if (!size) return malformed(text);
  const auto& digits = digits_in(form);
  std::string bytes(*size, '\0');
  const char* digit = text.data();
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      group = group << 6U | (k <= count ? digits[as_index(*digit++)] : 0U);
    }
    for (std::size_t k = 0; k < count; ++k) {
      bytes[i + k] = static_cast<char>(group >> (16U - 8U * k) & 0xffU);
    }
  }
  return bytes;
}

std::optional<std::size_t> base64_size(std::string_view text, Base64 form) {
  std::string_view body = text;
  if (form == Base64::kStandard) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int k = 0; k < 2 && !body.empty() && body.back() == '='; ++k) {
      body.remove_suffix(1);
    }
  }
  const std::size_t tail = body.size() % 4;  // digits after the last whole group of four
  if (tail == 1) return std::nullopt;
  const auto& digits = digits_in(form);
  unsigned seen = 0;
  for (const char c : body) seen |= digits[as_index(c)];
  if (seen > kLastDigit) return std::nullopt;
  // Bits that no byte takes up must be zero: the last four of two digits, the last two of three.
  const unsigned unused = tail == 2 ? 0xfU : tail == 3 ? 0x3U : 0U;
  if (tail != 0 && (digits[as_index(body.back())] & unused) != 0) return std::nullopt;
  return body.size() * 6 / 8;
}

}  // namespace tidewaiter
