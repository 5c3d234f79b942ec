#pragma once

#include <string_view>

#include "daemon/sources/contract/audit_event.h"
#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// What the type of an event of OpenAI's audit log says of it.
struct OpenAiEventKind {
  /// All before the last dot, of tenants without `tenant.`: "api_key". Empty: there is no dot.
  std::string_view family;
  std::string_view event_class;  ///< by the family; of one that is not known API activity
  std::string_view outcome;      ///< by the last word; empty: absent, as of most
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
