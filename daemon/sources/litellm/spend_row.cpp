#include "daemon/sources/litellm/spend_row.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "policies/model/digest.h"
#include "policies/model/ip_text.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

void set_spend_text(Record& record, std::string_view field, std::string_view text) {
  if (!text.empty()) set_value(record, *find_field(field), std::string(text));
}

void set_spend_number(Record& record, std::string_view field,
                      const std::optional<std::int64_t>& number) {
  if (number) set_value(record, *find_field(field), *number);
}

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

void set_parties(const SpendRow& row, const SpendReading& reading, Record& record) {
  set_spend_text(record, "organization",
                 reading.organization.empty() ? row.organization : reading.organization);
  set_spend_text(record, "project", row.team);
  set_spend_text(record, "account", spend_party(row, reading.account));
  set_spend_text(record, "api_key", row.api_key);
  set_spend_text(record, "end_user", row.end_user);
  if (const auto address = canonical_ip(row.address)) {
    set_spend_text(record, "client.address", *address);
  }
}

void set_outcome(const SpendRow& row, Record& record) {
  const bool failed = row.status == "failure";
  const bool names_group = failed && row.model_group.empty();
  set_spend_text(record, "provider", row.provider);
  set_spend_text(record, "operation", operation_of(row.call_type));
  set_spend_text(record, "model", names_group ? row.model : row.model_group);
  if (!failed) set_spend_text(record, "response_model", row.model);
  if (!failed) set_spend_text(record, "request.session", row.session);
  set_spend_text(record, "status", row.status);
  if (failed) set_spend_number(record, "http_status", http_status_of(row.error_code));
}

/// Tokens, where they were measured.
PageRead set_tokens(const SpendRow& row, Record& record) {
  for (const auto& count :
       {row.prompt_tokens, row.completion_tokens, row.cached_tokens, row.reasoning_tokens}) {
    if (count.value_or(0) < 0) return row_fault("it has a negative number of tokens");
  }
  const bool none = row.prompt_tokens.value_or(0) == 0 && row.completion_tokens.value_or(0) == 0;
  if (none && !row.has_usage) return std::nullopt;
  set_spend_number(record, "input_tokens", row.prompt_tokens);
  set_spend_number(record, "output_tokens", row.completion_tokens);
  set_spend_number(record, "cached_tokens", row.cached_tokens);
  set_spend_number(record, "reasoning_tokens", row.reasoning_tokens);
  return std::nullopt;
}

PageRead set_spend(const SpendRow& row, Record& record) {
  if (row.spend.empty()) return std::nullopt;
  const Result<Money> money = round_money(row.spend);
  if (!money) return row_fault("`spend` cannot be an amount of money");
  if (money->nano_usd == 0 && !row.has_cost) return std::nullopt;
  set_value(record, *find_field("cost"), money->nano_usd);
  set_spend_text(record, "cost.basis", "computed");
  return std::nullopt;
}

Digest spend_id(const SpendRow& row, const SpendReading& reading) {
  Sha256 hash;
  hash.update_framed(reading.connector).update_framed(reading.source).update_framed("spend_logs");
  return hash.update_framed(row.request_id).update_framed(std::to_string(row.start->us)).finish();
}

}  // namespace

PageRead take_spend_row(const SpendRow& row, const SpendReading& reading, Record& record) {
  if (row.request_id.empty()) return row_fault("`request_id` is missing");
  if (!row.start) return row_fault("`startTime` is missing");
  if (!row.end) return row_fault("`endTime` is missing");
  if (*row.end < *row.start) return row_fault("`endTime` lies before `startTime`");
  record.kind = RecordKind::kUsage;
  record.id = spend_id(row, reading);
  record.time = *row.start;
  record.duration = *row.end - *row.start;
  set_parties(row, reading, record);
  set_outcome(row, record);
  if (PageRead fault = set_tokens(row, record)) return fault;
  return set_spend(row, record);
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
