#include "storage/verify/key_choice.h"

#include <algorithm>

namespace tidewaiter {

std::optional<VerifierKey> choose_key(const std::string& given,
                                      const std::optional<EntryWalk::Creation>& creation,
                                      ProblemList& problems, std::vector<std::string>& notes) {
  const std::string own = creation ? creation->verifier_key : std::string();
  if (given.empty()) {
    notes.emplace_back(
        "no verifier key was given: signatures were checked with the key that the ledger names "
        "for itself, which does not show who signed");
  } else if (creation && own != given) {
    problems.add(VerifyFailure::kSignature, 0,
                 "the ledger names another verifier key for itself than the one given");
  }
  if (given.empty() && !creation) return std::nullopt;  // that entry 0 cannot be read was reported
  auto key = parse_verifier_key(given.empty() ? own : given);
  if (!key) {
    problems.add(VerifyFailure::kSignature, given.empty() ? 0 : -1, key.error().message);
    return std::nullopt;
  }
  if (creation && key->name != creation->origin) {
    problems.add(VerifyFailure::kSignature, 0,
                 "the verifier key is that of `" + key->name + "`, not of the ledger's origin");
  }
  return std::move(*key);
}

std::string key_by_policy(const std::optional<TrustPolicy>& policy, const std::string& given,
                          const std::optional<EntryWalk::Creation>& creation) {
  if (!policy || policy->logs.empty()) return given;
  const auto& logs = policy->logs;
  auto found = logs.end();
  if (creation) {
    found = std::ranges::find_if(logs, [&creation](const PolicyLog& log) {
      return format_verifier_key(log.key) == creation->verifier_key;
    });
    if (found == logs.end()) {
      found = std::ranges::find_if(
          logs, [&creation](const PolicyLog& log) { return log.key.name == creation->origin; });
    }
  }
  return format_verifier_key(found == logs.end() ? logs.front().key : found->key);
}

}  // namespace tidewaiter
