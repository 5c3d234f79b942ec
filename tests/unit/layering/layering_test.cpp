// Reads every source file of the product and fails on what the house forbids: an include of a room
// that lies above or beside the reader's own, and a library's header outside the room that may know
// it.

#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

struct Room {
  std::string_view path;
  std::vector<std::string_view> may_include;  // besides itself
};

/// docs/architecture.md draws the same arrows.
const std::vector<Room>& rooms() {
  static const std::vector<Room> all{
      {"policies/model", {}},
      {"policies/screening", {"policies/model"}},
      {"policies/lists", {"policies/model", "policies/language", "policies/screening"}},
      {"policies/language", {"policies/model", "policies/linkage", "policies/screening"}},
      {"policies/engine",
       {"policies/model", "policies/language", "policies/linkage", "policies/screening"}},
      {"policies/linkage", {"policies/model"}},
      {"policies/sql", {"policies/model", "policies/language"}},
      {"policies/sigma", {"policies/model", "policies/language"}},
      {"policies/lint",
       {"policies/model", "policies/language", "policies/screening", "policies/sigma"}},
      {"policies/authoring",
       {"policies/model", "policies/language", "policies/engine", "policies/screening",
        "policies/sigma"}},
      {"storage/files", {"policies/model"}},
      {"storage/sqlite", {"policies/model", "storage/files"}},
      {"storage/snapshot", {"policies/model", "storage/files"}},
      {"storage/evidence", {"policies/model", "storage/files", "storage/sqlite"}},
      {"storage/records", {"policies/model", "storage/files", "storage/sqlite"}},
      {"storage/ledger", {"policies/model", "storage/files", "storage/sqlite", "storage/evidence"}},
      {"storage/postgres",
       {"policies/model", "storage/sqlite", "storage/evidence", "storage/ledger"}},
      {"storage/timestamp", {"policies/model", "storage/files", "storage/ledger"}},
      {"storage/verify",
       {"policies/model", "storage/files", "storage/sqlite", "storage/ledger",
        "storage/timestamp"}},
      {"storage/fsck",
       {"policies/model", "storage/files", "storage/sqlite", "storage/evidence", "storage/records",
        "storage/ledger", "storage/verify"}},
      {"storage/backup",
       {"policies/model", "storage/files", "storage/sqlite", "storage/evidence", "storage/records",
        "storage/ledger", "storage/timestamp", "storage/verify", "storage/fsck"}},
      {"storage/people", {"policies/model", "storage/files"}},
      {"storage/review", {"policies/model", "storage/ledger"}},
      {"storage/witness", {"policies/model", "storage/files", "storage/sqlite", "storage/ledger"}},
      {"daemon/outbound", {"policies/model"}},
      {"daemon/enrich", {"policies/model", "policies/language", "storage/files"}},
      {"daemon/lists",
       {"policies/model", "policies/screening", "policies/lists", "storage/files",
        "daemon/outbound"}},
      {"daemon/sources",
       {"policies/model", "policies/language", "storage/files", "storage/records",
        "storage/postgres", "daemon/outbound", "daemon/http"}},
      {"daemon/notify", {"policies/model", "storage/ledger", "daemon/outbound"}},
      {"daemon/leads", {"policies/model", "policies/language", "storage/review", "daemon/sources"}},
      {"daemon/timestamp",
       {"policies/model", "storage/files", "storage/ledger", "storage/timestamp", "daemon/notify",
        "daemon/outbound"}},
      {"daemon/pipeline",
       {"policies/model", "policies/screening", "policies/language", "policies/sigma",
        "policies/engine", "storage/records", "storage/ledger", "storage/snapshot",
        "daemon/outbound", "daemon/sources", "daemon/notify"}},
      {"daemon/app",
       {"policies/model",    "policies/language",  "policies/sigma",   "policies/engine",
        "policies/lint",     "policies/screening", "storage/files",    "storage/records",
        "storage/ledger",    "storage/evidence",   "storage/review",   "storage/snapshot",
        "storage/timestamp", "storage/verify",     "storage/postgres", "storage/people",
        "daemon/outbound",   "daemon/lists",       "daemon/sources",   "daemon/notify",
        "daemon/timestamp",  "daemon/pipeline",    "daemon/http",      "daemon/enrich"}},
      {"daemon/report",
       {"policies/model", "policies/language", "policies/engine", "policies/screening",
        "storage/files", "storage/ledger", "storage/verify", "storage/review"}},
      {"daemon/http", {"policies/model"}},
      {"daemon/world",
       {"policies/model", "policies/language", "policies/linkage", "policies/engine",
        "policies/authoring"}},
      {"daemon/simulate", {"policies/model", "daemon/http", "daemon/world"}},
      {"daemon/lsp",
       {"policies/model", "policies/language", "policies/lint", "policies/authoring"}},
      {"daemon/cli",
       {"policies/model",     "policies/language", "policies/linkage",   "policies/engine",
        "policies/sigma",     "policies/lint",     "policies/authoring", "policies/lists",
        "policies/screening", "storage/records",   "storage/evidence",   "storage/ledger",
        "storage/timestamp",  "storage/verify",    "storage/fsck",       "storage/backup",
        "daemon/sources",     "daemon/notify",     "daemon/timestamp",   "daemon/pipeline",
        "daemon/app",         "storage/files",     "daemon/lsp",         "storage/witness",
        "daemon/http",        "daemon/outbound",   "daemon/simulate",    "daemon/enrich",
        "daemon/lists",       "storage/review",    "daemon/world",       "daemon/report",
        "storage/postgres",   "storage/people",    "daemon/leads"}},
  };
  return all;
}

struct Confined {
  std::string_view header;  // regular expression over what stands between < and > or quotes
  std::vector<std::string_view> allowed;  // path prefixes
};

