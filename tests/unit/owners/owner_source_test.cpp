#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/owners/owner_reading.h"
#include "owner_files.h"
#include "policies/model/record_json.h"
#include "policies/screening/owner_chain.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using OwnerSourceTest = OwnerScene;

const std::string kAcmeLei = R"(,"identifiers":[{"scheme":"XI-LEI","id":"ACME"}])";

std::vector<std::string> acme_of(const std::string& share) {
  return {relation("r", "acme", "ann", holding(share)), person("ann", "Ann Other"),
          entity("acme", "Acme Ltd", kAcmeLei)};
}

TEST_F(OwnerSourceTest, GivesARecordOfEachAccountForTheLastWholeDay) {
  write_lines(acme_of(R"({"exact":50})"));
  const Pull first = pull();
  ASSERT_FALSE(first.error) << to_text(*first.error);
  ASSERT_THAT(first.records, SizeIs(1));
  const Record& record = first.records[0];
  EXPECT_EQ(record.source, "reg");
  EXPECT_EQ(record.time, parse_time("2026-03-09").value());
  EXPECT_EQ(record.duration, kDay);
  EXPECT_EQ(text(record, "account"), "acct-1");
  EXPECT_EQ(text(record, "legal_name"), "Acme Ltd");
  EXPECT_THAT(owners(record), ElementsAre("Ann Other=50%"));
  ASSERT_TRUE(first.drained);
  EXPECT_EQ(first.drained->from, record.time);
  EXPECT_EQ(first.drained->to, record.end());
  EXPECT_THAT(first.bad, IsEmpty());
  // Nothing has changed, and no day has ended.
  EXPECT_EQ(pull().pages, 0);
  restart();
  EXPECT_EQ(pull(kPullTime + kHour).pages, 0);
  const Pull next = pull(kPullTime + kDay);
  ASSERT_THAT(next.records, SizeIs(1));
  EXPECT_NE(next.records[0].id, record.id);
}

TEST_F(OwnerSourceTest, FilesThatHaveChangedAreReadAgainAndReviseTheDay) {
  write_lines(acme_of(R"({"exact":50})"));
  const Pull first = pull();
  write_lines(acme_of(R"({"exact":49})"));
  const Pull again = pull();
  ASSERT_THAT(again.records, SizeIs(1));
  EXPECT_EQ(again.records[0].id, first.records.at(0).id);
  EXPECT_THAT(owners(again.records[0]), ElementsAre("Ann Other=49%"));
  EXPECT_FALSE(again.drained);  // it has been stated before
  EXPECT_EQ(pull().pages, 0);
  write("accounts.csv", "account,identifier\nacct-1,lei:ACME\nacct-2,lei:acme\n");
  const Pull more = pull();
  ASSERT_THAT(more.records, SizeIs(2));
  EXPECT_EQ(text(more.records[1], "account"), "acct-2");
}

TEST_F(OwnerSourceTest, DaysOnWhichNobodyAskedAreTold) {
  write_lines(
      {relation("r", "acme", "ann", holding(R"({"exact":60})", R"(,"endDate":"2026-03-12")")),
       person("ann", "Ann Other"), entity("acme", "Acme Ltd", kAcmeLei)});
  pull();
  const Pull later = pull(kPullTime + Duration{5 * kDay.us});
  std::vector<std::string> told;
  for (const Record& record : later.records) {
    told.push_back(format_time(record.time).substr(0, 10) + " " +
                   std::to_string(owners(record).size()));
  }
  EXPECT_THAT(told, ElementsAre("2026-03-10 1", "2026-03-12 0", "2026-03-14 0"));
  EXPECT_EQ(later.drained->to, parse_time("2026-03-15").value());
}

TEST_F(OwnerSourceTest, NamesOfAnotherSourceAreItsAccounts) {
  config_.names_of = "gw";
  write_lines(acme_of("{}"));
  EXPECT_EQ(pull().records.at(0).source, "gw");
}

