// `ledger timestamp`, and where its tokens show: with `openssl` as the authority.
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/timestamp/timestamp_authorities.h"
#include "storage/verify/tile_log.h"
#include "tests/unit/cli/small_site.h"
#include "tests/unit/timestamp/authority_server.h"
#include "tests/unit/timestamp/openssl_authority.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

class LedgerTimestamp : public testing::Test {
 protected:
  LedgerTimestamp() { site_.cycle(); }

  std::string read(std::string_view name) {
    std::ifstream file(site_.path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// Names an authority in the configuration.
  void configure(const std::string& url) {
    site_.write("tidewaiter.yaml",
                "state: state\npolicies: [policies]\n"
                "sources: [{name: gateway, kind: file, record: usage, path: usage.jsonl, "
                "format: jsonl}]\n"
                "ledger: {origin: small.example/ledger, timestamps: {url: \"" +
                    url + "\", ca: \"" + root_ +
                    "\"}}\nnotify: {channels: [{name: operations, kind: log}]}\n");
  }

  /// A token for the signed head, carried as files.
  void carry() {
    ASSERT_EQ(site_({"ledger", "timestamp", "--query", query_}).status, 0);
    site_.write("head.tsr", openssl_.answer(read("head.tsq")));
    const Answer taken = site_({"ledger", "timestamp", "--take", response_, "--tsa-ca", root_});
    ASSERT_EQ(taken.status, 0) << taken.err;
    EXPECT_THAT(taken.out, HasSubstr("says CN=Test TSA"));
  }

  OpensslAuthority openssl_;
  SmallSite site_;
  std::string root_ = openssl_.path("root.pem").string();
  std::string query_ = site_.path("head.tsq").string();
  std::string response_ = site_.path("head.tsr").string();
};

TEST_F(LedgerTimestamp, CarriesRequestAndResponseAsFiles) {
  EXPECT_EQ(site_({"ledger", "timestamp"}).out, "no timestamps\n");
  carry();
  const auto listed = site_({"ledger", "timestamp", "--tsa-ca", root_, "--json"}).json();
  ASSERT_EQ(listed["timestamps"].size(), 1U);
  const auto& token = listed["timestamps"][0];
  EXPECT_EQ(token["size"], site_({"ledger", "head", "--json"}).json()["signed"]["size"]);
  EXPECT_EQ(token["authority"], "CN=Test TSA");
  EXPECT_EQ(token["expires"], "2046-01-01T00:00:00Z");
  EXPECT_EQ(token["accuracy_us"], 1'500'100);
  EXPECT_TRUE(listed["judged"]);
  EXPECT_TRUE(listed["pending"].empty());
  EXPECT_TRUE(listed["failure"].is_null());
}

TEST_F(LedgerTimestamp, ATokenIsTakenOnceAndOnlyUnderItsRoot) {
  ASSERT_EQ(site_({"ledger", "timestamp", "--query", query_}).status, 0);
  EXPECT_EQ(site_({"ledger", "timestamp", "--json"}).json()["pending"].size(), 1U);
  site_.write("head.tsr", openssl_.answer(read("head.tsq")));
  const Answer unknown = site_({"ledger", "timestamp", "--take", response_});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("--tsa-ca"));
  const OpensslAuthority other;
  const Answer stranger = site_(
      {"ledger", "timestamp", "--take", response_, "--tsa-ca", other.path("root.pem").string()});
  EXPECT_EQ(stranger.status, 4);
  EXPECT_THAT(stranger.err, HasSubstr("was not to be trusted"));
  EXPECT_EQ(site_({"ledger", "timestamp", "--take", response_, "--tsa-ca", root_}).status, 0);
  const Answer again = site_({"ledger", "timestamp", "--take", response_, "--tsa-ca", root_});
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.err, HasSubstr("answers no request that waits"));
}

TEST_F(LedgerTimestamp, AsksTheConfiguredAuthorityAtOnce) {
  const Answer unconfigured = site_({"ledger", "timestamp", "--now"});
  EXPECT_EQ(unconfigured.status, 2);
  EXPECT_THAT(unconfigured.err, HasSubstr("no authority is configured"));
  AuthorityServer server([this](const std::string& body) { return openssl_.answer(body); });
  configure(server.url());
  const Answer asked = site_({"ledger", "timestamp", "--now", "--json"});
  ASSERT_EQ(asked.status, 0) << asked.err;
  EXPECT_TRUE(asked.json()["holds"]);
  EXPECT_EQ(server.bodies().size(), 1U);
}

TEST_F(LedgerTimestamp, ARunHasTheHeadStampedAndStatusTellsOfIt) {
  bool away = true;
  AuthorityServer server(
      [this, &away](const std::string& body) { return away ? "" : openssl_.answer(body); });
  configure(server.url());
  site_.cycle();
  const auto failed = site_({"status", "--json"}).json()["ledger"];
  EXPECT_TRUE(failed["timestamped"].is_null());
  EXPECT_EQ(failed["timestamp_failure"]["attempts"], 1);
  EXPECT_THAT(site_({"status"}).out, HasSubstr("no timestamp since 2026-10-05T14:00:00Z"));
  away = false;
  site_.cycle();
  const auto done = site_({"status", "--json"}).json()["ledger"];
  EXPECT_EQ(done["timestamped"]["size"], done["signed_size"]);
  EXPECT_TRUE(done["timestamp_failure"].is_null());
  EXPECT_THAT(site_({"status"}).out, HasSubstr("TIMESTAMPED up to "));
  EXPECT_THAT(site_({"status"}).out, Not(HasSubstr("no timestamp since")));
  EXPECT_THAT(site_({"ledger", "head"}).out, HasSubstr("TIMESTAMPED up to "));
}

TEST_F(LedgerTimestamp, WhatWasNotJudgedIsNotCalledTimestamped) {
  carry();
  const Answer head = site_({"ledger", "head"});
  EXPECT_THAT(head.out, Not(HasSubstr("TIMESTAMPED")));
  EXPECT_THAT(head.out, HasSubstr("1 timestamp not judged"));
  EXPECT_TRUE(site_({"ledger", "head", "--json"}).json()["timestamped"].is_null());
}

TEST_F(LedgerTimestamp, GoesAlongWithAnExport) {
  carry();
  const std::string log = site_.path("log").string();
  const Answer exported = site_({"ledger", "export", log, "--json"});
  ASSERT_EQ(exported.status, 0) << exported.err;
  EXPECT_EQ(exported.json()["timestamp_files"], 2);
  const auto authorities = TimestampAuthorities::from_pem(openssl_.root());
  const VerifyReport report = verify_tile_log(log, "", {}, &*authorities);
  EXPECT_TRUE(report.ok());
  ASSERT_EQ(report.timestamps->size(), 1U);
  EXPECT_EQ(report.timestamps->front().authority, "CN=Test TSA");
  EXPECT_EQ(site_({"ledger", "verify", "--tsa-ca", root_}).status, 0);
  EXPECT_EQ(site_({"ledger", "export", log, "--json"}).json()["timestamp_files"], 0);
}

TEST_F(LedgerTimestamp, FitsANarrowTerminal) {
  carry();
  std::istringstream lines(site_({"ledger", "timestamp", "--tsa-ca", root_}, 80).out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

}  // namespace
}  // namespace tidewaiter
