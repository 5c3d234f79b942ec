#include "policies/language/sigma_modifiers.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "policies/language/expression_types.h"
#include "policies/language/field_lookup.h"
#include "policies/language/piped_key.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

using Match = SelectionKey::Match;

constexpr std::array kMatches = {
    std::pair<std::string_view, Match>{"contains", Match::kContains},
    std::pair<std::string_view, Match>{"startswith", Match::kStartsWith},
    std::pair<std::string_view, Match>{"endswith", Match::kEndsWith},
    std::pair<std::string_view, Match>{"re", Match::kRegex},
    std::pair<std::string_view, Match>{"cidr", Match::kCidr},
    std::pair<std::string_view, Match>{"gt", Match::kGreater},
    std::pair<std::string_view, Match>{"gte", Match::kGreaterOrEqual},
    std::pair<std::string_view, Match>{"lt", Match::kLess},
    std::pair<std::string_view, Match>{"lte", Match::kLessOrEqual},
    std::pair<std::string_view, Match>{"exists", Match::kExists},
    std::pair<std::string_view, Match>{"fieldref", Match::kFieldRef},
    std::pair<std::string_view, Match>{"in", Match::kIn},
    std::pair<std::string_view, Match>{"country_group", Match::kCountryGroup},
    std::pair<std::string_view, Match>{"similar", Match::kSimilar},
};

// clang-format off
/// All modifiers; those of `re` are the last.
constexpr auto kKnown = std::to_array<std::string_view>({
    "contains", "startswith", "endswith", "re", "cidr", "gt", "gte", "lt", "lte", "exists",
    "fieldref", "in", "country_group", "similar", "all", "cased", "neq", "expand", "base64",
    "base64offset", "windash", "wide", "utf16", "utf16le", "utf16be", "minute", "hour", "day",
    "week", "month", "year", "i", "m", "s"});
// clang-format on
constexpr std::size_t kFlagsOfRegex = 3;

constexpr std::string_view kCountryUnit = "ISO 3166-1 alpha-2";
constexpr std::string_view kSketchUnit = "64-bit sketch";

bool is_order(Match match) {
  return match == Match::kGreater || match == Match::kGreaterOrEqual || match == Match::kLess ||
         match == Match::kLessOrEqual;
}

bool is_text_match(Match match) {
  return match == Match::kEquals || match == Match::kContains || match == Match::kStartsWith ||
         match == Match::kEndsWith;
}

class KeyReader {
 public:
  KeyReader(DocumentReader& reader, RecordKind kind) : reader_(reader), kind_(kind) {}

  std::optional<SelectionKey> read(const YamlNode& node) {
    const std::vector<PipedKeyPart> parts = split_piped_key(node);
    bool good = read_field(parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i) good = read_modifier(parts[i]) && good;
    if (!good || !fits(parts)) return std::nullopt;
    return key_;
  }

 private:
  bool read_field(const PipedKeyPart& part) {
    const auto id = find_field_of(kind_, part.word, part.span);
    if (!id) {
      reader_.error(id.error());
      return false;
    }
    key_.field = *id;
    key_.span = part.span;
    return true;
  }

  bool read_modifier(const PipedKeyPart& part) {
    if (part.word == "all") return key_.all = true;
    if (part.word == "cased") return key_.cased = true;
    if (part.word == "neq") return key_.negated = true;
    if (part.word == "windash") return key_.any_dash = true;
    if (part.word == "expand") return key_.expand = true;
    if (const auto which = find_time_part(part.word)) return read_part(part, *which);
    if (const auto encoding = find_encoding(part.word)) {
      if (key_.match != Match::kEquals) {
        return conflict(part,
                        "a text is encoded before it is looked for: `x|base64offset|contains`");
      }
      return read_encoding(part, *encoding);
    }
    if (part.word == "i" || part.word == "m" || part.word == "s") {
      if (key_.match != Match::kRegex) return conflict(part, "it follows `re`, as in `x|re|i`");
      key_.regex_flags += part.word;
      return true;
    }
    const auto* const known =
        std::ranges::find(kMatches, part.word, [](const auto& entry) { return entry.first; });
    if (known == kMatches.end()) return unknown(part);
    if (key_.match != Match::kEquals) return conflict(part, "one way of matching a key");
    key_.match = known->second;
    return true;
  }

  bool read_encoding(const PipedKeyPart& part, ValueEncoding encoding) {
    const auto is_utf16 = [](ValueEncoding one) {
      return one != ValueEncoding::kBase64 && one != ValueEncoding::kBase64Offset;
    };
    if (is_utf16(encoding) && !key_.encodings.empty()) {
      return conflict(part, "UTF-16 is of the text itself: it comes first, as in `x|wide|base64`");
    }
    key_.encodings.push_back(encoding);
    return true;
  }

  bool read_part(const PipedKeyPart& part, TimePart which) {
    if (key_.part) return conflict(part, "one part of a time a key");
    key_.part = which;
    return true;
  }

