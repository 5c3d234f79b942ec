// What polls find that read a time anew: rows that are gone, figures that were closed, and times
// for which the server refuses to group by key. Over sources of OpenAI and a record log.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/connector.h"
#include "daemon/sources/contract/contract_cursor.h"
#include "scripted_http.h"
#include "storage/records/own_records.h"
#include "tests/unit/log_entries.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

UtcTime at(std::string_view text) { return parse_time(text).value(); }

const UtcTime kMidnight = at("2026-11-23T00:00:00Z");
const UtcTime kNoon = at("2026-11-23T12:00:00Z");

/// A row of an hour of the day: a project, and what it asked for.
struct Row {
  int hour = 0;
  std::string project;
  int requests = 0;
};

std::string row_json(const Row& row) {
  if (row.requests < 0) return R"({"object":"organization.usage.completions.result"})";  // bad
  return R"({"object":"organization.usage.completions.result","input_tokens":)" +
         std::to_string(row.requests * 100) + R"(,"num_model_requests":)" +
         std::to_string(row.requests) + R"(,"project_id":")" + row.project + R"("})";
}

/// A page of the day; `next`: where it goes on.
HttpResponse page_of(const std::vector<Row>& rows, const std::string& next = {}) {
  std::map<int, std::string> hours;
  for (const Row& row : rows) {
    std::string& results = hours[row.hour];
    results += (results.empty() ? "" : ",") + row_json(row);
  }
  std::string data;
  for (const auto& [hour, results] : hours) {
    const std::int64_t start = (kMidnight.us + hour * kHour.us) / kSecond.us;
    data += std::string(data.empty() ? "" : ",") + R"({"object":"bucket","start_time":)" +
            std::to_string(start) + R"(,"end_time":)" + std::to_string(start + 3600) +
            R"(,"results":[)" + results + "]}";
  }
  const std::string more = next.empty() ? R"("has_more":false,"next_page":null)"
                                        : R"("has_more":true,"next_page":")" + next + R"(")";
  return {200, R"({"object":"page","data":[)" + data + "]," + more + "}", {}};
}

/// One source, and the log that it goes into.
class RereadTest : public testing::Test {
 protected:
  void SetUp() override {
    config_.name = "openai";
    config_.kind = "openai";
    config_.contract.emplace();
    config_.contract->url = "https://api.example.com/v1";
    config_.contract->key = {SecretRef::Kind::kEnv, "KEY"};
    config_.contract->endpoints = {"completions"};
    config_.contract->since = kMidnight;
    config_.contract->overlap = kDay;
    log_ = RecordLog::open(folder_.path() / "records.db", RecordLog::Mode::kReadWrite).value();
  }

  /// Another process: what the connector held in memory is gone.
  void restart() { connector_.reset(); }

  /// The next page, committed as the pipeline does it. Nothing: the pull is over, or has failed.
  std::optional<Page> next(UtcTime now) {
    if (!connector_) {
      SourceServices services;
      services.http = &http_;
      services.variables = {{"KEY", "sk-admin-0123456789wxyz"}};
      services.now = [this] { return now_; };
      services.retry = {1, Duration{0}, Duration{0}};
      connector_ = make_connector(config_, services).value();
    }
    now_ = now;
    auto page = connector_->next(log_->source(config_.name)->cursor, now, {});
    error_.reset();
    if (!page) {
      error_ = page.error();
      return std::nullopt;
    }
    if (!*page) return std::nullopt;
    receipt_ = log_->append(**page, now).value();
    return *page;
  }

  /// A whole pull. Gives the receipts' sum of what was revised.
  std::int64_t pull(UtcTime now) {
    std::int64_t revised = 0;
    while (const std::optional<Page> page = next(now)) {
      revised += receipt_.revised;
      if (page->drained) break;
    }
    return revised;
  }
  /// … of a poll that has nothing more to state: one page, and no end that is told.
  std::int64_t poll(UtcTime now) {
    std::int64_t revised = 0;
    while (next(now)) revised += receipt_.revised;
    return revised;
  }

