#include "daemon/cli/lint_sarif.h"

#include <algorithm>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "daemon/app/config_reader.h"
#include "policies/lint/diagnostic_page.h"
#include "policies/lint/lint_code.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kRoot = "SRCROOT";

/// RFC 3986: all but unreserved characters and `/` as %XX.
std::string uri_path(std::string_view path) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

Json artifact(const std::string& file, const std::filesystem::path& root) {
  const std::filesystem::path path = (root / file).lexically_normal();
  const std::filesystem::path relative = path.lexically_relative(root.lexically_normal());
  const bool below = !relative.empty() && *relative.begin() != "..";
  if (below) return {{"uri", uri_path(relative.generic_string())}, {"uriBaseId", kRoot}};
  return {{"uri", "file://" + uri_path(path.generic_string())}};
}

Json region(const SourceSpan& span) {
  // A place without a line is the file's beginning: SARIF counts from 1.
  const std::int32_t line = std::max(span.line, 1);
  const std::int32_t column = std::max(span.column, 1);
  return {{"startLine", line},
          {"startColumn", column},
          {"endLine", line},
          {"endColumn", column + span.length}};
}

std::string_view level_of(const Diagnostic& diagnostic) {
  return diagnostic.level == DiagnosticLevel::kError ? "error" : "warning";
}

std::string title_of(std::string_view code) {
  for (const auto& codes : {diagnostic_codes(), lint_codes()}) {
    const auto found = std::ranges::find(codes, code, &DiagnosticCode::code);
    if (found != codes.end()) return std::string(found->title);
  }
  return std::string(code);
}

Json rule(const Diagnostic& diagnostic) {
  Json out = {{"id", diagnostic.code},
              {"shortDescription", {{"text", title_of(diagnostic.code)}}},
              {"defaultConfiguration", {{"level", level_of(diagnostic)}}}};
  if (const auto section = diagnostic_section(diagnostic.code)) {
    out["help"] = {{"text", *section}, {"markdown", *section}};
  }
  return out;
}

/// All edits of a fix are in the file of its diagnostic.
Json fix(const Diagnostic& diagnostic, const std::filesystem::path& root) {
  Json replacements = Json::array();
  for (const TextEdit& edit : diagnostic.fix) {
    replacements.push_back(
        {{"deletedRegion", region(edit.span)}, {"insertedContent", {{"text", edit.text}}}});
  }
  const std::string what = diagnostic.hint.empty() ? diagnostic.message : diagnostic.hint;
  return {
      {"description", {{"text", what}}},
      {"artifactChanges", Json::array({{{"artifactLocation", artifact(diagnostic.span.file, root)},
                                        {"replacements", std::move(replacements)}}})}};
}

Json result(const Diagnostic& diagnostic, std::size_t rule_index,
            const std::filesystem::path& root) {
  std::string message = diagnostic.message;
  if (!diagnostic.hint.empty()) message += "; " + diagnostic.hint;
  Json place = {{"artifactLocation", artifact(diagnostic.span.file, root)},
                {"region", region(diagnostic.span)}};
  Json out = {{"ruleId", diagnostic.code},
              {"ruleIndex", rule_index},
              {"level", level_of(diagnostic)},
              {"message", {{"text", std::move(message)}}},
              {"locations", Json::array({{{"physicalLocation", std::move(place)}}})}};
  if (!diagnostic.fix.empty()) out["fixes"] = Json::array({fix(diagnostic, root)});
  return out;
}

}  // namespace

nlohmann::ordered_json lint_sarif(const std::vector<Diagnostic>& diagnostics,
                                  const std::filesystem::path& root) {
  std::map<std::string, std::size_t> rules;
  Json rule_list = Json::array();
  Json results = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    const auto [known, fresh] = rules.emplace(diagnostic.code, rules.size());
    if (fresh) rule_list.push_back(rule(diagnostic));
    results.push_back(result(diagnostic, known->second, root));
  }
  Json driver = {
      {"name", "tidewaiter"}, {"version", TIDEWAITER_VERSION}, {"rules", std::move(rule_list)}};
  Json run = {{"tool", {{"driver", std::move(driver)}}},
              {"columnKind", "unicodeCodePoints"},
              {"originalUriBaseIds",
               {{kRoot, {{"description", {{"text", "the folder that lint ran in"}}}}}}},
              {"results", std::move(results)}};
  return {{"$schema",
           "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
           "sarif-schema-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::array({std::move(run)})}};
}

}  // namespace tidewaiter
