#include <string>
#include <variant>

#include "policies/model/money.h"
#include "policies/model/time.h"
#include "policies/sigma/logsource.h"

namespace tidewaiter {
namespace {

/// Seconds, exact, without trailing zeros. Durations of records are not negative.
std::string seconds(std::int64_t us) {
  std::string text = std::to_string(us / kSecond.us);
  const std::int64_t rest = us % kSecond.us;
  if (rest == 0) return text;
  std::string fraction = std::to_string(kSecond.us + rest).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + "." + fraction;
}

std::string integer_text(std::int64_t number, ValueType type) {
  switch (type) {
    case ValueType::kTimestamp:
      return format_time(UtcTime{number});
    case ValueType::kDuration:
      return seconds(number);
    case ValueType::kMoney:
      return format_money(Money{number});
    default:
      return std::to_string(number);
  }
}

void add_value(const Field& field, const Value& value, SigmaEvent& event) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    event.add(field.name, sigma_text(integer_text(*number, field.type)));
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& item : *list) event.add(field.name, sigma_text(item));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    event.add(field.name, sigma_text(*text));
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    event.add(field.name, sigma_text(*truth ? "true" : "false"));
  } else if (!is_null(value)) {
    event.add(field.name, sigma_text(format_value(value, field.type)));
  }
}

}  // namespace

SigmaEvent event_of_record(const Record& record) {
  SigmaEvent event;
  for (const FieldId id : {kFieldTime, kFieldDuration, kFieldRequests, kFieldSource}) {
    add_value(field(id), field_value(record, id), event);
  }
  for (const auto& [id, value] : record.fields) add_value(field(id), value, event);
  return event;
}

}  // namespace tidewaiter
