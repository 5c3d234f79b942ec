#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "daemon/sources/openai/usage_page.h"
#include "policies/model/record_json.h"

// Whatever comes, each record that is made of it lies in the window, has an id of its own and the
// fields that the endpoint is said to supply, and can be stored: its native line reads back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const UsageEndpoint& endpoint : usage_endpoints()) {
    UsageReading reading;
    reading.endpoint = &endpoint;
    reading.source = "openai";
    reading.width = kHour;
    reading.window = {{1'790'164'800 * kSecond.us}, {1'790'172'000 * kSecond.us}};
    const auto answer = read_usage_page(body, reading);
    if (!answer) {
      if (answer.error().code != ErrorCode::kInvalidInput) std::abort();
      continue;
    }
    const std::set<FieldId> fields = usage_fields(endpoint, {});
    std::set<Digest> ids;
    for (const Record& record : answer->records) {
      if (record.time < reading.window.from || record.end() > reading.window.to) std::abort();
      if (!ids.insert(record.id).second) std::abort();
      for (const auto& [field, value] : record.fields) {
        if (!fields.contains(field)) std::abort();
      }
      std::string line;
      write_record_json(record, line);
      const auto again = RecordJsonReader().read(line, {});
      if (!again || !same_content(*again, record)) std::abort();
    }
  }
  return 0;
}