  bool conflict(const PipedKeyPart& part, std::string hint) {
    reader_.error(part.span, kModifierMismatch,
                  "modifier `" + std::string(part.word) + "` does not go with the others",
                  std::move(hint));
    return false;
  }

  bool unknown(const PipedKeyPart& part) {
    std::string hint;
    if (part.word == "not") {
      hint = "write `neq`, or `not` before the selection's name in `condition`";
    } else if (const auto near = did_you_mean(part.word, kKnown)) {
      hint = "did you mean `" + *near + "`?";
    } else {
      for (const std::string_view word : std::span(kKnown).first(kKnown.size() - kFlagsOfRegex)) {
        hint += (hint.empty() ? "modifiers: " : ", ") + std::string(word);
      }
    }
    reader_.error(part.span, kUnknownModifier, "unknown modifier `" + std::string(part.word) + "`",
                  std::move(hint));
    if (const auto meant = misspelling_of(part.word, kKnown)) {
      reader_.diagnostics().back().fix = {{part.span, *meant}};
    }
    return false;
  }

  bool fits(const std::vector<PipedKeyPart>& parts) {
    const PipedKeyPart& last = parts.back();
    const ValueType type = field(key_.field).type;
    const bool text =
        type == ValueType::kString || type == ValueType::kIp || type == ValueType::kStringList;
    if (key_.cased && !(text && is_text_match(key_.match))) {
      return conflict(last, "`cased` is about texts: equal, contains, startswith, endswith");
    }
    if (key_.all && (key_.match == Match::kExists || key_.match == Match::kIn ||
                     key_.match == Match::kCountryGroup || key_.match == Match::kFieldRef)) {
      return conflict(last, "`all` joins several patterns");
    }
    if (key_.negated && key_.match == Match::kExists) {
      return conflict(last, "write `exists: false`");
    }
    if (key_.expand && !fits_expand(last, text, type)) return false;
    if (key_.part) return fits_part(last, type);
    if ((!key_.encodings.empty() || key_.any_dash) &&
        !(type == ValueType::kString || type == ValueType::kStringList)) {
      return misfit(last, type, "a text or a list of texts");
    }
    if ((!key_.encodings.empty() || key_.any_dash) && !is_text_match(key_.match)) {
      return conflict(last, "it is about texts: equal, contains, startswith, endswith");
    }
    switch (key_.match) {
      case Match::kContains:
      case Match::kStartsWith:
      case Match::kEndsWith:
      case Match::kRegex:
        return text || misfit(last, type, "a text or a list of texts");
      case Match::kCidr:
        return type == ValueType::kIp || misfit(last, type, "an ip field");
      case Match::kGreater:
      case Match::kGreaterOrEqual:
      case Match::kLess:
      case Match::kLessOrEqual:
        return is_ordered(type) || misfit(last, type, "a number, duration, time or money");
      case Match::kCountryGroup:
        return field(key_.field).unit == kCountryUnit ||
               misfit(last, type, "a field with a country's code");
      case Match::kSimilar:
        return field(key_.field).unit == kSketchUnit ||
               misfit(last, type, "a similarity sketch, such as `prompt.sketch`");
      case Match::kFieldRef:
        return type != ValueType::kStringList || misfit(last, type, "a field with one value");
      default:
        return true;
    }
  }

  bool fits_expand(const PipedKeyPart& last, bool text, ValueType type) {
    if (key_.match == Match::kIn) {
      return conflict(last, "`in` takes lists by their names: `x|in: list:NAME`");
    }
    const bool takes_texts =
        is_text_match(key_.match) || key_.match == Match::kRegex || key_.match == Match::kCidr;
    if (!takes_texts) return conflict(last, "`expand` is about texts and networks");
    return text || misfit(last, type, "a text, an address or a list of texts");
  }

  bool fits_part(const PipedKeyPart& last, ValueType type) {
    if (type != ValueType::kTimestamp) return misfit(last, type, "a time");
    const bool compares = key_.match == Match::kEquals || is_order(key_.match);
    const bool plain = key_.encodings.empty() && !key_.any_dash && !key_.all;
    return (compares && plain) || conflict(last, "a part of a time is a number: gt, gte, lt, lte");
  }

  bool misfit(const PipedKeyPart& part, ValueType type, std::string_view wanted) {
    reader_.error(part.span, kModifierMismatch,
                  "modifier `" + std::string(part.word) + "` does not fit `" +
                      std::string(field(key_.field).name) + "`, which is " +
                      std::string(type_name(type)),
                  "it is for " + std::string(wanted));
    return false;
  }

  DocumentReader& reader_;
  RecordKind kind_;
  SelectionKey key_;
};

}  // namespace

std::optional<SelectionKey> read_selection_key(DocumentReader& reader, const YamlNode& key,
                                               RecordKind kind) {
  return KeyReader(reader, kind).read(key);
}

}  // namespace tidewaiter
