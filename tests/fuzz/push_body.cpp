#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "daemon/sources/push/gzip_body.h"
#include "daemon/sources/push/push_batch.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

SourceConfig handed_in() {
  SourceConfig config;
  config.name = "gw";
  config.kind = "push";
  config.push.emplace();
  return config;
}

void check_body(const SourceConfig& config, const PushedBody& body) {
  const UtcTime now{1'795'435'200 * kSecond.us};
  const auto batch = read_push_batch(config, body, now);
  if (!batch) {
    // Whoever is refused is told why, and where.
    if (batch.error().reason.empty()) std::abort();
    if (!batch.error().whole && batch.error().faults.empty()) std::abort();
    return;
  }
  for (const PushStatement& statement : batch->statements) {
    if (statement.to > now || (statement.from && *statement.from >= statement.to)) std::abort();
  }
  for (const QuarantinedInput& bad : batch->quarantine) {
    if (bad.offset < 0 || bad.offset + bad.length > static_cast<std::int64_t>(body.bytes.size())) {
      std::abort();
    }
  }
  // Sent again it is known again.
  const auto again = read_push_batch(config, body, now);
  if (!again || again->records.size() != batch->records.size()) std::abort();
  for (std::size_t i = 0; i < batch->records.size(); ++i) {
    if (again->records[i].id != batch->records[i].id) std::abort();
    std::string line;
    write_record_json(batch->records[i], line);
    if (!RecordJsonReader().read(line, {})) std::abort();
  }
}

}  // namespace
}  // namespace tidewaiter

// Whatever is handed in, in whichever form, is refused with a reason or comes to records that hold.
// The first byte chooses the form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  static const SourceConfig config = handed_in();
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::map<std::string, std::string> headers = {
      {"ce-specversion", "1.0"}, {"ce-source", "s"}, {"ce-type", "tidewaiter.record"}};
  switch (data[0]) {
    case 'l':
      check_body(config, {PushForm::kNativeLines, text, nullptr});
      break;
    case 'e':
      check_body(config, {PushForm::kSingleEvent, text, nullptr});
      break;
    case 'b':
      check_body(config, {PushForm::kEventArray, text, nullptr});
      break;
    case 'h': {
      const std::size_t line = text.find('\n');
      headers["ce-id"] = std::string(text.substr(0, line));
      check_body(config, {PushForm::kHeaderEvent, line == text.npos ? "" : text.substr(line + 1),
                          &headers});
      break;
    }
    default: {
      constexpr std::size_t kMost = std::size_t{1} << 16U;
      const auto plain = gunzip(text, kMost);
      if (plain && plain->size() > kMost) std::abort();
      break;
    }
  }
  return 0;
}
