#include "storage/records/record_log.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/enriched_fields.h"
#include "policies/model/record_json.h"
#include "tests/unit/records/log_fixture.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::int64_t tokens_of(const Record& record) {
  return std::get<std::int64_t>(*find_value(record, *find_field("output_tokens")));
}

TEST_F(RecordLogTest, NewLogIsEmptyAndHasARandomId) {
  const auto log = open();
  EXPECT_EQ(log->log_id().size(), 32U);
  EXPECT_EQ(log->log_id().find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(log->head().value(), LogOffset{});
  EXPECT_EQ(log->hash_at(0).value(), Digest{});
  EXPECT_TRUE(log->read({})->entries.empty());
  EXPECT_TRUE(log->sources()->empty());
  const auto unseen = log->source("gw").value();
  EXPECT_EQ(unseen.cursor, "");
  EXPECT_FALSE(unseen.covered);
  EXPECT_FALSE(unseen.backfill_done);
  EXPECT_FALSE(log->active_policy_set().value());
  EXPECT_TRUE(log->check());

  path_ = folder_ / "second.db";
  EXPECT_NE(open()->log_id(), log->log_id());
}

TEST_F(RecordLogTest, PageGetsSequenceNumbersAndCommitsItsCursor) {
  auto log = open();
  Page page = page_of({request(1, kMonday), request(2, kMonday + kSecond)}, "cursor-1");
  page.backfill = true;
  page.drained = Interval{kMonday, kMonday + kHour};
  page.quarantine.push_back({"a.jsonl:7", 120, "not JSON", sha256("junk"), 4});
  const PageReceipt receipt = log->append(page, kNow).value();
  EXPECT_EQ(receipt.first_seq, 1);
  EXPECT_EQ(receipt.last_seq, 3);
  EXPECT_EQ(receipt.added, 2);
  EXPECT_EQ(receipt.revised, 0);
  EXPECT_EQ(receipt.duplicates, 0);
  EXPECT_EQ(receipt.quarantined, 1);

  const std::string id = log->log_id();
  log.reset();
  log = open();
  EXPECT_EQ(log->log_id(), id);
  const SourceState state = log->source("gw").value();
  EXPECT_EQ(state.cursor, "cursor-1");
  EXPECT_EQ(state.covered, (Interval{kMonday, kMonday + kHour}));
  EXPECT_TRUE(state.backfill_done);
  EXPECT_EQ(state.records, 2);
  EXPECT_EQ(state.quarantined, 1);
  EXPECT_EQ(state.last_page, kNow);

  const auto entries = read_all(*log);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_TRUE(entries[0].backfill);
  EXPECT_TRUE(same_content(std::get<Record>(entries[0].body), page.records[0]));
  EXPECT_EQ(std::get<Record>(entries[0].body).id, page.records[0].id);
  EXPECT_EQ(std::get<Record>(entries[0].body).observed, page.records[0].observed);
  const auto& drained = std::get<SourceDrained>(std::get<Control>(entries[2].body));
  EXPECT_EQ(drained.source, "gw");
  EXPECT_EQ(drained.covered, *page.drained);

  const auto bad = log->quarantine("gw", -1).value();
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].input.origin, "a.jsonl:7");
  EXPECT_EQ(bad[0].input.offset, 120);
  EXPECT_EQ(bad[0].input.reason, "not JSON");
  EXPECT_EQ(bad[0].input.content, sha256("junk"));
  EXPECT_EQ(bad[0].at, kNow);
  EXPECT_TRUE(log->quarantine("other", -1)->empty());
}

