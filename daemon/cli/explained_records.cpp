#include "daemon/cli/explained_records.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/record_table.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using reference::Truth;

/// Windows overlap: each record once, by time and then by sequence number.
std::vector<LogEntry> records_that(Truth truth, const Explanation& e) {
  std::map<std::pair<UtcTime, std::int64_t>, const Record*> all;
  const auto take = [&](const ExplainedWindow& window) {
    for (const reference::Input* input : window.inputs) {
      if (input->truth == truth) all[{input->record.time, input->seq}] = &input->record;
    }
  };
  for (const ExplainedWindow& window : e.windows) {
    if (window.holds()) take(window);
  }
  if (e.shown && !e.any_holds()) take(e.windows[*e.shown]);
  std::vector<LogEntry> entries;
  entries.reserve(all.size());
  for (const auto& [place, record] : all) {
    LogEntry& entry = entries.emplace_back();
    entry.seq = place.second;
    entry.body = *record;
  }
  return entries;
}

std::string table_of(std::string_view title, const std::vector<LogEntry>& entries,
                     const Policy& policy, const Terminal& terminal) {
  return '\n' +
         painted(std::string(title) + ": " + grouped(static_cast<std::int64_t>(entries.size())),
                 Tone::kStrong, terminal) +
         '\n' + record_table(entries, policy.evidence.fields).render(terminal);
}

}  // namespace

std::string explained_records_text(const Policy& policy, const Explanation& e,
                                   const Terminal& terminal) {
  const std::vector<LogEntry> certain = records_that(Truth::kTrue, e);
  const std::vector<LogEntry> doubtful = records_that(Truth::kUnknown, e);
  std::string out;
  if (!certain.empty()) {
    out += table_of(e.any_holds() ? "Records that count in the windows that hold"
                                  : "Records that count in the nearest window",
                    certain, policy, terminal);
  }
  if (!doubtful.empty()) {
    out += table_of("Records of which it cannot be told whether they count", doubtful, policy,
                    terminal);
  }
  return out;
}

std::int64_t count_listed(const Explanation& e) {
  return static_cast<std::int64_t>(records_that(Truth::kTrue, e).size() +
                                   records_that(Truth::kUnknown, e).size());
}

std::int64_t count_in_windows(const Explanation& e) {
  std::set<std::int64_t> all;
  for (const ExplainedWindow& window : e.windows) {
    for (const reference::Input* input : window.inputs) all.insert(input->seq);
  }
  return static_cast<std::int64_t>(all.size());
}

nlohmann::ordered_json explained_records_json(const ExplainedWindow& window) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const reference::Input* input : window.inputs) {
    std::string line;
    write_record_json(input->record, line);
    nlohmann::ordered_json one = {{"seq", input->seq}, {"counts", nullptr}};
    if (input->truth == Truth::kTrue) one["counts"] = true;
    one["record"] = nlohmann::ordered_json::parse(line, nullptr, false);
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace tidewaiter
