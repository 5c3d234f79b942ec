#pragma once

#include <cstdint>
#include <string>

namespace tidewaiter {

/// How a list of rows is asked for over HTTP, and where its rows stand in the answer.
struct JsonListing {
  enum class Paging : std::uint8_t {
    kNone,    ///< one answer has them all
    kCursor,  ///< the answer has a text by which the next one is asked for
    kPage,    ///< pages have numbers; one that is not full is the last
    kLink,    ///< the answer's header `Link` has the next one's address (RFC 8288)
  };
  /// How the ends of a window are written.
  enum class TimeForm : std::uint8_t { kRfc3339, kSeconds, kMilliseconds };

  std::string rows;  ///< JSON pointer to the array; empty: the answer is the array
  std::string from;  ///< parameters of the window's ends
  std::string to;
  TimeForm times = TimeForm::kRfc3339;
  Paging paging = Paging::kNone;
  std::string parameter;   ///< kCursor, kPage: of the query
  std::string next;        ///< kCursor: JSON pointer to the next one's text
  std::int64_t first = 1;  ///< kPage: number of the first page
  std::string header;      ///< the key goes out in it; empty: `Authorization: Bearer …`
  std::string id;          ///< column that tells rows apart; empty: their dimensions do
};

}  // namespace tidewaiter
