#include "daemon/sources/stripe/stripe_feed.h"

#include <cstdint>
#include <string>

#include "daemon/sources/contract/key_walk.h"
#include "daemon/sources/contract/retry_rule.h"
#include "daemon/sources/stripe/customer_page.h"
#include "daemon/sources/stripe/customer_place.h"
#include "daemon/sources/stripe/instrument_page.h"

namespace tidewaiter {
namespace {

/// The most entries of a list that the API gives at once.
constexpr const char* kStripeLimit = "?limit=100";

/// Pages of a sweep in one pull: a million customers, and as many of them with what each pays with.
constexpr std::int64_t kMostCustomerPages = 10'000;
constexpr std::int64_t kMostInstrumentPages = 1'000'000;

constexpr std::int64_t kGoneStatus = 404;

KeyWalk walk_of(const FeedQuestion& question) {
  return key_walk_from_text(question.token).value_or(KeyWalk{});
}

}  // namespace

StripeFeed::StripeFeed(std::string_view endpoint, const SourceConfig& config)
    : DirectoryFeed("stripe", endpoint, config,
                    endpoint == "payment_methods" ? kMostInstrumentPages : kMostCustomerPages) {}

HttpRequest StripeFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}, {"Stripe-Version", config().version}};
  std::string place = query_part(customer_place_from_text(question.token));
  request.url = config().url + "/customers";
  if (walks()) {
    const KeyWalk walk = walk_of(question);
    const bool of_customer = !walk.projects.empty();
    place = query_part(of_customer ? CustomerPlace{walk.after_key, {}}
                                   : customer_place_from_text(walk.after_project));
    if (of_customer) request.url += "/" + walk.projects.front() + "/payment_methods";
    request.url += kStripeLimit;
    // Whose account a customer is stands in the customer.
    if (of_customer && !config().account_in.empty()) {
      request.url += "&expand" + percent_encoded("[]") + "=data.customer";
    }
  } else {
    request.url += kStripeLimit;
  }
  request.url += place;
  return request;
}

std::optional<std::string> StripeFeed::instead_of(std::string_view token) const {
  if (!walks()) {
    const auto place = without_customer(customer_place_from_text(token));
    return place ? std::optional(to_text(*place)) : std::nullopt;
  }
  KeyWalk walk = key_walk_from_text(token).value_or(KeyWalk{});
  if (!walk.projects.empty()) {
    if (walk.after_key.empty()) return std::nullopt;
    walk.after_key.clear();  // all that this customer pays with, again: it is not much
    return to_text(walk);
  }
  const auto place = without_customer(customer_place_from_text(walk.after_project));
  if (!place) return std::nullopt;
  walk.after_project = to_text(*place);
  return to_text(walk);
}

bool StripeFeed::is_answer(const HttpResponse& response, const FeedQuestion& question) const {
  // Any other 404 may be that of a wrong address.
  const bool is_gone = walks() && response.status == kGoneStatus &&
                       !walk_of(question).projects.empty() &&
                       told_error_code(response.body) == "resource_missing" &&
                       told_error_param(response.body) != "starting_after";
  return is_gone || DirectoryFeed::is_answer(response, question);
}

Result<FeedAnswer> StripeFeed::read(std::string_view body, const FeedQuestion& question) const {
  const AccountReading reading = reading_of(question);
  if (!walks()) return read_stripe_customers(body, reading, config().account_in);
  return read_stripe_instruments(body, walk_of(question), reading, config().account_in);
}

Result<FeedAnswer> StripeFeed::read_response(const HttpResponse& response,
                                             const FeedQuestion& question) const {
  if (response.status == kGoneStatus && is_answer(response, question)) {
    return pass_over_customer(walk_of(question));
  }
  return read(response.body, question);
}

}  // namespace tidewaiter
