// The objects of Stripe's own fixtures, which nobody here wrote.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/sources/stripe/stripe_kind.h"

namespace tidewaiter {
namespace {

using Texts = std::vector<std::string>;

/// The vendor's example objects by name; nothing where they are not there.
nlohmann::json vendor_objects() {
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  const std::filesystem::path root =
      shared != nullptr ? std::filesystem::path(shared)
                        : std::filesystem::path(TIDEWAITER_SOURCE_DIR) / ".." / "shared";
  std::ifstream file(root / "specs" / "stripe" / "fixtures3.json", std::ios::binary);
  if (!file) return {};
  return nlohmann::json::parse(file).at("resources");
}

Result<FeedAnswer> read_list_of(const nlohmann::json& object, const char* endpoint,
                                const std::string& token) {
  SourceConfig source;
  source.name = "payments";
  source.kind = "stripe";
  source.contract.emplace();
  source.contract->account = AccountChoice::kPrincipal;
  source.contract->bucket = kDay;
  const UtcTime day = parse_time("2026-11-23T00:00:00Z").value();
  const nlohmann::json list = {{"object", "list"}, {"has_more", false}, {"data", {object}}};
  return kStripeKind.feed(endpoint, source)->read(list.dump(), {{day, day + kDay}, token});
}

TEST(StripeFixturesTest, TheVendorsCustomerAndCardAreRead) {
  const nlohmann::json objects = vendor_objects();
  if (objects.is_null()) {
    GTEST_SKIP() << "skipped: there are no fixtures of Stripe's; set TIDEWAITER_SHARED";
  }
  const auto customers = read_list_of(objects.at("customer"), "customers", "");
  ASSERT_TRUE(customers) << customers.error().message;
  ASSERT_EQ(customers->records.size(), 1U);
  const Record& customer = customers->records[0];
  EXPECT_EQ(field_value(customer, *find_field("identifiers")),
            Value(Texts{"stripe:cus_QXg1o8vcGmoR32"}));
  EXPECT_EQ(field_value(customer, *find_field("created")),
            Value(std::int64_t{1'234'567'890'000'000}));
  EXPECT_TRUE(is_null(field_value(customer, *find_field("country.billing"))));

  nlohmann::json card = objects.at("payment_method");
  card["customer"] = "cus_QXg1o8vcGmoR32";  // there it is attached to nobody
  const auto cards = read_list_of(card, "payment_methods", "..cus_QXg1o8vcGmoR32.");
  ASSERT_TRUE(cards) << cards.error().message;
  ASSERT_EQ(cards->records.size(), 1U);
  EXPECT_EQ(field_value(cards->records[0], *find_field("payment.fingerprints")),
            Value(Texts{"AOB934RVNwzk6xtn"}));
  EXPECT_EQ(field_value(cards->records[0], *find_field("country.billing")),
            Value(std::string("US")));
}

}  // namespace
}  // namespace tidewaiter
