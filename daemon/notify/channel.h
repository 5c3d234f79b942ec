#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/outbound/secret.h"
#include "policies/model/finding.h"
#include "policies/model/time.h"

namespace tidewaiter {

enum class ChannelKind : std::uint8_t {
  kLog,
  kWebhook,
  kSlack,
  kPagerDuty,
  kEmail,
  kSyslog,
  kJira,
};

/// "log", "webhook", "slack", "pagerduty", "email", "syslog", "jira": the words of the
/// configuration.
[[nodiscard]] std::string_view channel_kind_name(ChannelKind kind);

/// What a syslog message says.
enum class SyslogForm : std::uint8_t { kCef, kJson, kOcsf };

/// "cef", "json", "ocsf": the words of the configuration.
[[nodiscard]] std::string_view syslog_form_name(SyslogForm form);

/// What messages of findings have in common that go out as one.
enum class NoticeGrouping : std::uint8_t { kNone, kCase, kPolicy };

/// "none", "case", "policy": the words of the configuration and of messages.
[[nodiscard]] std::string_view grouping_name(NoticeGrouping grouping);

/// One entry of `notify.inhibit`: word of a finding of severity `most` or below is held back while
/// one of `least` or above about the same case goes on. `most` is below `least`.
struct InhibitRule {
  Severity least = Severity::kCritical;
  Severity most = Severity::kMedium;
};

/// One entry of `notify.channels`: where policies may send word.
struct ChannelConfig {
  std::string name;  ///< [a-z0-9][a-z0-9_-]*, unique
  ChannelKind kind = ChannelKind::kLog;
  /// kWebhook, kPagerDuty: https, or http on loopback; without user or password. kSlack: empty.
  /// kEmail: check_mail_server(). kSyslog: check_stream_url(). kJira: as kWebhook, without query
  /// and slash at its end. Empty if `secret_url` is set.
  std::string url;
  std::optional<SecretRef> secret_url;  ///< kWebhook, kSlack: a URL that is a secret itself
  /// kWebhook: sent as `Authorization: Bearer …`. kJira: an API token, of `user`.
  std::optional<SecretRef> token;
  /// kWebhook: `whsec_` and base64, which Standard Webhooks sign with. kPagerDuty: routing key.
  std::optional<SecretRef> key = {};
  std::string from = {};             ///< kEmail: an address
  std::vector<std::string> to = {};  ///< kEmail: addresses, at least one
  std::string user = {};  ///< kEmail: empty: the server asks for none. kJira: the account
  std::optional<SecretRef> password = {};  ///< kEmail: with `user`
  std::filesystem::path ca = {};           ///< kEmail, kSyslog: to trust (PEM); empty: the system's
  SyslogForm form = SyslogForm::kCef;      ///< kSyslog
  NoticeGrouping group_by = NoticeGrouping::kNone;
  Duration group_wait{30 * kSecond.us};     ///< from the first message of a group on
  Duration group_interval{5 * kMinute.us};  ///< between two messages of one group
  /// A message that has failed for so long is given up until a person asks for it; absent: never.
  std::optional<Duration> give_up_after = std::nullopt;
  std::string project = {};     ///< kJira: is_jira_project()
  std::string issue_type = {};  ///< kJira: the name of one that the project has
};

}  // namespace tidewaiter
