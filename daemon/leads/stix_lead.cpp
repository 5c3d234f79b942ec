#include "daemon/leads/stix_lead.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/leads/json_place.h"
#include "daemon/leads/stix_pattern.h"
#include "policies/model/ascii.h"
#include "policies/model/input_text.h"
#include "policies/model/ip_text.h"
#include "policies/model/jcs.h"
#include "storage/review/tlp_marking.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

constexpr std::string_view kTlpExtension =
    "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
constexpr std::size_t kMostSubjectBytes = 1024;
/// So many kinds of what was not read are told apart; what comes then is "of other types".
constexpr std::size_t kMostKinds = 60;

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

/// An address, or a network with its length; that of one address is the address.
std::optional<std::string> address_subject(std::string_view text, bool is_version_4) {
  constexpr int kBits4 = 32;
  constexpr int kBits6 = 128;
  const std::size_t slash = text.find('/');
  const Result<std::string> address = canonical_ip(text.substr(0, slash));
  if (!address || is_ipv4(text.substr(0, slash)) != is_version_4) return std::nullopt;
  if (slash == std::string_view::npos) return *address;
  const std::string_view length = text.substr(slash + 1);
  int bits = -1;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  const int most = is_version_4 ? kBits4 : kBits6;
  if (error != std::errc() || end != length.data() + length.size()) return std::nullopt;
  if (bits < 0 || bits > most) return std::nullopt;
  // A mapped address has the form of version 4, and its networks another length.
  if (bits < most && is_ipv4(*address) != is_version_4) return std::nullopt;
  return bits == most ? *address : *address + '/' + std::to_string(bits);
}

