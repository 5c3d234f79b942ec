#include "policies/authoring/document_schemas.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/screening/consequence.h"
#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

struct Key {
  std::string_view name;
  Json value;
  std::string_view doc;
};

Json reference(std::string_view name) { return {{"$ref", "#/definitions/" + std::string(name)}}; }

Json one_or_list(const Json& item) {
  return {{"anyOf", {item, {{"type", "array"}, {"items", item}}}}};
}

Json at_least_one(const Json& item) {
  return {{"anyOf", {item, {{"type", "array"}, {"minItems", 1}, {"items", item}}}}};
}

Json one_of(const std::vector<std::string_view>& words) { return {{"enum", words}}; }

/// A map with these keys, and no others unless `open`.
Json map_of(std::string_view doc, const std::vector<Key>& keys,
            const std::vector<std::string_view>& required, bool open = false) {
  Json properties = Json::object();
  for (const Key& key : keys) {
    // Draft-07 readers skip what stands beside `$ref`.
    Json value = key.value.contains("$ref") ? Json{{"allOf", {key.value}}} : key.value;
    value["description"] = key.doc;
    properties[std::string(key.name)] = std::move(value);
  }
  Json map = {{"type", "object"}, {"description", doc}, {"properties", std::move(properties)}};
  if (!open) map["additionalProperties"] = false;
  if (!required.empty()) map["required"] = required;
  return map;
}

Json document_name() { return {{"type", "string"}, {"pattern", "^[a-z][a-z0-9._-]{0,127}$"}}; }

