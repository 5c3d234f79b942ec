#include "daemon/sources/postgres/table_layout.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

// A prompt can stand in no column that is named here. Of metadata only what has a name is selected,
// so that the rest does not leave the database.
constexpr auto kSpendMembers = std::to_array<TableMember>({
    {"request_id", "request_id", ""},
    {"call_type", "call_type", ""},
    {"api_key", "api_key", ""},
    {"user", "user", ""},
    {"team_id", "team_id", ""},
    {"organization_id", "organization_id", ""},
    {"end_user", "end_user", ""},
    {"model", "model", ""},
    {"model_group", "model_group", ""},
    {"custom_llm_provider", "custom_llm_provider", ""},
    {"requester_ip_address", "requester_ip_address", ""},
    {"session_id", "session_id", ""},
    {"status", "status", ""},
    {"startTime", "startTime", R"(to_char("startTime", 'YYYY-MM-DD HH24:MI:SS.US'))"},
    {"endTime", "endTime", R"(to_char("endTime", 'YYYY-MM-DD HH24:MI:SS.US'))"},
    {"prompt_tokens", "prompt_tokens", R"("prompt_tokens"::bigint)"},
    {"completion_tokens", "completion_tokens", R"("completion_tokens"::bigint)"},
    {"spend", "spend", R"("spend"::text)"},
    {"metadata", "metadata",
     R"(jsonb_build_object('usage_object', CASE jsonb_typeof("metadata"::jsonb->'usage_object') )"
     R"(WHEN 'object' THEN jsonb_build_object('prompt_tokens_details', jsonb_build_object()"
     R"('cached_tokens', "metadata"::jsonb#>'{usage_object,prompt_tokens_details,cached_tokens}'),)"
     R"( 'completion_tokens_details', jsonb_build_object('reasoning_tokens', )"
     R"("metadata"::jsonb#>'{usage_object,completion_tokens_details,reasoning_tokens}'), )"
     R"('cache_read_input_tokens', )"
     R"("metadata"::jsonb#>'{usage_object,cache_read_input_tokens}') END, )"
     R"('cost_breakdown', CASE jsonb_typeof("metadata"::jsonb->'cost_breakdown') )"
     R"(WHEN 'object' THEN '{}'::jsonb END, 'error_information', jsonb_build_object('error_code', )"
     R"(left("metadata"::jsonb#>>'{error_information,error_code}', 64)))::text)"},
});
constexpr auto kSpendNeeded =
    std::to_array<std::string_view>({"request_id", "startTime", "endTime"});

constexpr auto kLogMembers = std::to_array<TableMember>({
    {"id", "id", R"("id"::bigint)"},
    {"created_at", "created_at", R"("created_at"::bigint)"},
    {"type", "type", R"("type"::bigint)"},
    {"user_id", "user_id", R"("user_id"::bigint)"},
    {"token_id", "token_id", R"("token_id"::bigint)"},
    {"token_name", "token_name", ""},
    {"group", "group", ""},
    {"model_name", "model_name", ""},
    {"quota", "quota", R"("quota"::bigint)"},
    {"prompt_tokens", "prompt_tokens", R"("prompt_tokens"::bigint)"},
    {"completion_tokens", "completion_tokens", R"("completion_tokens"::bigint)"},
    {"use_time", "use_time", R"("use_time"::bigint)"},
    {"is_stream", "is_stream", R"("is_stream"::boolean)"},
    {"ip", "ip", ""},
    // Quotes within texts are escaped in JSON, so that no text can pass for a member.
    {"cache_tokens", "other",
     R"(substring("other"::text from '"cache_tokens"[[:space:]]*:[[:space:]]*([0-9]{1,18})')"
     R"()::bigint)"},
    {"cache_creation_tokens", "other",
     R"(substring("other"::text from )"
     R"('"cache_creation_tokens"[[:space:]]*:[[:space:]]*([0-9]{1,18})')::bigint)"},
    {"is_claude", "other", R"(("other"::text ~ '"claude"[[:space:]]*:[[:space:]]*true'))"},
    // Older versions write the difference, newer ones what had been taken and what it came to.
    {"is_adjustment", "other",
     R"(("other"::text ~ '"quota_delta"[[:space:]]*:' OR )"
     R"(("other"::text ~ '"pre_consumed_quota"[[:space:]]*:' AND )"
     R"("other"::text ~ '"actual_quota"[[:space:]]*:')))"},
});
constexpr auto kLogNeeded =
    std::to_array<std::string_view>({"id", "created_at", "type", "user_id", "quota"});

constexpr TableMember kCreated{"created_at", "created_at",
                               R"(to_char("created_at", 'YYYY-MM-DD HH24:MI:SS.US'))"};
constexpr TableMember kBlocked{"blocked", "blocked", R"("blocked"::boolean)"};

constexpr auto kKeyMembers = std::to_array<TableMember>({{"token", "token", ""},
                                                         {"key_alias", "key_alias", ""},
                                                         {"user_id", "user_id", ""},
                                                         {"team_id", "team_id", ""},
                                                         {"organization_id", "organization_id", ""},
                                                         kBlocked,
                                                         kCreated});
