#include "daemon/sources/stripe/stripe_kind.h"

#include <array>
#include <string>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/stripe/stripe_feed.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kInstrumentList = "payment_methods";

constexpr auto kStripeEndpoints = std::to_array<ContractEndpoint>({
    {"customers", EndpointTheme::kDirectory, true},
    {kInstrumentList, EndpointTheme::kDirectory, true, true},
});

/// A customer is nothing but itself; whose account it is its metadata may say.
bool stripe_can_tell(EndpointTheme /*theme*/, AccountChoice account) {
  return account == AccountChoice::kPrincipal;
}

/// A key of metadata, as the vendor takes them.
Result<void> check_metadata_key(std::string_view text) {
  constexpr std::size_t kLongestMetadataKey = 40;
  const bool fits = !text.empty() && text.size() <= kLongestMetadataKey &&
                    text.find_first_of("[]") == std::string_view::npos;
  if (fits) return {};
  return fail(ErrorCode::kInvalidInput,
              "`account_in` is no key of metadata: it has up to 40 characters and no brackets");
}

std::unique_ptr<Feed> stripe_feed(std::string_view endpoint, const SourceConfig& config) {
  return std::make_unique<StripeFeed>(endpoint, config);
}

std::set<FieldId> stripe_fields(std::string_view endpoint, const ContractConfig& config) {
  std::set<FieldId> fields;
  const auto add = [&fields](std::initializer_list<const char*> names) {
    for (const char* const name : names) fields.insert(*find_field(name));
  };
  add({"account", "account.kind", "identifiers", "country.billing", "created"});
  if (endpoint == kInstrumentList) {
    add({"payment.fingerprints", "owners.identifier"});
  } else {
    add({"name", "email.domain"});
  }
  if (!config.organization.empty()) add({"organization"});
  return fields;
}

}  // namespace

constexpr ContractKind kStripeKind = {
    .name = "stripe",
    .url = "https://api.stripe.com/v1",
    .endpoints = kStripeEndpoints,
    .version = "2024-06-20",
    .overlap = {},
    .account = AccountChoice::kPrincipal,
    .check_account_in = check_metadata_key,
    .requests_per_minute = 1'500,
    .can_tell = stripe_can_tell,
    .feed = stripe_feed,
    .fields = stripe_fields,
};

}  // namespace tidewaiter
