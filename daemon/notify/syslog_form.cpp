#include "daemon/notify/syslog_form.h"

#include "daemon/notify/ocsf_form.h"

namespace tidewaiter {
namespace {

constexpr int kLogAudit = 13;

/// RFC 5424, 6.2.1.
int syslog_severity(const std::string& severity) {
  if (severity == "critical") return 2;
  if (severity == "high") return 3;
  if (severity == "medium") return 4;
  return severity == "low" ? 5 : 6;
}

/// CEF's, 0 to 10.
int cef_severity(const std::string& severity) {
  if (severity == "critical") return 10;
  if (severity == "high") return 8;
  if (severity == "medium") return 5;
  return severity == "low" ? 3 : 1;
}

/// What stands between the bars of a CEF header: `\` and `|` escaped, in one line.
std::string cef_header(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '|') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

/// The value of an extension: `\`, `=` and line ends escaped.
std::string cef_value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      if (c == '\\' || c == '=') out += '\\';
      out += c;
    }
  }
  return out;
}

std::string cef_text(const Notice& notice, std::string_view version) {
  std::string out = "CEF:0|Tidewaiter|tidewaiter|";
  out.append(cef_header(version)).append("|");
  out.append(cef_header(notice.type)).append("|");
  out.append(cef_header(notice.text)).append("|");
  out.append(std::to_string(cef_severity(notice.severity))).append("|");
  const auto extension = [&out](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    if (out.back() != '|') out += ' ';
    out.append(name).append("=").append(cef_value(value));
  };
  extension("rt", std::to_string(notice.at.us / 1000));
  extension("externalId", notice.finding.empty() ? notice.key : notice.finding);
  extension("dvchost", notice.origin);
  if (!notice.policy.empty()) {
    extension("cs1Label", "policy");
    extension("cs1", notice.policy);
  }
  return out;
}

std::string text_of(const Notice& notice, SyslogForm form, std::string_view version) {
  switch (form) {
    case SyslogForm::kCef:
      return cef_text(notice, version);
    case SyslogForm::kOcsf:
      return ocsf_event(notice, version);
    case SyslogForm::kJson:
      break;
  }
  return notice.body;
}

/// A header field: printable ASCII without blanks, or `-`.
std::string syslog_field(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) out += c > ' ' && c <= '~' ? c : '_';
  return out.empty() ? "-" : out;
}

}  // namespace

std::string syslog_frame(const Notice& notice, SyslogForm form, std::string_view version) {
  const std::string& origin = notice.origin;
  std::string message = "<" + std::to_string(kLogAudit * 8 + syslog_severity(notice.severity));
  message += ">1 " + format_time(notice.at);
  message += " " + syslog_field(origin.substr(0, origin.find('/')), 255) + " tidewaiter - ";
  message += syslog_field(notice.type, 32) + " - ";
  message += text_of(notice, form, version);
  return std::to_string(message.size()) + " " + message;
}

}  // namespace tidewaiter
