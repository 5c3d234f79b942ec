#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/outbound/http_client.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Rows of a page.
inline constexpr std::int64_t kTablePageRows = 1000;

/// A row's place in the order of its table.
struct TablePlace {
  std::int64_t time_us = 0;
  std::string id;  ///< empty: before the first row
  bool operator==(const TablePlace&) const = default;
};

/// "1790157600000000.chatcmpl-1": the token of the page behind this place.
[[nodiscard]] std::string to_text(const TablePlace& place);
/// The first place if the text is none that to_text() gives.
[[nodiscard]] TablePlace table_place_from_text(std::string_view text);

/// What a page of a table is asked for.
struct TableQuestion {
  std::string endpoint;
  Interval window;
  TablePlace after;
  bool operator==(const TableQuestion&) const = default;
};

/// The question as the body of a request, so that it goes the way of all of them: the fetcher's
/// thread, its retries and its deadlines. `url`: of the database, without a password.
[[nodiscard]] HttpRequest to_request(const TableQuestion& question, std::string url);
/// Errors: kInvalidInput if the body is none that to_request() gives.
[[nodiscard]] Result<TableQuestion> table_question_of(const HttpRequest& request);

}  // namespace tidewaiter
