#include "policies/authoring/schema.h"

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/authoring/document_schemas.h"
#include "policies/authoring/vocabulary.h"
#include "policies/model/field.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

/// Where the schema of a section, or of a form, stands in `definitions`.
std::string_view definition_name(Section section) {
  switch (section) {
    case Section::kPolicy:
      return "policy";
    case Section::kInterval:
      return "interval";
    case Section::kBasis:
      return "basis";
    case Section::kWindow:
      return "window";
    case Section::kExemption:
      return "exemption";
    case Section::kResponse:
      return "response";
    case Section::kEvidence:
      return "evidence";
    case Section::kChoice:
      return "choice";
    case Section::kRepeat:
      return "repeat";
    case Section::kSequence:
      return "sequence";
    case Section::kAbsence:
      return "absence";
    case Section::kScreen:
      return "screen";
    case Section::kCorroboration:
      return "corroboration";
    case Section::kOwnership:
      return "ownership";
    case Section::kTest:
      return "test";
    case Section::kExpectation:
      return "expectation";
    case Section::kTests:
      return "tests_document";
  }
  return "";
}

Json reference(std::string_view name) { return {{"$ref", "#/definitions/" + std::string(name)}}; }

Json one_or_list(const Json& item) {
  return {{"anyOf", {item, {{"type", "array"}, {"items", item}}}}};
}

/// The words as alternatives, each with its own description.
Json words_schema(std::span<const WordRow> words) {
  Json alternatives = Json::array();
  for (const WordRow& word : words) {
    alternatives.push_back({{"const", word.name}, {"description", word.doc}});
  }
  return {{"oneOf", alternatives}};
}

Json list_of(const Json& item, bool needed) {
  Json list = {{"type", "array"}, {"items", item}};
  if (needed) list["minItems"] = 1;
  return {{"anyOf", {item, list}}};
}

/// A field or a list of fields, or a word that stands alone.
Json fields_or_word(std::span<const WordRow> words) {
  Json schema = list_of(reference("field"), true);
  if (!words.empty()) schema["anyOf"].push_back(words_schema(words));
  return schema;
}

Json section_reference(const KeyRow& key) {
  return reference(key.section ? definition_name(*key.section) : "");
}

Json value_schema(const KeyRow& key) {
  switch (key.form) {
    case ValueForm::kText:
      return reference("text");
    case ValueForm::kTexts:
      return one_or_list(key.words.empty() ? reference("text") : words_schema(key.words));
    case ValueForm::kWord:
      return words_schema(key.words);
    case ValueForm::kInteger:
      return {{"type", "integer"}, {"minimum", key.least}, {"maximum", key.most}};
    case ValueForm::kFlag:
      return {{"type", "boolean"}};
    case ValueForm::kScore:
      return {{"type", "number"}, {"exclusiveMinimum", 0}, {"maximum", 1}};
    case ValueForm::kTime:
      return reference("time");
    case ValueForm::kDuration:
      return reference("duration");
    case ValueForm::kExpression:
    case ValueForm::kAmount:
    case ValueForm::kCondition:
      return reference("expression");
    case ValueForm::kFields:
      return fields_or_word(key.words);
    case ValueForm::kSelection:
      return reference("selection");
    case ValueForm::kSelections:
      return {{"type", "object"},
              {"minProperties", 1},
              {"propertyNames", reference("name")},
              {"additionalProperties", reference("selection")}};
    case ValueForm::kMeasures:
      return {{"type", "object"},
              {"minProperties", 1},
              {"propertyNames", reference("name")},
              {"additionalProperties", reference("measure")}};
    case ValueForm::kRecords:
      return {{"anyOf",
               {reference("text"),
                {{"type", "array"}, {"minItems", 1}, {"items", reference("record")}}}}};
    case ValueForm::kFigures:
      return {{"type", "object"}, {"additionalProperties", reference("scalar")}};
    case ValueForm::kMap:
      return section_reference(key);
    case ValueForm::kMaps:
      return list_of(section_reference(key), key.section != Section::kResponse);
    case ValueForm::kWindow:
      return {{"anyOf", {reference("duration"), section_reference(key)}}};
    case ValueForm::kWordOrMap:
      return {{"anyOf", {words_schema(key.words), section_reference(key)}}};
  }
  return Json::object();
}

