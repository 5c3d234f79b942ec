#include "policies/sigma/item_reader.h"

#include <algorithm>
#include <utility>

#include "policies/language/placeholders.h"
#include "policies/language/value_encoding.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"
#include "policies/sigma/item_modifiers.h"
#include "policies/sigma/sigma_regex.h"
#include "policies/sigma/sigma_scalar.h"

namespace tidewaiter {
namespace {

/// What one written value may become. Real rules stay far below; hostile ones end here.
constexpr std::size_t kMaxExpansion = 4096;

using Globs = std::vector<SigmaGlob>;

void append(SigmaGlob& glob, const SigmaGlob& more) {
  for (const SigmaGlob::Element& element : more.elements) {
    if (element.kind == SigmaGlob::Element::Kind::kText) {
      glob.add_text(element.text);
    } else {
      glob.add(element.kind);
    }
  }
}

class ItemReader {
 public:
  ItemReader(DocumentReader& reader, SigmaKey key, const SigmaPlaceholders& placeholders)
      : reader_(reader), key_(std::move(key)), placeholders_(placeholders) {}

  std::optional<SigmaItem> read(const std::vector<const YamlNode*>& values) {
    SigmaItem item;
    item.field = key_.field;
    item.span = key_.span;
    item.all = key_.all;
    item.negated = key_.negated;
    bool good = true;
    for (const YamlNode* value : values) {
      if (reader_.is_too_large()) return std::nullopt;
      auto tests = read_value(*value);
      const bool fits = tests && reader_.take_parts(tests->size(), value->span, kSigmaTooLarge);
      if (fits) item.values.push_back(*std::move(tests));
      good = good && fits;
    }
    if (!good) return std::nullopt;
    return item;
  }

 private:
  using Tests = std::optional<std::vector<SigmaTest>>;

  Tests read_value(const YamlNode& node) {
    if (!is_scalar(node)) {
      return refuse(node, kSigmaShape, "a value is one text, number or null",
                    "write a list of values, or another selection");
    }
    const SigmaScalar scalar = read_sigma_scalar(node);
    switch (key_.kind) {
      case SigmaKind::kText:
        return read_text(node, scalar);
      case SigmaKind::kRegex:
        return read_regex(node, scalar);
      case SigmaKind::kNetwork:
        return read_network(node, scalar);
      case SigmaKind::kExists:
        return read_exists(node, scalar);
      case SigmaKind::kFieldRef:
        return read_reference(node, scalar);
      case SigmaKind::kCompare:
      case SigmaKind::kTimePart:
        return read_comparison(node, scalar);
    }
    return std::nullopt;
  }

  Tests refuse(const YamlNode& node, const DiagnosticCode& code, std::string message,
               std::string hint) {
    reader_.error(node.span, code, std::move(message), std::move(hint));
    return std::nullopt;
  }

  Tests refuse_value(const YamlNode& node, std::string_view expected) {
    return refuse(node, kSigmaValue,
                  in_backticks(node.scalar) + " does not fit the modifiers of its key",
                  "expected " + std::string(expected));
  }

  Tests read_text(const YamlNode& node, const SigmaScalar& scalar) {
    const bool plain = key_.transforms.empty() && !key_.expand;
    if (scalar.kind == SigmaScalar::Kind::kNull) {
      if (!plain) return refuse_value(node, "a text");
      return std::vector<SigmaTest>{SigmaNull{}};
    }
    const bool keywords = key_.field.empty();
    if (scalar.kind == SigmaScalar::Kind::kNumber && plain && !keywords) {
      return std::vector<SigmaTest>{SigmaNumber{scalar.text, scalar.number}};
    }
    std::optional<Globs> globs = read_globs(node, scalar.text);
    for (const SigmaTransform transform : key_.transforms) {
      if (globs && !apply(node, transform, *globs)) return std::nullopt;
    }
    if (!globs) return std::nullopt;
    std::vector<SigmaTest> tests;
    for (SigmaGlob& glob : *globs) {
      if (keywords && !is_anchored()) {
        open_start(glob);
        open_end(glob);
      }
      tests.emplace_back(SigmaText(std::move(glob), key_.cased));
    }
    return tests;
  }

  /// Whether the key says where in the value the text stands.
  [[nodiscard]] bool is_anchored() const {
    return std::any_of(key_.transforms.begin(), key_.transforms.end(), [](SigmaTransform t) {
      return t == SigmaTransform::kContains || t == SigmaTransform::kStartsWith ||
             t == SigmaTransform::kEndsWith;
    });
  }

