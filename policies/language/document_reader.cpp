#include "policies/language/document_reader.h"

#include <algorithm>
#include <charconv>

#include "policies/language/leading_zero.h"
#include "policies/language/text_match.h"
#include "policies/language/token_cursor.h"
#include "policies/language/yaml_trap.h"
#include "policies/model/ascii.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

bool is_date_only(std::string_view text) { return text.size() == 10; }

}  // namespace

void DocumentReader::error(const SourceSpan& span, const DiagnosticCode& code, std::string message,
                           std::string hint) {
  diagnostics_.push_back(text_.at(span, DiagnosticLevel::kError, std::string(code.code),
                                  std::move(message), std::move(hint)));
}

void DocumentReader::warn(const SourceSpan& span, const DiagnosticCode& code, std::string message,
                          std::string hint) {
  diagnostics_.push_back(text_.at(span, DiagnosticLevel::kWarning, std::string(code.code),
                                  std::move(message), std::move(hint)));
}

void DocumentReader::error(const ExprProblem& problem) {
  error(problem.span, problem.code, problem.message, problem.hint);
  if (!problem.replacement.empty()) {
    diagnostics_.back().fix = {{problem.span, problem.replacement}};
  }
}

bool DocumentReader::take_parts(std::size_t parts, const SourceSpan& span,
                                const DiagnosticCode& code) {
  if (is_too_large()) return false;
  parts_ += parts;
  if (!is_too_large()) return true;
  error(span, code,
        "the selections of this document have more than " + std::to_string(kMaxExpressionNodes) +
            " parts once lists are put in",
        "name each list once, or split the document");
  return false;
}

bool DocumentReader::is_too_large() const { return parts_ > kMaxExpressionNodes; }

bool DocumentReader::is_text(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kScalar && !node.scalar.empty()) return true;
  if (node.kind == YamlNode::Kind::kSequence || node.kind == YamlNode::Kind::kMap) {
    error(node.span, kWrongShape, "a text was expected here", "write one word or text");
  } else {
    error(node.span, kEmptyValue, "a value is missing here", "write a text, or leave the key out");
  }
  return false;
}

std::optional<std::string> DocumentReader::text(const YamlNode& node) {
  if (!is_text(node)) return std::nullopt;
  warn_of_trap(node);
  return node.scalar;
}

void DocumentReader::warn_of_trap(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kScalar || node.quoted || !is_yaml_trap(node.scalar)) return;
  warn(node.span, kYamlTrap,
       "`" + node.scalar + "` is a text here; other YAML readers take it for something else",
       "write \"" + node.scalar + "\"");
  diagnostics_.back().fix = {{node.span, "\"" + node.scalar + "\""}};
}

bool DocumentReader::refuse_leading_zero(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kScalar || node.quoted) return false;
  if (!has_leading_zero(node.scalar)) return false;
  error(node.span, kBadNumber,
        "`" + node.scalar + "` begins with 0: other readers take such a number for an octal one",
        "write `" + without_leading_zeros(node.scalar) + "`");
  return true;
}

std::vector<std::string> DocumentReader::texts(const YamlNode& node) {
  std::vector<std::string> out;
  for (const YamlNode* item : items(node)) {
    if (auto value = text(*item)) out.push_back(*std::move(value));
  }
  return out;
}

std::optional<std::int64_t> DocumentReader::integer(const YamlNode& node, std::int64_t least,
                                                    std::int64_t most) {
  if (!is_text(node)) return std::nullopt;
  const std::string& digits = node.scalar;
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = failure == std::errc() && end == digits.data() + digits.size();
  const bool leading_zero = digits.size() > 1 && digits.front() == '0';
  if (!whole || node.quoted || leading_zero || value < least || value > most) {
    error(node.span, kBadNumber, "`" + digits + "` is not a whole number that fits here",
          "expected an unquoted number from " + std::to_string(least) + " to " +
              std::to_string(most));
    if (node.quoted && whole && !leading_zero && value >= least && value <= most) {
      diagnostics_.back().fix = {{node.span, digits}};
    }
    return std::nullopt;
  }
  return value;
}

std::optional<UtcTime> DocumentReader::time(const YamlNode& node, bool end_of_day) {
  if (!is_text(node)) return std::nullopt;
  const Result<UtcTime> value = parse_time(node.scalar, true);
  if (!value || !is_record_time(*value)) {
    error(node.span, kBadTime,
          "`" + node.scalar + "` is not a date or time in the years 1970 to 9999",
          "write 2026-01-31 or 2026-01-31T08:00:00Z");
    return std::nullopt;
  }
  return end_of_day && is_date_only(node.scalar) ? *value + kDay : *value;
}

std::optional<Duration> DocumentReader::duration(const YamlNode& node) {
  if (!is_text(node) || refuse_leading_zero(node)) return std::nullopt;
  // Far beyond any use, and far from the end of int64: sums of times and lengths cannot overflow.
  constexpr Duration kLongest{36500 * kDay.us};
  const Result<Duration> value = parse_duration(node.scalar);
  if (!value || *value > kLongest) {
    error(node.span, kBadDuration, "`" + node.scalar + "` is not a duration",
          "write `24h`, `90s`, `7d` or `1h30m`; at most 36500d");
    return std::nullopt;
  }
  return *value;
}

std::vector<const YamlNode*> DocumentReader::items(const YamlNode& node) {
  std::vector<const YamlNode*> out;
  if (node.kind == YamlNode::Kind::kSequence) {
    for (const YamlNode& item : node.items) out.push_back(&item);
  } else if (node.kind != YamlNode::Kind::kNull) {
    out.push_back(&node);
  }
  return out;
}

bool DocumentReader::expect_map(const YamlNode& node, std::string_view example) {
  if (node.kind == YamlNode::Kind::kMap) return true;
  error(node.span, kWrongShape, "a map was expected here", "write `" + std::string(example) + "`");
  return false;
}

void DocumentReader::not_one_of(const YamlNode& node, std::span<const std::string_view> words) {
  std::string hint;
  if (const auto near = did_you_mean(node.scalar, words)) {
    hint = "did you mean `" + *near + "`?";
  } else {
    for (const std::string_view word : words) {
      hint += hint.empty() ? "expected one of: " : ", ";
      hint += word;
    }
  }
  error(node.span, kNotOneOf, "`" + node.scalar + "` is not one of the words allowed here",
        std::move(hint));
  if (const auto meant = only_near(node.scalar, words)) {
    diagnostics_.back().fix = {{node.span, *meant}};
  }
}

}  // namespace tidewaiter