TEST_F(RecordLogTest, RunningHashFollowsItsFormula) {
  const auto log = open();
  Record first = request(1, kMonday, 10);
  Page page = page_of({first, request(2, kMonday, 20)});
  page.drained = Interval{kMonday, kMonday + kHour};
  ASSERT_TRUE(log->append(page, kNow));
  first = request(1, kMonday, 11);
  ASSERT_TRUE(log->append(page_of({first}), kNow));

  // The bytes by hand: docs/records-format.md.
  const auto line = [](int number, int revision, int tokens) {
    return "{\"kind\":\"usage\",\"id\":\"" + to_hex(sha256("request " + std::to_string(number))) +
           "\",\"revision\":" + std::to_string(revision) +
           ",\"observed\":\"1970-01-01T00:00:00.000007Z\",\"time\":\"2026-11-23T00:00:00Z\","
           "\"duration\":\"0s\",\"requests\":1,\"source\":\"gw\",\"completeness\":\"final\","
           "\"output_tokens\":" +
           std::to_string(tokens) + "}";
  };
  const std::string drained =
      R"({"control":"source-drained","from":"2026-11-23T00:00:00Z","kind":"usage",)"
      R"("source":"gw","to":"2026-11-23T01:00:00Z"})";
  Digest hash;
  const auto advance = [&](const std::string& body) {
    hash = Sha256().update(hash.bytes).update(body).finish();
  };
  advance(line(1, 0, 10));
  advance(line(2, 0, 20));
  advance(drained);
  EXPECT_EQ(log->hash_at(3).value(), hash);
  advance(line(1, 1, 11));
  EXPECT_EQ(log->head().value(), (LogOffset{4, hash}));
  EXPECT_EQ(log->hash_at(2).error().code, ErrorCode::kNotFound);  // no page end
  EXPECT_EQ(log->hash_at(5).error().code, ErrorCode::kNotFound);  // beyond
  EXPECT_TRUE(log->check());
}

TEST_F(RecordLogTest, ReReadIsHarmless) {
  const auto log = open();
  const Page page = page_of({request(1, kMonday), request(2, kMonday)}, "a");
  ASSERT_TRUE(log->append(page, kNow));
  const LogOffset head = log->head().value();
  Page again = page;
  again.cursor = "b";
  for (Record& record : again.records) record.observed = {99};  // read later, same figures
  const PageReceipt receipt = log->append(again, kNow).value();
  EXPECT_EQ(receipt.first_seq, 0);
  EXPECT_EQ(receipt.last_seq, 0);
  EXPECT_EQ(receipt.duplicates, 2);
  EXPECT_EQ(log->head().value(), head);
  EXPECT_EQ(log->source("gw")->cursor, "b");
  EXPECT_EQ(log->source("gw")->records, 2);
}

TEST_F(RecordLogTest, TheSameRecordTwiceInAPageIsOne) {
  const auto log = open();
  const PageReceipt receipt =
      log->append(page_of({request(1, kMonday), request(1, kMonday), request(1, kMonday, 5)}), kNow)
          .value();
  EXPECT_EQ(receipt.added, 1);
  EXPECT_EQ(receipt.duplicates, 1);
  EXPECT_EQ(receipt.revised, 1);
  EXPECT_EQ(receipt.last_seq, 2);
}

TEST_F(RecordLogTest, ChangedContentIsARevisionThatNamesWhatItReplaces) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday, 10), request(2, kMonday, 1)}), kNow));
  Record source_says = request(1, kMonday, 11);
  source_says.revision = 40;  // the log numbers versions, not the source
  ASSERT_EQ(log->append(page_of({source_says}), kNow)->revised, 1);
  ASSERT_EQ(log->append(page_of({request(1, kMonday, 12)}), kNow)->revised, 1);
  ASSERT_EQ(log->append(page_of({request(1, kMonday, 11)}), kNow)->revised, 1);  // and back again

  const auto entries = read_all(*log);
  ASSERT_EQ(entries.size(), 5U);
  std::vector<std::int64_t> revisions;
  std::vector<std::int64_t> replaced;
  std::vector<std::int64_t> before;
  for (const LogEntry& entry : entries) {
    revisions.push_back(std::get<Record>(entry.body).revision);
    replaced.push_back(entry.replaces ? entry.replaces->seq : 0);
    before.push_back(entry.replaces ? tokens_of(entry.replaces->record) : 0);
  }
  EXPECT_THAT(revisions, ElementsAre(0, 0, 1, 2, 3));
  EXPECT_THAT(replaced, ElementsAre(0, 0, 1, 3, 4));
  EXPECT_THAT(before, ElementsAre(0, 0, 10, 11, 12));
  EXPECT_EQ(log->entry(4)->replaces->seq, 3);
  EXPECT_EQ(log->source("gw")->records, 2);
}

