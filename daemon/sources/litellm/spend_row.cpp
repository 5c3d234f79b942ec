#include "daemon/sources/litellm/spend_row.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "daemon/sources/contract/field_writer.h"
#include "policies/model/field_catalogue.h"
#include "policies/model/ip_text.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

/// The word of OpenTelemetry for what LiteLLM calls by the name of its function; else that name.
std::string_view operation_of(std::string_view call_type) {
  static constexpr auto kOperations = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"acompletion", "chat"},
      {"aembedding", "embeddings"},
      {"anthropic_messages", "chat"},
      {"aresponses", "chat"},
      {"atext_completion", "text_completion"},
      {"completion", "chat"},
      {"embedding", "embeddings"},
      {"responses", "chat"},
  });
  const auto* const found =
      std::ranges::find(kOperations, call_type, [](const auto& pair) { return pair.first; });
  return found == kOperations.end() ? call_type : found->second;
}

std::string_view spend_party(const SpendRow& row, AccountChoice choice) {
  switch (choice) {
    case AccountChoice::kProject:
      return row.team;
    case AccountChoice::kPrincipal:
      return row.user;
    case AccountChoice::kApiKey:
      return row.api_key;
    case AccountChoice::kEndUser:
      return row.end_user;
  }
  return {};
}

/// "429" → 429; nothing for what is no HTTP status.
std::optional<std::int64_t> http_status_of(std::string_view code) {
  std::int64_t status = 0;
  const char* const end = code.data() + code.size();
  const auto [stop, problem] = std::from_chars(code.data(), end, status);
  if (problem != std::errc() || stop != end || status < 100 || status > 599) return std::nullopt;
  return status;
}

/// Tokens and spend that cannot be.
PageRead check_tokens(const SpendRow& row) {
  for (const auto& count :
       {row.prompt_tokens, row.completion_tokens, row.cached_tokens, row.reasoning_tokens}) {
    if (count.value_or(0) < 0) return row_fault("it has a negative number of tokens");
  }
  return std::nullopt;
}

/// The amount in nano-USD, where one was computed.
PageRead take_spend(const SpendRow& row, std::optional<std::int64_t>& cost) {
  if (row.spend.empty()) return std::nullopt;
  const Result<Money> money = round_money(row.spend);
  if (!money) return row_fault("`spend` cannot be an amount of money");
  if (money->nano_usd != 0 || row.has_cost) cost = money->nano_usd;
  return std::nullopt;
}

void write_spend_model(const SpendRow& row, bool failed, FieldWriter& write) {
  const bool names_group = failed && row.model_group.empty();
  write.text(field_id("provider"), not_empty(row.provider));
  write.text(field_id("operation"), not_empty(operation_of(row.call_type)));
  write.text(field_id("model"), not_empty(names_group ? row.model : row.model_group));
  if (!failed) write.text(field_id("response_model"), not_empty(row.model));
  // Where they were measured.
  const bool none = row.prompt_tokens.value_or(0) == 0 && row.completion_tokens.value_or(0) == 0;
  if (none && !row.has_usage) return;
  write.number(field_id("input_tokens"), row.prompt_tokens);
  write.number(field_id("output_tokens"), row.completion_tokens);
  write.number(field_id("cached_tokens"), row.cached_tokens);
  write.number(field_id("reasoning_tokens"), row.reasoning_tokens);
}

void write_spend_parties(const SpendRow& row, const SpendReading& reading, FieldWriter& write) {
  write.text(field_id("organization"),
             not_empty(reading.organization.empty() ? row.organization : reading.organization));
  write.text(field_id("project"), not_empty(row.team));
  write.text(field_id("account"), not_empty(spend_party(row, reading.account)));
  write.text(field_id("api_key"), not_empty(row.api_key));
  write.text(field_id("end_user"), not_empty(row.end_user));
  if (row.address.empty()) return;
  if (const auto address = canonical_ip(row.address)) {
    write.text(field_id("client.address"), *address);
  }
}

/// In the order of the catalogue.
void write_spend(const SpendRow& row, const SpendReading& reading,
                 const std::optional<std::int64_t>& cost, Record& record) {
  constexpr std::size_t kMost = 18;
  const bool failed = row.status == "failure";
  FieldWriter write(record, kMost);
  write_spend_model(row, failed, write);
  write_spend_parties(row, reading, write);
  write.text(field_id("status"), not_empty(row.status));
  if (failed) write.number(field_id("http_status"), http_status_of(row.error_code));
  write.number(field_id("cost"), cost);
  if (cost) write.text(field_id("cost.basis"), "computed");
  if (!failed) write.text(field_id("request.session"), not_empty(row.session));
}

}  // namespace

RowIdentity spend_identity(const SpendReading& reading) {
  return RowIdentity{reading.connector, reading.source, "spend_logs"};
}

PageRead take_spend_row(const SpendRow& row, const SpendReading& reading, RowIdentity& identity,
                        Record& record) {
  if (row.request_id.empty()) return row_fault("`request_id` is missing");
  if (!row.start) return row_fault("`startTime` is missing");
  if (!row.end) return row_fault("`endTime` is missing");
  if (*row.end < *row.start) return row_fault("`endTime` lies before `startTime`");
  if (PageRead fault = check_tokens(row)) return fault;
  std::optional<std::int64_t> cost;
  if (PageRead fault = take_spend(row, cost)) return fault;
  record.kind = RecordKind::kUsage;
  record.id = identity.add(row.request_id).add(std::to_string(row.start->us)).finish();
  record.time = *row.start;
  record.duration = *row.end - *row.start;
  write_spend(row, reading, cost, record);
  return std::nullopt;
}

std::set<FieldId> spend_fields() {
  std::set<FieldId> fields;
  for (const char* const name :
       {"provider", "operation", "model", "response_model", "input_tokens", "output_tokens",
        "cached_tokens", "reasoning_tokens", "organization", "project", "account", "api_key",
        "end_user", "client.address", "status", "http_status", "cost", "cost.basis",
        "request.session"}) {
    fields.insert(*find_field(name));
  }
  return fields;
}

}  // namespace tidewaiter
