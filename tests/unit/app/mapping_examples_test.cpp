// The mappings of docs/examples/mappings, over lines as each program writes them. The lines are
// written here by hand, from the programs' documentation and sources, with a canary wherever they
// have content.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/config.h"
#include "daemon/app/diagnostic_text.h"
#include "daemon/sources/connector.h"
#include "policies/model/record_json.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;
using Wanted = std::vector<std::pair<const char*, Value>>;

constexpr const char* kContent = "c4n4ry";

struct MappingCase {
  const char* name;
  const char* path;   ///< that the example's `path` matches
  std::string lines;  ///< the first of them is the record wanted; `others` are passed over
  const char* time;
  std::int64_t duration_us;
  Wanted wanted;
};

void PrintTo(const MappingCase& c, std::ostream* out) { *out << c.name; }

const std::vector<MappingCase>& mapping_cases() {
  const auto text = [](const char* value) { return Value(std::string(value)); };
  const auto count = [](std::int64_t value) { return Value(value); };
  static const std::vector<MappingCase> all = {
      {"bedrock",
       "logs/2026/11/20/10.json.gz",
       R"({"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"2026-11-20T10:00:00Z",)"
       R"("accountId":"123456789012","identity":{"arn":"arn:aws:sts::123456789012:assumed-role/a/b"},)"
       R"("region":"eu-central-1","requestId":"r-1","operation":"Converse",)"
       R"("modelId":"anthropic.m-4","input":{"inputContentType":"application/json",)"
       R"("inputBodyJson":{"messages":[{"content":"c4n4ry"}]},"inputTokenCount":100,)"
       R"("cacheReadInputTokenCount":30,"cacheWriteInputTokenCount":5},"output":)"
       R"({"outputContentType":"application/json","outputBodyJson":{"output":"c4n4ry"},)"
       R"("outputTokenCount":40},"inferenceRegion":"eu-west-1","requestMetadata":{"a":"c4n4ry"}})"
       "\n"
       R"({"schemaType":"Other","timestamp":"2026-11-20T10:00:00Z"})"
       "\n",
       "2026-11-20T10:00:00Z",
       0,
       {{"provider", text("aws.bedrock")},
        {"operation", text("chat")},
        {"organization", text("123456789012")},
        {"account", text("arn:aws:sts::123456789012:assumed-role/a/b")},
        {"model", text("anthropic.m-4")},
        {"region", text("eu-west-1")},
        {"status", text("success")},
        {"input_tokens", count(135)},
        {"cached_tokens", count(30)},
        {"output_tokens", count(40)}}},
      {"cloudtrail",
       "logs/events.jsonl",
       R"({"eventVersion":"1.10","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:r/a",)"
       R"("accountId":"1","accessKeyId":"ASIA1"},"eventTime":"2026-11-20T10:00:00Z",)"
       R"("eventSource":"bedrock.amazonaws.com","eventName":"InvokeModel","awsRegion":"eu-west-1",)"
       R"("sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2","errorCode":"AccessDenied",)"
       R"("errorMessage":"c4n4ry","requestParameters":{"modelId":"anthropic.m-4"},)"
       R"("requestID":"r-1","eventID":"e-1","recipientAccountId":"1"})"
       "\n"
       R"({"userIdentity":{"type":"AWSService"},"eventTime":"2026-11-20T10:00:01Z",)"
       R"("eventSource":"s3.amazonaws.com","eventName":"GetObject","sourceIPAddress":"AWS Internal"})"
       "\n",
       "2026-11-20T10:00:00Z",
       0,
       {{"action", text("InvokeModel")},
        {"class", text("API Activity")},
        {"organization", text("1")},
        {"account", text("arn:aws:sts::1:r/a")},
        {"api_key", text("ASIA1")},
        {"actor.id", text("arn:aws:sts::1:r/a")},
        {"actor.type", text("AssumedRole")},
        {"target.id", text("anthropic.m-4")},
        {"target.type", text("model")},
        {"outcome", text("failure")},
        {"status", text("AccessDenied")},
        {"client.address", text("203.0.113.7")},
        {"user_agent", text("aws-cli/2")}}},
      {"azure-openai",
       "logs/y=2026/PT1H.json",
       R"({"time":"2026-11-20T10:00:02.5000000Z","resourceId":"/SUBSCRIPTIONS/S/ACCOUNTS/A",)"
       R"("category":"RequestResponse","operationName":"ChatCompletions_Create","durationMs":2500,)"
       R"("callerIpAddress":"203.0.113.***","correlationId":"c-1","location":"westeurope",)"
       R"("resultSignature":"200","properties":{"apiName":"Azure OpenAI API",)"
       R"("requestTime":638993376000000000,"requestLength":1200,"objectId":"o-1",)"
       R"("streamType":"Streaming","modelDeploymentName":"main","modelName":"m-4",)"
       R"("modelVersion":"2026-02-11"}})"
       "\n"
       R"({"time":"2026-11-20T10:00:03Z","category":"Audit","operationName":"ListKeys"})"
       "\n",
       "2026-11-20T10:00:00Z",
       2'500'000,
       {{"provider", text("azure.ai.openai")},
        {"operation", text("chat")},
        {"organization", text("/SUBSCRIPTIONS/S/ACCOUNTS/A")},
        {"account", text("/SUBSCRIPTIONS/S/ACCOUNTS/A")},
        {"api_key", text("o-1")},
        {"model", text("main")},
        {"response_model", text("m-4")},
        {"region", text("westeurope")},
        {"http_status", count(200)},
        {"request.stream", Value(true)}}},
      {"kong",
       "logs/kong-1.log",
       R"({"started_at":1795168800125,"client_ip":"203.0.113.7","consumer":{"id":"c-1",)"
       R"("username":"acme"},"request":{"id":"r-1","method":"POST","uri":"/chat","headers":)"
       R"({"authorization":"c4n4ry"}},"response":{"status":200},"latencies":{"request":1500,)"
       R"("proxy":1400},"ai":{"proxy":{"usage":{"prompt_tokens":100,"completion_tokens":40,)"
       R"("total_tokens":140,"cost":1.5e-05},"meta":{"provider_name":"openai",)"
       R"("request_model":"m-4","response_model":"m-4-2026-02-11","llm_latency":1300},)"
       R"("payload":{"request":"c4n4ry","response":"c4n4ry"}}}})"
       "\n"
       R"({"started_at":1795168800125,"client_ip":"203.0.113.7","response":{"status":404}})"
       "\n",
       "2026-11-20T10:00:00.125Z",
       1'500'000,
       {{"provider", text("openai")},
        {"account", text("acme")},
        {"model", text("m-4")},
        {"response_model", text("m-4-2026-02-11")},
        {"input_tokens", count(100)},
        {"output_tokens", count(40)},
        {"client.address", text("203.0.113.7")},
        {"http_status", count(200)}}},
      {"envoy-ai-gateway",
       "logs/access.log",
       R"({":authority":"api.example","bytes_received":105,"duration":1526,)"
       R"("gen_ai.provider.name":"default/run","gen_ai.request.model":"m-4",)"
       R"("gen_ai.usage.input_tokens":15,"gen_ai.usage.output_tokens":7,"response_code":200,)"
       R"("start_time":"2026-11-20T10:00:00.894Z","user-agent":"curl/8.7.1",)"
       R"("x-forwarded-for":"192.0.2.38","x-request-id":"r-1"})"
       "\n"
       R"({"duration":653,"gen_ai.request.model":null,"mcp.method.name":"tools/call",)"
       R"("response_code":200,"start_time":"2026-11-20T10:00:01.430Z"})"
       "\n",
       "2026-11-20T10:00:00.894Z",
       1'526'000,
       {{"provider", text("default/run")},
        {"account", text("api.example")},
        {"model", text("m-4")},
        {"input_tokens", count(15)},
        {"output_tokens", count(7)},
        {"http_status", count(200)},
        {"user_agent", text("curl/8.7.1")}}},
      {"sglang",
       "logs/host_0.log",
       R"({"timestamp":"2026-11-20T10:00:01.250000","event":"request.finished","rid":"r-1",)"
       R"("obj":{"rid":"r-1","stream":true,"sampling_params":{"temperature":0.7}},)"
       R"("out":{"text":"c4n4ry","meta_info":{"id":"r-1","finish_reason":{"type":"stop",)"
       R"("matched":2},"prompt_tokens":100,"completion_tokens":40,"cached_tokens":30,)"
       R"("e2e_latency":1.25}}})"
       "\n"
       R"({"timestamp":"2026-11-20T10:00:00","event":"request.received","rid":"r-1",)"
       R"("obj":{"text":"c4n4ry"}})"
       "\n",
       "2026-11-20T10:00:00Z",
       1'250'000,
       {{"provider", text("sglang")},
        {"account", text("sglang")},
        {"input_tokens", count(100)},
        {"cached_tokens", count(30)},
        {"output_tokens", count(40)},
        {"status", text("stop")},
        {"request.stream", Value(true)}}},
  };
  return all;
}

