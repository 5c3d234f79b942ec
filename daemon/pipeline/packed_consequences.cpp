#include "daemon/pipeline/packed_consequences.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

/// An end that is open is left out.
nlohmann::json packed_times(const std::vector<Interval>& in_force) {
  nlohmann::json all = nlohmann::json::array();
  for (const Interval& one : in_force) {
    nlohmann::json times = nlohmann::json::object();
    if (one.from.us != INT64_MIN) times["from"] = format_time(one.from);
    if (one.to.us != INT64_MAX) times["to"] = format_time(one.to);
    all.push_back(std::move(times));
  }
  return all;
}

nlohmann::json packed_rule(const Consequence& rule) {
  nlohmann::json out = {{"obligation", obligation_name(rule.obligation)},
                        {"citation", rule.citation}};
  if (!rule.programs.empty()) out["programs"] = rule.programs;
  if (!rule.note.empty()) out["note"] = rule.note;
  if (!rule.in_force.empty()) out["in_force"] = packed_times(rule.in_force);
  if (!rule.owned) return out;
  nlohmann::json& owned = out["owned"];
  owned = {{"share", rule.owned->share}, {"citation", rule.owned->citation}};
  if (!rule.owned->in_force.empty()) owned["in_force"] = packed_times(rule.owned->in_force);
  return out;
}

nlohmann::json packed_part(const Consequences::Part& part) {
  nlohmann::json out = {{"code", part.code}, {"rules", nlohmann::json::array()}};
  for (const Consequence& rule : part.rules) out["rules"].push_back(packed_rule(rule));
  if (!part.regime_words.empty()) out["regime_words"] = part.regime_words;
  if (!part.known_programs.empty()) out["known_programs"] = part.known_programs;
  return out;
}

/// False if the member is there and is no time.
bool take_time(const nlohmann::json& object, const char* name, UtcTime& to) {
  if (!object.contains(name)) return true;
  const auto text = text_member(object, name);
  const Result<UtcTime> time = text ? parse_time(*text) : Result<UtcTime>();
  if (!text || !time) return false;
  to = *time;
  return true;
}

/// False for a member that is no array, or of which `read` takes an item for broken.
template <class Read>
bool take_items(const nlohmann::json& object, const char* name, const Read& read) {
  const auto found = object.find(name);
  if (found == object.end()) return true;
  if (!found->is_array()) return false;
  for (const nlohmann::json& item : *found) {
    if (!read(item)) return false;
  }
  return true;
}

bool take_times(const nlohmann::json& object, std::vector<Interval>& in_force) {
  return take_items(object, "in_force", [&in_force](const nlohmann::json& item) {
    Interval one{{INT64_MIN}, {INT64_MAX}};
    const bool whole =
        item.is_object() && take_time(item, "from", one.from) && take_time(item, "to", one.to);
    in_force.push_back(one);
    return whole;
  });
}

bool take_words(const nlohmann::json& object, const char* name, std::vector<std::string>& words) {
  return take_items(object, name, [&words](const nlohmann::json& item) {
    if (!item.is_string()) return false;
    words.push_back(item.get<std::string>());
    return true;
  });
}

std::optional<OwnedRule> read_owned_rule(const nlohmann::json& packed) {
  const auto share = text_member(packed, "share");
  const auto citation = text_member(packed, "citation");
  if (!share || !citation) return std::nullopt;
  OwnedRule owned{*share, *citation, {}};
  return take_times(packed, owned.in_force) ? std::optional(std::move(owned)) : std::nullopt;
}

std::optional<Consequence> read_rule(const nlohmann::json& packed) {
  const auto word = text_member(packed, "obligation");
  const auto citation = text_member(packed, "citation");
  const auto obligation = word ? find_obligation(*word) : std::nullopt;
  if (!obligation || !citation) return std::nullopt;
  Consequence rule{{}, *obligation, text_member(packed, "note").value_or(""), *citation, {}, {}};
  if (!take_words(packed, "programs", rule.programs)) return std::nullopt;
  if (!take_times(packed, rule.in_force)) return std::nullopt;
  const auto owned = packed.find("owned");
  if (owned == packed.end()) return rule;
  rule.owned = read_owned_rule(*owned);
  return rule.owned ? std::optional(std::move(rule)) : std::nullopt;
}

std::optional<Consequences::Part> read_part(const nlohmann::json& packed) {
  const auto code = text_member(packed, "code");
  if (!code) return std::nullopt;
  Consequences::Part part{*code, text_member(packed, "regime_words").value_or(""), {}, {}};
  const bool whole = take_items(packed, "rules",
                                [&part](const nlohmann::json& item) {
                                  std::optional<Consequence> rule = read_rule(item);
                                  if (!rule) return false;
                                  part.rules.push_back(*std::move(rule));
                                  return true;
                                }) &&
                     take_words(packed, "known_programs", part.known_programs);
  return whole ? std::optional(std::move(part)) : std::nullopt;
}

}  // namespace

nlohmann::json packed_consequences(const Consequences& consequences) {
  nlohmann::json out = {{"consequences", consequences.code()}, {"parts", nlohmann::json::array()}};
  for (const Consequences::Part& part : consequences.parts()) {
    out["parts"].push_back(packed_part(part));
  }
  if (consequences.by_source()) out["by_source"] = true;
  return out;
}

std::shared_ptr<const Consequences> read_packed_consequences(const nlohmann::json& packed) {
  const auto code = text_member(packed, "consequences");
  if (!code) return nullptr;
  std::vector<Consequences::Part> parts;
  const bool whole = take_items(packed, "parts", [&parts](const nlohmann::json& item) {
    std::optional<Consequences::Part> part = read_part(item);
    if (!part) return false;
    parts.push_back(*std::move(part));
    return true;
  });
  if (!whole) return nullptr;
  if (packed.contains("by_source")) {
    return std::make_shared<const Consequences>(*code, std::move(parts));
  }
  // Rules of one list are called as it is.
  if (parts.size() != 1 || parts.front().code != *code) return nullptr;
  return std::make_shared<const Consequences>(std::move(parts.front()));
}

}  // namespace tidewaiter
