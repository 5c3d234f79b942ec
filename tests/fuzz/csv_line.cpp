#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/csv_reader.h"

// A record that splits, written again with every cell quoted, splits into the same cells; and one
// that does not split holds a quote.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Outcome = tidewaiter::CsvSplitter::Outcome;
  const std::string_view record(reinterpret_cast<const char*>(data), size);
  for (const char delimiter : {',', ';', '\t'}) {
    tidewaiter::CsvSplitter splitter(delimiter);
    if (splitter.split(record) != Outcome::kRecord) {
      if (record.find('"') == std::string_view::npos) {
        std::abort();
      }
      continue;
    }
    const std::vector<std::string> cells(splitter.cells().begin(), splitter.cells().end());
    std::string again;
    for (const std::string& cell : cells) {
      again += again.empty() ? "\"" : std::string{delimiter, '"'};
      for (const char c : cell) {
        again += c == '"' ? "\"\"" : std::string(1, c);
      }
      again += '"';
    }
    if (splitter.split(again) != Outcome::kRecord ||
        std::vector<std::string>(splitter.cells().begin(), splitter.cells().end()) != cells) {
      std::abort();
    }
  }
  return 0;
}