TEST_F(OwnerSourceTest, FromSinceOnEachDayOfAChangeIsTold) {
  config_.owners->since = parse_time("2026-01-01").value();
  write_lines(
      {relation("r", "acme", "ann", holding(R"({"exact":60})", R"(,"endDate":"2026-02-01")")),
       relation("r2", "acme", "bob", holding(R"({"exact":60})", R"(,"startDate":"2026-02-01")")),
       person("ann", "Ann Other"), person("bob", "Bob"), entity("acme", "Acme Ltd", kAcmeLei)});
  const Pull all = pull();
  std::vector<std::string> told;
  for (const Record& record : all.records) {
    told.push_back(format_time(record.time).substr(0, 10) + " " + owners(record).at(0));
  }
  EXPECT_THAT(told,
              ElementsAre("2026-01-01 Ann Other=60%", "2026-02-01 Bob=60%", "2026-03-09 Bob=60%"));
  EXPECT_EQ(all.drained->from, *config_.owners->since);
}

TEST_F(OwnerSourceTest, OwnersOfOwnersAreFoundWhereverTheyStand) {
  // The far end stands first, so that the files are read once for each link.
  write_lines({person("p", "Pat"), relation("r3", "c", "p", holding(R"({"exact":70})")),
               relation("r2", "b", "c", holding(R"({"exact":60})")),
               relation("r1", "acme", "b", holding(R"({"exact":50})")), entity("c", "C"),
               entity("b", "B", R"(,"identifiers":[{"scheme":"XI-LEI","id":"BEE"}])"),
               entity("acme", "Acme Ltd", kAcmeLei)});
  EXPECT_THAT(owners(pull().records.at(0)),
              ElementsAre("B=50%", "C=60% of lei:BEE", "Pat=70% of bods:c"));
}

TEST_F(OwnerSourceTest, AnAccountThatNoStatementIsAboutIsToldAndHasNoOwners) {
  write("accounts.csv", "account,identifier\nacct-1,lei:ACME\nacct-9,lei:NOBODY\n");
  write_lines(acme_of(R"({"exact":50})"));
  const Pull all = pull();
  ASSERT_THAT(all.records, SizeIs(2));
  EXPECT_EQ(text(all.records[1], "account"), "acct-9");
  EXPECT_THAT(owners(all.records[1]), IsEmpty());
  ASSERT_THAT(all.bad, SizeIs(1));
  EXPECT_THAT(all.bad[0].origin, HasSubstr("accounts.csv:3"));
  EXPECT_THAT(all.bad[0].reason, HasSubstr("no statement of the files is about `lei:NOBODY`"));
}

TEST_F(OwnerSourceTest, WhoeverIsNotNamedIsAnOwnerWithoutAName) {
  write_lines({R"({"recordId":"r","recordType":"relationship","recordDetails":{"subject":"acme",)"
               R"("interestedParty":{"reason":"unknown"},"interests":[{"type":"shareholding",)"
               R"("directOrIndirect":"direct","share":{"exact":60}}]}})",
               relation("r2", "acme", "nowhere", holding(R"({"exact":40})")),
               entity("acme", "Acme Ltd", kAcmeLei)});
  EXPECT_THAT(owners(pull().records.at(0)), ElementsAre("=60%", "=40%"));
}

TEST_F(OwnerSourceTest, DirectorsAreControllers) {
  write_lines({relation("r", "acme", "ann", R"([{"type":"boardMember"}])"),
               person("ann", "Ann Other"), entity("acme", "Acme Ltd", kAcmeLei)});
  const Pull all = pull();
  EXPECT_THAT(owners(all.records.at(0)), IsEmpty());
  EXPECT_EQ(field_value(all.records[0], *find_field("controllers")),
            Value(std::vector<std::string>{"Ann Other"}));
}

