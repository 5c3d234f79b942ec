// Reading labels never crashes; what is read names a finding, one way, and errors have their line.

#include "daemon/cli/review_labels.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto labels = tidewaiter::read_review_labels(text, "labels");
  if (!labels) {
    if (labels.error().message.empty() || !labels.error().where.starts_with("labels:")) {
      std::abort();
    }
    return 0;
  }
  for (const tidewaiter::ReviewLabel& label : *labels) {
    const bool by_subject = !label.policy.empty() && !label.subject.empty();
    if (label.finding.empty() != by_subject) std::abort();
  }
  return 0;
}