  /// The last versions of the records of usage, by hour and project; and all that was noticed.
  std::map<std::string, Record> stored() {
    std::map<std::string, Record> last;
    for (const LogEntry& entry : read_all(*log_)) {
      const auto* const record = std::get_if<Record>(&entry.body);
      if (record == nullptr || record->kind != RecordKind::kUsage) continue;
      last[format_time(record->time).substr(11, 2) + " " + text(*record, "project")] = *record;
    }
    return last;
  }
  std::vector<Record> noticed() {
    std::vector<Record> all;
    for (const LogEntry& entry : read_all(*log_)) {
      const auto* const record = std::get_if<Record>(&entry.body);
      if (record != nullptr && record->source == kOwnSource) all.push_back(*record);
    }
    return all;
  }
  static std::string text(const Record& record, std::string_view field) {
    const Value value = field_value(record, *find_field(field));
    const auto* const written = std::get_if<std::string>(&value);
    return written == nullptr ? "" : *written;
  }
  static std::int64_t number(const Record& record, std::string_view field) {
    const Value value = field_value(record, *find_field(field));
    const auto* const count = std::get_if<std::int64_t>(&value);
    return count == nullptr ? -1 : *count;
  }

  TemporaryFolder folder_;
  SourceConfig config_;
  std::unique_ptr<RecordLog> log_;
  std::function<Result<HttpResponse>(const std::string& url)> answer_;
  ScriptedHttp http_{[this](const std::string& url, std::size_t) { return answer_(url); }};
  std::unique_ptr<Connector> connector_;
  UtcTime now_;
  PageReceipt receipt_;
  std::optional<Error> error_;
};

TEST_F(RereadTest, ARowThatIsGoneGetsAZeroRevision) {
  answer_ = [](const std::string&) { return page_of({{3, "p1", 10}, {5, "p2", 4}}); };
  pull(kNoon);
  ASSERT_THAT(stored(), SizeIs(2));

  answer_ = [](const std::string&) { return page_of({{3, "p1", 10}}); };
  pull(kNoon + kHour);
  EXPECT_EQ(receipt_.vanished, 1);
  const Record gone = stored()["05 p2"];
  EXPECT_EQ(gone.requests, 0);
  EXPECT_EQ(number(gone, "input_tokens"), 0);
  EXPECT_EQ(number(gone, "output_tokens"), -1) << "what was absent is absent";
  EXPECT_EQ(text(gone, "status"), "vanished");
  EXPECT_EQ(text(gone, "project"), "p2");
  EXPECT_EQ(gone.revision, 1);
  EXPECT_EQ(stored()["03 p1"].requests, 10);

  // It is still gone, which is nothing new; then it is back.
  pull(kNoon + Duration{2 * kHour.us});
  EXPECT_EQ(receipt_.vanished, 0);
  EXPECT_EQ(stored()["05 p2"].revision, 1);
  answer_ = [](const std::string&) { return page_of({{3, "p1", 10}, {5, "p2", 6}}); };
  pull(kNoon + Duration{3 * kHour.us});
  EXPECT_EQ(stored()["05 p2"].requests, 6);
  EXPECT_EQ(text(stored()["05 p2"], "status"), "");
}

TEST_F(RereadTest, NothingIsGoneWhereARowCouldNotBeRead) {
  answer_ = [](const std::string&) { return page_of({{3, "p1", 10}, {5, "p2", 4}}); };
  pull(kNoon);
  answer_ = [](const std::string&) { return page_of({{3, "p1", 10}, {5, "", -1}}); };
  pull(kNoon + kHour);
  EXPECT_FALSE(error_);
  EXPECT_EQ(receipt_.quarantined, 1);
  EXPECT_EQ(stored()["05 p2"].requests, 4);
}

TEST_F(RereadTest, NothingIsGoneBeforeTheWindowIsReadToItsEnd) {
  answer_ = [](const std::string&) { return page_of({{3, "p1", 10}, {5, "p2", 4}}); };
  pull(kNoon);
  answer_ = [](const std::string& url) -> Result<HttpResponse> {
    if (url.find("page=") == std::string::npos) return page_of({{3, "p1", 10}}, "second");
    return HttpResponse{503, "", {}};
  };
  poll(kNoon + kHour);
  ASSERT_TRUE(error_);
  EXPECT_EQ(stored()["05 p2"].requests, 4);
}

/// A pull reads a thousand pages of a window. What the first of them had is not kept for the next.
TEST_F(RereadTest, NothingIsGoneOfAWindowThatTakesSeveralPulls) {
  config_.contract->endpoints = {"completions", "embeddings"};
  const auto no_embeddings = [](const std::string& url) {
    return url.find("embeddings") != std::string::npos;
  };
  answer_ = [&](const std::string& url) {
    return no_embeddings(url) ? page_of({}) : page_of({{3, "p1", 10}, {5, "p2", 4}});
  };
  pull(kNoon);
  ASSERT_THAT(stored(), SizeIs(2));
  answer_ = [&](const std::string& url) {
    if (no_embeddings(url)) return page_of({});
    const std::size_t at = url.find("&page=t");
    const int page = at == std::string::npos ? 0 : std::stoi(url.substr(at + 7));
    return page <= 1000 ? page_of({}, "t" + std::to_string(page + 1)) : page_of({{3, "p1", 10}});
  };
  poll(kNoon + kHour);
  poll(kNoon + kHour + kMinute);
  EXPECT_FALSE(error_);
  EXPECT_EQ(log_->source("openai")->covered->to, kMidnight + Duration{12 * kHour.us});
  EXPECT_EQ(stored()["05 p2"].requests, 4);
}

