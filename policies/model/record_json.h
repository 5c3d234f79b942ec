#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// The native format: one record as one JSON object on one line (docs/native-format.md):
///
///   {"kind":"usage","id":"<64 hex>","revision":0,"observed":"…","time":"2026-11-23T20:45:00Z",
///    "duration":"10m","requests":3,"source":"gw","completeness":"final",
///    "client.address":"192.0.2.1","cost":"0.0125","model":"m-large","output_tokens":900}
///
/// `kind` and `time` are required; all other members are optional, fields by their catalogue
/// names. Timestamps are RFC 3339, durations as parse_duration reads them, money a decimal string
/// of US dollars, lists arrays of strings, int64 whole JSON numbers (1e3 and 1.0 are refused).

/// The longest line that a source may deliver, in bytes.
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20U;

/// The longest line that a store may hold. What write_record_json makes of a line is less than
/// three times as long (`\b` becomes `\u0008`), plus the members that the line left to defaults.
inline constexpr std::size_t kMaxStoredLineBytes = std::size_t{4} << 20U;

/// The member of a test's record that is none of the record's: when it comes.
inline constexpr std::string_view kArrivesMember = "arrives";

/// The names of all members that a line may have.
[[nodiscard]] std::vector<std::string_view> record_members();

/// A record, and when it comes, if its line says so.
struct Delivery {
  Record record;
  std::optional<UtcTime> arrives;
};

/// Reads native lines with reused buffers. One thread at a time.
class RecordJsonReader {
 public:
  explicit RecordJsonReader(std::size_t most_bytes = kMaxLineBytes);
  ~RecordJsonReader();
  RecordJsonReader(RecordJsonReader&&) noexcept;
  RecordJsonReader& operator=(RecordJsonReader&&) noexcept;

  /// Reads one object. `defaults` gives source, observed and completeness where the line has
  /// none. A line without `id` gets identity(record) (record_identity.h); with an `id` that is not
  /// 64 hexadecimal digits, SHA-256 of source and id text.
  /// Errors: kInvalidInput, naming the member: not JSON, invalid UTF-8, duplicate or unknown
  /// member, wrong type, null kind or time, a field of another kind of record, NaN or infinity,
  /// requests < 0, a negative value of a nonnegative field, a time outside the years 1970 to 9999,
  /// a line above `most_bytes`. Null in any other member leaves it absent. Nesting deeper than an
  /// array of strings is a wrong type everywhere, so depth needs no limit of its own.
  [[nodiscard]] Result<Record> read(std::string_view line, const Record& defaults);

  /// The same, of a line that may have one more member, as the records of a policy's tests do:
  /// `arrives`, the time at which the record comes. It is no part of the record. Errors: also for
  /// one that comes before its own time.
  [[nodiscard]] Result<Delivery> read_delivery(std::string_view line, const Record& defaults);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// Appends one object without a line end: members in a fixed order (kind, id, revision and
/// observed, then the content: time, duration, requests, source, completeness, fields by name), so
/// that equal records give equal bytes. read() gives the record back if it is a valid one: texts in
/// UTF-8, times in the years 1970 to 9999, no NaN or infinity (those are left out).
void write_record_json(const Record& record, std::string& out);

}  // namespace tidewaiter