constexpr auto kTeamMembers =
    std::to_array<TableMember>({{"team_id", "team_id", ""},
                                {"team_alias", "team_alias", ""},
                                {"organization_id", "organization_id", ""},
                                kBlocked,
                                kCreated});
constexpr auto kUserMembers =
    std::to_array<TableMember>({{"user_id", "user_id", ""},
                                {"user_alias", "user_alias", ""},
                                {"user_email", "user_email", ""},
                                {"organization_id", "organization_id", ""},
                                kCreated});
constexpr auto kCustomerMembers =
    std::to_array<TableMember>({{"user_id", "user_id", ""}, {"alias", "alias", ""}, kBlocked});
constexpr auto kNeedsToken = std::to_array<std::string_view>({"token"});
constexpr auto kNeedsTeam = std::to_array<std::string_view>({"team_id"});
constexpr auto kNeedsUser = std::to_array<std::string_view>({"user_id"});

constexpr TableLayout directory_table(std::string_view endpoint, std::string_view relation,
                                      std::span<const std::string_view> id,
                                      std::span<const TableMember> members) {
  return {endpoint, relation, "", "", "", id.front(), "text", "", id, members};
}

constexpr auto kLayouts = std::to_array<TableLayout>({
    {"litellm", R"("LiteLLM_SpendLogs")", "startTime",
     R"((extract(epoch FROM "startTime") * 1000000)::bigint)",
     "(timestamp '1970-01-01' + % * interval '1 microsecond')", "request_id", "text", "",
     kSpendNeeded, kSpendMembers},
    directory_table("litellm_customers", R"("LiteLLM_EndUserTable")", kNeedsUser, kCustomerMembers),
    directory_table("litellm_keys", R"("LiteLLM_VerificationToken")", kNeedsToken, kKeyMembers),
    directory_table("litellm_teams", R"("LiteLLM_TeamTable")", kNeedsTeam, kTeamMembers),
    directory_table("litellm_users", R"("LiteLLM_UserTable")", kNeedsUser, kUserMembers),
    // Consumption, errors and refunds; the others are no use of a model.
    {"newapi", "logs", "created_at", R"("created_at"::bigint * 1000000)", "(% / 1000000)", "id",
     "bigint", R"("type" IN (2, 5, 6))", kLogNeeded, kLogMembers},
});
static_assert(std::ranges::is_sorted(kLayouts, {}, &TableLayout::endpoint));

std::string quoted_column(std::string_view column) { return "\"" + std::string(column) + "\""; }

/// A parameter of µs as a value of the column of times.
std::string time_parameter(const TableLayout& layout, const char* parameter) {
  std::string text(layout.time_of);
  return text.replace(text.find('%'), 1, std::string(parameter) + "::bigint");
}

std::string member_text(const TableMember& member, bool is_there) {
  std::string text = "NULL::text";
  if (is_there && !member.sql.empty()) {
    text = member.sql;
  } else if (is_there) {
    // Longer ones are refused, and need not be sent whole for that.
    text = "left(" + quoted_column(member.column) + "::text, 5000)";
  }
  return text + " AS " + quoted_column(member.name);
}

/// Which rows: every parameter has its type, whether it matters or not.
std::string where_text(const TableLayout& layout) {
  const std::string id = quoted_column(layout.id);
  const std::string after_id = "NULLIF($4::text, '')::" + std::string(layout.id_type);
  if (layout.time.empty()) {
    return " WHERE ($1::bigint IS NOT NULL AND $2::bigint IS NOT NULL AND $3::bigint IS NOT NULL)"
           " AND ($4::text = '' OR " +
           id + " > " + after_id + ") ORDER BY " + id;
  }
  const std::string time = quoted_column(layout.time);
  std::string text = " WHERE " + time + " >= " + time_parameter(layout, "$1") + " AND " + time +
                     " < " + time_parameter(layout, "$2") + " AND ($4::text = '' OR (" + time +
                     ", " + id + ") > (" + time_parameter(layout, "$3") + ", " + after_id + "))";
  if (!layout.where.empty()) text += " AND " + std::string(layout.where);
  return text + " ORDER BY " + time + ", " + id;
}

}  // namespace

std::span<const TableLayout> table_layouts() { return kLayouts; }

const TableLayout* find_table_layout(std::string_view endpoint) {
  const auto* const found = std::ranges::find(kLayouts, endpoint, &TableLayout::endpoint);
  return found == kLayouts.end() ? nullptr : found;
}

Result<std::string> select_text(const TableLayout& layout,
                                const std::set<std::string, std::less<>>& columns) {
  for (const std::string_view needed : layout.needed) {
    if (!columns.contains(needed)) {
      return fail(ErrorCode::kInvalidInput,
                  "the table " + std::string(layout.relation) + " has no column `" +
                      std::string(needed) +
                      "` that the role may read: grant it SELECT on the column, or see whether the "
                      "table is another program's");
    }
  }
  std::string text = "SELECT ";
  text += layout.time.empty() ? "0::bigint" : std::string(layout.time_us);
  text += " AS key_time, " + quoted_column(layout.id) + "::text AS key_id";
  for (const TableMember& member : layout.members) {
    text += ", " + member_text(member, columns.contains(member.column));
  }
  return text + " FROM " + std::string(layout.relation) + where_text(layout) + " LIMIT $5::bigint";
}

}  // namespace tidewaiter
