// Loading any bytes as Sigma never crashes or hangs; each diagnostic points at a place of the file;
// what loads judges events and correlates them without a crash, and says the same twice. The same
// bytes as a policy set, where rules become policies, do no harm either.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/code_points.h"
#include "policies/sigma/correlator.h"
#include "policies/sigma/load.h"
#include "policies/sigma/logsource.h"
#include "policies/sigma/policy_set.h"

namespace {

using namespace tidewaiter;

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

void require_places(const std::vector<Diagnostic>& diagnostics, std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(text);
  for (const Diagnostic& diagnostic : diagnostics) {
    require(!diagnostic.code.empty() && !diagnostic.message.empty());
    require(diagnostic.message.find('\n') == std::string::npos);
    const SourceSpan& span = diagnostic.span;
    require(span.line >= 1 && static_cast<std::size_t>(span.line) <= lines.size());
    const std::string_view line = lines[static_cast<std::size_t>(span.line) - 1];
    require(span.column >= 1 && span.column <= count_code_points(line) + 1);
    require(span.length >= 1);
  }
}

/// An event that has every field which the rules look at, with a value that some rules look for.
SigmaEvent event_for(const SigmaSet& set, std::string_view value) {
  SigmaEvent event;
  for (const SigmaRule& rule : set.rules) {
    for (const std::string& field : fields_of(rule.detection)) {
      if (event.find(field) == nullptr) event.add(field, sigma_text(std::string(value)));
    }
  }
  return event;
}

std::size_t count_matches(const SigmaSet& set) {
  const SigmaMatcher matcher(set);
  SigmaCorrelator correlator(set);
  std::size_t matches = 0;
  std::int64_t second = 0;
  for (const std::string_view value : {"", "a", "5", "2026-03-01T10:00:00Z", "10.0.0.1", "-x é"}) {
    const SigmaEvent event = event_for(set, value);
    for (const SigmaMatcher::Match& match : matcher.matches(event).found) {
      require(correlator.add(match.rule, UtcTime{++second * kSecond.us}, *match.event));
      ++matches;
    }
  }
  return matches + correlator.finish().size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::vector<PolicyText> texts = {{"fuzz.yml", text}};
  const SigmaOptions options{{{"a", {"b*", "10.0.0.0/8"}}}};
  const SigmaOutcome outcome = load_sigma(texts, options);
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (!text.starts_with(kByteOrderMark)) require_places(outcome.diagnostics, text);
  require(count_matches(outcome.set) == count_matches(outcome.set));
  (void)load_mapping(texts.front());
  const LoadOutcome as_set = load_policy_set(texts, UtcTime{0});
  if (!text.starts_with(kByteOrderMark)) require_places(as_set.diagnostics, text);
  return 0;
}
