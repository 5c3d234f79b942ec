#include "policies/language/sigma_modifiers.h"

#include <algorithm>
#include <array>
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
};

constexpr std::array<std::string_view, 17> kKnown = {
    "contains", "startswith", "endswith", "re",  "cidr",  "gt", "gte", "lt", "lte",
    "exists",   "fieldref",   "in",       "all", "cased", "i",  "m",   "s"};

/// Sigma's or the design's, but not evaluated by this version.
constexpr std::array<std::string_view, 13> kUnsupported = {
    "base64",  "base64offset", "windash", "similar", "country_group", "utf16", "utf16le",
    "utf16be", "wide",         "expand",  "neq",     "minute",        "hour"};

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

  bool conflict(const PipedKeyPart& part, std::string hint) {
    reader_.error(part.span, kModifierMismatch,
                  "modifier `" + std::string(part.word) + "` does not go with the others",
                  std::move(hint));
    return false;
  }

  bool unknown(const PipedKeyPart& part) {
    if (std::ranges::find(kUnsupported, part.word) != kUnsupported.end()) {
      reader_.error(part.span, kUnsupportedModifier,
                    "modifier `" + std::string(part.word) + "` is not supported by this version",
                    "write the values out, or use an expression");
      return false;
    }
    std::string hint;
    if (const auto near = did_you_mean(part.word, kKnown)) {
      hint = "did you mean `" + *near + "`?";
    } else {
      hint =
          "modifiers: contains, startswith, endswith, re, cidr, gt, gte, lt, lte, exists, "
          "fieldref, in, all, cased";
    }
    reader_.error(part.span, kUnknownModifier, "unknown modifier `" + std::string(part.word) + "`",
                  std::move(hint));
    if (const auto meant = only_near(part.word, kKnown)) {
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
                     key_.match == Match::kFieldRef)) {
      return conflict(last, "`all` joins several patterns");
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
      case Match::kFieldRef:
        return type != ValueType::kStringList || misfit(last, type, "a field with one value");
      default:
        return true;
    }
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
