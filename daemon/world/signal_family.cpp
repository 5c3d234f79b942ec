#include "daemon/world/signal_family.h"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace tidewaiter {
namespace {

struct FamilyFields {
  std::string_view name;
  std::vector<FieldId> fields;
};

FamilyFields family_of(std::string_view name, std::initializer_list<std::string_view> fields) {
  FamilyFields family{name, {}};
  for (const std::string_view one : fields) family.fields.push_back(*find_field(one));
  return family;
}

const FamilyFields& fields_of(SignalFamily family) {
  static const std::array<FamilyFields, kSignalFamilies.size()> families{
      family_of("means", {"payment.fingerprints", "devices"}),
      family_of("network", {"client.address", "client.network", "client.country", "client.asn",
                            "tls.ja4", "user_agent"}),
      family_of("prompts", {"prompt.template", "prompt.sketch", "request.session"}),
      family_of("models", {"model", "response_model", "reasoning_tokens"}),
      family_of("timing", {}),
      family_of("papers", {"country.declared", "country.billing", "country.registered", "owners",
                           "owners.share", "created", "plan", "enforcement", "email.domain", "kyc",
                           "name", "legal_name"})};
  return families[static_cast<std::size_t>(family)];
}

}  // namespace

std::string_view family_name(SignalFamily family) { return fields_of(family).name; }

std::optional<SignalFamily> find_family(std::string_view name) {
  const auto found = std::ranges::find(kSignalFamilies, name, family_name);
  return found == kSignalFamilies.end() ? std::nullopt : std::optional(*found);
}

void take_out(SignalFamily family, Record& record) {
  for (const FieldId field : fields_of(family).fields) set_value(record, field, {});
  if (family == SignalFamily::kTiming && record.kind == RecordKind::kUsage) {
    record.time = align_down(record.time, kHour);
    record.duration = kHour;
  }
}

}  // namespace tidewaiter
