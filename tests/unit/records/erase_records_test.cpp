#include "storage/records/erase_records.h"

#include <fstream>
#include <iterator>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/record_json.h"
#include "storage/records/personal_values.h"
#include "tests/unit/records/log_fixture.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Record with(Record record, std::string_view name, Value value) {
  set_value(record, *find_field(name), std::move(value));
  return record;
}

std::string text_at(const Record& record, std::string_view name) {
  const Value* const value = find_value(record, *find_field(name));
  return value == nullptr ? std::string() : std::get<std::string>(*value);
}

/// Three pages: two requests of account `canary-a` and one of `b`, then one of each the next day,
/// the second as a revision; then what was drained.
class EraseRecords : public RecordLogTest {
 protected:
  void SetUp() override {
    RecordLogTest::SetUp();
    auto log = open();
    const auto of = [](int number, UtcTime time, const char* account) {
      return with(request(number, time), "account", std::string(account));
    };
    Record first = with(of(1, kMonday, "canary-a"), "user_agent", std::string("canary-agent"));
    first = with(std::move(first), "client.address", std::string("203.0.113.77"));
    ASSERT_TRUE(log->append(
        page_of(
            {first,
             with(of(2, kMonday + kHour, "canary-a"), "user_agent", std::string("shared-agent")),
             with(of(3, kMonday + kHour, "b"), "user_agent", std::string("shared-agent"))}),
        kNow));
    const UtcTime next = kMonday + kDay;
    Page second = page_of({of(4, next, "b"), of(5, next, "canary-a")});
    second.quarantine.push_back(
        {"a.jsonl:9", 1, "expected a number, got `canary-a`", sha256("x"), 1});
    ASSERT_TRUE(log->append(second, kNow));
    Page third = page_of({with(of(5, next, "canary-a"), "output_tokens", std::int64_t{7})});
    third.drained = Interval{kMonday, kMonday + Duration{2 * kDay.us}};
    ASSERT_TRUE(log->append(third, kNow));
  }

  [[nodiscard]] LogOffset judged() {
    auto log = open();
    return log->head().value();
  }
  [[nodiscard]] Result<ErasedRecords> erase(const LogOffset& at, std::int64_t number = 7) const {
    return erase_records(path_, {part_, number, at}, kNow);
  }
  [[nodiscard]] std::vector<LogEntry> entries() {
    auto log = open(RecordLog::Mode::kReadOnly);
    std::vector<LogEntry> all;
    LogOffset at;
    for (;;) {
      const auto chunk = log->read(at);
      EXPECT_TRUE(chunk) << chunk.error().message;
      if (!chunk || chunk->entries.empty()) return all;
      all.insert(all.end(), chunk->entries.begin(), chunk->entries.end());
      at = chunk->end;
    }
  }
  [[nodiscard]] std::string bytes() const {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      std::ifstream in(file.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }

  SubjectPart part_{*find_field("account"), "gw", "canary-a"};
};

// A cut names an account and what it has; a joint names two accounts.
TEST_F(EraseRecords, RulingsOnLinksGoOnToSayTheSameOfNobody) {
  const FieldId agent = *find_field("user_agent");
  const FieldId address = *find_field("client.address");
  {
    auto log = open();
    const LinkRuled cut{"k-1",
                        kNow,
                        {{"gw", "canary-a"}},
                        {{agent, "canary-agent"},
                         {agent, "shared-agent"},
                         {address, "203.0.113.77"},
                         {agent, "canary-of-no-record"}}};
    ASSERT_TRUE(log->append_control(cut, "", kNow));
    ASSERT_TRUE(log->append_control(LinkRuled{"k-2", kNow, {{"gw", "canary-a"}, {"gw", "b"}}, {}},
                                    "", kNow));
    ASSERT_TRUE(log->append_control(
        LinkRuled{"k-3", kNow, {{"gw", "b"}}, {{agent, "shared-agent"}}}, "", kNow));
    ASSERT_TRUE(log->append_control(LinkRuled{"k-4", kNow, {{"other", "canary-a"}}, {{agent, "x"}}},
                                    "", kNow));
  }
  const auto done = erase(judged());
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->records, 4);
  const std::vector<LogEntry> after = entries();
  const auto ruled = [&](std::size_t back) {
    return std::get<LinkRuled>(std::get<Control>(after[after.size() - back].body));
  };
  const Record& first = std::get<Record>(after.front().body);
  EXPECT_EQ(ruled(4).accounts, (std::vector<RuledAccount>{{"gw", done->token}}));
  const std::vector<RuledValue>& values = ruled(4).values;
  ASSERT_EQ(values.size(), 4U);
  EXPECT_EQ(values[0].text, text_at(first, "user_agent"));
  EXPECT_EQ(values[1].text, "shared-agent");
  EXPECT_EQ(values[2].text, text_at(first, "client.address"));
  EXPECT_THAT(values[3].text, StartsWith("erased-"));
  EXPECT_EQ(ruled(3).accounts, (std::vector<RuledAccount>{{"gw", done->token}, {"gw", "b"}}));
  EXPECT_EQ(ruled(2).accounts, (std::vector<RuledAccount>{{"gw", "b"}}));
  // Another source's account of that name is somebody else.
  EXPECT_EQ(ruled(1).accounts, (std::vector<RuledAccount>{{"other", "canary-a"}}));
  EXPECT_TRUE(open(RecordLog::Mode::kReadOnly)->check());
}

