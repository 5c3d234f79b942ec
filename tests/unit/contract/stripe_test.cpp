// Customers of Stripe and what they pay with as account records. The answers are written by hand,
// in the shapes of the vendor's specification of August 2026.
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/stripe/customer_place.h"
#include "daemon/sources/stripe/stripe_kind.h"
#include "expected_fields.h"
#include "policies/model/digest.h"
#include "policies/model/record_json.h"
#include "scripted_http.h"

namespace tidewaiter {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using Texts = std::vector<std::string>;

const UtcTime kMidnight = parse_time("2026-11-23T00:00:00Z").value();

/// What fingerprints are sealed under here, and what OpenSSL makes of the one of the cards: `printf
/// AOB934RVNwzk6xtn | openssl dgst -sha256 -mac HMAC -macopt key:…`.
constexpr const char* kSealKey = "0123456789abcdef0123456789abcdef";
constexpr const char* kSealed = "08080f1153ccf7c09c27d2c9791e5e839e59f0b6054c49cea7760285f73f71f7";

SourceConfig paying(const std::string& account_in = {}) {
  SourceConfig source;
  source.name = "paying";
  source.kind = "stripe";
  source.record = RecordKind::kAccount;
  source.contract.emplace();
  source.contract->url = "https://api.stripe.com/v1";
  source.contract->version = "2024-06-20";
  source.contract->account = AccountChoice::kPrincipal;
  source.contract->account_in = account_in;
  source.contract->bucket = kDay;
  return source;
}

FeedQuestion day(std::string token = {}) {
  return {{kMidnight, kMidnight + kDay}, std::move(token)};
}

Result<FeedAnswer> read(std::string_view endpoint, const std::string& body,
                        const std::string& token = {}, const SourceConfig& source = paying()) {
  return kStripeKind.feed(endpoint, source)->read(body, day(token));
}

std::string url_for(std::string_view endpoint, const std::string& token,
                    const SourceConfig& source = paying()) {
  return kStripeKind.feed(endpoint, source)->ask(day(token)).url;
}

std::string list(const std::string& entries, bool more = false) {
  return R"({"object":"list","url":"/v1/customers","has_more":)" +
         std::string(more ? "true" : "false") + R"(,"data":[)" + entries + "]}";
}

std::string customer(const std::string& id, const std::string& more = {}) {
  return R"({"object":"customer","id":")" + id + "\"" + more + "}";
}

/// A card of `owner`, which is written as it stands.
std::string card(const std::string& id, const std::string& owner, const std::string& more = {}) {
  return R"({"object":"payment_method","id":")" + id + R"(","type":"card","customer":)" + owner +
         R"(,"card":{"brand":"visa","country":"US","fingerprint":"AOB934RVNwzk6xtn",)"
         R"("last4":"4242","exp_year":2030})" +
         more + "}";
}

Value value_of(const Record& record, const char* name) {
  const Value* const value = find_value(record, *find_field(name));
  return value == nullptr ? Value() : *value;
}

Digest id_of(const char* endpoint, const char* id) {
  Sha256 hash;
  hash.update_framed("stripe").update_framed("paying").update_framed(endpoint);
  hash.update_framed("86400000000").update_framed(std::to_string(kMidnight.us));
  return hash.update_framed("").update_framed(id).finish();
}

