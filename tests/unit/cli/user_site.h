#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "storage/people/password_table.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {

/// A site with a case, where `root-admin` and `jo`, an officer, have passwords, and `kim`, an
/// approver, has none. The hashes are cheap ones: the first right password makes them anew.
class UserTest : public testing::Test {
 protected:
  static constexpr const char* kJo = "eleven green houses by the quay";
  static constexpr const char* kRoot = "nobody waters these tulips";

  UserTest() {
    EXPECT_EQ(site_({"init", "--person", "Jo=officer", "--person", "Kim=approver", "--person",
                     "Root Admin=admin"})
                  .status,
              0);
    site_.cycle();
    id_ = site_({"case", "list", "--json"}).json()["cases"][0]["id"].get<std::string>();
    secret("jo", kJo);
    secret("root", kRoot);
    secret("wrong", "not the one that it is");
  }
  void use_passwords() const {
    set("jo", kJo);
    set("root-admin", kRoot);
  }
  void set(const std::string& handle, const char* password) const {
    ASSERT_TRUE(
        set_password(site_.path("state/people"), handle, Password(password), kLeastPasswordCost));
  }
  /// A file with a password, for nobody else.
  void secret(const std::string& name, std::string_view text) const {
    site_.write(name, std::string(text) + "\nwhat follows is not read\n");
    ASSERT_EQ(::chmod(site_.path(name).c_str(), 0400), 0);
  }
  [[nodiscard]] Answer comment(std::vector<std::string> how) const {
    std::vector<std::string> all = {"case", "comment", id_, "Looked at"};
    all.insert(all.end(), how.begin(), how.end());
    return site_(all);
  }
  [[nodiscard]] static std::vector<std::string> as_root(std::vector<std::string> command) {
    command.insert(command.begin(), {"--as", "root-admin", "--password-file", "root"});
    return command;
  }
  [[nodiscard]] nlohmann::json attempt() const {
    const auto all = site_.entries("case.refused");
    return all.empty() ? nlohmann::json() : all.back()["attempt"];
  }

  SmallSite site_;
  std::string id_;
};

}  // namespace tidewaiter
