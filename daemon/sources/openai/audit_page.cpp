#include "daemon/sources/openai/audit_page.h"

#include <array>
#include <string>
#include <utility>

#include "daemon/sources/contract/audit_page.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;
using Text = AuditEvent::Text;

constexpr ListShape kAuditLogs{"page of audit logs", "list"};

constexpr std::string_view kTenantPrefix = "tenant.";

/// Families whose events are something more special than API activity.
constexpr auto kFamilies = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"api_organization_invite", ocsf::kAccountChange},
    {"chatgpt_workspace_invite", ocsf::kAccountChange},
    {"custom_role", ocsf::kUserAccessManagement},
    {"group", ocsf::kGroupManagement},
    {"group.member", ocsf::kGroupManagement},
    {"invite", ocsf::kAccountChange},
    {"login", ocsf::kAuthentication},
    {"logout", ocsf::kAuthentication},
    {"membership", ocsf::kAccountChange},
    {"resource_role_assignment", ocsf::kUserAccessManagement},
    {"role", ocsf::kUserAccessManagement},
    {"role.assignment", ocsf::kUserAccessManagement},
    {"role_assignment", ocsf::kUserAccessManagement},
    {"service_account", ocsf::kAccountChange},
    {"service_account.token", ocsf::kAccountChange},
    {"session_revocation", ocsf::kAuthentication},
    {"user", ocsf::kAccountChange},
});

PageRead read_id(ondemand::value& value, std::string_view what, Text& id) {
  return each_part(value, what, [&](std::string_view name, ondemand::value& member) -> PageRead {
    return name == "id" ? read_text(member, name, id) : std::nullopt;
  });
}

/// What a session or a key says of who acted, and from where.
struct ActorPart {
  Text id;
  Text user;
  Text service_account;
};

PageRead read_credential(ondemand::value& value, std::string_view what, ActorPart& who,
                         AuditEvent& event) {
  return each_part(value, what, [&](std::string_view name, ondemand::value& member) -> PageRead {
    if (name == "id") return read_text(member, name, who.id);
    if (name == "user") return read_id(member, name, who.user);
    if (name == "service_account") return read_id(member, name, who.service_account);
    if (name == "ip_address") return read_text(member, name, event.address);
    if (name == "user_agent") return read_text(member, name, event.user_agent);
    if (name == "ja4") return read_text(member, name, event.ja4);
    if (name != "ip_address_details") return std::nullopt;
    return each_part(member, name, [&](std::string_view detail, ondemand::value& told) -> PageRead {
      if (detail == "country") return read_text(told, detail, event.country);
      return detail == "asn" ? read_digits(told, detail, event.autonomous) : std::nullopt;
    });
  });
}

PageRead read_actor(ondemand::value& value, AuditEvent& event) {
  Text type;
  ActorPart session;
  ActorPart key;
  const auto take = [&](std::string_view name, ondemand::value& member) -> PageRead {
    if (name == "type") return read_text(member, name, type);
    if (name == "session") return read_credential(member, name, session, event);
    return name == "api_key" ? read_credential(member, name, key, event) : std::nullopt;
  };
  if (PageRead fault = each_part(value, "actor", take)) return fault;
  const bool by_key = type == "api_key";
  const ActorPart& who = by_key ? key : session;
  if (by_key) event.api_key = key.id;
  // A word that is not known stays as it is.
  event.actor_type = type;
  if (type == "session") event.actor_type = "user";
  if (by_key) event.actor_type = "key";
  if (who.user) {
    event.actor_id = who.user;
    event.actor_type = "user";
  } else if (who.service_account) {
    event.actor_id = who.service_account;
    event.actor_type = "service";
  } else if (by_key) {
    event.actor_id = key.id;
  }
  return std::nullopt;
}

PageRead read_seconds(ondemand::value& value, std::string_view name, std::optional<UtcTime>& out) {
  std::optional<std::int64_t> seconds;
  if (PageRead fault = read_count(value, name, seconds)) return fault;
  if (!seconds) return std::nullopt;
  if (*seconds >= kRecordTimes.to.us / kSecond.us) {
    return row_fault("`" + std::string(name) + "` is no time");
  }
  out = UtcTime{*seconds * kSecond.us};
  return std::nullopt;
}

/// The id of what the event was about, if it is plain: a text in the member of the type's name.
PageRead read_target(ondemand::object& entry, AuditEvent& event) {
  // Names are compared as they are written: one with an escape in it is found by no other.
  if (event.action->find_first_of("\"\\") != std::string_view::npos) return std::nullopt;
  ondemand::value payload;
  ondemand::object object;
  auto code = entry.reset().error();
  if (code == simdjson::SUCCESS) code = entry.find_field_unordered(*event.action).get(payload);
  if (code == simdjson::NO_SUCH_FIELD) return std::nullopt;
  if (code != simdjson::SUCCESS) return page_fault(simdjson::error_message(code));
  if (payload.get_object().get(object) != simdjson::SUCCESS) return std::nullopt;
  return each_member(object, [&event](std::string_view name, ondemand::value& member) -> PageRead {
    std::string_view id;
    if (name != "id" || member.get_string().get(id) != simdjson::SUCCESS) return std::nullopt;
    const bool plain = id.size() <= kLongestPageText && id.find('\0') == id.npos;
    if (plain && !event.target_id) event.target_id = id;
    return std::nullopt;
  });
}

PageRead read_event(ondemand::object& entry, AuditEvent& event) {
  MembersSeen seen;
  const auto take = [&](std::string_view name, ondemand::value& value) -> PageRead {
    if (!seen.is_first(name)) return row_fault("it has `" + std::string(name) + "` twice");
    if (name == "id") return read_text(value, name, event.id);
    if (name == "type") return read_text(value, name, event.action);
    if (name == "effective_at") return read_seconds(value, name, event.time);
    if (name == "project") return read_id(value, name, event.project);
    return name == "actor" ? read_actor(value, event) : std::nullopt;
  };
  if (PageRead fault = each_member(entry, take)) return fault;
  if (!event.action || event.action->empty()) return row_fault("`type` is missing");
  const OpenAiEventKind kind = openai_event_kind(*event.action);
  event.event_class = kind.event_class;
  event.outcome = kind.outcome;
  event.target_type = kind.family;
  return read_target(entry, event);
}

}  // namespace

OpenAiEventKind openai_event_kind(std::string_view type) {
  OpenAiEventKind kind{{}, ocsf::kApiActivity, {}};
  const std::size_t dot = type.rfind('.');
  if (dot == std::string_view::npos) return kind;
  const std::string_view word = type.substr(dot + 1);
  if (word == "succeeded") kind.outcome = kOutcomeSuccess;
  if (word == "failed") kind.outcome = kOutcomeFailure;
  kind.family = type.substr(0, dot);
  if (kind.family.starts_with(kTenantPrefix)) kind.family.remove_prefix(kTenantPrefix.size());
  for (const auto& [family, event_class] : kFamilies) {
    if (family == kind.family) kind.event_class = event_class;
  }
  return kind;
}

Result<FeedAnswer> read_openai_audit_page(std::string_view body, const AuditReading& reading,
                                          std::string_view token) {
  return read_audit_page(body, kAuditLogs, reading, token, read_event);
}

}  // namespace tidewaiter
