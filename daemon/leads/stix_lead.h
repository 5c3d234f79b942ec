#pragma once

#include <string>
#include <string_view>

#include "daemon/leads/lead_file.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Whether a file is taken for STIX: its name ends in `.stix`, or in `.json` and it is a bundle, an
/// object whose `type` says that. Pure.
[[nodiscard]] bool is_stix(std::string_view file_name, std::string_view bytes);

/// Reads a bundle of STIX 2.1, or one object of it. Subjects are those of `user-account` (its
/// `user_id`, else its `account_login`), `ipv4-addr`, `ipv6-addr`, `email-addr` and `domain-name`,
/// as objects, in the old form of `observed-data`, or as what patterns of indicators are said to
/// equal. Everything else, and what cannot be read of these, is counted in `unread`; so is what
/// its creator revoked or wrote anew (of one id the highest `modified` counts), an indicator of
/// nothing but what is benign or that held no more at `received` (`valid_until`), and what a
/// relationship `targets` leads to, the victim. Markings are those of TLP 1 and 2 by their
/// published ids, and those that the file defines; what is marked with another is read, and the
/// marking counted.
///
/// Errors: kInvalidInput for what is not JSON, at "path:line:column", and for JSON that is no
/// STIX 2.1, with what was expected; `path` is for messages. Threads: pure.
[[nodiscard]] Result<LeadFile> read_stix_lead(std::string_view bytes, const std::string& path,
                                              UtcTime received);

}  // namespace tidewaiter
