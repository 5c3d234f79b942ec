#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace tidewaiter {

/// A folder of its own for one test, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tidewaiter-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

inline void append_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

/// A policy that reports three requests of an account within an hour.
inline std::string volume_policy(std::string_view id = "test.volume", std::string_view limit = "3",
                                 std::string_view channel = "operations") {
  return "policy: " + std::string(id) +
         "\nversion: 1\ntitle: Many requests in an hour\nstatus: active\nowner: trust\n"
         "basis: [{terms: no more than that}]\nkind: extraction\nseverity: high\n"
         "description: A test.\nfalse_positives: [a test]\nreads: usage\nfor_each: account\n"
         "window: {length: 1h, wait_for_late: 2h}\nmeasure: {n: count()}\nreport_when: n >= " +
         std::string(limit) + "\nrespond: [{notify: [" + std::string(channel) + "]}]\n";
}

/// One native line of usage.
inline std::string usage_line(std::string_view id, std::string_view time,
                              std::string_view account) {
  return R"({"kind":"usage","id":")" + std::string(id) + R"(","time":")" + std::string(time) +
         R"(","account":")" + std::string(account) + "\"}\n";
}

}  // namespace tidewaiter
