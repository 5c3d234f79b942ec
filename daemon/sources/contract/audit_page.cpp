#include "daemon/sources/contract/audit_page.h"

#include <set>

#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMarkLength = 16;

std::string mark_of(std::string_view id) { return to_hex(sha256(id)).substr(0, kMarkLength); }

bool is_mark(std::string_view text) {
  return text.size() == kMarkLength &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// What stands in the place of the mark where a page has no event with an id.
const std::string& no_mark() {
  static const std::string zeros(kMarkLength, '0');
  return zeros;
}

}  // namespace

AuditPlace audit_place_from_text(std::string_view text) {
  const std::string_view mark = text.substr(0, kMarkLength);
  if (!is_mark(mark)) return {no_mark(), std::string(text)};
  return {std::string(mark), std::string(text.substr(kMarkLength))};
}

Result<FeedAnswer> read_audit_page(std::string_view body, const ListShape& shape,
                                   const AuditReading& reading, std::string_view token,
                                   const ReadAuditEvent& read_event) {
  const AuditPlace before = audit_place_from_text(token);
  RowIdentity identity = audit_identity(reading);
  std::string first;
  std::set<std::string> own;
  const auto take = [&](simdjson::ondemand::object& entry, FeedAnswer& answer) -> PageRead {
    AuditEvent event;
    if (PageRead fault = read_event(entry, event)) return fault;
    if (event.id && !event.id->empty()) {
      const std::string mark = mark_of(*event.id);
      if (mark == before.first) {
        return page_fault("it has the event again that the page before it began with");
      }
      if (first.empty()) first = mark;
      if (event.own && !own.insert(mark).second) return std::nullopt;  // it is told twice
    }
    return take_audit_event(event, reading, identity, answer);
  };
  Result<FeedAnswer> answer = read_entry_list(body, shape, take);
  if (!answer) return answer;
  if (!answer->more) answer->next.clear();
  if (!answer->next.empty()) answer->next.insert(0, first.empty() ? no_mark() : first);
  return answer;
}

}  // namespace tidewaiter
