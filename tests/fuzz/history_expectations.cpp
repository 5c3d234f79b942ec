// Reading expectations never crashes; what is read without an error can be checked, and every fault
// has a code and a place.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "policies/authoring/expectations.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ExpectationsOutcome read = read_expectations("history.yaml", text);
  for (const Diagnostic& diagnostic : read.diagnostics) {
    if (diagnostic.code.empty() || diagnostic.span.line < 1) std::abort();
  }
  if (has_errors(read.diagnostics)) return 0;
  if (read.expectations.empty()) std::abort();  // nothing expected is a fault
  for (const HistoryExpectation& one : read.expectations) {
    if (one.policy.empty() || one.findings.most < one.findings.least) std::abort();
  }
  // Where nothing was tried, nothing is as expected.
  for (const ExpectationResult& result : check_expectations(read.expectations, {}, {})) {
    if (result.failures.empty()) std::abort();
  }
  return 0;
}