  /// A text in the pieces that it was written in, placeholders filled in.
  using Pieces = std::vector<std::string>;

  /// The pieces in every way of filling the placeholders in.
  std::optional<std::vector<Pieces>> fill(const YamlNode& node, const std::string& text) {
    if (!key_.expand) return std::vector<Pieces>{{text}};
    std::vector<Pieces> ways(1);
    for (const PlaceholderSegment& segment : split_placeholders(text)) {
      if (!segment.is_placeholder) {
        for (Pieces& way : ways) way.push_back(segment.text);
        continue;
      }
      const auto values = placeholders_.find(segment.text);
      if (values == placeholders_.end()) {
        unknown_placeholder(node, segment.text);
        return std::nullopt;
      }
      if (ways.size() * values->second.size() > kMaxExpansion) {
        too_many(node);
        return std::nullopt;
      }
      std::vector<Pieces> longer;
      for (const Pieces& way : ways) {
        for (const std::string& value : values->second) {
          longer.push_back(way);
          longer.back().push_back(value);
        }
      }
      ways = std::move(longer);
    }
    return ways;
  }

  std::optional<Globs> read_globs(const YamlNode& node, const std::string& text) {
    const auto ways = fill(node, text);
    if (!ways) return std::nullopt;
    Globs globs;
    for (const Pieces& way : *ways) {
      SigmaGlob& glob = globs.emplace_back();
      for (const std::string& piece : way) append(glob, read_glob(piece));
    }
    return globs;
  }

  /// For what is no Sigma text, where wildcards are plain.
  std::optional<std::vector<std::string>> read_plain(const YamlNode& node,
                                                     const std::string& text) {
    const auto ways = fill(node, text);
    if (!ways) return std::nullopt;
    std::vector<std::string> texts;
    for (const Pieces& way : *ways) {
      std::string& whole = texts.emplace_back();
      for (const std::string& piece : way) whole += piece;
    }
    return texts;
  }

  void unknown_placeholder(const YamlNode& node, const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto& [known, values] : placeholders_) names.push_back(known);
    const auto near = did_you_mean(name, names);
    reader_.error(node.span, kSigmaPlaceholder, "placeholder `%" + name + "%` has no values",
                  near ? "did you mean `%" + *near + "%`?"
                       : "state its values: the rule means nothing without them");
  }

  void too_many(const YamlNode& node) {
    reader_.error(node.span, kSigmaTooLarge,
                  "this value stands for more than " + std::to_string(kMaxExpansion) + " others",
                  "use fewer placeholders in one value");
  }

  bool apply(const YamlNode& node, SigmaTransform transform, Globs& globs) {
    switch (transform) {
      case SigmaTransform::kContains:
        for (SigmaGlob& glob : globs) open_start(glob);
        for (SigmaGlob& glob : globs) open_end(glob);
        return true;
      case SigmaTransform::kStartsWith:
        for (SigmaGlob& glob : globs) open_end(glob);
        return true;
      case SigmaTransform::kEndsWith:
        for (SigmaGlob& glob : globs) open_start(glob);
        return true;
      case SigmaTransform::kWindash:
        for (SigmaGlob& glob : globs) loosen_dashes(glob);
        return true;
      default:
        return encode(node, transform, globs);
    }
  }

  /// Encodings are of the whole value: there is no telling what a wildcard would become.
  bool encode(const YamlNode& node, SigmaTransform transform, Globs& globs) {
    Globs found;
    for (const SigmaGlob& glob : globs) {
      if (!glob.is_plain()) {
        refuse_value(node,
                     "a text without wildcards, encoded before it is opened, as in "
                     "`x|base64offset|contains`");
        return false;
      }
      for (const std::string& text : encodings(transform, glob.text())) {
        found.emplace_back().add_text(text);
      }
    }
    if (found.empty()) {
      refuse_value(node, "a text long enough to show in its encoding");
      return false;
    }
    if (found.size() > kMaxExpansion) {
      too_many(node);
      return false;
    }
    globs = std::move(found);
    return true;
  }

  static std::vector<std::string> encodings(SigmaTransform transform, const std::string& text) {
    switch (transform) {
      case SigmaTransform::kBase64:
        return encoded(ValueEncoding::kBase64, text);
      case SigmaTransform::kBase64Offset:
        return encoded(ValueEncoding::kBase64Offset, text);
      case SigmaTransform::kUtf16Le:
        return encoded(ValueEncoding::kUtf16Le, text);
      case SigmaTransform::kUtf16Be:
        return encoded(ValueEncoding::kUtf16Be, text);
      case SigmaTransform::kUtf16:
        return encoded(ValueEncoding::kUtf16, text);
      default:
        return {text};
    }
  }

