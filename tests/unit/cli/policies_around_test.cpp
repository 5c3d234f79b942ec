// Which files a policy is read together with while it is edited.

#include "daemon/cli/policies_around.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::UnorderedElementsAre;

std::vector<std::string> names_around(const std::filesystem::path& path) {
  Environment environment;
  environment.working_folder = "/";
  std::vector<std::string> names;
  for (const PolicyText& text : policies_around(path, environment)) {
    names.push_back(std::filesystem::path(text.path).filename().string());
  }
  return names;
}

TEST(PoliciesAround, AreThoseOfTheNearestConfiguration) {
  const SmallSite site;
  std::filesystem::create_directories(site.path("policies/access"));
  std::filesystem::create_directories(site.path("policies/lists"));
  site.write("policies/access/a.yaml", "policy: a\n");
  site.write("policies/lists/l.yaml", "list: l\n");
  EXPECT_THAT(names_around(site.path("policies/access/a.yaml")),
              UnorderedElementsAre("a.yaml", "l.yaml", "volume.yaml"));
}

// The editor's path may hold a link; the document must not come twice.
TEST(PoliciesAround, HaveTheFileUnderItsOwnPath) {
  const SmallSite site;
  std::filesystem::create_directory_symlink(site.path("policies"), site.path("policies-link"));
  const std::filesystem::path path = site.path("policies-link/volume.yaml");
  const auto texts = policies_around(path, Environment{});
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts.front().path, path.string());
}

TEST(PoliciesAround, OfAFileThatNoConfigurationNamesAreThoseInItsFolder) {
  const SmallSite site;
  std::filesystem::create_directories(site.path("drafts/below"));
  site.write("drafts/d.yaml", "policy: d\n");
  site.write("drafts/e.yml", "policy: e\n");
  site.write("drafts/notes.txt", "nothing\n");
  site.write("drafts/below/f.yaml", "policy: f\n");
  EXPECT_THAT(names_around(site.path("drafts/d.yaml")), UnorderedElementsAre("d.yaml", "e.yml"));
}

}  // namespace
}  // namespace tidewaiter
