#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "policies/model/field.h"
#include "policies/model/value.h"

// The catalogue itself, for field.cpp and for code that knows the names of its fields when it is
// compiled: field_id("cost") costs nothing when it runs, and a name that is none does not compile.

namespace tidewaiter {
namespace catalogue {

inline constexpr std::uint8_t kUsageOnly = 1U << static_cast<unsigned>(RecordKind::kUsage);
inline constexpr std::uint8_t kAccountOnly = 1U << static_cast<unsigned>(RecordKind::kAccount);
inline constexpr std::uint8_t kAuditOnly = 1U << static_cast<unsigned>(RecordKind::kAudit);
inline constexpr std::uint8_t kFindingOnly = 1U << static_cast<unsigned>(RecordKind::kFinding);
inline constexpr std::uint8_t kEvery = kUsageOnly | kAccountOnly | kAuditOnly;
inline constexpr std::uint8_t kUsageAndAudit = kUsageOnly | kAuditOnly;

/// Flags of a row, so that the table reads as a table.
enum Trait : std::uint8_t { kPlain = 0, kIdOfSource = 1, kNonnegative = 2 };

constexpr Field row(std::string_view name, ValueType type, std::string_view unit,
                    std::string_view otel, std::uint8_t kinds, Trait trait, std::string_view doc) {
  // A finding has the fields of its subject, and a time as every record has.
  if (can_be_subject(type) || kinds == kEvery) kinds |= kFindingOnly;
  return {name, type, unit, otel, kinds, trait == kIdOfSource, trait == kNonnegative, doc};
}

using enum ValueType;

// The first four are the fixed fields of every record, in the order of their constants.
// clang-format off
inline constexpr auto kCatalogue = std::to_array<Field>({
    row("time", kTimestamp, "", "", kEvery, kNonnegative, "start of the request, bucket, version or event"),
    row("duration", kDuration, "µs", "", kEvery, kNonnegative, "end minus start; 0 for an instant"),
    row("requests", kInt64, "requests", "", kEvery, kNonnegative, "how many requests the record stands for"),
    row("source", kString, "", "", kEvery, kPlain, "name of the source that delivered the record"),

    row("provider", kString, "", "gen_ai.provider.name", kUsageOnly, kPlain, "who served the model"),
    row("operation", kString, "", "gen_ai.operation.name", kUsageOnly, kPlain, "chat, text_completion, embeddings, batch, …"),
    row("model", kString, "", "gen_ai.request.model", kUsageOnly, kPlain, "model asked for"),
    row("response_model", kString, "", "gen_ai.response.model", kUsageOnly, kPlain, "model that answered"),
    row("input_tokens", kInt64, "tokens", "gen_ai.usage.input_tokens", kUsageOnly, kNonnegative, "tokens in, cached ones included"),
    row("output_tokens", kInt64, "tokens", "gen_ai.usage.output_tokens", kUsageOnly, kNonnegative, "tokens out, reasoning included"),
    row("cached_tokens", kInt64, "tokens", "gen_ai.usage.cache_read.input_tokens", kUsageOnly, kNonnegative, "input tokens read from a cache"),
    row("reasoning_tokens", kInt64, "tokens", "gen_ai.usage.reasoning.output_tokens", kUsageOnly, kNonnegative, "output tokens spent on reasoning"),

    row("organization", kString, "", "", kEvery, kIdOfSource, "the vendor's organisation"),
    row("project", kString, "", "", kEvery, kIdOfSource, "project or workspace"),
    row("account", kString, "", "", kEvery, kIdOfSource, "the party judged, chosen for each source"),
    row("api_key", kString, "", "", kEvery, kIdOfSource, "id of the API key, never the key"),
    row("end_user", kString, "", "enduser.id", kEvery, kIdOfSource, "the vendor's name for the end user"),

    row("client.address", kIp, "", "client.address", kUsageAndAudit, kPlain, "address that the request came from"),
    row("client.country", kString, "ISO 3166-1 alpha-2", "geo.country.iso_code", kUsageAndAudit, kPlain, "country of the address"),
    row("client.asn", kInt64, "", "", kUsageAndAudit, kNonnegative, "autonomous system of the address"),
    row("client.anonymizer", kString, "", "", kUsageAndAudit, kPlain, "tor, vpn, proxy, hosting; none, where it is known to be none of them"),
    row("client.network", kString, "", "", kUsageAndAudit, kPlain, "the address's /24 or /48"),
    row("enriched", kStringList, "", "", kUsageAndAudit, kPlain, "fields that no source delivered: name, what they were looked up in, of which day"),
    row("user_agent", kString, "", "user_agent.original", kUsageAndAudit, kPlain, "the client's own name for itself"),
    row("tls.ja4", kString, "", "", kUsageAndAudit, kPlain, "TLS client fingerprint"),
    row("region", kString, "", "cloud.region", kUsageOnly, kPlain, "region that served the request"),
    row("service_tier", kString, "", "openai.response.service_tier", kUsageOnly, kPlain, "tier that served the request"),
    row("status", kString, "", "", kUsageAndAudit, kPlain, "outcome in the source's words"),
    row("http_status", kInt64, "", "http.response.status_code", kUsageOnly, kNonnegative, "HTTP status of the response"),
    row("cost", kMoney, "nano-USD", "", kUsageOnly, kPlain, "amount, by cost.basis"),
    row("cost.basis", kString, "", "", kUsageOnly, kPlain, "billed, computed or list"),
    row("prompt.template", kString, "", "", kUsageOnly, kPlain, "hash of the prompt's template; never content"),
    row("prompt.sketch", kString, "64-bit sketch", "", kUsageOnly, kPlain, "similarity of the prompt, as 16 hexadecimal digits; never content"),
    row("request.temperature", kDouble, "", "gen_ai.request.temperature", kUsageOnly, kNonnegative, "sampling temperature asked for"),
    row("request.max_tokens", kInt64, "tokens", "gen_ai.request.max_tokens", kUsageOnly, kNonnegative, "output limit asked for"),
    row("request.choices", kInt64, "", "gen_ai.request.choice.count", kUsageOnly, kNonnegative, "answers asked for"),
    row("request.logprobs", kBool, "", "", kUsageOnly, kPlain, "log probabilities asked for"),
    row("request.stream", kBool, "", "", kUsageOnly, kPlain, "answer streamed"),
    row("request.batch", kBool, "", "", kUsageOnly, kPlain, "sent through a batch endpoint"),
    row("request.session", kString, "", "gen_ai.conversation.id", kUsageOnly, kIdOfSource, "conversation or session"),

    row("name", kString, "", "", kAccountOnly, kPlain, "display name"),
    row("legal_name", kString, "", "", kAccountOnly, kPlain, "name in the register"),
    row("aliases", kStringList, "", "", kAccountOnly, kPlain, "other names"),
    row("account.kind", kString, "", "", kAccountOnly, kPlain, "organization, project, user, key, end_user, legal_entity, payment_instrument"),
    row("country.declared", kString, "ISO 3166-1 alpha-2", "", kAccountOnly, kPlain, "country that the account states"),
    row("country.billing", kString, "ISO 3166-1 alpha-2", "", kAccountOnly, kPlain, "country of the billing address"),
    row("country.registered", kString, "ISO 3166-1 alpha-2", "", kAccountOnly, kPlain, "country of the register"),
    row("owners", kStringList, "", "", kAccountOnly, kPlain, "names of owners"),
    row("owners.share", kStringList, "", "", kAccountOnly, kPlain, "their shares, in the order of the names, such as 12.5% or 25%-50%; empty where not known"),
    row("owners.identifier", kStringList, "", "", kAccountOnly, kPlain, "their identifiers, in the order of the names, such as lei:…; empty where not known"),
    row("owners.of", kStringList, "", "", kAccountOnly, kPlain, "what their shares are of, in the order of the names: identifier or name of another owner; empty: of the account"),
    row("controllers", kStringList, "", "", kAccountOnly, kPlain, "names of those who direct or control it otherwise than by a share: directors, trustees"),
    row("identifiers", kStringList, "", "", kAccountOnly, kPlain, "scheme:value, such as lei:…"),
    row("payment.fingerprints", kStringList, "", "", kAccountOnly, kPlain, "keyed hashes of payment instruments"),
    row("email.domain", kString, "", "", kAccountOnly, kPlain, "domain of the contact address"),
    row("devices", kStringList, "", "", kAccountOnly, kPlain, "device fingerprints"),
    row("created", kTimestamp, "", "", kAccountOnly, kNonnegative, "when the account was made"),
    row("plan", kString, "", "", kAccountOnly, kPlain, "commercial plan"),
    row("reseller", kString, "", "", kAccountOnly, kPlain, "who resells to the account"),
    row("kyc", kString, "", "", kAccountOnly, kPlain, "state of identity checks"),
    row("enforcement", kStringList, "", "", kAccountOnly, kPlain, "measures in force against the account"),

    row("action", kString, "", "activity_name", kAuditOnly, kPlain, "what was done (OCSF activity)"),
    row("class", kString, "", "class_name", kAuditOnly, kPlain, "OCSF class"),
    row("actor.id", kString, "", "actor.user.uid", kAuditOnly, kIdOfSource, "who did it"),
    row("actor.name", kString, "", "actor.user.name", kAuditOnly, kPlain, "who did it, by name"),
    row("actor.type", kString, "", "actor.user.type", kAuditOnly, kPlain, "user, service, key, system"),
    row("target.id", kString, "", "", kAuditOnly, kIdOfSource, "to what it was done"),
    row("target.type", kString, "", "", kAuditOnly, kPlain, "kind of target"),
    row("outcome", kString, "", "status", kAuditOnly, kPlain, "success, failure"),
    row("privileges", kStringList, "", "privileges", kAuditOnly, kPlain, "roles, scopes or permissions that were given"),

    row("finding.id", kString, "", "", kFindingOnly, kPlain, "id of the finding"),
    row("finding.policy", kString, "", "", kFindingOnly, kPlain, "id of the policy that made the finding"),
    row("finding.version", kInt64, "", "", kFindingOnly, kNonnegative, "version of that policy"),
    row("finding.kind", kString, "", "", kFindingOnly, kPlain, "kind of that policy: extraction, resale, …"),
    row("finding.severity", kString, "", "", kFindingOnly, kPlain, "low, medium, high, critical"),
    row("finding.rank", kInt64, "", "", kFindingOnly, kNonnegative, "its severity as a number: 1 for low to 4 for critical"),
    row("finding.withdrawn", kBool, "", "", kFindingOnly, kPlain, "the finding does not hold any more: never selected"),
});
// clang-format on

}  // namespace catalogue

/// The id of a field whose name stands in the code: find_field(), without a search.
[[nodiscard]] consteval FieldId field_id(std::string_view name) {
  for (std::size_t i = 0; i < catalogue::kCatalogue.size(); ++i) {
    if (catalogue::kCatalogue[i].name == name) return static_cast<FieldId>(i);
  }
  throw "the catalogue has no field of this name";  // never runs: it does not compile
}

}  // namespace tidewaiter
