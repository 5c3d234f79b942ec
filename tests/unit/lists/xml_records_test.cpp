#include "policies/lists/xml_records.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(XmlRecords, TellsEachElementWithWhatIsInIt) {
  std::vector<XmlElement> told;
  const auto done = for_each_element(
      "<?xml version=\"1.0\"?>\n<l:list xmlns:l=\"x\">\n<l:p id=\"7\">a <q>b &amp; c</q> "
      "d</l:p><p/>"
      "</l:list>",
      {"p"}, [&told](const XmlElement& element) { told.push_back(element); });
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].attribute("id"), "7");
  EXPECT_EQ(told[0].text, "a  d");
  EXPECT_EQ(told[0].text_of("q"), "b & c");
  EXPECT_EQ(told[0].line, 3U);
}

TEST(XmlRecords, SaysWhereADocumentIsNotWellFormed) {
  const auto done = for_each_element("<a>\n<b></a>", {"a"}, [](const XmlElement&) {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(done.error().message, testing::HasSubstr("line 2"));
}

TEST(XmlRecords, RefusesWhatOnlyHostileFilesHave) {
  const auto entities = for_each_element("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", {"a"},
                                         [](const XmlElement&) {});
  ASSERT_FALSE(entities);
  EXPECT_EQ(entities.error().code, ErrorCode::kUnsupported);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  const auto nested = for_each_element(deep, {"a"}, [](const XmlElement&) {});
  ASSERT_FALSE(nested);
  EXPECT_EQ(nested.error().code, ErrorCode::kUnsupported);
}

TEST(XmlRecords, TellsWhatAPathOfNamesLeadsTo) {
  std::vector<std::string> texts;
  ASSERT_TRUE(for_each_element(
      "<a><b><c>1</c><d>2</d><c>3</c></b><c>4</c><b><c>5</c></b></a>", {"a"},
      [&texts](const XmlElement& a) {
        a.for_each_at({"b", "c"}, [&texts](const XmlElement& c) { texts.push_back(c.text); });
      }));
  EXPECT_THAT(texts, testing::ElementsAre("1", "3", "5"));
}

TEST(XmlRecords, RefusesAnElementThatHoldsMoreThanAnyParty) {
  std::string document = "<list><party>";
  for (int i = 0; i < 300'000; ++i) document += "<a/>";
  document += "</party></list>";
  const auto read = for_each_element(document, {"party"}, [](const XmlElement&) {});
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, testing::HasSubstr("holds more than 262,144 others"));
}

TEST(XmlRecords, KnowsTheFirstElement) {
  EXPECT_EQ(root_element("<?xml version=\"1.0\"?><!-- by <tool> --><a:LIST x=\"1\"><b/>"), "LIST");
  EXPECT_EQ(root_element("\n<!-- x --><n:sdnList a=\"b\">"), "sdnList");
  EXPECT_EQ(root_element("no XML"), "");
}

}  // namespace
}  // namespace tidewaiter
