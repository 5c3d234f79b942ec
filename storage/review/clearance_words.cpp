#include "storage/review/clearance_words.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

tl::unexpected<Error> unfit_clearance(const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "a clearance needs " + what);
}

/// A JSON array of texts; false for anything else.
bool read_ids(const std::string& text, std::vector<std::string>& ids) {
  const auto array = nlohmann::json::parse(text, nullptr, false);
  if (!array.is_array()) return false;
  for (const auto& id : array) {
    if (!id.is_string()) return false;
    ids.push_back(id.get<std::string>());
  }
  return true;
}

std::string agreed_text(const std::vector<AgreedValue>& agreed) {
  nlohmann::json array = nlohmann::json::array();
  for (const AgreedValue& one : agreed) array.push_back({one.what, one.value});
  return array.dump();
}

/// In the form in which evaluation compares: of another one nothing would ever be the same.
bool is_agreed_value(const AgreedValue& one) {
  const bool is_lower = std::ranges::any_of(one.value, [](char c) { return c >= 'a' && c <= 'z'; });
  return (one.what == "country" || one.what == kAgreedIdentifiers) && !one.value.empty() &&
         !is_lower;
}

/// A JSON array of pairs of texts; false for anything else.
bool read_agreed(const std::string& text, std::vector<AgreedValue>& agreed) {
  const auto array = nlohmann::json::parse(text, nullptr, false);
  if (!array.is_array()) return false;
  for (const auto& one : array) {
    if (!one.is_array() || one.size() != 2 || !one[0].is_string() || !one[1].is_string()) {
      return false;
    }
    agreed.push_back({one[0].get<std::string>(), one[1].get<std::string>()});
    if (!is_agreed_value(agreed.back())) return false;
  }
  std::ranges::sort(agreed);
  return true;
}

}  // namespace

Confidential clearance_words(const ClearedName& cleared, const std::string& reason) {
  return {{"reason", reason},
          {"source", cleared.source},
          {"account", cleared.account},
          {"field", std::string(field(cleared.field).name)},
          {"name", cleared.name},
          {"list", cleared.list},
          {"entry", to_hex(cleared.entry)},
          {"party", cleared.party},
          {"ids", nlohmann::json(cleared.ids).dump()},
          {"agreed", agreed_text(cleared.agreed)}};
}

Result<ClearedName> read_clearance(const Confidential& words) {
  ClearedName cleared;
  std::string field_name;
  std::string entry;
  std::string ids;
  const std::pair<const char*, std::string*> wanted[] = {
      {"source", &cleared.source}, {"account", &cleared.account},
      {"field", &field_name},      {"name", &cleared.name},
      {"list", &cleared.list},     {"entry", &entry},
      {"party", &cleared.party},   {"ids", &ids}};
  for (const auto& [name, into] : wanted) {
    const auto found = words.find(name);
    if (found == words.end() || found->second.empty()) {
      return unfit_clearance("`" + std::string(name) + "` among its words");
    }
    *into = found->second;
  }
  const auto id = find_field(field_name);
  const Result<Digest> digest = digest_from_hex(entry);
  if (!id) return unfit_clearance("a field that there is, got `" + field_name + "`");
  if (!digest) return unfit_clearance("the SHA-256 of the listed entry");
  if (!read_ids(ids, cleared.ids)) return unfit_clearance("an array of ids");
  const auto agreed = words.find("agreed");
  if (agreed != words.end() && !read_agreed(agreed->second, cleared.agreed)) {
    return unfit_clearance(
        "an array of what agrees, each `country` or `identifiers` and a value in capitals");
  }
  cleared.field = *id;
  cleared.entry = *digest;
  return cleared;
}

}  // namespace tidewaiter
