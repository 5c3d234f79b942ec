#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "policies/language/ip_network.h"
#include "policies/language/time_part.h"
#include "policies/model/diagnostic.h"
#include "policies/sigma/event.h"
#include "policies/sigma/text_pattern.h"

namespace tidewaiter {

/// How a number of the event must lie to the one that is written.
enum class SigmaOrder : std::uint8_t { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

[[nodiscard]] bool in_order(double left, SigmaOrder order, double right);

/// `null`: the field is absent, or null.
struct SigmaNull {};

/// A number without quotes: the value's text is the same, or is a number of the same size.
struct SigmaNumber {
  std::string written;
  double number = 0;
};

/// `re`: RE2 finds a match somewhere in the value. `i`, `m` and `s` are RE2's flags.
struct SigmaRegex {
  std::string written;
  std::string flags;
  std::shared_ptr<const re2::RE2> compiled;  ///< shared by copies, never changed
};

/// `cidr`: the value is an address of the network.
struct SigmaNetwork {
  IpNetwork network;
};

/// `gt`, `gte`, `lt`, `lte`: the value is a number, and lies so.
struct SigmaCompare {
  SigmaOrder order = SigmaOrder::kEqual;
  double number = 0;
};

/// `exists`: the field is there, whatever its value, or is not.
struct SigmaExists {
  bool wanted = true;
};

/// `fieldref`: the value is that of another field, or contains it, begins or ends with it.
struct SigmaFieldRef {
  std::string field;
  bool open_start = false;
  bool open_end = false;
  bool cased = false;
};

/// `minute` … `year`: that part of the time that the value is, as it is written, compared.
struct SigmaTimeTest {
  TimePart part = TimePart::kHourNumber;
  SigmaOrder order = SigmaOrder::kEqual;
  double number = 0;
};

/// One thing that one value may meet.
using SigmaTest = std::variant<SigmaText, SigmaNull, SigmaNumber, SigmaRegex, SigmaNetwork,
                               SigmaCompare, SigmaExists, SigmaFieldRef, SigmaTimeTest>;

/// `field|modifiers: values`. Holds if a written value is met, with `all` if each is; `negated`
/// (`neq`) turns that round. What is written may have become several tests (`base64offset`,
/// placeholders): it is met if one of them is.
struct SigmaItem {
  std::string field;  ///< empty: keywords, looked for in every value of the event
  std::vector<std::vector<SigmaTest>> values;
  bool all = false;
  bool negated = false;
  SourceSpan span;
};

/// A search identifier: a list of maps, one of which holds; of a map every item does.
struct SigmaSelection {
  std::string name;
  std::vector<std::vector<SigmaItem>> alternatives;
  SourceSpan span;
};

/// What joins the selections. kAnd and kOr have one operand or more, kNot has one.
struct SigmaCondition {
  enum class Kind : std::uint8_t { kSelection, kAnd, kOr, kNot };
  Kind kind = Kind::kSelection;
  std::size_t selection = 0;  ///< kSelection: index into the detection's selections
  std::vector<SigmaCondition> operands;
};

struct SigmaDetection {
  std::vector<SigmaSelection> selections;
  SigmaCondition condition;
};

/// Judges one event, two-valued as Sigma is: an item over a field that the event lacks is false,
/// but for `null`, `exists: false` and `neq`. Pure; const use is safe from any thread.
[[nodiscard]] bool holds(const SigmaDetection& detection, const SigmaEvent& event);
[[nodiscard]] bool holds(const SigmaSelection& selection, const SigmaEvent& event);

/// The field names that the detection looks at, sorted, each once; keywords name none.
[[nodiscard]] std::vector<std::string> fields_of(const SigmaDetection& detection);

}  // namespace tidewaiter