Json section_schema(Section section) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const KeyRow& key : keys_of(section)) {
    Json value = value_schema(key);
    // Draft-07 readers skip what stands beside `$ref`.
    if (value.contains("$ref")) value = {{"allOf", {value}}};
    value["description"] = std::string(key.doc) + " Example: " + std::string(key.example);
    properties[std::string(key.name)] = value;
    if (key.needed) required.push_back(key.name);
  }
  Json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
  if (!required.empty()) schema["required"] = required;
  if (section == Section::kExemption) {
    schema["anyOf"] = {{{"required", {"where", "until", "reason"}}}, {{"required", {"under"}}}};
  }
  if (section == Section::kWindow) {
    schema["oneOf"] = {
        {{"required", {"length"}}}, {{"required", {"calendar"}}}, {{"required", {"session"}}}};
    schema["dependencies"] = {
        {"every", {"length"}}, {"zone", {"calendar"}}, {"at_most", {"session"}}};
  }
  if (section == Section::kInterval) schema["minProperties"] = 1;
  if (section == Section::kRepeat) {
    schema["anyOf"] = {{{"required", {"after"}}}, {{"required", {"if_grown"}}}};
    schema["dependencies"] = {{"of", {"if_grown"}}};
    schema["properties"]["if_grown"]["pattern"] = "^[0-9]+(\\.[0-9]{1,6})?x$";
  }
  return schema;
}

/// A basis has one of its five types.
Json basis_schema() {
  Json schema = section_schema(Section::kBasis);
  Json types = Json::array();
  for (const std::string_view type : {"terms", "law", "contract", "control", "red_flag"}) {
    types.push_back({{"required", {type}}});
  }
  schema["oneOf"] = types;
  schema["properties"]["text_sha256"]["pattern"] = "^[0-9a-fA-F]{64}$";
  return schema;
}

std::string field_description(const Field& field) {
  std::string text(field.doc);
  text += " (" + std::string(type_name(field.type));
  if (!field.unit.empty()) text += ", " + std::string(field.unit);
  text += ")";
  if (!field.otel.empty()) text += "; " + std::string(field.otel);
  std::string kinds;
  for (const RecordKind kind : kRecordKinds) {
    if (!has_kind(field, kind)) continue;
    kinds += (kinds.empty() ? "" : ", ") + std::string(kind_name(kind));
  }
  return text + ". Records of kind " + kinds + ".";
}

Json fields_schema() {
  Json alternatives = Json::array();
  for (const Field& field : fields()) {
    alternatives.push_back({{"const", field.name}, {"description", field_description(field)}});
  }
  return {{"oneOf", alternatives}};
}

std::string escaped_for_pattern(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '.') out += '\\';
    out += c;
  }
  return out;
}

template <class Names, class NameOf>
std::string alternation(const Names& names, NameOf name_of) {
  std::string out = "(?:";
  for (const auto& entry : names) {
    if (out.size() > 3) out += '|';
    out += escaped_for_pattern(name_of(entry));
  }
  return out + ")";
}

/// The modifier whose values may be maps.
constexpr std::string_view kSimilar = "similar";

/// A sketch, or one with a distance of its own; or a list of them.
Json sketches_schema() {
  const Json one = {{"type", {"string", "number"}}};
  const Json with_distance = {
      {"type", "object"},
      {"required", {"sketch"}},
      {"additionalProperties", false},
      {"properties",
       {{"sketch",
         {{"type", {"string", "number"}},
          {"description", "16 hexadecimal digits, or `list:NAME`."}}},
        {"within",
         {{"type", "integer"},
          {"minimum", 0},
          {"maximum", 64},
          {"description", "In how many bits the field's sketch may differ; 3, if absent."}}}}}};
  const Json either = {{"anyOf", {one, with_distance}}};
  return {{"anyOf", {one, with_distance, {{"type", "array"}, {"minItems", 1}, {"items", either}}}}};
}

/// A map from fields with modifiers to values: bare fields are properties, so that editors
/// complete and explain them.
Json selection_map_schema() {
  Json properties = Json::object();
  for (const Field& field : fields()) {
    Json value = {{"allOf", {reference("values")}}};
    value["description"] = field_description(field);
    properties[std::string(field.name)] = value;
  }
  const std::string field = alternation(fields(), [](const Field& f) { return f.name; });
  std::vector<std::string_view> modifiers;
  for (const WordRow& word : modifier_words()) {
    if (word.name != kSimilar) modifiers.push_back(word.name);
  }
  const std::string modifier = alternation(modifiers, [](std::string_view word) { return word; });
  const std::string others = "(?:\\|" + modifier + ")";
  Json patterns = Json::object();
  patterns["^" + field + others + "+$"] = reference("values");
  patterns["^" + field + others + "*\\|" + std::string(kSimilar) + others + "*$"] =
      reference("sketches");
  return {{"type", "object"},
          {"minProperties", 1},
          {"additionalProperties", false},
          {"properties", properties},
          {"patternProperties", patterns}};
}

Json selection_schema() {
  return {
      {"description",
       "A map is AND over its fields, a list of maps OR, a list of values OR; an expression may "
       "stand as one."},
      {"anyOf",
       {reference("selection_map"),
        {{"type", "array"}, {"minItems", 1}, {"items", reference("selection_map")}},
        reference("expression")}}};
}

