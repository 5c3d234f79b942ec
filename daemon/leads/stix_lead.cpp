#include "daemon/leads/stix_lead.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/leads/json_place.h"
#include "daemon/leads/stix_marking.h"
#include "daemon/leads/stix_pattern.h"
#include "policies/model/ascii.h"
#include "policies/model/input_text.h"
#include "policies/model/jcs.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

/// The members that name whom a type is about, the best one first.
struct NamingType {
  std::string_view type;
  std::array<std::string_view, 2> members;
};
constexpr std::array<NamingType, 5> kNamingTypes{{
    {"domain-name", {"value"}},
    {"email-addr", {"value"}},
    {"ipv4-addr", {"value"}},
    {"ipv6-addr", {"value"}},
    {"user-account", {"user_id", "account_login"}},
}};

const NamingType* naming_type(std::string_view type) {
  const auto* const found = std::ranges::find(kNamingTypes, type, &NamingType::type);
  return found == kNamingTypes.end() ? nullptr : found;
}

/// A member that is a text; empty where there is none.
std::string text_member(const json& object, std::string_view name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_true(const json& object, std::string_view name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

/// Whether all that an indicator says it indicates is that nothing is wrong.
bool is_benign(const json& indicator) {
  const auto types = indicator.find("indicator_types");
  if (types == indicator.end() || !types->is_array() || types->empty()) return false;
  return std::ranges::all_of(*types, [](const json& type) { return type == "benign"; });
}

/// Reads the objects of one file.
class StixReader {
 public:
  StixReader(const json& objects, UtcTime received) : markings_(objects), received_(received) {
    for (const json& object : objects) note_object(object);
  }

  LeadFile read(const json& objects) {
    for (const json& object : objects) read_object(object, false);
    return lead_.finish();
  }

 private:
  /// What is said of an object anywhere in the file holds for all of it.
  void note_object(const json& object) {
    if (!object.is_object()) return;
    const std::string id = text_member(object, "id");
    if (!id.empty() && has_true(object, "revoked")) revoked_.insert(id);
    if (const Result<UtcTime> modified = parse_time(text_member(object, "modified"))) {
      UtcTime& latest = latest_.emplace(id, *modified).first->second;
      latest = std::max(latest, *modified);
    }
    if (text_member(object, "type") == "relationship" && !has_true(object, "revoked") &&
        text_member(object, "relationship_type") == "targets") {
      victims_.insert(text_member(object, "target_ref"));
    }
  }

  /// An object that was written anew since.
  [[nodiscard]] bool is_replaced(const json& object) const {
    const std::string id = text_member(object, "id");
    const Result<UtcTime> modified = parse_time(text_member(object, "modified"));
    if (id.empty() || !modified) return false;
    const auto latest = latest_.find(id);
    return latest != latest_.end() && *modified < latest->second;
  }

  /// `marked`: what the object lies in has a marking by TLP.
  void read_object(const json& object, bool marked) {
    if (!object.is_object()) return lead_.count_unread("value that is no object");
    lead_.begin_part(take_markings(object) || marked);
    const std::string type = text_member(object, "type");
    const std::string version = text_member(object, "spec_version");
    if (!version.empty() && version != "2.1")
      return lead_.count_unread("object of another STIX than 2.1");
    if (revoked_.contains(text_member(object, "id"))) {
      return lead_.count_unread("object that its creator revoked");
    }
    if (is_replaced(object)) return lead_.count_unread("object that its creator wrote anew");
    if (type == "marking-definition") {
      if (read_stix_marking(object).tlp == nullptr) {
        lead_.count_unread("marking-definition that is no TLP");
      }
      return;
    }
    if (naming_type(type) != nullptr) return read_observable(object, type);
    if (type == "indicator") return read_indicator(object);
    const auto observed = object.find("objects");
    if (type == "observed-data" && observed != object.end() && observed->is_object()) {
      const bool both = lead_.is_marked();
      for (const json& one : *observed) read_object(one, both);
      return;
    }
    lead_.count_unread(type_words(type));
  }

  void read_observable(const json& object, const std::string& type) {
    if (has_true(object, "defanged")) return lead_.count_unread(type + " that is defanged");
    if (victims_.contains(text_member(object, "id"))) {
      return lead_.count_unread(type + " that somebody targets");
    }
    for (const std::string_view member : naming_type(type)->members) {
      if (member.empty()) break;
      const std::string value = text_member(object, member);
      if (!value.empty()) return lead_.take_value(type, value);
    }
    lead_.count_unread(type + " that names none");
  }

  void read_indicator(const json& object) {
    if (is_benign(object)) return lead_.count_unread("indicator of what is benign");
    const Result<UtcTime> until = parse_time(text_member(object, "valid_until"));
    if (until && !(received_ < *until)) {
      return lead_.count_unread("indicator that held no more when the lead came");
    }
    const std::string kind = text_member(object, "pattern_type");
    if (kind != "stix") return lead_.count_unread("indicator with a pattern that is not STIX's");
    const auto comparisons = read_stix_pattern(text_member(object, "pattern"));
    if (!comparisons) return lead_.count_unread("indicator with a pattern that cannot be read");
    for (const StixComparison& comparison : *comparisons) read_comparison(comparison);
  }

  void read_comparison(const StixComparison& comparison) {
    const NamingType* const type = naming_type(comparison.type);
    const bool names =
        type != nullptr && std::ranges::find(type->members, comparison.path) != type->members.end();
    if (!names) return lead_.count_unread("comparison of " + type_words(comparison.type));
    if (comparison.equals.empty()) {
      return lead_.count_unread("comparison of " + comparison.type + " that is not `=` or `IN`");
    }
    for (const std::string& value : comparison.equals) lead_.take_value(comparison.type, value);
  }

  /// Whether the object as a whole has a marking by TLP.
  bool take_markings(const json& object) {
    bool marked = false;
    const auto refs = object.find("object_marking_refs");
    if (refs != object.end() && refs->is_array()) {
      for (const json& ref : *refs) marked = take_marking(ref) || marked;
    }
    const auto granular = object.find("granular_markings");
    if (granular == object.end() || !granular->is_array()) return marked;
    for (const json& one : *granular) {
      if (one.is_object() && one.contains("marking_ref")) take_marking(one["marking_ref"]);
    }
    return marked;
  }

  /// Whether it is one by TLP.
  bool take_marking(const json& ref) {
    const StixMarking marking = markings_.meaning(ref);
    if (marking.tlp == nullptr) {
      lead_.take_other_marking(marking.is_statement);
      return false;
    }
    lead_.take_marking(*marking.tlp);
    return true;
  }

  /// A type as STIX lets one be called; another text is not shown.
  static std::string type_words(const std::string& type) {
    return plain_word(type, "object of no type");
  }

  LeadFileMaker lead_;
  std::set<std::string> revoked_;
  std::set<std::string> victims_;
  std::map<std::string, UtcTime> latest_;  // `modified`, by id
  StixMarkings markings_;
  UtcTime received_;
};

tl::unexpected<Error> no_stix(std::string why, const std::string& path) {
  return fail(ErrorCode::kInvalidInput,
              std::move(why) +
                  ": expected a bundle of STIX 2.1, `{\"type\": \"bundle\", "
                  "\"objects\": [...]}`, or one object of it",
              path);
}

}  // namespace

bool is_stix(std::string_view file_name, std::string_view bytes) {
  const std::string name = ascii_lower(file_name);
  if (name.ends_with(".stix")) return true;
  if (!name.ends_with(".json")) return false;
  const json document = json::parse(bytes, nullptr, false);
  return document.is_object() && text_member(document, "type") == "bundle";
}

Result<LeadFile> read_stix_lead(std::string_view bytes, const std::string& path, UtcTime received) {
  const Result<json> document = parse_json_strict(bytes);
  if (!document) {
    const std::optional<TextPlace> place = where_json_breaks(bytes);
    return fail(ErrorCode::kInvalidInput, document.error().message,
                place
                    ? path + ':' + std::to_string(place->line) + ':' + std::to_string(place->column)
                    : path);
  }
  if (!document->is_object()) return no_stix("not an object", path);
  const std::string type = text_member(*document, "type");
  const std::string version = text_member(*document, "spec_version");
  if (!version.empty() && version != "2.1") {
    return no_stix("STIX " + in_backticks(version), path);
  }
  if (type != "bundle") {
    if (type.empty() || text_member(*document, "id").empty()) return no_stix("no `type`", path);
    const json one = json::array({*document});
    return StixReader(one, received).read(one);
  }
  const auto objects = document->find("objects");
  if (objects == document->end()) return LeadFile{};  // which STIX allows
  if (!objects->is_array()) return no_stix("`objects` is no array", path);
  return StixReader(*objects, received).read(*objects);
}

}  // namespace tidewaiter
