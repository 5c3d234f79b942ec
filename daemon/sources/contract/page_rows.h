#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

/// Adds a row that is no record to `answer`, by the bytes of the document.
[[nodiscard]] PageRead quarantine_row(simdjson::ondemand::object& row, std::string origin,
                                      const std::string& reason, FeedAnswer& answer);

/// Reads an array of objects by `read_row(object)`, and counts them. A row with a fault of its own
/// is quarantined, as what stands at `origin()`; a fault of the page ends it. `what` is what the
/// array is called in words for people: "`data`".
template <class ReadRow, class Origin>
PageRead read_page_rows(simdjson::ondemand::array& rows, std::string_view what, FeedAnswer& answer,
                        const ReadRow& read_row, const Origin& origin) {
  for (auto element : rows) {
    simdjson::ondemand::object row;
    if (element.get_object().get(row) != simdjson::SUCCESS) {
      return page_fault(std::string(what) + " holds something that is no object");
    }
    ++answer.rows;
    PageRead fault = read_row(row);
    if (!fault) continue;
    if (fault->whole) return fault;
    if (PageRead whole = quarantine_row(row, origin(), fault->reason, answer)) return whole;
  }
  return std::nullopt;
}

/// The same of a value, which has to be an array.
template <class ReadRow, class Origin>
PageRead read_page_rows(simdjson::ondemand::value& value, std::string_view what, FeedAnswer& answer,
                        const ReadRow& read_row, const Origin& origin) {
  simdjson::ondemand::array rows;
  if (value.get_array().get(rows) != simdjson::SUCCESS) {
    return page_fault(std::string(what) + " is no array");
  }
  return read_page_rows(rows, what, answer, read_row, origin);
}

}  // namespace tidewaiter
