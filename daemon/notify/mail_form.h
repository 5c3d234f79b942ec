#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/notify/notice.h"

namespace tidewaiter {

/// The message of RFC 5322, lines ended by CR LF. Its Message-ID follows from the notice's key and
/// is the same at each attempt. It says that no person answers (RFC 3834). The text is UTF-8 in
/// base64, so that no line is too long and no byte is changed on the way.
[[nodiscard]] std::string mail_message(const Notice& notice, std::string_view from,
                                       const std::vector<std::string>& to);

/// Whether it may stand as an address in a message and in SMTP: one `@`, letters, digits and
/// `.!#$%&'*+/=?^_`{|}~-` before it, a host's name behind it (RFC 5321's Mailbox without quotes).
[[nodiscard]] bool is_mail_address(std::string_view text);

}  // namespace tidewaiter
