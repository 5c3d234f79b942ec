#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tidewaiter {

/// A fenced block of a Markdown page: "yaml policy", "yaml part", "yaml files", "yaml refused",
/// "yaml accepted".
struct Block {
  std::string section;  ///< the last `## ` heading before it
  std::string kind;
  std::string text;
  int line = 0;
};

inline std::vector<std::string> read_lines(const std::string& page) {
  std::ifstream file(std::string(TIDEWAITER_SOURCE_DIR) + "/docs/" + page);
  EXPECT_TRUE(file) << page;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

inline std::vector<Block> read_blocks(const std::string& page) {
  std::vector<Block> blocks;
  std::string section;
  bool inside = false;
  int number = 0;
  for (const std::string& line : read_lines(page)) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({section, line.substr(3), "", number});
    } else if (inside) {
      blocks.back().text += line + "\n";
    } else if (line.starts_with("## ")) {
      section = line.substr(3);
    }
  }
  return blocks;
}

}  // namespace tidewaiter
