#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/config.h"
#include "daemon/app/diagnostic_text.h"
#include "storage/files/durable_file.h"
#include "storage/people/password_table.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// What follows the words that all such texts begin with, of a key or a hash.
std::string secret_of(const std::filesystem::path& file) {
  const std::string text = read_whole_file(file, 4096).value();
  return text.substr(text.size() - 20, 19);
}

// The program reads as the state's user what whoever runs it may not.
TEST(SecretFile, IsShownByNoVerbThatReadsTexts) {
  const SmallSite site;
  ASSERT_EQ(site({"init", "--person", "Root Admin=admin"}).status, 0);
  ASSERT_TRUE(set_password(site.path("state/people"), "root-admin",
                           Password("nobody waters these tulips"), kLeastPasswordCost));
  site.write("fixed.yaml", volume_policy() +
                               "tests:\n  - {name: t, fixture: state/people/root-admin.key, "
                               "expect: []}\n");
  for (const char* name : {"state/people/root-admin.key", "state/people/root-admin.password"}) {
    const std::string secret = secret_of(site.path(name));
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"policy", "lint", name},
          {"policy", "fmt", name},
          {"policy", "fmt", "--check", name},
          {"policy", "show", name},
          {"policy", "test", name},
          {"policy", "test", "fixed.yaml"},
          {"policy", "backtest", "--labels", name},
          {"policy", "backtest", "--expect", name},
          {"lead", "add", "x", "--from", "y", "--subjects-file", name, "--as", "root-admin"}}) {
      const Answer answer = site(command);
      EXPECT_NE(answer.status, 0) << command[0] << ' ' << command[1];
      EXPECT_THAT(answer.out + answer.err, Not(HasSubstr(secret)))
          << command[0] << ' ' << command[1];
    }
    const ConfigOutcome config = read_config(site.path(name), {});
    ASSERT_EQ(config.diagnostics.size(), 1U);
    EXPECT_THAT(terminal_text(config.diagnostics[0]),
                AllOf(HasSubstr("holds a key"), Not(HasSubstr(secret))));
    const Answer lint = site({"policy", "lint", name});
    EXPECT_THAT(lint.out + lint.err, HasSubstr("holds a key or the hash of a password"));
  }
}

}  // namespace
}  // namespace tidewaiter
