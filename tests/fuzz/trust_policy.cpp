// What parses as a trust policy is written in one form that parses to the same, and all of its
// witnesses together are a quorum, which nobody is alone.
#include "storage/ledger/trust_policy.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace tidewaiter;

std::string url_of(const std::string& url) { return url.empty() ? "" : " " + url; }

std::string write(const TrustPolicy& policy) {
  std::string text;
  for (const PolicyLog& log : policy.logs) {
    text += "log " + format_verifier_key(log.key) + url_of(log.url) + "\n";
  }
  for (const PolicyWitness& witness : policy.witnesses) {
    text += "witness " + witness.name + " " + format_witness_key(witness.key) +
            url_of(witness.url) + "\n";
  }
  for (const PolicyGroup& group : policy.groups) {
    text += "group " + group.name + " " + std::to_string(group.threshold);
    for (const std::string& member : group.members) text += " " + member;
    text += "\n";
  }
  return text + "quorum " + policy.quorum + "\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = parse_trust_policy(text);
  if (!policy) return 0;
  const std::string written = write(*policy);
  const auto again = parse_trust_policy(written);
  if (!again || write(*again) != written) std::abort();
  std::vector<WitnessKey> all;
  for (const PolicyWitness& witness : policy->witnesses) all.push_back(witness.key);
  if (!has_quorum(*policy, all)) std::abort();
  if (has_quorum(*policy, {}) == policy->asks_for_witnesses()) std::abort();
  return 0;
}
