#include "policies/screening/party_issue.h"

#include <algorithm>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "policies/screening/issue_standing.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kIssueHeading = "{\"tidewaiter_issue\":2}";
constexpr std::string_view kEarlierHeading = "{\"tidewaiter_issue\":1}";
constexpr Interval kAnyTime{{INT64_MIN}, {INT64_MAX}};
constexpr std::size_t kShownDigits = 12;

nlohmann::json party_json(const ListedParty& party) {
  nlohmann::json out = {{"name", party.name}};
  if (party.kind) out["kind"] = party_kind_name(*party.kind);
  const auto add = [&out](const char* key, const std::vector<std::string>& texts) {
    if (!texts.empty()) out[key] = texts;
  };
  add("aliases", party.aliases);
  add("weak_aliases", party.weak_aliases);
  add("country", party.countries);
  add("identifiers", party.identifiers);
  add("ids", party.ids);
  add("programs", party.programs);
  if (!party.licence.requirement.empty()) out["license_requirement"] = party.licence.requirement;
  if (!party.licence.review.empty()) out["license_policy"] = party.licence.review;
  return out;
}

/// False for anything but a list of texts, or nothing.
bool take_texts(const nlohmann::json& party, const char* key, std::vector<std::string>& texts) {
  const auto found = party.find(key);
  if (found == party.end()) return true;
  if (!found->is_array()) return false;
  for (const nlohmann::json& text : *found) {
    if (!text.is_string()) return false;
    texts.push_back(text.get<std::string>());
  }
  return true;
}

std::optional<ListedParty> read_party(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  const auto name = text_member(json, "name");
  if (!name) return std::nullopt;
  ListedParty party{*name, {}, {}, {}, kAnyTime};
  if (const auto kind = text_member(json, "kind")) {
    if (*kind != party_kind_name(PartyKind::kPerson) &&
        *kind != party_kind_name(PartyKind::kOrganisation)) {
      return std::nullopt;
    }
    party.kind = *kind == party_kind_name(PartyKind::kPerson) ? PartyKind::kPerson
                                                              : PartyKind::kOrganisation;
  }
  const bool whole = take_texts(json, "aliases", party.aliases) &&
                     take_texts(json, "weak_aliases", party.weak_aliases) &&
                     take_texts(json, "country", party.countries) &&
                     take_texts(json, "identifiers", party.identifiers) &&
                     take_texts(json, "ids", party.ids) &&
                     take_texts(json, "programs", party.programs);
  party.licence = {text_member(json, "license_requirement").value_or(""),
                   text_member(json, "license_policy").value_or("")};
  return whole ? std::optional(std::move(party)) : std::nullopt;
}

}  // namespace

std::string issue_text(const IssueStanding& standing) {
  if (!standing.is_there()) return "no issue of it has been fetched";
  return "issue " + standing.id.substr(0, kShownDigits) + " of " +
         format_time(standing.retrieved).substr(0, 10) + ", sha256:" + to_hex(standing.digest);
}

Result<std::string> party_issue_text(const std::vector<ListedParty>& parties) {
  // What differs in its ids alone is one party: a name counts once among those that are compared.
  std::map<std::string, ListedParty> once;
  for (const ListedParty& party : parties) {
    ListedParty same = party;
    same.ids.clear();
    const Result<std::string> line = to_jcs(party_json(same));
    if (!line) return line;
    std::vector<std::string>& ids = once.try_emplace(*line, std::move(same)).first->second.ids;
    ids.insert(ids.end(), party.ids.begin(), party.ids.end());
  }
  std::vector<std::string> lines;
  lines.reserve(once.size());
  for (auto& [without_ids, party] : once) {
    std::ranges::sort(party.ids);
    // Not std::ranges::unique, which clang 14 does not compile with this library.
    party.ids.erase(std::unique(party.ids.begin(), party.ids.end()), party.ids.end());
    Result<std::string> line = to_jcs(party_json(party));
    if (!line) return line;
    lines.push_back(*std::move(line));
  }
  std::ranges::sort(lines);
  std::string text(kIssueHeading);
  for (const std::string& line : lines) text += '\n' + line;
  return text + '\n';
}

bool is_current_issue_text(std::string_view text) {
  return text.substr(0, text.find('\n')) == kIssueHeading;
}

Result<PartyIssue> read_party_issue(std::string_view text) {
  const Digest digest = sha256(text);
  const bool is_current = is_current_issue_text(text);
  const auto broken = [](const std::string& where) {
    return fail(ErrorCode::kCorruption, "the stored issue of a list cannot be read at " + where);
  };
  std::vector<ListedParty> parties;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return broken("its end");
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line == 1) {
      if (!is_current && one != kEarlierHeading) return broken("line 1");
      continue;
    }
    std::optional<ListedParty> party = read_party(one);
    if (!party) return broken("line " + std::to_string(line));
    parties.push_back(*std::move(party));
  }
  auto list = ScreenedList::make({}, std::move(parties), NamesToCompare::kNamesThatCompare);
  if (!list) return tl::unexpected(list.error());
  return PartyIssue{digest, is_current ? *std::move(list) : (*list)->keeping_programs(false)};
}

}  // namespace tidewaiter
