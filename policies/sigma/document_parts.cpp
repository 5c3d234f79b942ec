#include "policies/sigma/document_parts.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "policies/model/input_text.h"
#include "policies/sigma/sigma_scalar.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 5> kStatuses = {"stable", "test", "experimental",
                                                       "deprecated", "unsupported"};
constexpr std::array<std::string_view, 5> kLevels = {"informational", "low", "medium", "high",
                                                     "critical"};

/// An optional text of the head; false after an error.
bool read_text(DocumentReader& reader, const YamlNode& document, std::string_view key,
               std::string& into) {
  const YamlNode* node = document.find(key);
  if (node == nullptr) return true;
  auto text = scalar_text(reader, *node, "`" + std::string(key) + "`");
  if (text) into = *std::move(text);
  return text.has_value();
}

bool read_word(DocumentReader& reader, const YamlNode& document, std::string_view key,
               std::span<const std::string_view> words, std::string& into) {
  if (!read_text(reader, document, key, into)) return false;
  if (into.empty() || std::ranges::find(words, std::string_view(into)) != words.end()) return true;
  std::string all;
  for (const std::string_view word : words) {
    if (!all.empty()) all += ", ";
    all += word;
  }
  reader.error(document.find(key)->span, kSigmaWord,
               in_backticks(into) + " is no " + std::string(key) + " of Sigma", "one of: " + all);
  return false;
}

/// What is for people alone: of any shape, and never an error.
std::vector<std::string> texts_for_people(const YamlNode& document, std::string_view key) {
  std::vector<std::string> texts;
  const YamlNode* node = document.find(key);
  if (node == nullptr) return texts;
  for (const YamlNode* item : DocumentReader::items(*node)) {
    if (!item->scalar.empty()) texts.push_back(item->scalar);
  }
  return texts;
}

std::optional<std::vector<SigmaItem>> read_map(DocumentReader& reader, const YamlNode& map,
                                               const SigmaPlaceholders& placeholders) {
  std::vector<SigmaItem> items;
  bool good = true;
  for (const auto& [key, value] : map.members) {
    auto item = read_sigma_item(reader, key, value, placeholders);
    good = good && item.has_value();
    if (item) items.push_back(*std::move(item));
  }
  if (!good) return std::nullopt;
  return items;
}

/// The list's texts together are one item, its maps an alternative each.
bool read_list(DocumentReader& reader, const YamlNode& list, const SigmaPlaceholders& placeholders,
               SigmaSelection& selection) {
  std::vector<const YamlNode*> texts;
  bool good = true;
  for (const YamlNode& item : list.items) {
    if (item.kind == YamlNode::Kind::kScalar) {
      texts.push_back(&item);
    } else if (item.kind == YamlNode::Kind::kMap && !item.members.empty()) {
      auto items = read_map(reader, item, placeholders);
      good = good && items.has_value();
      if (items) selection.alternatives.push_back(*std::move(items));
    } else {
      reader.error(item.span, kSigmaShape, "a selection's list holds texts or maps",
                   "write a text, or `field: value`");
      good = false;
    }
  }
  if (texts.empty()) return good;
  auto keywords = read_sigma_keywords(reader, texts, placeholders);
  if (keywords) selection.alternatives.push_back({*std::move(keywords)});
  return good && keywords.has_value();
}

}  // namespace

const YamlNode* require_member(DocumentReader& reader, const YamlNode& document,
                               std::string_view key, std::string_view what) {
  const YamlNode* node = document.find(key);
  if (node != nullptr && node->kind != YamlNode::Kind::kNull) return node;
  const SourceSpan& span = node != nullptr            ? node->span
                           : document.members.empty() ? document.span
                                                      : document.members.front().first.span;
  reader.error(span, kSigmaMissing, std::string(what) + " needs `" + std::string(key) + "`",
               "add `" + std::string(key) + ": …`");
  return nullptr;
}

