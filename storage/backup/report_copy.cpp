#include "storage/backup/report_copy.h"

#include <cstdint>
#include <limits>
#include <system_error>
#include <variant>

#include <sys/stat.h>

#include "storage/files/durable_file.h"
#include "storage/files/file_stream.h"
#include "storage/ledger/act.h"
#include "storage/ledger/short_id.h"
#include "storage/verify/bag_manifest.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kReportFileMode = 0600;
constexpr std::int64_t kLongestReportFile = std::numeric_limits<std::int64_t>::max();

Result<void> make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable,
              "cannot make the folder `" + folder.string() + "`: " + failure.message());
}

/// Why the files of a report are not what went out; empty if they are.
Result<std::string> fault_of(const fs::path& folder, const Digest& manifest) {
  const Result<std::string> text = read_whole_file(folder / kManifestFile, kMaxManifestBytes);
  if (!text && text.error().code == ErrorCode::kUnavailable) return tl::unexpected(text.error());
  if (!text) return std::string("its files are not there");
  const Result<BagManifest> listed = parse_manifest(*text);
  if (sha256(*text) != manifest || !listed) return std::string("its manifest was changed");
  for (const auto& [name, digest] : *listed) {
    const Result<FileMeasure> file = measure_file(folder / name, kLongestReportFile);
    if (!file && file.error().code == ErrorCode::kUnavailable) return tl::unexpected(file.error());
    if (!file) return "`" + name + "` is not there";
    if (file->sha256 != digest) return "`" + name + "` was changed";
  }
  return std::string();
}

}  // namespace

Result<void> copy_reports(const fs::path& from, const fs::path& to) {
  const Result<bool> there = is_there(from);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return {};
  if (auto made = make_folder(to); !made) return made;
  std::error_code failure;
  fs::recursive_directory_iterator it(from, failure);
  for (const fs::recursive_directory_iterator end; !failure && it != end; it.increment(failure)) {
    const fs::path copy = to / it->path().lexically_relative(from);
    const fs::file_status status = it->symlink_status(failure);
    if (status.type() == fs::file_type::directory) {
      if (auto made = make_folder(copy); !made) return made;
    } else if (status.type() == fs::file_type::regular) {
      if (auto done = copy_whole_file(it->path(), copy, kReportFileMode); !done) return done;
    }
  }
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable,
              "cannot read the folder `" + from.string() + "`: " + failure.message());
}

Result<std::vector<std::string>> report_gaps(const Ledger& ledger, const fs::path& reports) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  std::vector<std::string> gaps;
  for (const RecordedAct& act : *acts) {
    const auto* const issued = std::get_if<ReportIssued>(&act.act.act.body);
    if (issued == nullptr) continue;
    const std::string& id = act.act.act.case_id;
    const Result<std::string> fault = is_short_id(id, "r-")
                                          ? fault_of(reports / id, issued->manifest)
                                          : Result<std::string>("no folder has such a name");
    if (!fault) return tl::unexpected(fault.error());
    if (!fault->empty()) gaps.push_back("the issued report `" + id + "`: " + *fault);
  }
  return gaps;
}

}  // namespace tidewaiter
