#include "daemon/sources/postgres/postgres_kind.h"

#include <array>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/litellm/spend_row.h"
#include "daemon/sources/newapi/log_row.h"
#include "daemon/sources/postgres/postgres_client.h"
#include "daemon/sources/postgres/table_feed.h"
#include "storage/postgres/database_url.h"

namespace tidewaiter {
namespace {

using enum EndpointTheme;

// Which gateway's tables there are nobody can guess: none of usage is asked by default.
constexpr auto kPostgresEndpoints = std::to_array<ContractEndpoint>({
    {"litellm", kUsage, false},
    {"litellm_customers", kDirectory, true},
    {"litellm_keys", kDirectory, true},
    {"litellm_teams", kDirectory, true},
    {"litellm_users", kDirectory, true},
    {"newapi", kUsage, false},
});

/// Which of the tables names no end user depends on the table; records of the others have no
/// account.
bool postgres_can_tell(EndpointTheme /*theme*/, AccountChoice /*account*/) { return true; }

Result<void> check_database_url(std::string_view url) {
  if (const auto read = read_database_url(url); !read) return tl::unexpected(read.error());
  return {};
}

std::unique_ptr<Feed> postgres_feed(std::string_view endpoint, const SourceConfig& config) {
  const TableLayout& layout = *find_table_layout(endpoint);
  if (layout.time.empty()) return std::make_unique<TableDirectoryFeed>(layout, config);
  return std::make_unique<TableFeed>(layout, config);
}

std::set<FieldId> postgres_fields(std::string_view endpoint, const ContractConfig& config) {
  if (endpoint == "litellm") return spend_fields();
  if (endpoint == "newapi") return log_fields(!config.organization.empty());
  std::set<FieldId> fields = account_fields(config);
  for (const char* const name : {"end_user", "organization"}) fields.insert(*find_field(name));
  return fields;
}

}  // namespace

constexpr ContractKind kPostgresKind = {
    .name = "postgres",
    .url = "",
    .endpoints = kPostgresEndpoints,
    .overlap = {2 * kHour.us},
    .by_request = true,
    .poll = kMinute,
    .check_url = check_database_url,
    .client = make_postgres_client,
    .can_tell = postgres_can_tell,
    .feed = postgres_feed,
    .fields = postgres_fields,
};

}  // namespace tidewaiter
