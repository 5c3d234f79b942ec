#include "policies/screening/consequence.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/model/ascii.h"
#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

struct ObligationWord {
  Obligation obligation;
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array<ObligationWord, kObligations> kWords{{
    {Obligation::kBlock, "block", "property is blocked, and nothing may be dealt with"},
    {Obligation::kAssetFreeze, "asset-freeze", "funds are frozen, and none may be made available"},
    {Obligation::kReject, "reject", "transactions are rejected; property is not blocked"},
    {Obligation::kSectoral, "sectoral",
     "certain transactions are prohibited, as the entry's directive or measure states; property is "
     "not blocked"},
    {Obligation::kMenu, "menu-based",
     "those restrictions hold that the entry names; property is not blocked as a whole"},
    {Obligation::kNoSecurities, "no-securities",
     "publicly traded securities may be neither bought nor sold"},
    {Obligation::kNoCorrespondentAccount, "no-correspondent-account",
     "correspondent and payable-through accounts are prohibited, or under strict conditions"},
    {Obligation::kNoExport, "no-export",
     "nothing that is subject to the regulations may be exported to the party, or for it"},
    {Obligation::kLicenceRequired, "licence-required",
     "a licence is needed for what the entry states"},
    {Obligation::kRedFlag, "red-flag", "a red flag to be resolved; no prohibition by itself"},
    {Obligation::kNoDefenceTrade, "no-defence-trade",
     "no part in exports of defence articles and services"},
    {Obligation::kAsNotified, "as-notified", "what the published notice states"},
    {Obligation::kTravelBan, "travel-ban", "entry and transit are refused; funds are not frozen"},
    {Obligation::kHouseRule, "house-rule", "what the house has laid down"},
}};

const ObligationWord& word_of(Obligation obligation) {
  return *std::ranges::find(kWords, obligation, &ObligationWord::obligation);
}

bool has_program(const std::vector<std::string>& programs, std::string_view program) {
  const std::string small = ascii_lower(program);
  return std::ranges::any_of(
      programs, [&small](const std::string& one) { return ascii_lower(one) == small; });
}

void add_told(Follows& out, const Consequence& rule, const std::string* program) {
  Consequence one = rule;
  one.programs.clear();
  // A rule is known again by all but the programmes under which it follows here.
  const auto same = std::ranges::find_if(out.told, [&one](Consequence other) {
    other.programs.clear();
    return other == one;
  });
  Consequence& to = same == out.told.end() ? out.told.emplace_back(std::move(one)) : *same;
  if (program != nullptr && !has_program(to.programs, *program)) to.programs.push_back(*program);
}

void add_untold(Follows& out, std::string why) {
  if (std::ranges::find(out.untold, why) == out.untold.end()) out.untold.push_back(std::move(why));
}

std::string joined_texts(std::span<const std::string> texts, std::string_view between) {
  std::string text;
  for (const std::string& one : texts) text += (text.empty() ? "" : std::string(between)) + one;
  return text;
}

std::string interval_text(const Interval& interval) {
  const bool opens = interval.from.us != INT64_MIN;
  // `to` is exclusive: the last day is the one before it.
  const std::string last =
      interval.to.us == INT64_MAX ? std::string() : day_text(UtcTime{interval.to.us - 1});
  if (!opens) return last.empty() ? "always" : "until " + last;
  return last.empty() ? "from " + day_text(interval.from) : day_text(interval.from) + " to " + last;
}

std::vector<const Consequence*> rules_for(const Consequences::Part& part,
                                          const std::string* program) {
  std::vector<const Consequence*> named;
  std::vector<const Consequence*> any;
  for (const Consequence& rule : part.rules) {
    if (rule.programs.empty()) any.push_back(&rule);
    if (program != nullptr && has_program(rule.programs, *program)) named.push_back(&rule);
  }
  return named.empty() ? any : named;
}

/// What one programme of a party, or that it has none, says.
void follow_program(const Consequences::Part& part, const std::string* program, Follows& out) {
  const std::vector<const Consequence*> rules = rules_for(part, program);
  if (rules.empty()) {
    add_untold(out, program == nullptr
                        ? "the entry names no programme, and " + part.code + " has several"
                        : "what `" + *program + "` asks on " + part.code + " is not known");
    return;
  }
  bool told = false;
  for (const Consequence* rule : rules) {
    if (!is_in_force(rule->in_force, out.at)) continue;
    add_told(out, *rule, program);
    told = true;
  }
  if (told) return;
  const Consequence& last = *rules.back();
  add_untold(out, (program == nullptr ? part.code : "`" + *program + "` on " + part.code) +
                      " is in force " + in_force_text(last.in_force) + ", and not then (" +
                      last.citation + ")");
}

/// "MEU" of "Military End User (MEU) List - Bureau of Industry and Security"; empty of what names
/// no source so.
std::string_view code_in(std::string_view program) {
  const std::size_t open = program.find('(');
  const std::size_t dash = program.rfind(" - ");
  if (open == std::string_view::npos || dash == std::string_view::npos || dash < open) return {};
  const std::string_view code = program.substr(open + 1);
  return code.substr(0, code.find_first_of(" )"));
}

}  // namespace

