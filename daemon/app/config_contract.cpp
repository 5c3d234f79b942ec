#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "daemon/app/config_reader.h"
#include "daemon/outbound/http_client.h"
#include "daemon/sources/contract_kind.h"
#include "policies/model/ascii.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

/// Bills and directories are by the day.
constexpr Duration kDailyPoll = kHour;

/// Events are told one by one, soon after they came to pass, and seldom later.
constexpr Duration kAuditPoll{5 * kMinute.us};
constexpr Duration kAuditOverlap{10 * kMinute.us};

/// How far back bills are read again, which vendors correct for weeks, and how long a policy that
/// does not say so waits for that.
constexpr Duration kCostOverlap{35 * kDay.us};
constexpr Duration kCostSettles{3 * kDay.us};

constexpr std::size_t kLongestUser = 18;

/// OpenAI groups the costs of earlier days by no key.
constexpr UtcTime kCostsByKeySince{1'764'979'200 * kSecond.us};

/// Reads the keys of one source over HTTP. Goes on after an error, so that all of them are told.
class ContractReader {
 public:
  ContractReader(ConfigReader& reader, const YamlNode& node, const Config& config,
                 const SourceConfig& source)
      : reader_(reader),
        node_(node),
        config_(config),
        source_(source),
        kind_(*find_contract_kind(source.kind)) {}

  ContractConfig read() {
    if (kind_.by_mapping) refuse_vendor();
    read_url();
    read_token();
    read_endpoints();
    read_record_shape();
    read_headers();
    read_account_in();
    read_fingerprint_key();
    read_user();
    read_range();
    read_route(reader_, node_, config_, kind_, contract_);
    return std::move(contract_);
  }

  /// Of the endpoints that were read.
  [[nodiscard]] EndpointTheme theme() const { return theme_; }

 private:
  /// What is said of vendors whose answers are known.
  void refuse_vendor() {
    for (const char* const key : {"account", "account_in", "organization", "endpoints", "lists",
                                  "version", "fingerprint_key", "user", "auth", "beta"}) {
      if (const YamlNode* node = node_.find(key)) {
        reader_.error(node->span, kWrongShape,
                      "`" + std::string(key) + "` belongs to sources of a vendor",
                      "leave it out: the mapping says what the records are");
      }
    }
  }

  void read_url() {
    contract_.url = kind_.url;
    if (const YamlNode* url = node_.find("url")) {
      if (const auto text = reader_.text(*url, "`url`")) contract_.url = *text;
    }
    while (contract_.url.ends_with('/')) contract_.url.pop_back();
    if (const YamlNode* allow = node_.find("private_addresses")) {
      static constexpr std::array<std::string_view, 2> kWords = {"false", "true"};
      if (const auto i = reader_.word(*allow, "`private_addresses`", kWords)) {
        contract_.route.private_addresses = *i == 1;
      }
    } else {
      contract_.route.private_addresses = false;
    }
    check_url_text();
  }

  void check_url_text() {
    const YamlNode* const place = node_.find("url");
    if (place == nullptr) {
      if (kind_.url.empty()) {
        reader_.error(node_.span, kMissingKey,
                      "a source of kind `" + source_.kind + "` needs `url`",
                      "write where the server is: `url: " + url_example() + "`");
      }
      return;
    }
    if (kind_.check_url != nullptr) {
      if (const Result<void> fits = kind_.check_url(contract_.url); !fits) {
        reader_.error(place->span, kConfigUrl, fits.error().message,
                      "write `" + url_example() + "`; a password belongs in `token`");
      }
      return;
    }
    if (const Result<void> fits = check_url(contract_.url); !fits) {
      reader_.error(place->span, kConfigUrl, fits.error().message,
                    "write `https://…`, or `http://127.0.0.1:…` for this machine; what proves who "
                    "asks belongs in `token`");
    } else if (!kind_.by_mapping && contract_.url.find('?') != std::string::npos) {
      reader_.error(place->span, kConfigUrl, "the URL has a query",
                    "write where the API begins, such as `" + url_example() + "`");
    } else if (tells_credential(
                   reader_, place->span, contract_.url,
                   "leave the parameter out and name where the secret is kept: `token: {file: "
                   "…}`, `{env: …}` or `{credential: …}`; `header` says which header it goes out "
                   "in")) {
      return;
    } else if (!contract_.route.private_addresses && names_private_host(contract_.url)) {
      reader_.error(place->span, kConfigUrl,
                    "the URL's host is this machine or in a private network",
                    "if that is meant, add `private_addresses: true`");
    }
  }

  [[nodiscard]] std::string url_example() const {
    if (kind_.client != nullptr) return "postgresql://tidewaiter@db.example.org/litellm";
    return std::string(kind_.url.empty() ? "https://gateway.example.org" : kind_.url);
  }

  void read_token() {
    const YamlNode* token = node_.find("token");
    if (token == nullptr && kind_.client != nullptr) return;
    if (token == nullptr) {
      reader_.error(node_.span, kMissingKey, "a source of this kind needs `token`",
                    "name where the admin key is kept: `token: {file: …}`, `{env: …}` or "
                    "`{credential: …}`");
      return;
    }
    if (auto ref = read_secret_ref(reader_, *token, "token", config_)) contract_.key = *ref;
  }

  void read_endpoints() {
    theme_ = EndpointTheme::kUsage;
    if (!kind_.by_mapping && source_.record == RecordKind::kAccount) {
      theme_ = EndpointTheme::kDirectory;
    } else if (!kind_.by_mapping && source_.record == RecordKind::kAudit) {
      theme_ = EndpointTheme::kAudit;
    }
    const YamlNode* endpoints = node_.find("endpoints");
    if (endpoints == nullptr || kind_.by_mapping) {
      for (const ContractEndpoint& endpoint : kind_.endpoints) {
        if (endpoint.by_default && endpoint.theme == theme_) {
          contract_.endpoints.emplace_back(endpoint.name);
        }
      }
      if (contract_.endpoints.empty()) {
        reader_.error(node_.span, kMissingKey,
                      "a source of kind `" + source_.kind + "` needs `endpoints`",
                      "name what is to be read; the source's page lists what there is");
      }
      return;
    }
    if (!reader_.list(*endpoints, "`endpoints`")) return;
    if (endpoints->items.empty()) {
      reader_.error(endpoints->span, kEmptyValue, "`endpoints` names none",
                    "leave it out for those that are asked by default");
    }
    for (const YamlNode& item : endpoints->items) read_endpoint(item);
    check_company(*endpoints);
  }

  /// What may not be read by one source.
  void check_company(const YamlNode& endpoints) {
    const auto& names = contract_.endpoints;
    const auto costs = std::ranges::find_if(names, [this](const std::string& name) {
      return find_endpoint(kind_, name)->theme == EndpointTheme::kCosts;
    });
    if (costs != names.end() && names.size() > 1) {
      reader_.error(endpoints.span, kWrongShape, "`" + *costs + "` stands beside other endpoints",
                    "give it a source of its own: bills come by the day, and would hold back what "
                    "comes sooner");
      return;
    }
    const auto twice = std::ranges::find_if(names, [&](const std::string& name) {
      return std::ranges::find(names, find_endpoint(kind_, name)->same_as) != names.end();
    });
    if (twice == names.end()) return;
    reader_.error(endpoints.span, kWrongShape,
                  "`" + *twice + "` and `" + std::string(find_endpoint(kind_, *twice)->same_as) +
                      "` tell of the same use",
                  "name one of them: with both it would count twice");
  }

  void read_endpoint(const YamlNode& item) {
    std::vector<std::string_view> names;
    for (const ContractEndpoint& endpoint : kind_.endpoints) {
      if (record_of(endpoint.theme) == source_.record) names.push_back(endpoint.name);
    }
    const ContractEndpoint* const known =
        item.kind == YamlNode::Kind::kScalar ? find_endpoint(kind_, item.scalar) : nullptr;
    if (known != nullptr && record_of(known->theme) != source_.record) {
      const std::string written(kind_name(source_.record));
      const std::string wanted(kind_name(record_of(known->theme)));
      reader_.error(
          item.span, kNotOneOf, "the endpoint `" + item.scalar + "` has no " + written + " records",
          record_of(known->theme) == RecordKind::kUsage
              ? "leave `record: " + written + "` out, or give it a source of its own"
              : "write `record: " + wanted + "` into this source, or give it one of its own");
      return;
    }
    const auto i = reader_.word(item, "an endpoint", names);
    if (!i) return;
    std::string name(names[*i]);
    if (std::ranges::find(contract_.endpoints, name) != contract_.endpoints.end()) {
      reader_.error(item.span, kConfigTwice, "the endpoint `" + name + "` is named twice");
      return;
    }
    if (find_endpoint(kind_, name)->theme == EndpointTheme::kCosts) theme_ = EndpointTheme::kCosts;
    contract_.endpoints.push_back(std::move(name));
  }

  void read_record_shape() {
    static constexpr std::array<std::string_view, 3> kBuckets = {"1m", "1h", "1d"};
    static constexpr std::array<Duration, 3> kWidths = {kMinute, kHour, kDay};
    static constexpr std::array<std::string_view, 2> kLists = {"brackets", "repeat"};
    if (const YamlNode* organization = node_.find("organization")) {
      if (const auto text = reader_.text(*organization, "`organization`")) {
        contract_.organization = *text;
      }
    }
    const bool audit = theme_ == EndpointTheme::kAudit;
    contract_.account = audit ? AccountChoice::kPrincipal : kind_.account;
    if (const YamlNode* account = node_.find("account")) {
      if (const auto i = reader_.word(*account, "`account`", kAccountWords)) {
        contract_.account = static_cast<AccountChoice>(*i);
        if (!can_tell(kind_, contract_.endpoints, theme_, contract_.account)) {
          reader_.error(account->span, kNotOneOf,
                        "what these endpoints answer names no " + std::string(kAccountWords[*i]),
                        "choose another `account`; the source's page says what it supplies");
        }
      }
    }
    contract_.bucket = theme_ == EndpointTheme::kUsage && !kind_.by_day ? kHour : kDay;
    if ((theme_ == EndpointTheme::kUsage && kind_.by_request) || audit) contract_.bucket = {};
    const YamlNode* const bucket = node_.find("bucket");
    if (bucket != nullptr && audit) {
      reader_.error(bucket->span, kWrongShape, "what somebody did has no `bucket`",
                    "leave it out: each event is a record");
    } else if (bucket != nullptr && kind_.by_request && theme_ == EndpointTheme::kUsage) {
      reader_.error(bucket->span, kWrongShape,
                    "usage of a source of kind `" + source_.kind + "` has no `bucket`",
                    "leave it out: each request is a record");
    } else if (bucket != nullptr && kind_.by_day) {
      if (bucket->scalar != kBuckets.back()) {
        reader_.error(bucket->span, kNotOneOf,
                      "`bucket` of a source of kind `" + source_.kind + "` is `1d`",
                      "leave it out: it tells of whole days");
      }
    } else if (bucket != nullptr) {
      if (const auto i = reader_.word(*bucket, "`bucket`", kBuckets)) {
        contract_.bucket = kWidths[*i];
        const bool fits = theme_ == EndpointTheme::kUsage || contract_.bucket == kDay ||
                          (theme_ == EndpointTheme::kDirectory && contract_.bucket == kHour);
        if (!fits) {
          reader_.error(bucket->span, kNotOneOf,
                        "`bucket` cannot be `" + std::string(kBuckets[*i]) + "` here",
                        theme_ == EndpointTheme::kCosts
                            ? "leave it out: bills come by the day"
                            : "write `1d` or `1h`: how often the directory is read");
        }
      }
    }
    if (const YamlNode* lists = node_.find("lists")) {
      if (const auto i = reader_.word(*lists, "`lists`", kLists)) {
        contract_.bracketed_lists = *i == 0;
      }
    }
  }

  /// What a vendor's own headers say, beside the key.
  void read_headers() {
    read_header("version", kind_.version, contract_.version);
    contract_.other_version =
        contract_.version == kind_.other_version ? kind_.version : kind_.other_version;
    read_header("beta", kind_.beta, contract_.beta);
    const YamlNode* const auth = node_.find("auth");
    if (auth == nullptr) return;
    static constexpr std::array<std::string_view, 2> kWords = {"key", "bearer"};
    if (!kind_.takes_bearer) {
      refuse_key(*auth, "auth");
    } else if (const auto i = reader_.word(*auth, "`auth`", kWords)) {
      contract_.bearer = *i == 1;
    }
  }

  void read_header(const std::string& key, std::string_view usual, std::string& out) {
    out = usual;
    const YamlNode* const node = node_.find(key);
    if (node == nullptr) return;
    if (usual.empty()) {
      refuse_key(*node, key);
    } else if (const auto text = reader_.text(*node, "`" + key + "`")) {
      out = *text;
    }
  }

  void read_account_in() {
    const YamlNode* const node = node_.find("account_in");
    if (node == nullptr) return;
    if (kind_.check_account_in == nullptr) {
      refuse_key(*node, "account_in");
      return;
    }
    const auto text = reader_.text(*node, "`account_in`");
    if (!text) return;
    if (const Result<void> fits = kind_.check_account_in(*text); !fits) {
      reader_.error(node->span, kNotOneOf, fits.error().message,
                    "leave it out: the entry's own id is the account then");
      return;
    }
    contract_.account_in = *text;
  }

  /// What names payment instruments is not read without a key to hide it under.
  void read_fingerprint_key() {
    const YamlNode* const node = node_.find("fingerprint_key");
    const auto seals = [this](const std::string& name) {
      const ContractEndpoint* const endpoint = find_endpoint(kind_, name);
      return endpoint != nullptr && endpoint->seals;
    };
    if (node != nullptr && std::ranges::none_of(kind_.endpoints, &ContractEndpoint::seals)) {
      refuse_key(*node, "fingerprint_key");
    } else if (node != nullptr) {
      if (auto ref = read_secret_ref(reader_, *node, "fingerprint_key", config_)) {
        contract_.fingerprint_key = *ref;
      }
    } else if (const auto needs = std::ranges::find_if(contract_.endpoints, seals);
               needs != contract_.endpoints.end()) {
      reader_.error(node_.span, kMissingKey,
                    "the endpoint `" + *needs + "` needs `fingerprint_key`",
                    "make a key by `openssl rand -hex 32`, and name where it is kept: "
                    "`fingerprint_key: {file: …}`, `{env: …}` or `{credential: …}`");
    }
  }

  void read_user() {
    const YamlNode* const node = node_.find("user");
    if (node == nullptr) return;
    if (!kind_.has_user) {
      refuse_key(*node, "user");
    } else if (const auto text = reader_.text(*node, "`user`")) {
      const bool digits = !text->empty() && text->size() <= kLongestUser &&
                          std::ranges::all_of(*text, [](char c) { return is_digit(c); });
      if (!digits) {
        reader_.error(node->span, kWrongShape, "`user` is no number of a user",
                      "write the number of the user whose token it is: `user: 1`");
      }
      contract_.user = *text;
    }
  }

  void refuse_key(const YamlNode& node, const std::string& key) {
    if (kind_.by_mapping) return;  // refuse_vendor() has said so
    reader_.error(node.span, kWrongShape,
                  "a source of kind `" + source_.kind + "` has no `" + key + "`", "leave it out");
  }

  /// A directory says only how things stand now.
  void refuse_range() {
    for (const char* const key : {"since", "overlap"}) {
      if (const YamlNode* node = node_.find(key)) {
        reader_.error(node->span, kWrongShape,
                      "`" + std::string(key) + "` belongs to endpoints that tell of the past",
                      "leave it out: a directory says only how things stand now");
      }
    }
    contract_.overlap = {};
  }

  void read_range() {
    if (const YamlNode* deadline = node_.find("deadline")) {
      if (const auto d = reader_.duration(*deadline, "`deadline`", kSecond)) {
        contract_.deadline = *d;
      }
    }
    if (theme_ == EndpointTheme::kDirectory) {
      refuse_range();
      return;
    }
    contract_.overlap = theme_ == EndpointTheme::kCosts   ? kCostOverlap
                        : theme_ == EndpointTheme::kAudit ? kAuditOverlap
                                                          : kind_.overlap;
    if (const YamlNode* since = node_.find("since")) {
      if (const auto text = reader_.text(*since, "`since`")) {
        const Result<UtcTime> time = parse_time(*text);
        if (time && is_record_time(*time)) {
          contract_.since = *time;
        } else {
          reader_.error(since->span, kWrongShape, "`since` is no time: `" + *text + "`",
                        "write a date or a time: `2026-10-01`, `2026-10-01T00:00:00Z`");
        }
      }
    }
    if (const YamlNode* overlap = node_.find("overlap")) {
      if (const auto d = reader_.duration(*overlap, "`overlap`", Duration{0})) {
        contract_.overlap = *d;
      }
    }
    check_since();
    const bool costs_by_key = source_.kind == "openai" && theme_ == EndpointTheme::kCosts &&
                              contract_.account == AccountChoice::kApiKey;
    if (costs_by_key && contract_.since && *contract_.since < kCostsByKeySince) {
      reader_.error(node_.find("since")->span, kWrongShape,
                    "the vendor tells costs by key from 2025-12-06 on only",
                    "write a later `since`, or `account: project`");
    }
  }

  /// A vendor refuses to be asked about a time that it does not tell of.
  void check_since() {
    const auto is_early = [this](const std::string& name) {
      const std::optional<UtcTime> first = find_endpoint(kind_, name)->since;
      return first && contract_.since && *contract_.since < *first;
    };
    const auto early = std::ranges::find_if(contract_.endpoints, is_early);
    if (early == contract_.endpoints.end()) return;
    reader_.error(node_.find("since")->span, kWrongShape,
                  "`" + *early + "` tells of nothing before " +
                      format_time(*find_endpoint(kind_, *early)->since),
                  "write a later `since`");
  }

  ConfigReader& reader_;
  const YamlNode& node_;
  const Config& config_;
  const SourceConfig& source_;
  const ContractKind& kind_;
  EndpointTheme theme_ = EndpointTheme::kUsage;
  ContractConfig contract_;
};

/// The records that a kind delivers: account records of a vendor that has nothing else, whether
/// `record` says so or not.
void check_record(ConfigReader& reader, const YamlNode& node, SourceConfig& source) {
  const ContractKind& kind = *find_contract_kind(source.kind);
  const auto delivers = [&kind](RecordKind record) {
    return kind.by_mapping ? record != RecordKind::kAccount : has_endpoints(kind, record);
  };
  const RecordKind usual = delivers(RecordKind::kUsage) ? RecordKind::kUsage : RecordKind::kAccount;
  const YamlNode* const record = node.find("record");
  if (record == nullptr) source.record = usual;
  if (delivers(source.record)) return;
  std::vector<std::string> words;
  for (const RecordKind one : {RecordKind::kUsage, RecordKind::kAccount, RecordKind::kAudit}) {
    if (delivers(one)) words.push_back("`" + std::string(kind_name(one)) + "`");
  }
  std::string told = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) {
    told += (i + 1 < words.size() ? ", " : " or ") + words[i];
  }
  reader.error(record->span, kNotOneOf,
               "a source of kind `" + source.kind + "` delivers " + told + " records",
               "leave `record` out for " + std::string(kind_name(usual)));
  source.record = usual;
}

}  // namespace

void read_contract(ConfigReader& reader, const YamlNode& node, const Config& config,
                   SourceConfig& source) {
  check_record(reader, node, source);
  ContractReader contract(reader, node, config, source);
  source.contract = contract.read();
  source.path = source.contract->url;
  switch (contract.theme()) {
    case EndpointTheme::kUsage:
      source.poll_every = find_contract_kind(source.kind)->poll;
      break;
    case EndpointTheme::kAudit:
      source.poll_every = kAuditPoll;
      break;
    case EndpointTheme::kCosts:
    case EndpointTheme::kDirectory:
      source.poll_every = kDailyPoll;
  }
  source.settles = contract.theme() == EndpointTheme::kCosts
                       ? std::min(kCostSettles, source.contract->overlap)
                       : source.contract->overlap;
}

}  // namespace tidewaiter
