#include "daemon/notify/channel.h"

namespace tidewaiter {

std::string_view channel_kind_name(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::kLog:
      return "log";
    case ChannelKind::kWebhook:
      return "webhook";
    case ChannelKind::kSlack:
      return "slack";
    case ChannelKind::kPagerDuty:
      return "pagerduty";
    case ChannelKind::kEmail:
      return "email";
    case ChannelKind::kSyslog:
      return "syslog";
    case ChannelKind::kJira:
      return "jira";
  }
  return {};
}

std::string_view syslog_form_name(SyslogForm form) {
  switch (form) {
    case SyslogForm::kCef:
      return "cef";
    case SyslogForm::kJson:
      return "json";
    case SyslogForm::kOcsf:
      return "ocsf";
  }
  return {};
}

std::string_view grouping_name(NoticeGrouping grouping) {
  switch (grouping) {
    case NoticeGrouping::kNone:
      return "none";
    case NoticeGrouping::kCase:
      return "case";
    case NoticeGrouping::kPolicy:
      return "policy";
  }
  return {};
}

}  // namespace tidewaiter
