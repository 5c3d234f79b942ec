#include "daemon/cli/clearance_standing.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/cli/case_text.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/pipeline/history.h"
#include "policies/language/cleared_policies.h"

namespace tidewaiter {
namespace {

using AccountPlace = std::pair<std::string, std::string>;  ///< source, account

/// The last records of some accounts.
class LastRecords {
 public:
  void want(const ClearedName& words) { wanted_[{words.source, words.account}]; }
  [[nodiscard]] bool empty() const { return wanted_.empty(); }

  void take(std::span<const LogEntry> entries) {
    static const FieldId account = *find_field("account");
    for (const LogEntry& entry : entries) {
      const auto* const record = std::get_if<Record>(&entry.body);
      if (record == nullptr || record->kind != RecordKind::kAccount) continue;
      const Value* const name = find_value(*record, account);
      const auto* const text = name == nullptr ? nullptr : std::get_if<std::string>(name);
      if (text == nullptr) continue;
      const auto found = wanted_.find({record->source, *text});
      if (found == wanted_.end()) continue;
      if (!found->second || found->second->time <= record->time) found->second = *record;
    }
  }

  [[nodiscard]] const Record* record_of(const ClearedName& words) const {
    const auto found = wanted_.find({words.source, words.account});
    return found == wanted_.end() || !found->second ? nullptr : &*found->second;
  }

