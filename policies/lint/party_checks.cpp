// What a policy asks of the parties that lists name.

#include <algorithm>
#include <string>
#include <vector>

#include "policies/lint/checks.h"
#include "policies/lint/country_codes.h"
#include "policies/model/ascii.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"
#include "policies/screening/ownership.h"
#include "policies/screening/screening.h"

namespace tidewaiter {
namespace {

/// The questions of one sort that a condition asks about parties.
template <class Check>
void add_within(const Expr& expr, std::vector<const Check*>& found) {
  if (expr.op == ExprOp::kPartyCheck) {
    if (const auto* one = dynamic_cast<const Check*>(expr.check.get())) found.push_back(one);
  }
  for (const Expr& arg : expr.args) add_within(arg, found);
}
template <class Check>
std::vector<const Check*> all_within(const Expr& expr) {
  std::vector<const Check*> found;
  add_within(expr, found);
  return found;
}

/// Whether the party has what might agree.
bool has(const ListedParty& party, Corroboration kind) {
  return !(kind == Corroboration::kCountry ? party.countries : party.identifiers).empty();
}

/// Whether any listed party has, or may have, for what a synced list holds is not known here.
bool is_listed(const Screening& screening, Corroboration kind) {
  return std::ranges::any_of(screening.parts().lists, [kind](const auto& list) {
    return list->is_sample() ||
           std::ranges::any_of(list->parties(),
                               [kind](const ListedParty& party) { return has(party, kind); });
  });
}

/// Whether a hit by the party's weak aliases can never count.
bool has_idle_weak_alias(const Screening& screening, const ListedParty& party) {
  return !party.weak_aliases.empty() &&
         std::ranges::none_of(screening.corroborations(),
                              [&party](Corroboration kind) { return has(party, kind); });
}

/// The first party of each list is told.
void check_weak_aliases(const Screening& screening, const SourceSpan& place,
                        DocumentReader& report) {
  std::string asked;
  for (const Corroboration kind : screening.corroborations()) {
    asked += (asked.empty() ? "`" : " or `") + std::string(corroboration_name(kind)) + "`";
  }
  for (const auto& list : screening.parts().lists) {
    const auto idle = std::ranges::find_if(list->parties(), [&screening](const ListedParty& party) {
      return has_idle_weak_alias(screening, party);
    });
    if (list->is_sample() || idle == list->parties().end()) continue;
    report.warn(place, kIdleWeakAlias,
                "`list:" + list->name() + "` has " + in_backticks(idle->weak_aliases.front()) +
                    " as a weak alias of " + in_backticks(idle->name) + ", which has no " + asked +
                    ": a hit by it never counts",
                "give the party what has to agree, or move the name to its `aliases`");
  }
}

/// A party whose kind its list does not tell is of either.
void check_kind(const Screening& screening, const SourceSpan& place, DocumentReader& report) {
  if (!screening.parts().kind) return;
  const PartyKind kind = *screening.parts().kind;
  const bool is_there = std::ranges::any_of(screening.parts().lists, [kind](const auto& list) {
    return list->is_sample() ||
           std::ranges::any_of(list->parties(), [kind](const ListedParty& party) {
             return party.kind.value_or(kind) == kind;
           });
  });
  if (is_there) return;
  const std::string name(party_kind_name(kind));
  report.warn(place, kNoPartyOfKind,
              "no party of the lists is of kind `" + name + "`: nothing is ever found",
              "leave `kind` out, or name a list that has such parties");
}

/// A country that no record has lets its party agree with nobody: the first of each list is told.
void check_countries(const Screening& screening, const SourceSpan& place, DocumentReader& report) {
  for (const auto& list : screening.parts().lists) {
    for (const ListedParty& party : list->parties()) {
      const auto odd = std::ranges::find_if_not(party.countries, is_country_code);
      if (odd == party.countries.end()) continue;
      report.warn(place, kNotACountry,
                  "`list:" + list->name() + "` has " + in_backticks(*odd) + " as a country of " +
                      in_backticks(party.name) + ": that is no code of a country",
                  "write the two letters of ISO 3166-1 alpha-2 in the list, such as IR or GB");
      break;
    }
  }
}

/// Whether a party of the list is, or may be, listed under the programme.
bool may_have(const ScreenedList& list, std::string_view program) {
  const auto has_it = [program](const ListedParty& party) {
    return std::ranges::any_of(party.programs, [program](const std::string& one) {
      return ascii_lower(one) == ascii_lower(program);
    });
  };
  if (std::ranges::any_of(list.parties(), has_it)) return true;
  // Of a list that stands here all is known.
  if (!list.is_sample() && !list.standing()) return false;
  return list.consequences() == nullptr || list.consequences()->knows(program).value_or(true);
}

using ScreenedLists = std::vector<std::shared_ptr<const ScreenedList>>;

std::vector<std::string_view> known_programs(const ScreenedLists& lists) {
  std::vector<std::string_view> all;
  for (const auto& list : lists) {
    for (const ListedParty& party : list->parties()) {
      all.insert(all.end(), party.programs.begin(), party.programs.end());
    }
    if (list->consequences() == nullptr) continue;
    for (const Consequences::Part& part : list->consequences()->parts()) {
      all.insert(all.end(), part.known_programs.begin(), part.known_programs.end());
      for (const Consequence& rule : part.rules) {
        all.insert(all.end(), rule.programs.begin(), rule.programs.end());
      }
    }
  }
  return all;
}

void check_programs(const PartyChoice& choice, const ScreenedLists& lists, const SourceSpan& place,
                    DocumentReader& report) {
  for (const std::string& program : choice.programs) {
    const bool is_there = std::ranges::any_of(
        lists, [&program](const auto& list) { return may_have(*list, program); });
    if (is_there) continue;
    const auto near = did_you_mean(program, known_programs(lists));
    report.warn(place, kIdleProgram,
                in_backticks(program) + " is no programme that is known of the lists",
                near ? "did you mean `" + *near + "`?"
                     : "write the programme as the list does, or leave it out");
  }
}

bool may_follow(const ScreenedList& list, Obligation asked) {
  if (list.consequences() == nullptr) return true;  // that is told by itself
  return std::ranges::any_of(list.consequences()->parts(), [asked](const auto& part) {
    return std::ranges::find(part.rules, asked, &Consequence::obligation) != part.rules.end();
  });
}

void check_obligations(const PartyChoice& choice, const ScreenedLists& lists,
                       const SourceSpan& place, DocumentReader& report) {
  if (choice.obligations.empty()) return;
  for (const auto& list : lists) {
    if (list->consequences() != nullptr) continue;
    report.warn(place, kUntoldObligations,
                "`list:" + list->name() +
                    "` does not say what follows from being on it: no hit of it can be told",
                "give the list its `consequences`, or leave it out of `lists`");
  }
  for (const Obligation asked : choice.obligations) {
    const bool ever =
        std::ranges::any_of(lists, [asked](const auto& list) { return may_follow(*list, asked); });
    if (ever) continue;
    report.warn(place, kIdleObligation,
                "from being on the lists `" + std::string(obligation_name(asked)) +
                    "` never follows: nothing is ever found by it",
                "leave it out, or name a list whose `consequences` have it");
  }
}

}  // namespace

void check_parties(const LintedPolicy& linted, DocumentReader& report) {
  for (const Ownership* ownership : all_within<Ownership>(linted.policy.condition)) {
    const Ownership::Parts& parts = ownership->parts();
    check_programs(parts.choice, parts.lists, linted.key_place("ownership"), report);
    check_obligations(parts.choice, parts.lists, linted.key_place("ownership"), report);
  }
  for (const Screening* screening : all_within<Screening>(linted.policy.condition)) {
    check_kind(*screening, linted.key_place("screen"), report);
    check_weak_aliases(*screening, linted.key_place("screen"), report);
    const Screening::Parts& parts = screening->parts();
    check_programs(parts.choice, parts.lists, linted.key_place("screen"), report);
    check_obligations(parts.choice, parts.lists, linted.key_place("screen"), report);
    if (!screening->parts().corroborate) continue;
    for (const Corroboration kind : screening->parts().corroborate->any) {
      if (kind == Corroboration::kCountry) {
        check_countries(*screening, linted.key_place("screen"), report);
      }
      if (is_listed(*screening, kind)) continue;
      const std::string name(corroboration_name(kind));
      report.warn(linted.key_place("screen"), kIdleCorroboration,
                  "no party of the lists has `" + name + "`: it corroborates nothing",
                  "give the items their `" + name + "`, or leave it out of `any`");
    }
  }
}

}  // namespace tidewaiter
