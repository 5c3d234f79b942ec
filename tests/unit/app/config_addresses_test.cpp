// The configuration of what is looked up of addresses.
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/config.h"
#include "daemon/app/source_supply.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

ConfigOutcome addresses_config(std::string_view text) {
  Environment environment;
  environment.working_folder = "/home/op";
  environment.host_name = "gate1";
  return load_config("/etc/tw/tidewaiter.yaml", text, environment);
}

std::string told_of(const ConfigOutcome& outcome) {
  std::string out;
  for (const Diagnostic& diagnostic : outcome.diagnostics) out += to_text(diagnostic) + "\n";
  return out;
}

constexpr std::string_view kLookedUp = R"(sources:
  - {name: gw, kind: file, path: u.jsonl, supplies: [account, client.address]}
  - {name: meter, kind: file, path: m.jsonl, supplies: [account, output_tokens]}
addresses:
  databases:
    - {file: country.mmdb, gives: [country]}
    - {file: /srv/asn.mmdb, gives: [asn, anonymizer], holds_for: 7d}
  lists:
    - {file: tor.txt, is: tor}
)";

TEST(AddressesConfig, TakesEveryKey) {
  const ConfigOutcome outcome = addresses_config(kLookedUp);
  ASSERT_TRUE(outcome.diagnostics.empty()) << told_of(outcome);
  ASSERT_TRUE(outcome.config.addresses);
  const std::vector<AddressFile>& files = outcome.config.addresses->files;
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].path, "/etc/tw/country.mmdb");
  EXPECT_TRUE(files[0].gives_country && !files[0].gives_asn && !files[0].gives_anonymizer);
  EXPECT_EQ(files[0].holds_for, Duration{30 * kDay.us});
  EXPECT_EQ(files[1].path, "/srv/asn.mmdb");
  EXPECT_TRUE(!files[1].gives_country && files[1].gives_asn && files[1].gives_anonymizer);
  EXPECT_EQ(files[1].holds_for, Duration{7 * kDay.us});
  EXPECT_EQ(files[2].form, AddressFile::Form::kList);
  EXPECT_EQ(files[2].anonymizer, "tor");
  EXPECT_EQ(files[2].holds_for, kDay);
}

TEST(AddressesConfig, ReadsBackWhatItShows) {
  for (const std::string_view text : {kLookedUp, std::string_view("addresses: {}\n")}) {
    const std::string shown = show_config(addresses_config(text).config);
    const ConfigOutcome again = addresses_config(shown);
    ASSERT_TRUE(again.diagnostics.empty()) << told_of(again) << shown;
    EXPECT_TRUE(again.config.addresses);
    EXPECT_EQ(show_config(again.config), shown);
  }
  EXPECT_FALSE(addresses_config("log: {level: info}\n").config.addresses);
}

// Sources that give the address give what is looked up of it; others do not.
TEST(AddressesConfig, SaysWhatSourcesSupplyByIt) {
  const auto supplies = source_supplies(addresses_config(kLookedUp).config);
  ASSERT_EQ(supplies.size(), 2U);
  for (const char* field :
       {"client.network", "client.country", "client.asn", "client.anonymizer", "enriched"}) {
    EXPECT_TRUE(supplies[0].fields->contains(*find_field(field))) << field;
    EXPECT_FALSE(supplies[1].fields->contains(*find_field(field))) << field;
  }
  const auto network_alone = source_supplies(
      addresses_config("sources:\n  - {name: gw, kind: file, path: u, supplies: [client.address]}\n"
                       "addresses: {}\n")
          .config);
  EXPECT_TRUE(network_alone[0].fields->contains(*find_field("client.network")));
  EXPECT_FALSE(network_alone[0].fields->contains(*find_field("client.country")));
}

TEST(AddressesConfig, SaysWhereAndWhatIsWrong) {
  const auto wrong = [](std::string_view text) { return told_of(addresses_config(text)); };
  EXPECT_THAT(wrong("addresses:\n  databases: [{file: a.mmdb}]\n"), HasSubstr("`gives`"));
  EXPECT_THAT(wrong("addresses:\n  lists: [{is: tor}]\n"), HasSubstr("`file`"));
  EXPECT_THAT(wrong("addresses:\n  databases: [{file: a, gives: [city]}]\n"), HasSubstr("country"));
  EXPECT_THAT(wrong("addresses:\n  lists: [{file: a, is: bad}]\n"), HasSubstr("hosting"));
  EXPECT_THAT(wrong("addresses:\n  lists: [{file: a, is: tor, holds_for: 1m}]\n"),
              HasSubstr("holds_for"));
  EXPECT_THAT(wrong("addresses: {database: []}\n"), HasSubstr("databases"));
  EXPECT_THAT(wrong("addresses:\n  databases: [{file: a, gives: []}]\n"), HasSubstr("nothing"));
  EXPECT_THAT(wrong("addresses:\n  lists: [{file: a, is: tor, holds_for: 4000d}]\n"),
              HasSubstr("ten years"));
}

}  // namespace
}  // namespace tidewaiter
