#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "daemon/sources/contract/account_choice.h"
#include "daemon/sources/contract/page_json.h"
#include "policies/model/field.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// What is kept of a row of the table `logs` of new-api or one-api, and nothing else is: neither
/// its text nor what else stands in `other`. Rows of other types tell of no use of a model.
struct LogRow {
  std::optional<std::int64_t> id;
  std::optional<std::int64_t> created_at;  ///< seconds: when the request had ended
  std::optional<std::int64_t> type;        ///< 2: consumption, 5: an error, 6: a refund
  std::optional<std::int64_t> user_id;
  std::optional<std::int64_t> token_id;
  std::string token_name;
  std::string group;
  std::string model_name;
  std::optional<std::int64_t> quota;
  std::optional<std::int64_t> prompt_tokens;
  std::optional<std::int64_t> completion_tokens;
  std::optional<std::int64_t> cache_tokens;           ///< read from a cache
  std::optional<std::int64_t> cache_creation_tokens;  ///< written into one
  std::optional<std::int64_t> use_time;               ///< seconds
  std::string is_stream;                              ///< "true", "false"
  std::string address;
  bool is_adjustment = false;  ///< a later correction of what a task had cost
  bool is_claude = false;      ///< `prompt_tokens` is without what a cache was read or written for
};

/// How rows become records.
struct LogReading {
  std::string_view connector;     ///< part of identities
  std::string_view source;        ///< its name: part of identities
  std::string_view organization;  ///< empty: absent
  AccountChoice account = AccountChoice::kProject;
};

/// Whether a row of this type tells of a use of a model: consumption, an error or a refund.
[[nodiscard]] bool is_model_use(std::int64_t type);

/// The record of a row, or why there is none. It begins `use_time` before the row was written. A
/// correction and a refund stand for no request and have no tokens; a refund's cost is negative. An
/// error has neither tokens nor a cost. Input tokens include what a cache was read and written for,
/// as `prompt_tokens` does unless the row `is_claude`.
///
/// Cost is `quota` by the gateway's own unit, of which 500,000 are a dollar. The key is the token's
/// id, or, where the table has none, user and name of the token.
///
/// A record's id is SHA-256 over length-framed connector, source, "logs", id and created_at: ids
/// begin anew where a table was emptied.
[[nodiscard]] PageRead take_log_row(const LogRow& row, const LogReading& reading, Record& record);

/// The fields that such records may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> log_fields(bool has_organization);

}  // namespace tidewaiter
