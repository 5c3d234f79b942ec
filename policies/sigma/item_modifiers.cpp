#include "policies/sigma/item_modifiers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/language/piped_key.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

template <class T>
using Table = std::pair<std::string_view, T>;

constexpr std::array<Table<SigmaTransform>, 10> kTransforms = {{
    {"contains", SigmaTransform::kContains},
    {"startswith", SigmaTransform::kStartsWith},
    {"endswith", SigmaTransform::kEndsWith},
    {"windash", SigmaTransform::kWindash},
    {"base64", SigmaTransform::kBase64},
    {"base64offset", SigmaTransform::kBase64Offset},
    {"wide", SigmaTransform::kUtf16Le},
    {"utf16le", SigmaTransform::kUtf16Le},
    {"utf16be", SigmaTransform::kUtf16Be},
    {"utf16", SigmaTransform::kUtf16},
}};

constexpr std::array<Table<SigmaKind>, 4> kMatchKinds = {{
    {"re", SigmaKind::kRegex},
    {"cidr", SigmaKind::kNetwork},
    {"exists", SigmaKind::kExists},
    {"fieldref", SigmaKind::kFieldRef},
}};

constexpr std::array<Table<SigmaOrder>, 4> kOrders = {{
    {"lt", SigmaOrder::kLess},
    {"lte", SigmaOrder::kLessOrEqual},
    {"gt", SigmaOrder::kGreater},
    {"gte", SigmaOrder::kGreaterOrEqual},
}};

constexpr std::array<Table<bool SigmaKey::*>, 4> kSwitches = {{
    {"all", &SigmaKey::all},
    {"cased", &SigmaKey::cased},
    {"neq", &SigmaKey::negated},
    {"expand", &SigmaKey::expand},
}};

template <class T, std::size_t N>
const T* find(const std::array<Table<T>, N>& table, std::string_view word) {
  for (const auto& [name, value] : table) {
    if (name == word) return &value;
  }
  return nullptr;
}

std::vector<std::string_view> known_words() {
  std::vector<std::string_view> words = {"i", "m", "s"};
  const auto add = [&words](const auto& table) {
    for (const auto& entry : table) words.push_back(entry.first);
  };
  add(kTransforms);
  add(kMatchKinds);
  add(kOrders);
  const auto& parts = time_part_names();
  words.insert(words.end(), parts.begin(), parts.end());
  add(kSwitches);
  return words;
}

bool is_anchor(SigmaTransform transform) {
  return transform == SigmaTransform::kContains || transform == SigmaTransform::kStartsWith ||
         transform == SigmaTransform::kEndsWith;
}

class KeyReader {
 public:
  explicit KeyReader(DocumentReader& reader) : reader_(reader) {}

  std::optional<SigmaKey> read(const YamlNode& node) {
    const std::vector<PipedKeyPart> parts = split_piped_key(node);
    key_.field = parts.front().word;
    key_.span = node.span;
    bool good = true;
    for (std::size_t i = 1; i < parts.size(); ++i) good = read_modifier(parts[i]) && good;
    if (!good || !fits(parts.back())) return std::nullopt;
    return key_;
  }

 private:
  bool read_modifier(const PipedKeyPart& part) {
    if (const auto* transform = find(kTransforms, part.word)) {
      key_.transforms.push_back(*transform);
      return true;
    }
    if (bool SigmaKey::*const* is_on = find(kSwitches, part.word)) return key_.*(*is_on) = true;
    if (const auto* kind = find(kMatchKinds, part.word)) return set_kind(part, *kind);
    if (const auto* order = find(kOrders, part.word)) {
      if (key_.order != SigmaOrder::kEqual) return conflict(part, "one comparison a key");
      key_.order = *order;
      return key_.kind == SigmaKind::kTimePart || set_kind(part, SigmaKind::kCompare);
    }
    if (const auto time = find_time_part(part.word)) {
      key_.part = *time;
      if (key_.kind == SigmaKind::kCompare) key_.kind = SigmaKind::kText;
      return set_kind(part, SigmaKind::kTimePart);
    }
    if (part.word == "i" || part.word == "m" || part.word == "s") {
      if (key_.kind != SigmaKind::kRegex) return conflict(part, "it follows `re`, as in `x|re|i`");
      key_.flags += part.word;
      return true;
    }
    return unknown(part);
  }

  bool set_kind(const PipedKeyPart& part, SigmaKind kind) {
    if (key_.kind != SigmaKind::kText) return conflict(part, "one way of comparing a key");
    key_.kind = kind;
    return true;
  }

  bool conflict(const PipedKeyPart& part, std::string hint) {
    reader_.error(part.span, kSigmaModifiers,
                  "modifier `" + std::string(part.word) + "` does not go with the others",
                  std::move(hint));
    return false;
  }

  bool unknown(const PipedKeyPart& part) {
    const auto near = did_you_mean(part.word, known_words());
    reader_.error(part.span, kSigmaUnknownModifier, "unknown modifier " + in_backticks(part.word),
                  near ? "did you mean `" + *near + "`?"
                       : "the modifiers are those of Sigma 2.1: docs/sigma.md lists them");
    return false;
  }

  /// Whether each modifier has something to do beside the others.
  bool fits(const PipedKeyPart& last) {
    if (key_.all && key_.negated) return conflict(last, "`neq` is about every value already");
    if (key_.kind == SigmaKind::kText) return true;
    const bool anchors_only =
        std::all_of(key_.transforms.begin(), key_.transforms.end(), is_anchor);
    if (key_.kind == SigmaKind::kFieldRef) {
      if (!anchors_only || key_.expand) {
        return conflict(last, "`fieldref` goes with contains, startswith, endswith, cased, neq");
      }
      return named(last);
    }
    if (!key_.transforms.empty()) return conflict(last, "encodings and parts are of texts");
    if (key_.cased) return conflict(last, "`cased` is about texts; `re` minds case by itself");
    const bool expandable = key_.kind == SigmaKind::kRegex || key_.kind == SigmaKind::kNetwork;
    if (key_.expand && !expandable) return conflict(last, "`expand` is about texts and networks");
    if (key_.kind == SigmaKind::kExists && (key_.all || key_.negated)) {
      return conflict(last, "write `exists: true` or `exists: false`");
    }
    return key_.kind == SigmaKind::kRegex || named(last);
  }

  bool named(const PipedKeyPart& last) {
    return !key_.field.empty() || conflict(last, "it needs the name of a field before it");
  }

  DocumentReader& reader_;
  SigmaKey key_;
};

}  // namespace

std::optional<SigmaKey> read_sigma_key(DocumentReader& reader, const YamlNode& key) {
  return KeyReader(reader).read(key);
}

}  // namespace tidewaiter
