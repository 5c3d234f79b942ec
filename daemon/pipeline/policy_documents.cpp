#include "daemon/pipeline/policy_documents.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/pipeline/packed_consequences.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "policies/screening/shipped_consequences.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {
namespace {

nlohmann::json packed_standing(const IssueStanding& standing) {
  nlohmann::json out = standing_json(standing);
  if (standing.resumed) out["resumed"] = format_time(*standing.resumed);
  return out;
}

/// Nothing if the member is no time.
std::optional<UtcTime> time_member(const nlohmann::json& object, const char* name) {
  const auto text = text_member(object, name);
  if (!text) return std::nullopt;
  const Result<UtcTime> time = parse_time(*text);
  return time ? std::optional(*time) : std::nullopt;
}

std::optional<IssueStanding> read_issue_standing(const nlohmann::json& one) {
  IssueStanding standing;
  const auto list = text_member(one, "list");
  if (!list) return std::nullopt;
  standing.published = *list;
  if (!one.contains("issue")) return standing;
  const auto id = text_member(one, "issue");
  const auto digest = digest_member(one, "parties");
  const auto retrieved = time_member(one, "retrieved");
  const auto until = time_member(one, "known_until");
  standing.resumed = time_member(one, "resumed");
  const bool whole = id && !id->empty() && digest && retrieved && until &&
                     (standing.resumed || !one.contains("resumed"));
  if (!whole) return std::nullopt;
  standing.id = *id;
  standing.digest = *digest;
  standing.retrieved = *retrieved;
  standing.known_until = *until;
  return standing;
}

nlohmann::json packed_clearance(const PolicyClearance& one) {
  nlohmann::json agreed = nlohmann::json::array();
  for (const Digest& value : one.cleared.agreed) agreed.push_back(to_hex(value));
  return {{"clearance", one.cleared.id},
          {"policy", one.policy},
          {"version", one.version},
          {"among", one.cleared.list},
          {"entry", to_hex(one.cleared.entry)},
          {"account", to_hex(one.cleared.account)},
          {"name", to_hex(one.cleared.name)},
          {"agreed", std::move(agreed)}};
}

/// Digests in order, each once; a set that was stored before there were any has none.
std::optional<std::vector<Digest>> read_agreed(const nlohmann::json& one) {
  std::vector<Digest> agreed;
  const auto all = one.find("agreed");
  if (all == one.end()) return agreed;
  if (!all->is_array()) return std::nullopt;
  for (const nlohmann::json& value : *all) {
    const auto digest =
        value.is_string() ? digest_from_hex(value.get<std::string>()) : Result<Digest>();
    if (!value.is_string() || !digest) return std::nullopt;
    agreed.push_back(*digest);
  }
  if (std::ranges::adjacent_find(agreed, std::greater_equal{}) != agreed.end()) return std::nullopt;
  return agreed;
}

std::optional<PolicyClearance> read_packed_clearance(const nlohmann::json& one) {
  const auto id = text_member(one, "clearance");
  const auto policy = text_member(one, "policy");
  const auto version = number_member(one, "version");
  const auto list = text_member(one, "among");
  const auto entry = digest_member(one, "entry");
  const auto account = digest_member(one, "account");
  const auto name = digest_member(one, "name");
  auto agreed = read_agreed(one);
  if (!id || !policy || !version || !list || !entry || !account || !name || !agreed) {
    return std::nullopt;
  }
  return PolicyClearance{
      *policy, *version, {*id, *list, *entry, *account, *name, *std::move(agreed)}};
}

/// Whether the rules of two sets of the same texts decide alike, and are told alike.
bool same_rules(const PackedSet& a, const PackedSet& b) {
  const ConsequenceTable in_a = table_of(a);
  const ConsequenceTable in_b = table_of(b);
  const auto told_alike = [&](const auto& one) {
    const auto x = in_a.find(one.first);
    const auto y = in_b.find(one.first);
    return x != in_a.end() && y != in_b.end() &&
           packed_consequences(*x->second) == packed_consequences(*y->second);
  };
  return std::ranges::all_of(a.rules, told_alike) && std::ranges::all_of(b.rules, told_alike);
}

/// The issues as a version of the program had them that did not ask whether programmes are kept;
/// nothing if there is none of which this matters.
std::optional<SyncedLists> taken_for_whole(const SyncedLists& lists) {
  SyncedLists whole = lists;
  bool differs = false;
  for (auto& [name, list] : whole) {
    if (list.issue == nullptr || list.issue->parties->keeps_programs()) continue;
    list.issue = std::make_shared<const PartyIssue>(
        PartyIssue{list.issue->digest, list.issue->parties->keeping_programs(true)});
    differs = true;
  }
  return differs ? std::optional(std::move(whole)) : std::nullopt;
}

}  // namespace

