#include "daemon/sources/scim/scim_kind.h"

#include <array>
#include <string>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/scim/user_entry.h"
#include "daemon/sources/scim/user_feed.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

constexpr auto kScimEndpoints = std::to_array<ContractEndpoint>({
    {"users", EndpointTheme::kDirectory, true},
});

/// A user is nothing but itself; by which of its ids `account_in` says.
bool scim_can_tell(EndpointTheme /*theme*/, AccountChoice account) {
  return account == AccountChoice::kPrincipal;
}

Result<void> check_scim_account(std::string_view text) {
  if (is_scim_id(text)) return {};
  return fail(ErrorCode::kInvalidInput, "`account_in` is `" + std::string(text) +
                                            "`; expected `id`, `externalId` or `userName`");
}

std::unique_ptr<Feed> scim_feed(std::string_view endpoint, const SourceConfig& config) {
  return std::make_unique<ScimUserFeed>(endpoint, config);
}

std::set<FieldId> scim_fields(std::string_view /*endpoint*/, const ContractConfig& config) {
  std::set<FieldId> fields;
  for (const char* const name : {"account", "account.kind", "name", "email.domain", "identifiers",
                                 "country.declared", "created", "enforcement"}) {
    fields.insert(*find_field(name));
  }
  if (!config.organization.empty()) fields.insert(field_id("organization"));
  return fields;
}

}  // namespace

constexpr ContractKind kScimKind = {
    .name = "scim",
    .url = "",
    .endpoints = kScimEndpoints,
    .overlap = {},
    .account = AccountChoice::kPrincipal,
    .check_account_in = check_scim_account,
    .can_tell = scim_can_tell,
    .feed = scim_feed,
    .fields = scim_fields,
};

}  // namespace tidewaiter