const std::vector<Confined>& confined() {
  static const std::vector<Confined> all{
      {"yaml-cpp/.*", {"policies/language/strict_yaml"}},
      {"libpq-fe\\.h",
       {"storage/postgres/database_url", "storage/postgres/postgres_connection",
        "storage/postgres/sql_value", "daemon/sources/postgres/postgres_client"}},
      {"cctz/.*", {"policies/language/zone_database"}},
      {"unicode/.*",
       {"policies/screening/arabic_words", "policies/screening/latin_words",
        "policies/screening/name_form"}},
      {"expat\\.h", {"policies/lists/xml_records"}},
      {"SQLiteCpp/.*|sqlite3\\.h", {"storage/"}},
      {"maxminddb\\.h", {"daemon/enrich/mmdb_file"}},
      {"curl/.*", {"daemon/outbound/"}},
      {"cereal/.*", {"policies/engine/state_archive"}},
      {"zstd\\.h", {"daemon/sources/byte_stream", "storage/snapshot/snapshot_file"}},
      {"httplib\\.h",
       {"daemon/http/http_service", "daemon/http/served_stream",
        "daemon/simulate/provider_server"}},
      {"spdlog/.*|fmt/.*", {"daemon/"}},
      {"CLI/.*", {"daemon/cli/", "daemon/app/tidewaiterd_", "storage/verify/"}},
      {"systemd/.*", {"daemon/app/"}},
      {"sodium\\.h", {"storage/"}},
      {"openssl/.*", {"policies/model/digest", "storage/evidence/", "storage/timestamp/"}},
      // Libraries neither print nor exit.
      {"iostream|cstdio|stdio\\.h", {"daemon/", "storage/verify/main"}},
  };
  return all;
}

struct Include {
  std::string file;  // relative to the root
  int line;
  std::string target;
};

std::vector<Include> includes_below(const fs::path& root) {
  static const std::regex pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Include> found;
  for (const char* top : {"policies", "storage", "daemon"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const fs::path& path = entry.path();
      if (path.extension() != ".h" && path.extension() != ".cpp") continue;
      std::ifstream in(path);
      std::string line;
      for (int number = 1; std::getline(in, line); ++number) {
        std::smatch match;
        if (std::regex_search(line, match, pattern)) {
          found.push_back({fs::relative(path, root).string(), number, match[1].str()});
        }
      }
    }
  }
  return found;
}

const Room* room_of(std::string_view path) {
  for (const Room& room : rooms()) {
    if (path.starts_with(room.path) && path.substr(room.path.size()).starts_with('/')) return &room;
  }
  return nullptr;
}

std::string breach(const Include& include) {
  return include.file + ":" + std::to_string(include.line) + " includes " + include.target;
}

bool is_ours(std::string_view target) {
  return target.starts_with("policies/") || target.starts_with("storage/") ||
         target.starts_with("daemon/");
}

TEST(Layering, NobodyIncludesUpward) {
  const std::vector<Include> all = includes_below(TIDEWAITER_SOURCE_DIR);
  ASSERT_GT(all.size(), 100U) << "the sources were not found";
  std::vector<std::string> breaches;
  for (const Include& include : all) {
    const Room* from = room_of(include.file);
    if (from == nullptr) {
      breaches.push_back(include.file + " lies in no room");
      continue;
    }
    if (!is_ours(include.target)) continue;
    const Room* to = room_of(include.target);
    const bool allowed =
        to != nullptr &&
        (to == from || std::find(from->may_include.begin(), from->may_include.end(), to->path) !=
                           from->may_include.end());
    if (!allowed) breaches.push_back(breach(include));
  }
  EXPECT_THAT(breaches, testing::IsEmpty());
}

TEST(Layering, LibrariesStayInTheirRooms) {
  std::vector<std::string> breaches;
  for (const Include& include : includes_below(TIDEWAITER_SOURCE_DIR)) {
    for (const Confined& rule : confined()) {
      if (!std::regex_match(include.target, std::regex(std::string(rule.header)))) continue;
      bool allowed = false;
      for (const std::string_view prefix : rule.allowed) {
        allowed = allowed || include.file.starts_with(prefix);
      }
      if (!allowed) breaches.push_back(breach(include));
    }
  }
  EXPECT_THAT(breaches, testing::IsEmpty());
}

TEST(Layering, IncludesAreWrittenFromTheRoot) {
  std::vector<std::string> breaches;
  for (const Include& include : includes_below(TIDEWAITER_SOURCE_DIR)) {
    if (include.target.ends_with(".h") && !is_ours(include.target) &&
        fs::exists(fs::path(TIDEWAITER_SOURCE_DIR) / fs::path(include.file).parent_path() /
                   include.target)) {
      breaches.push_back(breach(include));
    }
  }
  EXPECT_THAT(breaches, testing::IsEmpty());
}

TEST(Layering, TheTopLevelHoldsOnlyWhatARepositoryCarries) {
  static const std::vector<std::string> known{
      "CMakeLists.txt", "CMakePresets.json", "daemon",      "policies",   "storage",
      "tests",          "systemd",           "docs",        "README.md",  "LICENSE",
      "CHANGELOG.md",   "CONTRIBUTING.md",   "SECURITY.md", "quickstart", "run-tests",
      "build"};  // build is git-ignored
  std::vector<std::string> strangers;
  for (const auto& entry : fs::directory_iterator(TIDEWAITER_SOURCE_DIR)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.')) continue;
    if (std::find(known.begin(), known.end(), name) == known.end()) strangers.push_back(name);
  }
  EXPECT_THAT(strangers, testing::IsEmpty());
}

}  // namespace
}  // namespace tidewaiter
