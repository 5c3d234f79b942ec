#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/policy_files.h"
#include "daemon/app/publications.h"
#include "daemon/app/source_supply.h"
#include "daemon/app/state.h"
#include "daemon/cli/acting_person.h"
#include "daemon/cli/policy_test_run.h"
#include "daemon/cli/published_texts.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "policies/lint/lint.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kShortHash = 12;
/// Fewer digits would let a slip of the hand sign another proposal than the one that was read.
constexpr std::size_t kLeastConfirmed = 8;

struct PublishOptions {
  std::vector<std::string> paths;
  ActingOptions acting;
  std::string title;
  std::string confirm;
  bool allow_failing_tests = false;
  bool json = false;
};

/// The policies to publish, without error.
struct Candidate {
  std::vector<PolicyText> texts;
  PolicySet set;
  std::size_t tests = 0;                   ///< how many they carry
  std::vector<FailingTest> failing_tests;  ///< as a bundle names them
};

/// What a set has that the one before it has not, by id.
struct SetChange {
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> gone;
};

/// Paths as a bundle has them: from the configuration's folder, whatever machine it lies on.
std::vector<PolicyText> from_folder(std::vector<PolicyText> texts,
                                    const std::filesystem::path& folder) {
  for (PolicyText& text : texts) {
    text.path = std::filesystem::path(text.path).lexically_relative(folder).generic_string();
  }
  std::ranges::sort(texts, {}, &PolicyText::path);
  return texts;
}

/// Runs the policies' own tests. False, with `status` set, if some fail and that is not allowed.
bool try_tests(Invocation& run, const Config& config, const PublishOptions& options,
               Candidate& candidate, int& status) {
  const std::vector<PolicyTestResult> results =
      run_tests_of(candidate.set, config.base, EngineKind::kColumnar);
  candidate.tests = results.size();
  for (const PolicyTestResult& result : results) {
    if (result.passed) continue;
    candidate.failing_tests.push_back({result.policy, result.test});
    run.err << "tidewaiter: " << printable(result.span.file) << ':' << result.span.line << ": "
            << printable(result.policy) << ": test `" << printable(result.test) << "` fails\n";
    for (const std::string& line : result.failures) run.err << "  " << printable(line) << '\n';
    for (const std::string& why : result.reasons) run.err << "  why: " << printable(why) << '\n';
  }
  std::ranges::sort(candidate.failing_tests);
  if (candidate.failing_tests.empty() || options.allow_failing_tests) return true;
  status = fail_with(run, ExitStatus::kCheckFailed,
                     std::to_string(candidate.failing_tests.size()) + " of " +
                         counted(static_cast<std::int64_t>(candidate.tests), "test") +
                         " of the policies fail: nothing was signed; mend them (`tidewaiter policy "
                         "test` shows them), or sign with `--allow-failing-tests`");
  return false;
}

/// Reads, lints and tests what the command line names. Nothing, with `status` set, if it may not
/// be published.
std::optional<Candidate> read_candidate(Invocation& run, const Config& config,
                                        const PublishOptions& options,
                                        const std::vector<SignedBundle>& published, int& status) {
  const bool configured = options.paths.empty();
  Result<std::vector<PolicyText>> texts =
      configured ? read_configured_policy_files(config)
                 : read_named_policy_files(options.paths, run.environment.working_folder);
  if (!texts) {
    status = fail_with(run, texts.error());
    return std::nullopt;
  }
  Candidate candidate;
  candidate.texts = from_folder(std::move(*texts), config.base);
  const auto sources = source_supplies(config);
  const std::vector<PolicyText> former = published_texts(run, published);
  LoadOutcome linted = lint_policies({candidate.texts, run.now(), sources, former});
  std::vector<Diagnostic> fit = check_policies_fit(config, linted.set);
  std::ranges::move(check_lists_fit(config, linted.documents), std::back_inserter(fit));
  linted.diagnostics.insert(linted.diagnostics.end(), fit.begin(), fit.end());
  print_diagnostics(run.err, linted.diagnostics);
  if (has_errors(linted.diagnostics)) {
    status =
        fail_with(run, ExitStatus::kConfiguration, "the policies have errors: nothing was signed");
    return std::nullopt;
  }
  candidate.set = std::move(linted.set);
  if (candidate.set.policies.empty()) {
    status = fail_with(run, ExitStatus::kUsage,
                       "there is no policy to publish: name files, or set `policies` in the "
                       "configuration");
    return std::nullopt;
  }
  if (!try_tests(run, config, options, candidate, status)) return std::nullopt;
  return candidate;
}