// What is looked up of an address at the second reading is no news of the first.
TEST_F(RecordLogTest, WhatWasLookedUpElsewhereIsTheSameDelivery) {
  const auto log = open();
  const auto seen_in = [](const char* country, const char* day, std::int64_t tokens = 1) {
    Record record = request(1, kMonday, tokens);
    set_value(record, *find_field("client.address"), std::string("192.0.2.7"));
    if (country != nullptr) {
      set_enriched(record, *find_field("client.country"), std::string(country),
                   "Country " + std::string(day));
    }
    return record;
  };
  ASSERT_EQ(log->append(page_of({seen_in("SE", "2026-11-20")}), kNow)->added, 1);
  EXPECT_EQ(log->append(page_of({seen_in("NO", "2026-11-27")}), kNow)->duplicates, 1);
  EXPECT_EQ(log->append(page_of({seen_in(nullptr, "")}), kNow)->duplicates, 1);
  EXPECT_EQ(read_all(*log).size(), 1U);

  // The source says something else: what was known of the address then stays with it.
  EXPECT_EQ(log->append(page_of({seen_in("NO", "2026-11-27", 2)}), kNow)->revised, 1);
  const auto entries = read_all(*log);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(*find_value(std::get<Record>(entries[1].body), *find_field("client.country")),
            Value(std::string("SE")));
  // What a source states is no look-up.
  Record stated = request(1, kMonday, 2);
  set_value(stated, *find_field("client.address"), std::string("192.0.2.7"));
  set_value(stated, *find_field("client.country"), std::string("NO"));
  EXPECT_EQ(log->append(page_of({stated}), kNow)->revised, 1);

  // Notes of another form are somebody's text.
  Record noted = request(2, kMonday);
  set_value(noted, *find_field("enriched"), std::vector<std::string>{"jo@example.com"});
  EXPECT_EQ(log->append(page_of({noted}), kNow)->quarantined, 1);
}

TEST_F(RecordLogTest, SameIdAtAnotherTimeIsAnotherRecord) {
  const auto log = open();
  const PageReceipt receipt =
      log->append(page_of({request(1, kMonday), request(1, kMonday + kSecond),
                           request(1, kMonday + kDay)}),
                  kNow)
          .value();
  EXPECT_EQ(receipt.added, 3);
}

TEST_F(RecordLogTest, PageOverManyDaysReadsBackInSequenceOrder) {
  const auto log = open();
  std::vector<Record> records;
  std::vector<std::int64_t> expected;
  for (int i = 0; i < 300; ++i) {
    // 7 is coprime to 100: each day gets three records, never next to each other.
    records.push_back(request(i, kMonday + Duration{(i * 7 % 100) * kDay.us}, i));
    expected.push_back(i);
  }
  ASSERT_TRUE(log->append(page_of(std::move(records)), kNow));
  std::vector<std::int64_t> tokens;
  std::int64_t seq = 0;
  for (const LogEntry& entry : read_all(*log)) {
    EXPECT_EQ(entry.seq, ++seq);
    tokens.push_back(tokens_of(std::get<Record>(entry.body)));
  }
  EXPECT_EQ(tokens, expected);
  EXPECT_TRUE(log->check());
  EXPECT_EQ(tokens_of(std::get<Record>(log->entry(123)->body)), 122);
}