std::optional<std::string> scalar_text(DocumentReader& reader, const YamlNode& node,
                                       std::string_view what) {
  if (node.kind == YamlNode::Kind::kScalar && !node.scalar.empty()) return node.scalar;
  reader.error(node.span, kSigmaShape, std::string(what) + " is one text", "write one text");
  return std::nullopt;
}

std::optional<SigmaHead> read_head(DocumentReader& reader, const YamlNode& document,
                                   std::string_view what) {
  SigmaHead head;
  const YamlNode* title = require_member(reader, document, "title", what);
  bool good = title != nullptr && read_text(reader, document, "title", head.title);
  if (title != nullptr) head.span = title->span;
  good = read_text(reader, document, "id", head.id) && good;
  good = read_text(reader, document, "name", head.name) && good;
  good = read_word(reader, document, "status", kStatuses, head.status) && good;
  good = read_word(reader, document, "level", kLevels, head.level) && good;
  if (!good) return std::nullopt;
  if (const YamlNode* node = document.find("description")) head.description = node->scalar;
  head.references = texts_for_people(document, "references");
  head.tags = texts_for_people(document, "tags");
  head.false_positives = texts_for_people(document, "falsepositives");
  head.begin = document.members.front().first.span;
  return head;
}

std::optional<SigmaLogsource> read_logsource(DocumentReader& reader, const YamlNode& node) {
  SigmaLogsource logsource;
  if (node.kind != YamlNode::Kind::kMap) {
    reader.error(node.span, kSigmaShape, "a log source is a map",
                 "write `logsource: {product: …, service: …}`");
    return std::nullopt;
  }
  bool good = read_text(reader, node, "category", logsource.category);
  good = read_text(reader, node, "product", logsource.product) && good;
  good = read_text(reader, node, "service", logsource.service) && good;
  if (good && logsource == SigmaLogsource{}) {
    reader.error(node.span, kSigmaMissing, "the log source names nothing",
                 "state a category, a product or a service");
    return std::nullopt;
  }
  if (!good) return std::nullopt;
  return logsource;
}

std::optional<SigmaSelection> read_sigma_selection(DocumentReader& reader, const YamlNode& name,
                                                   const YamlNode& body,
                                                   const SigmaPlaceholders& placeholders) {
  SigmaSelection selection;
  selection.name = name.scalar;
  selection.span = name.span;
  bool good = true;
  if (body.kind == YamlNode::Kind::kMap && !body.members.empty()) {
    auto items = read_map(reader, body, placeholders);
    good = items.has_value();
    if (items) selection.alternatives.push_back(*std::move(items));
  } else if (body.kind == YamlNode::Kind::kSequence && !body.items.empty()) {
    good = read_list(reader, body, placeholders, selection);
  } else if (body.kind == YamlNode::Kind::kScalar) {
    auto keywords = read_sigma_keywords(reader, {&body}, placeholders);
    good = keywords.has_value();
    if (keywords) selection.alternatives.push_back({*std::move(keywords)});
  } else {
    reader.error(name.span, kSigmaShape, "selection " + in_backticks(name.scalar) + " is empty",
                 "write `field: value`, or a list of texts or maps");
    good = false;
  }
  if (!good) return std::nullopt;
  return selection;
}

std::optional<Duration> read_timespan(DocumentReader& reader, const YamlNode& node) {
  constexpr std::array<std::pair<char, Duration>, 4> kUnits = {
      {{'s', kSecond}, {'m', kMinute}, {'h', kHour}, {'d', kDay}}};
  constexpr std::int64_t kMostDays = 36'500;
  const std::string& text = node.scalar;
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, count);
  if (failure == std::errc{} && rest + 1 == end && count > 0) {
    for (const auto& [letter, unit] : kUnits) {
      if (*rest == letter && count <= kMostDays * (kDay.us / unit.us)) {
        return Duration{count * unit.us};
      }
    }
  }
  reader.error(node.span, kSigmaTimespan, in_backticks(text) + " is no timespan of Sigma",
               "write a number from 1 and one of s, m, h, d, such as `15m`; at most 100 years");
  return std::nullopt;
}

}  // namespace tidewaiter