ConsequenceTable table_of(const PackedSet& set) {
  ConsequenceTable table = set.rules;
  table.insert(shipped_table().begin(), shipped_table().end());
  return table;
}

nlohmann::json standing_json(const IssueStanding& standing) {
  nlohmann::json out = {{"list", standing.published}};
  if (!standing.is_there()) return out;
  out["issue"] = standing.id;
  out["parties"] = to_hex(standing.digest);
  out["retrieved"] = format_time(standing.retrieved);
  out["known_until"] = format_time(standing.known_until);
  return out;
}

bool same_texts(std::span<const PolicyText> a, std::span<const PolicyText> b) {
  return std::ranges::equal(a, b, [](const PolicyText& x, const PolicyText& y) {
    return x.path == y.path && x.text == y.text;
  });
}

bool only_clears_more(const PackedSet& before, const PackedSet& after) {
  const auto same_parties = [](const IssueStanding& a, const IssueStanding& b) {
    return a.published == b.published && a.digest == b.digest;
  };
  const auto still_clears = [&after](const PolicyClearance& one) {
    return std::ranges::any_of(after.clearances, [&one](const PolicyClearance& other) {
      return other.cleared.id == one.cleared.id;
    });
  };
  return same_texts(before.texts, after.texts) &&
         std::ranges::equal(before.lists, after.lists, same_parties) && same_rules(before, after) &&
         std::ranges::all_of(before.clearances, still_clears);
}

std::string pack_documents(std::span<const PolicyText> texts, const SyncedLists& lists,
                           std::span<const PolicyClearance> clearances,
                           const ConsequenceTable& rules) {
  nlohmann::json all = nlohmann::json::array();
  for (const PolicyText& text : texts) {
    all.push_back({{"path", text.path}, {"text", text.text}});
  }
  for (const auto& [name, issue] : lists) all.push_back(packed_standing(issue.standing));
  for (const PolicyClearance& one : clearances) all.push_back(packed_clearance(one));
  for (const auto& [code, one] : rules) all.push_back(packed_consequences(*one));
  return all.dump();
}

Result<PackedSet> unpack_documents(std::string_view packed) {
  const Result<nlohmann::json> all = parse_json_strict(packed);
  const auto broken = [] {
    return fail(ErrorCode::kCorruption, "the stored texts of a policy set cannot be read");
  };
  if (!all || !all->is_array()) return broken();
  PackedSet set;
  for (const nlohmann::json& one : *all) {
    if (!one.is_object()) return broken();
    if (one.contains("list")) {
      const auto standing = read_issue_standing(one);
      if (!standing) return broken();
      set.lists.push_back(*standing);
      continue;
    }
    if (one.contains("clearance")) {
      auto clearance = read_packed_clearance(one);
      if (!clearance) return broken();
      set.clearances.push_back(*std::move(clearance));
      continue;
    }
    if (one.contains("consequences")) {
      auto rules = read_packed_consequences(one);
      if (rules == nullptr) return broken();
      std::string code = rules->code();
      set.rules.emplace(std::move(code), std::move(rules));
      continue;
    }
    if (!one.contains("path") || !one.contains("text")) return broken();
    if (!one["path"].is_string() || !one["text"].is_string()) return broken();
    set.texts.push_back({one["path"].get<std::string>(), one["text"].get<std::string>()});
  }
  return set;
}

Result<SyncedLists> issues_of(std::span<const IssueStanding> standings, const IssueFinder& find) {
  SyncedLists lists;
  for (const IssueStanding& standing : standings) {
    SyncedIssue& issue = lists[standing.published];
    issue.standing = standing;
    if (!standing.is_there()) continue;
    auto found = find ? find(standing.digest)
                      : Result<std::shared_ptr<const PartyIssue>>(
                            fail(ErrorCode::kNotFound, "no issues are at hand"));
    if (!found) {
      // What is merely busy can be had later.
      const bool is_busy = found.error().code == ErrorCode::kUnavailable;
      return fail(is_busy ? ErrorCode::kUnavailable : ErrorCode::kCorruption,
                  "the list `" + standing.published + "`: " + found.error().message);
    }
    issue.issue = *std::move(found);
  }
  return lists;
}