/// Killed between the pages of a window: what its first page had is not known to the next process,
/// so that it asks for that again, and then knows what is gone.
TEST_F(RereadTest, AKilledRereadBeginsAgainAndTellsTheSame) {
  answer_ = [](const std::string&) { return page_of({{3, "p1", 10}, {5, "p2", 4}, {7, "p3", 2}}); };
  pull(kNoon);
  answer_ = [](const std::string& url) {
    return url.find("page=") == std::string::npos ? page_of({{3, "p1", 10}}, "second")
                                                  : page_of({{7, "p3", 2}});
  };
  ASSERT_TRUE(next(kNoon + kHour));
  EXPECT_EQ(stored()["05 p2"].requests, 4);
  restart();
  pull(kNoon + kHour);
  EXPECT_FALSE(error_);
  EXPECT_EQ(stored()["05 p2"].requests, 0);
  EXPECT_EQ(stored()["03 p1"].requests, 10);
  EXPECT_EQ(stored()["07 p3"].requests, 2);
  ASSERT_THAT(http_.urls(), SizeIs(4));
  EXPECT_EQ(http_.urls()[1], http_.urls()[2]);
}

/// A first pull that was killed goes on where it was: nothing of its window was there before.
TEST_F(RereadTest, AKilledFirstPullGoesOnBehindItsPage) {
  answer_ = [](const std::string& url) {
    return url.find("page=") == std::string::npos ? page_of({{3, "p1", 10}}, "second")
                                                  : page_of({{7, "p3", 2}});
  };
  ASSERT_TRUE(next(kNoon));
  restart();
  pull(kNoon);
  ASSERT_THAT(http_.urls(), SizeIs(2));
  EXPECT_THAT(http_.urls()[1], HasSubstr("page=second"));
  EXPECT_EQ(stored()["03 p1"].requests, 10);
}

TEST_F(RereadTest, WhatOthersDeliveredOfTheTimeStays) {
  Record other;
  other.source = "gateway";
  other.id = sha256("a request");
  other.time = kMidnight + Duration{5 * kHour.us};
  other.duration = kHour;
  set_value(other, *find_field("operation"), std::string("completions"));
  set_value(other, *find_field("project"), std::string("p9"));
  Page page;
  page.source = "gateway";
  page.records = {other};
  ASSERT_TRUE(log_->append(page, kNoon));
  // The same source's buckets of another width, as it had them before its configuration changed.
  other.source = "openai";
  other.id = sha256("a day");
  other.time = kMidnight;
  other.duration = kDay;
  set_value(other, *find_field("project"), std::string("p8"));
  page.source = "openai";
  page.records = {other};
  ASSERT_TRUE(log_->append(page, kNoon));

  answer_ = [](const std::string&) { return page_of({{3, "p1", 10}}); };
  pull(kNoon);
  answer_ = [](const std::string&) { return page_of({}); };
  pull(kNoon + kHour);
  EXPECT_EQ(stored()["03 p1"].requests, 0);
  EXPECT_EQ(stored()["05 p9"].requests, 1);
  EXPECT_EQ(stored()["00 p8"].requests, 1);
}

/// With an overlap of three hours a bucket is final two hours after its end.
class AfterCloseTest : public RereadTest {
 protected:
  void SetUp() override {
    RereadTest::SetUp();
    config_.contract->overlap = Duration{3 * kHour.us};
    answer_ = [](const std::string&) { return page_of({{3, "p1", 10}, {10, "p2", 4}}); };
    pull(kNoon);
  }
  /// Reads the day once more, as `source backfill` does.
  void backfill(UtcTime now) {
    restart();
    config_.contract->backfill = Interval{kMidnight, kMidnight + Duration{11 * kHour.us}};
    poll(now);
    config_.contract->backfill.reset();
    restart();
  }
};

