#include "policies/language/screen_reader.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/field_lookup.h"
#include "policies/language/party_choice_reader.h"
#include "policies/screening/screening.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 7> kScreenKeys = {
    "fields", "lists", "score", "kind", "programs", "obligations", "corroborate"};
constexpr std::array<std::string_view, 3> kCorroborateKeys = {"score", "any", "required"};
constexpr std::array kScreenedKinds = {
    std::pair<std::string_view, PartyKind>{"person", PartyKind::kPerson},
    std::pair<std::string_view, PartyKind>{"organisation", PartyKind::kOrganisation}};
constexpr std::array kRequirements = {std::pair<std::string_view, bool>{"true", true},
                                      std::pair<std::string_view, bool>{"false", false}};
constexpr std::array kCorroborations = {
    std::pair<std::string_view, Corroboration>{"country", Corroboration::kCountry},
    std::pair<std::string_view, Corroboration>{"identifiers", Corroboration::kIdentifiers}};

constexpr std::string_view kScreenExample = "screen: {fields: [name], lists: [csl], score: 0.90}";

/// The names of an account's owners, as `fields` writes them: the field `owners` holds no more.
constexpr std::string_view kOwnersByName = "owners.name";

/// `0.9`, `1`: a decimal fraction with at most six decimals, up to 1; nothing for any other text.
std::optional<Score> score_of(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = text.substr(std::min(point + 1, text.size()));
  if (whole != "0" && whole != "1") return std::nullopt;
  if (point < text.size() && decimals.empty()) return std::nullopt;
  Score score = whole == "1" ? kSameName : 0;
  Score unit = kSameName;
  for (const char c : decimals) {
    unit /= 10;
    if (c < '0' || c > '9' || unit == 0) return std::nullopt;
    score += (c - '0') * unit;
  }
  return score <= kSameName ? std::optional(score) : std::nullopt;
}

class ScreenReader {
 public:
  ScreenReader(DocumentReader& reader, const YamlNode& document, RecordKind reads,
               NamedLists& lists)
      : reader_(reader), document_(document), reads_(reads), lists_(lists) {}

  std::optional<PartyShape> read() {
    const std::size_t first = reader_.diagnostics().size();
    const YamlNode& node = *document_.find("screen");
    check_party_policy(reader_, document_, "screen", reads_);
    if (reader_.expect_map(node, kScreenExample)) {
      check_keys(reader_.yaml(), node, kScreenKeys, reader_.diagnostics());
      if (const YamlNode* fields = part(node, "fields")) read_fields(*fields);
      if (const YamlNode* lists = part(node, "lists")) {
        parts_.lists = read_party_lists(reader_, *lists, "lists", lists_);
      }
      if (const YamlNode* score = part(node, "score")) parts_.score = read_score(*score);
      if (const YamlNode* kind = node.find("kind")) {
        parts_.kind = reader_.one_of(*kind, kScreenedKinds);
      }
      parts_.choice = read_party_choice(reader_, node);
      if (const YamlNode* less = node.find("corroborate")) read_corroboration(*less);
    }
    const auto& all = reader_.diagnostics();
    const bool failed =
        std::any_of(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
                    [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; });
    if (failed) return std::nullopt;
    return party_shape(std::make_shared<const Screening>(std::move(parts_)), "score", node.span);
  }

 private:
  const YamlNode* part(const YamlNode& node, std::string_view key) {
    const YamlNode* found = node.find(key);
    if (found == nullptr) {
      reader_.error(node.span, kMissingKey, "`" + std::string(key) + "` is missing in `screen`",
                    "write `" + std::string(kScreenExample) + "`");
    }
    return found;
  }

