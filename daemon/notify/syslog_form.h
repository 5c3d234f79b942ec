#pragma once

#include <string>
#include <string_view>

#include "daemon/notify/channel.h"
#include "daemon/notify/notice.h"

namespace tidewaiter {

/// A message of RFC 5424, facility "log audit" (13), framed by its count of octets (RFC 5425, 4.3).
/// Its text is ArcSight's CEF, an event of OCSF (ocsf_event()), or the body as it is.
[[nodiscard]] std::string syslog_frame(const Notice& notice, SyslogForm form,
                                       std::string_view version);

}  // namespace tidewaiter