TEST_F(RecordLogTest, RetentionDropsDaysWholeAndQuarantinesWhatComesForThem) {
  const auto log = open();
  const UtcTime tuesday = kMonday + kDay;
  ASSERT_TRUE(
      log->append(page_of({request(1, kMonday), request(2, tuesday), request(3, kMonday)}), kNow));
  ASSERT_TRUE(log->append(page_of({request(4, kMonday)}), kNow));
  ASSERT_TRUE(log->append(page_of({request(5, tuesday)}), kNow));
  const LogOffset head = log->head().value();

  // One microsecond before Monday's end nothing goes.
  EXPECT_EQ(log->drop_before(tuesday - Duration{1}, kNow).value(), 0);
  EXPECT_EQ(log->head().value(), head);
  EXPECT_EQ(log->dropped_before().value(), std::nullopt);
  EXPECT_EQ(log->drop_before(tuesday, kNow).value(), 3);
  EXPECT_EQ(log->drop_before(kMonday, kNow).value(), 0);  // the horizon does not go back
  EXPECT_EQ(log->head()->seq, head.seq + 1);
  EXPECT_EQ(log->dropped_before().value(), tuesday);
  EXPECT_TRUE(log->check()) << log->check().error().message;

  std::vector<std::int64_t> left;
  for (const LogEntry& entry : read_all(*log)) left.push_back(entry.seq);
  EXPECT_THAT(left, ElementsAre(2, 5, 6));  // entry 6 says that Monday is gone
  EXPECT_EQ(log->entry(1).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(log->entry(1).error().message, HasSubstr("retention"));

  const PageReceipt receipt =
      log->append(page_of({request(1, kMonday), request(6, tuesday)}), kNow).value();
  EXPECT_EQ(receipt.expired, 1);
  EXPECT_EQ(receipt.quarantined, 1);
  EXPECT_EQ(receipt.added, 1);
  EXPECT_EQ(receipt.first_seq, 7);  // numbers are not used again
  const auto bad = log->quarantine("", -1).value();
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].input.reason, "belongs to 2026-11-23, which retention has dropped");
  EXPECT_EQ(bad[0].input.origin, "record " + to_hex(request(1, kMonday).id));

  // Read again and again, it lies in quarantine once.
  ASSERT_EQ(log->append(page_of({request(1, kMonday)}), kNow)->expired, 1);
  EXPECT_EQ(log->quarantine("", -1)->size(), 1U);
  EXPECT_EQ(log->source("gw")->quarantined, 1);
}

TEST_F(RecordLogTest, PagesOfWhichNothingIsLeftArePassedOver) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}), kNow));
  ASSERT_TRUE(log->append(page_of({request(2, kMonday)}), kNow));
  ASSERT_EQ(log->drop_before(kMonday + kDay, kNow).value(), 2);
  const auto chunk = log->read({}).value();
  ASSERT_EQ(chunk.entries.size(), 1U);
  EXPECT_EQ(chunk.entries[0].seq, 3);
  EXPECT_EQ(chunk.end, log->head().value());
  EXPECT_TRUE(log->check());
}

TEST_F(RecordLogTest, EachDroppedDayIsAnEntryOfTheLog) {
  auto log = open();
  const UtcTime wednesday = kMonday + kDay + kDay;
  ASSERT_TRUE(log->append(page_of({request(1, wednesday), request(2, kMonday)}), kNow));
  ASSERT_EQ(log->drop_before(wednesday + kDay, kNow).value(), 2);
  log.reset();
  log = open();
  const auto entries = read_all(*log);
  ASSERT_EQ(entries.size(), 2U);  // Tuesday never had a record
  const auto before = [](const LogEntry& entry) {
    return std::get<RecordsDropped>(std::get<Control>(entry.body)).before;
  };
  EXPECT_EQ(before(entries[0]), kMonday + kDay);
  EXPECT_EQ(before(entries[1]), wednesday + kDay);
  EXPECT_EQ(log->dropped_before().value(), wednesday + kDay);
  EXPECT_EQ(log->hash_at(3).value(),
            Sha256()
                .update(log->hash_at(2)->bytes)
                .update(std::string_view(
                    R"({"before":"2026-11-24T00:00:00Z","control":"records-dropped"})"))
                .finish());
}

TEST_F(RecordLogTest, WhatCannotBeReadBackIsQuarantined) {
  const auto log = open();
  Record text = request(1, kMonday);
  set_value(text, *find_field("model"), std::string("\xFF"));
  Record early = request(2, {-1});
  const PageReceipt receipt =
      log->append(page_of({text, early, request(3, kMonday)}), kNow).value();
  EXPECT_EQ(receipt.added, 1);
  EXPECT_EQ(receipt.quarantined, 2);
  const auto bad = log->quarantine("gw", 1).value();  // the newest first
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_THAT(bad[0].input.reason, HasSubstr("time"));
  EXPECT_EQ(read_all(*log).size(), 1U);
}

