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

// What may stand there else is somebody's text.
TEST(EnrichedFields, AreNotesOfTheFourAlone) {
  const auto with = [](std::vector<std::string> notes) {
    Record record = delivered();
    set_value(record, kCountry, std::string("SE"));
    set_value(record, field_id("enriched"), std::move(notes));
    return record;
  };
  EXPECT_TRUE(check_enriched(delivered()));
  EXPECT_TRUE(check_enriched(with({"client.country"})));
  EXPECT_TRUE(check_enriched(with({"client.country GeoLite2-Country 2026-11-20"})));
  for (const char* note :
       {"", " ", "jo@example.com", "model", "time Clock 2026-11-20", "client.country ",
        "client.country jo@example.com 2026-11-20", "client.country Country",
        "client.country Country 2026-11", "client.country A B 2026-11-20",
        "client.network"}) {  // of which there is none
    EXPECT_FALSE(check_enriched(with({note}))) << note;
  }
  Record no_address = with({"client.country"});
  set_value(no_address, field_id("client.address"), {});
  EXPECT_FALSE(check_enriched(no_address));

  // A count is no look-up, whatever the notes say.
  Record more = with({"model", "client.country"});
  Record less = more;
  set_value(more, field_id("model"), std::string("small"));
  EXPECT_FALSE(same_delivery(more, less));
  remove_enriched(more);
  EXPECT_NE(find_value(more, field_id("model")), nullptr);
}

TEST(EnrichedFields, GoOverToANewVersion) {
  const Record before = enriched("SE", "2026-11-20");
  Record later = enriched("NO", "2026-11-27");
  set_value(later, field_id("model"), std::string("small"));
  take_over_enriched(before, later);
  EXPECT_EQ(*find_value(later, kCountry), Value(std::string("SE")));
  EXPECT_EQ(enriched_by(later, kCountry), "Country 2026-11-20");

  // What nobody could look up any more was known then.
  Record out_of_time = delivered();
  take_over_enriched(before, out_of_time);
  EXPECT_TRUE(same_content(out_of_time, before));
  // What was not known then stays unknown.
  Record first = delivered();
  set_enriched(first, kNetwork, std::string("192.0.2.0/24"), {});
  Record known_now = enriched("SE", "2026-11-27");
  take_over_enriched(first, known_now);
  EXPECT_EQ(find_value(known_now, kCountry), nullptr);
  // What the source says stands.
  Record stated = delivered();
  set_value(stated, kCountry, std::string("DK"));
  take_over_enriched(before, stated);
  EXPECT_EQ(*find_value(stated, kCountry), Value(std::string("DK")));
  EXPECT_EQ(enriched_by(stated, kCountry), std::nullopt);
  // Of another address it says nothing.
  Record elsewhere = enriched("NO", "2026-11-27");
  set_value(elsewhere, field_id("client.address"), std::string("198.51.100.1"));
  const Record as_it_is = elsewhere;
  take_over_enriched(before, elsewhere);
  EXPECT_TRUE(same_content(elsewhere, as_it_is));
}

TEST(EnrichedFields, StandInTheLine) {
  std::string line;
  write_record_json(enriched("SE", "2026-11-20"), line);
  EXPECT_NE(line.find(R"("enriched":["client.country Country 2026-11-20","client.network"])"),
            std::string::npos);
}

}  // namespace
}  // namespace tidewaiter
