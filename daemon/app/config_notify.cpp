#include <algorithm>
#include <array>

#include "daemon/app/config_reader.h"
#include "daemon/outbound/http_client.h"

namespace tidewaiter {
namespace {

void read_webhook(ConfigReader& reader, const YamlNode& node, const Config& config,
                  ChannelConfig& channel) {
  const YamlNode* url = node.find("url");
  if (url == nullptr) {
    reader.error(node.span, kMissingKey, "a webhook needs `url`");
  } else if (url->kind == YamlNode::Kind::kMap) {
    channel.secret_url = read_secret_ref(reader, *url, "url", config);
  } else if (const auto text = reader.text(*url, "`url`")) {
    channel.url = *text;
    if (const Result<void> fits = check_url(*text); !fits) {
      reader.error(url->span, kConfigUrl, fits.error().message,
                   "write `https://…`, or `http://127.0.0.1:…` for this machine; what proves who "
                   "sends belongs in `token`");
    }
  }
  if (const YamlNode* token = node.find("token")) {
    channel.token = read_secret_ref(reader, *token, "token", config);
  }
}

void read_channel(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 4> kKeys = {"name", "kind", "url", "token"};
  static constexpr std::array<std::string_view, 2> kKinds = {"log", "webhook"};
  if (!reader.map(node, "a channel", kKeys)) return;
  ChannelConfig channel;
  const YamlNode* name = node.find("name");
  const YamlNode* kind = node.find("kind");
  if (name == nullptr || kind == nullptr) {
    reader.error(node.span, kMissingKey, "a channel needs `name` and `kind`");
    return;
  }
  if (const auto text = reader.name(*name, "a channel's `name`")) {
    if (std::ranges::find(config.channels, *text, &ChannelConfig::name) != config.channels.end()) {
      reader.error(name->span, kConfigTwice, "two channels have the name `" + *text + "`");
    }
    channel.name = *text;
  }
  const auto chosen = reader.word(*kind, "`kind`", kKinds);
  if (!chosen) return;
  channel.kind = static_cast<ChannelKind>(*chosen);
  if (channel.kind == ChannelKind::kWebhook) {
    read_webhook(reader, node, config, channel);
  } else {
    for (const std::string_view key : {"url", "token"}) {
      if (const YamlNode* extra = node.find(key)) {
        reader.error(extra->span, kWrongShape,
                     "a channel of kind `log` has no `" + std::string(key) + "`");
      }
    }
  }
  config.channels.push_back(std::move(channel));
}

}  // namespace

void read_notify(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 1> kKeys = {"channels"};
  if (!reader.map(node, "`notify`", kKeys)) return;
  const YamlNode* channels = node.find("channels");
  if (channels == nullptr || channels->kind == YamlNode::Kind::kNull) return;
  if (!reader.list(*channels, "`channels`")) return;
  for (const YamlNode& channel : channels->items) read_channel(reader, channel, config);
}

}  // namespace tidewaiter
