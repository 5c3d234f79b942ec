#include "daemon/sources/anthropic/activity_page.h"

#include <array>
#include <string>
#include <utility>

#include "daemon/outbound/http_client.h"
#include "daemon/sources/contract/audit_page.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;
using Text = AuditEvent::Text;

constexpr ListShape kActivities{"page of activities", ""};

/// By what is said of each request to the Compliance API, the reading of this feed among them.
constexpr std::string_view kApiAccessed = "compliance_api_accessed";

/// Words in a type that make it something more special than API activity; the first that occurs.
constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"login", ocsf::kAuthentication},
    {"logged_out", ocsf::kAuthentication},
    {"session_revoked", ocsf::kAuthentication},
    {"second_factor", ocsf::kAuthentication},
    {"phone_code", ocsf::kAuthentication},
    {"lti_launch", ocsf::kAuthentication},
    {"role_assignment", ocsf::kUserAccessManagement},
    {"group_", ocsf::kGroupManagement},
    {"org_user", ocsf::kAccountChange},
    {"workspace_member", ocsf::kAccountChange},
    {"user_role", ocsf::kAccountChange},
    {"account_deleted", ocsf::kAccountChange},
    {"invite", ocsf::kAccountChange},
});

/// An id that an activity may have, and the word for what it is of.
struct TargetName {
  std::string_view member;
  std::string_view type;  ///< in the activity's own type, where this is what it speaks of
};

/// What is part of another thing comes before that.
constexpr auto kTargets = std::to_array<TargetName>({
    {"admin_api_key_id", "admin_api_key"},
    {"api_key_id", "api_key"},
    {"claude_artifact_id", "claude_artifact"},
    {"claude_chat_snapshot_id", "claude_chat_snapshot"},
    {"claude_chat_id", "claude_chat"},
    {"claude_file_id", "claude_file"},
    {"claude_project_document_id", "claude_project_document"},
    {"claude_project_id", "claude_project"},
    {"group_id", "group"},
    {"invite_id", "invite"},
    {"marketplace_id", "marketplace"},
    {"mcp_server_id", "mcp_server"},
    {"plugin_id", "plugin"},
    {"skill_id", "skill"},
    {"command_id", "command"},
    {"integration_id", "integration"},
    {"ghe_configuration_id", "ghe_configuration"},
    {"file_id", "file"},
    {"workspace_id", "workspace"},
    {"deleted_user_id", "user"},
    {"user_id", "user"},
});

/// What an activity says besides what all of them have.
struct ActivityTexts {
  std::array<Text, kTargets.size()> targets;
  Text target_id;  ///< of role assignments, which name their target so
  Text target_type;
};

PageRead read_actor(ondemand::value& value, AuditEvent& event) {
  Text key;
  const auto take = [&](std::string_view name, ondemand::value& member) -> PageRead {
    if (name == "type") return read_text(member, name, event.actor_type);
    if (name == "ip_address") return read_text(member, name, event.address);
    if (name == "user_agent") return read_text(member, name, event.user_agent);
    if (name == "api_key_id" || name == "admin_api_key_id") return read_text(member, name, key);
    if (name == "user_id" || name == "service_account_id" || name == "directory_id") {
      return read_text(member, name, event.actor_id);
    }
    return std::nullopt;
  };
  if (PageRead fault = each_part(value, "actor", take)) return fault;
  event.api_key = key;
  if (!event.actor_id) event.actor_id = key;
  return std::nullopt;
}

/// One of the words that records have for actors; one that is not known stays as it is.
Text actor_word(const Text& type) {
  if (type == "user_actor") return "user";
  if (type == "api_actor" || type == "admin_api_key_actor") return "key";
  if (type == "service_account_actor") return "service";
  if (type == "system_actor" || type == "scim_directory_sync_actor") return "system";
  return type;
}

void choose_target(const ActivityTexts& texts, AuditEvent& event) {
  for (std::size_t i = 0; i < kTargets.size(); ++i) {
    const bool spoken_of = event.action->find(kTargets[i].type) != std::string_view::npos;
    if (event.target_id || !spoken_of || !texts.targets[i]) continue;
    event.target_id = texts.targets[i];
    event.target_type = kTargets[i].type;
  }
  if (event.target_id) return;
  event.target_id = texts.target_id;
  event.target_type = texts.target_type;
}

PageRead read_activity(ondemand::object& entry, AuditEvent& event) {
  MembersSeen seen;
  ActivityTexts texts;
  Text created;
  const auto take = [&](std::string_view name, ondemand::value& value) -> PageRead {
    if (!seen.is_first(name)) return row_fault("it has `" + std::string(name) + "` twice");
    if (name == "id") return read_text(value, name, event.id);
    if (name == "type") return read_text(value, name, event.action);
    if (name == "created_at") return read_text(value, name, created);
    if (name == "organization_id") return read_text(value, name, event.organization);
    if (name == "actor") return read_actor(value, event);
    if (name == "target_id") return read_text(value, name, texts.target_id);
    if (name == "target_type") return read_text(value, name, texts.target_type);
    for (std::size_t i = 0; i < kTargets.size(); ++i) {
      if (name == kTargets[i].member) return read_text(value, name, texts.targets[i]);
    }
    return std::nullopt;
  };
  if (PageRead fault = each_member(entry, take)) return fault;
  if (PageRead fault = take_row_time(created, "created_at", event.time)) return fault;
  if (!event.action || event.action->empty()) return row_fault("`type` is missing");
  const AnthropicActivityKind kind = anthropic_activity_kind(*event.action);
  event.event_class = kind.event_class;
  event.outcome = kind.outcome;
  event.actor_type = actor_word(event.actor_type);
  for (std::size_t i = 0; i < kTargets.size(); ++i) {
    if (kTargets[i].member == "workspace_id") event.project = texts.targets[i];
  }
  choose_target(texts, event);
  event.own = *event.action == kApiAccessed && event.user_agent == kUserAgent;
  return std::nullopt;
}

}  // namespace

AnthropicActivityKind anthropic_activity_kind(std::string_view type) {
  AnthropicActivityKind kind{ocsf::kApiActivity, {}};
  for (const auto& [word, event_class] : kWords) {
    if (type.find(word) == std::string_view::npos) continue;
    kind.event_class = event_class;
    break;
  }
  if (type.ends_with("_succeeded") || type.ends_with("_success")) kind.outcome = kOutcomeSuccess;
  if (type.ends_with("_failed")) kind.outcome = kOutcomeFailure;
  return kind;
}

Result<FeedAnswer> read_anthropic_activities(std::string_view body, const AuditReading& reading,
                                             std::string_view token) {
  return read_audit_page(body, kActivities, reading, token, read_activity);
}

}  // namespace tidewaiter
