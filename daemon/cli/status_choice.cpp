#include "daemon/cli/status_choice.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "daemon/app/policy_files.h"
#include "daemon/app/source_supply.h"
#include "daemon/app/synced_issues.h"
#include "daemon/cli/policies_around.h"
#include "daemon/cli/set_to_try.h"
#include "policies/language/load.h"
#include "policies/lint/lint.h"
#include "policies/lint/status_change.h"
#include "policies/model/did_you_mean.h"
#include "storage/files/durable_file.h"
#include "storage/files/path_pattern.h"

namespace tidewaiter {
namespace {

/// What the command line named: files, and words that are no files.
struct NamedFiles {
  std::vector<PolicyText> named;
  std::vector<PolicyText> rest;  ///< of the set
  std::vector<std::string> ids;

  [[nodiscard]] std::vector<PolicyText> all() const {
    std::vector<PolicyText> texts = named;
    texts.insert(texts.end(), rest.begin(), rest.end());
    return texts;
  }
};

Result<NamedFiles> read_named(Invocation& run, const Config& config,
                              const std::vector<std::string>& words) {
  NamedFiles files;
  std::vector<std::string> paths;
  for (const std::string& word : words) {
    const Result<bool> there = is_there(run.environment.working_folder / word);
    if (!there) return tl::unexpected(there.error());
    const bool looks_so =
        word.find('/') != std::string::npos || is_path_pattern(word) || is_policy_file_name(word);
    (*there || looks_so ? paths : files.ids).push_back(word);
  }
  if (paths.empty()) {
    Result<std::vector<PolicyText>> texts = read_configured_policy_files(config);
    if (!texts) return tl::unexpected(texts.error());
    files.rest = std::move(*texts);
    return files;
  }
  Result<std::vector<PolicyText>> texts =
      read_named_policy_files(paths, run.environment.working_folder);
  if (!texts) return tl::unexpected(texts.error());
  files.named = std::move(*texts);
  if (auto rest = rest_of_set(files.named, run.config_file, run.environment)) {
    files.rest = std::move(rest->texts);
  }
  return files;
}

Result<LoadOutcome> lint_set(Invocation& run, const Config& config,
                             const std::vector<PolicyText>& texts, std::string_view when) {
  const std::vector<SourceSupply> sources = source_supplies(config);
  LoadOutcome outcome = lint_policies({texts, run.now(), sources});
  if (!has_errors(outcome.diagnostics)) return outcome;
  std::erase_if(outcome.diagnostics,
                [](const Diagnostic& d) { return d.level != DiagnosticLevel::kError; });
  print_diagnostics(run.err, outcome.diagnostics);
  return fail(ErrorCode::kInvalidInput,
              "the policies have errors" + std::string(when) + ": nothing was changed");
}

const Policy* find_policy(const PolicySet& set, std::string_view id) {
  const auto found = std::ranges::find(set.policies, id, &Policy::id);
  return found == set.policies.end() ? nullptr : &*found;
}

Result<const Policy*> policy_of_id(const PolicySet& set, const std::string& id) {
  if (const Policy* policy = find_policy(set, id)) {
    if (policy->status != PolicyStatus::kRetired) return policy;
    return fail(ErrorCode::kRefused, "`" + id +
                                         "` is retired: a policy that was given up comes back by "
                                         "hand, as a new version");
  }
  std::vector<std::string_view> known;
  known.reserve(set.policies.size());
  for (const Policy& policy : set.policies) known.push_back(policy.id);
  const std::optional<std::string> near = did_you_mean(id, known);
  return fail(ErrorCode::kNotFound, "there is no policy, file or folder `" + id + "`" +
                                        (near ? ": did you mean `" + *near + "`?"
                                              : ": `tidewaiter policy list` has the policies"));
}

/// Whether a policy that stands in a named file is meant: one that was given up is not, and of
/// those that go back to shadow no draft is.
bool is_meant(const Policy& policy, PolicyStatus status) {
  return policy.status != PolicyStatus::kRetired &&
         (status != PolicyStatus::kShadow || policy.status != PolicyStatus::kDraft);
}

Result<std::vector<const Policy*>> chosen_policies(const PolicySet& set, const NamedFiles& files,
                                                   PolicyStatus status) {
  std::vector<const Policy*> chosen;
  for (const Policy& policy : set.policies) {
    const bool in_files =
        std::ranges::find(files.named, policy.span.file, &PolicyText::path) != files.named.end();
    const bool by_id = std::ranges::find(files.ids, policy.id) != files.ids.end();
    if (in_files && !by_id && is_meant(policy, status)) chosen.push_back(&policy);
  }
  for (const std::string& id : files.ids) {
    const Result<const Policy*> policy = policy_of_id(set, id);
    if (!policy) return tl::unexpected(policy.error());
    if (!is_meant(**policy, status)) {
      return fail(ErrorCode::kRefused, "`" + id + "` is a draft: it has found nothing");
    }
    if (std::ranges::find(chosen, *policy) == chosen.end()) chosen.push_back(*policy);
  }
  if (chosen.empty()) {
    return fail(ErrorCode::kNotFound,
                "there is no policy in what was named, or none that can be put in this status");
  }
  return chosen;
}

/// Puts the status in, file by file. The texts are then those after the change.
Result<std::vector<ChangedFile>> change_texts(
    std::vector<PolicyText>& texts, const std::map<std::string, std::set<std::string>>& by_file,
    PolicyStatus status) {
  std::vector<ChangedFile> changed;
  for (PolicyText& text : texts) {
    const auto ids = by_file.find(text.path);
    if (ids == by_file.end()) continue;
    Result<std::string> after = with_policy_status(text, ids->second, status);
    if (!after) return tl::unexpected(after.error());
    changed.push_back({text, *after});
    text.text = *std::move(after);
  }
  std::ranges::sort(changed, {}, [](const ChangedFile& one) { return one.before.path; });
  return changed;
}

}  // namespace

Result<StatusChoice> choose_status(Invocation& run, const std::vector<std::string>& words,
                                   PolicyStatus status) {
  std::optional<Config> config = configuration(run);
  if (!config) return fail(ErrorCode::kInvalidInput, "the configuration has errors");
  const Result<NamedFiles> files = read_named(run, *config, words);
  if (!files) return tl::unexpected(files.error());
  std::vector<PolicyText> texts = files->all();
  const Result<LoadOutcome> before = lint_set(run, *config, texts, "");
  if (!before) return tl::unexpected(before.error());
  const auto chosen = chosen_policies(before->set, *files, status);
  if (!chosen) return tl::unexpected(chosen.error());
  StatusChoice choice;
  std::map<std::string, std::set<std::string>> by_file;
  for (const Policy* policy : *chosen) {
    if (policy->status == status) {
      choice.already.push_back(*policy);
    } else {
      choice.ids.insert(policy->id);
      by_file[policy->span.file].insert(policy->id);
    }
  }
  auto changed = change_texts(texts, by_file, status);
  if (!changed) return tl::unexpected(changed.error());
  choice.files = std::move(*changed);
  Result<LoadOutcome> after = lint_set(run, *config, texts, " with this status");
  if (!after) return tl::unexpected(after.error());
  choice.set = set_to_try(run, *config, texts, after->set, published_lists_of(after->documents));
  std::ranges::copy_if(after->diagnostics, std::back_inserter(choice.warnings),
                       [&](const Diagnostic& d) { return by_file.contains(d.span.file); });
  choice.config = std::move(*config);
  return choice;
}

Result<void> write_status(const StatusChoice& choice) {
  for (const ChangedFile& file : choice.files) {
    const Result<std::string> now = read_whole_file(file.before.path, kMostListFileBytes);
    if (!now) return tl::unexpected(now.error());
    if (*now != file.before.text) {
      return fail(ErrorCode::kRefused, "`" + file.before.path +
                                           "` has changed since it was read: nothing was written; "
                                           "ask again");
    }
  }
  std::string written;
  for (const ChangedFile& file : choice.files) {
    if (auto done = replace_file(file.before.path, file.after); !done) {
      Error error = done.error();
      if (!written.empty()) error.message += "; written before it:" + written;
      return tl::unexpected(std::move(error));
    }
    written += " `" + file.before.path + "`";
  }
  return {};
}

}  // namespace tidewaiter
