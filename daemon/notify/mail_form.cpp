#include "daemon/notify/mail_form.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "policies/model/ascii.h"
#include "policies/model/base64.h"
#include "policies/model/calendar_date.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

/// "Sun, 29 Nov 2026 10:00:00 +0000" (RFC 5322, 3.3).
std::string mail_date(UtcTime at) {
  static constexpr std::array<std::string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun",
                                                            "Mon", "Tue", "Wed"};
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string iso = format_time(at);   // 2026-11-29T10:00:00Z
  const std::int64_t day = at.us / kDay.us;  // 1970-01-01 was a Thursday
  const auto month = static_cast<std::size_t>((iso[5] - '0') * 10 + (iso[6] - '0') - 1);
  std::string out(kDays.at(static_cast<std::size_t>(day % 7)));
  return out.append(", ")
      .append(iso, 8, 2)
      .append(" ")
      .append(kMonths.at(month))
      .append(" ")
      .append(iso, 0, 4)
      .append(" ")
      .append(iso, 11, 8)
      .append(" +0000");
}

/// "host" of "host/tidewaiter", for what stands behind the @ of a Message-ID.
std::string host_of(std::string_view origin) {
  std::string host;
  for (const char c : origin.substr(0, origin.find('/'))) {
    const bool fits =
        is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
    if (fits) host += c;
  }
  return host.empty() ? "tidewaiter.invalid" : host;
}

std::string text_for_people(const Notice& notice) {
  std::string out = notice.text + "\n\n";
  const auto json = nlohmann::json::parse(notice.body, nullptr, false);
  if (json.is_object()) {
    for (const auto& [name, value] : json.items()) {
      if (name == "text") continue;
      out += name + ": " + (value.is_string() ? value.get<std::string>() : value.dump()) + "\n";
    }
  }
  if (!notice.finding.empty()) {
    out += "\nWho may see the subject and the evidence: tidewaiter finding show " + notice.finding +
           "\n";
  }
  return out;
}

std::string in_lines(std::string_view base64) {
  constexpr std::size_t kLine = 76;
  std::string out;
  for (std::size_t at = 0; at < base64.size(); at += kLine) {
    out.append(base64.substr(at, kLine)).append(kLineEnd);
  }
  return out;
}

}  // namespace

std::string mail_message(const Notice& notice, std::string_view from,
                         const std::vector<std::string>& to) {
  std::string recipients;
  for (const std::string& address : to)
    recipients += (recipients.empty() ? "" : ",\r\n ") + address;
  const std::string subject = "[tidewaiter] " + as_header(notice.text.substr(0, 200));
  std::string out;
  const auto header = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append(kLineEnd);
  };
  header("Date", mail_date(notice.at));
  header("From", from);
  header("To", recipients);
  header("Message-ID", "<" + as_header(notice.key) + "@" + host_of(notice.origin) + ">");
  header("Subject", subject);
  header("Auto-Submitted", "auto-generated");
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", "base64");
  out.append(kLineEnd);
  return out + in_lines(to_base64(text_for_people(notice), Base64::kStandard));
}

bool is_mail_address(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || at > 64 || text.size() > 254) return false;
  const std::string_view host = text.substr(at + 1);
  const auto in_local = [&](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
  };
  const auto in_host = [&](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; };
  return !host.empty() && host.front() != '.' && host.back() != '.' && host.front() != '-' &&
         std::ranges::all_of(text.substr(0, at), in_local) && std::ranges::all_of(host, in_host);
}

}  // namespace tidewaiter