Result<PolicySet> compile_documents(std::string_view packed, const Digest& hash,
                                    const IssueFinder& find) {
  const Result<PackedSet> set = unpack_documents(packed);
  if (!set) return tl::unexpected(set.error());
  return compile_set(*set, hash, find);
}

Result<PolicySet> compile_set(const PackedSet& set, const Digest& hash, const IssueFinder& find) {
  const Result<SyncedLists> lists = issues_of(set.lists, find);
  if (!lists) {
    return fail(lists.error().code,
                "of the policy set `" + to_hex(hash) + "`, " + lists.error().message);
  }
  // The time only decides on warnings about exemptions that have expired.
  const ConsequenceTable table = table_of(set);
  LoadOutcome outcome = load_policy_set(set.texts, UtcTime{0}, *lists, set.clearances, table);
  if (has_errors(outcome.diagnostics)) {
    return fail(ErrorCode::kUnsupported, "this version does not read the stored policy set `" +
                                             to_hex(hash) +
                                             "`: " + outcome.diagnostics.front().message);
  }
  if (outcome.set.hash != hash) {
    if (const std::optional<SyncedLists> whole = taken_for_whole(*lists)) {
      outcome = load_policy_set(set.texts, UtcTime{0}, *whole, set.clearances, table);
    }
  }
  if (outcome.set.hash != hash) {
    return fail(ErrorCode::kUnsupported,
                "this version gives the stored policy set `" + to_hex(hash) +
                    "` another meaning: evaluate with the version that stored it");
  }
  return std::move(outcome.set);
}

Result<std::shared_ptr<const PartyIssue>> IssueShelf::find(const Digest& digest) {
  const auto known = read_.find(digest);
  if (known != read_.end()) return known->second;
  const Result<std::string> text = records_.list_issue(digest);
  if (!text) return tl::unexpected(text.error());
  Result<PartyIssue> issue = read_party_issue(*text);
  if (!issue) return tl::unexpected(issue.error());
  return read_[digest] = std::make_shared<const PartyIssue>(*std::move(issue));
}

void IssueShelf::keep(std::span<const IssueStanding> lists) {
  std::erase_if(read_, [lists](const auto& one) {
    return std::ranges::find(lists, one.first, &IssueStanding::digest) == lists.end();
  });
}

Result<CompiledSet> stored_policy_set(const RecordLog& records, const Digest& hash,
                                      IssueShelf& issues, const CompiledSet* known) {
  Result<std::string> packed = records.policy_documents(hash);
  if (!packed) return tl::unexpected(packed.error());
  const bool is_known = known != nullptr && known->set->hash == hash && known->documents == *packed;
  if (is_known && issues.empty()) return *known;
  const Result<PackedSet> unpacked = unpack_documents(*packed);
  if (!unpacked) return tl::unexpected(unpacked.error());
  // What it does not name is given up first, so that two sets' issues are not there at once.
  issues.keep(unpacked->lists);
  if (is_known) return *known;
  auto set =
      compile_set(*unpacked, hash, [&issues](const Digest& digest) { return issues.find(digest); });
  if (!set) return tl::unexpected(set.error());
  return CompiledSet{*std::move(packed), std::make_shared<const PolicySet>(*std::move(set))};
}

Result<PolicySet> stored_policy_set(const RecordLog& records, const Digest& hash) {
  const Result<std::string> packed = records.policy_documents(hash);
  if (!packed) return tl::unexpected(packed.error());
  IssueShelf issues(records);
  return compile_documents(*packed, hash,
                           [&issues](const Digest& digest) { return issues.find(digest); });
}

Result<std::map<std::string, IssueStanding>> issues_in_force(const RecordLog& records) {
  std::map<std::string, IssueStanding> all;
  const Result<std::optional<Digest>> hash = records.active_policy_set();
  if (!hash) return tl::unexpected(hash.error());
  if (!*hash) return all;
  const Result<std::string> packed = records.policy_documents(**hash);
  if (!packed) return tl::unexpected(packed.error());
  Result<PackedSet> set = unpack_documents(*packed);
  if (!set) return tl::unexpected(set.error());
  for (IssueStanding& standing : set->lists) {
    std::string name = standing.published;
    all.emplace(std::move(name), std::move(standing));
  }
  return all;
}

}  // namespace tidewaiter
