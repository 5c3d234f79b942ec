#include "policies/authoring/format.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "policies/authoring/layout.h"
#include "policies/authoring/yaml_surface.h"
#include "policies/language/diagnostic_code.h"
#include "policies/language/strict_yaml.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {
namespace {

/// Loads the file alone or, where it has errors then, with the others.
LoadOutcome load_file(const PolicyText& file, std::span<const PolicyText> others) {
  const std::vector<PolicyText> alone = {file};
  LoadOutcome outcome = load_policy_set(alone, UtcTime{});
  if (others.empty() || !has_errors(outcome.diagnostics)) return outcome;
  std::vector<PolicyText> all = {file};
  std::ranges::copy_if(others, std::back_inserter(all),
                       [&](const PolicyText& other) { return other.path != file.path; });
  outcome = load_policy_set(all, UtcTime{});
  std::erase_if(outcome.diagnostics, [&](const Diagnostic& d) { return d.span.file != file.path; });
  std::erase_if(outcome.set.policies,
                [&](const Policy& policy) { return policy.span.file != file.path; });
  return outcome;
}

std::vector<Diagnostic> errors_of(std::vector<Diagnostic> diagnostics) {
  std::erase_if(diagnostics,
                [](const Diagnostic& d) { return d.level != DiagnosticLevel::kError; });
  return diagnostics;
}

bool same_values(const YamlNode& a, const YamlNode& b) {
  if (a.kind != b.kind || a.scalar != b.scalar || a.items.size() != b.items.size() ||
      a.members.size() != b.members.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!same_values(a.items[i], b.items[i])) return false;
  }
  return std::ranges::all_of(a.members, [&](const auto& member) {
    const YamlNode* other = b.find(member.first.scalar);
    return other != nullptr && same_values(member.second, *other);
  });
}

/// The documents of a stream that say anything.
std::vector<YamlNode> parse(const YamlText& text) {
  std::vector<Diagnostic> unused;  // loading has told them
  std::vector<YamlNode> documents = text.parse(unused);
  std::erase_if(documents, [](const YamlNode& node) { return node.kind == YamlNode::Kind::kNull; });
  return documents;
}

std::vector<std::string> comments_of(const YamlText& text, const std::vector<YamlNode>& documents) {
  std::vector<std::string> comments;
  for (YamlComment& comment : read_surface(text, documents).comments) {
    comments.push_back(std::move(comment.text));
  }
  std::ranges::sort(comments);
  return comments;
}

bool same_tests(const Policy& a, const Policy& b) {
  return std::ranges::equal(a.tests, b.tests, [](const PolicyTest& x, const PolicyTest& y) {
    return x.name == y.name && x.fixture == y.fixture && x.inline_lines == y.inline_lines;
  });
}

bool same_policies(const PolicySet& a, const PolicySet& b) {
  return std::ranges::equal(a.policies, b.policies, [](const Policy& x, const Policy& y) {
    return x.hash == y.hash && same_tests(x, y);
  });
}

/// Whether two texts hold the same, for all that a reader or a person sees but the layout.
bool says_the_same(const PolicyText& before, const PolicyText& after) {
  const YamlText old_text(before.path, before.text);
  const YamlText new_text(after.path, after.text);
  const std::vector<YamlNode> old_documents = parse(old_text);
  const std::vector<YamlNode> new_documents = parse(new_text);
  return std::ranges::equal(old_documents, new_documents, same_values) &&
         comments_of(old_text, old_documents) == comments_of(new_text, new_documents);
}

}  // namespace

tl::expected<std::string, FormatRefusal> format_policies(const PolicyText& file,
                                                         std::span<const PolicyText> others) {
  const LoadOutcome before = load_file(file, others);
  if (has_errors(before.diagnostics)) {
    return tl::unexpected(FormatRefusal{errors_of(before.diagnostics), {}});
  }
  const YamlText text(file.path, file.text);
  const std::vector<YamlNode> documents = parse(text);
  if (read_surface(text, documents).has_directive) {
    return tl::unexpected(FormatRefusal{
        {}, "a file with a `%` directive is not laid out: remove it, YAML 1.2 is read anyway"});
  }
  std::vector<SourceSpan> twisted;
  for (const Diagnostic& d : before.diagnostics) {
    if (d.code == kYamlTrap.code) twisted.push_back(d.span);
  }
  const PolicyText after{file.path, lay_out(text, documents, twisted)};
  const LoadOutcome again = load_file(after, others);
  if (!has_errors(again.diagnostics) && says_the_same(file, after) &&
      same_policies(before.set, again.set)) {
    return after.text;
  }
  return tl::unexpected(FormatRefusal{
      {}, "the file cannot be laid out without changing what it says: write it more plainly"});
}

}  // namespace tidewaiter
