// Events as CloudEvents 1.0 and its HTTP binding have them.
#include "daemon/sources/push/cloud_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// The example of the JSON format (CloudEvents 1.0.2, 3.1), with an object for its data.
constexpr std::string_view kExample = R"({
    "specversion" : "1.0",
    "type" : "com.example.someevent",
    "source" : "/mycontext",
    "subject": null,
    "id" : "C234-1234-1234",
    "time" : "2018-04-05T17:31:00Z",
    "comexampleextension1" : "value",
    "comexampleothervalue" : 5,
    "datacontenttype" : "application/json",
    "data" : {"appinfoA" : "abc", "appinfoB" : 123}
})";

TEST(CloudEvent, IsReadInStructuredMode) {
  const auto event = read_cloud_event(kExample);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->id, "C234-1234-1234");
  EXPECT_EQ(event->source, "/mycontext");
  EXPECT_EQ(event->type, "com.example.someevent");
  EXPECT_EQ(event->data, R"({"appinfoA" : "abc", "appinfoB" : 123})");
  EXPECT_EQ(event->whole, kExample);
}

TEST(CloudEvent, NeedsWhatTheSpecificationRequires) {
  struct Case {
    const char* event;
    const char* problem;
  };
  for (const Case& one : {
           Case{R"({"id":"1","source":"s","type":"t"})", "`specversion`: an event needs it"},
           Case{R"({"specversion":"0.3","id":"1","source":"s","type":"t"})",
                "`specversion`: expected `1.0`"},
           Case{R"({"specversion":"1.0","source":"s","type":"t"})", "`id`: an event needs it"},
           Case{R"({"specversion":"1.0","id":"","source":"s","type":"t"})",
                "`id`: an event needs it"},
           Case{R"({"specversion":"1.0","id":"1","type":"t"})", "`source`: an event needs it"},
           Case{R"({"specversion":"1.0","id":"1","source":"s"})", "`type`: an event needs it"},
           Case{R"({"specversion":"1.0","id":"1","id":"2","source":"s","type":"t"})",
                "`id`: it comes twice"},
           Case{R"({"specversion":"1.0","id":1,"source":"s","type":"t"})", "`id`"},
           Case{R"({"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"e30="})",
                "`data_base64`: expected JSON in `data`"},
           Case{R"({"specversion":"1.0","id":"1","source":"s","type":"t",)"
                R"("datacontenttype":"text/xml","data":"<x/>"})",
                "`datacontenttype`: expected `application/json`"},
           Case{R"({"specversion":"1.0","id":"1","source":"s","type":"t"} {})",
                "something stands behind the event"},
           Case{"[]", "expected one JSON object"},
           Case{"", "expected one JSON object"},
       }) {
    const auto event = read_cloud_event(one.event);
    ASSERT_FALSE(event) << one.event;
    EXPECT_THAT(event.error().message, HasSubstr(one.problem)) << one.event;
  }
}

TEST(CloudEvent, HasItsAttributesInHeadersInBinaryMode) {
  const auto event = read_binary_event({{"content-type", "application/json"},
                                        {"ce-specversion", "1.0"},
                                        {"ce-id", "A%20B"},
                                        {"ce-source", "\"quoted \\\" one\""},
                                        {"ce-type", "Euro%20%E2%82%AC%20%F0%9F%98%80"},
                                        {"ce-subject", "50%"},
                                        {"host", "nobody"}},
                                       R"({"n":1})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->id, "A B");
  EXPECT_EQ(event->source, "quoted \" one");
  // The example of the HTTP binding (3.1.3.2).
  EXPECT_EQ(event->type, "Euro \xE2\x82\xAC \xF0\x9F\x98\x80");
  EXPECT_EQ(event->data, R"({"n":1})");
  const auto whole = read_cloud_event(event->whole);
  ASSERT_TRUE(whole) << event->whole;
  EXPECT_EQ(whole->type, event->type);
  EXPECT_EQ(whole->data, event->data);
  EXPECT_THAT(event->whole, HasSubstr(R"("subject":"50%")"));
}

TEST(CloudEvent, HasABodyThatIsOneObjectInBinaryMode) {
  const std::map<std::string, std::string> headers = {
      {"ce-specversion", "1.0"}, {"ce-id", "1"}, {"ce-source", "s"}, {"ce-type", "t"}};
  for (const char* const body : {"", "7", "[]", "{", R"({"a":1},"id":"2")", R"({"a":1} {"b":2})"}) {
    const auto event = read_binary_event(headers, body);
    ASSERT_FALSE(event) << body;
    EXPECT_THAT(event.error().message, HasSubstr("`data`: ")) << body;
  }
  EXPECT_FALSE(read_binary_event({{"ce-specversion", "1.0"}, {"ce-id", "%FF"}}, "{}"));
}

TEST(CloudEvent, KnowsTypesOfContent) {
  EXPECT_EQ(media_type(" Application/JSON ; charset=utf-8"), "application/json");
  EXPECT_TRUE(is_json_type("application/json; charset=utf-8"));
  EXPECT_TRUE(is_json_type("application/cloudevents+json"));
  EXPECT_FALSE(is_json_type("text/plain"));
  EXPECT_FALSE(is_json_type(""));
}

}  // namespace
}  // namespace tidewaiter
