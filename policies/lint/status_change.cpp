#include "policies/lint/status_change.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "policies/language/load.h"
#include "policies/language/policy_status.h"
#include "policies/language/strict_yaml.h"
#include "policies/lint/mending.h"

namespace tidewaiter {
namespace {

/// The documents of a file, by which edits are placed.
Result<std::vector<YamlNode>> documents_of(const PolicyText& file) {
  const YamlText text(file.path, file.text);
  std::vector<Diagnostic> diagnostics;
  std::vector<YamlNode> documents = parse_policy_file(file, text, diagnostics);
  if (has_errors(diagnostics)) {
    return fail(ErrorCode::kInvalidInput,
                "`" + file.path + "` has errors: `tidewaiter policy lint` shows them");
  }
  return documents;
}

bool is_policy_of(const YamlNode& document, const std::string& id) {
  const YamlNode* const named = document.find("policy");
  return named != nullptr && named->kind == YamlNode::Kind::kScalar && named->scalar == id;
}

/// The edit that gives `document` the status. A line is added behind the one of the version, which
/// is a number and so ends on its line, or else of the id.
TextEdit status_edit(const YamlNode& document, std::string_view word) {
  if (const YamlNode* const status = document.find("status"))
    return {status->span, std::string(word)};
  const YamlNode* const version = document.find("version");
  const auto& anchor_key = *std::ranges::find_if(document.members, [&](const auto& member) {
    return member.first.scalar == (version != nullptr ? "version" : "policy");
  });
  SourceSpan place = anchor_key.first.span;
  const std::string indent(static_cast<std::size_t>(place.column - 1), ' ');
  ++place.line;
  place.column = 1;
  place.length = 0;
  return {place, indent + "status: " + std::string(word) + "\n"};
}

/// Whether `after` is `before` but for the status of these policies. The text between values is not
/// compared: edits are all that changes it.
bool changes_only_status(const std::vector<YamlNode>& before, const std::vector<YamlNode>& after,
                         const std::set<std::string>& ids, std::string_view word) {
  if (before.size() != after.size()) return false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool chosen = std::ranges::any_of(
        ids, [&](const std::string& id) { return is_policy_of(before[i], id); });
    const YamlNode* const status = after[i].find("status");
    if (chosen && (status == nullptr || status->scalar != word)) return false;
    const std::size_t added = chosen && before[i].find("status") == nullptr ? 1 : 0;
    if (after[i].members.size() != before[i].members.size() + added) return false;
    for (const auto& [key, value] : before[i].members) {
      const YamlNode* const now = after[i].find(key.scalar);
      if (now == nullptr || now->kind != value.kind) return false;
      if ((!chosen || key.scalar != "status") && now->scalar != value.scalar) return false;
    }
  }
  return true;
}

tl::unexpected<Error> cannot_edit(const PolicyText& file, std::string_view word) {
  return fail(ErrorCode::kInvalidInput, "cannot tell where the status stands in `" + file.path +
                                            "`: write `status: " + std::string(word) +
                                            "` by hand, or lay the file out with `tidewaiter "
                                            "policy fmt` first");
}

}  // namespace

Result<std::string> with_policy_status(const PolicyText& file, const std::set<std::string>& ids,
                                       PolicyStatus status) {
  const std::string_view word = policy_status_name(status);
  const Result<std::vector<YamlNode>> before = documents_of(file);
  if (!before) return tl::unexpected(before.error());
  std::vector<Diagnostic> changes;
  changes.reserve(ids.size());
  for (const std::string& id : ids) {
    const auto document =
        std::ranges::find_if(*before, [&](const YamlNode& one) { return is_policy_of(one, id); });
    if (document == before->end()) {
      return fail(ErrorCode::kInvalidInput, "`" + file.path + "` has no `policy: " + id +
                                                "`: the status of a Sigma rule is changed in "
                                                "the rule");
    }
    Diagnostic change;
    change.span = document->span;
    change.span.file = file.path;
    change.fix = {status_edit(*document, word)};
    changes.push_back(std::move(change));
  }
  std::int64_t applied = 0;
  std::string text = apply_fixes(file.path, file.text, changes, applied);
  if (applied != static_cast<std::int64_t>(ids.size())) return cannot_edit(file, word);
  const Result<std::vector<YamlNode>> after = documents_of({file.path, text});
  if (!after || !changes_only_status(*before, *after, ids, word)) return cannot_edit(file, word);
  return text;
}

}  // namespace tidewaiter
