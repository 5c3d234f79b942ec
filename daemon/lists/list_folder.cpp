#include "daemon/lists/list_folder.h"

#include <array>
#include <span>
#include <system_error>
#include <utility>

#include "daemon/lists/standing_json.h"
#include "policies/lists/list_format.h"
#include "policies/lists/listed_parties.h"
#include "policies/screening/party_issue.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerWrites = 0640;
constexpr std::size_t kMostStandingBytes = 65'536;
constexpr std::size_t kMostListBytes = std::size_t{512} << 20U;
constexpr std::size_t kIdDigits = 32;

constexpr std::array<std::string_view, 1> kOneFile = {"list"};
constexpr std::array<std::string_view, 4> kOfacFiles = {"sdn.csv", "alt.csv", "add.csv",
                                                        "sdn_comments.csv"};

/// What the files of an issue are called.
std::span<const std::string_view> file_names(std::size_t count) {
  if (count == kOneFile.size()) return kOneFile;
  return kOfacFiles;
}

fs::path standing_file(const fs::path& folder) { return folder / "standing.json"; }

Result<void> make_folders(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) return sync_folder(folder.parent_path());
  return fail(ErrorCode::kUnavailable,
              "cannot make the folder `" + folder.string() + "`: " + failure.message());
}

/// Removes the issues that nothing names. What cannot be removed is in nobody's way: the next call
/// tries again.
void remove_others(const fs::path& folder, const ListStanding& standing) {
  const auto is_named = [&standing](const std::string& id) {
    return (standing.issue && standing.issue->id == id) ||
           (standing.previous && standing.previous->id == id);
  };
  std::vector<fs::path> others;
  std::error_code ignored;
  for (fs::directory_iterator at(folder, ignored), end; !ignored && at != end;
       at.increment(ignored)) {
    std::error_code unknown;
    if (at->is_directory(unknown) && !is_named(at->path().filename().string())) {
      others.push_back(at->path());
    }
  }
  for (const fs::path& other : others) fs::remove_all(other, ignored);
}

}  // namespace

ListFreshness freshness(const PublishedList& source, const ListStanding& standing, UtcTime now) {
  if (!standing.issue || !standing.checked) return ListFreshness::kMissing;
  return now.us - standing.checked->us > source.stale_after.us ? ListFreshness::kStale
                                                               : ListFreshness::kFresh;
}

std::string_view freshness_name(ListFreshness freshness) {
  static constexpr std::array<std::string_view, 3> kNames = {"fresh", "stale", "missing"};
  return kNames[static_cast<std::size_t>(freshness)];
}

OfacFiles files_to_parse(const std::vector<std::string>& texts) {
  const auto text = [&texts](std::size_t i) {
    return i < texts.size() ? std::string_view(texts[i]) : std::string_view();
  };
  return {text(0), text(1), text(2), text(3)};
}

std::string issue_id(const std::vector<HeldFile>& files) {
  Sha256 all;
  for (const HeldFile& file : files) all.update(file.digest.bytes);
  return to_hex(all.finish()).substr(0, kIdDigits);
}

Result<void> ListFolder::make() { return make_folders(folder_); }

Result<ListStanding> ListFolder::standing() const {
  const fs::path file = standing_file(folder_);
  const Result<std::string> text = read_whole_file(file, kMostStandingBytes);
  if (!text) {
    if (text.error().code == ErrorCode::kNotFound) return ListStanding{};
    return tl::unexpected(text.error());
  }
  Result<ListStanding> standing = read_standing(*text);
  if (!standing) standing.error().where = file.string();
  return standing;
}

Result<std::vector<std::string>> ListFolder::texts(const ListIssue& issue) const {
  std::vector<std::string> texts;
  const auto names = file_names(issue.files.size());
  for (std::size_t i = 0; i < issue.files.size(); ++i) {
    const fs::path file = folder_ / issue.id / names[i];
    Result<std::string> text = read_whole_file(file, kMostListBytes);
    if (!text) return tl::unexpected(text.error());
    if (sha256(*text) != issue.files[i].digest) {
      return fail(ErrorCode::kRefused,
                  "the file is not the one that was fetched: its SHA-256 differs; fetch it again "
                  "with `tidewaiter list sync`",
                  file.string());
    }
    texts.push_back(*std::move(text));
  }
  return texts;
}

Result<ParsedList> ListFolder::list(const ListIssue& issue) const {
  const auto bytes = texts(issue);
  if (!bytes) return tl::unexpected(bytes.error());
  return parse_list(files_to_parse(*bytes));
}

Result<std::string> ListFolder::parties_text(const ListIssue& issue) const {
  const auto read = list(issue);
  if (!read) return tl::unexpected(read.error());
  return party_issue_text(listed_parties(*read));
}

Result<void> ListFolder::add(const ListIssue& issue, const std::vector<std::string>& texts) {
  const fs::path folder = folder_ / issue.id;
  if (auto made = make_folders(folder); !made) return made;
  const auto names = file_names(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (auto placed = place_file(folder / names[i], kOwnerWrites, texts[i]); !placed) return placed;
  }
  return {};
}

Result<void> ListFolder::set_standing(const ListStanding& standing) {
  if (auto placed = place_file(standing_file(folder_), kOwnerWrites, standing_text(standing));
      !placed) {
    return placed;
  }
  remove_others(folder_, standing);
  return {};
}

fs::path ListFolder::first_file(const ListIssue& issue) const {
  return folder_ / issue.id / file_names(issue.files.size()).front();
}

}  // namespace tidewaiter
