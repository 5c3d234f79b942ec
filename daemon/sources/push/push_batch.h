#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/source_config.h"
#include "policies/model/error.h"
#include "policies/model/record.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// How a body holds what is handed in.
enum class PushForm : std::uint8_t {
  kNativeLines,  ///< native JSON Lines
  kSingleEvent,  ///< one CloudEvent, structured mode
  kEventArray,   ///< a JSON array of CloudEvents, batched mode
  kHeaderEvent,  ///< the data of one CloudEvent, whose attributes are headers
};

/// What a sender states: nothing of a time in there is still to come from it.
struct PushStatement {
  std::optional<UtcTime> from;  ///< absent: where the last statement ended
  UtcTime to;
};

/// A line or event that is no record.
struct PushFault {
  std::int64_t number = 0;  ///< of the line or event, from 1
  std::string reason;       ///< begins with the member's name in backticks where one is at fault
};

/// A body as it was read. Nothing of it is stored yet.
struct PushBatch {
  std::vector<Record> records;
  std::vector<QuarantinedInput> quarantine;
  std::vector<PushFault> faults;  ///< of what is in quarantine
  std::vector<PushStatement> statements;
  std::int64_t passed = 0;  ///< events of which `where` is not true

  [[nodiscard]] bool empty() const {
    return records.empty() && quarantine.empty() && statements.empty();
  }
};

/// Why nothing of a body is taken.
struct PushRefusal {
  bool whole = false;  ///< the body itself cannot be read: no line or event is to blame
  std::string reason;
  std::vector<PushFault> faults;  ///< the first ones
};

/// A request's body after its Content-Encoding, and the headers that hold attributes of an event.
struct PushedBody {
  PushForm form = PushForm::kNativeLines;
  std::string_view bytes;
  const std::map<std::string, std::string>* headers = nullptr;  ///< kHeaderEvent
};

/// Reads what is handed in to a source. Pure: the clock is an argument.
///
/// A bad line or event is quarantined, as a bad line of a file is, with the name of the source and
/// its number as its place, if no more of them are bad than `max_bad` allows: one always, unless it
/// is 0, and only where something else in the body is good. Otherwise the body is refused.
[[nodiscard]] tl::expected<PushBatch, PushRefusal> read_push_batch(const SourceConfig& config,
                                                                   const PushedBody& body,
                                                                   UtcTime now);

/// The event type by which a sender states what it has drained.
inline constexpr std::string_view kDrainedEvent = "tidewaiter.drained";
/// The type of events whose data is a native record.
inline constexpr std::string_view kRecordEvent = "tidewaiter.record";

}  // namespace tidewaiter