TEST_F(RecordLogTest, PageWithoutNewsLeavesTheLogAlone) {
  const auto log = open();
  const PageReceipt receipt = log->append(page_of({}, "later"), kNow).value();
  EXPECT_EQ(receipt.first_seq, 0);
  EXPECT_EQ(log->head()->seq, 0);
  EXPECT_EQ(log->source("gw")->cursor, "later");
  EXPECT_EQ(log->source("gw")->last_page, kNow);
}

TEST_F(RecordLogTest, CoverageIsTheHullOfWhatWasDrained) {
  const auto log = open();
  Page page = page_of({});
  page.drained = Interval{kMonday + kHour, kMonday + kDay};
  ASSERT_TRUE(log->append(page, kNow));
  page.drained = Interval{kMonday, kMonday + kHour};
  ASSERT_TRUE(log->append(page, kNow));
  EXPECT_EQ(log->source("gw")->covered, (Interval{kMonday, kMonday + kDay}));
  EXPECT_EQ(log->head()->seq, 2);
}

TEST_F(RecordLogTest, ControlEntriesAndPolicySetsReadBack) {
  const auto log = open();
  const Digest first = sha256("set 1");
  const Digest second = sha256("set 2");
  EXPECT_EQ(log->append_control(PolicySetActivated{first}, "policy: a", kNow).value(), 1);
  EXPECT_EQ(log->append_control(SourceIdle{"gw", RecordKind::kAudit}, "", kNow).value(), 2);
  EXPECT_EQ(log->append_control(PolicySetActivated{second}, "policy: b", kNow).value(), 3);
  EXPECT_EQ(log->append_control(SourceDrained{"gw", RecordKind::kUsage, {{0}, kMonday}}, "", kNow)
                .value(),
            4);
  EXPECT_EQ(log->append_control(SourceRemoved{"gw", RecordKind::kUsage}, "", kNow).value(), 5);
  const SourceSettles slow{"new", RecordKind::kAccount, Duration{90 * kMinute.us}};
  EXPECT_EQ(log->append_control(slow, "", kNow).value(), 6);
  const LinkRuled cut{"k-1", kNow, {{"gw", "a/\"1"}}, {{*find_field("devices"), "d-7"}}};
  const LinkRuled joined{"k-2", kNow, {{"gw", "a"}, {"gw", "b"}}, {}};
  const LinkRuled lifted{"k-1", kNow, {}, {}};
  EXPECT_EQ(log->append_control(cut, "", kNow).value(), 7);
  EXPECT_EQ(log->append_control(joined, "", kNow).value(), 8);
  EXPECT_EQ(log->append_control(lifted, "", kNow).value(), 9);
  EXPECT_EQ(log->append_control(StateEvicted{"a.burst", kMonday}, "", kNow).value(), 10);
  EXPECT_EQ(log->active_policy_set().value(), second);
  EXPECT_EQ(log->policy_documents(first).value(), "policy: a");
  EXPECT_EQ(log->policy_documents(second).value(), "policy: b");
  EXPECT_EQ(log->policy_documents(sha256("set 3")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log->source("gw")->covered, (Interval{{0}, kMonday}));
  const auto entries = read_all(*log);
  ASSERT_EQ(entries.size(), 10U);
  const auto& evicted = std::get<StateEvicted>(std::get<Control>(entries[9].body));
  EXPECT_EQ(evicted.policy, "a.burst");
  EXPECT_EQ(evicted.before, kMonday);
  EXPECT_EQ(std::get<LinkRuled>(std::get<Control>(entries[6].body)), cut);
  EXPECT_EQ(std::get<LinkRuled>(std::get<Control>(entries[7].body)), joined);
  EXPECT_EQ(std::get<LinkRuled>(std::get<Control>(entries[8].body)), lifted);
  const auto& removed = std::get<SourceRemoved>(std::get<Control>(entries[4].body));
  EXPECT_EQ(removed.source, "gw");
  EXPECT_EQ(removed.kind, RecordKind::kUsage);
  const auto& settles = std::get<SourceSettles>(std::get<Control>(entries[5].body));
  EXPECT_EQ(settles.source, "new");
  EXPECT_EQ(settles.kind, RecordKind::kAccount);
  EXPECT_EQ(settles.within, Duration{90 * kMinute.us});
  EXPECT_EQ(std::get<PolicySetActivated>(std::get<Control>(entries[0].body)).set_hash, first);
  const auto& idle = std::get<SourceIdle>(std::get<Control>(entries[1].body));
  EXPECT_EQ(idle.source, "gw");
  EXPECT_EQ(idle.kind, RecordKind::kAudit);
  EXPECT_TRUE(log->check());
}

TEST_F(RecordLogTest, IssuesOfListsAreKeptByTheirDigest) {
  const auto log = open();
  const std::string text = "{\"tidewaiter_issue\":1}\n";
  EXPECT_EQ(log->list_issue(sha256(text)).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(log->list_issue(sha256(text)).error().message,
              testing::HasSubstr(to_hex(sha256(text))));
  ASSERT_TRUE(log->keep_list_issue(text));
  ASSERT_TRUE(log->keep_list_issue(text));
  EXPECT_EQ(log->list_issue(sha256(text)).value(), text);
  EXPECT_TRUE(log->check());
}

TEST_F(RecordLogTest, AnIssueThatASetNamesHasToBeThere) {
  const auto log = open();
  const std::string text = "{\"tidewaiter_issue\":1}\n";
  const std::string documents =
      R"([{"path":"a.yaml","text":""},{"list":"sdn","parties":")" + to_hex(sha256(text)) + R"("}])";
  ASSERT_TRUE(log->append_control(PolicySetActivated{sha256("set")}, documents, kNow));
  const Result<void> missing = log->check();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(missing.error().message, testing::HasSubstr(to_hex(sha256(text))));
  ASSERT_TRUE(log->keep_list_issue(text));
  EXPECT_TRUE(log->check());
}

TEST_F(RecordLogTest, TellsWhetherThereAreRecordsOfATime) {
  const auto log = open();
  EXPECT_FALSE(log->has_records_in({kMonday, kMonday + kDay}).value());
  ASSERT_TRUE(
      log->append(page_of({request(1, kMonday + kHour), request(2, kMonday + kDay)}), kNow));
  EXPECT_TRUE(log->has_records_in({kMonday, kMonday + kDay}).value());
  EXPECT_FALSE(log->has_records_in({kMonday, kMonday + kHour}).value());  // its end is not in it
  EXPECT_TRUE(log->has_records_in({kMonday + kHour, kMonday + Duration{2 * kHour.us}}).value());
  EXPECT_FALSE(log->has_records_in({kMonday + Duration{2 * kHour.us}, kMonday + kDay}).value());
  EXPECT_TRUE(log->has_records_in({kMonday + Duration{2 * kHour.us}, {INT64_MAX}}).value());
  EXPECT_FALSE(log->has_records_in({kMonday + Duration{2 * kDay.us}, {INT64_MAX}}).value());
}

TEST_F(RecordLogTest, SourcesTellWhichOfThemAreIdle) {
  const auto log = open();
  const auto say = [&](const Control& control) {
    ASSERT_TRUE(log->append_control(control, "", kNow));
  };
  const auto idle = [&] {
    std::vector<std::string> names;
    auto states = log->sources();
    EXPECT_TRUE(log->tell_idle(states.value()));
    for (const SourceState& state : states.value()) {
      if (state.idle) names.push_back(state.source);
    }
    return names;
  };
  for (const char* name : {"a", "b", "c"}) {
    say(SourceDrained{name, RecordKind::kUsage, {{0}, kMonday}});
  }
  EXPECT_THAT(idle(), testing::IsEmpty());
  say(SourceIdle{"a", RecordKind::kUsage});
  say(SourceRemoved{"c", RecordKind::kUsage});
  say(SourceSettles{"a", RecordKind::kUsage, kHour});
  EXPECT_THAT(idle(), testing::ElementsAre("a")) << "`c` is removed: nobody waits for it";
  say(SourceDrained{"a", RecordKind::kUsage, {{0}, kMonday}});
  EXPECT_THAT(idle(), testing::IsEmpty());
}

TEST_F(RecordLogTest, ReaderSeesWhatAWriterCommitsMeanwhile) {
  const auto writer = open();
  const auto reader = open(RecordLog::Mode::kReadOnly);
  EXPECT_EQ(reader->log_id(), writer->log_id());
  ASSERT_TRUE(writer->append(page_of({request(1, kMonday)}), kNow));
  EXPECT_EQ(read_all(*reader).size(), 1U);
  ASSERT_TRUE(writer->append(page_of({request(2, kMonday + kDay)}), kNow));
  EXPECT_EQ(read_all(*reader).size(), 2U);
  ASSERT_EQ(writer->drop_before(kMonday + kDay, kNow).value(), 1);
  EXPECT_THAT(read_all(*reader),
              ElementsAre(testing::Field(&LogEntry::seq, 2), testing::Field(&LogEntry::seq, 3)));
  EXPECT_TRUE(reader->check());
  const auto refused = reader->append(page_of({request(3, kMonday)}), kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
}

TEST_F(RecordLogTest, RefusesAnOffsetThatIsNoPageEnd) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday), request(2, kMonday)}), kNow));
  EXPECT_EQ(log->read({1, {}}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log->read({3, {}}).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(log->read({2, {}})->entries.empty());
}

TEST_F(RecordLogTest, RefusesAPageThatIsTooLarge) {
  const auto log = open();
  const Page page = page_of(std::vector<Record>(kMaxPageRecords + 1, request(1, kMonday)));
  EXPECT_EQ(log->append(page, kNow).error().code, ErrorCode::kInvalidInput);
}

TEST_F(RecordLogTest, EachDayIsATableOfItsOwn) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday), request(2, kMonday + kDay)}), kNow));
  SQLite::Database db(path_);
  EXPECT_EQ(db.execAndGet("SELECT count(*) FROM record_20261123").getInt(), 1);
  EXPECT_EQ(db.execAndGet("SELECT count(*) FROM record_20261124").getInt(), 1);
  EXPECT_EQ(db.execAndGet("PRAGMA journal_mode").getString(), "wal");
}

