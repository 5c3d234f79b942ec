#include <algorithm>
#include <array>

#include "daemon/app/config_reader.h"
#include "daemon/notify/http_client.h"

namespace tidewaiter {
namespace {

/// A secret is a map with one key that says where it is kept; a plain text would be the secret
/// itself, and is not repeated in the message.
std::optional<SecretRef> read_secret_ref(ConfigReader& reader, const YamlNode& node,
                                         std::string_view what, const Config& config) {
  static constexpr std::array<std::string_view, 3> kKeys = {"file", "env", "credential"};
  if (node.kind != YamlNode::Kind::kMap) {
    Diagnostic diagnostic;
    diagnostic.code = kLiteralSecret.code;
    diagnostic.span = node.span;
    diagnostic.message = "a secret is written into the configuration";
    diagnostic.hint = "name where it is kept: `" + std::string(what) +
                      ": {file: …}`, `{env: …}` or `{credential: …}`";
    // The source line is left out: it holds the secret, whatever SecretLines makes of it.
    reader.diagnostics().push_back(std::move(diagnostic));
    return std::nullopt;
  }
  const std::string name = "`" + std::string(what) + "`";
  if (!reader.map(node, name, kKeys)) return std::nullopt;
  if (node.members.size() != 1) {
    reader.error(node.span, kWrongShape,
                 name + " needs exactly one of `file`, `env`, `credential`");
    return std::nullopt;
  }
  const auto& [key, value] = node.members.front();
  const auto text = reader.text(value, "`" + key.scalar + "`");
  if (!text) return std::nullopt;
  if (key.scalar == "file") {
    return SecretRef{SecretRef::Kind::kFile, (config.base / *text).lexically_normal().string()};
  }
  if (key.scalar == "env") return SecretRef{SecretRef::Kind::kEnv, *text};
  if (key.scalar != "credential") return std::nullopt;  // an unknown key, told by map()
  if (text->find('/') != std::string::npos) {
    reader.error(value.span, kConfigName, "a credential's name holds no `/`");
    return std::nullopt;
  }
  return SecretRef{SecretRef::Kind::kCredential, *text};
}

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