SetChange change_between(const PolicySet& before, const PolicySet& after) {
  SetChange change;
  for (const Policy& policy : after.policies) {
    const auto old = std::ranges::find(before.policies, policy.id, &Policy::id);
    if (old == before.policies.end()) {
      change.added.push_back(policy.id);
    } else if (old->hash != policy.hash) {
      change.changed.push_back(policy.id);
    }
  }
  for (const Policy& policy : before.policies) {
    const auto now = std::ranges::find(after.policies, policy.id, &Policy::id);
    if (now == after.policies.end()) change.gone.push_back(policy.id);
  }
  return change;
}

/// What a bundle would change against the last publication; all is new without one.
SetChange change_of(const std::vector<SignedBundle>& published, const PolicySet& set) {
  if (published.empty()) return change_between({}, set);
  return change_between(load_policy_set(published.back().bundle.texts, UtcTime{0}).set, set);
}

std::string listed(const SetChange& change) {
  std::string text;
  const auto add = [&text](std::string_view word, const std::vector<std::string>& ids) {
    if (ids.empty()) return;
    text += (text.empty() ? "" : "; ") + std::string(word);
    for (std::size_t i = 0; i < ids.size(); ++i) text += (i == 0 ? " " : ", ") + ids[i];
  };
  add("new", change.added);
  add("changed", change.changed);
  add("gone", change.gone);
  return text.empty() ? "the same meaning" : text;
}

std::vector<std::string> handles(const SignedBundle& bundle) {
  std::vector<std::string> names;
  for (const std::string& signer : bundle.signers)
    names.push_back(signer.substr(0, signer.find('+')));
  return names;
}

std::string signatures_text(const SignedBundle& bundle) {
  std::string text;
  for (const std::string& name : handles(bundle)) text += (text.empty() ? "" : ", ") + name;
  return text + " (" + std::to_string(bundle.signers.size()) + " of 2)";
}

nlohmann::ordered_json bundle_json(const SignedBundle& bundle) {
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const PolicyText& text : bundle.bundle.texts) {
    documents.push_back({{"path", text.path}, {"sha256", to_hex(sha256(text.text))}});
  }
  nlohmann::ordered_json failing = nlohmann::ordered_json::array();
  for (const FailingTest& one : bundle.bundle.failing_tests) {
    failing.push_back({{"policy", one.policy}, {"test", one.test}});
  }
  const auto& previous = bundle.bundle.previous;
  return {{"bundle", to_hex(bundle.hash)},
          {"version", bundle.bundle.version},
          {"title", bundle.bundle.title},
          {"set", to_hex(bundle.bundle.set)},
          {"previous", previous ? nlohmann::ordered_json(to_hex(*previous)) : nullptr},
          {"documents", documents},
          {"failing_tests", failing},
          {"signed_by", handles(bundle)},
          {"file", bundle.file.string()}};
}

void print_bundle(Invocation& run, std::string_view word, const SignedBundle& bundle) {
  run.out << word << "  " << to_hex(bundle.hash) << '\n';
  run.out << "version    " << bundle.bundle.version << '\n';
  run.out << "title      " << printable(bundle.bundle.title) << '\n';
  run.out << "signed by  " << signatures_text(bundle) << '\n';
  for (const FailingTest& one : bundle.bundle.failing_tests) {
    run.out << "test fails " << printable(one.policy) << ": " << printable(one.test) << '\n';
  }
}

int tell_proposed(Invocation& run, const SignedBundle& proposal, const SetChange& change,
                  std::size_t tests, bool json) {
  if (json) {
    nlohmann::ordered_json out = bundle_json(proposal);
    out["change"] = {{"added", change.added}, {"changed", change.changed}, {"gone", change.gone}};
    print_json(run, out);
    return code(ExitStatus::kOk);
  }
  print_bundle(run, "proposed ", proposal);
  run.out << "policies   " << listed(change) << '\n';
  run.out << "documents  " << proposal.bundle.texts.size() << '\n';
  run.out << "tests      " << tests - proposal.bundle.failing_tests.size() << " of " << tests
          << " pass\n";
  run.out << "\nNext: another policy-writer or approver, with the same files:\n"
             "  tidewaiter policy publish --as NAME --confirm "
          << to_hex(proposal.hash).substr(0, kShortHash) << '\n';
  return code(ExitStatus::kOk);
}

