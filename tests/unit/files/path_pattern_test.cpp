#include "storage/files/path_pattern.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <glob.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/as_nobody.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<fs::path> glob_of_the_system(const std::string& pattern) {
  std::vector<fs::path> out;
  glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) out.emplace_back(found.gl_pathv[i]);
  }
  ::globfree(&found);
  std::ranges::sort(out);  // glob sorts by bytes, paths compare part by part
  return out;
}

TEST(PathPattern, GivesWhatGlobGivesWhereAllCanBeRead) {
  const TemporaryFolder folder;
  for (const char* name : {"a/1.yaml", "a/2.yml", "a/.hidden.yaml", "b/1.yaml", "b/in/3.yaml",
                           "b/in/[x].yaml", "c.yaml", ".d/4.yaml", "a b/5.yaml"}) {
    write_file(folder / name, "");
  }
  fs::create_symlink("nowhere", folder / "a/dangling.yaml");
  for (const char* pattern :
       {"*", "*/*", "*/*.yaml", "a/*.y?ml", "[ab]/1.yaml", "*/in/*.yaml", "*/in/\\[x\\].yaml",
        ".d/*.yaml", "a\\ b/*", "none/*", "c.yaml/*", "*/1.yaml", "a/.*.yaml", "b/../a/*"}) {
    const auto found = expand_path_pattern(folder.path(), pattern);
    ASSERT_TRUE(found) << pattern << ": " << found.error().message;
    EXPECT_EQ(*found, glob_of_the_system((folder / pattern).string())) << pattern;
    EXPECT_EQ(*expand_path_pattern("/elsewhere", (folder / pattern).string()), *found) << pattern;
  }
}

TEST(PathPattern, TwoStarsAreAnyNumberOfFolders) {
  const TemporaryFolder folder;
  for (const char* name :
       {"p/1.yaml", "p/a/2.yaml", "p/a/b/3.yaml", "p/.h/4.yaml", "p/a/5.txt", "q/6.yaml"}) {
    write_file(folder / name, "");
  }
  fs::create_directory_symlink("..", folder / "p/a/up");
  EXPECT_THAT(*expand_path_pattern(folder.path(), "p/**/*.yaml"),
              ElementsAre(folder / "p/1.yaml", folder / "p/a/2.yaml", folder / "p/a/b/3.yaml"));
  EXPECT_THAT(*expand_path_pattern(folder.path(), "**/b/**/3.yaml"),
              ElementsAre(folder / "p/a/b/3.yaml"));
  EXPECT_THAT(*expand_path_pattern(folder.path(), "**/**/6.yaml"),
              ElementsAre(folder / "q/6.yaml"));
  EXPECT_THAT(*expand_path_pattern(folder.path(), "none/**/*.yaml"), IsEmpty());
}

TEST(PathPattern, TakesTheBaseAsItIs) {
  const TemporaryFolder folder;
  write_file(folder / "[ab]/x.yaml", "");
  write_file(folder / "a/y.yaml", "");
  EXPECT_THAT(*expand_path_pattern(folder / "[ab]", "*.yaml"), ElementsAre(folder / "[ab]/x.yaml"));
}

// Holds for root too: nobody gets through a loop of links, or over a name of 300 bytes.
TEST(PathPattern, CannotLookIsNotNothingThere) {
  const TemporaryFolder folder;
  write_file(folder / "a/1.yaml", "");
  fs::create_symlink("loop", folder / "loop");
  for (const std::string& pattern :
       {std::string("*/*.yaml"), std::string("loop/*.yaml"), std::string("*/1.yaml"),
        "a/" + std::string(300, 'n') + "/*"}) {
    const auto found = expand_path_pattern(folder.path(), pattern);
    ASSERT_FALSE(found) << pattern;
    EXPECT_EQ(found.error().code, ErrorCode::kUnavailable) << pattern;
  }
  EXPECT_THAT(*expand_path_pattern(folder.path(), "none/*"), IsEmpty());
}

TEST(PathPattern, AFolderThatMayNotBeReadIsAnError) {
  const TemporaryFolder folder;
  fs::permissions(folder.path(), fs::perms::all);
  write_file(folder / "a/1.yaml", "");
  fs::permissions(folder / "a", fs::perms::none);
  const AsNobody nobody;
  if (!nobody.acts()) GTEST_SKIP() << "cannot give up the rights of root here";
  const auto found = expand_path_pattern(folder.path(), "*/*.yaml");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(found.error().message, HasSubstr("Permission denied"));
}

}  // namespace
}  // namespace tidewaiter
