#include "daemon/notify/delivery.h"

#include <cstring>
#include <utility>

#include "daemon/notify/chat_form.h"
#include "daemon/notify/http_attempt.h"
#include "daemon/notify/jira_delivery.h"
#include "daemon/notify/mail_form.h"
#include "daemon/notify/syslog_form.h"
#include "daemon/notify/webhook_signature.h"

namespace tidewaiter {
namespace {

Attempt failed(std::string reason) { return {false, false, std::move(reason)}; }

void wipe(std::string& text) { ::explicit_bzero(text.data(), text.size()); }

/// The channel's secrets, read at each use.
struct ReadSecrets {
  std::optional<Secret> url;
  std::optional<Secret> token;
  std::optional<Secret> key;
  std::optional<Secret> password;
};

Result<ReadSecrets> read_secrets(const ChannelConfig& channel, const Variables& variables) {
  ReadSecrets secrets;
  for (const auto& [ref, secret] :
       {std::pair{&channel.secret_url, &secrets.url}, std::pair{&channel.token, &secrets.token},
        std::pair{&channel.key, &secrets.key}, std::pair{&channel.password, &secrets.password}}) {
    if (!*ref) continue;
    Result<Secret> read = read_secret(**ref, variables);
    if (!read) return tl::unexpected(read.error());
    *secret = std::move(*read);
  }
  return secrets;
}

/// The headers of Standard Webhooks, signed if there is a key.
Result<void> sign(HttpRequest& request, const Notice& notice, const std::optional<Secret>& key) {
  request.headers.emplace_back("webhook-id", notice.key);
  request.headers.emplace_back("webhook-timestamp", webhook_seconds(notice.at));
  if (!key) return {};
  Result<std::string> signature =
      webhook_signature(key->expose(), notice.key, notice.at, notice.body);
  if (!signature) return tl::unexpected(signature.error());
  request.headers.emplace_back("webhook-signature", *std::move(signature));
  return {};
}

Attempt deliver_by_http(const ChannelConfig& channel, const Notice& notice,
                        const Transports& transports, const ReadSecrets& secrets,
                        const std::stop_token& stop) {
  HttpRequest request{secrets.url ? std::string(secrets.url->expose()) : channel.url,
                      {{"Content-Type", "application/json"}},
                      {},
                      secrets.token ? &*secrets.token : nullptr};
  if (channel.kind == ChannelKind::kWebhook) {
    request.headers.emplace_back("Idempotency-Key", notice.key);
    request.body = notice.body;
    if (auto is_signed = sign(request, notice, secrets.key); !is_signed) {
      wipe(request.url);
      return failed(is_signed.error().message);
    }
  } else if (channel.kind == ChannelKind::kSlack) {
    request.body = slack_message(notice);
  } else {
    request.body = pagerduty_event(notice, secrets.key->expose());
  }
  Attempt attempt = send_once(*transports.http, request, stop);
  if (secrets.url) wipe(request.url);
  if (channel.kind == ChannelKind::kPagerDuty) wipe(request.body);
  return attempt;
}

Attempt deliver_by_mail(const ChannelConfig& channel, const Notice& notice,
                        const Transports& transports, const ReadSecrets& secrets,
                        const std::stop_token& stop) {
  const MailRequest request{channel.url,
                            channel.ca,
                            channel.user,
                            secrets.password ? &*secrets.password : nullptr,
                            channel.from,
                            channel.to,
                            mail_message(notice, channel.from, channel.to)};
  const Result<void> sent = transports.mail->send(request, stop);
  return sent ? Attempt{true, false, {}} : failed(sent.error().message);
}

}  // namespace

Attempt deliver(const ChannelConfig& channel, const Notice& notice, const Transports& transports,
                const Variables& variables, const std::stop_token& stop) {
  const Result<ReadSecrets> secrets = read_secrets(channel, variables);
  if (!secrets) return failed(secrets.error().message);
  switch (channel.kind) {
    case ChannelKind::kLog:
      if (transports.log == nullptr) return failed("no log is written here");
      transports.log->warn(
          "notice", {{"channel", channel.name}, {"message", notice.id}, {"body", notice.body}});
      return {true, false, {}};
    case ChannelKind::kWebhook:
    case ChannelKind::kSlack:
    case ChannelKind::kPagerDuty:
      return deliver_by_http(channel, notice, transports, *secrets, stop);
    case ChannelKind::kJira:
      return deliver_to_jira(channel, notice, *transports.http, *secrets->token, stop);
    case ChannelKind::kEmail:
      return deliver_by_mail(channel, notice, transports, *secrets, stop);
    case ChannelKind::kSyslog: {
      const Result<void> sent = transports.stream->send(
          channel.url, channel.ca, syslog_frame(notice, channel.form, TIDEWAITER_VERSION), stop);
      return sent ? Attempt{true, false, {}} : failed(sent.error().message);
    }
  }
  return failed("a channel of a kind that is not known");
}

}  // namespace tidewaiter
