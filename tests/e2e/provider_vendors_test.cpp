// The reports and directories of OpenAI, Anthropic and LiteLLM over real HTTP. What should have
// been read is what another reader (cpp-httplib, nlohmann-json) gets from a provider of the same
// seed that keeps the contract.
#include <array>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/vendor_scene.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using enum HostileMode;

/// Reads all pages of a path as anybody would; `take` gets each element of `data`.
template <class Take>
void read_plainly(const Provider& provider, const std::string& path, const std::string& token_name,
                  const Take& take) {
  httplib::Client client(provider.host());
  std::string token;
  do {
    const std::string url = path + (token.empty() ? "" : "&" + token_name + "=" + token);
    const auto answer = client.Get(url, {{"Authorization", "Bearer any"},
                                         {"x-api-key", "any"},
                                         {"anthropic-version", "2023-06-01"}});
    ASSERT_TRUE(answer && answer->status == 200) << url;
    const json body = json::parse(answer->body);
    for (const json& element : body["data"]) take(element);
    const char* const next = body.contains("next_page") ? "next_page" : "last_id";
    token = body["has_more"].get<bool>() ? body[next].get<std::string>() : "";
  } while (!token.empty());
}

class ReadTest : public VendorTest {};

/// Figures by start and party.
using Sums = std::map<std::string, std::vector<double>>;

std::string party(const std::string& start, const json& row, const char* member) {
  return start + " " + (row[member].is_null() ? "-" : row[member].get<std::string>());
}

/// The stored figures, by start and the field that names the party.
Sums sums_of(const std::map<Digest, Record>& stored, const char* field,
             const std::vector<const char*>& figures, double scale) {
  Sums sums;
  for (const auto& [id, record] : stored) {
    std::vector<double>& sum = sums[format_time(record.time) + " " + text_of(record, field)];
    sum.resize(figures.size());
    for (std::size_t i = 0; i < figures.size(); ++i) {
      sum[i] += static_cast<double>(number_of(record, figures[i])) * scale;
    }
  }
  return sums;
}

void expect_near(const Sums& got, const Sums& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (const auto& [name, figures] : wanted) {
    ASSERT_TRUE(got.contains(name)) << name;
    for (std::size_t i = 0; i < figures.size(); ++i) {
      EXPECT_NEAR(got.at(name)[i], figures[i], 1e-8 * (1 + figures[i])) << name;
    }
  }
}

