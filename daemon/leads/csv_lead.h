#pragma once

#include <string>
#include <string_view>

#include "daemon/leads/lead_file.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Whether a file is taken for a table: its name ends in `.csv`. Pure.
[[nodiscard]] bool is_csv(std::string_view file_name);

/// Reads a table in CSV (RFC 4180), cells parted by the one of `,`, `;` and tab that its first line
/// has most of. The first line names the columns, in any case, with blanks, `-` or `_`:
///
///   subject                                           a subject as findings have it
///   account, account id, user id, user account        the id
///   organization, organisation, … id                  the id
///   api key, api key id (never the key), end user, end user id    the id
///   email, email address, email addr                  as named_subject() has `email-addr`
///   domain, domain name                               `domain-name`
///   address, ip, ip address, ipv4 addr, ipv6 addr     `ip-addr`, `ipv4-addr`, `ipv6-addr`
///   tlp, marking, handling                            the row's marking, with `TLP:` or without
///
/// Each cell of the others but the last is a subject. Blanks around cells and empty cells do not
/// count. Counted in `unread`: other columns, values that are none, rows that name none, and rows
/// that are no CSV.
///
/// Errors: kInvalidInput at "path:line" for bytes that are no UTF-8, a quote that is not closed
/// within 64 KiB, and names of columns that are no CSV; `path` is for messages. Threads: pure.
[[nodiscard]] Result<LeadFile> read_csv_lead(std::string_view bytes, const std::string& path);

}  // namespace tidewaiter
