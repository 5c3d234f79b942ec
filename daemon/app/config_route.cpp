#include <array>
#include <filesystem>
#include <string>

#include "daemon/app/config_reader.h"
#include "daemon/outbound/http_client.h"
#include "daemon/sources/contract_kind.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// What says how HTTP goes, where none is spoken.
void refuse_route(ConfigReader& reader, const YamlNode& node) {
  for (const char* const key : {"private_addresses", "proxy", "proxy_login", "ca", "certificate",
                                "lists", "requests_per_minute"}) {
    if (const YamlNode* found = node.find(key)) {
      reader.error(found->span, kWrongShape,
                   "`" + std::string(key) + "` belongs to sources over HTTP",
                   "leave it out: the URL says how the database is reached");
    }
  }
}

void read_proxy(ConfigReader& reader, const YamlNode& node, HttpRoute& route) {
  const auto text = reader.text(node, "`proxy`");
  if (!text || text->empty()) return;
  if (const Result<void> fits = check_proxy(*text); !fits) {
    reader.error(node.span, kConfigUrl, fits.error().message,
                 "write `http://proxy.example.org:3128`, for it is shown with the configuration; "
                 "where a user and a password are kept belongs in `proxy_login`");
    return;
  }
  route.proxy = *text;
}

/// SOCKS 4 knows a user and no password (RFC 1929 is of SOCKS 5), and libcurl leaves ours out.
bool takes_no_password(std::string_view proxy) {
  const std::string scheme = ascii_lower(proxy.substr(0, proxy.find("://")));
  return scheme.size() < proxy.size() && (scheme == "socks4" || scheme == "socks4a");
}

void read_proxy_login(ConfigReader& reader, const YamlNode& source, const YamlNode& login,
                      const Config& config, ContractConfig& contract) {
  if (source.find("proxy") == nullptr) {
    reader.error(login.span, kWrongShape, "`proxy_login` stands without a `proxy`",
                 "write which proxy it is for: `proxy: http://proxy.example.org:3128`");
  } else if (takes_no_password(contract.route.proxy)) {
    reader.error(login.span, kWrongShape, "`proxy_login` has a password, and SOCKS 4 takes none",
                 "write `socks5` or `http` in front of `proxy`, if it speaks that");
  } else if (auto ref = read_secret_ref(reader, login, "proxy_login", config)) {
    contract.proxy_login = *ref;
  }
}

/// A path of the configuration, which begins where that lies.
std::filesystem::path route_path(const Config& config, const std::string& text) {
  return (config.base / text).lexically_normal();
}

void read_certificate(ConfigReader& reader, const YamlNode& certificate, const Config& config,
                      HttpRoute& route) {
  static constexpr std::array<std::string_view, 2> kKeys = {"file", "key"};
  if (!reader.map(certificate, "`certificate`", kKeys)) return;
  const YamlNode* file = certificate.find("file");
  const YamlNode* key = certificate.find("key");
  if (file == nullptr || key == nullptr) {
    reader.error(certificate.span, kMissingKey, "`certificate` needs `file` and `key`");
    return;
  }
  if (const auto text = reader.text(*file, "`file`")) {
    route.certificate = route_path(config, *text);
  }
  if (const auto text = reader.text(*key, "`key`")) {
    route.certificate_key = route_path(config, *text);
  }
}

void read_rate(ConfigReader& reader, const YamlNode& node, const ContractKind& kind,
               ContractConfig& contract) {
  constexpr std::int64_t kMostPerMinute = 1'000'000;
  contract.requests_per_minute = kind.requests_per_minute;
  const YamlNode* const rate = node.find("requests_per_minute");
  if (rate == nullptr) return;
  if (const auto number = reader.number(*rate, "`requests_per_minute`", 0, kMostPerMinute)) {
    contract.requests_per_minute = *number;
  }
}

}  // namespace

void read_route(ConfigReader& reader, const YamlNode& node, const Config& config,
                const ContractKind& kind, ContractConfig& contract) {
  if (kind.client != nullptr) {
    refuse_route(reader, node);
    return;
  }
  read_rate(reader, node, kind, contract);
  HttpRoute& route = contract.route;
  if (const YamlNode* proxy = node.find("proxy")) read_proxy(reader, *proxy, route);
  if (const YamlNode* login = node.find("proxy_login")) {
    read_proxy_login(reader, node, *login, config, contract);
  }
  if (const YamlNode* ca = node.find("ca")) {
    if (const auto text = reader.text(*ca, "`ca`")) route.ca = route_path(config, *text);
  }
  if (const YamlNode* certificate = node.find("certificate")) {
    read_certificate(reader, *certificate, config, route);
  }
}

}  // namespace tidewaiter
