#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// The addresses of a host, "192.0.2.7" or "2001:db8::7", in the order in which they are to be
/// tried; of an address itself, however it is spelt, that one ("127.1": "127.0.0.1"), with its zone
/// ("fe80::1%eth0"). For whoever connects by another library than libcurl,
/// whose own look-up would wait as long as name servers do not answer. Nothing is connected to.
///
/// Any thread. Waits `within` at most, and returns soon after `stop` is requested; a look-up that
/// was given up ends on a thread of libcurl's by itself. Errors: kUnavailable: nobody knows the
/// host, or nobody said in time; stopped. kInvalidInput: the text is no host.
[[nodiscard]] Result<std::vector<std::string>> host_addresses(const std::string& host,
                                                              Duration within,
                                                              const std::stop_token& stop);

}  // namespace tidewaiter