const std::filesystem::path& examples() {
  static const std::filesystem::path folder =
      std::filesystem::path(TIDEWAITER_SOURCE_DIR) / "docs/examples/mappings";
  return folder;
}

class MappingExamples : public testing::TestWithParam<MappingCase> {
 protected:
  /// All that a pull of the example gives, over `lines`.
  std::vector<Page> pull(const std::string& lines) {
    std::filesystem::copy_file(examples() / (std::string(GetParam().name) + ".yaml"),
                               folder_ / "tidewaiter.yaml",
                               std::filesystem::copy_options::overwrite_existing);
    write_file(folder_ / GetParam().path, lines);
    const ConfigOutcome outcome = read_config(folder_ / "tidewaiter.yaml", {});
    for (const Diagnostic& diagnostic : outcome.diagnostics) {
      ADD_FAILURE() << diagnostic.span.line << ": " << diagnostic.message;
    }
    const auto connector = make_connector(outcome.config.sources.at(0)).value();
    std::vector<Page> pages;
    std::string cursor;
    const UtcTime now = parse_time("2026-11-20T12:00:00Z").value();
    while (auto page = connector->next(cursor, now, {}).value()) {
      cursor = page->cursor;
      pages.push_back(*std::move(page));
      if (pages.back().drained) break;
    }
    return pages;
  }

