#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "policies/sigma/event.h"

namespace tidewaiter {

/// How the members of a JSON object become the fields of an event.
enum class SigmaFieldNames : std::uint8_t {
  kAuto,   ///< kWindows if the object has Event.System, else kPaths
  kPaths,  ///< `a.b.c`: the path; elements of an array are values of one field
  /// A Windows event ("Rules Specification", "Field Usage"): members of Event.EventData and
  /// Event.UserData by their own names, those of Event.System by theirs, and attributes of its
  /// elements as Element_Attribute: `Provider_Name`, `TimeCreated_SystemTime`.
  kWindows,
};

/// Reads JSON objects, one a call, into events. Null members are null values; an array or object
/// without members is a field with an empty text. One thread at a time.
class SigmaEventReader {
 public:
  explicit SigmaEventReader(SigmaFieldNames names);
  ~SigmaEventReader();
  SigmaEventReader(SigmaEventReader&&) noexcept;
  SigmaEventReader& operator=(SigmaEventReader&&) noexcept;

  /// Errors: kInvalidInput if the text is no JSON object, or is nested deeper than 64 levels.
  [[nodiscard]] Result<SigmaEvent> read(std::string_view json);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  SigmaFieldNames names_;
};

}  // namespace tidewaiter
