// Any text parses or is refused with a diagnostic; what parses has a canonical text that reads back
// to the same meaning and the same text, and interpreting it over a record never crashes.

#include "policies/language/expression.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/interpret.h"

namespace {

using namespace tidewaiter;

Record sample_record() {
  Record record;
  record.time = {1'795'466'700'000'000};
  record.duration = kHour;
  set_value(record, *find_field("model"), std::string("large-2"));
  set_value(record, *find_field("output_tokens"), std::int64_t{900});
  set_value(record, *find_field("client.address"), std::string("192.0.2.7"));
  return record;
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ExprScope scope;
  scope.fields = RecordKind::kUsage;
  std::vector<Diagnostic> diagnostics;
  const auto expr = parse_expression(text, scope, {"fuzz", 1, 1, ""}, diagnostics);
  require(expr.has_value() != has_errors(diagnostics));
  if (!expr) return 0;
  const Record record = sample_record();
  (void)interpret(*expr, {&record, {}, {}});
  const std::string canonical = to_text(*expr);
  diagnostics.clear();
  const auto again = parse_expression(canonical, scope, {"fuzz", 1, 1, ""}, diagnostics);
  if (!again) {
    // Canonical texts have more brackets and may outgrow the limit on length or depth.
    require(diagnostics.at(0).code == "TW0208");
    return 0;
  }
  require(to_text(*again) == canonical);
  require(same_meaning(*expr, *again));
  return 0;
}
