#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "daemon/sources/contract/audit_event.h"
#include "daemon/sources/contract/list_page.h"

namespace tidewaiter {

// Audit feeds are lists of events, newest first, of a window of time. A page is followed by the one
// behind its last event. Their walk is the same; vendors say how an event is written.

/// Where a page begins: behind `last`, the last event of the page before it, which began with an
/// event of the mark `first`. As text it is the token of a window's pages.
struct AuditPlace {
  std::string first;  ///< 16 hexadecimal digits of a hash of its id
  std::string last;   ///< its id
};

/// Of any text: one that is none is the id of the last event alone.
[[nodiscard]] AuditPlace audit_place_from_text(std::string_view text);

/// Reads what an entry says. A fault of its own quarantines it.
using ReadAuditEvent =
    std::function<PageRead(simdjson::ondemand::object& entry, AuditEvent& event)>;

/// Reads the page behind the one that `token` names; empty: a window's first.
/// Errors: kInvalidInput for what is no such page, for an event outside the window, and for a page
/// that has the event again with which the page before it began: its cursor leads the other way,
/// and what is older would never be read.
[[nodiscard]] Result<FeedAnswer> read_audit_page(std::string_view body, const ListShape& shape,
                                                 const AuditReading& reading,
                                                 std::string_view token,
                                                 const ReadAuditEvent& read_event);

}  // namespace tidewaiter
