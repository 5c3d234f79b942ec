// A ledger and its witnesses as programs: two processes on this machine that answer, one that
// refuses, and a ledger whose whole state was put back.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serving_process.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

int run_shell(const std::string& command) {
  // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): the paths are the test's own
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class WitnessedSite : public testing::Test {
 protected:
  WitnessedSite() {
    site_.cycle();
    log_key_ = site_({"ledger", "head", "--json"}).json()["verifier_key"];
    for (const char* name : {"a", "b"}) {
      const Answer made =
          site_({"witness", "init", name, "--name", std::string("w.example/") + name, "--json"});
      EXPECT_EQ(made.status, 0) << made.err;
      keys_.push_back(made.json()["verifier_key"]);
    }
    // `b` knows no log yet: it refuses.
    EXPECT_EQ(site_({"witness", "add-log", "a", log_key_}).status, 0);
  }

  void configure(const std::string& quorum) {
    site_.write("tidewaiter.yaml",
                "state: state\npolicies: [policies]\n"
                "sources: [{name: gateway, kind: file, record: usage, path: usage.jsonl, "
                "format: jsonl}]\n"
                "ledger:\n  origin: small.example/ledger\n  witnesses:\n"
                "    - {name: audit, url: \"" +
                    a_->url() + "\", key: \"" + keys_[0] +
                    "\"}\n"
                    "    - {name: liaison, url: \"" +
                    b_->url() + "/\", key: \"" + keys_[1] +
                    "\"}\n"
                    "  quorum: " +
                    quorum + "\nnotify: {channels: [{name: operations, kind: log}]}\n");
    site_.write("trust.policy", "log " + log_key_ + "\nwitness a " + keys_[0] + "\nwitness b " +
                                    keys_[1] + "\ngroup q " + quorum + " a b\nquorum q\n");
  }
  [[nodiscard]] std::vector<std::string> witness_at(const std::string& folder) const {
    return {"witness", "serve", site_.path(folder).string(), "--listen", "127.0.0.1:0"};
  }
  void serve() {
    a_ = std::make_unique<ServingProcess>(witness_at("a"));
    b_ = std::make_unique<ServingProcess>(witness_at("b"));
    ASSERT_THAT(a_->url(), testing::StartsWith("http://127.0.0.1:"));
  }
  /// A policy more: the ledger grows by its entry.
  void grow(const std::string& id) {
    site_.write("policies/" + id + ".yaml", volume_policy("test." + id));
    site_.now = site_.now + kHour;
    site_.cycle();
  }
  [[nodiscard]] nlohmann::json head() const { return site_({"ledger", "head", "--json"}).json(); }
  [[nodiscard]] int verifier(const std::string& arguments) const {
    return run_shell(std::string("'" TIDEWAITER_VERIFIER "' ") + arguments + " --policy " +
                     quoted(site_.path("trust.policy")) + " >/dev/null 2>&1");
  }
  [[nodiscard]] int verify_export() const {
    EXPECT_EQ(site_({"ledger", "export", "log"}).status, 0);
    return verifier(quoted(site_.path("log")));
  }

  SmallSite site_;
  std::string log_key_;
  std::vector<std::string> keys_;
  std::unique_ptr<ServingProcess> a_;
  std::unique_ptr<ServingProcess> b_;
};

TEST_F(WitnessedSite, ReachesItsQuorumWithOneOfTwo) {
  serve();
  configure("any");
  grow("p2");
  const nlohmann::json head = this->head();
  EXPECT_EQ(head["witnessed"]["size"], head["signed"]["size"]);
  EXPECT_EQ(head["witnessed"]["witnesses"], nlohmann::json::array({"audit"}));
  EXPECT_THAT(site_({"ledger", "head"}).out, HasSubstr("(audit)"));
  EXPECT_THAT(site_({"status"}).out, HasSubstr("witnessed up to "));
  EXPECT_EQ(site_({"status", "--json"}).json()["ledger"]["witnessed_size"], head["size"]);
  EXPECT_EQ(verify_export(), 0);
  EXPECT_EQ(verifier(quoted(site_.path("state")) + " --witnessed " +
                     quoted(site_.path("state/ledger.witnessed"))),
            0);
  site_.write("entry.proof", site_({"ledger", "proof", "1", "--entry", "entry.json"}).out);
  EXPECT_EQ(
      verifier(quoted(site_.path("entry.proof")) + " --entry " + quoted(site_.path("entry.json"))),
      0);
  // What the witness has kept is a cosigned checkpoint as well.
  site_.write("witnessed", site_({"witness", "head", "a", "small.example/ledger"}).out);
  EXPECT_EQ(
      verifier(quoted(site_.path("state")) + " --witnessed " + quoted(site_.path("witnessed"))), 0);
}

TEST_F(WitnessedSite, DoesNotReachItWhileOneRefuses) {
  serve();
  configure("all");
  grow("p2");
  EXPECT_EQ(head()["witnessed"], nullptr);
  EXPECT_THAT(site_({"ledger", "export", "log"}).err, HasSubstr("not witnessed yet"));
  EXPECT_EQ(verify_export(), 19);
  // A witness that serves knows a log that is added meanwhile.
  EXPECT_EQ(site_({"witness", "add-log", "b", log_key_}).status, 0);
  grow("p3");
  EXPECT_EQ(head()["witnessed"]["witnesses"], nlohmann::json::array({"audit", "liaison"}));
  EXPECT_EQ(verify_export(), 0);
}

TEST_F(WitnessedSite, IsNotWitnessedOnceItsWholeStateWasPutBack) {
  serve();
  configure("any");
  fs::copy(site_.path("state"), site_.path("before"), fs::copy_options::recursive);
  grow("p2");
  const std::string seen = site_({"witness", "head", "a", "small.example/ledger"}).out;
  // Lock store and all: nothing in the house remembers what was signed.
  fs::remove_all(site_.path("state"));
  fs::rename(site_.path("before"), site_.path("state"));
  fs::remove(site_.path("policies/p2.yaml"));
  grow("p4");
  grow("p5");
  EXPECT_EQ(head()["witnessed"], nullptr);
  EXPECT_EQ(verify_export(), 19);
  EXPECT_EQ(site_({"witness", "head", "a", "small.example/ledger"}).out, seen);
  site_.write("seen", seen);
  EXPECT_EQ(verifier(quoted(site_.path("state")) + " --witnessed " + quoted(site_.path("seen"))),
            14);
}

}  // namespace
}  // namespace tidewaiter
