#include "policies/lint/lint.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "policies/language/load.h"
#include "policies/lint/allow_comments.h"
#include "policies/lint/checks.h"
#include "policies/lint/set_checks.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {
namespace {

constexpr std::array<PolicyCheck, 11> kChecks = {
    check_truth,     check_branches, check_selections, check_missing_fields,
    check_units,     check_supply,   check_measures,   check_header,
    check_responses, check_parties,  check_tests,
};

auto position(const Diagnostic& d) {
  return std::tie(d.span.line, d.span.column, d.code, d.message);
}

/// One text, its documents and what is found in it.
class File {
 public:
  explicit File(const PolicyText& source) : text(source.path, source.text), source_(source) {}

  YamlText text;
  std::vector<Diagnostic> found;

  /// Parsed where they are asked for: of most files of lists nobody asks, and those are long.
  [[nodiscard]] const std::vector<YamlNode>& documents() {
    if (!documents_) {
      std::vector<Diagnostic> told_by_the_reader;
      documents_ = parse_policy_file(source_, text, told_by_the_reader);
    }
    return *documents_;
  }
  /// Whether a comment may allow what is found.
  [[nodiscard]] bool may_allow() const { return source_.text.find("lint:") != std::string::npos; }

 private:
  const PolicyText& source_;
  std::optional<std::vector<YamlNode>> documents_;
};

class Linter {
 public:
  explicit Linter(const LintRequest& request) : request_(request) {
    for (const PolicyText& text : request.texts) {
      files_.push_back(std::make_unique<File>(text));
      by_path_.emplace(text.path, files_.back().get());
    }
  }

  LoadOutcome run() {
    LoadOutcome outcome = load();
    for (Diagnostic& d : outcome.diagnostics) {
      const auto file = by_path_.find(d.span.file);
      if (file != by_path_.end()) {
        file->second->found.push_back(std::move(d));
      } else if (std::ranges::find(request_.around, d.span.file, &PolicyText::path) ==
                 request_.around.end()) {
        beside_.push_back(std::move(d));
      }
    }
    for (const Policy& policy : outcome.set.policies) {
      look_at(policy, [](const LintedPolicy& linted, DocumentReader& report) {
        for (const PolicyCheck check : kChecks) check(linted, report);
      });
    }
    for (const Policy& policy : outcome.set.policies) look_at_tests(policy);
    const WithPolicy with = [this](const Policy& policy, const auto& report) {
      look_at(policy, report);
    };
    check_set(outcome.set, with);
    if (!request_.base.empty()) compare_with_base(outcome.set, with);
    outcome.diagnostics = collect();
    std::erase_if(outcome.set.policies,
                  [this](const Policy& policy) { return !by_path_.contains(policy.span.file); });
    return outcome;
  }

 private:
  /// What stands around comes first: of two documents with one name that which is looked at is
  /// told of.
  LoadOutcome load() {
    if (request_.around.empty()) return load_policy_set(request_.texts, request_.as_of);
    std::vector<PolicyText> all(request_.around.begin(), request_.around.end());
    all.insert(all.end(), request_.texts.begin(), request_.texts.end());
    return load_policy_set(all, request_.as_of);
  }

  /// What of the former version does not load is not compared, and that is an error of its own.
  void compare_with_base(const PolicySet& set, const WithPolicy& with) {
    LoadOutcome base = load_policy_set(request_.base, request_.as_of);
    for (Diagnostic& d : base.diagnostics) {
      if (d.level != DiagnosticLevel::kError) continue;
      d.message = "the former version does not load: " + d.message;
      d.fix.clear();  // nobody mends it here
      beside_.push_back(std::move(d));
    }
    check_versions(set, base.set, with);
  }

  void look_at(const Policy& policy,
               const std::function<void(const LintedPolicy&, DocumentReader&)>& report) {
    const auto found = by_path_.find(policy.span.file);
    if (found == by_path_.end()) return;
    File& file = *found->second;
    for (const YamlNode& document : file.documents()) {
      if (document.kind != YamlNode::Kind::kMap || document.members.empty()) continue;
      if (document.members.front().first.span != policy.span) continue;
      // A rule of another language follows that language's customs.
      if (document.members.front().first.scalar != "policy") continue;
      DocumentReader reader(file.text, file.found);
      report(LintedPolicy{policy, document, request_.as_of, request_.sources}, reader);
    }
  }

  /// Tests may stand in other files than their policy.
  void look_at_tests(const Policy& policy) {
    std::set<std::string_view> files;
    for (const PolicyTest& test : policy.tests) files.insert(test.span.file);
    for (const std::string_view path : files) {
      const auto found = by_path_.find(path);
      if (found == by_path_.end()) continue;
      DocumentReader reader(found->second->text, found->second->found);
      check_written_tests(policy, path, request_.fixtures, reader);
    }
  }

  /// By file and place; a selection that is used twice is told of once.
  std::vector<Diagnostic> collect() {
    std::vector<Diagnostic> all = std::move(beside_);
    for (const auto& file : files_) {
      auto& found = file->found;
      if (file->may_allow()) apply_allow_comments(file->text, file->documents(), found);
      std::ranges::stable_sort(found, [](const Diagnostic& a, const Diagnostic& b) {
        return position(a) < position(b);
      });
      // Not std::ranges::unique, which clang 14 does not compile with this library.
      found.erase(std::unique(found.begin(), found.end(),
                              [](const Diagnostic& a, const Diagnostic& b) {
                                return position(a) == position(b);
                              }),
                  found.end());
      all.insert(all.end(), std::make_move_iterator(found.begin()),
                 std::make_move_iterator(found.end()));
    }
    return all;
  }

  const LintRequest& request_;
  std::vector<std::unique_ptr<File>> files_;  ///< they are referred to, and do not move
  std::map<std::string, File*, std::less<>> by_path_;
  std::vector<Diagnostic> beside_;  ///< of no file that is linted
};

}  // namespace

LoadOutcome lint_policies(const LintRequest& request) { return Linter(request).run(); }

}  // namespace tidewaiter
