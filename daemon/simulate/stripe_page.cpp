#include "daemon/simulate/stripe_page.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/simulate/request_log.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

constexpr std::int64_t kStripeUsual = 10;
constexpr std::int64_t kStripeMost = 100;

/// A customer and its place among all.
struct Payer {
  std::string id;
  std::string card;
  Customer customer;
};

std::int64_t second_of(const Payer& payer) { return payer.customer.created.us / kSecond.us; }

std::vector<Payer> payers(const ProviderModel& model, const PageState& state) {
  std::vector<Payer> all;
  std::int64_t number = 0;
  for (Customer& customer : model.directory()) {
    if (state.mode == kRestated && state.again > 0) customer.name += " Holding";
    const std::int64_t holder = number % 3 == 2 ? number - 1 : number;
    all.push_back({"cus_sim_" + std::to_string(number), "card-" + std::to_string(holder),
                   std::move(customer)});
    ++number;
  }
  std::ranges::stable_sort(
      all, [](const Payer& a, const Payer& b) { return b.customer.created < a.customer.created; });
  // Whoever came last is not told of at first.
  if (state.mode == kLate && state.again == 0 && all.size() > 1) all.erase(all.begin());
  // The last of the first page is deleted before the second one is asked for.
  const auto last = static_cast<std::size_t>(state.most - 1);
  if (state.mode == kShifting && state.asked > 0 && last < all.size()) {
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(last));
  }
  return all;
}

Json stripe_customer(const Payer& payer, const PageState& state) {
  const bool nameless = state.mode == kNullActors;
  return {{state.mode == kMoved ? "identifier" : "id", payer.id},
          {"object", state.mode == kWrongObject ? "account" : "customer"},
          {"address", {{"country", "FR"}, {"city", nullptr}, {"line1", nullptr}}},
          {"created", second_of(payer)},
          {"description", nullptr},
          {"email", nameless ? Json(nullptr) : Json(payer.customer.email)},
          {"livemode", false},
          {"metadata", {{"account", payer.customer.project}}},
          {"name", nameless ? Json(nullptr) : Json(payer.customer.name)},
          {"phone", nullptr}};
}

Json card_of(const Payer& payer, const Json& customer, const PageState& state) {
  return {{"id", "pm_" + payer.id},
          {"object", state.mode == kWrongObject ? "source" : "payment_method"},
          {"billing_details", {{"address", {{"country", "FR"}}}}},
          {"card",
           {{"brand", "visa"},
            {"country", "FR"},
            {"exp_month", 12},
            {"exp_year", 2030},
            {"fingerprint", gateway_key(payer.card).substr(0, 16)},
            {"funding", "credit"},
            {"last4", "4242"}}},
          {"created", second_of(payer)},
          {"customer", customer},
          {"type", "card"}};
}

Json balance_of(const Payer& payer, const Json& customer) {
  return {{"id", "pm_balance_" + payer.id},    {"object", "payment_method"},
          {"billing_details", Json::object()}, {"customer", customer},
          {"created", second_of(payer)},       {"customer_balance", Json::object()},
          {"type", "customer_balance"}};
}

/// A list of all that is left; `url` is the path of it.
std::string stripe_list(std::vector<Json> left, std::int64_t limit, const std::string& url,
                        const PageState& state) {
  const auto size = static_cast<std::size_t>(std::min(limit, state.most));
  bool more = left.size() > size;
  if (more) left.resize(size);
  if (state.mode == kEndless || state.mode == kRepeatedToken || state.mode == kNoToken) more = true;
  if (state.mode == kNoToken) left.clear();
  Json data = Json::array();
  for (Json& one : left) data.push_back(std::move(one));
  if (state.mode == kBadRow && !data.empty()) data.front()["created"] = "some day";
  return Json{{"object", "list"}, {"data", std::move(data)}, {"has_more", more}, {"url", url}}
      .dump();
}

tl::unexpected<Error> no_such(const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "no such " + what);
}

}  // namespace

Result<std::string> stripe_customers(const ProviderModel& model, const PageRequest& request,
                                     const PageState& state) {
  const auto limit = number_in(request, "limit", kStripeUsual, 1, kStripeMost);
  if (!limit) return fail(ErrorCode::kInvalidInput, "`limit` is out of range");
  std::vector<Payer> all = payers(model, state);
  const std::string after = text_in(request, "starting_after");
  auto at = all.begin();
  if (state.mode == kEndless) {
    // Each page has another customer, whoever is asked for.
    all.resize(1);
    all.front().id = "cus_more_" + std::to_string(state.asked);
    at = all.begin();
  } else if (!after.empty() && state.mode != kRepeatedToken) {
    at = std::ranges::find(all, after, &Payer::id);
    if (at == all.end()) return no_such("customer");
    ++at;
  } else if (const auto created = number_in(request, "created[lte]")) {
    at =
        std::ranges::find_if(all, [&](const Payer& payer) { return second_of(payer) <= *created; });
  }
  std::vector<Json> left;
  for (; at != all.end(); ++at) left.push_back(stripe_customer(*at, state));
  return stripe_list(std::move(left), *limit, "/v1/customers", state);
}

Result<std::string> stripe_payment_methods(const ProviderModel& model, const PageRequest& request,
                                           const PageState& state) {
  const auto limit = number_in(request, "limit", kStripeUsual, 1, kStripeMost);
  if (!limit) return fail(ErrorCode::kInvalidInput, "`limit` is out of range");
  const std::vector<Payer> all = payers(model, state);
  const auto payer = std::ranges::find(all, request.entry, &Payer::id);
  if (payer == all.end()) return fail(ErrorCode::kNotFound, "no such customer");
  const bool whole = text_in(request, "expand[]") == "data.customer";
  const Json customer = whole ? stripe_customer(*payer, state) : Json(payer->id);
  std::vector<Json> left = {card_of(*payer, customer, state), balance_of(*payer, customer)};
  const std::string after = text_in(request, "starting_after");
  if (!after.empty() && state.mode != kRepeatedToken) {
    const auto at = std::ranges::find_if(left, [&](const Json& one) { return one["id"] == after; });
    if (at == left.end()) return no_such("payment method");
    left.erase(left.begin(), std::next(at));
  }
  return stripe_list(std::move(left), *limit, "/v1/customers/" + payer->id + "/payment_methods",
                     state);
}

}  // namespace tidewaiter