 private:
  std::map<AccountPlace, std::optional<Record>> wanted_;
};

ClearanceStanding ended_by(ClearanceEnd end, std::string why) { return {end, std::move(why)}; }

/// What agrees of which whoever cleared did not know, as people read it; empty if nothing does.
std::string agrees_since(const ClearedName& words, std::span<const AgreedValue> agreed) {
  for (const AgreedValue& one : agreed) {
    if (std::ranges::find(words.agreed, one) != words.agreed.end()) continue;
    return agreements_text({&one, 1}) + " agrees with the entry, and did not when it was cleared";
  }
  return {};
}

bool shares_an_id(const ListedParty& party, const ClearedName& words) {
  return std::ranges::any_of(words.ids, [&party](const std::string& id) {
    return std::ranges::find(party.ids, id) != party.ids.end();
  });
}

bool is_called_so(const Record& record, const ClearedName& words) {
  const Digest called = cleared_name(words.field, words.name);
  return std::ranges::any_of(field_texts(record, words.field), [&](const std::string& name) {
    return cleared_name(words.field, name) == called;
  });
}

bool is_same_party(const ListedParty& party, const ClearedName& words) {
  return words.ids.empty() ? party.name == words.party : shares_an_id(party, words);
}

std::string entry_reference(const ClearedName& words) {
  return words.list + ":" + (words.ids.empty() ? words.party : words.ids.front());
}

std::string signing_time(const RecordedAct& act) {
  return format_time(align_down(act.act.act.at, kSecond));
}

/// What is said of the damage, where it is the first one.
void note_damage(WordedClearance& one, const RecordedAct& act, const Error& why) {
  if (one.damage) return;
  const bool unread = why.code != ErrorCode::kCorruption;
  one.damage = Error{why.code,
                     "the words of entry " + std::to_string(act.index) + ", about the clearance `" +
                         one.clearance.id + "`, cannot be read: " + why.message +
                         (unread ? "" : "; put its file back from a backup"),
                     {}};
}

WordedClearance with_words(const Stores& stores, const Clearance& clearance) {
  WordedClearance out{clearance, std::nullopt, {}};
  for (const RecordedAct& act : clearance.acts) {
    const auto words = confidential_of(stores.paths.folder, act.act.act);
    if (!words) note_damage(out, act, words.error());
    out.is_damaged.push_back(!words);
    const bool has_reason = words && *words && (*words)->contains("reason");
    out.reasons.push_back(has_reason ? (*words)->at("reason") : std::string());
    if (!words || !*words || act.index != clearance.given.index) continue;
    Result<ClearedName> cleared = read_clearance(**words);
    if (cleared) {
      out.words = *std::move(cleared);
    } else {
      out.is_damaged.back() = true;
      note_damage(out, act, Error{ErrorCode::kCorruption, cleared.error().message, {}});
    }
  }
  return out;
}

}  // namespace

std::string_view clearance_end_name(ClearanceEnd end) {
  constexpr std::array<std::string_view, 5> kNames{"none", "policy", "entry", "name", "agreement"};
  return kNames[static_cast<std::size_t>(end)];
}

Result<std::vector<WordedClearance>> worded_clearances(const Stores& stores) {
  const Result<ClearanceBook> book = ClearanceBook::read(*stores.ledger);
  if (!book) return tl::unexpected(book.error());
  std::vector<WordedClearance> all;
  all.reserve(book->clearances().size());
  for (const Clearance& clearance : book->clearances()) {
    all.push_back(with_words(stores, clearance));
  }
  return all;
}

ClearanceJudge::ClearanceJudge(PolicySet in_force, RecordOf record_of)
    : in_force_(std::move(in_force)), record_of_(std::move(record_of)) {}

ClearanceStanding ClearanceJudge::judge(const WordedClearance& one) {
  const NameCleared& given = one.clearance.cleared();
  const std::string id = "`" + given.policy + "`";
  const auto policy = std::ranges::find(in_force_.policies, given.policy, &Policy::id);
  if (policy == in_force_.policies.end()) {
    return ended_by(ClearanceEnd::kPolicy, id + " is not in force any more");
  }
  if (policy->version != given.version) {
    return ended_by(ClearanceEnd::kPolicy,
                    id + " has version " + std::to_string(policy->version) + " now");
  }
  if (!one.words) {
    const std::string what = one.damage ? "damaged" : "erased";
    return {ClearanceEnd::kNone, "its words are " + what + ": it clears nothing"};
  }
  const auto screening = screening_of(*policy);
  if (screening == nullptr) return ended_by(ClearanceEnd::kPolicy, id + " screens no names");
  const auto party = entry_of(*screening, *one.words);
  if (!party) return ended_by(ClearanceEnd::kEntry, party.error());
  const Record* const last = record_of_(*one.words);
  if (last == nullptr) {
    return {ClearanceEnd::kNone, "no record of the account is stored any more"};
  }
  if (!is_called_so(*last, *one.words)) {
    return ended_by(ClearanceEnd::kName, "the account's last record has another `" +
                                             std::string(field(one.words->field).name) + "`");
  }
  if (std::string why = agrees_since(*one.words, agreed_with(*last, **party)); !why.empty()) {
    return ended_by(ClearanceEnd::kAgreement, std::move(why));
  }
  return {};
}

tl::expected<const ListedParty*, std::string> ClearanceJudge::entry_of(const Screening& screening,
                                                                       const ClearedName& words) {
  const auto& lists = screening.parts().lists;
  const auto list = std::ranges::find_if(
      lists, [&words](const auto& each) { return each->name() == words.list; });
  const std::string name = "list:" + words.list;
  if (list == lists.end()) return tl::unexpected(name + " is not looked into any more");
  const std::vector<ListedParty>& parties = (*list)->parties();
  auto& known = entries_[words.list];
  if (known.empty()) {
    for (std::size_t i = 0; i < parties.size(); ++i) known.emplace(party_digest(parties[i]), i);
  }
  if (const auto at = known.find(words.entry); at != known.end()) return &parties[at->second];
  const bool is_there = std::ranges::any_of(
      parties, [&words](const ListedParty& party) { return is_same_party(party, words); });
  return tl::unexpected(name +
                        (is_there ? " says something else of " : " does not have any more ") + "`" +
                        words.party + "`");
}

Result<std::vector<ClearanceStanding>> clearance_standings(
    Invocation& run, const Stores& stores, const std::vector<WordedClearance>& all) {
  LastRecords accounts;
  for (const WordedClearance& one : all) {
    if (one.words && one.clearance.state == ClearanceState::kHolds) accounts.want(*one.words);
  }
  PolicySet set;
  if (stores.records != nullptr) {
    Result<PolicySet> in_force = set_in_force(*stores.records);
    if (!in_force) return tl::unexpected(in_force.error());
    set = *std::move(in_force);
  }
  if (stores.records != nullptr && !accounts.empty()) {
    const auto history = stored_history(*stores.records, stores.paths.records.string());
    if (!history) return tl::unexpected(history.error());
    const Interrupt interrupt;
    ProgressLine progress(run.err, run.terminal);
    const HistoryWatch watch{interrupt.token(),
                             [&progress](const CycleProgress& p) { progress.show(p); }, run.now};
    const auto read = (*history)->read(
        watch, [&accounts](std::span<const LogEntry> entries) { accounts.take(entries); });
    progress.clear();
    if (!read) return tl::unexpected(read.error());
  }
  ClearanceJudge judge(std::move(set),
                       [&accounts](const ClearedName& words) { return accounts.record_of(words); });
  std::vector<ClearanceStanding> standings;
  standings.reserve(all.size());
  for (const WordedClearance& one : all) {
    const bool asks = one.clearance.state == ClearanceState::kHolds;
    standings.push_back(asks ? judge.judge(one) : ClearanceStanding{});
  }
  return standings;
}

std::vector<std::string> clearances_about(const FindingHit& hit, const std::string& policy,
                                          std::int64_t version,
                                          const std::vector<WordedClearance>& all) {
  std::vector<std::string> lines;
  for (const WordedClearance& one : all) {
    const NameCleared& given = one.clearance.cleared();
    if (!one.words || given.policy != policy) continue;
    const ClearedName& words = *one.words;
    const bool is_about = words.source == hit.source && words.account == hit.account &&
                          words.field == hit.hit.field && words.list == hit.hit.list &&
                          is_same_party(hit.hit.party, words);
    if (!is_about) continue;
    const std::string& id = one.clearance.id;
    if (one.clearance.state != ClearanceState::kHolds) {
      lines.push_back(id + " is " + std::string(clearance_state_name(one.clearance.state)));
    } else if (given.version != version) {
      lines.push_back(id + " has ended: the policy has another version than " +
                      std::to_string(given.version));
    } else if (words.entry != party_digest(hit.hit.party)) {
      lines.push_back(id + " has ended: the list says something else of the entry");
    } else if (cleared_name(words.field, words.name) != cleared_name(hit.hit.field, hit.hit.name)) {
      lines.push_back(id + " has ended: the account is called otherwise");
    } else if (std::string why = agrees_since(words, hit.agreed); !why.empty()) {
      lines.push_back(std::string(id).append(" has ended: ").append(why));
    } else {
      lines.push_back("cleared by " + id + ", " + one.clearance.given.act.act.by + ", " +
                      signing_time(one.clearance.given) + ": " +
                      (one.reasons.front().empty() ? "(erased)" : one.reasons.front()));
    }
  }
  return lines;
}

std::string clearance_state_text(const WordedClearance& one, const ClearanceStanding& standing) {
  std::string text(clearance_state_name(one.clearance.state));
  if (one.clearance.state == ClearanceState::kProposed) return text + ": awaits a second person";
  if (one.clearance.state != ClearanceState::kHolds || standing.holds()) return text;
  return (standing.end == ClearanceEnd::kNone ? text + ", but " : "ended: ") + standing.why;
}

std::string clearance_text(const WordedClearance& one) {
  if (!one.words) return one.damage ? "(damaged)" : "(erased)";
  const ClearedName& words = *one.words;
  return "`" + words.name + "` of " + words.source + "/" + words.account + " is not `" +
         words.party + "` (" + entry_reference(words) + ")";
}

int tell_damage(Invocation& run, const std::vector<WordedClearance>& all) {
  int status = code(ExitStatus::kOk);
  for (const WordedClearance& one : all) {
    if (one.damage) status = fail_with(run, *one.damage);
  }
  return status;
}

std::string known_agreement(const WordedClearance& one) {
  if (!one.words) {
    return std::string("what agreed with the entry is ") +
           (one.is_damaged.front() ? "damaged" : "erased");
  }
  const std::string text = agreements_text(one.words->agreed);
  return text.empty() ? "no country and no identifier agreed with the entry"
                      : "although the entry's " + text + " agreed";
}

TextTable clearances_table(const std::vector<WordedClearance>& all,
                           const std::vector<ClearanceStanding>& standings) {
  TextTable table({{.header = "CLEARANCE"},
                   {.header = "STATE", .folds = true},
                   {.header = "WHAT", .folds = true},
                   {.header = "POLICY", .folds = true},
                   {.header = "BY"},
                   {.header = "SIGNED (UTC)", .folds = true}});
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Clearance& one = all[i].clearance;
    const bool clears = one.state == ClearanceState::kHolds && standings[i].holds();
    table.add_row(
        {{one.id, Tone::kLink},
         {clearance_state_text(all[i], standings[i]), clears ? Tone::kPlain : Tone::kWarning},
         {clearance_text(all[i])},
         {one.cleared().policy + ", version " + std::to_string(one.cleared().version)},
         {one.given.act.act.by},
         {signing_time(one.given)}});
  }
  return table;
}

