#include "policies/model/record_json.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "policies/model/utf8.h"

namespace {

/// What reads the common form of a line quickly, and keeps the names of the last lines for that,
/// must say what the general way says, which is had by asking for a line's delivery.
void expect_alike(const tidewaiter::Result<tidewaiter::Record>& plain,
                  const tidewaiter::Result<tidewaiter::Delivery>& general) {
  if (plain.has_value() != general.has_value()) std::abort();
  if (!plain) {
    if (plain.error().message != general.error().message) std::abort();
    return;
  }
  const tidewaiter::Record& record = general->record;
  if (!same_content(*plain, record) || plain->id != record.id ||
      plain->revision != record.revision || plain->observed != record.observed) {
    std::abort();
  }
}

}  // namespace

// A line that reads is written, and what was written reads back as the same record and writes the
// same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tidewaiter::Record;
  static tidewaiter::RecordJsonReader reader;
  static const Record defaults = [] {
    Record record;
    record.source = "fuzz";
    return record;
  }();
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto first = reader.read(line, defaults);
  const bool may_arrive = line.find("arrives") != std::string_view::npos;
  if (!may_arrive && line.find('\\') == std::string_view::npos) {
    static tidewaiter::RecordJsonReader general;
    expect_alike(first, general.read_delivery(line, defaults));
    // A second time by the names that the first has left.
    if (reader.read(line, defaults).has_value() != first.has_value()) std::abort();
  }
  if (!first) {
    // Messages are one line of text without control characters, and a refused line leaves the
    // reader usable.
    const std::string& message = first.error().message;
    if (!tidewaiter::is_utf8(message)) std::abort();
    for (const char c : message) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) std::abort();
    }
    if (!reader.read(R"({"kind":"usage","time":"2026-01-01"})", defaults)) std::abort();
    return 0;
  }
  std::string written;
  write_record_json(*first, written);
  const auto second = reader.read(written, Record{});
  if (!second) std::abort();
  if (!same_content(*first, *second) || first->id != second->id ||
      first->revision != second->revision || first->observed != second->observed) {
    std::abort();
  }
  std::string again;
  write_record_json(*second, again);
  if (again != written) std::abort();
  return 0;
}
