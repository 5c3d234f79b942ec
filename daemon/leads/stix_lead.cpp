#include "daemon/leads/stix_lead.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/leads/json_place.h"
#include "daemon/leads/stix_marking.h"
#include "daemon/leads/stix_pattern.h"
#include "policies/language/ip_network.h"
#include "policies/model/ascii.h"
#include "policies/model/input_text.h"
#include "policies/model/ip_text.h"
#include "policies/model/jcs.h"
#include "storage/review/tlp_marking.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

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
  const std::size_t slash = text.find('/');
  const Result<std::string> address = canonical_ip(text.substr(0, slash));
  if (!address || is_ipv4(text.substr(0, slash)) != is_version_4) return std::nullopt;
  if (slash == std::string_view::npos) return *address;
  const std::optional<IpNetwork> network = parse_network(text);
  if (!network) return std::nullopt;
  if (network->prefix == IpNetwork().prefix) return *address;
  // A mapped address has the form of version 4, and its networks another length.
  if (is_ipv4(*address) != is_version_4) return std::nullopt;
  return network_text(network_of(network->base, network->prefix));
}

/// Of an address of mail the domain has no case, and what stands before it may have one.
std::string mail_subject(const std::string& value) {
  const std::size_t at = value.rfind('@');
  return at == std::string::npos ? value : value.substr(0, at) + ascii_lower(value.substr(at));
}

/// The subject that a value of a naming type is; nothing where it cannot be one.
std::optional<std::string> subject_text(std::string_view type, const std::string& value) {
  if (value.empty() || value.size() > kMostSubjectBytes) return std::nullopt;
  if (std::ranges::any_of(value, is_control)) return std::nullopt;
  if (type == "ipv4-addr" || type == "ipv6-addr") {
    return address_subject(value, type == "ipv4-addr");
  }
  if (type == "email-addr") return mail_subject(value);
  return type == "domain-name" ? ascii_lower(value) : value;
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

  StixLead read(const json& objects) {
    for (const json& object : objects) read_object(object, false);
    lead_.subjects.assign(subjects_.begin(), subjects_.end());
    if (strictest_ != nullptr) lead_.handling = strictest_->name;
    lead_.wholly_marked = !subjects_.empty() && is_wholly_marked_;
    return std::move(lead_);
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
    if (!object.is_object()) return count_unread("value that is no object");
    marked_ = take_markings(object) || marked;
    const std::string type = text_member(object, "type");
    const std::string version = text_member(object, "spec_version");
    if (!version.empty() && version != "2.1")
      return count_unread("object of another STIX than 2.1");
    if (revoked_.contains(text_member(object, "id"))) {
      return count_unread("object that its creator revoked");
    }
    if (is_replaced(object)) return count_unread("object that its creator wrote anew");
    if (type == "marking-definition") {
      if (read_stix_marking(object).tlp == nullptr) {
        count_unread("marking-definition that is no TLP");
      }
      return;
    }
    if (naming_type(type) != nullptr) return read_observable(object, type);
    if (type == "indicator") return read_indicator(object);
    const auto observed = object.find("objects");
    if (type == "observed-data" && observed != object.end() && observed->is_object()) {
      const bool both = marked_;
      for (const json& one : *observed) read_object(one, both);
      return;
    }
    count_unread(type_words(type));
  }

  void read_observable(const json& object, const std::string& type) {
    if (has_true(object, "defanged")) return count_unread(type + " that is defanged");
    if (victims_.contains(text_member(object, "id"))) {
      return count_unread(type + " that somebody targets");
    }
    for (const std::string_view member : naming_type(type)->members) {
      if (member.empty()) break;
      const std::string value = text_member(object, member);
      if (!value.empty()) return take_value(type, value);
    }
    count_unread(type + " that names none");
  }

  void read_indicator(const json& object) {
    if (is_benign(object)) return count_unread("indicator of what is benign");
    const Result<UtcTime> until = parse_time(text_member(object, "valid_until"));
    if (until && !(received_ < *until)) {
      return count_unread("indicator that held no more when the lead came");
    }
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
    if (!marked_) is_wholly_marked_ = false;
    ++lead_.read[type];
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
      is_wholly_marked_ = false;
      if (!marking.is_statement) ++lead_.unknown_markings;
      count_unread("marking that is no TLP");
      return false;
    }
    if (strictest_ == nullptr || is_laxer(strictest_->name, marking.tlp->name)) {
      strictest_ = marking.tlp;
    }
    return true;
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
  std::set<std::string> victims_;
  std::map<std::string, UtcTime> latest_;  // `modified`, by id
  StixMarkings markings_;
  UtcTime received_;
  const TlpMarking* strictest_ = nullptr;
  bool marked_ = false;  // the object that is being read
  bool is_wholly_marked_ = true;
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

Result<StixLead> read_stix_lead(std::string_view bytes, const std::string& path, UtcTime received) {
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
  if (objects == document->end()) return StixLead{};  // which STIX allows
  if (!objects->is_array()) return no_stix("`objects` is no array", path);
  return StixReader(*objects, received).read(*objects);
}

}  // namespace tidewaiter
