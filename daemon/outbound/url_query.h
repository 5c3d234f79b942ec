#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tidewaiter {

/// The name of the first parameter of a URL's query that is one for a credential: `key`, `token`,
/// `sig` and what is spelt otherwise or ends like them (`api_key`, `X-Api-Key`, `access_token`,
/// `client_secret`, `X-Amz-Signature`), or has `credential` in it (`X-Amz-Credential`). Nothing:
/// there is none. A URL is shown in messages, databases and logs, and so may hold none.
[[nodiscard]] std::optional<std::string> credential_in_query(std::string_view url);

/// The URL up to its query, for what is stored and shown.
[[nodiscard]] std::string_view without_query(std::string_view url);

}  // namespace tidewaiter