int tell_published(Invocation& run, const SignedBundle& published, bool recorded, bool json) {
  if (json) {
    nlohmann::ordered_json out = bundle_json(published);
    out["recorded"] = recorded;
    print_json(run, out);
    return code(ExitStatus::kOk);
  }
  print_bundle(run, "published", published);
  run.out << (recorded ? "ledger     recorded\n"
                       : "ledger     the daemon that uses this state records it at its next "
                         "reload (SIGHUP) or start\n");
  return code(ExitStatus::kOk);
}

int propose(Invocation& run, const Stores& stores, const PublishOptions& options,
            const Signatory& writer) {
  if (options.title.empty() || options.title.size() > kMostBundleTitle) {
    return fail_with(run, ExitStatus::kUsage,
                     "a proposal needs `--title` with at most 200 bytes: what changed, and why");
  }
  const auto published = publications(stores.paths.folder);
  if (!published) return fail_with(run, published.error());
  int status = 0;
  std::optional<Candidate> candidate =
      read_candidate(run, stores.config, options, *published, status);
  if (!candidate) return status;
  PolicyBundle bundle;
  bundle.title = options.title;
  bundle.set = candidate->set.hash;
  bundle.texts = std::move(candidate->texts);
  bundle.failing_tests = candidate->failing_tests;
  if (!published->empty()) {
    const SignedBundle& last = published->back();
    if (!first_difference(last.bundle.texts, bundle.texts)) {
      return fail_with(
          run, ExitStatus::kRefused,
          "nothing has changed since publication " + std::to_string(last.bundle.version));
    }
    bundle.version = last.bundle.version + 1;
    bundle.previous = last.hash;
  }
  const auto proposal =
      propose_bundle(stores.paths.folder, stores.ledger->origin(), bundle, writer);
  if (!proposal) return fail_with(run, proposal.error());
  return tell_proposed(run, *proposal, change_of(*published, candidate->set), candidate->tests,
                       options.json);
}

/// The one proposal whose hash begins with `prefix`.
Result<SignedBundle> find_proposal(const std::filesystem::path& state, const std::string& prefix) {
  Result<std::vector<SignedBundle>> all = proposals(state);
  if (!all) return tl::unexpected(all.error());
  std::erase_if(
      *all, [&prefix](const SignedBundle& one) { return !to_hex(one.hash).starts_with(prefix); });
  if (all->size() == 1) return std::move(all->front());
  return fail(ErrorCode::kNotFound,
              (all->empty() ? "no proposal begins with `" : "several proposals begin with `") +
                  prefix + "`: `tidewaiter policy publish` lists them");
}

/// Into the ledger at once, if no daemon uses it. False if one does.
Result<bool> record_now(const Stores& stores, UtcTime now) {
  const Result<StateLock> lock = StateLock::take(stores.paths.process_lock);
  if (!lock && lock.error().code == ErrorCode::kRefused) return false;
  if (!lock) return tl::unexpected(lock.error());
  const Result<std::unique_ptr<Ledger>> ledger =
      Ledger::open(stores.paths.ledger, Ledger::Mode::kReadWrite);
  if (!ledger) return tl::unexpected(ledger.error());
  const Result<std::int64_t> recorded = record_publications(stores.paths.folder, **ledger, now);
  if (!recorded) return tl::unexpected(recorded.error());
  return true;
}

int confirm(Invocation& run, const Stores& stores, const PublishOptions& options,
            const Signatory& second) {
  const Result<SignedBundle> proposal = find_proposal(stores.paths.folder, options.confirm);
  if (!proposal) return fail_with(run, proposal.error());
  const auto earlier = publications(stores.paths.folder);
  if (!earlier) return fail_with(run, earlier.error());
  int status = 0;
  const std::optional<Candidate> candidate =
      read_candidate(run, stores.config, options, *earlier, status);
  if (!candidate) return status;
  if (const auto difference = first_difference(proposal->bundle.texts, candidate->texts)) {
    return fail_with(run, ExitStatus::kRefused,
                     *difference +
                         " since this was proposed: propose again, or put the files "
                         "back");
  }
  if (proposal->bundle.failing_tests != candidate->failing_tests) {
    return fail_with(run, ExitStatus::kRefused,
                     "other tests fail than the proposal says: put the fixtures back, or propose "
                     "again");
  }
  const Result<SignedBundle> published =
      confirm_bundle(stores.paths.folder, stores.ledger->origin(), *proposal, second);
  if (!published) return fail_with(run, published.error());
  const Result<bool> recorded = record_now(stores, run.now());
  if (!recorded) {
    Error error = recorded.error();
    error.message = "version " + std::to_string(published->bundle.version) +
                    " is published, but not in the ledger yet, where the next start or reload of "
                    "the daemon puts it: " +
                    error.message;
    return fail_with(run, error);
  }
  return tell_published(run, *published, *recorded, options.json);
}

