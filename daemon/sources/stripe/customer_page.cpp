#include "daemon/sources/stripe/customer_page.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/contract/list_page.h"
#include "daemon/sources/stripe/customer_place.h"
#include "daemon/sources/stripe/stripe_object.h"

namespace tidewaiter {

PageRead read_stripe_customer(const nlohmann::json& customer, std::string_view account_in,
                              AccountEntry& entry) {
  if (PageRead fault = expect_stripe(customer, "customer")) return fault;
  entry.kind = "organization";
  if (PageRead fault = need_text(customer, "id", entry.id)) return fault;
  entry.owner = entry.id;
  if (PageRead fault = take_text(customer, "name", entry.name)) return fault;
  if (PageRead fault = take_text(customer, "email", entry.email)) return fault;
  if (PageRead fault = take_stripe_country(customer, entry.country_billing)) return fault;
  if (!account_in.empty()) {
    const std::string key(account_in);
    const auto& metadata = stripe_member(customer, "metadata");
    if (PageRead fault = take_text(metadata, key.c_str(), entry.account)) return fault;
    if (entry.account.empty()) entry.account = "stripe:" + entry.id;
  }
  return take_time(customer, "created", entry.created);
}

Result<FeedAnswer> read_stripe_customers(std::string_view body, const AccountReading& reading,
                                         std::string_view account_in) {
  CustomerPlace last;
  const auto take = [&](std::string_view raw, FeedAnswer& answer) -> PageRead {
    nlohmann::json document;
    AccountEntry entry;
    if (PageRead fault = parse_entry(raw, document)) return fault;
    if (PageRead fault = read_stripe_customer(document, account_in, entry)) return fault;
    answer.records.push_back(account_record(entry, reading));
    last = {std::move(entry.id), entry.created};
    return std::nullopt;
  };
  Result<FeedAnswer> answer = read_list_page(body, "list", take);
  if (answer) answer->next = answer->more ? to_text(last) : std::string();
  return answer;
}

}  // namespace tidewaiter