std::string_view obligation_name(Obligation obligation) { return word_of(obligation).name; }
std::string_view obligation_meaning(Obligation obligation) { return word_of(obligation).meaning; }

std::optional<Obligation> find_obligation(std::string_view name) {
  const auto found = std::ranges::find(kWords, name, &ObligationWord::name);
  return found == kWords.end() ? std::nullopt : std::optional(found->obligation);
}

bool Follows::has(Obligation obligation) const {
  return std::ranges::find(told, obligation, &Consequence::obligation) != told.end();
}

bool Follows::operator==(const Follows& other) const {
  return told == other.told && untold == other.untold &&
         follows_lines(*this) == follows_lines(other);
}

Consequences::Consequences(Part part) : code_(part.code) { parts_.push_back(std::move(part)); }

Consequences::Consequences(std::string code, std::vector<Part> parts)
    : code_(std::move(code)), parts_(std::move(parts)), by_source_(true) {}

/// The list that "Military End User (MEU) List - Bureau of Industry and Security" names.
const Consequences::Part* Consequences::part_named(std::string_view program) const {
  const auto found = std::ranges::find(parts_, code_in(program), &Part::code);
  return found == parts_.end() ? nullptr : &*found;
}

void Consequences::follow_part(const Part& part, std::span<const std::string> programs,
                               Follows& out) const {
  bool asked = false;
  for (const std::string& program : programs) {
    const bool is_regime = !part.regime_words.empty() && program.starts_with(part.regime_words) &&
                           rules_for(part, &program).empty();
    if (is_regime) continue;
    follow_program(part, &program, out);
    asked = true;
  }
  if (!asked) follow_program(part, nullptr, out);
}

Follows Consequences::follow(std::span<const std::string> programs, UtcTime at) const {
  Follows out{at, {}, {}};
  if (!by_source_) {
    follow_part(parts_.front(), programs, out);
    return out;
  }
  std::vector<const Part*> on;
  std::vector<std::string> others;
  for (const std::string& program : programs) {
    const Part* const part = part_named(program);
    if (part == nullptr && !code_in(program).empty()) {
      add_untold(out, "what being on `" + program + "` asks is not known");
    } else if (part == nullptr) {
      others.push_back(program);
    } else if (std::ranges::find(on, part) == on.end()) {
      on.push_back(part);
    }
  }
  if (on.empty()) add_untold(out, "the entry names none of the lists of " + code_);
  for (const Part* const part : on) follow_part(*part, others, out);
  return out;
}

