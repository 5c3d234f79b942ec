// Linting any bytes never crashes or hangs; each diagnostic and each edit has its place in the
// file; mending comes to an end, leaves no more errors, and keeps the meaning of what loads.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "policies/lint/mending.h"

namespace {

using namespace tidewaiter;

constexpr UtcTime kDayOfLint{1'780'272'000'000'000};

void require(bool condition) {
  if (!condition) std::abort();
}

std::size_t errors_in(const LoadOutcome& outcome) {
  std::size_t errors = 0;
  for (const Diagnostic& d : outcome.diagnostics) {
    errors += d.level == DiagnosticLevel::kError ? 1 : 0;
  }
  return errors;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<PolicyText> texts = {
      {"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)}};
  std::vector<SourceSupply> sources(1);
  sources[0].fields.emplace();
  const LintRequest request{texts, kDayOfLint, sources, texts};
  const LoadOutcome linted = lint_policies(request);
  for (const Diagnostic& d : linted.diagnostics) {
    require(!d.code.empty() && !d.message.empty() && d.span.line >= 1 && d.span.column >= 1);
    for (const TextEdit& edit : d.fix) require(edit.span.line >= 1 && edit.span.length >= 0);
  }
  const MendOutcome mended = mend_policies(request);
  require(errors_in(mended.left) <= errors_in(linted));
  if (!has_errors(linted.diagnostics)) require(mended.left.set.hash == linted.set.hash);
  const MendOutcome again = mend_policies({mended.texts, kDayOfLint, sources, texts});
  require(again.mended.empty());
  for (const MendedText& text : mended.mended) (void)unified_diff(text);
  return 0;
}