  void read_fields(const YamlNode& node) {
    const auto items = DocumentReader::items(node);
    if (items.empty()) {
      reader_.error(node.span, kEmptyValue, "`fields` names no field", "write `fields: [name]`");
    }
    for (const YamlNode* item : items) {
      const auto name = reader_.text(*item);
      if (!name || reads_ != RecordKind::kAccount) continue;  // then the kind is the error
      const auto id = find_field_of(reads_, *name == kOwnersByName ? "owners" : *name, item->span);
      if (!id) {
        reader_.error(id.error());
      } else if (const ValueType type = field(*id).type;
                 type != ValueType::kString && type != ValueType::kStringList) {
        reader_.error(item->span, kScreenField,
                      "`" + *name + "` is " + std::string(type_name(type)) + ", and holds no names",
                      "name fields of type string, such as `name`, `aliases`, `owners.name`");
      } else if (std::ranges::find(parts_.names, *id) == parts_.names.end()) {
        parts_.names.push_back(*id);
      } else {
        reader_.error(item->span, kScreenField, "`" + *name + "` stands twice in `fields`",
                      "name it once");
      }
    }
  }

  Score read_score(const YamlNode& node) {
    const auto score = node.kind == YamlNode::Kind::kScalar ? score_of(node.scalar) : std::nullopt;
    if (score && *score > 0) return *score;
    reader_.error(
        node.span, kBadScore,
        node.kind == YamlNode::Kind::kScalar ? "`" + node.scalar + "` is no score"
                                             : std::string("a score was expected here"),
        "expected a number above 0 and at most 1 with at most six decimals, such as 0.90");
    return kSameName;
  }

  void read_corroboration(const YamlNode& node) {
    constexpr std::string_view kWritten = "corroborate: {score: 0.80, any: [country, identifiers]}";
    if (!reader_.expect_map(node, kWritten)) return;
    check_keys(reader_.yaml(), node, kCorroborateKeys, reader_.diagnostics());
    Screening::Corroborated less;
    if (const YamlNode* required = node.find("required")) {
      less.is_required = reader_.one_of(*required, kRequirements).value_or(false);
    }
    for (const std::string_view key : {"score", "any"}) {
      if (node.find(key) != nullptr || (key == "score" && less.is_required)) continue;
      reader_.error(node.span, kMissingKey,
                    "`" + std::string(key) + "` is missing in `corroborate`",
                    "write `" + std::string(kWritten) + "`");
    }
    if (const YamlNode* score = node.find("score")) {
      less.score = read_score(*score);
      check_lower_score(*score, less);
    }
    if (const YamlNode* any = node.find("any")) read_kinds(*any, less.any);
    parts_.corroborate = std::move(less);
  }

  void check_lower_score(const YamlNode& node, const Screening::Corroborated& less) {
    if (less.is_required) {
      reader_.error(node.span, kBadScore,
                    "`" + node.scalar +
                        "` is a lower score, and `required` says that no hit "
                        "counts without corroboration",
                    "leave one of the two out: the `score` of the screen itself may be lower");
    } else if (*less.score >= parts_.score && parts_.score < kSameName) {
      reader_.error(node.span, kBadScore,
                    "`" + node.scalar + "` is not below the score that needs no corroboration",
                    "write less than " + score_text(parts_.score));
    }
  }

  void read_kinds(const YamlNode& node, std::vector<Corroboration>& kinds) {
    const auto items = DocumentReader::items(node);
    if (items.empty()) {
      reader_.error(node.span, kEmptyValue, "`any` names nothing that corroborates",
                    "write `any: [country, identifiers]`");
    }
    for (const YamlNode* item : items) {
      const auto kind = reader_.one_of(*item, kCorroborations);
      if (kind && std::ranges::find(kinds, *kind) == kinds.end()) kinds.push_back(*kind);
    }
  }

  DocumentReader& reader_;
  const YamlNode& document_;
  RecordKind reads_;
  NamedLists& lists_;
  Screening::Parts parts_;
};

}  // namespace

std::optional<PartyShape> read_screen(DocumentReader& reader, const YamlNode& document,
                                      RecordKind reads, NamedLists& lists) {
  return ScreenReader(reader, document, reads, lists).read();
}

}  // namespace tidewaiter
