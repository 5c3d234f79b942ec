#pragma once

#include <string_view>

#include "daemon/sources/contract/audit_event.h"
#include "daemon/sources/contract/feed.h"

namespace tidewaiter {

/// What the type of an activity says of it.
struct AnthropicActivityKind {
  std::string_view event_class;  ///< by the words in it; without one that is known API activity
  std::string_view outcome;      ///< by its last word; empty: absent, as of most
};
[[nodiscard]] AnthropicActivityKind anthropic_activity_kind(std::string_view type);

/// Reads a page of Anthropic's activity feed behind the one that `token` names. Members are taken
/// by an allow-list; all others, names of files and addresses of mail among them, are passed over.
/// The target is the id that the activity's type speaks of: `claude_chat_id` of
/// `claude_chat_created`.
///
/// An activity by which the vendor tells of a request to this very API with the `User-Agent` of
/// this program is `own`: it becomes no record.
/// Errors: as read_audit_page().
[[nodiscard]] Result<FeedAnswer> read_anthropic_activities(std::string_view body,
                                                           const AuditReading& reading,
                                                           std::string_view token);

}  // namespace tidewaiter
