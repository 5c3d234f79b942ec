// What parses as an envelope is its own form, and a statement in it is told again as it was read.
#include "storage/ledger/dsse_envelope.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/verify/report_statement.h"

namespace {

void check_statement(std::string_view text) {
  using namespace tidewaiter;
  const auto statement = parse_report_statement(text);
  if (!statement) return;
  const auto written = format_report_statement(*statement);
  if (!written) std::abort();
  const auto again = parse_report_statement(*written);
  if (!again || !(*again == *statement)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_statement(text);
  const auto envelope = parse_dsse(text);
  if (!envelope) return 0;
  const auto written = format_dsse(*envelope);
  if (!written || *written != text) std::abort();
  check_statement(envelope->payload);
  return 0;
}