TEST_F(OwnerSourceTest, WhatCannotBeReadIsQuarantinedWithFileAndLine) {
  config_.max_bad_share = 0.5;
  auto lines = acme_of(R"({"exact":"most"})");
  lines.insert(lines.begin() + 1, R"({"recordId":"x"})");
  write_lines(lines);
  const Pull all = pull();
  ASSERT_FALSE(all.error) << to_text(*all.error);
  EXPECT_THAT(owners(all.records.at(0)), ElementsAre("Ann Other="));
  ASSERT_THAT(all.bad, SizeIs(2));
  EXPECT_THAT(all.bad[0].origin, HasSubstr("bods.jsonl:1"));
  EXPECT_THAT(all.bad[0].reason, HasSubstr("`share.exact` is no percentage: it is taken as not"));
  EXPECT_THAT(all.bad[1].origin, HasSubstr("bods.jsonl:2"));
  EXPECT_EQ(all.bad[1].reason, "`recordDetails` is missing");
  EXPECT_EQ(all.bad[1].content, sha256(lines[1]));
}

TEST_F(OwnerSourceTest, TooManyBadOnesStopTheSource) {
  config_.max_bad_share = 0;
  auto lines = acme_of("{}");
  lines.emplace_back("{\"a\":1}");
  write_lines(lines);
  const Pull all = pull();
  ASSERT_TRUE(all.error);
  EXPECT_EQ(all.error->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(all.error->message, HasSubstr("1 of 4 statements cannot be read"));
  EXPECT_THAT(all.error->message, HasSubstr("bods.jsonl:4: `recordId` is missing"));
  EXPECT_EQ(all.pages, 0);
}

TEST_F(OwnerSourceTest, AFileThatIsCutOffIsNoRegisterWithoutOwners) {
  write(config_.path, "[" + entity("acme", "Acme Ltd", kAcmeLei) + ",");
  const Pull cut = pull();
  ASSERT_TRUE(cut.error);
  EXPECT_EQ(cut.error->code, ErrorCode::kUnavailable);
  EXPECT_THAT(to_text(*cut.error), HasSubstr("bods.jsonl:1: the array is not closed"));
  EXPECT_FALSE(cut.drained);
  // However long nobody touches it: a whole one in its place is taken up by itself.
  EXPECT_EQ(pull(kPullTime + kDay).error->code, ErrorCode::kUnavailable);
  write(config_.path, "[" + entity("acme", "Acme Ltd", kAcmeLei) + "]");
  const Pull whole = pull(kPullTime + kDay);
  EXPECT_FALSE(whole.error);
  EXPECT_TRUE(whole.drained);
}

TEST_F(OwnerSourceTest, AnArrayIsReadAsLinesAreAndSeveralFilesAsOne) {
  config_.path = "*.json";
  write("a.json", "[\n" + entity("acme", "Acme Ltd", kAcmeLei) + "\n]");
  write("b.json", "[" + relation("r", "acme", "ann", holding(R"({"exact":50})")) + "," +
                      person("ann", "Ann Other") + "]");
  EXPECT_THAT(owners(pull().records.at(0)), ElementsAre("Ann Other=50%"));
}

TEST_F(OwnerSourceTest, ManyAccountsComeInPagesAndAPullThatWasCutOffGoesOn) {
  std::string map = "account,identifier\n";
  for (int i = 0; i < 5000; ++i) map += "acct-" + std::to_string(i) + ",lei:ACME\n";
  write("accounts.csv", map);
  write_lines(acme_of(R"({"exact":50})"));
  const auto page = source().next(cursor_, kPullTime, watch_);
  ASSERT_TRUE(page && *page);
  EXPECT_EQ((*page)->records.size(), kMaxPageRecords);
  EXPECT_FALSE((*page)->drained);
  cursor_ = (*page)->cursor;
  restart();
  const Pull rest = pull();
  EXPECT_EQ(rest.records.size(), 5000 - kMaxPageRecords);
  EXPECT_TRUE(rest.drained);
  // The same page comes again where the last one was not kept.
  cursor_.clear();
  restart();
  const auto again = source().next(cursor_, kPullTime, watch_);
  EXPECT_EQ((*again)->records.size(), (*page)->records.size());
  EXPECT_EQ((*again)->records[0].id, (*page)->records[0].id);
}

TEST_F(OwnerSourceTest, AStopEndsTheReading) {
  write_lines(acme_of("{}"));
  std::stop_source stop;
  stop.request_stop();
  watch_.stop = stop.get_token();
  const Pull stopped = pull();
  ASSERT_TRUE(stopped.error);
  EXPECT_EQ(stopped.error->code, ErrorCode::kUnavailable);
}

TEST_F(OwnerSourceTest, CheckTellsWhatItFinds) {
  write("accounts.csv", "account,identifier\nacct-1,lei:ACME\nacct-9,lei:NOBODY\n");
  auto lines = acme_of(R"({"exact":50})");
  lines.push_back(relation("other", "else", "ann", holding(R"({"exact":50})")));
  write_lines(lines);
  const auto told = source().check("", kPullTime);
  ASSERT_TRUE(told) << to_text(told.error());
  EXPECT_THAT(*told,
              ElementsAre(HasSubstr("1 file, read 3 times: 4 statements, 2 parties, 2 interests, "
                                    "0 of other kinds, 0 that cannot be read"),
                          HasSubstr("1 organisation is of 1 account; their owners are told by 1 "
                                    "interest"),
                          HasSubstr("no statement of the files is about `lei:NOBODY`")));
}

TEST_F(OwnerSourceTest, WhatAPolicyDoesNotAskForIsNotKept) {
  write_lines(
      {relation("r", "acme", "ann", holding(R"({"exact":50})", R"(,"details":"c4n4ry")")),
       R"({"recordId":"ann","recordType":"person","declarationSubject":"c4n4ry","recordDetails":)"
       R"({"personType":"knownPerson","names":[{"fullName":"Ann Other","givenName":"c4n4ry"}],)"
       R"("birthDate":"c4n4ry","placeOfBirth":{"address":"c4n4ry"},"identifiers":[{"id":"c4n4ry",)"
       R"("scheme":"GBR-IDCARD"}],"addresses":[{"address":"c4n4ry"}],"nationalities":[{"name":"c4n4ry"}],)"
       R"("politicalExposure":{"status":"isPep","details":[{"reason":"c4n4ry"}]}},)"
       R"("annotations":[{"description":"c4n4ry"}],"source":{"url":"c4n4ry"}})",
       entity("acme", "Acme Ltd",
              kAcmeLei + R"(,"addresses":[{"address":"c4n4ry"}],"uri":"c4n4ry")"),
       R"({"recordId":"bad","c4n4ry":"c4n4ry"})"});
  const Pull all = pull();
  ASSERT_FALSE(all.error) << to_text(*all.error);
  std::string kept = cursor_;
  for (const Record& record : all.records) {
    std::string line;
    write_record_json(record, line);
    kept += line;
  }
  for (const QuarantinedInput& one : all.bad) kept += one.origin + one.reason;
  EXPECT_THAT(kept, testing::Not(HasSubstr("c4n4ry")));
  EXPECT_THAT(kept, HasSubstr("Ann Other"));
}

TEST_F(OwnerSourceTest, HostileFilesEndInAnErrorOrInWhatTheySay) {
  config_.max_bad_share = 1;
  const std::string deep =
      R"({"recordId":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  write_lines({deep, "null", "[]", R"({"recordId":"a","recordType":"entity","recordDetails":[]})",
               relation("r", "acme", "acme", holding(R"({"exact":1e999})")),
               relation("r2", "acme", "ann", holding(R"({"exact":50})")),
               relation("r2", "acme", "bob", holding(R"({"exact":50})")),
               entity("acme", "Acme Ltd", kAcmeLei), entity("acme", "Another", kAcmeLei),
               "\xff\xfe", R"({"recordId":"\u0000","recordType":"entity","recordDetails":{}})"});
  const Pull all = pull();
  ASSERT_FALSE(all.error) << to_text(*all.error);
  ASSERT_THAT(all.records, SizeIs(1));
  // Two statements of one id: both hold. Nobody tells who they are.
  EXPECT_THAT(owners(all.records[0]), ElementsAre("=50%", "=50%"));
  EXPECT_THAT(all.bad, SizeIs(9));
  for (const Record& record : all.records) {
    std::string line;
    write_record_json(record, line);
    EXPECT_TRUE(RecordJsonReader().read(line, {})) << line;
  }
}

