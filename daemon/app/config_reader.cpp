#include "daemon/app/config_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

std::string quoted_words(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += '`';
    out += word;
    out += '`';
  }
  return out;
}

bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

void ConfigReader::error(const SourceSpan& span, const DiagnosticCode& code, std::string message,
                         std::string hint) {
  diagnostics_.push_back(text_.at(span, DiagnosticLevel::kError, std::string(code.code),
                                  std::move(message), std::move(hint)));
}

bool ConfigReader::map(const YamlNode& node, std::string_view what,
                       std::span<const std::string_view> known) {
  if (node.kind != YamlNode::Kind::kMap) {
    error(node.span, kWrongShape, std::string(what) + " is not a map",
          "write keys: " + quoted_words(known));
    return false;
  }
  check_keys(text_, node, known, diagnostics_);
  return true;
}

bool ConfigReader::list(const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::kSequence) return true;
  error(node.span, kWrongShape, std::string(what) + " is not a list",
        "write `[…]` or lines with `-`");
  return false;
}

std::optional<std::string> ConfigReader::text(const YamlNode& node, std::string_view what) {
  if (node.kind != YamlNode::Kind::kScalar) {
    error(node.span, kWrongShape, std::string(what) + " is not a text");
    return std::nullopt;
  }
  if (node.scalar.empty()) {
    error(node.span, kEmptyValue, std::string(what) + " is empty");
    return std::nullopt;
  }
  return node.scalar;
}

std::optional<Duration> ConfigReader::duration(const YamlNode& node, std::string_view what,
                                               Duration least) {
  const std::optional<std::string> written = text(node, what);
  if (!written) return std::nullopt;
  const Result<Duration> value = parse_duration(*written);
  if (!value) {
    error(node.span, kBadDuration, std::string(what) + " is not a duration: `" + *written + "`",
          "write a whole number and a unit: `30s`, `10m`, `1h30m`, `7d`");
    return std::nullopt;
  }
  if (*value < least) {
    error(node.span, kBadDuration,
          std::string(what) + " is shorter than " + format_duration(least));
    return std::nullopt;
  }
  return *value;
}

std::optional<std::string> ConfigReader::name(const YamlNode& node, std::string_view what) {
  std::optional<std::string> written = text(node, what);
  if (!written) return std::nullopt;
  const bool fits = written->size() <= 64 && std::ranges::all_of(*written, name_character) &&
                    written->front() != '_' && written->front() != '-';
  if (fits) return written;
  error(node.span, kConfigName, std::string(what) + " cannot be `" + *written + "`",
        "use up to 64 of a-z, 0-9, `-` and `_`, a letter or digit first");
  return std::nullopt;
}

std::optional<std::size_t> ConfigReader::word(const YamlNode& node, std::string_view what,
                                              std::span<const std::string_view> words) {
  const std::optional<std::string> written = text(node, what);
  if (!written) return std::nullopt;
  const auto found = std::ranges::find(words, *written);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::optional<std::string> near = did_you_mean(*written, words);
  error(node.span, kNotOneOf, std::string(what) + " cannot be `" + *written + "`",
        near ? "did you mean `" + *near + "`?" : "expected one of " + quoted_words(words));
  return std::nullopt;
}

std::optional<std::int64_t> ConfigReader::number(const YamlNode& node, std::string_view what,
                                                 std::int64_t least, std::int64_t most) {
  const std::optional<std::string> written = text(node, what);
  if (!written) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = written->data() + written->size();
  const auto [stop, failure] = std::from_chars(written->data(), end, value);
  if (failure == std::errc{} && stop == end && value >= least && value <= most) return value;
  error(node.span, kBadNumber, std::string(what) + " cannot be `" + *written + "`",
        "write a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<std::int64_t> ConfigReader::bytes(const YamlNode& node, std::string_view what) {
  static constexpr std::array<std::pair<std::string_view, unsigned>, 5> kUnits = {
      {{"B", 0U}, {"KiB", 10U}, {"MiB", 20U}, {"GiB", 30U}, {"TiB", 40U}}};
  const std::optional<std::string> written = text(node, what);
  if (!written) return std::nullopt;
  std::int64_t number = -1;
  const char* const end = written->data() + written->size();
  const auto [stop, failure] = std::from_chars(written->data(), end, number);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  const auto* const known = std::ranges::find(kUnits, unit, [](const auto& u) { return u.first; });
  if (failure == std::errc{} && known != kUnits.end() && number >= 0 &&
      number <= (std::int64_t{1} << (62U - known->second))) {
    return number << known->second;
  }
  error(node.span, kConfigBytes, std::string(what) + " is not an amount: `" + *written + "`",
        "write a whole number and B, KiB, MiB, GiB or TiB: `64MiB`");
  return std::nullopt;
}

std::optional<double> ConfigReader::share(const YamlNode& node, std::string_view what) {
  const std::optional<std::string> written = text(node, what);
  if (!written) return std::nullopt;
  double percent = -1.0;
  const char* const end = written->data() + written->size();
  const auto [stop, failure] = std::from_chars(written->data(), end, percent);
  if (failure == std::errc{} && stop + 1 == end && *stop == '%' && percent >= 0.0 &&
      percent <= 100.0) {
    return percent / 100.0;
  }
  error(node.span, kConfigShare, std::string(what) + " is not a share: `" + *written + "`",
        "write a number from 0 to 100 and `%`: `1%`");
  return std::nullopt;
}

}  // namespace tidewaiter
