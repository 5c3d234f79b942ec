#include "daemon/app/loaded_policies.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/app/config_reader.h"
#include "daemon/app/policy_files.h"
#include "daemon/app/publications.h"
#include "daemon/app/synced_issues.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {
namespace {

/// What policies are compiled from, and the bundle if they were published.
struct PolicySource {
  std::vector<PolicyText> texts;
  std::optional<Digest> bundle;
};

tl::unexpected<Error> refuse_policies(const Config& config, const DiagnosticCode& code,
                                      std::string message, std::string hint,
                                      std::vector<Diagnostic>& diagnostics) {
  Diagnostic diagnostic;
  diagnostic.code = code.code;
  diagnostic.span.file = config.file.string();
  diagnostic.message = message;
  diagnostic.hint = std::move(hint);
  diagnostics.push_back(std::move(diagnostic));
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

Result<PolicySource> find_policies(const Config& config, std::vector<Diagnostic>& diagnostics) {
  if (!config.published_only) {
    Result<std::vector<PolicyText>> texts = read_policy_files(config.policies, config.base);
    if (texts) return PolicySource{std::move(*texts), std::nullopt};
    auto refused = refuse_policies(config, kConfigPolicies, texts.error().message,
                                   "correct `policies`", diagnostics);
    if (const std::optional<ConfigPlace> place = place_of_refused_policies(config)) {
      diagnostics.back().span = place->span;
      diagnostics.back().source_line = place->source_line;
    }
    return refused;
  }
  Result<std::vector<SignedBundle>> all = publications(config.state);
  if (!all) {
    return refuse_policies(config, kPublishedUnreadable, all.error().message, {}, diagnostics);
  }
  if (all->empty()) {
    return refuse_policies(config, kNothingPublished,
                           "`publish.required` is set, and no policies were published",
                           "publish some: `tidewaiter policy publish --help`", diagnostics);
  }
  return PolicySource{std::move(all->back().bundle.texts), all->back().hash};
}

/// The policies that two sets of one configuration do not mean alike, by id.
std::vector<std::string> differing(const PolicySet& files, const PolicySet& published) {
  std::vector<std::string> ids;
  const auto look = [&ids](const PolicySet& from, const PolicySet& in) {
    for (const Policy& policy : from.policies) {
      const auto same = std::ranges::find(in.policies, policy.id, &Policy::id);
      if (same != in.policies.end() && same->hash == policy.hash) continue;
      if (std::ranges::find(ids, policy.id) == ids.end()) ids.push_back(policy.id);
    }
  };
  look(files, published);
  look(published, files);
  std::ranges::sort(ids);
  return ids;
}

/// Writers see their files, and the daemon runs the publication: where these differ, it is told.
void tell_files_not_in_force(const Config& config, const PolicySet& published, UtcTime as_of,
                             std::vector<Diagnostic>& diagnostics) {
  if (config.policies.empty()) return;
  const Result<std::vector<PolicyText>> texts = read_policy_files(config.policies, config.base);
  if (!texts) return;  // they are no part of what runs
  const LoadOutcome files = load_policy_set(*texts, as_of);
  const bool broken = has_errors(files.diagnostics);
  const std::vector<std::string> ids = differing(files.set, published);
  if (!broken && ids.empty()) return;
  std::string names;
  for (const std::string& id : ids) names += (names.empty() ? " (" : ", ") + id;
  Diagnostic diagnostic;
  diagnostic.code = kFilesNotInForce.code;
  diagnostic.level = DiagnosticLevel::kWarning;
  diagnostic.span.file = config.file.string();
  diagnostic.message =
      "the files of `policies` are not what is in force, which is the last "
      "publication" +
      (names.empty() ? names : names + ")");
  diagnostic.hint = broken ? "they have errors: `tidewaiter policy lint` shows them"
                           : "`tidewaiter policy publish` brings them into force";
  diagnostics.push_back(std::move(diagnostic));
}

}  // namespace

Result<LoadedPolicies> load_configured_policies(const Config& config, UtcTime as_of,
                                                std::vector<Diagnostic>& diagnostics) {
  Result<PolicySource> source = find_policies(config, diagnostics);
  if (!source) return tl::unexpected(source.error());
  LoadOutcome outcome = load_policy_set(source->texts, as_of);
  std::vector<Diagnostic> fit = check_policies_fit(config, outcome.set);
  std::ranges::move(check_lists_fit(config, outcome.documents), std::back_inserter(fit));
  std::ranges::move(outcome.diagnostics, std::back_inserter(diagnostics));
  std::ranges::move(fit, std::back_inserter(diagnostics));
  if (source->bundle) tell_files_not_in_force(config, outcome.set, as_of, diagnostics);
  if (has_errors(diagnostics)) return fail(ErrorCode::kInvalidInput, "the policies have errors");
  return LoadedPolicies{std::move(source->texts), std::move(outcome.set),
                        published_lists_of(outcome.documents), source->bundle};
}

}  // namespace tidewaiter