std::string clearance_page(const WordedClearance& one, const ClearanceStanding& standing,
                           const Terminal& terminal) {
  const Clearance& clearance = one.clearance;
  std::string out = painted(clearance.id, Tone::kStrong, terminal) + "  " +
                    wrapped(printable(clearance_state_text(one, standing)), terminal.width, 2) +
                    '\n' + wrapped(printable(clearance_text(one)), terminal.width, 2) + '\n' +
                    "under " + printable(clearance.cleared().policy) + ", version " +
                    std::to_string(clearance.cleared().version) + ", by the finding " +
                    printable(clearance.cleared().finding.substr(0, 8)) + '\n' +
                    wrapped(printable(known_agreement(one)), terminal.width, 2) + "\n\n";
  for (std::size_t i = 0; i < clearance.acts.size(); ++i) {
    const RecordedAct& act = clearance.acts[i];
    std::string line = signing_time(act) + "  entry " + std::to_string(act.index) + "  " +
                       printable(act.act.act.by) + ' ' + act_words(act.act.act);
    const char* const missing =
        one.is_damaged[i] ? "; its words are damaged" : "; its words are erased";
    line += one.reasons[i].empty() ? missing : "; reason: " + printable(one.reasons[i]);
    out += wrapped(line, terminal.width, 2) + '\n';
  }
  if (clearance.state != ClearanceState::kProposed) return out;
  return out + "\nanother person: tidewaiter clearance approve " + clearance.id + " --seen " +
         std::to_string(clearance.entries_to()) + " --as HANDLE --reason TEXT  (or --reject)\n";
}

