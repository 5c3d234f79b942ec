// What a policy asks of the parties that lists name.

#include <algorithm>
#include <string>
#include <vector>

#include "policies/lint/checks.h"
#include "policies/lint/country_codes.h"
#include "policies/model/input_text.h"
#include "policies/screening/screening.h"

namespace tidewaiter {
namespace {

void add_screenings(const Expr& expr, std::vector<const Screening*>& found) {
  if (expr.op == ExprOp::kPartyCheck) {
    if (const auto* one = dynamic_cast<const Screening*>(expr.check.get())) found.push_back(one);
  }
  for (const Expr& arg : expr.args) add_screenings(arg, found);
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

}  // namespace

void check_parties(const LintedPolicy& linted, DocumentReader& report) {
  std::vector<const Screening*> screenings;
  add_screenings(linted.policy.condition, screenings);
  for (const Screening* screening : screenings) {
    check_kind(*screening, linted.key_place("screen"), report);
    check_weak_aliases(*screening, linted.key_place("screen"), report);
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
