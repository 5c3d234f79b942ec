// Loading any bytes never crashes; each diagnostic points into the file; a load without errors
// gives a set that loads to the same hash again.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "policies/language/load.h"

namespace {

using namespace tidewaiter;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<PolicyText> texts = {
      {"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)}};
  const UtcTime as_of{1'780'272'000'000'000};
  const LoadOutcome first = load_policies(texts, as_of);
  for (const Diagnostic& diagnostic : first.diagnostics) {
    require(!diagnostic.code.empty() && !diagnostic.message.empty());
    require(diagnostic.span.line >= 1 && diagnostic.span.column >= 1 &&
            diagnostic.span.length >= 1);
    require(diagnostic.message.find('\n') == std::string::npos);
  }
  const LoadOutcome second = load_policies(texts, as_of);
  require(first.set.hash == second.set.hash);
  require(first.diagnostics.size() == second.diagnostics.size());
  return 0;
}