TEST_F(EraseRecords, KeepsCountOrderAndFiguresAndTellsNobody) {
  const std::vector<LogEntry> before = entries();
  const LogOffset at = judged();
  EXPECT_EQ(count_records_of(path_, part_).value(), 4);
  const auto done = erase(at);
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_TRUE(compact_records(path_));
  EXPECT_EQ(done->records, 4);
  EXPECT_THAT(done->token, StartsWith("erased-"));
  EXPECT_EQ(done->judged.seq, at.seq);
  EXPECT_NE(done->judged.log_hash, at.log_hash);
  const std::string left = bytes();
  EXPECT_THAT(left, Not(HasSubstr("canary")));
  EXPECT_THAT(left, Not(HasSubstr("203.0.113.77")));

  const std::vector<LogEntry> after = entries();
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].seq, before[i].seq);
    const auto* const was = std::get_if<Record>(&before[i].body);
    const auto* const is = std::get_if<Record>(&after[i].body);
    ASSERT_EQ(was == nullptr, is == nullptr);
    if (was == nullptr) continue;
    EXPECT_EQ(is->time, was->time);
    EXPECT_EQ(is->revision, was->revision);
    EXPECT_EQ(find_value(*is, *find_field("output_tokens"))->index(),
              find_value(*was, *find_field("output_tokens"))->index());
    const bool erased = text_at(*was, "account") == "canary-a";
    EXPECT_EQ(text_at(*is, "account"), erased ? done->token : "b");
    EXPECT_EQ(is->id == was->id, !erased);
    // What `b` has too is not the subject's alone.
    if (text_at(*was, "user_agent") == "shared-agent") {
      EXPECT_EQ(text_at(*is, "user_agent"), "shared-agent");
    }
  }
  // A revision still replaces its record.
  const auto& revised = after[5];
  ASSERT_TRUE(revised.replaces);
  EXPECT_EQ(revised.replaces->record.id, std::get<Record>(revised.body).id);
}

TEST_F(EraseRecords, GivesALogThatHoldsFromEndToEnd) {
  const LogOffset at = judged();
  const auto done = erase(at);
  ASSERT_TRUE(done) << done.error().message;
  auto log = open();
  const auto whole = log->check();
  EXPECT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(log->hash_at(at.seq).value(), done->judged.log_hash);
  EXPECT_EQ(log->head()->seq, at.seq + 1) << "the note is an entry";
  EXPECT_EQ(log->entry(at.seq + 1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(erased_tokens(path_).value(), std::set<std::string>{done->token});
  EXPECT_TRUE(log->quarantine("", 10)->empty()) << "it quoted the id";
  // The log goes on behind it.
  ASSERT_TRUE(log->append(page_of({request(9, kMonday + Duration{3 * kHour.us})}), kNow));
  EXPECT_TRUE(log->check());
}

TEST_F(EraseRecords, AnswersAsItDidWhenAskedAgain) {
  const LogOffset at = judged();
  const auto first = erase(at);
  ASSERT_TRUE(first);
  const auto again = erase(first->judged);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->token, first->token);
  EXPECT_EQ(again->judged_before, at);
  EXPECT_EQ(again->judged, first->judged);
  EXPECT_EQ(judged().seq, at.seq + 1) << "one note";
  ASSERT_TRUE(end_erasure_of_records(path_, 7));
  EXPECT_EQ(count_records_of(path_, part_).value(), 0);
}

TEST_F(EraseRecords, DoesNotMakeAChangedLogWhole) {
  const LogOffset at = judged();
  {
    SQLite::Database db(path_.string(), SQLite::OPEN_READWRITE);
    db.exec("UPDATE record_20261123 SET body = replace(body, '\"b\"', '\"c\"') WHERE seq = 3");
  }
  const auto done = erase(at);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(bytes(), HasSubstr("canary-a"));
}

TEST_F(EraseRecords, IsRefusedForALedgerOfAnotherPast) {
  LogOffset at = judged();
  at.log_hash = sha256("another");
  const auto done = erase(at);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kRefused);
}