/// A record whose native line has exactly `bytes` bytes at a revision of one digit.
Record record_of(std::size_t bytes, std::int64_t tokens) {
  Record record = request(1, kMonday, tokens);
  set_value(record, *find_field("model"), std::string());
  std::string line;
  write_record_json(record, line);
  set_value(record, *find_field("model"), std::string(bytes - line.size(), 'm'));
  return record;
}

TEST_F(RecordLogTest, TakesALineThatIsLongerThanASourceMayDeliver) {
  auto log = open();
  // A line of 600 kB of `\b` is written with 1.8 MB of `\u0008`.
  Record record = request(1, kMonday);
  set_value(record, *find_field("model"), std::string(300'000, '\b'));
  EXPECT_EQ(log->append(page_of({record}), kNow)->added, 1);
  const auto entries = read_all(*log);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_TRUE(same_content(std::get<Record>(entries[0].body), record));
}

TEST_F(RecordLogTest, RefusesARevisionThatNoLongerReadsBack) {
  auto log = open();
  // Revision 10 has a digit more than the line may have.
  for (std::int64_t revision = 0; revision < 10; ++revision) {
    const Page page = page_of({record_of(kMaxStoredLineBytes, revision)});
    EXPECT_EQ(log->append(page, kNow)->quarantined, 0) << revision;
  }
  const auto receipt = log->append(page_of({record_of(kMaxStoredLineBytes, 0)}), kNow);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->revised, 0);
  EXPECT_EQ(receipt->quarantined, 1);
  EXPECT_THAT(log->quarantine("gw", -1)->at(0).input.reason, HasSubstr("at most 4 MiB"));
  EXPECT_EQ(read_all(*log).size(), 10U);
}

}  // namespace
}  // namespace tidewaiter
