#include "daemon/cli/address_status.h"

#include <ostream>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

/// Until which records the file says something.
UtcTime holds_until(const HeldAddressFile& held) { return held.built + held.file.holds_for; }

void print_trouble(Invocation& run, const AddressFileStanding& one) {
  const auto begin = [&](std::string_view what) {
    run.out << "\n          " << painted(what, Tone::kBad, run.terminal) << ": "
            << printable(one.file.path.filename().string());
  };
  if (!one.held) {
    begin("unreadable");
    run.out << ", " << printable(one.held.error().message)
            << "; a daemon that has it open goes on with what it has";
    return;
  }
  const HeldAddressFile& held = *one.held;
  if (!held.holds_at(run.now())) {
    begin("out of time");
    run.out << " of " << format_time(held.built).substr(0, 10)
            << " says nothing of records of today; put another in its place";
  }
  if (held.bad_lines > 0) {
    begin("partly read");
    run.out << ", " << counted(held.bad_lines, "line") << " of it "
            << (held.bad_lines == 1 ? "names" : "name") << " no network";
  }
}

}  // namespace

std::vector<AddressFileStanding> address_file_standings(const Config& config) {
  std::vector<AddressFileStanding> standings;
  if (!config.addresses) return standings;
  for (const AddressFile& file : config.addresses->files) {
    standings.push_back({file, AddressEnricher::look(file)});
  }
  return standings;
}

void print_address_files(Invocation& run, const std::vector<AddressFileStanding>& files) {
  if (files.empty()) return;
  run.out << "addresses " << counted(static_cast<std::int64_t>(files.size()), "file");
  bool all_hold = true;
  for (const AddressFileStanding& one : files) {
    if (one.held && one.held->holds_at(run.now()) && one.held->bad_lines == 0) continue;
    all_hold = false;
    print_trouble(run, one);
  }
  run.out << (all_hold ? ", in their time" : "") << '\n';
}

nlohmann::ordered_json address_files_json(const Invocation& run,
                                          const std::vector<AddressFileStanding>& files) {
  auto all = nlohmann::ordered_json::array();
  for (const AddressFileStanding& one : files) {
    nlohmann::ordered_json file = {{"file", one.file.path.string()}};
    if (one.held) {
      file["title"] = one.held->title;
      file["built"] = format_time(one.held->built);
      file["holds_until"] = format_time(holds_until(*one.held));
      file["in_time"] = one.held->holds_at(run.now());
      file["entries"] = one.held->entries;
      file["bad_lines"] = one.held->bad_lines;
    } else {
      file["error"] = one.held.error().message;
    }
    all.push_back(std::move(file));
  }
  return all;
}

}  // namespace tidewaiter