bool Consequences::names_no_programme(std::string_view word) const {
  if (by_source_) return !code_in(word).empty();
  const Part& part = parts_.front();
  return !part.regime_words.empty() &&
         !ascii_lower(word).starts_with(ascii_lower(part.regime_words));
}

bool Consequences::asks_programs() const {
  return by_source_ || std::ranges::any_of(parts_.front().rules, [](const Consequence& rule) {
           return !rule.programs.empty();
         });
}

std::optional<bool> Consequences::knows(std::string_view program) const {
  bool all_known = true;
  for (const Part& part : parts_) {
    const bool named = has_program(part.known_programs, program) ||
                       std::ranges::any_of(part.rules, [program](const Consequence& rule) {
                         return has_program(rule.programs, program);
                       });
    if (named) return true;
    const bool has_any = std::ranges::any_of(
        part.rules, [](const Consequence& rule) { return rule.programs.empty(); });
    all_known = all_known && (!has_any || !part.known_programs.empty());
  }
  return all_known ? std::optional(false) : std::nullopt;
}

std::string Consequences::meaning() const {
  std::string text = by_source_ ? "by source " : "of one list ";
  // Each text with its length, as Sha256::update_framed() has them: any may hold any sign.
  const auto add = [&text](std::string_view one) {
    text += std::to_string(one.size()) + ":" + std::string(one) + " ";
  };
  for (const Part& part : parts_) {
    add(part.code);
    add(part.regime_words);
    text += "rules " + std::to_string(part.rules.size()) + " ";
    for (const Consequence& rule : part.rules) {
      text += "programs " + std::to_string(rule.programs.size()) + " ";
      for (const std::string& program : rule.programs) add(program);
      add(obligation_name(rule.obligation));
      text += "in force " + std::to_string(rule.in_force.size()) + " ";
      for (const Interval& one : rule.in_force) {
        text += std::to_string(one.from.us) + " to " + std::to_string(one.to.us) + " ";
      }
    }
  }
  return text;
}

Follows not_known(std::string_view list, UtcTime at) {
  return {at, {}, {"nobody has said what follows from being on " + std::string(list)}};
}

bool is_in_force(std::span<const Interval> in_force, UtcTime at) {
  return in_force.empty() || std::ranges::any_of(in_force, [at](const Interval& one) {
           return one.from <= at && at < one.to;
         });
}

std::string in_force_text(std::span<const Interval> in_force) {
  if (in_force.empty()) return "always";
  std::string text;
  for (const Interval& one : in_force) {
    text += (text.empty() ? "" : " and ") + interval_text(one);
  }
  return text;
}

std::string consequence_text(const Consequence& consequence, UtcTime at) {
  std::string text(obligation_name(consequence.obligation));
  if (!consequence.programs.empty()) text += " by " + joined_texts(consequence.programs, ", ");
  text +=
      " (" + consequence.citation + "): " + std::string(obligation_meaning(consequence.obligation));
  if (!consequence.note.empty()) text += "; " + consequence.note;
  if (!consequence.owned) return text;
  const OwnedRule& owned = *consequence.owned;
  const bool holds = is_in_force(owned.in_force, at);
  text += "; " + std::string(holds ? "covers" : "does not cover then") +
          " what such parties own by " + owned.share + " together (" + owned.citation;
  if (!owned.in_force.empty()) text += ", " + in_force_text(owned.in_force);
  return text + ")";
}

std::vector<std::string> follows_lines(const Follows& follows) {
  std::vector<std::string> lines;
  for (const Consequence& one : follows.told) lines.push_back(consequence_text(one, follows.at));
  for (const std::string& why : follows.untold) lines.push_back("not known: " + why);
  return lines;
}

std::string obligations_text(const Follows& follows) {
  std::vector<std::string> words;
  for (const Consequence& one : follows.told) {
    std::string word(obligation_name(one.obligation));
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  }
  if (!follows.untold.empty()) words.emplace_back("not-known");
  return joined_texts(words, "; ");
}

}  // namespace tidewaiter
