#include "storage/review/case_licences.h"

#include <variant>

#include "policies/model/day_text.h"

namespace tidewaiter {
std::vector<CaseLicence> licences_of(const Case& c) {
  std::vector<CaseLicence> all;
  for (const RecordedAct& act : c.acts) {
    const auto* const licence = std::get_if<LicenceRecorded>(&act.act.act.body);
    if (licence != nullptr) all.push_back({*licence, act.act.act.by, act.index});
  }
  return all;
}

bool licence_has_ended(const LicenceRecorded& licence, UtcTime now) {
  return licence.until && *licence.until + kDay <= now;
}

std::string licence_text(const LicenceRecorded& licence) {
  std::string text = std::string(licence_kind_name(licence.kind)) + " " + licence.number + " of " +
                     licence.authority + ", from " + day_text(licence.from);
  if (licence.until) text += ", until " + day_text(*licence.until);
  return text;
}

std::string licence_text(const LicenceRecorded& licence, UtcTime now) {
  return licence_text(licence) + (licence_has_ended(licence, now) ? ", ended" : "");
}

}  // namespace tidewaiter
