#include "policies/authoring/document_keys.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "policies/authoring/schema.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

/// A kind of document and where its schema stands among the definitions.
struct DocumentKind {
  std::string_view first_key;
  std::string_view definition;
};
constexpr auto kDocumentKinds = std::to_array<DocumentKind>({
    {"policy", "policy"},
    {"tests", ""},
    {"list", "list_document"},
    {"linkage", "linkage_document"},
    {"exemption", "exemption_document"},
    {"license", "license_document"},
    {"pack", "pack_document"},
    {"logsource_mapping", "logsource_mapping_document"},
    {"title", "sigma_document"},
});

const Json& schema_definitions() {
  static const Json schema = policy_schema();
  return schema.at("definitions");
}

const Json& schema_at(const Json& node) {
  constexpr std::string_view kPrefix = "#/definitions/";
  const auto reference = node.find("$ref");
  if (reference == node.end()) return node;
  return schema_definitions().at(reference->get<std::string>().substr(kPrefix.size()));
}

/// Adds the schemas that a value may meet, those of a list's items among them.
void add_schema_choices(const Json& node, std::vector<const Json*>& choices) {
  const Json& schema = schema_at(node);
  choices.push_back(&schema);
  for (const char* joint : {"anyOf", "allOf", "oneOf"}) {
    const auto parts = schema.find(joint);
    if (parts == schema.end()) continue;
    for (const Json& part : *parts) add_schema_choices(part, choices);
  }
  const auto items = schema.find("items");
  if (items != schema.end() && items->is_object()) add_schema_choices(*items, choices);
}

std::vector<const Json*> schema_choices_of(const Json& node) {
  std::vector<const Json*> choices;
  add_schema_choices(node, choices);
  return choices;
}

std::vector<std::string> schema_words_of(const Json& node) {
  std::vector<std::string> words;
  for (const Json* choice : schema_choices_of(node)) {
    const auto all = choice->find("enum");
    if (all == choice->end()) continue;
    for (const Json& word : *all) {
      if (word.is_string()) words.push_back(word.get<std::string>());
    }
  }
  return words;
}

/// Properties of all that a value may be, each name once.
std::vector<std::pair<std::string, const Json*>> schema_properties_of(const Json& node) {
  std::vector<std::pair<std::string, const Json*>> all;
  for (const Json* choice : schema_choices_of(node)) {
    const auto properties = choice->find("properties");
    if (properties == choice->end()) continue;
    for (const auto& [name, value] : properties->items()) {
      const bool known =
          std::ranges::any_of(all, [&key = name](const auto& one) { return one.first == key; });
      if (!known) all.emplace_back(name, &value);
    }
  }
  return all;
}

const DocumentKind* schema_kind_of(std::string_view document) {
  const auto found = std::ranges::find(kDocumentKinds, document, &DocumentKind::first_key);
  return found == kDocumentKinds.end() ? nullptr : &*found;
}

}  // namespace

bool is_beside_policies(std::string_view document) {
  const DocumentKind* kind = schema_kind_of(document);
  return kind != nullptr && kind->definition.ends_with("_document");
}

std::vector<DocumentKey> document_keys(std::string_view document,
                                       std::span<const std::string> path) {
  if (!is_beside_policies(document)) return {};
  const Json* at = &schema_definitions().at(std::string(schema_kind_of(document)->definition));
  for (const std::string& key : path) {
    const auto properties = schema_properties_of(*at);
    const auto found =
        std::ranges::find_if(properties, [&key](const auto& one) { return one.first == key; });
    if (found == properties.end()) return {};
    at = found->second;
  }
  std::vector<DocumentKey> keys;
  for (const auto& [name, value] : schema_properties_of(*at)) {
    keys.push_back({name, value->value("description", std::string()), schema_words_of(*value)});
  }
  return keys;
}

std::vector<DocumentKey> first_keys() {
  std::vector<DocumentKey> keys;
  for (const DocumentKind& kind : kDocumentKinds) {
    std::string doc = kind.definition.empty() ? "Tests of a policy, or of a Sigma rule, beside it."
                                              : schema_definitions()
                                                    .at(std::string(kind.definition))
                                                    .value("description", std::string());
    keys.push_back({std::string(kind.first_key), std::move(doc), {}});
  }
  return keys;
}

}  // namespace tidewaiter
