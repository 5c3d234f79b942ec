#pragma once

#include <string_view>

#include "daemon/sources/contract/audit_event.h"
#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// The class and the outcome that the type of an event of OpenAI's audit log comes to: by its
/// family, which is all before the last dot, and by its last word. A type that is not known is API
/// activity without an outcome, as most are.
struct OpenAiEventKind {
  std::string_view family;  ///< "api_key"; of tenants without their prefix; empty: it has no dot
  std::string_view event_class;
  std::string_view outcome;  ///< empty: absent
};
[[nodiscard]] OpenAiEventKind openai_event_kind(std::string_view type);

/// Reads a page of OpenAI's audit log behind the one that `token` names. Members are taken by an
/// allow-list. What an event changed stands under the name of its type: of that the id alone is
/// taken, where it is a text, and is the target; the rest is passed over, and so are addresses of
/// mail and places on the map.
/// Errors: as read_audit_page().
[[nodiscard]] Result<FeedAnswer> read_openai_audit_page(std::string_view body,
                                                        const AuditReading& reading,
                                                        std::string_view token);

}  // namespace tidewaiter