TEST_F(AfterCloseTest, OtherFiguresOfAFinalBucketAreNoticedOnce) {
  ASSERT_EQ(stored()["03 p1"].completeness, Completeness::kFinal);
  answer_ = [](const std::string&) { return page_of({{3, "p1", 12}, {10, "p2", 5}}); };
  const UtcTime later = kNoon + kMinute;
  backfill(later);
  ASSERT_FALSE(error_) << error_->message;
  EXPECT_EQ(stored()["10 p2"].requests, 5);
  ASSERT_THAT(noticed(), SizeIs(1)) << "the bucket of ten o'clock was not final";
  const Record notice = noticed()[0];
  EXPECT_EQ(notice.kind, RecordKind::kAudit);
  EXPECT_EQ(notice.time, later);
  EXPECT_EQ(text(notice, "action"), "source.restated");
  EXPECT_EQ(text(notice, "target.id"), "openai");
  EXPECT_EQ(text(notice, "status"),
            "2026-11-23T03:00:00Z to 2026-11-23T04:00:00Z: requests 10 became 12, "
            "input_tokens 1000 became 1200, entry 1 became 4");

  backfill(later + kMinute);  // the same figures, read once more
  EXPECT_THAT(noticed(), SizeIs(1));
  answer_ = [](const std::string&) { return page_of({{3, "p1", 10}, {10, "p2", 5}}); };
  backfill(later + kHour);  // and back: a change like the first
  EXPECT_THAT(noticed(), SizeIs(2));
}

TEST_F(AfterCloseTest, ANewWordForAnAccountIsNoOtherFigure) {
  config_.contract->account = AccountChoice::kPrincipal;
  backfill(kNoon + kMinute);
  EXPECT_GT(stored()["03 p1"].revision, 0);
  EXPECT_THAT(noticed(), IsEmpty());
}

TEST_F(AfterCloseTest, AFinalBucketThatIsGoneIsNoticed) {
  // Eight o'clock is the last that is read again, and has been final since eleven.
  answer_ = [](const std::string&) { return page_of({{8, "p3", 3}, {10, "p2", 4}}); };
  poll(kNoon + kMinute);
  ASSERT_EQ(stored()["08 p3"].completeness, Completeness::kFinal);
  answer_ = [](const std::string&) { return page_of({{10, "p2", 4}}); };
  poll(kNoon + Duration{2 * kMinute.us});
  EXPECT_EQ(stored()["08 p3"].requests, 0);
  ASSERT_THAT(noticed(), SizeIs(1));
  EXPECT_THAT(text(noticed()[0], "status"), HasSubstr("requests 3 became 0"));
}

