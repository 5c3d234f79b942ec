#pragma once

#include <memory>

#include "daemon/outbound/http_client.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// Answers the questions of table_question.h from a database, by libpq, as the client of a source
/// over HTTP answers requests: the answer's body is `{"rows": […], "limit": …}`, its date is the
/// database's clock, and the bearer of the request is the role's password; without one the role is
/// known by its socket or certificate.
///
/// Each page is read in a transaction of its own that is READ ONLY, with a time-out of statements;
/// the columns that there are, and that the role may read, are looked up in it, and no others are
/// selected. A connection is kept from a full page to the next one, until rest().
///
/// To connect takes ten seconds at most, names of hosts included, or `deadline` if that is less.
/// The database has `deadline` for each statement of a page, and what it says of one that took
/// longer is waited for ten seconds more: a page takes at most `deadline` and ten seconds. After a
/// stop nothing is waited for. What is given up is closed, and the database, which looks for its
/// client each second where it can (PostgreSQL 14, on most systems), leaves off.
///
/// Errors: kRefused (who the role is, or what it may read), kUnavailable (no way there, a time-out,
/// stopped, what may pass), kInvalidInput (a table or column that is not there). What the database
/// says of itself comes as its code (SQLSTATE) alone, for its words may quote data.
[[nodiscard]] std::unique_ptr<HttpClient> make_postgres_client(const SourceConfig& config);

}  // namespace tidewaiter
