#include "daemon/sources/stripe/instrument_page.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/contract/list_page.h"
#include "daemon/sources/stripe/customer_page.h"
#include "daemon/sources/stripe/customer_place.h"
#include "daemon/sources/stripe/stripe_object.h"

namespace tidewaiter {
namespace {

/// Types of payment methods whose details tell cards or bank accounts apart by `fingerprint`.
constexpr auto kFingerprinted = std::to_array<std::string_view>(
    {"acss_debit", "au_becs_debit", "bacs_debit", "card", "sepa_debit", "us_bank_account"});

/// Where the walk goes on; nothing is left of it: it ends.
void go_on_walking(FeedAnswer& answer, const KeyWalk& next) {
  answer.more = !next.projects.empty() || !next.after_project.empty();
  answer.next = answer.more ? to_text(next) : std::string();
}

Result<FeedAnswer> read_walked_customers(std::string_view body) {
  KeyWalk next;
  CustomerPlace last;
  const auto take = [&](std::string_view raw, FeedAnswer&) -> PageRead {
    nlohmann::json document;
    std::string id;
    std::optional<UtcTime> created;
    if (PageRead fault = parse_entry(raw, document)) return fault;
    if (PageRead fault = expect_stripe(document, "customer")) return fault;
    if (PageRead fault = need_text(document, "id", id)) return fault;
    if (!is_walk_id(id)) return row_fault("`id` cannot stand in a path");
    if (PageRead fault = take_time(document, "created", created)) return fault;
    last = {id, created};
    next.projects.push_back(std::move(id));
    return std::nullopt;
  };
  Result<FeedAnswer> answer = read_list_page(body, "list", take);
  if (!answer) return answer;
  if (answer->more && last.id.empty()) {
    return refused_page("list of customers", "it has no customer, and says that there are more");
  }
  if (answer->more) next.after_project = to_text(last);
  go_on_walking(*answer, next);
  return answer;
}

/// Whose it is: `customer` is an id, or the whole customer if that was asked for.
PageRead take_customer(const nlohmann::json& method, std::string_view customer,
                       std::string_view account_in, AccountEntry& entry) {
  const auto member = method.find("customer");
  AccountEntry owner;
  if (member != method.end() && member->is_object()) {
    if (PageRead fault = read_stripe_customer(*member, account_in, owner)) return fault;
  } else {
    if (PageRead fault = need_text(method, "customer", owner.id)) return fault;
    if (!account_in.empty()) return row_fault("`customer` is not the whole customer");
  }
  if (owner.id != customer) return page_fault("a payment method is another customer's");
  entry.owner = std::move(owner.id);
  entry.account = std::move(owner.account);
  return std::nullopt;
}

/// A payment method of the walk's customer. Without a fingerprint: `fingerprints` stays empty.
PageRead read_instrument(const nlohmann::json& method, std::string_view customer,
                         std::string_view account_in, AccountEntry& entry) {
  if (PageRead fault = expect_stripe(method, "payment_method")) return fault;
  entry.kind = "payment_instrument";
  std::string type;
  std::string fingerprint;
  if (PageRead fault = need_text(method, "id", entry.id)) return fault;
  if (PageRead fault = need_text(method, "type", type)) return fault;
  if (PageRead fault = take_customer(method, customer, account_in, entry)) return fault;
  if (std::ranges::find(kFingerprinted, type) != kFingerprinted.end()) {
    const auto& details = stripe_member(method, type.c_str());
    if (PageRead fault = take_text(details, "fingerprint", fingerprint)) return fault;
  }
  if (!fingerprint.empty()) entry.fingerprints.push_back(std::move(fingerprint));
  const auto& billing = stripe_member(method, "billing_details");
  if (PageRead fault = take_stripe_country(billing, entry.country_billing)) return fault;
  return take_time(method, "created", entry.created);
}

}  // namespace

Result<FeedAnswer> read_stripe_instruments(std::string_view body, const KeyWalk& walk,
                                           const AccountReading& reading,
                                           std::string_view account_in) {
  if (walk.projects.empty()) return read_walked_customers(body);
  std::string last;
  const auto take = [&](std::string_view raw, FeedAnswer& answer) -> PageRead {
    nlohmann::json document;
    AccountEntry entry;
    if (PageRead fault = parse_entry(raw, document)) return fault;
    PageRead fault = read_instrument(document, walk.projects.front(), account_in, entry);
    if (fault) return fault;
    if (!entry.fingerprints.empty()) answer.records.push_back(account_record(entry, reading));
    last = std::move(entry.id);
    return std::nullopt;
  };
  Result<FeedAnswer> answer = read_list_page(body, "list", take);
  if (!answer) return answer;
  if (answer->more && !is_walk_id(last)) {
    return refused_page("list of payment methods", "its last `id` cannot stand in a request");
  }
  KeyWalk next = walk;
  next.after_key = answer->more ? last : std::string();
  if (!answer->more) next.projects.erase(next.projects.begin());
  go_on_walking(*answer, next);
  return answer;
}

FeedAnswer pass_over_customer(const KeyWalk& walk) {
  FeedAnswer answer;
  KeyWalk next = walk;
  next.after_key.clear();
  next.projects.erase(next.projects.begin());
  go_on_walking(answer, next);
  return answer;
}

}  // namespace tidewaiter