/// The subject that a value of a naming type is; nothing where it cannot be one.
std::optional<std::string> subject_text(std::string_view type, const std::string& value) {
  if (value.empty() || value.size() > kMostSubjectBytes) return std::nullopt;
  const bool controls = std::ranges::any_of(
      value, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (controls) return std::nullopt;
  if (type == "ipv4-addr" || type == "ipv6-addr") {
    return address_subject(value, type == "ipv4-addr");
  }
  return type == "domain-name" ? ascii_lower(value) : value;
}

/// A marking by TLP, by the id of the object that defines it.
using Markings = std::map<std::string, const TlpMarking*, std::less<>>;

/// What an object defines: a marking of TLP 2 (an extension) or TLP 1 (whose "white" is clear).
const TlpMarking* defined_marking(const json& object) {
  std::string value;
  const auto definition = object.find("definition");
  if (definition != object.end() && definition->is_object()) {
    value = text_member(*definition, "tlp");
  }
  const auto extensions = object.find("extensions");
  if (extensions != object.end() && extensions->is_object()) {
    const auto tlp = extensions->find(kTlpExtension);
    if (tlp != extensions->end() && tlp->is_object()) value = text_member(*tlp, "tlp_2_0");
  }
  if (value == "white") value = "clear";
  const auto* const found = std::ranges::find(kTlpMarkings, value, &TlpMarking::value);
  return found == kTlpMarkings.end() ? nullptr : found;
}

/// Reads the objects of one file.
class StixReader {
 public:
  StixLead read(const json& objects) {
    note_definitions(objects);
    for (const json& object : objects) read_object(object);
    lead_.subjects.assign(subjects_.begin(), subjects_.end());
    if (strictest_ != nullptr) lead_.handling = strictest_->name;
    return std::move(lead_);
  }

 private:
  /// What stands anywhere in the file holds for all of it.
  void note_definitions(const json& objects) {
    for (const TlpMarking& marking : kTlpMarkings) {
      markings_.emplace(marking.stix_id, &marking);
      if (!marking.stix_one.empty()) markings_.emplace(marking.stix_one, &marking);
    }
    for (const json& object : objects) {
      if (!object.is_object()) continue;
      const std::string id = text_member(object, "id");
      if (!id.empty() && has_true(object, "revoked")) revoked_.insert(id);
      if (text_member(object, "type") != "marking-definition") continue;
      if (const TlpMarking* const marking = defined_marking(object)) markings_.emplace(id, marking);
    }
  }

  void read_object(const json& object) {
    if (!object.is_object()) return count_unread("value that is no object");
    take_markings(object);
    const std::string type = text_member(object, "type");
    const std::string version = text_member(object, "spec_version");
    if (!version.empty() && version != "2.1")
      return count_unread("object of another STIX than 2.1");
    if (revoked_.contains(text_member(object, "id"))) {
      return count_unread("object that its creator revoked");
    }
    if (type == "marking-definition") {
      if (defined_marking(object) == nullptr) count_unread("marking-definition that is no TLP");
      return;
    }
    if (naming_type(type) != nullptr) return read_observable(object, type);
    if (type == "indicator") return read_indicator(object);
    const auto observed = object.find("objects");
    if (type == "observed-data" && observed != object.end() && observed->is_object()) {
      for (const json& one : *observed) read_object(one);
      return;
    }
    count_unread(type_words(type));
  }

  void read_observable(const json& object, const std::string& type) {
    if (has_true(object, "defanged")) return count_unread(type + " that is defanged");
    for (const std::string_view member : naming_type(type)->members) {
      if (member.empty()) break;
      const std::string value = text_member(object, member);
      if (!value.empty()) return take_value(type, value);
    }
    count_unread(type + " that names none");
  }

  void read_indicator(const json& object) {
    const std::string kind = text_member(object, "pattern_type");
    if (kind != "stix") return count_unread("indicator with a pattern that is not STIX's");
    const auto comparisons = read_stix_pattern(text_member(object, "pattern"));
    if (!comparisons) return count_unread("indicator with a pattern that cannot be read");
    for (const StixComparison& comparison : *comparisons) read_comparison(comparison);
  }

  void read_comparison(const StixComparison& comparison) {
    const NamingType* const type = naming_type(comparison.type);
    const bool names =
        type != nullptr && std::ranges::find(type->members, comparison.path) != type->members.end();
    if (!names) return count_unread("comparison of " + type_words(comparison.type));
    if (comparison.equals.empty()) {
      return count_unread("comparison of " + comparison.type + " that is not `=` or `IN`");
    }
    for (const std::string& value : comparison.equals) take_value(comparison.type, value);
  }

  void take_value(const std::string& type, const std::string& value) {
    std::optional<std::string> subject = subject_text(type, value);
    if (!subject) return count_unread(type + " with a value that is none");
    subjects_.insert(std::move(*subject));
    ++lead_.read[type];
  }

  void take_markings(const json& object) {
    take_marking_refs(object);
    const auto granular = object.find("granular_markings");
    if (granular == object.end() || !granular->is_array()) return;
    for (const json& one : *granular) {
      if (one.is_object() && one.contains("marking_ref")) take_marking(one["marking_ref"]);
    }
  }

  void take_marking_refs(const json& object) {
    const auto refs = object.find("object_marking_refs");
    if (refs == object.end() || !refs->is_array()) return;
    for (const json& ref : *refs) take_marking(ref);
  }

  void take_marking(const json& ref) {
    const auto found =
        ref.is_string() ? markings_.find(ref.get_ref<const std::string&>()) : markings_.end();
    if (found == markings_.end()) return count_unread("marking that is no TLP");
    if (strictest_ == nullptr || is_laxer(strictest_->name, found->second->name)) {
      strictest_ = found->second;
    }
  }

  /// A type as STIX lets one be called; another text is not shown.
  static std::string type_words(const std::string& type) {
    constexpr std::size_t kMost = 64;
    const bool fit = !type.empty() && type.size() <= kMost && std::ranges::all_of(type, [](char c) {
      return is_digit(c) || c == '-' || (c >= 'a' && c <= 'z');
    });
    return fit ? type : "object of no type";
  }

  void count_unread(const std::string& what) {
    const bool known = lead_.unread.contains(what) || lead_.unread.size() < kMostKinds;
    ++lead_.unread[known ? what : "part of other types"];
  }

  StixLead lead_;
  std::set<std::string> subjects_;
  std::set<std::string> revoked_;
  Markings markings_;
  const TlpMarking* strictest_ = nullptr;
};

tl::unexpected<Error> no_stix(std::string why, const std::string& path) {
  return fail(ErrorCode::kInvalidInput,
              std::move(why) +
                  ": expected a bundle of STIX 2.1, `{\"type\": \"bundle\", "
                  "\"objects\": [...]}`, or one object of it",
              path);
}

}  // namespace

bool is_stix_name(std::string_view file_name) {
  const std::string name = ascii_lower(file_name);
  return name.ends_with(".json") || name.ends_with(".stix");
}

Result<StixLead> read_stix_lead(std::string_view bytes, const std::string& path) {
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
    return StixReader().read(json::array({*document}));
  }
  const auto objects = document->find("objects");
  if (objects == document->end()) return StixLead{};  // which STIX allows
  if (!objects->is_array()) return no_stix("`objects` is no array", path);
  return StixReader().read(*objects);
}

}  // namespace tidewaiter