/// What every document says of itself, its first key before it and its own keys behind.
Json document_of(std::string_view kind, std::string_view doc, std::vector<Key> keys,
                 std::vector<std::string_view> required) {
  std::vector<Key> all = {
      {kind, document_name(), "The document's name, and its first key."},
      {"title", reference("text"), "What stands here, in one line."},
      {"version",
       {{"type", "integer"}, {"minimum", 1}, {"maximum", 1'000'000'000}},
       "A whole number from 1; raise it with every change."},
      {"owner", reference("text"), "Who answers for the document."},
      {"description", reference("text"), "For people."},
  };
  all.insert(all.end(), std::make_move_iterator(keys.begin()), std::make_move_iterator(keys.end()));
  required.insert(required.begin(), kind);
  return map_of(doc, all, required);
}

Json intervals() { return at_least_one(reference("interval")); }

Json consequence_rules_schema() {
  std::vector<std::string_view> obligations;
  for (std::size_t i = 0; i < kObligations; ++i) {
    obligations.push_back(obligation_name(static_cast<Obligation>(i)));
  }
  const Json owned = map_of("Whether what such a party owns is treated as if it were listed.",
                            {{"share", reference("text"), "`>= 50%` or `> 50%`, all together."},
                             {"citation", reference("text"), "Who says so."},
                             {"in_force", intervals(), "When the rule holds; always, if absent."}},
                            {"share", "citation"});
  const Json rule = map_of("What follows from being on the list.",
                           {{"programs", at_least_one(reference("text")),
                             "Under these programmes; under any other, if absent."},
                            {"obligation", one_of(obligations), "What is asked."},
                            {"citation", reference("text"), "Who asks it."},
                            {"note", reference("text"), "What else is to say of it."},
                            {"in_force", intervals(), "When it holds; always, if absent."},
                            {"owned", owned, "Whether it holds for what such parties own."}},
                           {"obligation", "citation"});
  return {{"type", "array"}, {"minItems", 1}, {"items", rule}};
}

Json list_schema() {
  const Json scalar = {{"type", {"string", "number", "boolean"}}, {"minLength", 1}};
  const Json dated =
      map_of("A value with the times between which it stands in the list.",
             {{"value", scalar, "The value."},
              {"from", reference("time"), "The first day on which it stands in the list."},
              {"until", reference("time"), "The last day on which it does."},
              {"reason", reference("text"), "Why it stands in the list; for people."},
              {"kind", one_of({"person", "organisation"}), "What the name is the name of."},
              {"aliases", at_least_one(reference("text")), "Other names of the party."},
              {"weak_aliases", at_least_one(reference("text")),
               "Other names that say little by themselves: a hit by one needs something else."},
              {"country", at_least_one(reference("text")), "Country codes of the party."},
              {"identifiers", at_least_one(reference("text")), "As in `lei:5299001`."},
              {"programs", at_least_one(reference("text")), "Programmes that it is listed under."}},
             {"value"});
  const Json source = {{"anyOf",
                        {reference("text"),
                         map_of("Where the values come from.",
                                {{"name", reference("text"), "Who publishes it."},
                                 {"url", reference("text"), "Where it is published."},
                                 {"retrieved", reference("time"), "When the values were copied."}},
                                {"name"})}}};
  Json list = document_of(
      "list", "Values that policies name as `list:NAME`.",
      {{"in_force", intervals(), "When the list holds; outside it the list is empty."},
       {"source", source, "Where the values come from."},
       {"consequences",
        {{"anyOf", {one_of(shipped_codes()), consequence_rules_schema()}}},
        "What follows from being listed: the code of a published list, or rules of one's own."},
       {"type",
        one_of({"string", "ip", "int64", "double", "bool", "duration", "timestamp", "money"}),
        "What the values are; `string` if absent."},
       {"values",
        {{"type", "array"}, {"items", {{"anyOf", {scalar, dated}}}}},
        "The values, each alone or with its dates."},
       {"synced", reference("text"),
        "The published list of the configuration whose issues it stands for, in place of values."},
       {"sample",
        {{"type", "array"}, {"items", {{"anyOf", {scalar, dated}}}}},
        "What tests of policies find in a synced list."}},
      {"title"});
  list["oneOf"] = {{{"required", {"values"}}}, {{"required", {"synced"}}}};
  return list;
}

Json linkage_schema() {
  const Json link = map_of(
      "A field that links the accounts which have one value of it.",
      {{"field", reference("field"), "What accounts have in common."},
       {"at_most",
        {{"type", "integer"}, {"minimum", 2}, {"maximum", 1000}},
        "A value that more accounts than this have links none of them."},
       {"weight",
        {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}},
        "What a value weighs that two accounts have; beside `threshold`."},
       {"except", reference("text"), "A list of values that link nobody, as in `list:vpn-exits`."},
       {"window", reference("duration"),
        "A value is in common to those who use it in one period of this length."},
       {"decay", reference("duration"),
        "The half-life of a value's weight, by the time between two accounts' uses of it; beside "
        "`window`."}},
      {"field", "at_most"});
  const Json lockstep = map_of(
      "Accounts that act in the same slots of time are linked.",
      {{"lockstep", reference("duration"), "How long a slot is: acts in one are at one time."},
       {"over", reference("duration"), "Acts are compared within each such time; whole slots."},
       {"at_least",
        {{"type", "integer"}, {"minimum", 2}, {"maximum", 100'000}},
        "How many acts two have in common that are in step."},
       {"percent",
        {{"type", "integer"}, {"minimum", 1}, {"maximum", 100}},
        "How much that is of all that either does."},
       {"at_most",
        {{"type", "integer"}, {"minimum", 2}, {"maximum", 100}},
        "What more accounts than this do in one slot counts for none of them."},
       {"target", reference("field"),
        "What is done: acts are the same that have one value of it; all are, if absent."},
       {"weight",
        {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}},
        "What it weighs to be in step; beside `threshold`."}},
      {"lockstep", "over", "at_least", "percent", "at_most"});
  return document_of(
      "linkage", "What makes accounts one cluster.",
      {{"threshold",
        {{"type", "integer"}, {"minimum", 1}, {"maximum", 32000}},
        "What accounts have in common has to weigh; one value does, if absent."},
       {"links", at_least_one({{"anyOf", {link, lockstep}}}), "What links accounts."}},
      {"title", "links"});
}

Json exemption_schema() {
  Json schema = document_of(
      "exemption", "Leaves out, in several policies, what somebody has approved.",
      {{"policies", at_least_one(reference("text")),
        "The policies that it touches: ids, or patterns such as `access.*`."},
       {"where", reference("selection"), "What is left out."},
       {"under", reference("text"), "The license that it rests on, as in `license:lab`."},
       {"from", reference("time"), "The first day."},
       {"until", reference("time"), "The last day."},
       {"approved_by", reference("text"), "Who approved it."},
       {"reason", reference("text"), "Why."}},
      {"policies", "approved_by"});
  schema["anyOf"] = {{{"required", {"where", "until", "reason"}}}, {{"required", {"under"}}}};
  return schema;
}

Json license_schema() {
  const Json part = {{"anyOf", {reference("values"), reference("selection")}}};
  Json schema = document_of(
      "license", "What an authority has allowed, to whom and until when.",
      {{"number", reference("text"), "The number that the license has."},
       {"authority", reference("text"), "Who granted it."},
       {"parties", part, "Whom it covers: values of `organization`, or a selection."},
       {"items", part, "What it covers: values of `model`, or a selection."},
       {"countries", part, "Where: values of `client.country`, or a selection."},
       {"classification", one_or_list(reference("text")), "Control numbers; for people."},
       {"in_force", intervals(), "When it holds."},
       {"limits", one_or_list(reference("expression")), "What a record must meet as well."},
       {"conditions", one_or_list(reference("text")), "What else it asks; for people."}},
      {"number", "authority", "in_force"});
  schema["anyOf"] = {
      {{"required", {"parties"}}}, {{"required", {"items"}}}, {{"required", {"countries"}}}};
  return schema;
}

Json pack_schema() {
  return document_of(
      "pack", "The documents of a folder that belong together.",
      {{"includes", at_least_one(reference("text")),
        "Paths below the pack's folder, ids of policies, `list:NAME`, `sigma:ID` and so on."}},
      {"title", "includes"});
}

Json logsource_schema() {
  Json schema = map_of("What a rule says of the events that it is for.",
                       {{"category", reference("text"), "A kind of event."},
                        {"product", reference("text"), "What writes them."},
                        {"service", reference("text"), "A part of the product."}},
                       {}, true);
  schema["anyOf"] = {
      {{"required", {"category"}}}, {{"required", {"product"}}}, {{"required", {"service"}}}};
  return schema;
}

Json mapping_schema() {
  const Json source = map_of(
      "One source of records or events.",
      {{"logsource", logsource_schema(), "What Sigma calls it."},
       {"reads", one_of({"usage", "account", "audit"}), "The records; without it, events."},
       {"for_each", at_least_one(reference("field")), "Whom a finding of a rule is about."},
       {"where", {{"type", {"object", "array", "string"}}}, "Which of them: a Sigma selection."},
       {"fields",
        {{"type", "object"}, {"additionalProperties", reference("text")}},
        "Sigma's name of a field: the source's own."}},
      {"logsource"});
  return map_of("Which records a Sigma rule's log source means.",
                {{"logsource_mapping", reference("text"), "The mapping's name."},
                 {"version",
                  {{"type", "integer"}, {"minimum", 1}, {"maximum", 1'000'000}},
                  "A whole number from 1."},
                 {"sources", at_least_one(source), "The sources."}},
                {"logsource_mapping", "version", "sources"});
}

/// Rules, correlations and filters have what else their writers like.
Json sigma_schema() {
  const Json condition = at_least_one({{"type", "string"}, {"minLength", 1}});
  const Json detection = map_of(
      "Selections, and a condition that joins them.",
      {{"condition", condition, "As in `selection and not 1 of filter_*`."}}, {"condition"}, true);
  const Json filter = map_of("What joins the condition of the rules that it names.",
                             {{"rules", at_least_one(reference("text")), "Ids, names, or `any`."},
                              {"condition", condition, "As in `not selection`."}},
                             {"rules", "condition"}, true);
  const Json correlation =
      map_of("Matches of other rules, counted or put in order.",
             {{"type",
               one_of({"event_count", "value_count", "value_sum", "value_avg", "value_percentile",
                       "temporal", "temporal_ordered"}),
               "What is asked of the matches."},
              {"rules", at_least_one(reference("text")), "Ids or names of rules."}},
             {"type", "rules"}, true);
  Json schema =
      map_of("A Sigma rule, filter or correlation: docs/sigma.md.",
             {{"title", reference("text"), "What the rule looks for, in one line."},
              {"id", reference("text"), "A UUID."},
              {"status", one_of({"stable", "test", "experimental", "deprecated", "unsupported"}),
               "How far the rule has come."},
              {"level", one_of({"informational", "low", "medium", "high", "critical"}),
               "How grave a match is."},
              {"logsource", logsource_schema(), "The events that the rule is for."},
              {"detection", detection, "What is looked for."},
              {"filter", filter, "What is left over of other rules' matches."},
              {"correlation", correlation, "What is made of other rules' matches."}},
             {"title"}, true);
  schema["dependencies"] = {{"detection", {"logsource"}}, {"filter", {"logsource"}}};
  return schema;
}

}  // namespace

Json document_schemas() {
  return {
      {"list_document", list_schema()},           {"linkage_document", linkage_schema()},
      {"exemption_document", exemption_schema()}, {"license_document", license_schema()},
      {"pack_document", pack_schema()},           {"logsource_mapping_document", mapping_schema()},
      {"sigma_document", sigma_schema()}};
}

}  // namespace tidewaiter
