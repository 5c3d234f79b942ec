// Any bytes as a tip in STIX, and as a pattern: every subject is one line that is not empty, its
// type was counted, what is not JSON has its place, and the paths of a pattern stand in it.

#include "daemon/leads/stix_lead.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/leads/stix_pattern.h"

namespace {

void need(bool condition) {
  if (!condition) std::abort();
}

void check_lead(std::string_view text) {
  const auto lead = tidewaiter::read_stix_lead(text, "tip", tidewaiter::UtcTime{0});
  if (!lead) return need(!lead.error().message.empty() && lead.error().where.starts_with("tip"));
  for (const std::string& subject : lead->subjects) {
    need(!subject.empty() && subject.find('\n') == std::string::npos);
  }
  std::int64_t read = 0;
  for (const auto& [type, count] : lead->read) read += count;
  need(read >= static_cast<std::int64_t>(lead->subjects.size()));
  need(!lead->wholly_marked || (!lead->handling.empty() && lead->unknown_markings == 0));
  need(lead->handling.empty() || lead->handling.starts_with("TLP:"));
}

void check_pattern(std::string_view text) {
  const auto comparisons = tidewaiter::read_stix_pattern(text);
  if (!comparisons) return;
  need(!comparisons->empty());
  for (const tidewaiter::StixComparison& one : *comparisons) {
    need(!one.type.empty() && !one.path.empty());
    // Each path stands in the text as it is given, behind its type.
    need(text.find(one.type + ':' + one.path) != std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_lead(text);
  check_pattern(text);
  return 0;
}
