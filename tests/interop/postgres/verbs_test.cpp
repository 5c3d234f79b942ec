// The programs over a ledger in PostgreSQL: what reads it, what proves it to others, and what is
// refused there.
#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "ledger_site.h"
#include "policies/model/time.h"
#include "storage/postgres/ledger_schema.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Ran {
  int status = -1;
  std::string out;  ///< what it said, errors too
};

class PostgresVerbs : public testing::Test {
 protected:
  void SetUp() override {
    site_ = LedgerSite::instance();
    if (site_ == nullptr) GTEST_SKIP() << "PostgreSQL is not installed";
    database_ = site_->new_database();
    write_file(folder_ / "policies/volume.yaml", volume_policy("test.volume", "3"));
    write_config(site_->url_of(database_));
    std::string lines;
    for (int i = 0; i < 40; ++i) {
      lines += usage_line("id" + std::to_string(i),
                          format_time({(1'767'225'600 + i * 600) * kSecond.us}),
                          "acct" + std::to_string(i / 8));
    }
    write_file(folder_ / "usage.jsonl", lines);
  }

  void write_config(const std::string& url) {
    write_file(folder_ / "tidewaiter.yaml",
               "state: state\npolicies: [policies]\n"
               "sources: [{name: gw, kind: file, path: usage.jsonl}]\n"
               "ledger:\n  origin: site.example.org/ledger\n  postgres:\n    url: " +
                   url +
                   "\n    password: {env: LEDGER_PASSWORD}\n"
                   "notify: {channels: [{name: operations, kind: log}]}\n");
  }

  Ran run_program(const std::string& program, const std::string& words,
                  const std::string& password = LedgerSite::kPassword) {
    const std::string line = "cd " + folder_.path().string() + " && LEDGER_PASSWORD='" + password +
                             "' " + program + " " + words + " 2>&1";
    Ran ran;
    FILE* const stream = ::popen(line.c_str(), "r");
    EXPECT_NE(stream, nullptr);
    std::array<char, 4096> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), stream)) {
      ran.out.append(buffer.data(), size);
    }
    const int status = ::pclose(stream);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return ran;
  }
  Ran tidewaiter(const std::string& words) {
    return run_program(TIDEWAITER_PROGRAM + std::string(" --config tidewaiter.yaml"), words);
  }
  Ran verifier(const std::string& words) { return run_program(TIDEWAITER_VERIFY, words); }

  void expect_ok(const Ran& ran) { EXPECT_EQ(ran.status, 0) << ran.out; }

  LedgerSite* site_ = nullptr;
  std::string database_;
  TemporaryFolder folder_;
};

TEST_F(PostgresVerbs, TheSchemaIsThatOfTheConfiguredRole) {
  const Ran ran = tidewaiter("ledger schema");
  expect_ok(ran);
  EXPECT_EQ(ran.out, ledger_schema_sql(LedgerSite::kRole));
  EXPECT_EQ(tidewaiter("ledger schema --role other").out, ledger_schema_sql("other"));
}

TEST_F(PostgresVerbs, WhatIsFoundIsReadAndProven) {
  expect_ok(tidewaiter("run --once"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state/ledger.db"));
  const Ran findings = tidewaiter("finding list --json");
  expect_ok(findings);
  EXPECT_THAT(findings.out, HasSubstr("account:gw/acct0"));
  for (const char* verb : {"status", "case list", "ledger log", "ledger head", "source list",
                           "ledger verify", "ledger fsck", "records verify"}) {
    expect_ok(tidewaiter(verb));
  }

  expect_ok(tidewaiter("ledger export log"));
  expect_ok(verifier("log --key \"$(cat state/ledger.vkey)\""));
  expect_ok(tidewaiter("ledger proof 1 --entry one.json > one.tlog-proof"));
  expect_ok(verifier("one.tlog-proof --entry one.json --key \"$(cat state/ledger.vkey)\""));

  expect_ok(tidewaiter("ledger backup copy --vault keys"));
  expect_ok(verifier("copy/ledger.db --lock state/lock.db --key \"$(cat state/ledger.vkey)\""));
  expect_ok(run_program("python3 -B", SECOND_VERIFIER
                        " copy/ledger.db --lock state/lock.db --key \"$(cat state/ledger.vkey)\""));
}

TEST_F(PostgresVerbs, AnAttackIsTheVerifiersToName) {
  expect_ok(tidewaiter("run --once"));
  site_->owner_of(database_).run(
      "SET session_replication_role = replica; UPDATE tidewaiter.finding SET severity = 'low'");
  const Ran ran = tidewaiter("ledger verify");
  EXPECT_EQ(ran.status, 17) << ran.out;  // projection (docs/ledger-format.md §8)
  EXPECT_THAT(ran.out, HasSubstr("severity"));
}

TEST_F(PostgresVerbs, WhatIsNotDoneThereIsRefused) {
  expect_ok(tidewaiter("run --once"));
  for (const char* verb : {"ledger erase plan account:gw/acct0",
                           "ledger erase request account:gw/acct0 --reason asked"}) {
    const Ran erase = tidewaiter(verb);
    EXPECT_NE(erase.status, 0) << verb;
    EXPECT_THAT(erase.out, HasSubstr("an erasure is not done with a ledger on a server")) << verb;
    EXPECT_THAT(erase.out, HasSubstr("keeps its ledger in a file")) << verb;
  }
  const Ran restore = tidewaiter("ledger restore copy --without-keys --reason lost");
  EXPECT_NE(restore.status, 0);
  EXPECT_THAT(restore.out, HasSubstr("a restore is not done with a ledger on a server"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state/ledger.db"));
}

TEST_F(PostgresVerbs, WhatIsMissingIsNamed) {
  site_->server().owner().run("CREATE DATABASE empty_" + database_);
  write_config(site_->url_of("empty_" + database_));
  Ran ran = tidewaiter("run --once");
  EXPECT_NE(ran.status, 0);
  EXPECT_THAT(ran.out, HasSubstr("tidewaiter ledger schema"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state/ledger.key"));
  write_config(site_->url_of("nowhere"));
  ran = tidewaiter("run --once");
  EXPECT_NE(ran.status, 0);
  EXPECT_THAT(ran.out, HasSubstr("there is no such database"));
  write_config(site_->url_of(database_));
  ran = run_program(TIDEWAITER_PROGRAM, "--config tidewaiter.yaml run --once", "wrong-canary");
  EXPECT_NE(ran.status, 0);
  EXPECT_THAT(ran.out, HasSubstr("check its password"));
  EXPECT_THAT(ran.out, Not(HasSubstr("wrong-canary")));
  EXPECT_THAT(ran.out, HasSubstr("postgresql://tidewaiter@"));
}

}  // namespace
}  // namespace tidewaiter
