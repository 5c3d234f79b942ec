#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "daemon/lists/list_folder.h"
#include "daemon/outbound/http_client.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A file of a list as its publisher has it now.
struct FetchedFile {
  std::optional<std::string> text;  ///< nothing: what is held is what is published (status 304)
  std::string etag;
  std::string last_modified;
};

/// Asks for the file at `url`. With `held` the publisher is told what is held, and need not send
/// it again. Redirects are followed, five at most; from a public host none leads to this machine or
/// a private network.
/// Errors: kUnavailable for what may pass, and for a status other than 200 and 304; kRefused for a
/// redirect that is not followed, and for more than the client's limit; those of HttpClient.
/// Threads: any. Returns soon after `stop` is requested.
[[nodiscard]] Result<FetchedFile> fetch_list_file(HttpClient& http, const std::string& url,
                                                  const HeldFile* held,
                                                  const std::stop_token& stop);

}  // namespace tidewaiter
