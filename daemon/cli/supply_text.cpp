#include "daemon/cli/supply_text.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/source_supply.h"
#include "daemon/cli/text_table.h"

namespace tidewaiter {
namespace {

std::string quoted_list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "`" : ", `") + name + "`";
  return text;
}

std::vector<std::string> names_of(const std::vector<FieldId>& fields) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const FieldId id : fields) names.emplace_back(field(id).name);
  return names;
}

std::string sentence(const UnsuppliedPolicy& one) {
  const SupplyGap& gap = one.gap;
  if (gap.no_source) {
    return "no configured source gives " + std::string(kind_name(one.reads)) +
           " records: it judges nothing";
  }
  std::string text;
  const auto add = [&text](bool is_so, const std::string& what) {
    if (is_so) text += (text.empty() ? "" : "; ") + what;
  };
  add(!gap.fields.empty(), "no configured source gives " + quoted_list(names_of(gap.fields)) +
                               ": what rests on it cannot be told");
  add(gap.uncounted_requests,
      "no configured source counts requests: they are 0, and so is what it counts");
  add(!gap.links.empty(), "no configured source gives " + quoted_list(names_of(gap.links)) +
                              " of the accounts that it judges: none is linked by it");
  add(!gap.never_taken.empty(), "its condition takes no record as long as those of " +
                                    quoted_list(gap.never_taken) + ": it judges nothing of them");
  return text;
}

}  // namespace

std::vector<UnsuppliedPolicy> unsupplied_policies(const PolicySet& set, const Config& config) {
  const std::vector<SourceSupply> sources = source_supplies(config);
  std::vector<UnsuppliedPolicy> all;
  for (const Policy& policy : set.policies) {
    if (policy.status != PolicyStatus::kActive) continue;
    SupplyGap gap = supply_gap(policy, sources);
    if (!gap.is_empty()) all.push_back({policy.id, policy.reads, std::move(gap)});
  }
  return all;
}

std::string unsupplied_text(const std::vector<UnsuppliedPolicy>& unsupplied,
                            const Terminal& terminal) {
  constexpr std::size_t kIndent = 15;  // columns of what stands in front of each line
  std::string out;
  for (const UnsuppliedPolicy& one : unsupplied) {
    out += painted("not evaluable", Tone::kWarning, terminal) + "  " +
           wrapped(printable(one.policy + ": " + sentence(one)), terminal.width, kIndent, kIndent) +
           "\n";
  }
  return out;
}

nlohmann::ordered_json unsupplied_json(const std::vector<UnsuppliedPolicy>& unsupplied) {
  auto out = nlohmann::ordered_json::array();
  for (const UnsuppliedPolicy& one : unsupplied) {
    out.push_back({{"policy", one.policy},
                   {"reads", kind_name(one.reads)},
                   {"no_source", one.gap.no_source},
                   {"fields", names_of(one.gap.fields)},
                   {"never_taken", one.gap.never_taken},
                   {"uncounted_requests", one.gap.uncounted_requests},
                   {"links", names_of(one.gap.links)}});
  }
  return out;
}

}  // namespace tidewaiter
