#include "daemon/cli/configured_lists.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/lists/standing_json.h"
#include "policies/lists/list_code.h"
#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

nlohmann::ordered_json held_issue_json(const ConfiguredList& list, const ListIssue& issue) {
  nlohmann::ordered_json out = issue_as_json(issue);
  out["file"] = list.folder.first_file(issue).string();
  return out;
}

}  // namespace

Result<std::vector<ConfiguredList>> configured_lists(const Config& config,
                                                     const std::vector<std::string>& names) {
  if (config.lists.empty()) {
    return fail(ErrorCode::kNotFound,
                "no lists are configured: see `lists:` in docs/configuration.md");
  }
  for (const std::string& name : names) {
    if (std::ranges::find(config.lists, name, &PublishedList::name) == config.lists.end()) {
      return fail(ErrorCode::kNotFound,
                  "no list `" + name + "` is configured: `tidewaiter list status` shows them");
    }
  }
  std::vector<ConfiguredList> lists;
  for (const PublishedList& source : config.lists) {
    if (!names.empty() && std::ranges::find(names, source.name) == names.end()) continue;
    ListFolder folder(state_paths(config).lists / source.name);
    auto standing = folder.standing();
    if (!standing) return tl::unexpected(standing.error());
    lists.push_back({source, std::move(folder), *std::move(standing)});
  }
  return lists;
}

nlohmann::ordered_json list_standing_json(const ConfiguredList& list, UtcTime now) {
  const ListStanding& standing = list.standing;
  nlohmann::ordered_json out{{"name", list.source.name},
                             {"freshness", freshness_name(freshness(list.source, standing, now))},
                             {"checked", nullptr},
                             {"issue", nullptr},
                             {"previous", nullptr},
                             {"problem", nullptr}};
  if (standing.checked) out["checked"] = format_time(*standing.checked);
  if (standing.issue) out["issue"] = held_issue_json(list, *standing.issue);
  if (standing.previous) out["previous"] = held_issue_json(list, *standing.previous);
  if (standing.problem) {
    out["problem"] = {{"at", format_time(standing.problem->at)},
                      {"message", standing.problem->message}};
  }
  return out;
}

Result<std::vector<ListBook::Source>> read_issues(Invocation& run,
                                                  const std::vector<ConfiguredList>& lists) {
  std::vector<ListBook::Source> sources;
  for (const ConfiguredList& list : lists) {
    const std::string& name = list.source.name;
    switch (freshness(list.source, list.standing, run.now())) {
      case ListFreshness::kMissing:
        return fail(ErrorCode::kNotFound, "the list `" + name +
                                              "` has not been fetched yet: run `tidewaiter list "
                                              "sync`, or name files with --list");
      case ListFreshness::kStale:
        run.err << "the list `" << name << "` is stale: its publisher last confirmed it at "
                << format_time(*list.standing.checked) << '\n';
        break;
      case ListFreshness::kFresh:
        break;
    }
    Result<ParsedList> read = list.folder.list(*list.standing.issue);
    if (!read) return tl::unexpected(read.error());
    const std::string_view code = list.source.consequences.empty()
                                      ? list_code(*read, list.source.url)
                                      : std::string_view(list.source.consequences);
    sources.push_back({name, *std::move(read), shipped_consequences(code)});
  }
  return sources;
}

}  // namespace tidewaiter
