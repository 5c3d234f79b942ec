#include "policies/sigma/sigma_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "policies/sigma/event.h"

namespace tidewaiter {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

constexpr std::array<std::string_view, 4> kNulls = {"~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> kTrue = {"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> kFalse = {"false", "False", "FALSE"};

/// `0x1f` and `0o17` of the core schema.
std::optional<double> prefixed(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  if (base == 0) return std::nullopt;
  text.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return static_cast<double>(number);
}

}  // namespace

SigmaScalar read_sigma_scalar(const YamlNode& node) {
  SigmaScalar scalar;
  scalar.text = node.scalar;
  if (node.kind == YamlNode::Kind::kNull) {
    scalar.kind = SigmaScalar::Kind::kNull;
  } else if (node.quoted) {
    scalar.kind = SigmaScalar::Kind::kText;
  } else if (node.scalar.empty() || is_one_of(node.scalar, kNulls)) {
    scalar.kind = SigmaScalar::Kind::kNull;
    scalar.text.clear();
  } else if (is_one_of(node.scalar, kTrue) || is_one_of(node.scalar, kFalse)) {
    scalar.kind = SigmaScalar::Kind::kBool;
    scalar.truth = is_one_of(node.scalar, kTrue);
  } else if (const auto based = prefixed(node.scalar)) {
    scalar.kind = SigmaScalar::Kind::kNumber;
    scalar.number = *based;
  } else if (const auto number = sigma_as_number(node.scalar)) {
    scalar.kind = SigmaScalar::Kind::kNumber;
    scalar.number = *number;
  }
  return scalar;
}

}  // namespace tidewaiter
