#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "daemon/app/config_reader.h"
#include "daemon/notify/jira_form.h"
#include "daemon/notify/mail_form.h"
#include "daemon/outbound/http_client.h"
#include "daemon/outbound/mail_client.h"
#include "daemon/outbound/stream_client.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kPagerDutyEvents = "https://events.pagerduty.com/v2/enqueue";

/// Keys that channels of all kinds have.
constexpr std::array<std::string_view, 6> kKeysOfAll = {
    "name", "kind", "group_by", "group_wait", "group_interval", "give_up_after"};

/// The keys that a channel of some kind has beside those.
std::span<const std::string_view> keys_of(ChannelKind kind) {
  static constexpr std::array<std::string_view, 3> kWebhook = {"url", "token", "signing_key"};
  static constexpr std::array<std::string_view, 1> kSlack = {"url"};
  static constexpr std::array<std::string_view, 2> kPagerDuty = {"routing_key", "url"};
  static constexpr std::array<std::string_view, 6> kEmail = {"server", "from",     "to",
                                                             "user",   "password", "ca"};
  static constexpr std::array<std::string_view, 3> kSyslog = {"server", "format", "ca"};
  static constexpr std::array<std::string_view, 5> kJira = {"url", "project", "issue_type", "user",
                                                            "token"};
  switch (kind) {
    case ChannelKind::kLog:
      return {};
    case ChannelKind::kWebhook:
      return kWebhook;
    case ChannelKind::kSlack:
      return kSlack;
    case ChannelKind::kPagerDuty:
      return kPagerDuty;
    case ChannelKind::kEmail:
      return kEmail;
    case ChannelKind::kSyslog:
      return kSyslog;
    case ChannelKind::kJira:
      return kJira;
  }
  return {};
}

/// The node of a key that the kind cannot do without.
const YamlNode* needed(ConfigReader& reader, const YamlNode& node, const char* key,
                       const std::string& who) {
  const YamlNode* found = node.find(key);
  if (found == nullptr) {
    reader.error(node.span, kMissingKey, who + " needs `" + std::string(key) + "`");
  }
  return found;
}

void read_url(ConfigReader& reader, const YamlNode& url, const Config& config,
              ChannelConfig& channel) {
  if (url.kind == YamlNode::Kind::kMap) {
    channel.secret_url = read_secret_ref(reader, url, "url", config);
  } else if (channel.kind == ChannelKind::kSlack) {
    // Whoever knows it may write there: it is the secret itself.
    (void)read_secret_ref(reader, url, "url", config);
  } else if (const auto text = reader.text(url, "`url`")) {
    channel.url = *text;
    if (const Result<void> fits = check_url(*text); !fits) {
      reader.error(url.span, kConfigUrl, fits.error().message,
                   "write `https://…`, or `http://127.0.0.1:…` for this machine; what proves who "
                   "sends belongs in `token`");
    } else {
      (void)tells_credential(reader, url.span, *text,
                             "keep the whole URL as a secret: `url: {file: …}`, `{env: …}` or "
                             "`{credential: …}`");
    }
  }
}

void read_webhook(ConfigReader& reader, const YamlNode& node, const Config& config,
                  ChannelConfig& channel) {
  if (const YamlNode* url = needed(reader, node, "url", "a webhook")) {
    read_url(reader, *url, config, channel);
  }
  if (const YamlNode* token = node.find("token")) {
    channel.token = read_secret_ref(reader, *token, "token", config);
  }
  if (const YamlNode* key = node.find("signing_key")) {
    channel.key = read_secret_ref(reader, *key, "signing_key", config);
  }
}

void read_pagerduty(ConfigReader& reader, const YamlNode& node, const Config& config,
                    ChannelConfig& channel) {
  channel.url = kPagerDutyEvents;
  if (const YamlNode* url = node.find("url")) read_url(reader, *url, config, channel);
  if (const YamlNode* key = needed(reader, node, "routing_key", "a channel to PagerDuty")) {
    channel.key = read_secret_ref(reader, *key, "routing_key", config);
  }
}

std::string read_address(ConfigReader& reader, const YamlNode& node, const std::string& what) {
  const auto text = reader.text(node, what);
  if (text && !is_mail_address(*text)) {
    reader.error(node.span, kConfigName, "`" + *text + "` is no e-mail address",
                 "write `name@example.org`, without a display name and brackets");
  }
  return text.value_or(std::string());
}