TEST_P(ReadTest, HasWhatAnotherReaderReads) {
  const Provider provider(kNone, 3, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  Sums wanted;
  const std::string name = GetParam().name;
  const std::string to = format_time(covered_->to);
  if (name == "OpenAiCosts") {
    read_plainly(provider,
                 "/v1/organization/costs?start_time=" + std::to_string(since_.us / kSecond.us) +
                     "&end_time=" + std::to_string(covered_->to.us / kSecond.us) +
                     "&group_by=project_id",
                 "page", [&](const json& bucket) {
                   const UtcTime start{bucket["start_time"].get<std::int64_t>() * kSecond.us};
                   for (const json& row : bucket["results"]) {
                     auto& sum = wanted[party(format_time(start), row, "project_id")];
                     sum.resize(1);
                     sum[0] += row["amount"]["value"].get<double>();
                   }
                 });
    expect_near(sums_of(stored_, "account", {"cost"}, 1e-9), wanted);
  } else if (name == "AnthropicCosts") {
    read_plainly(provider,
                 "/v1/organizations/cost_report?starting_at=" + format_time(since_) +
                     "&ending_at=" + to + "&group_by[]=workspace_id",
                 "page", [&](const json& bucket) {
                   for (const json& row : bucket["results"]) {
                     auto& sum = wanted[party(bucket["starting_at"], row, "workspace_id")];
                     sum.resize(1);
                     sum[0] += std::stod(row["amount"].get<std::string>());
                   }
                 });
    expect_near(sums_of(stored_, "account", {"cost"}, 1e-7), wanted);  // cents
  } else {
    read_plainly(provider,
                 "/v1/organizations/usage_report/messages?starting_at=" + format_time(since_) +
                     "&ending_at=" + to + "&bucket_width=1h&group_by[]=api_key_id",
                 "page", [&](const json& bucket) {
                   for (const json& row : bucket["results"]) {
                     auto& sum = wanted[party(bucket["starting_at"], row, "api_key_id")];
                     sum.resize(3);
                     const auto count = [](const json& of, const char* member) {
                       return of[member].get<double>();
                     };
                     const json& written = row["cache_creation"];
                     sum[0] += count(row, "uncached_input_tokens") +
                               count(row, "cache_read_input_tokens") +
                               count(written, "ephemeral_1h_input_tokens") +
                               count(written, "ephemeral_5m_input_tokens");
                     sum[1] += count(row, "cache_read_input_tokens");
                     sum[2] += count(row, "output_tokens");
                   }
                 });
    expect_near(sums_of(stored_, "api_key", {"input_tokens", "cached_tokens", "output_tokens"}, 1),
                wanted);
  }
}

TEST_P(ReadTest, ARestatedBucketIsARevision) {
  const Provider provider(kRestated, 180, noon);
  EXPECT_EQ(pull(source(provider), "log").revised, 0);
  const Pulled second = pull(source(provider), "log");  // reads the overlap again
  EXPECT_GT(second.revised, 0);
  EXPECT_EQ(second.added, 0);
}

TEST_P(ReadTest, PartiesWhoCannotBeToldAreSummed) {
  const Provider honest(kNone, 24, noon);
  ASSERT_FALSE(pull(source(honest), "honest").error);
  const auto total = [this] {
    std::int64_t sum = 0;
    const bool costs = GetParam().endpoints[0] == "costs";
    for (const auto& [id, record] : stored_) {
      sum += number_of(record, costs ? "cost" : "input_tokens");
    }
    return sum;
  };
  const std::int64_t truth = total();
  const Provider provider(kNullActors, 24, noon);
  ASSERT_FALSE(pull(source(provider), "null").error);
  EXPECT_EQ(total(), truth);
}

INSTANTIATE_TEST_SUITE_P(Each, ReadTest,
                         testing::Values(vendor("OpenAiCosts"), vendor("AnthropicMessages"),
                                         vendor("AnthropicCosts")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

class GatewayTest : public VendorTest {
 protected:
  /// Use by key, of the hours that are covered whole.
  [[nodiscard]] Sums read_sums() const {
    Sums sums;
    for (const auto& [id, record] : stored_) {
      if (text_of(record, "status") == "failure" || record.time >= last_hour()) continue;
      std::vector<double>& sum =
          sums[format_time(align_down(record.time, kHour)) + " " + text_of(record, "api_key")];
      sum.resize(5);
      sum[0] += static_cast<double>(record.requests);
      const auto fields = {"input_tokens", "cached_tokens", "output_tokens", "cost"};
      std::size_t at = 1;
      for (const char* const field : fields) {
        sum[at++] += static_cast<double>(number_of(record, field));
      }
    }
    return sums;
  }
  [[nodiscard]] UtcTime last_hour() const { return align_down(covered_->to, kHour); }
};

/// The customers' model knows nothing of requests: it says what each hour comes to.
TEST_P(GatewayTest, RequestsAddUpToTheTruth) {
  const Provider provider(kNone, 100, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  Sums wanted;
  const ProviderModel model{7, 5};  // that of Provider
  for (UtcTime hour = hours_since_; hour < last_hour(); hour = hour + kHour) {
    for (const ProviderUsage& usage : model.usage(hour, kHour)) {
      const std::string name = format_time(hour) + " " + to_hex(sha256(usage.api_key));
      for (const std::int64_t figure : {usage.requests, usage.input_tokens, usage.cached_tokens,
                                        usage.output_tokens, list_price(usage)}) {
        wanted[name].push_back(static_cast<double>(figure));
      }
    }
  }
  EXPECT_GE(wanted.size(), 6U);
  expect_near(read_sums(), wanted);
}

TEST_P(GatewayTest, WhatFailedHasNoFigures) {
  const Provider provider(kNone, 100, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  int failed = 0;
  for (const auto& [id, record] : stored_) {
    if (text_of(record, "status") != "failure") continue;
    ++failed;
    for (const char* const field : {"input_tokens", "output_tokens", "cost"}) {
      EXPECT_EQ(number_of(record, field), -1) << field;
    }
    EXPECT_EQ(number_of(record, "http_status"), 429);
  }
  EXPECT_GE(failed, 6);
}

/// More than 10,000 requests within one window: the server counts no further.
TEST_P(GatewayTest, ReadsOnWhereTheServerStopsCounting) {
  ProviderOptions options;
  options.address = {"127.0.0.1", 0};
  options.model = {7, 80};
  options.most_buckets = 100;
  options.now = noon;
  const auto server = ProviderServer::listen(options).value();
  const std::jthread thread([&](const std::stop_token& stop) { (void)server->run(stop); });
  SourceConfig config;
  config.name = "api";
  config.kind = "litellm";
  config.contract.emplace();
  config.contract->url = "http://127.0.0.1:" + std::to_string(server->port());
  config.contract->key = {SecretRef::Kind::kEnv, "KEY"};
  config.contract->endpoints = {"spend_logs"};
  config.contract->since = align_down(noon(), kHour) - kHour;
  pull(config, "log");
  std::size_t wanted = 0;
  for (const ProviderUsage& usage : options.model.usage(*config.contract->since, kHour)) {
    wanted += static_cast<std::size_t>(usage.requests) + 1;  // and the one that has failed
  }
  ASSERT_GT(wanted, 10'000U);
  const UtcTime end = *config.contract->since + kHour;
  std::size_t got = 0;
  for (const auto& [id, record] : stored_) got += record.time < end ? 1 : 0;
  EXPECT_EQ(got, wanted);
}

/// Identities of the requests that a gateway still has, but for those that came late, as anybody
/// would page through them while nothing moves any more.
std::set<Digest> left_at(const Provider& provider, Interval time) {
  std::set<Digest> left;
  httplib::Client client(provider.host());
  const auto written = [](UtcTime at) {
    std::string text = format_time(at).substr(0, 19);
    text[10] = ' ';
    return percent_encoded(text);
  };
  for (int page = 1;; ++page) {
    const auto answer = client.Get("/spend/logs/v2?start_date=" + written(time.from) +
                                       "&end_date=" + written(time.to - kSecond) +
                                       "&page_size=100&page=" + std::to_string(page),
                                   {{"Authorization", "Bearer any"}});
    const json rows = answer ? json::parse(answer->body)["data"] : json::array();
    if (rows.empty()) return left;
    for (const json& row : rows) {
      const auto id = row["request_id"].get<std::string>();
      if (id.find("late") != std::string::npos) continue;
      const UtcTime start = parse_time(row["startTime"].get<std::string>()).value();
      left.insert(Sha256()
                      .update_framed("litellm")
                      .update_framed("api")
                      .update_framed("spend_logs")
                      .update_framed(id)
                      .update_framed(std::to_string(start.us))
                      .finish());
    }
  }
}

/// With each page rows go and come at the beginning of each hour. What is there at the end was
/// there all the time, and one pull has read it.
TEST_P(GatewayTest, RowsThatComeAndGoMoveNoOthersOutOfSight) {
  const Provider shifting(kShifting, 20, noon);
  const Pulled pulled = pull(source(shifting), "shifting");
  ASSERT_FALSE(pulled.error) << pulled.error->message;
  const std::set<Digest> left = left_at(shifting, {hours_since_, align_down(noon(), kHour)});
  EXPECT_GT(left.size(), 100U);
  std::size_t missing = 0;
  for (const Digest& id : left) missing += stored_.contains(id) ? 0U : 1U;
  EXPECT_EQ(missing, 0U) << "of " << left.size();
}

/// The first entry of a list goes once its first page has been read.
TEST_P(GatewayTest, AnEntryThatGoesMovesNoOtherOutOfSight) {
  for (const char* const list : {"keys", "users", "teams"}) {
    const Provider shifting(kShifting, 2, noon);
    SourceConfig config = source(shifting);
    config.record = RecordKind::kAccount;
    config.contract->bucket = kDay;
    config.contract->endpoints = {list};
    config.contract->since.reset();
    config.contract->overlap = {};
    ASSERT_FALSE(pull(config, std::string("shifting-") + list).error);
    EXPECT_EQ(stored_.size(), 5U) << list;
  }
}

TEST_P(GatewayTest, WhatIsRestatedIsARevisionAndWhatIsLateIsFound) {
  expect_revisions_and_late_ones();
}

INSTANTIATE_TEST_SUITE_P(Each, GatewayTest, testing::Values(vendor("LiteLlmSpend")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

class DirectoryTest : public VendorTest {};

TEST_P(DirectoryTest, HasWhoAnotherReaderFinds) {
  const Provider provider(kNone, 2, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  std::set<std::string> wanted;
  const bool openai = std::string(GetParam().kind) == "openai";
  const std::string base = openai ? "/v1/organization/" : "/v1/organizations/";
  const char* const token = openai ? "after" : "after_id";
  const auto note = [&wanted](const json& entry) {
    wanted.insert(entry["id"].get<std::string>() + " " + entry["name"].get<std::string>());
  };
  for (const std::string& endpoint : GetParam().endpoints) {
    if (openai && endpoint == "api_keys") {
      read_plainly(provider, base + "projects?limit=100", token, [&](const json& project) {
        read_plainly(provider,
                     base + "projects/" + project["id"].get<std::string>() + "/api_keys?limit=100",
                     token, note);
      });
    } else {
      read_plainly(provider, base + endpoint + "?limit=100", token, note);
    }
  }
  EXPECT_EQ(wanted.size(), GetParam().endpoints.size() * 5);
  std::set<std::string> got;
  for (const auto& [id, record] : stored_) {
    const std::string key = text_of(record, "api_key");
    const std::string project = text_of(record, "project");
    const std::string kind = text_of(record, "account.kind");
    const std::string name = kind == "key"       ? key
                             : kind == "project" ? project
                                                 : text_of(record, "account");
    got.insert(name + " " + text_of(record, "name"));
    EXPECT_EQ(record.end(), align_down(noon(), kDay));
  }
  EXPECT_EQ(got, wanted);
}

/// The lists of a gateway, page by page, as anybody would read them.
TEST_P(GatewayTest, HasWhoAnotherReaderFinds) {
  const Provider provider(kNone, 2, noon);
  SourceConfig config = source(provider);
  config.record = RecordKind::kAccount;
  config.contract->bucket = kDay;
  config.contract->endpoints = {"keys", "users", "teams", "customers"};
  config.contract->since.reset();
  config.contract->overlap = {};
  ASSERT_FALSE(pull(config, "log").error);
  std::set<std::string> wanted;
  httplib::Client client(provider.host());
  const auto ask = [&](const std::string& path) {
    const auto answer = client.Get(path, {{"Authorization", "Bearer any"}});
    return answer && answer->status == 200 ? json::parse(answer->body) : json();
  };
  for (const auto& [path, list, id, name] : std::vector<std::array<std::string, 4>>{
           {"/key/list", "keys", "token", "key_alias"},
           {"/user/list", "users", "user_id", "user_alias"},
           {"/v2/team/list", "teams", "team_id", "team_alias"}}) {
    for (int page = 1; page <= 3; ++page) {  // five entries, two a page
      const json answer = ask(path + "?page=" + std::to_string(page));
      for (const json& entry : answer[list]) {
        wanted.insert(entry[id].get<std::string>() + " " + entry[name].get<std::string>());
      }
    }
  }
  const json customers = ask("/customer/list");
  for (const json& entry : customers) {
    wanted.insert(entry["user_id"].get<std::string>() + " " + entry["alias"].get<std::string>());
  }
  EXPECT_EQ(wanted.size(), 20U);
  std::set<std::string> got;
  for (const auto& [id, record] : stored_) {
    const auto named =
        std::get<std::vector<std::string>>(field_value(record, *find_field("identifiers")));
    got.insert(named.at(0).substr(std::string("litellm:").size()) + " " + text_of(record, "name"));
  }
  EXPECT_EQ(got, wanted);
}

/// The same day again adds nothing, and asks nobody.
TEST_P(DirectoryTest, IsReadOnceADay) {
  const Provider provider(kRestated, 2, noon);
  EXPECT_GT(pull(source(provider), "log").added, 0);
  const Pulled second = pull(source(provider), "log");
  EXPECT_EQ(second.added + second.revised, 0);
  EXPECT_FALSE(second.error);
}

INSTANTIATE_TEST_SUITE_P(Each, DirectoryTest,
                         testing::Values(vendor("OpenAiDirectory"), vendor("AnthropicDirectory")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

}  // namespace
}  // namespace tidewaiter
