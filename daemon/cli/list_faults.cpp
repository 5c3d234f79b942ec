#include "daemon/cli/list_faults.h"

#include <ostream>

#include "daemon/cli/list_files.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostToldFaults = 10;

}  // namespace

void tell_faults(Invocation& run, const std::string& file, const std::vector<ListFault>& faults) {
  for (std::size_t i = 0; i < faults.size() && i < kMostToldFaults; ++i) {
    const ListFault& fault = faults[i];
    run.err << printable(file_of(file, fault)) << ":"
            << (fault.line == 0 ? "" : std::to_string(fault.line) + ":") << " "
            << printable(fault.message) << '\n';
  }
  if (faults.size() > kMostToldFaults) {
    run.err << printable(file) << ": "
            << counted(static_cast<std::int64_t>(faults.size() - kMostToldFaults), "more row")
            << " could not be read\n";
  }
}

std::string joined_parts(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(between)) + part;
  return text;
}

}  // namespace tidewaiter
