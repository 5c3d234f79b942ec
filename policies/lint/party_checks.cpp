// What a policy asks of the parties that lists name.

#include <algorithm>
#include <string>
#include <vector>

#include "policies/lint/checks.h"
#include "policies/screening/screening.h"

namespace tidewaiter {
namespace {

void add_screenings(const Expr& expr, std::vector<const Screening*>& found) {
  if (expr.op == ExprOp::kPartyCheck) {
    if (const auto* one = dynamic_cast<const Screening*>(expr.check.get())) found.push_back(one);
  }
  for (const Expr& arg : expr.args) add_screenings(arg, found);
}

/// Whether any listed party has what might agree.
bool is_listed(const Screening& screening, Corroboration kind) {
  return std::ranges::any_of(screening.parts().lists, [kind](const auto& list) {
    return std::ranges::any_of(list->parties(), [kind](const ListedParty& party) {
      return !(kind == Corroboration::kCountry ? party.countries : party.identifiers).empty();
    });
  });
}

}  // namespace

void check_parties(const LintedPolicy& linted, DocumentReader& report) {
  std::vector<const Screening*> screenings;
  add_screenings(linted.policy.condition, screenings);
  for (const Screening* screening : screenings) {
    if (!screening->parts().corroborate) continue;
    for (const Corroboration kind : screening->parts().corroborate->any) {
      if (is_listed(*screening, kind)) continue;
      const std::string name(corroboration_name(kind));
      report.warn(linted.key_place("screen"), kIdleCorroboration,
                  "no party of the lists has `" + name + "`: it corroborates nothing",
                  "give the items their `" + name + "`, or leave it out of `any`");
    }
  }
}

}  // namespace tidewaiter
