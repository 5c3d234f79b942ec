#include "policies/screening/party_check.h"

namespace tidewaiter {

std::vector<std::string> field_texts(const Record& record, FieldId id) {
  const Value value = field_value(record, id);
  if (const auto* text = std::get_if<std::string>(&value)) return {*text};
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
  return {};
}

}  // namespace tidewaiter