TEST_F(OwnerSourceTest, ReadsFollowTheMoney) {
  config_.kind = "ftm";
  config_.path = "entities.ftm.json";
  config_.owners->accounts.clear();
  config_.owners->account_in = "inn";
  write_lines(
      {R"({"id":"o1","schema":"Ownership","properties":{"owner":["old-h"],"asset":["c"],"percentage":["60"]}})",
       R"({"id":"o2","schema":"Ownership","properties":{"owner":["p"],"asset":["h"],"percentage":[">50"]}})",
       R"({"id":"d1","schema":"Directorship","properties":{"director":["q"],"organization":["c"]}})",
       R"({"id":"c","schema":"Company","properties":{"name":["Acme"],"innCode":["77"],"jurisdiction":["ru"]}})",
       R"({"id":"h","schema":"LegalEntity","referents":["old-h"],"properties":{"name":["Holding"]}})",
       R"({"id":"p","schema":"Person","properties":{"name":["Pat"]}})",
       R"({"id":"q","schema":"Person","properties":{"name":["Quinn"]}})"});
  const Pull all = pull();
  ASSERT_FALSE(all.error) << to_text(*all.error);
  ASSERT_THAT(all.records, SizeIs(1));
  EXPECT_EQ(text(all.records[0], "account"), "77");
  EXPECT_EQ(text(all.records[0], "country.registered"), "RU");
  EXPECT_THAT(owners(all.records[0]), ElementsAre("Holding=60%", "Pat=>50%-100% of ftm:h"));
  EXPECT_EQ(field_value(all.records[0], *find_field("controllers")),
            Value(std::vector<std::string>{"Quinn"}));
}

