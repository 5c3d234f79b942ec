#include <array>
#include <utility>

#include "daemon/app/config_reader.h"
#include "daemon/outbound/http_client.h"
#include "storage/timestamp/timestamp_request.h"

namespace tidewaiter {

void read_timestamps(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 4> kKeys = {"url", "ca", "every", "policy"};
  if (!reader.map(node, "`timestamps`", kKeys)) return;
  const YamlNode* url = node.find("url");
  const YamlNode* ca = node.find("ca");
  if (url == nullptr || ca == nullptr) {
    reader.error(node.span, kMissingKey, "`timestamps` needs `url` and `ca`",
                 "name the authority, and the file of certificates that its tokens are believed "
                 "under");
    return;
  }
  TimestampConfig stamps;
  if (const auto text = reader.text(*url, "`url`")) {
    stamps.url = *text;
    if (const Result<void> fits = check_url(*text); !fits) {
      reader.error(url->span, kConfigUrl, fits.error().message,
                   "write `https://…`; for an authority without TLS see `tidewaiter ledger "
                   "timestamp --query`");
    } else {
      (void)tells_credential(
          reader, url->span, *text,
          "authorities are asked without one: choose another, or see `tidewaiter ledger "
          "timestamp --query`");
    }
  }
  if (const auto text = reader.text(*ca, "`ca`")) {
    stamps.ca = (config.base / *text).lexically_normal();
  }
  if (const YamlNode* every = node.find("every")) {
    if (const auto value = reader.duration(*every, "`every`", kMinute)) stamps.every = *value;
  }
  if (const YamlNode* policy = node.find("policy")) {
    if (const auto text = reader.text(*policy, "`policy`")) {
      stamps.policy = *text;
      if (const auto request = new_timestamp_request(Digest{}, *text); !request) {
        reader.error(policy->span, kConfigName, request.error().message);
      }
    }
  }
  config.ledger.timestamps = std::move(stamps);
}

}  // namespace tidewaiter
