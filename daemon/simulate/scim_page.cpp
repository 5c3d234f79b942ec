#include "daemon/simulate/scim_page.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

constexpr const char* kListSchemaName = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
constexpr const char* kErrorSchemaName = "urn:ietf:params:scim:api:messages:2.0:Error";
constexpr const char* kUserSchemaName = "urn:ietf:params:scim:schemas:core:2.0:User";
constexpr const char* kGroupSchemaName = "urn:ietf:params:scim:schemas:core:2.0:Group";

Json scim_user(const Customer& customer, std::int64_t number, const PageState& state) {
  Json user = {{"schemas", {state.mode == kWrongObject ? kGroupSchemaName : kUserSchemaName}},
               {state.mode == kMoved ? "identifier" : "id", "scim-" + std::to_string(number)},
               {"externalId", customer.user},
               {"userName", customer.email},
               {"active", number % 7 != 6},
               {"addresses", {{{"type", "work"}, {"country", "FR"}, {"primary", true}}}},
               {"meta",
                {{"resourceType", "User"},
                 {"created", format_time(customer.created)},
                 {"lastModified", format_time(customer.created)}}}};
  if (state.mode == kNullActors) return user;
  user["displayName"] = customer.name;
  user["emails"] = {{{"value", customer.email}, {"type", "work"}, {"primary", true}}};
  return user;
}

}  // namespace

Result<std::string> scim_users(const ProviderModel& model, const PageRequest& request,
                               const PageState& state) {
  const auto start = number_in(request, "startIndex", 1, 0, 1'000'000'000);
  const auto count = number_in(request, "count", 100, 0, 1'000);
  if (!start || !count) return fail(ErrorCode::kInvalidInput, "a parameter is out of range");
  std::vector<Json> users;
  std::int64_t number = 0;
  for (Customer& customer : model.directory()) {
    if (state.mode == kRestated && state.again > 0) customer.name += " Holding";
    users.push_back(scim_user(customer, number++, state));
  }
  // Whoever came last is not told of at first; one that is deleted moves those behind it forward.
  if (state.mode == kLate && state.again == 0 && users.size() > 1) users.pop_back();
  if (state.mode == kShifting && state.asked > 0) users.erase(users.begin());
  const bool stuck = state.mode == kRepeatedToken;
  const std::int64_t first = stuck ? 0 : std::max<std::int64_t>(*start, 1) - 1;
  std::int64_t total = std::ssize(users);
  const std::int64_t size = std::min(*count, state.most);
  Json shown = Json::array();
  if (state.mode == kEndless) {
    // Each page has another user, and there is always one more.
    users.front()["id"] = "scim-more-" + std::to_string(state.asked);
    shown.push_back(users.front());
    total = first + 2;
  } else if (state.mode != kNoToken) {
    for (std::int64_t i = first; i < total && std::ssize(shown) < size; ++i) {
      shown.push_back(users[static_cast<std::size_t>(i)]);
    }
  }
  if (state.mode == kBadRow && !shown.empty()) shown.front()["active"] = "perhaps";
  return Json{{"schemas", {kListSchemaName}},
              {"totalResults", total},
              {"startIndex", first + 1},
              {"itemsPerPage", shown.size()},
              {"Resources", std::move(shown)}}
      .dump();
}

std::string scim_error(int status, const std::string& detail) {
  return Json{
      {"schemas", {kErrorSchemaName}}, {"status", std::to_string(status)}, {"detail", detail}}
      .dump();
}

}  // namespace tidewaiter
