#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"
#include "storage/review/request_book.h"
#include "storage/review/request_document.h"

namespace tidewaiter {

/// A request, with what no outsider reads of it.
struct FoundRequest {
  std::unique_ptr<Stores> stores;
  AuthorityRequest request;
  ReportBook reports;
  std::optional<Confidential> words;  ///< nothing where they are erased, or not here
};

/// Opens the stores and finds a request by how its id begins. On failure tells why on standard
/// error and sets `status`.
[[nodiscard]] std::optional<FoundRequest> find_request(Invocation& run, const std::string& prefix,
                                                       int& status);

/// "open, due 2026-10-15, 3 days late", "answered by r-4f8e12ab09cd".
[[nodiscard]] std::string request_standing_text(const AuthorityRequest& request, UtcTime now);

/// Shape: docs/commands.md#request. `words` may be null.
[[nodiscard]] nlohmann::ordered_json request_json(const AuthorityRequest& request,
                                                  const Confidential* words, UtcTime now);

/// Reads the file that somebody asks by. Errors: those of open_exhibit() and measure().
[[nodiscard]] Result<RequestDocument> request_document(const Invocation& run, const Stores& stores,
                                                       const std::string& file);
/// That of a request, by its exact id; nothing where it has none, or its words are not to be read
/// any more. Errors: those of recorded_acts() and confidential_of(); kNotFound.
[[nodiscard]] Result<std::optional<RequestDocument>> document_of_request(const Stores& stores,
                                                                         const std::string& id);
/// `name`, `bytes`, `sha256`.
[[nodiscard]] nlohmann::ordered_json document_json(const RequestDocument& document);

/// How many requests are open, and which are overdue, for people and as JSON; nothing for people
/// where none is open.
void print_request_tally(Invocation& run, const RequestBook& requests);
[[nodiscard]] nlohmann::ordered_json request_tally_json(const RequestBook& requests, UtcTime now);

}  // namespace tidewaiter
