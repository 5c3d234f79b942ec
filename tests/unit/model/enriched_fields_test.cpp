#include "policies/model/enriched_fields.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/model/field_catalogue.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

constexpr FieldId kCountry = field_id("client.country");
constexpr FieldId kNetwork = field_id("client.network");

Record delivered() {
  Record record;
  record.source = "gw";
  set_value(record, field_id("client.address"), std::string("192.0.2.7"));
  set_value(record, field_id("model"), std::string("large"));
  return record;
}

Record enriched(const std::string& country, const std::string& day) {
  Record record = delivered();
  set_enriched(record, kNetwork, std::string("192.0.2.0/24"), {});
  set_enriched(record, kCountry, country, "Country " + day);
  return record;
}

TEST(EnrichedFields, SayInWhatTheyWereLookedUp) {
  const Record record = enriched("SE", "2026-11-20");
  EXPECT_EQ(enriched_by(record, kCountry), "Country 2026-11-20");
  EXPECT_EQ(enriched_by(record, kNetwork), "");
  EXPECT_EQ(enriched_by(record, field_id("model")), std::nullopt);
  EXPECT_EQ(enriched_by(delivered(), kCountry), std::nullopt);
  EXPECT_EQ(*find_value(record, field_id("enriched")),
            Value(std::vector<std::string>{"client.country Country 2026-11-20", "client.network"}));
}

TEST(EnrichedFields, GoAndLeaveTheDelivery) {
  Record record = enriched("SE", "2026-11-20");
  remove_enriched(record);
  EXPECT_TRUE(same_content(record, delivered()));
  remove_enriched(record);
  EXPECT_TRUE(same_content(record, delivered()));
}

TEST(EnrichedFields, AreNoPartOfADelivery) {
  EXPECT_TRUE(same_delivery(enriched("SE", "2026-11-20"), enriched("NO", "2026-11-27")));
  EXPECT_TRUE(same_delivery(enriched("SE", "2026-11-20"), delivered()));
  Record stated = delivered();
  set_value(stated, kCountry, std::string("SE"));
  EXPECT_FALSE(same_delivery(enriched("SE", "2026-11-20"), stated));
  Record other = enriched("SE", "2026-11-20");
  set_value(other, field_id("model"), std::string("small"));
  EXPECT_FALSE(same_delivery(enriched("SE", "2026-11-20"), other));
}

// A line from elsewhere may name what is no field, or what every record has.
TEST(EnrichedFields, PassOverNotesOfNothing) {
  Record record = delivered();
  record.time = UtcTime{5};
  set_value(record, field_id("enriched"),
            std::vector<std::string>{"", " ", "no.such field", "time Clock 2026-11-20"});
  EXPECT_EQ(enriched_by(record, kCountry), std::nullopt);
  remove_enriched(record);
  EXPECT_EQ(record.time, UtcTime{5});
  EXPECT_EQ(record.fields, delivered().fields);
}

TEST(EnrichedFields, StandInTheLine) {
  std::string line;
  write_record_json(enriched("SE", "2026-11-20"), line);
  EXPECT_NE(line.find(R"("enriched":["client.country Country 2026-11-20","client.network"])"),
            std::string::npos);
}

}  // namespace
}  // namespace tidewaiter