/// Costs by key of a server that refuses to group by key what begins before the 21st.
class NarrowTest : public RereadTest {
 protected:
  void SetUp() override {
    RereadTest::SetUp();
    config_.contract->endpoints = {"costs"};
    config_.contract->account = AccountChoice::kApiKey;
    config_.contract->since = at("2026-11-19T00:00:00Z");
    config_.contract->overlap = Duration{3 * kDay.us};
    refused_before_ = at("2026-11-21T00:00:00Z");
    answer_ = [this](const std::string& url) -> Result<HttpResponse> {
      const std::int64_t start = std::stoll(url.substr(url.find("start_time=") + 11));
      const std::int64_t end = std::stoll(url.substr(url.find("end_time=") + 9));
      const bool by_key = url.find("api_key_id") != std::string::npos;
      if (by_key && start * kSecond.us < refused_before_.us) {
        return HttpResponse{
            400,
            R"({"error":{"message":"no","type":"invalid_request_error","param":"group_by"}})",
            {}};
      }
      std::string data;
      for (std::int64_t day = start; day < end; day += 86'400) {
        data += std::string(data.empty() ? "" : ",") + R"({"object":"bucket","start_time":)" +
                std::to_string(day) + R"(,"end_time":)" + std::to_string(day + 86'400) +
                R"(,"results":[{"object":"organization.costs.result","project_id":"p1",)" +
                (by_key ? R"("api_key_id":"key_1",)" : "") +
                R"("amount":{"value":2.5,"currency":"usd"}}]})";
      }
      return HttpResponse{
          200, R"({"object":"page","data":[)" + data + R"(],"has_more":false})", {}};
    };
  }

  UtcTime refused_before_;
};

TEST_F(NarrowTest, WhatIsRefusedByKeyIsAskedForOnceWithoutAndStaysSo) {
  pull(at("2026-11-22T12:00:00Z"));  // the 19th to the 21st
  ASSERT_FALSE(error_) << error_->message;
  ASSERT_THAT(http_.urls(), SizeIs(2));
  EXPECT_THAT(http_.urls()[0], HasSubstr("api_key_id"));
  EXPECT_THAT(http_.urls()[1], Not(HasSubstr("api_key_id")));
  EXPECT_THAT(http_.urls()[1], HasSubstr("project_id"));

  // Two days later: what was read without keys is read again so, and the rest with them.
  pull(at("2026-11-24T12:00:00Z"));
  ASSERT_FALSE(error_) << error_->message;
  ASSERT_THAT(http_.urls(), SizeIs(4));
  EXPECT_THAT(http_.urls()[2], Not(HasSubstr("api_key_id")));
  EXPECT_THAT(http_.urls()[3], HasSubstr("api_key_id"));
  std::map<std::string, std::string> keys;
  std::int64_t cost = 0;
  for (const LogEntry& entry : read_all(*log_)) {
    const auto* const record = std::get_if<Record>(&entry.body);
    if (record == nullptr || record->revision > 0) continue;
    const std::string day = format_time(record->time).substr(8, 2);
    EXPECT_TRUE(keys.emplace(day, text(*record, "account")).second) << "twice: " << day;
    cost += number(*record, "cost");
  }
  using Keys = std::map<std::string, std::string>;
  EXPECT_EQ(keys, (Keys{{"19", ""}, {"20", ""}, {"21", ""}, {"22", "key_1"}, {"23", "key_1"}}));
  EXPECT_EQ(cost, 5 * 2'500'000'000);

  const auto told = connector_->check(log_->source("openai")->cursor, now_);
  ASSERT_TRUE(told);
  EXPECT_THAT(told->front(), HasSubstr("without keys up to 2026-11-22T00:00:00Z"));
}

TEST_F(NarrowTest, WhatWasReadByKeyIsNotReadWithoutItToo) {
  refused_before_ = kMidnight - Duration{30 * kDay.us};
  pull(at("2026-11-22T12:00:00Z"));
  ASSERT_FALSE(error_) << error_->message;
  refused_before_ = kMidnight + Duration{30 * kDay.us};
  pull(at("2026-11-23T12:00:00Z"));
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(error_->message, HasSubstr("group_by"));
  EXPECT_THAT(http_.urls(), SizeIs(2));
}

TEST_F(NarrowTest, ASecondRefusalStopsTheSource) {
  answer_ = [](const std::string&) {
    return HttpResponse{400, R"({"error":{"param":"group_by[1]"}})", {}};
  };
  pull(at("2026-11-22T12:00:00Z"));
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(http_.urls(), SizeIs(2));
}

TEST_F(NarrowTest, AnotherRefusalIsNone) {
  answer_ = [](const std::string&) {
    return HttpResponse{400, R"({"error":{"param":"start_time"}})", {}};
  };
  pull(at("2026-11-22T12:00:00Z"));
  ASSERT_TRUE(error_);
  EXPECT_THAT(http_.urls(), SizeIs(1));
}

TEST_F(RereadTest, TheKeyInUseIsKnownByItsEndAndWhenItExpires) {
  config_.record = RecordKind::kAccount;
  config_.contract->endpoints = {"admin_api_keys"};
  config_.contract->bucket = kDay;
  config_.contract->since.reset();
  answer_ = [](const std::string&) {
    const auto key = [](const char* id, const char* shown, const char* expires) {
      return std::string(R"({"object":"organization.admin_api_key","id":")") + id +
             R"(","name":"n","redacted_value":")" + shown + R"(","created_at":1711471533,)" +
             R"("expires_at":)" + expires + "}";
    };
    return HttpResponse{200,
                        R"({"object":"list","data":[)" +
                            key("key_1", "sk-admin...abcd", "1796083200") + "," +
                            key("key_2", "sk-admin...wxyz", "1796169600") +
                            R"(],"has_more":false,"last_id":"key_2"})",
                        {}};
  };
  pull(kNoon);
  ASSERT_FALSE(error_) << error_->message;
  const std::string cursor = log_->source("openai")->cursor;
  // 1796169600 is 2026-12-02T00:00:00Z.
  const KeyStanding want{"wxyz", "key_2", at("2026-12-02T00:00:00Z")};
  EXPECT_EQ(contract_cursor_from_text(cursor)->key, want);
  EXPECT_THAT(cursor, Not(HasSubstr("0123456789")));
  EXPECT_THAT(connector_->check(cursor, kNoon).value(),
              testing::Contains("the key that ends with wxyz (key_2) expires at "
                                "2026-12-02T00:00:00Z, in 8 days"));
}

}  // namespace
}  // namespace tidewaiter