Json measure_schema() {
  std::string uses;
  for (const WordRow& word : aggregate_words()) {
    uses += " `" + std::string(word.usage) + "`: " + std::string(word.doc);
  }
  // A call is one of an aggregate, or of a function in a formula over earlier measures.
  const auto name = [](const WordRow& word) { return word.name; };
  const std::string calls = "^\\s*(?:" + alternation(aggregate_words(), name) + "|" +
                            alternation(function_words(), name) + ")\\s*\\(";
  return {{"type", "string"},
          {"description",
           "aggregate(expression) where selection, or an expression over earlier measures." + uses},
          {"pattern", calls + "|^(?!\\s*[A-Za-z_][A-Za-z0-9_]*\\s*\\()"}};
}

Json record_schema() {
  Json properties = {{"kind", {{"enum", {"usage", "account", "audit", "finding"}}}}};
  for (const std::string_view member : {"id", "observed", "completeness", "revision"}) {
    properties[std::string(member)] = reference("scalar");
  }
  for (const Field& field : fields()) {
    Json value = field.type == ValueType::kStringList ? reference("values") : reference("scalar");
    value = {{"allOf", {value}}, {"description", field_description(field)}};
    properties[std::string(field.name)] = value;
  }
  properties[std::string(arrival_key().name)] = {{"allOf", {reference("time")}},
                                                 {"description", arrival_key().doc}};
  return {{"type", "object"},
          {"description", "A native record: docs/native-format.md."},
          {"required", {"kind", "time"}},
          {"additionalProperties", false},
          {"properties", properties}};
}

Json definitions() {
  const Json scalar_types = {"string", "number", "boolean", "null"};
  Json all = {
      // Plain digits are a text where a text is expected.
      {"text", {{"type", {"string", "number"}}, {"minLength", 1}}},
      {"name", {{"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"}, {"maxLength", 64}}},
      {"time", {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}"}}},
      {"duration", {{"type", "string"}, {"pattern", "^([0-9]+(us|ms|s|m|h|d|w))+$"}}},
      {"expression", {{"type", {"string", "boolean"}}, {"minLength", 1}}},
      {"scalar", {{"type", scalar_types}}},
      {"values",
       {{"anyOf",
         {{{"type", scalar_types}},
          {{"type", "array"},
           {"minItems", 1},
           {"items", {{"type", {"string", "number", "boolean"}}}}}}}}},
      {"field", fields_schema()},
      {"sketches", sketches_schema()},
      {"selection_map", selection_map_schema()},
      {"selection", selection_schema()},
      {"measure", measure_schema()},
      {"record", record_schema()},
      {"basis", basis_schema()},
  };
  for (const Section section :
       {Section::kInterval, Section::kWindow, Section::kSequence, Section::kAbsence,
        Section::kScreen, Section::kCorroboration, Section::kOwnership, Section::kExemption,
        Section::kResponse, Section::kEvidence, Section::kChoice, Section::kRepeat, Section::kTest,
        Section::kExpectation, Section::kTests}) {
    all[std::string(definition_name(section))] = section_schema(section);
  }
  return all;
}

Json policy_document() {
  Json schema = {{"description", "One policy: docs/policy-language.md."}};
  schema.update(section_schema(Section::kPolicy));
  schema["properties"]["policy"]["pattern"] = "^[a-z][a-z0-9._-]{0,127}$";
  // A policy measures and says when that is reported, or is about single records that it selects.
  schema["dependencies"] = {{"measure", {"window", "report_when"}},
                            {"report_when", {"window", "measure"}},
                            {"sequence", {"select"}},
                            {"absent", {"select"}}};
  schema["anyOf"] = {{{"required", {"measure"}}},
                     {{"required", {"select"}}},
                     {{"required", {"screen"}}},
                     {{"required", {"ownership"}}}};
  return schema;
}

/// What tells a document's kind, and the schema that is then its own.
Json if_it_has(std::string_view key, std::string_view definition, Json otherwise) {
  return {{"if", {{"type", "object"}, {"required", {key}}}},
          {"then", reference(definition)},
          {"else", std::move(otherwise)}};
}

/// A schema sees no order of keys: `policy` goes before all others, which policies do not have.
/// A document of no kind is told what a policy lacks.
Json any_document() {
  Json schema = {{"if",
                  {{"type", "object"},
                   {"required", {"tests"}},
                   {"properties", {{"tests", {{"type", {"string", "number"}}}}}}}},
                 {"then", reference("tests_document")},
                 {"else", reference("policy")}};
  for (const std::string_view key : {"correlation", "filter", "detection"}) {
    schema = if_it_has(key, "sigma_document", std::move(schema));
  }
  for (const std::string_view key :
       {"logsource_mapping", "pack", "license", "exemption", "linkage", "list"}) {
    schema = if_it_has(key, std::string(key) + "_document", std::move(schema));
  }
  return if_it_has("policy", "policy", std::move(schema));
}

}  // namespace

Json policy_schema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "Tidewaiter policy set"},
                 {"description",
                  "One document of a policy set, told by its first key: docs/policy-language.md."}};
  schema.update(any_document());
  schema["definitions"] = definitions();
  schema["definitions"]["policy"] = policy_document();
  schema["definitions"].update(document_schemas());
  return schema;
}

}  // namespace tidewaiter