int list(Invocation& run, const Stores& stores, bool json) {
  const auto published = publications(stores.paths.folder);
  if (!published) return fail_with(run, published.error());
  const auto proposed = proposals(stores.paths.folder);
  if (!proposed) return fail_with(run, proposed.error());
  if (json) {
    nlohmann::ordered_json out = {{"published", nlohmann::ordered_json::array()},
                                  {"proposed", nlohmann::ordered_json::array()}};
    for (const SignedBundle& one : *published) out["published"].push_back(bundle_json(one));
    for (const SignedBundle& one : *proposed) out["proposed"].push_back(bundle_json(one));
    print_json(run, out);
    return code(ExitStatus::kOk);
  }
  const auto rows = [&run](std::string_view word, const std::vector<SignedBundle>& bundles) {
    for (const SignedBundle& one : bundles) {
      run.out << word << "  " << one.bundle.version << "  "
              << to_hex(one.hash).substr(0, kShortHash) << "  " << signatures_text(one) << "  "
              << printable(one.bundle.title) << '\n';
    }
  };
  rows("published", *published);
  rows("proposed ", *proposed);
  if (published->empty() && proposed->empty()) run.out << "nothing is published or proposed\n";
  return code(ExitStatus::kOk);
}

int publish(Invocation& run, const PublishOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  if (options.acting.as.empty()) return list(run, *stores, options.json);
  const auto acting =
      acting_person(run, *stores, options.acting, {"policy.publish", options.confirm, {}});
  if (!acting) return fail_with(run, acting.error());
  const Signatory& who = (*acting)->who;
  if (auto may = may_sign_publication(who.person); !may) {
    const TriedAct tried{"policy.publish", options.confirm, who.person.handle,
                         AttemptFault::kNotPublisher};
    return fail_with(run, recorded_attempt(run, *stores, tried, may.error()));
  }
  return options.confirm.empty() ? propose(run, *stores, options, who)
                                 : confirm(run, *stores, options, who);
}

std::string enough_digits(const std::string& begins) {
  const bool digits = std::ranges::all_of(
      begins, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (digits && begins.size() >= kLeastConfirmed) return {};
  return "expected at least " + std::to_string(kLeastConfirmed) +
         " digits of the proposal's hash, as `tidewaiter policy publish` prints them";
}

}  // namespace

void add_policy_publish(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "publish", "publishes policies: two people sign, the ledger records it",
      "Prints what is published and proposed, without --as. With --as and --title: lints the\n"
      "policies, runs their tests, makes a bundle of all their documents, signs it as a\n"
      "proposal, and prints what changed and what the next person types. With --as and\n"
      "--confirm: compares the files with the proposal, adds a second person's signature, and\n"
      "records the publication in the ledger. Errors of `policy lint`, a new meaning under the\n"
      "version of the last publication, and tests that fail refuse either.\n"
      "docs/publishing.md has the rules. Exit status 3 for policies with errors, 1 for tests\n"
      "that fail, 4 for a signature that may not be.",
      "  tidewaiter policy publish --as ada-byron --title \"Bursts by account\"\n"
      "  tidewaiter policy publish --as jo-ng --confirm 3f2a91c07b21\n"
      "  tidewaiter policy publish --as jo-ng --key /media/jo/jo-ng.key --confirm 3f2a91c07b21");
  auto options = std::make_shared<PublishOptions>();
  verb->add_option("path", options->paths, "Policies: files, folders or globs")->type_name("PATH");
  CLI::Option* as =
      verb->add_option("--as", options->acting.as, "Who signs: an enrolled person's handle")
          ->type_name("HANDLE");
  CLI::Option* title =
      verb->add_option("--title", options->title, "What changed, and why: for a proposal")
          ->type_name("TEXT")
          ->needs(as);
  verb->add_option("--confirm", options->confirm,
                   "The proposal to sign: how its hash begins, 8 digits or more")
      ->type_name("BUNDLE")
      ->check(enough_digits)
      ->needs(as)
      ->excludes(title);
  for (CLI::Option* const proof : add_proof_options(*verb, options->acting)) proof->needs(as);
  verb->add_flag("--allow-failing-tests", options->allow_failing_tests,
                 "Sign although tests fail: the bundle names them")
      ->needs(as);
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return publish(run, *options); };
  });
}

}  // namespace tidewaiter
