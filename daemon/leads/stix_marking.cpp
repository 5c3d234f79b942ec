#include "daemon/leads/stix_marking.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <nlohmann/json.hpp>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

/// A member of what may be an object; null where there is none.
const json* member_of(const json* object, std::string_view name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

std::string word_of(const json* value) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

const TlpMarking* stricter(const TlpMarking* one, const TlpMarking* other) {
  if (one == nullptr || other == nullptr) return one == nullptr ? other : one;
  return is_laxer(one->name, other->name) ? other : one;
}

}  // namespace

const TlpMarking* tlp_of_value(std::string_view value) {
  std::string plain = ascii_lower(value);
  if (plain == "white") plain = "clear";
  const auto* const found = std::ranges::find(kTlpMarkings, plain, &TlpMarking::value);
  return found == kTlpMarkings.end() ? nullptr : found;
}

StixMarking read_stix_marking(const json& definition) {
  const json* const one = member_of(member_of(&definition, "definition"), "tlp");
  const json* const two =
      member_of(member_of(member_of(&definition, "extensions"), kTlpExtension), "tlp_2_0");
  StixMarking marking;
  for (const json* const value : {one, two}) {
    if (value == nullptr || *value == "") continue;
    const TlpMarking* const tlp = tlp_of_value(word_of(value));
    if (tlp == nullptr) return {};
    marking.tlp = stricter(marking.tlp, tlp);
  }
  const json* const type = member_of(&definition, "definition_type");
  marking.is_statement = marking.tlp == nullptr && type != nullptr && *type == "statement" &&
                         member_of(&definition, "extensions") == nullptr;
  return marking;
}

StixMarkings::StixMarkings(const json& objects) {
  for (const TlpMarking& marking : kTlpMarkings) {
    define(std::string(marking.stix_id), {&marking, false});
    if (!marking.stix_one.empty()) define(std::string(marking.stix_one), {&marking, false});
  }
  for (const json& object : objects) {
    const json* const type = member_of(&object, "type");
    const json* const id = member_of(&object, "id");
    if (type == nullptr || *type != "marking-definition" || id == nullptr) continue;
    if (id->is_string() && *id != "") define(id->get<std::string>(), read_stix_marking(object));
  }
}

void StixMarkings::define(const std::string& id, const StixMarking& marking) {
  if (marking.tlp == nullptr && !marking.is_statement) {
    unclear_.insert(id);
    return;
  }
  StixMarking& known = by_id_[id];
  known.tlp = stricter(known.tlp, marking.tlp);
  known.is_statement = known.tlp == nullptr;
}

StixMarking StixMarkings::meaning(const json& reference) const {
  if (!reference.is_string()) return {};
  const auto found = by_id_.find(reference.get_ref<const std::string&>());
  if (found == by_id_.end()) return {};
  // A second definition that is not understood may be stricter than a statement, and than a TLP.
  const auto published = [&](const TlpMarking& one) {
    return one.stix_id == found->first || one.stix_one == found->first;
  };
  const bool unclear =
      unclear_.contains(found->first) && std::ranges::none_of(kTlpMarkings, published);
  return unclear ? StixMarking{} : found->second;
}

}  // namespace tidewaiter
