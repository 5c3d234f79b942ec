#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "daemon/sources/contract/account_choice.h"
#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/contract/row_identity.h"
#include "policies/model/field.h"
#include "policies/model/record.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What is kept of a row of LiteLLM's table of spend logs, whichever way it came, and nothing else
/// is: neither messages nor a response, nor the tags and metadata that a caller writes. Empty texts
/// are absent, as the table's defaults are. Views stand as long as the row's document does.
struct SpendRow {
  std::string_view request_id;
  std::string_view call_type;
  std::string_view api_key;  ///< the hash that stands for a key
  std::string_view user;
  std::string_view team;
  std::string_view organization;
  std::string_view end_user;
  std::string_view model;  ///< that answered; of a failure the one that was asked for
  std::string_view model_group;
  std::string_view provider;
  std::string_view address;
  std::string_view session;
  std::string_view status;  ///< "success", "failure"
  std::string_view spend;   ///< US dollars, a number as JSON writes it
  std::string error_code;   ///< of a failure: an HTTP status, mostly
  std::optional<UtcTime> start;
  std::optional<UtcTime> end;
  std::optional<std::int64_t> prompt_tokens;
  std::optional<std::int64_t> completion_tokens;
  std::optional<std::int64_t> cached_tokens;
  std::optional<std::int64_t> reasoning_tokens;
  bool has_usage = false;  ///< `metadata.usage_object` is there: zeros are figures, not defaults
  bool has_cost = false;   ///< … and `metadata.cost_breakdown`
};

/// How rows become records.
struct SpendReading {
  std::string_view connector;     ///< part of identities
  std::string_view source;        ///< its name: part of identities
  std::string_view organization;  ///< empty: what the row says
  AccountChoice account = AccountChoice::kProject;
};

/// The record of a row, or why there is none: it lacks its id or a time, ends before it begins, has
/// tokens that are negative or a spend that is no number.
///
/// The columns for tokens and spend cannot be empty: 0 without `usage_object` (`cost_breakdown`) is
/// the default of a request that was never measured, and absent. A failure was answered by no
/// model, and its session is one that nobody had. An address that is none is absent.
///
/// A record's id is SHA-256 over length-framed connector, source, "spend_logs", request id and
/// start in µs: providers give ids anew.
/// `identity`: spend_identity(reading), which serves all rows of a page.
[[nodiscard]] PageRead take_spend_row(const SpendRow& row, const SpendReading& reading,
                                      RowIdentity& identity, Record& record);
[[nodiscard]] RowIdentity spend_identity(const SpendReading& reading);

/// The fields that such records may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> spend_fields();

}  // namespace tidewaiter
