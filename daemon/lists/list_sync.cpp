#include "daemon/lists/list_sync.h"

#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/lists/list_fetch.h"
#include "policies/lists/list_diff.h"
#include "policies/lists/list_format.h"
#include "storage/files/folder_lock.h"

namespace tidewaiter {
namespace {

/// What the publisher has, with the bytes of files that it did not send again.
struct Published {
  std::vector<std::string> texts;
  std::vector<HeldFile> files;
};

/// An issue that is held and whose bytes are still those that came.
struct Held {
  ListIssue issue;
  std::vector<std::string> texts;
};

std::vector<std::string> urls_of(const PublishedList& source) {
  if (source.aliases_url.empty()) return {source.url};
  std::vector<std::string> urls = {source.url, source.aliases_url, source.addresses_url};
  if (!source.comments_url.empty()) urls.push_back(source.comments_url);
  return urls;
}

/// Nothing if the issue is not there, is damaged, or is one of other files than `count`: then all
/// is fetched anew.
std::optional<Held> whole_issue(const ListFolder& folder, const ListStanding& standing,
                                std::size_t count) {
  if (!standing.issue || standing.issue->files.size() != count) return std::nullopt;
  auto texts = folder.texts(*standing.issue);
  if (!texts) return std::nullopt;
  return Held{*standing.issue, *std::move(texts)};
}

Result<Published> fetch_all(HttpClient& http, const std::vector<std::string>& urls,
                            std::optional<Held>& held, const std::stop_token& stop) {
  static constexpr std::array<std::string_view, 4> kFiles = {
      "", "aliases: ", "addresses: ", "comments: "};
  Published published;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    auto file = fetch_list_file(http, urls[i], held ? &held->issue.files[i] : nullptr, stop);
    if (!file) {
      Error error = file.error();
      error.message.insert(0, kFiles[i]);
      return tl::unexpected(std::move(error));
    }
    // Nothing is not sent again but what is held.
    std::string text = file->text ? *std::move(file->text) : std::move(held->texts[i]);
    const Digest digest = sha256(text);
    published.texts.push_back(std::move(text));
    published.files.push_back({std::move(file->etag), std::move(file->last_modified), digest});
  }
  return published;
}

std::int64_t name_count(const ParsedList& list) {
  std::size_t count = list.entries.size();
  for (const ListEntry& entry : list.entries) count += entry.aliases.size();
  return static_cast<std::int64_t>(count);
}

ListIssue issue_of(const Published& published, const ParsedList& list, UtcTime now) {
  return {issue_id(published.files),
          now,
          list.format,
          static_cast<std::int64_t>(list.entries.size()),
          name_count(list),
          static_cast<std::int64_t>(list.faults.size()),
          published.files};
}

/// "is 90 where it was 100": a list that has lost much is one that was cut off, more often than
/// not.
Result<void> check_loss(const PublishedList& source, const ListIssue& before,
                        const ListIssue& after) {
  const auto check = [&](std::string_view what, std::int64_t was, std::int64_t is) -> Result<void> {
    const double least = static_cast<double>(was) * (1.0 - source.most_loss);
    if (static_cast<double>(is) >= least) return {};
    return fail(ErrorCode::kRefused,
                "it has " + std::to_string(is) + " " + std::string(what) +
                    " where the last issue " + "has " + std::to_string(was) +
                    ": more are gone than `most_loss` allows; if that is right, run `tidewaiter "
                    "list sync " +
                    source.name + " --accept`");
  };
  if (auto entries = check("entries", before.entries, after.entries); !entries) return entries;
  return check("names", before.names, after.names);
}

/// One attempt, under the folder's lock.
class Attempt {
 public:
  Attempt(const PublishedList& source, ListFolder& folder, ListStanding standing, UtcTime now)
      : source_(source), folder_(folder), now_(now) {
    report_.standing = std::move(standing);
  }

  Result<SyncReport> run(HttpClient& http, bool accept_loss, const std::stop_token& stop) {
    const std::vector<std::string> urls = urls_of(source_);
    std::optional<Held> held = whole_issue(folder_, report_.standing, urls.size());
    const bool is_whole = held.has_value();
    const auto published = fetch_all(http, urls, held, stop);
    if (!published) {
      // Whoever breaks an attempt off does not say that the publisher failed.
      if (stop.stop_requested()) return tl::unexpected(published.error());
      return hold(published.error().message);
    }
    if (is_whole && issue_id(published->files) == report_.standing.issue->id) {
      return confirm(published->files);
    }
    const Result<ParsedList> list = parse_list(files_to_parse(published->texts));
    if (!list) return hold("what came cannot be read as a list: " + list.error().message);
    if (list->entries.empty()) return hold("what came holds no entry");
    const ListIssue issue = issue_of(*published, *list, now_);
    if (report_.standing.issue && !accept_loss) {
      const auto fits = check_loss(source_, *report_.standing.issue, issue);
      if (!fits) return hold(fits.error().message);
    }
    return take(issue, *published, *list);
  }

 private:
  Result<SyncReport> hold(std::string message) {
    report_.outcome = SyncOutcome::kHeld;
    report_.standing.problem = ListProblem{now_, std::move(message)};
    return finish();
  }

  Result<SyncReport> confirm(const std::vector<HeldFile>& files) {
    report_.outcome = SyncOutcome::kUnchanged;
    report_.standing.issue->files = files;  // what it is called may be new
    report_.standing.checked = now_;
    report_.standing.problem.reset();
    return finish();
  }

  Result<SyncReport> take(const ListIssue& issue, const Published& published,
                          const ParsedList& list) {
    count_changes(list);
    if (auto added = folder_.add(issue, published.texts); !added) {
      return tl::unexpected(added.error());
    }
    report_.outcome = SyncOutcome::kNew;
    ListStanding& standing = report_.standing;
    const bool is_other = standing.issue && standing.issue->id != issue.id;
    if (is_other) standing.previous = std::move(standing.issue);
    standing.issue = issue;
    standing.checked = now_;
    standing.problem.reset();
    return finish();
  }

  /// Against the last issue, if it can still be read.
  void count_changes(const ParsedList& list) {
    ParsedList before;
    if (report_.standing.issue) {
      if (auto read = folder_.list(*report_.standing.issue)) before = *std::move(read);
    }
    const ListDiff diff = list_diff(before.entries, list.entries);
    report_.added = static_cast<std::int64_t>(diff.added.size());
    report_.removed = static_cast<std::int64_t>(diff.removed.size());
    report_.changed = static_cast<std::int64_t>(diff.changed.size());
  }

  Result<SyncReport> finish() {
    if (auto kept = folder_.set_standing(report_.standing); !kept) {
      return tl::unexpected(kept.error());
    }
    return report_;
  }

  const PublishedList& source_;
  ListFolder& folder_;
  UtcTime now_;
  SyncReport report_;
};

}  // namespace

Result<SyncReport> sync_list(const PublishedList& source, const std::filesystem::path& folder,
                             HttpClient& http, UtcTime now, bool accept_loss,
                             const std::stop_token& stop) {
  ListFolder issues(folder);
  if (auto made = issues.make(); !made) return tl::unexpected(made.error());
  const auto lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  auto standing = issues.standing();
  if (!standing) return tl::unexpected(standing.error());
  return Attempt(source, issues, *std::move(standing), now).run(http, accept_loss, stop);
}

}  // namespace tidewaiter