TEST(StripeTest, ACustomerIsHowItStoodThatDay) {
  const std::string whole = customer(
      "cus_9s6", R"(,"name":"Acme Holdings","email":"Ops@Acme.Example","created":1234567890,
                 "address":{"city":"Haarlem","country":"nl"},"metadata":{"tw":"acct-7","x":"y"})");
  const FeedAnswer answer = read("customers", list(whole), {}, paying("tw")).value();
  ASSERT_THAT(answer.records, SizeIs(1));
  EXPECT_EQ(answer.records[0].time, kMidnight);
  EXPECT_EQ(answer.records[0].duration, kDay);
  EXPECT_EQ(answer.records[0].id, id_of("customers", "cus_9s6"));
  expect_fields(answer.records[0], {{"account.kind", std::string("organization")},
                                    {"account", std::string("acct-7")},
                                    {"name", std::string("Acme Holdings")},
                                    {"email.domain", std::string("acme.example")},
                                    {"country.billing", std::string("NL")},
                                    {"identifiers", Texts{"stripe:cus_9s6"}},
                                    {"created", std::int64_t{1'234'567'890'000'000}}});
  // Without being told where, the customer is the account; without metadata that says so it is one
  // by itself, and cannot be another's.
  for (const auto& [body, account_in, account] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {whole, "", "cus_9s6"},
           {customer("cus_9s6"), "tw", "stripe:cus_9s6"},
           {customer("cus_9s6", R"(,"metadata":{})"), "tw", "stripe:cus_9s6"},
           {customer("cus_9s6", R"(,"metadata":{"tw":""})"), "tw", "stripe:cus_9s6"}}) {
    const FeedAnswer own = read("customers", list(body), {}, paying(account_in)).value();
    EXPECT_EQ(value_of(own.records[0], "account"), Value(account));
  }
}

TEST(StripeTest, NullsAreAbsent) {
  const FeedAnswer answer =
      read("customers", list(customer("cus_1", R"(,"name":null,"email":null,"address":null,
                                                  "metadata":null,"created":null)")),
           {}, paying("tw"))
          .value();
  expect_fields(answer.records.at(0), {{"account.kind", std::string("organization")},
                                       {"account", std::string("stripe:cus_1")},
                                       {"identifiers", Texts{"stripe:cus_1"}}});
}

TEST(StripeTest, PagesGoOnBehindTheLastCustomer) {
  EXPECT_EQ(url_for("customers", ""), "https://api.stripe.com/v1/customers?limit=100");
  const FeedAnswer first =
      read("customers", list(customer("cus_2") + "," + customer("cus_1"), true)).value();
  EXPECT_TRUE(first.more);
  EXPECT_EQ(url_for("customers", first.next),
            "https://api.stripe.com/v1/customers?limit=100&starting_after=cus_1");
  const FeedAnswer last = read("customers", list(""), first.next).value();
  EXPECT_FALSE(last.more);
  const HttpRequest request = kStripeKind.feed("customers", paying())->ask(day());
  EXPECT_THAT(request.headers,
              Contains(std::pair<std::string, std::string>("Stripe-Version", "2024-06-20")));
}

TEST(StripeTest, ACardIsOfItsCustomersAccount) {
  const std::string owner =
      customer("cus_1", R"(,"metadata":{"tw":"acct-7"},"name":"Acme","email":"a@b.example")");
  const FeedAnswer answer =
      read("payment_methods", list(card("pm_1", owner, R"(,"created":1234567890,
                     "billing_details":{"name":"M L","address":{"country":"SG"}})")),
           "..cus_1.", paying("tw"))
          .value();
  ASSERT_THAT(answer.records, SizeIs(1));
  EXPECT_EQ(answer.records[0].id, id_of("payment_methods", "pm_1"));
  expect_fields(answer.records[0], {{"account.kind", std::string("payment_instrument")},
                                    {"account", std::string("acct-7")},
                                    {"country.billing", std::string("SG")},
                                    {"identifiers", Texts{"stripe:pm_1"}},
                                    {"owners.identifier", Texts{"stripe:cus_1"}},
                                    {"payment.fingerprints", Texts{"AOB934RVNwzk6xtn"}},
                                    {"created", std::int64_t{1'234'567'890'000'000}}});
  const FeedAnswer own =
      read("payment_methods", list(card("pm_1", "\"cus_1\"")), "..cus_1.").value();
  EXPECT_EQ(value_of(own.records.at(0), "account"), Value(std::string("cus_1")));
}

TEST(StripeTest, BankAccountsHaveFingerprintsAndOthersAreNoRecords) {
  const auto method = [](const std::string& type) {
    return R"({"object":"payment_method","id":"pm_1","customer":"cus_1","type":")" + type +
           "\",\"" + type + R"(":{"fingerprint":"F1","last4":"6789"}})";
  };
  for (const char* const type :
       {"acss_debit", "au_becs_debit", "bacs_debit", "card", "sepa_debit", "us_bank_account"}) {
    const FeedAnswer answer = read("payment_methods", list(method(type)), "..cus_1.").value();
    ASSERT_THAT(answer.records, SizeIs(1)) << type;
    EXPECT_EQ(value_of(answer.records[0], "payment.fingerprints"), Value(Texts{"F1"}));
  }
  const FeedAnswer link = read("payment_methods", list(method("link")), "..cus_1.").value();
  EXPECT_THAT(link.records, SizeIs(0));
  EXPECT_THAT(link.bad, SizeIs(0));
}

TEST(StripeTest, WalksThroughAllCustomers) {
  const std::string base = "https://api.stripe.com/v1/customers";
  EXPECT_EQ(url_for("payment_methods", ""), base + "?limit=100");
  const FeedAnswer customers =
      read("payment_methods", list(customer("cus_2") + "," + customer("cus_1"), true)).value();
  EXPECT_THAT(customers.records, SizeIs(0));
  EXPECT_EQ(url_for("payment_methods", customers.next), base + "/cus_2/payment_methods?limit=100");
  EXPECT_EQ(url_for("payment_methods", customers.next, paying("tw")),
            base + "/cus_2/payment_methods?limit=100&expand%5B%5D=data.customer");
  const FeedAnswer cards =
      read("payment_methods", list(card("pm_9", "\"cus_2\""), true), customers.next).value();
  EXPECT_EQ(url_for("payment_methods", cards.next),
            base + "/cus_2/payment_methods?limit=100&starting_after=pm_9");
  const FeedAnswer second = read("payment_methods", list(""), cards.next).value();
  EXPECT_EQ(url_for("payment_methods", second.next), base + "/cus_1/payment_methods?limit=100");
  const FeedAnswer third = read("payment_methods", list(""), second.next).value();
  EXPECT_EQ(url_for("payment_methods", third.next), base + "?limit=100&starting_after=cus_1");
  EXPECT_FALSE(read("payment_methods", list(""), third.next).value().more);
}

TEST(StripeTest, ACustomerWhoWasDeletedIsPassedOver) {
  const auto feed = kStripeKind.feed("payment_methods", paying());
  const HttpResponse gone{404, R"({"error":{"code":"resource_missing"}})", {}};
  ASSERT_TRUE(feed->is_answer(gone, day("cus_2..cus_1.cus_2.")));
  const FeedAnswer next = feed->read_response(gone, day("cus_2..cus_1.cus_2.")).value();
  EXPECT_EQ(url_for("payment_methods", next.next),
            "https://api.stripe.com/v1/customers/cus_2/payment_methods?limit=100");
  const FeedAnswer last = feed->read_response(gone, day("..cus_1.")).value();
  EXPECT_FALSE(last.more);
  // The list itself is always there.
  EXPECT_FALSE(feed->is_answer(gone, day()));
  // Another 404 is no word about the customer.
  for (const char* const other :
       {"", "<html>", "{}", R"({"error":{"code":"url_invalid"}})",
        R"({"error":"resource_missing"})",
        R"({"error":{"type":"resource_missing","message":"resource_missing"}})"}) {
    EXPECT_FALSE(feed->is_answer({404, other, {}}, day("..cus_1."))) << other;
  }
  EXPECT_FALSE(kStripeKind.feed("customers", paying())->is_answer(gone, day("cus_1")));
}

TEST(StripeTest, QuarantinesABadEntry) {
  for (const char* const bad : {R"({"object":"customer"})", R"({"object":"customer","id":7})",
                                R"({"object":"customer","id":"c","name":{}})",
                                R"({"object":"customer","id":"c","created":-1})",
                                R"({"object":"customer","id":"c","metadata":{"tw":7}})",
                                R"({"object":"customer","id":"c","address":{"country":1}})"}) {
    const auto answer = read("customers", list(customer("cus_1") + "," + bad), {}, paying("tw"));
    ASSERT_TRUE(answer) << bad;
    EXPECT_THAT(answer->records, SizeIs(1)) << bad;
    EXPECT_THAT(answer->bad, SizeIs(1)) << bad;
  }
  // Whose account a card is is not guessed.
  const auto card_alone =
      read("payment_methods", list(card("pm_1", "\"cus_1\"")), "..cus_1.", paying("tw"));
  ASSERT_TRUE(card_alone);
  ASSERT_THAT(card_alone->bad, SizeIs(1));
  EXPECT_EQ(card_alone->bad[0].reason, "`customer` is not the whole customer");
  EXPECT_THAT(read("payment_methods", list(customer("cus/1"))).value().bad, SizeIs(1));
}

TEST(StripeTest, RefusesWhatIsNoPage) {
  for (const char* const body :
       {"", "[]", "{}", R"({"object":"list","data":[]})", R"({"object":"list","has_more":false})",
        R"({"object":"search_result","data":[],"has_more":false})",
        R"({"object":"list","data":[{"object":"charge","id":"ch_1"}],"has_more":false})"}) {
    for (const char* const endpoint : {"customers", "payment_methods"}) {
      EXPECT_FALSE(read(endpoint, body)) << endpoint << body;
      EXPECT_FALSE(read(endpoint, body, "..cus_1.")) << endpoint << body;
    }
  }
  EXPECT_FALSE(read("payment_methods", list("", true)));
  EXPECT_FALSE(read("payment_methods", list("", true), "..cus_1."));
  const auto other = read("payment_methods", list(card("pm_1", "\"cus_2\"")), "..cus_1.");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("another customer's"));
}

/// What the contract makes of a source of both lists, until it has drained.
std::vector<Record> pulled(SourceConfig config, ScriptedHttp& http,
                           std::vector<std::string> endpoints = {"customers", "payment_methods"}) {
  config.contract->endpoints = std::move(endpoints);
  config.contract->key = {SecretRef::Kind::kEnv, "KEY"};
  config.contract->fingerprint_key = {SecretRef::Kind::kEnv, "SEAL"};
  SourceServices services;
  services.variables = {{"KEY", "rk_live"}, {"SEAL", kSealKey}};
  services.http = &http;
  const UtcTime now = kMidnight + kDay + kHour;
  services.now = [now] { return now; };
  const auto source = make_contract_source(config, services).value();
  std::vector<Record> records;
  std::string cursor;
  while (const auto given = source->next(cursor, now, {}).value()) {
    cursor = given->cursor;
    records.insert(records.end(), given->records.begin(), given->records.end());
    if (given->drained) break;
  }
  return records;
}

TEST(StripeTest, NothingElseOfAnAnswerLeavesTheSource) {
  const std::string secrets =
      R"(,"phone":"c4n4ry","description":"c4n4ry","invoice_prefix":"c4n4ry","shipping":)"
      R"({"name":"c4n4ry"},"email":"c4n4ry@kept.example","metadata":{"tw":"acct-7","note":"c4n4ry"},)"
      R"("address":{"country":"NL","line1":"c4n4ry","postal_code":"c4n4ry"})";
  const std::string details =
      R"(,"billing_details":{"name":"c4n4ry","email":"c4n4ry@c4n4ry.example","phone":"c4n4ry",)"
      R"("address":{"country":"NL","city":"c4n4ry"}},"metadata":{"order":"c4n4ry"})";
  ScriptedHttp http([&](const std::string& url, std::size_t) {
    const std::string one = customer("cus_1", secrets);
    const bool cards = url.find("/cus_1/payment_methods") != std::string::npos;
    return HttpResponse{200, list(cards ? card("pm_1", one, details) : one), {}};
  });
  const std::vector<Record> records = pulled(paying("tw"), http);
  ASSERT_THAT(records, SizeIs(2));
  for (const Record& record : records) {
    std::string line;
    write_record_json(record, line);
    EXPECT_THAT(line, HasSubstr("acct-7"));
    for (const char* const hidden : {"c4n4ry", "AOB934RVNwzk6xtn", "4242", "visa", "2030"}) {
      EXPECT_THAT(line, Not(HasSubstr(hidden)));
    }
  }
  EXPECT_EQ(value_of(records[1], "payment.fingerprints"), Value(Texts{kSealed}));
  EXPECT_THAT(http.credentials(), ElementsAre("rk_live", "rk_live", "rk_live"));
}

TEST(StripeTest, ACustomerWhoWasDeletedDoesNotEndTheWalk) {
  ScriptedHttp http([](const std::string& url, std::size_t) {
    if (url.find("/cus_2/") != std::string::npos) {
      return HttpResponse{404, R"({"error":{"code":"resource_missing"}})", {}};
    }
    const bool cards = url.find("/cus_1/") != std::string::npos;
    const std::string both = customer("cus_2") + "," + customer("cus_1");
    return HttpResponse{200, list(cards ? card("pm_1", "\"cus_1\"") : both), {}};
  });
  EXPECT_THAT(pulled(paying(), http), SizeIs(3));  // two customers, and a card of one
  EXPECT_THAT(http.urls(), SizeIs(4));
}

/// Customers with the second at which each was made, newest first, two a page, as the API lists
/// them. With each page `gone` may take somebody away.
class CustomerList {
 public:
  explicit CustomerList(std::function<void(CustomerList&, std::size_t)> gone)
      : gone_(std::move(gone)) {}

  HttpResponse answer(const std::string& url, std::size_t before) {
    gone_(*this, before);
    const std::string after = behind(url, "starting_after=");
    const std::string until = behind(url, "created%5Blte%5D=");
    std::size_t first = 0;
    if (!after.empty()) {
      const auto found = std::ranges::find(customers, after, &std::pair<std::string, int>::first);
      if (found == customers.end()) {
        return {400, R"({"error":{"code":"resource_missing","param":"starting_after"}})", {}};
      }
      first = static_cast<std::size_t>(found - customers.begin()) + 1;
    }
    std::string page;
    int count = 0;
    bool more = false;
    for (std::size_t i = first; i < customers.size(); ++i) {
      const auto& [id, made] = customers[i];
      if (!until.empty() && made > std::stoi(until)) continue;
      more = count == 2;
      if (more) break;
      page += (page.empty() ? "" : ",") + customer(id, ",\"created\":" + std::to_string(made));
      ++count;
    }
    return {200, list(page, more), {}};
  }

  void remove(const std::string& id) {
    std::erase_if(customers, [&id](const auto& one) { return one.first == id; });
  }

  std::vector<std::pair<std::string, int>> customers = {{"cus_6", 500}, {"cus_5", 400},
                                                        {"cus_4", 300}, {"cus_3", 300},
                                                        {"cus_2", 200}, {"cus_1", 100}};

 private:
  static std::string behind(const std::string& url, const std::string& name) {
    const std::size_t at = url.find(name);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size();
    return url.substr(begin, url.find('&', begin) - begin);
  }

  std::function<void(CustomerList&, std::size_t)> gone_;
};

TEST(StripeTest, ACursorThatWasDeletedGoesOnByTime) {
  CustomerList customers([](CustomerList& all, std::size_t before) {
    if (before == 1) all.remove("cus_5");  // whom the first page ended with
    if (before == 3) all.remove("cus_3");  // and the next one
  });
  ScriptedHttp http([&customers](const std::string& url, std::size_t before) {
    return customers.answer(url, before);
  });
  SourceConfig config = paying();
  std::set<std::string> got;
  for (const Record& record : pulled(config, http, {"customers"})) {
    got.insert(std::get<std::string>(value_of(record, "account")));
  }
  EXPECT_EQ(got, (std::set<std::string>{"cus_1", "cus_2", "cus_3", "cus_4", "cus_5", "cus_6"}));
  const std::string base = "https://api.stripe.com/v1/customers?limit=100";
  EXPECT_THAT(http.urls(),
              ElementsAre(base, base + "&starting_after=cus_5", base + "&created%5Blte%5D=400",
                          base + "&starting_after=cus_3", base + "&created%5Blte%5D=300",
                          base + "&starting_after=cus_2"));
}

TEST(StripeTest, AnIdThatEndsLikeATimeIsAnIdAndALongOneStandsInAWalk) {
  const std::string base = "https://api.stripe.com/v1/customers?limit=100&starting_after=";
  for (const std::string& id : {std::string("acct-12345"), std::string(128, 'a')}) {
    for (const char* const made : {"", ",\"created\":1767225600"}) {
      const FeedAnswer page = read("customers", list(customer(id, made), true)).value();
      EXPECT_EQ(url_for("customers", page.next), base + id);
      FeedAnswer walk = read("payment_methods", list(customer(id, made), true)).value();
      walk = read("payment_methods", list(""), walk.next).value();
      EXPECT_EQ(url_for("payment_methods", walk.next), base + id);
    }
  }
  // What a cursor has from before there were times in it.
  EXPECT_EQ(url_for("customers", "acct-12345"), base + "acct-12345");
}

TEST(StripeTest, AServerThatRefusesEveryCursorIsNotAskedForEver) {
  CustomerList customers([](CustomerList&, std::size_t) {});
  ScriptedHttp http([&customers](const std::string& url, std::size_t before) {
    if (url.find("starting_after") != std::string::npos) return HttpResponse{400, "{}", {}};
    return customers.answer(url, before);
  });
  SourceConfig config = paying();
  config.contract->endpoints = {"customers"};
  config.contract->key = {SecretRef::Kind::kEnv, "KEY"};
  SourceServices services;
  services.variables = {{"KEY", "rk_live"}};
  services.http = &http;
  const auto source = make_contract_source(config, services).value();
  std::string cursor;
  std::optional<Error> error;
  while (!error && http.urls().size() < 100) {
    const auto given = source->next(cursor, kMidnight + kDay + kHour, {});
    if (given && *given) cursor = (*given)->cursor;
    if (!given) error = given.error();
  }
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::kInvalidInput);
}

TEST(StripeTest, WhatSomebodyPaysWithIsReadAgainBehindOneThatIsGone) {
  ScriptedHttp http([](const std::string& url, std::size_t) {
    if (url.find("starting_after") != std::string::npos) {
      return HttpResponse{
          404, R"({"error":{"code":"resource_missing","param":"starting_after"}})", {}};
    }
    if (url.find("/cus_1/") == std::string::npos)
      return HttpResponse{200, list(customer("cus_1")), {}};
    static int asked = 0;
    return HttpResponse{
        200,
        ++asked == 1 ? list(card("pm_2", "\"cus_1\""), true) : list(card("pm_1", "\"cus_1\"")),
        {}};
  });
  EXPECT_THAT(pulled(paying(), http, {"payment_methods"}), SizeIs(2));
}

TEST(StripeTest, APlaceIsItsText) {
  const UtcTime second{1'767'225'600'000'000};
  EXPECT_EQ(to_text(CustomerPlace{"cus_1", second}), "@1767225600@cus_1");
  for (const CustomerPlace& place :
       {CustomerPlace{"cus_1", second}, CustomerPlace{"cus_1", {}}, CustomerPlace{"acct-12345", {}},
        CustomerPlace{"@7@x", {}}, CustomerPlace{"acct-12345", second}, CustomerPlace{"", second},
        CustomerPlace{}}) {
    EXPECT_EQ(customer_place_from_text(to_text(place)), place);
  }
  for (const char* const alone :
       {"cus_1", "acct-12345", "cus-1767225600", "@x@cus_1", "@9", "@99999999999999999999@cus_1"}) {
    EXPECT_EQ(customer_place_from_text(alone), (CustomerPlace{alone, {}})) << alone;
  }
  EXPECT_FALSE(without_customer({"cus_1", {}}));
  EXPECT_FALSE(without_customer({"", second}));
}

TEST(StripeTest, AServerThatSaysNotToAskAgainIsNotAskedAgain) {
  ScriptedHttp http([](const std::string&, std::size_t) {
    HttpResponse limited{429, R"({"error":{"code":"rate_limit","message":"c4n4ry"}})", {}};
    limited.should_retry = false;
    return limited;
  });
  SourceConfig config = paying();
  config.contract->endpoints = {"customers"};
  config.contract->key = {SecretRef::Kind::kEnv, "KEY"};
  SourceServices services;
  services.variables = {{"KEY", "rk_live"}};
  services.http = &http;
  const auto source = make_contract_source(config, services).value();
  const auto given = source->next("", kMidnight + kDay, {});
  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(given.error().message, "the server answered with status 429 (rate_limit)");
  EXPECT_THAT(http.urls(), SizeIs(1));
}

TEST(StripeTest, SuppliesWhatItsRecordsHave) {
  const auto fields = kStripeKind.fields("payment_methods", *paying().contract);
  EXPECT_TRUE(fields.contains(*find_field("owners.identifier")));
  EXPECT_FALSE(fields.contains(*find_field("owners")));
}

TEST(StripeTest, ReadsNoInstrumentWithoutAKeyToSealIt) {
  SourceConfig config = paying();
  config.contract->endpoints = {"payment_methods"};
  const auto made = make_contract_source(config, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "the endpoint `payment_methods` needs `fingerprint_key`");
  config.contract->endpoints = {"customers"};
  EXPECT_TRUE(make_contract_source(config, {}));
}

}  // namespace
}  // namespace tidewaiter
