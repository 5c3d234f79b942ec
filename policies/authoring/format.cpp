#include "policies/authoring/format.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "policies/authoring/layout.h"
#include "policies/authoring/yaml_surface.h"
#include "policies/language/diagnostic_code.h"
#include "policies/language/load.h"
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

/// A text of which every document was read.
struct ParsedText {
  explicit ParsedText(const PolicyText& file) : text(file.path, file.text) {
    std::vector<Diagnostic> found;
    documents = parse_policy_file(file, text, found);
    is_whole = !has_errors(found);
    // Documents that say nothing.
    std::erase_if(documents,
                  [](const YamlNode& node) { return node.kind == YamlNode::Kind::kNull; });
  }

  YamlText text;
  std::vector<YamlNode> documents;
  bool is_whole = false;
};

std::vector<std::string> comments_of(const ParsedText& parsed) {
  std::vector<std::string> comments;
  for (YamlComment& comment : read_surface(parsed.text, parsed.documents).comments) {
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
bool says_the_same(const ParsedText& before, const ParsedText& after) {
  return before.is_whole && after.is_whole &&
         std::ranges::equal(before.documents, after.documents, same_values) &&
         comments_of(before) == comments_of(after);
}

}  // namespace

tl::expected<std::string, FormatRefusal> format_policies(const PolicyText& file,
                                                         std::span<const PolicyText> others) {
  const LoadOutcome before = load_file(file, others);
  if (has_errors(before.diagnostics)) {
    return tl::unexpected(FormatRefusal{errors_of(before.diagnostics), {}});
  }
  const ParsedText parsed(file);
  if (read_surface(parsed.text, parsed.documents).has_directive) {
    return tl::unexpected(FormatRefusal{
        {}, "a file with a `%` directive is not laid out: remove it, YAML 1.2 is read anyway"});
  }
  std::vector<SourceSpan> twisted;
  for (const Diagnostic& d : before.diagnostics) {
    if (d.code == kYamlTrap.code) twisted.push_back(d.span);
  }
  const PolicyText after{file.path, lay_out(parsed.text, parsed.documents, twisted)};
  const LoadOutcome again = load_file(after, others);
  if (!has_errors(again.diagnostics) && says_the_same(parsed, ParsedText(after)) &&
      same_policies(before.set, again.set)) {
    return after.text;
  }
  return tl::unexpected(FormatRefusal{
      {}, "the file cannot be laid out without changing what it says: write it more plainly"});
}

}  // namespace tidewaiter
