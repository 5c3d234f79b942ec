#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>
#include <zlib.h>

#include "tests/e2e/quickstart_data.h"

namespace tidewaiter {
namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(TIDEWAITER_SOURCE_DIR) / "docs/examples/quickstart";

std::string read_gzip(const std::filesystem::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  std::string text;
  std::array<char, 65536> buffer{};
  for (int size = 0; file != nullptr && (size = gzread(file, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  if (file != nullptr) gzclose(file);
  return text;
}

std::string read_text(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class QuickstartTest : public testing::Test {
 protected:
  QuickstartTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("tidewaiter-quickstart-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~QuickstartTest() override { std::filesystem::remove_all(folder_); }

  /// Runs the program on the quickstart; gives its exit status, its output in `out`.
  int run(const std::string& arguments, std::string& out) const {
    const std::filesystem::path answer = folder_ / "out";
    const std::string command = std::string("'") + TIDEWAITER_PROGRAM + "' " + arguments +
                                " --config '" + (kFolder / "tidewaiter.yaml").string() +
                                "' --state '" + (folder_ / "state").string() + "' > '" +
                                answer.string() + "' 2> '" + (folder_ / "err").string() + "'";
    const int status = std::system(command.c_str());
    out = read_text(answer);
    return WEXITSTATUS(status);
  }

  std::filesystem::path folder_;
};

TEST_F(QuickstartTest, ShippedDataIsWhatTheGeneratorMakes) {
  const QuickstartData data = make_quickstart();
  EXPECT_EQ(read_gzip(kFolder / "usage.jsonl.gz"), data.usage);
  EXPECT_EQ(read_text(kFolder / "answer.json"), data.answer);
  EXPECT_LE(std::filesystem::file_size(kFolder / "usage.jsonl.gz"), 400U * 1024U);
}

TEST_F(QuickstartTest, FindsWhatThePlanHidAndNothingElse) {
  const nlohmann::json answer = nlohmann::json::parse(make_quickstart().answer);
  std::string out;
  ASSERT_EQ(run("run --once --json", out), 0) << read_text(folder_ / "err");
  const nlohmann::json got = nlohmann::json::parse(out);
  std::set<std::string> findings;
  for (const auto& f : got["findings"]) {
    EXPECT_EQ(f["state"], "potential");
    findings.insert(nlohmann::json{f["policy"], f["subject"], f["from"], f["to"]}.dump());
  }
  std::set<std::string> expected;
  for (const auto& f : answer["findings"]) {
    expected.insert(nlohmann::json{f["policy"], f["subject"], f["from"], f["to"]}.dump());
  }
  EXPECT_THAT(findings, testing::ContainerEq(expected));
  EXPECT_EQ(got["findings"].size(), expected.size());
  std::map<std::string, std::int64_t> cannot_tell;
  for (const auto& c : got["coverage"]) cannot_tell[c["policy"]] = c["windows_not_evaluable"];
  for (const auto& c : answer["not_evaluable"]) {
    EXPECT_EQ(cannot_tell[c["policy"]], c["windows"]) << c["policy"];
    cannot_tell.erase(c["policy"]);
  }
  for (const auto& [policy, windows] : cannot_tell) EXPECT_EQ(windows, 0) << policy;
}

TEST_F(QuickstartTest, SecondRunFindsNothingNewAndTheLedgerVerifies) {
  std::string out;
  ASSERT_EQ(run("run --once --json", out), 0) << read_text(folder_ / "err");
  ASSERT_EQ(run("run --once --json", out), 0) << read_text(folder_ / "err");
  const nlohmann::json again = nlohmann::json::parse(out);
  EXPECT_EQ(again["added"], 0);
  EXPECT_EQ(again["opened"], 0);
  EXPECT_EQ(run("ledger verify", out), 0) << out;
}

TEST_F(QuickstartTest, PoliciesPassTheirOwnTests) {
  std::string out;
  EXPECT_EQ(run("policy lint", out), 0) << out;
  EXPECT_EQ(run("policy test", out), 0) << out;
  EXPECT_EQ(run("policy test --engine reference", out), 0) << out;
}

}  // namespace
}  // namespace tidewaiter
