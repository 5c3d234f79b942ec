#include <algorithm>
#include <array>
#include <vector>

#include "daemon/app/config_reader.h"
#include "daemon/outbound/http_client.h"
#include "daemon/sources/openai/usage_page.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

/// What the vendors' documents call it, if no `url` is written.
constexpr std::string_view kOpenAiUrl = "https://api.openai.com/v1";

/// Usage of a quarter of an hour ago is asked for often enough, and the vendor's sustained rate is
/// one request a minute.
constexpr Duration kContractPoll{15 * kMinute.us};

/// Reads the keys of one source over HTTP. Goes on after an error, so that all of them are told.
class ContractReader {
 public:
  ContractReader(ConfigReader& reader, const YamlNode& node, const Config& config)
      : reader_(reader), node_(node), config_(config) {}

  ContractConfig read() {
    read_url();
    read_token();
    read_endpoints();
    read_record_shape();
    read_range();
    read_route();
    return std::move(contract_);
  }

 private:
  void read_url() {
    contract_.url = kOpenAiUrl;
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
    const YamlNode* const place = node_.find("url");
    if (place == nullptr) return;
    if (const Result<void> fits = check_url(contract_.url); !fits) {
      reader_.error(place->span, kConfigUrl, fits.error().message,
                    "write `https://…`, or `http://127.0.0.1:…` for this machine; what proves who "
                    "asks belongs in `token`");
    } else if (contract_.url.find('?') != std::string::npos) {
      reader_.error(place->span, kConfigUrl, "the URL has a query",
                    "write where the API begins, such as `" + std::string(kOpenAiUrl) + "`");
    } else if (!contract_.route.private_addresses && names_private_host(contract_.url)) {
      reader_.error(place->span, kConfigUrl,
                    "the URL's host is this machine or in a private network",
                    "if that is meant, add `private_addresses: true`");
    }
  }

  void read_token() {
    const YamlNode* token = node_.find("token");
    if (token == nullptr) {
      reader_.error(node_.span, kMissingKey, "a source of this kind needs `token`",
                    "name where the admin key is kept: `token: {file: …}`, `{env: …}` or "
                    "`{credential: …}`");
      return;
    }
    if (auto ref = read_secret_ref(reader_, *token, "token", config_)) contract_.key = *ref;
  }

  void read_endpoints() {
    const YamlNode* endpoints = node_.find("endpoints");
    if (endpoints == nullptr) {
      contract_.endpoints = {"completions"};
      return;
    }
    if (!reader_.list(*endpoints, "`endpoints`")) return;
    std::vector<std::string_view> names;
    for (const UsageEndpoint& endpoint : usage_endpoints()) names.push_back(endpoint.name);
    for (const YamlNode& item : endpoints->items) {
      const auto i = reader_.word(item, "an endpoint", names);
      if (!i) continue;
      std::string name(names[*i]);
      if (std::ranges::find(contract_.endpoints, name) != contract_.endpoints.end()) {
        reader_.error(item.span, kConfigTwice, "the endpoint `" + name + "` is named twice");
        continue;
      }
      contract_.endpoints.push_back(std::move(name));
    }
    if (endpoints->items.empty()) {
      reader_.error(endpoints->span, kEmptyValue, "`endpoints` names none",
                    "leave it out for `completions` alone");
    }
  }

  void read_record_shape() {
    static constexpr std::array<std::string_view, 3> kAccounts = {"project", "principal",
                                                                  "api_key"};
    static constexpr std::array<std::string_view, 3> kBuckets = {"1m", "1h", "1d"};
    static constexpr std::array<Duration, 3> kWidths = {kMinute, kHour, kDay};
    static constexpr std::array<std::string_view, 2> kLists = {"brackets", "repeat"};
    if (const YamlNode* organization = node_.find("organization")) {
      if (const auto text = reader_.text(*organization, "`organization`")) {
        contract_.organization = *text;
      }
    }
    if (const YamlNode* account = node_.find("account")) {
      if (const auto i = reader_.word(*account, "`account`", kAccounts)) {
        contract_.account = static_cast<AccountChoice>(*i);
      }
    }
    if (const YamlNode* bucket = node_.find("bucket")) {
      if (const auto i = reader_.word(*bucket, "`bucket`", kBuckets)) {
        contract_.bucket = kWidths[*i];
      }
    }
    if (const YamlNode* lists = node_.find("lists")) {
      if (const auto i = reader_.word(*lists, "`lists`", kLists)) {
        contract_.bracketed_lists = *i == 0;
      }
    }
  }

  void read_range() {
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
    if (const YamlNode* deadline = node_.find("deadline")) {
      if (const auto d = reader_.duration(*deadline, "`deadline`", kSecond)) {
        contract_.deadline = *d;
      }
    }
  }

  void read_route() {
    HttpRoute& route = contract_.route;
    if (const YamlNode* proxy = node_.find("proxy")) {
      if (const auto text = reader_.text(*proxy, "`proxy`")) route.proxy = *text;
    }
    if (const YamlNode* ca = node_.find("ca")) {
      if (const auto text = reader_.text(*ca, "`ca`")) route.ca = path_of(*text);
    }
    const YamlNode* certificate = node_.find("certificate");
    static constexpr std::array<std::string_view, 2> kKeys = {"file", "key"};
    if (certificate == nullptr || !reader_.map(*certificate, "`certificate`", kKeys)) return;
    const YamlNode* file = certificate->find("file");
    const YamlNode* key = certificate->find("key");
    if (file == nullptr || key == nullptr) {
      reader_.error(certificate->span, kMissingKey, "`certificate` needs `file` and `key`");
      return;
    }
    if (const auto text = reader_.text(*file, "`file`")) route.certificate = path_of(*text);
    if (const auto text = reader_.text(*key, "`key`")) route.certificate_key = path_of(*text);
  }

  [[nodiscard]] std::filesystem::path path_of(const std::string& text) const {
    return (config_.base / text).lexically_normal();
  }

  ConfigReader& reader_;
  const YamlNode& node_;
  const Config& config_;
  ContractConfig contract_;
};

}  // namespace

void read_contract(ConfigReader& reader, const YamlNode& node, const Config& config,
                   SourceConfig& source) {
  if (source.record != RecordKind::kUsage) {
    const YamlNode* const record = node.find("record");
    reader.error(record->span, kNotOneOf,
                 "a source of kind `" + source.kind + "` delivers `usage` records",
                 "leave `record` out");
  }
  source.contract = ContractReader(reader, node, config).read();
  source.path = source.contract->url;
  source.poll_every = kContractPoll;
  source.settles = source.contract->overlap;
}

}  // namespace tidewaiter