const std::string kBee = R"(,"identifiers":[{"scheme":"XI-LEI","id":"BEE"}])";

TEST_F(OwnerSourceTest, AnOwnerIsOnePartyUnderAllOfItsNames) {
  write_lines({relation("r1", "acme", "b", holding(R"({"exact":50})")),
               relation("r2", "b", "p", holding("{}")), entity("acme", "Acme Ltd", kAcmeLei),
               entity("b", "Bee", R"(,"alternateNames":["Bee Trading","BEE"])" + kBee),
               person("p", "Pat"), person("p", "Patrick")});
  const Pull all = pull();
  ASSERT_FALSE(all.error) << to_text(*all.error);
  const Record& record = all.records.at(0);
  EXPECT_THAT(owners(record), ElementsAre("Bee=50%", "Pat= of lei:BEE", "Bee Trading=0%", "BEE=0%",
                                          "Patrick=0% of lei:BEE"));
  // As `ownership` understands it.
  const auto texts = [&](const char* field) { return field_texts(record, *find_field(field)); };
  const OwnerChain chain(
      {texts("owners"), texts("owners.share"), texts("owners.identifier"), texts("owners.of")});
  ASSERT_THAT(chain.parties(), SizeIs(2));
  EXPECT_THAT(chain.parties()[0].names, ElementsAre("Bee", "Bee Trading", "BEE"));
  EXPECT_THAT(chain.parties()[1].names, ElementsAre("Pat", "Patrick"));
  EXPECT_EQ(chain.held(OwnerChain::kAccount, {true, false}).most, kWholeShare / 2);
}

TEST_F(OwnerSourceTest, MoreNamesThanARecordHoldsAreToldToBeMore) {
  std::string names;
  for (int i = 0; i < 4001; ++i) names += (i == 0 ? "\"n" : ",\"n") + std::to_string(i) + "\"";
  write_lines({relation("r1", "acme", "b", holding(R"({"exact":50})")),
               entity("acme", "Acme Ltd", kAcmeLei),
               entity("b", "Bee", R"(,"alternateNames":[)" + names + "]")});
  const auto told = owners(pull().records.at(0));
  ASSERT_THAT(told, SizeIs(4002));
  EXPECT_EQ(told.back(), "=0%-100%");
}