  TemporaryFolder folder_;
};

TEST_P(MappingExamples, ALineIsTheRecordThatItTellsOf) {
  std::vector<Record> records;
  std::string written;
  for (const Page& page : pull(GetParam().lines)) {
    EXPECT_TRUE(page.quarantine.empty()) << page.quarantine.at(0).reason;
    for (const Record& record : page.records) records.push_back(record);
    written += page.cursor;
  }
  ASSERT_EQ(records.size(), 1U) << "the second line is of something else";
  const Record& record = records[0];
  EXPECT_EQ(format_time(record.time), GetParam().time);
  EXPECT_EQ(record.duration.us, GetParam().duration_us);
  std::vector<std::pair<FieldId, Value>> fields;
  for (const auto& [name, value] : GetParam().wanted) fields.emplace_back(*find_field(name), value);
  std::ranges::sort(fields, {}, &std::pair<FieldId, Value>::first);
  EXPECT_EQ(record.fields, fields);
  write_record_json(record, written);
  EXPECT_THAT(written, Not(HasSubstr(kContent)));
}

TEST_P(MappingExamples, ABadLineKeepsNothingOfItself) {
  // The same line, cut off: its content stands in it.
  const std::string cut = GetParam().lines.substr(0, GetParam().lines.find('\n') - 1) + "\n";
  std::size_t bad = 0;
  for (const Page& page : pull(cut)) {
    bad += page.quarantine.size();
    for (const QuarantinedInput& input : page.quarantine) {
      EXPECT_THAT(input.reason, Not(HasSubstr(kContent)));
    }
  }
  EXPECT_EQ(bad, 1U);
}

INSTANTIATE_TEST_SUITE_P(Each, MappingExamples, testing::ValuesIn(mapping_cases()),
                         [](const auto& c) {
                           std::string name = c.param.name;
                           std::erase(name, '-');
                           return name;
                         });

TEST(MappingExamplesFolder, EveryMappingHasACase) {
  for (const auto& entry : std::filesystem::directory_iterator(examples())) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string name = entry.path().stem();
    EXPECT_TRUE(std::ranges::any_of(mapping_cases(), [&name](const MappingCase& c) {
      return c.name == name;
    })) << name;
  }
}

}  // namespace
}  // namespace tidewaiter
