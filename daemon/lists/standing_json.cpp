#include "daemon/lists/standing_json.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

/// Reads members, and remembers whether all were there and of their type.
class Members {
 public:
  explicit Members(const Json& object) : object_(object), good_(object.is_object()) {}

  [[nodiscard]] bool good() const { return good_; }

  std::string text(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_string()) return wrong(), std::string();
    return value->get<std::string>();
  }
  std::int64_t number(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_number_integer()) return wrong(), 0;
    return value->get<std::int64_t>();
  }
  UtcTime time(const char* name) {
    const auto time = parse_time(text(name));
    if (!time) return wrong(), UtcTime{};
    return *time;
  }
  Digest digest(const char* name) {
    const auto digest = digest_from_hex(text(name));
    if (!digest) return wrong(), Digest{};
    return *digest;
  }
  /// Null if it is not there.
  const Json* find(const char* name) const {
    if (!object_.is_object()) return nullptr;
    const auto at = object_.find(name);
    return at == object_.end() ? nullptr : &*at;
  }
  void wrong() { good_ = false; }

 private:
  const Json& object_;
  bool good_;
};

/// One file, or OFAC's three or four.
bool is_file_count(std::size_t count) { return count == 1 || count == 3 || count == 4; }

std::optional<ListIssue> read_issue(const Json& document) {
  Members members(document);
  ListIssue issue;
  issue.id = members.text("id");
  issue.retrieved = members.time("retrieved");
  issue.format = members.text("format");
  issue.entries = members.number("entries");
  issue.names = members.number("names");
  issue.faults = members.number("faults");
  const Json* files = members.find("files");
  if (files == nullptr || !files->is_array() || !is_file_count(files->size())) {
    return std::nullopt;
  }
  for (const Json& one : *files) {
    Members file(one);
    issue.files.push_back({file.text("etag"), file.text("last_modified"), file.digest("sha256")});
    if (!file.good()) return std::nullopt;
  }
  // The id names a folder: it must be one of ours.
  if (!members.good() || issue.id != issue_id(issue.files)) return std::nullopt;
  return issue;
}

/// Whether the member is missing, or could be read into `target`.
bool read_optional_issue(const Members& members, const char* name,
                         std::optional<ListIssue>& target) {
  const Json* value = members.find(name);
  if (value == nullptr) return true;
  target = read_issue(*value);
  return target.has_value();
}

}  // namespace

nlohmann::ordered_json issue_as_json(const ListIssue& issue) {
  Json files = Json::array();
  for (const HeldFile& file : issue.files) {
    files.push_back({{"etag", file.etag},
                     {"last_modified", file.last_modified},
                     {"sha256", to_hex(file.digest)}});
  }
  return {{"id", issue.id},         {"retrieved", format_time(issue.retrieved)},
          {"format", issue.format}, {"entries", issue.entries},
          {"names", issue.names},   {"faults", issue.faults},
          {"files", files}};
}

std::string standing_text(const ListStanding& standing) {
  Json document = {{"v", kVersion}};
  if (standing.checked) document["checked"] = format_time(*standing.checked);
  if (standing.issue) document["issue"] = issue_as_json(*standing.issue);
  if (standing.previous) document["previous"] = issue_as_json(*standing.previous);
  if (standing.problem) {
    document["problem"] = {{"at", format_time(standing.problem->at)},
                           {"message", standing.problem->message}};
  }
  return document.dump(1, ' ', true, Json::error_handler_t::replace) + "\n";
}

Result<ListStanding> read_standing(std::string_view text) {
  const Json document = Json::parse(text, nullptr, false);
  Members members(document);
  ListStanding standing;
  bool good = members.number("v") == kVersion;
  if (members.find("checked") != nullptr) standing.checked = members.time("checked");
  good = read_optional_issue(members, "issue", standing.issue) && good;
  good = read_optional_issue(members, "previous", standing.previous) && good;
  if (const Json* problem = members.find("problem")) {
    Members parts(*problem);
    standing.problem = ListProblem{parts.time("at"), parts.text("message")};
    good = good && parts.good();
  }
  if (good && members.good()) return standing;
  return fail(ErrorCode::kRefused,
              "this is no standing of a list that this version can read: expected a JSON object "
              "as `tidewaiter list sync` writes it, with `v` 1; remove the list's folder and sync "
              "again");
}

}  // namespace tidewaiter
