#include "daemon/cli/address_status.h"

#include <memory>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

/// Until which records the file says something.
UtcTime holds_until(const HeldAddressFile& held) { return held.built + held.file.holds_for; }

}  // namespace

std::vector<AddressFileStanding> address_file_standings(const Config& config) {
  std::vector<AddressFileStanding> standings;
  if (!config.addresses) return standings;
  for (const AddressFile& file : config.addresses->files) {
    const auto opened = AddressEnricher::open({{file}});
    if (opened) {
      standings.push_back({file, (*opened)->files().front()});
    } else {
      standings.push_back({file, tl::unexpected(opened.error())});
    }
  }
  return standings;
}

void print_address_files(Invocation& run, const std::vector<AddressFileStanding>& files) {
  if (files.empty()) return;
  run.out << "addresses " << counted(static_cast<std::int64_t>(files.size()), "file");
  bool all_hold = true;
  for (const AddressFileStanding& one : files) {
    if (one.held && run.now() <= holds_until(*one.held)) continue;
    all_hold = false;
    run.out << "\n          "
            << painted(one.held ? "out of time" : "unreadable", Tone::kBad, run.terminal) << ": "
            << printable(one.file.path.filename().string());
    if (one.held) {
      run.out << " of " << format_time(one.held->built).substr(0, 10)
              << " says nothing of records after "
              << format_time(align_down(holds_until(*one.held), kSecond))
              << "; put a newer one in its place";
    } else {
      run.out << ", " << printable(one.held.error().message)
              << "; a daemon that has it open goes on with what it has";
    }
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
      file["in_time"] = run.now() <= holds_until(*one.held);
      file["bad_lines"] = one.held->bad_lines;
    } else {
      file["error"] = one.held.error().message;
    }
    all.push_back(std::move(file));
  }
  return all;
}

}  // namespace tidewaiter
