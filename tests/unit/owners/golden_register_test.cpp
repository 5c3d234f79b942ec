// Whole files in the shapes of the standards' own examples, with parties of our own, and the native
// lines that they come to. The lines are worked out by hand; their ids are SHA-256 of what the
// pages say they are of, computed by another program.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "owner_files.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using GoldenLines = std::vector<nlohmann::json>;

std::string golden_text(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(
              std::filesystem::path(TIDEWAITER_SOURCE_DIR) / "tests/unit/owners/golden" / name,
              std::ios::binary)
              .rdbuf();
  return text.str();
}

GoldenLines golden_lines(const std::string& name) {
  GoldenLines lines;
  std::istringstream text(golden_text(name));
  for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

class GoldenRegister : public OwnerScene {
 protected:
  GoldenLines read(const std::string& name) {
    write("accounts.csv", golden_text("accounts.csv"));
    config_.path = name;
    config_.owners->since = parse_time("2026-03-01").value();
    write(name, golden_text(name));
    const Pull all = pull();
    EXPECT_FALSE(all.error) << to_text(*all.error);
    EXPECT_TRUE(all.bad.empty());
    GoldenLines lines;
    for (const Record& record : all.records) {
      std::string line;
      write_record_json(record, line);
      nlohmann::json tree = nlohmann::json::parse(line);
      for (const char* const left : {"observed", "revision", "source", "completeness"}) {
        tree.erase(left);
      }
      lines.push_back(std::move(tree));
    }
    return lines;
  }
};

TEST_F(GoldenRegister, Bods04) {
  EXPECT_EQ(read("register.bods.json"), golden_lines("register.bods.jsonl"));
}

TEST_F(GoldenRegister, Bods02) {
  EXPECT_EQ(read("register.bods02.json"), golden_lines("register.bods02.jsonl"));
}

TEST_F(GoldenRegister, FollowTheMoney) {
  config_.kind = "ftm";
  EXPECT_EQ(read("entities.ftm.json"), golden_lines("entities.ftm.jsonl"));
}

}  // namespace
}  // namespace tidewaiter
