#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr const char* kUntidy =
    "policy: a\ntitle: \"T\"   # why\nversion: 1\nbasis: [{control: r}]\nkind: access\nseverity: "
    "low\nwindow: {every: 1h, length: 24h}\nmeasure: {n: count()}\nreport_when: n > 5\n";
constexpr const char* kTidy =
    "policy: a\nversion: 1\ntitle: T  # why\nbasis: [{control: r}]\nkind: access\nseverity: "
    "low\nwindow: {length: 24h, every: 1h}\nmeasure: {n: count()}\nreport_when: n > 5\n";

TEST(PolicyFmt, LaysFilesOutInPlace) {
  const SmallSite site;
  site.write("a.yaml", kUntidy);
  ::chmod(site.path("a.yaml").c_str(), 0640);
  std::filesystem::create_symlink("a.yaml", site.path("link.yaml"));
  const Answer answer = site({"policy", "fmt", "link.yaml"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_THAT(answer.out, AllOf(HasSubstr("laid out "), HasSubstr("1 file, 1 changed")));
  EXPECT_EQ(read(site.path("a.yaml")), kTidy);
  EXPECT_TRUE(std::filesystem::is_symlink(site.path("link.yaml")));
  struct ::stat mode = {};
  ASSERT_EQ(::stat(site.path("a.yaml").c_str(), &mode), 0);
  EXPECT_EQ(mode.st_mode & 0777U, 0640U);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(site.path(""))) {
    files += entry.path().filename().string().find(".new-") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(files, 0) << "nothing is left beside the file";
  EXPECT_THAT(site({"policy", "fmt", "a.yaml"}).out, HasSubstr("1 file, 0 changed"));
}

TEST(PolicyFmt, ChecksWithoutWriting) {
  const SmallSite site;
  site.write("a.yaml", kUntidy);
  const Answer check = site({"policy", "fmt", "--check", "a.yaml"});
  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(check.out, HasSubstr("not laid out: "));
  const Answer diff = site({"policy", "fmt", "--diff", "a.yaml"});
  EXPECT_EQ(diff.status, 1);
  EXPECT_THAT(diff.out,
              AllOf(HasSubstr("\n-title: \"T\"   # why\n"), HasSubstr("\n+title: T  # why\n")));
  EXPECT_EQ(read(site.path("a.yaml")), kUntidy);
  const auto json = site({"policy", "fmt", "--check", "--json", "a.yaml"}).json();
  EXPECT_EQ(json["written"], false);
  EXPECT_EQ(json["changed"].size(), 1U);
  site.write("a.yaml", kTidy);
  EXPECT_EQ(site({"policy", "fmt", "--check", "a.yaml"}).status, 0);
}

TEST(PolicyFmt, LeavesAFileWithErrorsAsItIs) {
  const SmallSite site;
  const std::string bad = std::string(kUntidy) + "ownr: x\n";
  site.write("a.yaml", bad);
  const Answer answer = site({"policy", "fmt", "a.yaml"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.err, AllOf(HasSubstr("TW0102"), HasSubstr("left as it was")));
  EXPECT_EQ(read(site.path("a.yaml")), bad);
}

TEST(PolicyNew, PrintsOrWritesWhatLintsAndTests) {
  const SmallSite site;
  const Answer printed = site({"policy", "new", "ratio"});
  EXPECT_EQ(printed.status, 0);
  EXPECT_THAT(printed.out, HasSubstr("\npolicy: mine.ratio\n"));
  EXPECT_EQ(site({"policy", "new", "--from", "ratio", site.path("r.yaml").string()}).status, 0);
  EXPECT_EQ(read(site.path("r.yaml")), printed.out);
  EXPECT_EQ(site({"policy", "lint", "r.yaml"}).status, 0);
  EXPECT_EQ(site({"policy", "test", "r.yaml"}).status, 0);
  EXPECT_EQ(site({"policy", "fmt", "--check", "r.yaml"}).status, 0);
}

TEST(PolicyNew, OverwritesNothingAndKnowsItsTemplates) {
  const SmallSite site;
  site.write("r.yaml", "mine\n");
  EXPECT_EQ(site({"policy", "new", "ratio", "r.yaml"}).status, 4);
  EXPECT_EQ(read(site.path("r.yaml")), "mine\n");
  const Answer typo = site({"policy", "new", "ratoi"});
  EXPECT_EQ(typo.status, 2);
  EXPECT_THAT(typo.err, HasSubstr("did you mean `ratio`?"));
  EXPECT_EQ(site({"policy", "new"}).status, 2);
  EXPECT_EQ(site({"policy", "new", "--from", "ratio", "a.yaml", "b.yaml"}).status, 2);
  EXPECT_THAT(site({"policy", "new", "--list"}).out, HasSubstr("extraction"));
  const Answer json = site({"policy", "new", "ratio", "new.yaml", "--json"});
  EXPECT_EQ(json.status, 2);
  EXPECT_THAT(json.err, HasSubstr("`--json` is for `--list`"));
  EXPECT_FALSE(std::filesystem::exists(site.path("new.yaml")));
  EXPECT_THAT(site({"policy", "new", "--help"}).out,
              testing::AllOf(HasSubstr("[template] [file]"), testing::Not(HasSubstr("0x"))));
  EXPECT_GE(site({"policy", "new", "--json"}).json()["templates"].size(), 12U);
}

TEST(PolicySchema, IsAJsonSchema) {
  const SmallSite site;
  const auto schema = site({"policy", "schema"}).json();
  EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#");
  EXPECT_TRUE(schema["definitions"]["policy"]["properties"].contains("report_when"));
}

TEST(PolicyShow, ExplainsOnePolicy) {
  const SmallSite site;
  const Answer text = site({"policy", "show", "test.volume"}, 60);
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("When it reports"), HasSubstr("in which n is at least"),
                              HasSubstr("each account")));
  const auto json = site({"policy", "show", "test.volume", "--json"}).json();
  EXPECT_EQ(json["id"], "test.volume");
  const Answer typo = site({"policy", "show", "test.volum"});
  EXPECT_EQ(typo.status, 2);
  EXPECT_THAT(typo.err, HasSubstr("did you mean `test.volume`?"));
  // Of a file the policy that it holds, wherever the configured ones are.
  site.write("drafts/other.yaml", volume_policy("test.other"));
  EXPECT_EQ(site({"policy", "show", "drafts/other.yaml", "--json"}).json()["id"], "test.other");
  site.write("drafts/two.yaml", volume_policy("test.one") + "---\n" + volume_policy("test.two"));
  EXPECT_THAT(site({"policy", "show", "drafts/two.yaml"}).err,
              HasSubstr("holds several policies (test.one, test.two)"));
}

TEST(PolicyDocs, WritesAPageForEachPolicyAndReplacesItLater) {
  const SmallSite site;
  site.write("policies/other.yaml", volume_policy("test.other"));
  const std::string folder = site.path("pages").string();
  EXPECT_EQ(site({"policy", "docs", "--out", folder}).status, 0);
  EXPECT_THAT(read(site.path("pages/test.volume.md")), HasSubstr("## On what it rests"));
  EXPECT_TRUE(std::filesystem::exists(site.path("pages/test.other.md")));
  site.write("pages/test.volume.md", "a former page");
  EXPECT_EQ(site({"policy", "docs", "--out", folder}).status, 0);
  EXPECT_THAT(read(site.path("pages/test.volume.md")), Not(HasSubstr("a former page")));
  EXPECT_EQ(site({"policy", "docs", "--html", "--out", folder}).status, 0);
  EXPECT_THAT(read(site.path("pages/policies.html")),
              AllOf(HasSubstr("<a href=\"#test.other\">"), HasSubstr("id=\"test.volume\"")));
  EXPECT_THAT(site({"policy", "docs"}).out, HasSubstr("## When it reports"));
}

TEST(PolicyDocs, WritesNothingAboutPoliciesWithErrors) {
  const SmallSite site;
  site.write("policies/volume.yaml", volume_policy("test.volume", "three"));
  const Answer answer = site({"policy", "docs"});
  EXPECT_EQ(answer.status, 3);
  EXPECT_EQ(answer.out, "");
}

}  // namespace
}  // namespace tidewaiter