// What two subjects alone have in common goes with the second of them.
TEST_F(EraseRecords, LooksAgainAtWhatAnErasedSubjectShared) {
  const auto first = erase(judged());
  ASSERT_TRUE(first);
  ASSERT_TRUE(end_erasure_of_records(path_, 7));
  ASSERT_TRUE(compact_records(path_));
  EXPECT_THAT(bytes(), HasSubstr("shared-agent"));
  part_.value = "b";
  const auto second = erase(judged(), 8);
  ASSERT_TRUE(second) << second.error().message;
  ASSERT_TRUE(compact_records(path_));
  EXPECT_EQ(second->records, 3) << "two of `b`, and one that shared a value with it";
  EXPECT_THAT(bytes(), Not(HasSubstr("shared-agent")));
  EXPECT_EQ(erased_tokens(path_)->size(), 2U);
  EXPECT_TRUE(open()->check());
}

TEST_F(EraseRecords, KeepsTheIdOfAnotherSource) {
  {
    auto log = open();
    Record other = with(request(8, kMonday), "account", std::string("canary-a"));
    other.source = "other";
    Page page = page_of({other});
    page.source = "other";
    ASSERT_TRUE(log->append(page, kNow));
  }
  ASSERT_TRUE(erase(judged()));
  std::vector<std::string> accounts;
  for (const LogEntry& entry : entries()) {
    const auto* const record = std::get_if<Record>(&entry.body);
    if (record != nullptr && record->source == "other") {
      accounts.push_back(text_at(*record, "account"));
    }
  }
  EXPECT_THAT(accounts, testing::ElementsAre("canary-a"));
}

// Who owns whom is told after it as before, of nobody.
TEST_F(EraseRecords, KeepsTheChainOfOwners) {
  using Texts = std::vector<std::string>;
  {
    auto log = open();
    Record owned = with(request(9, kMonday), "account", std::string("canary-a"));
    owned.kind = RecordKind::kAccount;
    owned.fields.clear();
    owned = with(std::move(owned), "account", std::string("canary-a"));
    owned = with(std::move(owned), "owners", Texts{"Canary Holding", "", "Canary Person"});
    owned = with(std::move(owned), "owners.share", Texts{"50%", "", "25%-50%"});
    owned = with(std::move(owned), "owners.identifier", Texts{"lei:canary", "", "bods:p"});
    owned = with(std::move(owned), "owners.of", Texts{"", "", "lei:canary"});
    Page page = page_of({owned});
    page.kind = RecordKind::kAccount;
    ASSERT_TRUE(log->append(page, kNow));
  }
  ASSERT_TRUE(erase(judged()));
  int seen = 0;
  for (const LogEntry& entry : entries()) {
    const auto* const record = std::get_if<Record>(&entry.body);
    if (record == nullptr || record->kind != RecordKind::kAccount) continue;
    ++seen;
    const auto texts = [&](const char* name) {
      return std::get<Texts>(field_value(*record, *find_field(name)));
    };
    EXPECT_THAT(texts("owners.share"), testing::ElementsAre("50%", "", "25%-50%"));
    EXPECT_THAT(texts("owners.of"), testing::ElementsAre("", "", texts("owners.identifier")[0]));
    EXPECT_EQ(texts("owners")[1], "");
    EXPECT_NE(texts("owners")[0], "Canary Holding");
    EXPECT_NE(texts("owners.identifier")[0], "lei:canary");
  }
  EXPECT_EQ(seen, 1);
}

// Retention took the first day: what lies behind the gap is chained on from before it.
TEST_F(EraseRecords, WorksBehindDaysThatRetentionDropped) {
  {
    auto log = open();
    ASSERT_TRUE(log->drop_before(kMonday + kDay, kNow));
    ASSERT_TRUE(log->check());
  }
  const auto done = erase(judged());
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->records, 2);
  const auto whole = open()->check();
  EXPECT_TRUE(whole) << whole.error().message;
}

TEST(PersonalField, IsAnyTextThatMaySayWhoSomebodyIs) {
  for (const char* const name : {"account", "api_key", "end_user", "client.address", "user_agent",
                                 "legal_name", "owners", "email.domain", "actor.id"}) {
    EXPECT_TRUE(is_personal(*find_field(name))) << name;
  }
  for (const char* const name : {"model", "client.country", "output_tokens", "time", "status",
                                 "plan", "request.stream", "source"}) {
    EXPECT_FALSE(is_personal(*find_field(name))) << name;
  }
}

}  // namespace
}  // namespace tidewaiter