TEST_F(OwnerSourceTest, ControllersAreToldByAllOfTheirNames) {
  write_lines({relation("r", "acme", "ann", R"([{"type":"boardMember"}])"),
               person("ann", "Ann Other"), person("ann", "Ann Before"),
               entity("acme", "Acme Ltd", kAcmeLei)});
  EXPECT_EQ(field_value(pull().records.at(0), *find_field("controllers")),
            Value(std::vector<std::string>{"Ann Other", "Ann Before"}));
}

TEST_F(OwnerSourceTest, ALineThatNoStatementIsAboutIsToldBesideOneThatMatches) {
  write("accounts.csv", "account,identifier\nacct-1,lei:ACME\nacct-1,lei:NOBODY\n");
  write_lines(acme_of(R"({"exact":50})"));
  const Pull all = pull();
  ASSERT_THAT(all.records, SizeIs(2));
  EXPECT_THAT(owners(all.records[0]), ElementsAre("Ann Other=50%"));
  EXPECT_EQ(text(all.records[1], "account"), "acct-1");
  EXPECT_THAT(owners(all.records[1]), IsEmpty());
  EXPECT_NE(all.records[0].id, all.records[1].id);
  ASSERT_THAT(all.bad, SizeIs(1));
  EXPECT_THAT(all.bad[0].origin, HasSubstr("accounts.csv:3"));
}

TEST_F(OwnerSourceTest, IdsOfTheFilesNameOrganisationsAndNeverPeople) {
  write("accounts.csv", "account,identifier\nacct-1,bods:acme\nacct-2,bods:ann\n");
  write_lines(acme_of(R"({"exact":50})"));
  const Pull all = pull();
  ASSERT_THAT(all.records, SizeIs(2));
  EXPECT_THAT(owners(all.records[0]), ElementsAre("Ann Other=50%"));
  ASSERT_THAT(all.bad, SizeIs(1));
  EXPECT_THAT(all.bad[0].reason, HasSubstr("`bods:ann`"));
}

TEST_F(OwnerSourceTest, TwoPartiesOfOneIdentifierAreTwo) {
  const std::string none = R"(,"identifiers":[{"scheme":"REG","id":"N/A"}])";
  write_lines({relation("r1", "acme", "b", holding(R"({"exact":30})")),
               relation("r2", "acme", "c", holding(R"({"exact":30})")),
               relation("r3", "c", "d", holding(R"({"exact":60})")),
               entity("acme", "Acme Ltd", kAcmeLei), entity("b", "Bee", none),
               entity("c", "Cee", none),
               entity("d", "Dee", R"(,"identifiers":[{"scheme":"BODS","id":"b"}])")});
  const Pull all = pull();
  EXPECT_THAT(owners(all.records.at(0)), ElementsAre("Bee=30%", "Cee=30%", "Dee=60% of bods:c"));
  EXPECT_EQ(field_texts(all.records[0], *find_field("owners.identifier")),
            (std::vector<std::string>{"bods:b", "bods:c", "bods:d"}));
}

TEST_F(OwnerSourceTest, FilesThatSayNothingAreNotYetARegister) {
  for (const char* content : {"", "[]", "\n", R"({"error":"try again"})", "<html>"}) {
    write(config_.path, content);
    const Pull none = pull();
    ASSERT_TRUE(none.error) << content;
    EXPECT_EQ(none.error->code, ErrorCode::kUnavailable) << content;
    EXPECT_THAT(to_text(*none.error), HasSubstr("bods.jsonl: ")) << content;
    EXPECT_EQ(none.pages, 0) << content;
  }
  config_.path = "*.none";
  restart();
  const Pull none = pull();
  ASSERT_TRUE(none.error);
  EXPECT_EQ(none.error->code, ErrorCode::kUnavailable);
  EXPECT_THAT(none.error->message, HasSubstr("there is no file"));
  // One empty file beside others may be an owner's.
  config_.path = "*.jsonl";
  restart();
  write("bods.jsonl", entity("acme", "Acme Ltd", kAcmeLei));
  write("empty.jsonl", "");
  EXPECT_EQ(pull().error->code, ErrorCode::kUnavailable);
}

