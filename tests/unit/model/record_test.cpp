#include "policies/model/record.h"

#include <gtest/gtest.h>

#include "policies/model/finding.h"

namespace tidewaiter {
namespace {

TEST(SetValue, KeepsFieldsSortedAndReplaces) {
  Record record;
  const FieldId model = *find_field("model");
  const FieldId tokens = *find_field("output_tokens");
  set_value(record, tokens, std::int64_t{5});
  set_value(record, model, std::string("large"));
  set_value(record, tokens, std::int64_t{7});
  ASSERT_EQ(record.fields.size(), 2U);
  EXPECT_LT(record.fields[0].first, record.fields[1].first);
  EXPECT_EQ(field_value(record, tokens), Value(std::int64_t{7}));
  set_value(record, model, Value{});
  EXPECT_EQ(find_value(record, model), nullptr);
  EXPECT_TRUE(is_null(field_value(record, model)));
}

TEST(FieldValue, GivesTheFixedFieldsToo) {
  Record record;
  record.time = {5};
  record.requests = 3;
  record.source = "gw";
  EXPECT_EQ(field_value(record, kFieldTime), Value(std::int64_t{5}));
  EXPECT_EQ(field_value(record, kFieldRequests), Value(std::int64_t{3}));
  EXPECT_EQ(field_value(record, kFieldSource), Value(std::string("gw")));
}

TEST(SameContent, LooksPastIdentityRevisionAndObservation) {
  Record a;
  Record b;
  b.revision = 2;
  b.observed = {99};
  EXPECT_TRUE(same_content(a, b));
  b.requests = 2;
  EXPECT_FALSE(same_content(a, b));
}

TEST(FieldCatalogue, FindsEachFieldByItsName) {
  for (FieldId id = 0; id < fields().size(); ++id) {
    EXPECT_EQ(find_field(field(id).name), id) << field(id).name;
  }
  EXPECT_FALSE(find_field("no_such_field"));
}

TEST(SubjectText, QualifiesIdsByTheirSource) {
  EXPECT_EQ(to_text(Subject{{*find_field("account")}, {"17"}, "bailian"}), "account:bailian/17");
  EXPECT_EQ(
      to_text(Subject{
          {*find_field("client.network"), *find_field("model")}, {"10.0.0.0/24", "m large"}, ""}),
      "client.network:10.0.0.0/24 + model:m\\ large");
}

TEST(SubjectText, DiffersForDifferentSubjects) {
  const FieldId account = *find_field("account");
  EXPECT_NE(to_text(Subject{{account}, {"b/c"}, "a"}), to_text(Subject{{account}, {"c"}, "a/b"}));
}

TEST(FindingId, IsTheHashOfItsFramedParts) {
  // python3: sha256(b''.join(len(p).to_bytes(8,'big')+p for p in [b'log',b'p',b'12',b'0']))
  EXPECT_EQ(finding_id("log", "p", 12, 0), "87b2f22bb30b3aaac3bfa807e09db362");
}

TEST(FormatValue, ShowsEmptyPlacesOfLists) {
  const auto shown = [](std::vector<std::string> texts) {
    return format_value(std::move(texts), ValueType::kStringList);
  };
  EXPECT_EQ(shown({}), "[]");
  EXPECT_EQ(shown({"a", "b"}), "[a, b]");
  EXPECT_EQ(shown({"", "a", ""}), "[\"\", a, \"\"]");
}

}  // namespace
}  // namespace tidewaiter