nlohmann::ordered_json clearance_json(const WordedClearance& one,
                                      const ClearanceStanding& standing) {
  const Clearance& clearance = one.clearance;
  const bool clears = clearance.state == ClearanceState::kHolds && standing.holds();
  nlohmann::ordered_json json = {{"id", clearance.id},
                                 {"state", clearance_state_name(clearance.state)},
                                 {"clears", clears},
                                 {"ended_by", nullptr},
                                 {"why", nullptr},
                                 {"waits", clearance.state == ClearanceState::kProposed},
                                 {"seen", clearance.entries_to()},
                                 {"policy", clearance.cleared().policy},
                                 {"policy_version", clearance.cleared().version},
                                 {"finding", clearance.cleared().finding}};
  if (standing.end != ClearanceEnd::kNone) json["ended_by"] = clearance_end_name(standing.end);
  if (!standing.why.empty()) json["why"] = standing.why;
  json["damage"] = nullptr;
  if (one.damage) json["damage"] = one.damage->message;
  if (one.words) {
    const ClearedName& words = *one.words;
    json["source"] = words.source;
    json["account"] = words.account;
    json["field"] = field(words.field).name;
    json["name"] = words.name;
    json["list"] = words.list;
    json["entry"] = entry_reference(words);
    json["party"] = words.party;
    json["agreed"] = agreements_json(words.agreed);
  }
  auto acts = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < clearance.acts.size(); ++i) {
    const RecordedAct& act = clearance.acts[i];
    nlohmann::ordered_json told = {{"entry", act.index},
                                   {"type", act_type(act.act.act)},
                                   {"by", act.act.act.by},
                                   {"at", format_time(act.act.act.at)},
                                   {"second_needed", act.second_needed}};
    if (!one.reasons[i].empty()) told["reason"] = one.reasons[i];
    acts.push_back(std::move(told));
  }
  json["acts"] = std::move(acts);
  return json;
}

}  // namespace tidewaiter
