#include "policies/language/license_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/expression_types.h"
#include "policies/language/in_force.h"
#include "policies/language/record_time.h"
#include "policies/language/selection.h"
#include "policies/language/yaml_expression.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kLicensePrefix = "license:";

constexpr std::array<std::string_view, 14> kLicenseKeys = {
    "license", "title", "version",        "owner",     "description", "number", "authority",
    "parties", "items", "classification", "countries", "in_force",    "limits", "conditions"};

/// A part of the scope, and the field that its values are of where none is named.
struct ScopePart {
  std::string_view key;
  std::string_view field;
};
constexpr std::array kScopeParts = {ScopePart{"parties", "organization"},
                                    ScopePart{"items", "model"},
                                    ScopePart{"countries", "client.country"}};

bool is_values(const YamlNode& node) {
  const auto items = DocumentReader::items(node);
  return std::ranges::none_of(
      items, [](const YamlNode* item) { return item->kind == YamlNode::Kind::kMap; });
}

/// `parties: [a, b]` as the selection `organization|in: [a, b]`; a map or a list of maps is a
/// selection already.
std::optional<Expr> read_part(DocumentReader& reader, const YamlNode& key, const YamlNode& node,
                              const ScopePart& part, const ExprScope& scope) {
  if (!is_values(node)) return read_selection(reader, node, scope);
  YamlNode name = key;
  name.scalar = std::string(part.field) + "|in";
  YamlNode map;
  map.kind = YamlNode::Kind::kMap;
  map.span = key.span;
  map.members.emplace_back(std::move(name), node);
  return read_selection(reader, map, scope);
}

std::optional<Expr> read_limit(DocumentReader& reader, const YamlNode& node,
                               const ExprScope& scope) {
  std::optional<Expr> limit =
      parse_yaml_expression(reader.yaml(), node, scope, reader.diagnostics());
  if (!limit || limit->type == ValueType::kBool) return limit;
  reader.error(node.span, kNotTruthValue,
               "a limit is true or false, this is " + std::string(type_name(limit->type)),
               "compare it, as in `output_tokens <= 100k`");
  return std::nullopt;
}

/// All that a record must meet to be covered, dates included.
std::optional<Expr> read_scope(DocumentReader& reader, const YamlNode& document,
                               const std::vector<Interval>& in_force, const ExprScope& scope) {
  std::vector<Expr> all;
  bool good = true;
  const auto add = [&](std::optional<Expr> one) {
    good = good && one.has_value();
    if (one) all.push_back(*std::move(one));
  };
  for (const auto& [key, value] : document.members) {
    for (const ScopePart& part : kScopeParts) {
      if (key.scalar == part.key) add(read_part(reader, key, value, part, scope));
    }
  }
  if (const YamlNode* limits = document.find("limits")) {
    for (const YamlNode* limit : DocumentReader::items(*limits)) {
      add(read_limit(reader, *limit, scope));
    }
  }
  if (!good) return std::nullopt;
  if (!in_force.empty()) all.push_back(within(in_force, document.members.front().first.span));
  if (all.empty()) return make_literal(ValueType::kBool, true, document.span);
  Built built = build_logical(ExprOp::kAnd, std::move(all));
  return *std::move(built);  // all parts are truth values
}

LicenseDocument read_document(DocumentReader& reader, const YamlNode& document) {
  check_keys(reader.yaml(), document, kLicenseKeys, reader.diagnostics());
  LicenseDocument license;
  license.header = read_document_header(reader, document);
  require_key(reader, document, "number",
              "write the number that the license has: `number: D1234567`");
  require_key(reader, document, "authority", "say who granted it: `authority: BIS`");
  require_key(reader, document, "in_force",
              "say when it holds: `in_force: [{from: 2026-01-01, until: 2026-12-31}]`");
  const auto text = [&](std::string_view key, std::string& out) {
    if (const YamlNode* node = document.find(key)) out = reader.text(*node).value_or("");
  };
  const auto texts = [&](std::string_view key, std::vector<std::string>& out) {
    if (const YamlNode* node = document.find(key)) out = reader.texts(*node);
  };
  text("number", license.number);
  text("authority", license.authority);
  texts("classification", license.classification);
  texts("conditions", license.conditions);
  license.in_force = read_in_force(reader, document);
  const bool has_scope = std::ranges::any_of(
      kScopeParts, [&](const ScopePart& part) { return document.find(part.key) != nullptr; });
  if (!has_scope) {
    reader.error(license.header.span, kLicenseWithoutScope,
                 "the license names neither parties nor items nor countries: it would cover all",
                 "write whom and what it covers: `parties: [lab-1]`, `items: [large-2]`, "
                 "`countries: [DE]`");
  }
  return license;
}

}  // namespace

License* NamedLicenses::add(License license) {
  std::string name = license.document.header.name;
  const auto [place, fresh] = licenses_.try_emplace(std::move(name), std::move(license));
  return fresh ? &place->second : nullptr;
}

License* NamedLicenses::find(std::string_view name) {
  const auto found = licenses_.find(name);
  return found == licenses_.end() ? nullptr : &found->second;
}

License read_license(DocumentReader& reader, const YamlNode& document, NamedLists& lists,
                     UtcTime as_of) {
  LicenseDocument license = read_document(reader, document);
  PerKind scope(reader.yaml(), lists, [&](DocumentReader& inner, const ExprScope& fields) {
    return read_scope(inner, document, license.in_force, fields);
  });
  const auto& found = scope.findings();
  reader.diagnostics().insert(reader.diagnostics().end(), found.begin(), found.end());
  if (!license.in_force.empty() && license.in_force.back().to <= as_of) {
    reader.warn(license.header.span, kExpiredLicense,
                "the license `" + license.header.name + "` has expired",
                "have it renewed, or remove it and what rests on it");
  }
  return {std::move(license), std::move(scope)};
}

License* read_license_reference(DocumentReader& reader, const YamlNode& node,
                                NamedLicenses& licenses) {
  const auto text = reader.text(node);
  if (!text) return nullptr;
  const std::string_view whole = *text;
  const std::string_view name =
      whole.starts_with(kLicensePrefix) ? whole.substr(kLicensePrefix.size()) : std::string_view();
  if (License* license = licenses.find(name)) {
    license->used = true;
    return license;
  }
  std::vector<std::string_view> names;
  for (const auto& [known, license] : licenses.all()) names.emplace_back(known);
  const auto near = did_you_mean(name.empty() ? whole : name, names);
  reader.error(node.span, kUnknownLicense, "there is no license `" + *text + "`",
               near ? "did you mean `license:" + *near + "`?"
                    : "write `license:` and the name of a license document");
  return nullptr;
}

}  // namespace tidewaiter
