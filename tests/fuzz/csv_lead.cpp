// Any bytes as a tip in CSV: every subject is one line that is not empty, and was counted; what is
// refused has its place. Where no cell is quoted, the accounts of a table are those that a naive
// twin finds.

#include "daemon/leads/csv_lead.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/ascii.h"
#include "policies/model/utf8.h"

namespace {

void need(bool condition) {
  if (!condition) std::abort();
}

void check_lead(std::string_view text) {
  const auto lead = tidewaiter::read_csv_lead(text, "tip");
  if (!lead) return need(!lead.error().message.empty() && lead.error().where.starts_with("tip:"));
  for (const std::string& subject : lead->subjects) {
    need(!subject.empty() && std::ranges::none_of(subject, tidewaiter::is_control));
  }
  std::int64_t read = 0;
  for (const auto& [type, count] : lead->read) read += count;
  need(read >= static_cast<std::int64_t>(lead->subjects.size()));
  need(!lead->wholly_marked || (!lead->handling.empty() && lead->unknown_markings == 0));
  need(lead->handling.empty() || lead->handling.starts_with("TLP:"));
}

/// The first cell of each line, without the blanks around it.
std::vector<std::string> first_cells(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  std::set<std::string> cells;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view cell = text.substr(0, end);
    cell = cell.substr(0, cell.find(','));
    const std::size_t from = cell.find_first_not_of(kBlank);
    if (from != std::string_view::npos) {
      cell = cell.substr(from, cell.find_last_not_of(kBlank) + 1 - from);
      if (cell.size() <= 1024 && std::ranges::none_of(cell, tidewaiter::is_control)) {
        cells.emplace(cell);
      }
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {cells.begin(), cells.end()};
}

void check_twin(std::string_view text) {
  if (!tidewaiter::is_utf8(text) || text.find('"') != std::string_view::npos) return;
  const auto lead = tidewaiter::read_csv_lead("account\n" + std::string(text), "tip");
  need(lead && lead->subjects == first_cells(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_lead(text);
  check_twin(text);
  return 0;
}