TEST_F(OwnerSourceTest, AFileThatIsWrittenOverWhileItIsReadIsReadAgain) {
  config_.path = "*.json";
  write("a.json", entity("acme", "Acme Ltd", kAcmeLei));
  write("b.json", entity("b", "Bee"));
  const auto files = list_files(config_);
  ASSERT_TRUE(files);
  const auto accounts = AccountMap::read(at("accounts.csv"), watch_);
  ASSERT_TRUE(accounts);
  const auto reading =
      read_owner_files(config_, *files, *accounts, *find_owner_kind("bods"), kPullTime, watch_,
                       [&](std::int64_t) { write("b.json", entity("b", "Another name")); });
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(to_text(reading.error()), HasSubstr("b.json: it has changed"));
}

TEST_F(OwnerSourceTest, AHalfCopiedFileIsTriedAgain) {
  config_.path = "bods.json.gz";
  // A header of gzip (RFC 1952), and nothing behind it.
  write(config_.path, std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10));
  const Pull damaged = pull();
  ASSERT_TRUE(damaged.error);
  EXPECT_EQ(damaged.error->code, ErrorCode::kUnavailable);
  const Pull growing = pull_while_written();
  ASSERT_TRUE(growing.error);
  EXPECT_EQ(growing.error->code, ErrorCode::kUnavailable);
}

TEST_F(OwnerSourceTest, AStatementWithoutASubjectEndsItsRecordWhereverItStands) {
  const std::string gone =
      R"({"statementId":"n","statementDate":"2022-01-01","recordId":"r","recordType":"relationship",)"
      R"("recordStatus":"updated","recordDetails":{"subject":{"reason":"unknown"},)"
      R"("interestedParty":"ann","interests":[]}})";
  const std::string moved = relation("s", "elsewhere", "bob", "[]", "2022-01-01", "updated");
  write_lines({gone, moved, relation("s", "acme", "bob", holding(R"({"exact":50})")),
               relation("r", "acme", "ann", holding(R"({"exact":50})")), person("ann", "Ann Other"),
               entity("acme", "Acme Ltd", kAcmeLei)});
  const Pull all = pull();
  ASSERT_FALSE(all.error) << to_text(*all.error);
  EXPECT_THAT(owners(all.records.at(0)), IsEmpty());
}

TEST_F(OwnerSourceTest, AClockThatWasAheadOnceDoesNotSilenceTheSource) {
  write_lines(acme_of(R"({"exact":50})"));
  const Pull ahead = pull(kPullTime + Duration{400 * kDay.us});
  ASSERT_THAT(ahead.records, SizeIs(1));
  const Pull back = pull();
  ASSERT_THAT(back.records, SizeIs(1));
  EXPECT_EQ(back.records[0].time, parse_time("2026-03-09").value());
  EXPECT_EQ(pull().pages, 0);
  EXPECT_THAT(pull(kPullTime + kDay).records, SizeIs(1));
}

TEST_F(OwnerSourceTest, CheckSaysHowManyMoreThereAre) {
  std::string map = "account,identifier\n";
  for (int i = 0; i < 7; ++i)
    map += "acct-" + std::to_string(i) + ",lei:NO" + std::to_string(i) + "\n";
  write("accounts.csv", map);
  write_lines(acme_of("{}"));
  const auto told = source().check("", kPullTime);
  ASSERT_TRUE(told) << to_text(told.error());
  ASSERT_THAT(*told, SizeIs(8));
  EXPECT_EQ(told->back(), "  and 2 more");
}

}  // namespace
}  // namespace tidewaiter
