#include "daemon/sources/newapi/log_row.h"

#include "policies/model/digest.h"
#include "policies/model/field_catalogue.h"
#include "policies/model/ip_text.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kConsumption = 2;
constexpr std::int64_t kError = 5;
constexpr std::int64_t kRefund = 6;

/// A dollar is 500,000 of the gateway's units, and a thousand million nano-USD.
constexpr std::int64_t kNanoPerUnit = 2'000;

void set_log_text(Record& record, std::string_view field, std::string_view text) {
  if (!text.empty()) set_value(record, *find_field(field), std::string(text));
}

std::string id_text(const std::optional<std::int64_t>& id) {
  return id && *id > 0 ? std::to_string(*id) : std::string();
}

std::string key_of(const LogRow& row) {
  if (row.token_id) return id_text(row.token_id);
  return row.token_name.empty() ? std::string() : id_text(row.user_id) + "/" + row.token_name;
}

PageRead set_log_tokens(const LogRow& row, Record& record) {
  const auto set = [&record](std::string_view field, const std::optional<std::int64_t>& count) {
    if (count) set_value(record, *find_field(field), *count);
  };
  for (const auto& count :
       {row.prompt_tokens, row.completion_tokens, row.cache_tokens, row.cache_creation_tokens}) {
    if (count.value_or(0) < 0) return row_fault("it has a negative number of tokens");
  }
  std::optional<std::int64_t> input = row.prompt_tokens;
  if (row.is_claude) {
    const bool fits = add_counts(input, row.cache_tokens.value_or(0)) &&
                      add_counts(input, row.cache_creation_tokens.value_or(0));
    if (!fits) return row_fault("its input tokens together are no count");
  }
  set("input_tokens", input);
  set("output_tokens", row.completion_tokens);
  set("cached_tokens", row.cache_tokens);
  return std::nullopt;
}

PageRead set_log_cost(const LogRow& row, Record& record) {
  std::int64_t nano = 0;
  if (__builtin_mul_overflow(row.quota.value_or(0), kNanoPerUnit, &nano)) {
    return row_fault("`quota` cannot be an amount of money");
  }
  set_value(record, field_id("cost"), *row.type == kRefund ? -nano : nano);
  set_log_text(record, "cost.basis", "computed");
  return std::nullopt;
}

void set_log_parties(const LogRow& row, const LogReading& reading, Record& record) {
  const std::string key = key_of(row);
  set_log_text(record, "organization", reading.organization);
  set_log_text(record, "project", row.group);
  set_log_text(record, "api_key", key);
  const std::string party = reading.account == AccountChoice::kPrincipal ? id_text(row.user_id)
                            : reading.account == AccountChoice::kApiKey  ? key
                            : reading.account == AccountChoice::kProject ? row.group
                                                                         : std::string();
  set_log_text(record, "account", party);
  if (const auto address = canonical_ip(row.address)) {
    set_log_text(record, "client.address", *address);
  }
}

/// When it was, if the row says it and it can be.
PageRead set_log_time(const LogRow& row, Record& record) {
  const std::int64_t took = row.use_time.value_or(0);
  constexpr std::int64_t kLastSecond = kRecordTimes.to.us / kSecond.us;
  if (!row.created_at || *row.created_at < 0 || *row.created_at >= kLastSecond) {
    return row_fault("`created_at` is no time");
  }
  if (took < 0 || took > *row.created_at) return row_fault("`use_time` is no length of time");
  record.duration = Duration{took * kSecond.us};
  record.time = UtcTime{*row.created_at * kSecond.us} - record.duration;
  return std::nullopt;
}

Digest log_id(const LogRow& row, const LogReading& reading) {
  Sha256 hash;
  hash.update_framed(reading.connector).update_framed(reading.source).update_framed("logs");
  return hash.update_framed(std::to_string(*row.id))
      .update_framed(std::to_string(*row.created_at))
      .finish();
}

}  // namespace

bool is_model_use(std::int64_t type) {
  return type == kConsumption || type == kError || type == kRefund;
}

PageRead take_log_row(const LogRow& row, const LogReading& reading, Record& record) {
  if (!row.id) return row_fault("`id` is missing");
  if (PageRead fault = set_log_time(row, record)) return fault;
  if (!row.type || !is_model_use(*row.type)) return row_fault("`type` is of no use of a model");
  record.kind = RecordKind::kUsage;
  record.id = log_id(row, reading);
  // What failed was a request, whatever is said of its cost.
  const bool is_request = *row.type == kError || (*row.type != kRefund && !row.is_adjustment);
  record.requests = is_request ? 1 : 0;
  set_log_text(record, "model", row.model_name);
  set_log_parties(row, reading, record);
  set_log_text(record, "status",
               *row.type == kError    ? "error"
               : *row.type == kRefund ? "refund"
               : row.is_adjustment    ? "adjustment"
                                      : "success");
  if (!row.is_stream.empty() && is_request) {
    set_value(record, field_id("request.stream"), row.is_stream == "true");
  }
  if (*row.type == kError) return std::nullopt;
  if (is_request) {
    if (PageRead fault = set_log_tokens(row, record)) return fault;
  }
  return set_log_cost(row, record);
}

std::set<FieldId> log_fields(bool has_organization) {
  std::set<FieldId> fields;
  for (const char* const name :
       {"model", "input_tokens", "output_tokens", "cached_tokens", "project", "account", "api_key",
        "client.address", "status", "cost", "cost.basis", "request.stream"}) {
    fields.insert(*find_field(name));
  }
  if (has_organization) fields.insert(field_id("organization"));
  return fields;
}

}  // namespace tidewaiter