/// What a mail server or a collector is: `check` says whether the text will do.
void read_server(ConfigReader& reader, const YamlNode& node, const Config& config,
                 const std::string& who, Result<void> (*check)(std::string_view), const char* hint,
                 ChannelConfig& channel) {
  if (const YamlNode* ca = node.find("ca")) {
    if (const auto path = reader.text(*ca, "`ca`")) {
      channel.ca = (config.base / *path).lexically_normal();
    }
  }
  const YamlNode* server = needed(reader, node, "server", who);
  const auto text = server == nullptr ? std::nullopt : reader.text(*server, "`server`");
  if (!text) return;
  channel.url = *text;
  if (const Result<void> fits = check(*text); !fits) {
    reader.error(server->span, kConfigUrl, fits.error().message, hint);
  }
}

void read_email(ConfigReader& reader, const YamlNode& node, const Config& config,
                ChannelConfig& channel) {
  const std::string who = "a channel by e-mail";
  read_server(reader, node, config, who, check_mail_server,
              "write `smtps://HOST` or, with STARTTLS, `smtp://HOST:587`; who sends is named by "
              "`user` and `password`",
              channel);
  if (const YamlNode* from = needed(reader, node, "from", who)) {
    channel.from = read_address(reader, *from, "`from`");
  }
  const YamlNode* to = needed(reader, node, "to", who);
  if (to != nullptr && reader.list(*to, "`to`")) {
    for (const YamlNode& one : to->items) {
      channel.to.push_back(read_address(reader, one, "an address of `to`"));
    }
    if (to->items.empty()) reader.error(to->span, kMissingKey, "`to` names nobody");
  }
  const YamlNode* user = node.find("user");
  const YamlNode* password = node.find("password");
  if ((user == nullptr) != (password == nullptr)) {
    reader.error(node.span, kMissingKey, "`user` and `password` come together");
  }
  if (user != nullptr) channel.user = reader.text(*user, "`user`").value_or(std::string());
  if (password != nullptr) {
    channel.password = read_secret_ref(reader, *password, "password", config);
  }
}

void read_syslog(ConfigReader& reader, const YamlNode& node, const Config& config,
                 ChannelConfig& channel) {
  static constexpr std::array<std::string_view, 3> kForms = {"cef", "json", "ocsf"};
  read_server(reader, node, config, "a channel to syslog", check_stream_url,
              "write `tls://HOST:6514`, or `tcp://127.0.0.1:PORT` for this machine", channel);
  const YamlNode* format = node.find("format");
  if (format == nullptr) return;
  const auto chosen = reader.word(*format, "`format`", kForms);
  if (chosen) channel.form = static_cast<SyslogForm>(*chosen);
}

/// The site, where requests are appended to.
void read_jira_site(ConfigReader& reader, const YamlNode& url, ChannelConfig& channel) {
  const auto text = reader.text(url, "`url`");
  if (!text) return;
  const char* const hint = "write the site alone, as in `https://example.atlassian.net`";
  if (const Result<void> fits = check_url(*text); !fits) {
    reader.error(url.span, kConfigUrl, fits.error().message, hint);
  } else if (text->find('?') != std::string::npos) {
    reader.error(url.span, kConfigUrl, "the URL of a site has no query", hint);
  }
  channel.url = text->substr(0, text->find_last_not_of('/') + 1);
}

void read_jira(ConfigReader& reader, const YamlNode& node, const Config& config,
               ChannelConfig& channel) {
  const std::string who = "a channel to Jira";
  channel.issue_type = "Task";
  if (const YamlNode* url = needed(reader, node, "url", who)) read_jira_site(reader, *url, channel);
  if (const YamlNode* project = needed(reader, node, "project", who)) {
    channel.project = reader.text(*project, "`project`").value_or(std::string());
    if (!is_jira_project(channel.project)) {
      reader.error(project->span, kConfigName, "`" + channel.project + "` is no key of a project",
                   "write the key that its issues begin with, as `SEC` of `SEC-17`");
    }
  }
  if (const YamlNode* type = node.find("issue_type")) {
    channel.issue_type = reader.text(*type, "`issue_type`").value_or(std::string());
    if (channel.issue_type.empty()) {
      reader.error(type->span, kConfigName, "`issue_type` names none",
                   "write `Task`, or leave it out");
    }
  }
  if (const YamlNode* user = needed(reader, node, "user", who)) {
    channel.user = read_address(reader, *user, "`user`");
  }
  if (const YamlNode* token = needed(reader, node, "token", who)) {
    channel.token = read_secret_ref(reader, *token, "token", config);
  }
}

