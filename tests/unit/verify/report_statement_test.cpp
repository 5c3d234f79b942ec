#include "storage/verify/report_statement.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using testing::HasSubstr;

ReportStatement statement() {
  ReportStatement one;
  one.subjects = {{"bagit.txt", sha256("b")}, {"data/report.html", sha256("h")}};
  one.report = {"r-4f8e12ab09cd", "referral", "TLP:AMBER", "c-6e999f4879a1",      UtcTime{0},
                UtcTime{kDay.us}, 7,          12,          sha256("the manifest")};
  one.origin = "small.example/ledger";
  one.head = {13, sha256("root")};
  return one;
}

// The digests are those of sha256sum; all else is written by hand.
TEST(ReportStatement, IsAStatementOfInToto) {
  const std::string text = format_report_statement(statement()).value();
  EXPECT_EQ(
      text,
      R"({"_type":"https://in-toto.io/Statement/v1","predicate":{"log":{)"
      R"("origin":"small.example/ledger",)"
      R"("root":"SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=","size":13},"report":{)"
      R"("case":"c-6e999f4879a1","draft":7,"from":"1970-01-01T00:00:00Z","handling":"TLP:AMBER",)"
      R"("id":"r-4f8e12ab09cd","issued":12,"kind":"referral","manifest":)"
      R"("b802ab9f53cad6bd4004f3c99d9ae71d7a8ff28686bbdc04a30862ee255374dc",)"
      R"("to":"1970-01-02T00:00:00Z"}},"predicateType":"https://tidewaiter.invalid/report/v1",)"
      R"("subject":[{"digest":{"sha256":)"
      R"("3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"},"name":"bagit.txt"},)"
      R"({"digest":{"sha256":"aaa9402664f1a41f40ebbc52c9993eb66aeb366602958fdfaa283b71e64db123"},)"
      R"("name":"data/report.html"}]})");
  EXPECT_EQ(parse_report_statement(text).value(), statement());
  ReportStatement of_period = statement();
  of_period.report.about.clear();
  const std::string period = format_report_statement(of_period).value();
  EXPECT_THAT(period, HasSubstr("\"case\":null"));
  EXPECT_EQ(parse_report_statement(period).value(), of_period);
}

TEST(ReportStatement, PassesOverWhatItDoesNotKnowOfThePredicate) {
  auto json = nlohmann::json::parse(format_report_statement(statement()).value());
  json["predicate"]["more"] = 1;
  json["predicate"]["report"]["more"] = "x";
  json["predicate"]["log"]["more"] = nullptr;
  EXPECT_EQ(parse_report_statement(json.dump()).value(), statement());
}

TEST(ReportStatement, TakesNothingElse) {
  const auto whole = nlohmann::json::parse(format_report_statement(statement()).value());
  const auto refused = [&whole](const char* place, const nlohmann::json& value) {
    nlohmann::json other = whole;
    other[nlohmann::json::json_pointer(place)] = value;
    return !parse_report_statement(other.dump());
  };
  EXPECT_TRUE(refused("/_type", "https://in-toto.io/Statement/v0.1"));
  EXPECT_TRUE(refused("/predicateType", "https://slsa.dev/provenance/v1"));
  EXPECT_TRUE(refused("/subject", nullptr));
  EXPECT_TRUE(refused("/subject/0/name", "data/../report.html"));
  EXPECT_TRUE(refused("/subject/0/name", "data/report.html"));  // twice
  EXPECT_TRUE(refused("/subject/0/name", "z"));                 // out of order
  EXPECT_TRUE(refused("/subject/0/digest/sha512", "00"));
  EXPECT_TRUE(refused("/subject/0/digest/sha256", "00"));
  EXPECT_TRUE(refused("/subject/0/uri", "file:x"));
  EXPECT_TRUE(refused("/predicate/log/size", -1));
  EXPECT_TRUE(refused("/predicate/log/size", "13"));
  EXPECT_TRUE(refused("/predicate/log/root", "AAAA"));
  EXPECT_TRUE(refused("/predicate/log/origin", 1));
  EXPECT_TRUE(refused("/predicate/report/case", ""));
  EXPECT_TRUE(refused("/predicate/report/from", "1970-01-01"));
  EXPECT_TRUE(refused("/predicate/report/issued", 1.5));
  EXPECT_TRUE(refused("/predicate/report", nullptr));
  EXPECT_TRUE(refused("/predicate", 1));
  EXPECT_FALSE(parse_report_statement("{}"));
  EXPECT_FALSE(parse_report_statement("1"));
}

TEST(ReportStatement, NamesTheKeyByNameAndId) {
  // The example of C2SP signed-note.md.
  const auto example =
      parse_verifier_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  EXPECT_EQ(attestation_key_id(*example), "example.com/foo+530d903a");
  // One whose base64 has the sign that parts name, id and key.
  VerifierKey key{"log.example", {}};
  key.key.fill(std::byte{0xfb});
  const std::string text = format_verifier_key(key);
  ASSERT_GT(std::ranges::count(text, '+'), 2) << text;
  EXPECT_EQ(attestation_key_id(key), text.substr(0, std::string("log.example+01234567").size()));
}

TEST(ReportStatement, LeavesOutWhatHasItAndWhatListsIt) {
  EXPECT_FALSE(is_attested_file("attestation.dsse.json"));
  EXPECT_FALSE(is_attested_file("tagmanifest-sha256.txt"));
  for (const char* const file : {"bagit.txt", "manifest-sha256.txt", "log/checkpoint",
                                 "data/attestation.dsse.json", "log/timestamps/1.checkpoint"}) {
    EXPECT_TRUE(is_attested_file(file)) << file;
  }
}

}  // namespace
}  // namespace tidewaiter