  Tests read_regex(const YamlNode& node, const SigmaScalar& scalar) {
    if (scalar.kind == SigmaScalar::Kind::kNull) return refuse_value(node, "a regular expression");
    std::vector<SigmaTest> tests;
    const std::optional<std::vector<std::string>> patterns = read_plain(node, scalar.text);
    if (!patterns) return std::nullopt;
    for (const std::string& pattern : *patterns) {
      auto regex = compile_sigma_regex(pattern, key_.flags);
      if (!regex) return refuse_regex(node, regex.error());
      tests.emplace_back(*std::move(regex));
    }
    return tests;
  }

  Tests refuse_regex(const YamlNode& node, const SigmaRegexFault& fault) {
    if (fault.beyond_linear) {
      return refuse(
          node, kSigmaRegexNotLinear,
          "the regular expression has " + fault.reason + ", which cannot be matched in linear time",
          "state it with several selections and the condition");
    }
    return refuse(node, kSigmaRegex, "the regular expression cannot be read: " + fault.reason,
                  "RE2's syntax is read: docs/sigma.md says where it differs");
  }

  Tests read_network(const YamlNode& node, const SigmaScalar& scalar) {
    const std::optional<std::vector<std::string>> written = read_plain(node, scalar.text);
    if (!written) return std::nullopt;
    std::vector<SigmaTest> tests;
    for (const std::string& text : *written) {
      const auto network = parse_network(text);
      if (!network || !is_exact(*network)) {
        return refuse_value(node, "a network such as `10.0.0.0/8` or `2001:db8::/32`");
      }
      tests.emplace_back(SigmaNetwork{*network});
    }
    return tests;
  }

  Tests read_exists(const YamlNode& node, const SigmaScalar& scalar) {
    if (scalar.kind != SigmaScalar::Kind::kBool) return refuse_value(node, "`true` or `false`");
    return std::vector<SigmaTest>{SigmaExists{scalar.truth}};
  }

  Tests read_reference(const YamlNode& node, const SigmaScalar& scalar) {
    if (scalar.text.empty()) return refuse_value(node, "the name of a field");
    SigmaFieldRef ref{scalar.text, false, false, key_.cased};
    for (const SigmaTransform transform : key_.transforms) {
      ref.open_start = ref.open_start || transform != SigmaTransform::kStartsWith;
      ref.open_end = ref.open_end || transform != SigmaTransform::kEndsWith;
    }
    return std::vector<SigmaTest>{std::move(ref)};
  }

  Tests read_comparison(const YamlNode& node, const SigmaScalar& scalar) {
    if (scalar.kind != SigmaScalar::Kind::kNumber) {
      return refuse_value(node, "a number without quotes");
    }
    if (key_.kind == SigmaKind::kTimePart) {
      return std::vector<SigmaTest>{SigmaTimeTest{key_.part, key_.order, scalar.number}};
    }
    return std::vector<SigmaTest>{SigmaCompare{key_.order, scalar.number}};
  }

  DocumentReader& reader_;
  SigmaKey key_;
  const SigmaPlaceholders& placeholders_;
};

}  // namespace

std::optional<SigmaItem> read_sigma_item(DocumentReader& reader, const YamlNode& key,
                                         const YamlNode& value,
                                         const SigmaPlaceholders& placeholders) {
  std::optional<SigmaKey> read = read_sigma_key(reader, key);
  std::vector<const YamlNode*> values = {&value};
  if (value.kind == YamlNode::Kind::kSequence) {
    values.clear();
    for (const YamlNode& item : value.items) values.push_back(&item);
    if (values.empty()) {
      reader.error(value.span, kSigmaShape, "an empty list can meet nothing",
                   "write the values, or `null` for a field that is not there");
      return std::nullopt;
    }
  }
  if (!read) return std::nullopt;
  if (read->kind == SigmaKind::kExists && values.size() > 1) {
    reader.error(value.span, kSigmaValue, "`exists` takes one value", "write `true` or `false`");
    return std::nullopt;
  }
  return ItemReader(reader, *std::move(read), placeholders).read(values);
}

std::optional<SigmaItem> read_sigma_keywords(DocumentReader& reader,
                                             const std::vector<const YamlNode*>& values,
                                             const SigmaPlaceholders& placeholders) {
  SigmaKey key;
  key.span = values.front()->span;
  return ItemReader(reader, std::move(key), placeholders).read(values);
}

}  // namespace tidewaiter