void read_kind(ConfigReader& reader, const YamlNode& node, const Config& config,
               ChannelConfig& channel) {
  const std::span<const std::string_view> keys = keys_of(channel.kind);
  for (const auto& [key, value] : node.members) {
    const bool of_all = std::ranges::find(kKeysOfAll, key.scalar) != kKeysOfAll.end();
    if (of_all || std::ranges::find(keys, key.scalar) != keys.end()) continue;
    reader.error(value.span, kWrongShape,
                 "a channel of kind `" + std::string(channel_kind_name(channel.kind)) +
                     "` has no `" + key.scalar + "`");
  }
  switch (channel.kind) {
    case ChannelKind::kLog:
      return;
    case ChannelKind::kWebhook:
      return read_webhook(reader, node, config, channel);
    case ChannelKind::kSlack:
      if (const YamlNode* url = needed(reader, node, "url", "a channel to Slack")) {
        read_url(reader, *url, config, channel);
      }
      return;
    case ChannelKind::kPagerDuty:
      return read_pagerduty(reader, node, config, channel);
    case ChannelKind::kEmail:
      return read_email(reader, node, config, channel);
    case ChannelKind::kSyslog:
      return read_syslog(reader, node, config, channel);
    case ChannelKind::kJira:
      return read_jira(reader, node, config, channel);
  }
}

/// How messages of the channel are gathered, and when one is given up.
void read_gathering(ConfigReader& reader, const YamlNode& node, ChannelConfig& channel) {
  static constexpr std::array<std::string_view, 3> kGroupings = {"none", "case", "policy"};
  if (const YamlNode* group_by = node.find("group_by")) {
    const auto chosen = reader.word(*group_by, "`group_by`", kGroupings);
    if (chosen) channel.group_by = static_cast<NoticeGrouping>(*chosen);
  }
  for (const auto& [key, value] : {std::pair{"group_wait", &channel.group_wait},
                                   std::pair{"group_interval", &channel.group_interval}}) {
    const YamlNode* const given = node.find(key);
    if (given == nullptr) continue;
    if (channel.group_by == NoticeGrouping::kNone) {
      reader.error(given->span, kWrongShape,
                   "`" + std::string(key) + "` says when a group goes out, and there is none",
                   "add `group_by: case` or `group_by: policy`");
    }
    const std::string what = "`" + std::string(key) + "`";
    *value = reader.duration(*given, what, Duration{0}).value_or(*value);
  }
  if (const YamlNode* give_up = node.find("give_up_after")) {
    channel.give_up_after = reader.duration(*give_up, "`give_up_after`", kMinute);
  }
}

void read_channel(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 19> kKeys = {
      "name",           "kind",          "url",     "token",     "signing_key",
      "routing_key",    "server",        "from",    "to",        "user",
      "password",       "format",        "ca",      "group_by",  "group_wait",
      "group_interval", "give_up_after", "project", "issue_type"};
  static constexpr std::array<std::string_view, 7> kKinds = {
      "log", "webhook", "slack", "pagerduty", "email", "syslog", "jira"};
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
  read_kind(reader, node, config, channel);
  read_gathering(reader, node, channel);
  config.channels.push_back(std::move(channel));
}

void read_inhibit(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 2> kKeys = {"while", "hold"};
  static constexpr std::array<std::string_view, 4> kSeverities = {"low", "medium", "high",
                                                                  "critical"};
  if (!reader.map(node, "an entry of `inhibit`", kKeys)) return;
  const YamlNode* least = node.find("while");
  const YamlNode* most = node.find("hold");
  if (least == nullptr || most == nullptr) {
    reader.error(node.span, kMissingKey, "an entry of `inhibit` needs `while` and `hold`",
                 "write `{while: critical, hold: medium}`: the least severity that holds back, and "
                 "the greatest that is held back");
    return;
  }
  const auto grave = reader.word(*least, "`while`", kSeverities);
  const auto held = reader.word(*most, "`hold`", kSeverities);
  if (!grave || !held) return;
  if (*held >= *grave) {
    reader.error(most->span, kWrongShape,
                 "`hold` is below `while`: only what is less grave is held back");
    return;
  }
  config.inhibit.push_back({static_cast<Severity>(*grave), static_cast<Severity>(*held)});
}

}  // namespace

void read_notify(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 2> kKeys = {"channels", "inhibit"};
  if (!reader.map(node, "`notify`", kKeys)) return;
  const YamlNode* inhibit = node.find("inhibit");
  if (inhibit != nullptr && reader.list(*inhibit, "`inhibit`")) {
    for (const YamlNode& rule : inhibit->items) read_inhibit(reader, rule, config);
  }
  const YamlNode* channels = node.find("channels");
  if (channels == nullptr || channels->kind == YamlNode::Kind::kNull) return;
  if (!reader.list(*channels, "`channels`")) return;
  for (const YamlNode& channel : channels->items) read_channel(reader, channel, config);
}

}  // namespace tidewaiter
