#include "daemon/cli/published_texts.h"

#include <ostream>

#include "policies/sigma/policy_set.h"

namespace tidewaiter {

std::vector<PolicyText> published_texts(Invocation& run,
                                        const std::vector<SignedBundle>& published) {
  if (published.empty()) return {};
  const SignedBundle& last = published.back();
  if (!has_errors(load_policy_set(last.bundle.texts, run.now()).diagnostics)) {
    return last.bundle.texts;
  }
  run.err << "tidewaiter: warning: publication " << last.bundle.version
          << " is not read by this version of the program: the policies' versions are not "
             "compared with it\n";
  return {};
}

}  // namespace tidewaiter
