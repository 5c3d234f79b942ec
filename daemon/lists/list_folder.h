#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "daemon/lists/published_list.h"
#include "policies/lists/list_entry.h"
#include "policies/lists/ofac_csv.h"
#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// One file of an issue: what its publisher calls this state of it (RFC 9110, 8.8), and its bytes'
/// SHA-256.
struct HeldFile {
  std::string etag;           ///< as in the header, quotes included; empty: none was given
  std::string last_modified;  ///< as in the header; empty: none was given
  Digest digest;
  bool operator==(const HeldFile&) const = default;
};

/// A list as it was published at a time.
struct ListIssue {
  std::string id;      ///< 32 hexadecimal digits that follow from the files' bytes
  UtcTime retrieved;   ///< when its bytes came
  std::string format;  ///< ParsedList::format
  std::int64_t entries = 0;
  std::int64_t names = 0;       ///< of the entries, with their aliases
  std::int64_t faults = 0;      ///< rows that cannot be read
  std::vector<HeldFile> files;  ///< the list; or OFAC's primary file, aliases, addresses, comments
  bool operator==(const ListIssue&) const = default;
};

/// Why the last attempt brought nothing.
struct ListProblem {
  UtcTime at;
  std::string message;  ///< lower case, no final stop
  bool operator==(const ListProblem&) const = default;
};

/// How it stands with a list.
struct ListStanding {
  std::optional<UtcTime> checked;      ///< when its publisher last gave or confirmed `issue`
  std::optional<ListIssue> issue;      ///< the last good one
  std::optional<ListIssue> previous;   ///< the one before it
  std::optional<ListProblem> problem;  ///< of the last attempt, if it failed
  bool operator==(const ListStanding&) const = default;
};

enum class ListFreshness : std::uint8_t {
  kFresh,
  kStale,    ///< nobody has confirmed it for longer than `stale_after`
  kMissing,  ///< there is no issue of it
};
[[nodiscard]] ListFreshness freshness(const PublishedList& source, const ListStanding& standing,
                                      UtcTime now);

/// "fresh", "stale", "missing".
[[nodiscard]] std::string_view freshness_name(ListFreshness freshness);

/// The bytes of an issue's files, in their order, as parse_list() takes them. They outlive the
/// result.
[[nodiscard]] OfacFiles files_to_parse(const std::vector<std::string>& texts);

/// What the bytes of an issue's files are called by: the same for the same bytes.
[[nodiscard]] std::string issue_id(const std::vector<HeldFile>& files);

/// The issues of a list: `state/lists/NAME/`.
///
///   standing.json       ListStanding
///   <id>/list           the bytes of an issue that is one file, as they came
///   <id>/sdn.csv        OFAC's primary file, and beside it alt.csv, add.csv and, where they are
///                       configured, sdn_comments.csv, by which names `tidewaiter list diff` finds
///                       them
///
/// An issue is there whole before `standing.json` names it; those that it names no more are
/// removed. Threads and processes: any. Who changes something holds a FolderLock on the folder.
class ListFolder {
 public:
  explicit ListFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

  /// Makes the folder, in a state folder that is there. Errors: kUnavailable.
  [[nodiscard]] Result<void> make();

  /// Of a folder that is not there, all is nothing. Errors: kRefused for a standing that this
  /// version cannot read, kUnavailable.
  [[nodiscard]] Result<ListStanding> standing() const;

  /// The bytes of an issue's files. Errors: kRefused if they are not those that came.
  [[nodiscard]] Result<std::vector<std::string>> texts(const ListIssue& issue) const;

  /// The issue, read. Errors: those of texts() and parse_list().
  [[nodiscard]] Result<ParsedList> list(const ListIssue& issue) const;

  /// The issue's parties as policies look into them (policies/screening/party_issue.h). Errors:
  /// those of list(); kInvalidInput for names that are not UTF-8.
  [[nodiscard]] Result<std::string> parties_text(const ListIssue& issue) const;

  /// Keeps an issue's files. Errors: kUnavailable.
  [[nodiscard]] Result<void> add(const ListIssue& issue, const std::vector<std::string>& texts);

  /// Makes `standing` what holds in a folder that is there, and removes the issues that it does not
  /// name. Errors: kUnavailable.
  [[nodiscard]] Result<void> set_standing(const ListStanding& standing);

  /// The path of an issue's first file.
  [[nodiscard]] std::filesystem::path first_file(const ListIssue& issue) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace tidewaiter
