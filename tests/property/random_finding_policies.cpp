#include "tests/property/random_finding_policies.h"

#include <sstream>
#include <vector>

namespace tidewaiter {
namespace {

/// About fields that every finding has, and such as only those about some subjects have.
std::string random_predicate(Random& random) {
  return random.one_of<std::string>(
      {"finding.severity in ['high', 'medium']", "finding.rank >= 2", "finding.policy != 'p.one'",
       "finding.policy == 'p.two'", "finding.version >= 2", "exists(model)", "client.asn > 5",
       "model == 'a'", "source == 's1'", "account != 'x'", "not (model == 'a' or account == 'y')",
       "time < '2026-01-01T06:00:00Z'", "account in list:texts"});
}

/// Of measures that write_measures() gives.
void write_repeat(Random& random, std::ostream& out) {
  out << "repeat: {";
  const bool grows = random.chance(60);
  if (!grows || random.chance(40)) {
    out << "after: " << random.number(1, 6) << "h" << (grows ? ", " : "");
  }
  if (grows) {
    out << "if_grown: " << random.one_of<std::string>({"1.000001x", "1.5x", "2x"})
        << ", of: " << random.one_of<std::string>({"n", "policies", "ranks", "both"});
  }
  out << "}\n";
}

void write_window(Random& random, std::ostream& out) {
  if (random.chance(15)) {
    out << "window: {calendar: day, zone: Europe/Berlin}\n";
    return;
  }
  const std::int64_t every = random.one_of<std::int64_t>({30, 60, 120, 180});
  const std::int64_t length = every * random.number(1, 4);
  out << "window: {length: " << length << "m, every: " << every << "m}\n";
}

void write_measures(Random& random, std::ostream& out) {
  out << "measure:\n  n: count()\n  policies: distinct(finding.policy)\n  worst: "
         "max(finding.rank)\n"
      << "  ranks: sum(finding.rank) where " << random_predicate(random) << "\n"
      << "  first: first(finding.rank)\n  both: n + ranks * 2\nreport_when: \""
      << random.one_of<std::string>({"n >= 2", "n >= 3 or worst >= 3", "policies >= 2",
                                     "policies >= 2 and ranks > 3", "both > 4 and not (n < 2)",
                                     "ranks >= 2", "n >= 1"})
      << "\"\n";
}

void write_shape(Random& random, std::ostream& out) {
  if (random.chance(15)) {
    out << "select: {one: \"" << random_predicate(random) << "\", two: \""
        << random_predicate(random) << "\"}\nsequence: {within: " << random.number(1, 6)
        << "h, steps: [one, two], every: 30m}\n";
    return;
  }
  const bool is_single = random.chance(15);  // each finding by itself
  if (is_single || random.chance(70)) {
    out << "select: {one: \"" << random_predicate(random) << "\", two: \""
        << random_predicate(random) << "\"}\ncondition: "
        << random.one_of<std::string>({"one and two", "one or two", "one and not two"}) << "\n";
  }
  if (is_single) return;
  write_window(random, out);
  write_measures(random, out);
  if (random.chance(30)) write_repeat(random, out);
}

}  // namespace

std::string random_finding_policy(Random& random, const std::string& id, int version) {
  std::ostringstream out;
  out << "policy: " << id << "\nversion: " << (random.chance(50) ? 1 : version)
      << "\ntitle: generated\nstatus: active\nbasis: [{control: generated}]\nkind: coordination\n"
      << "severity: critical\nreads: finding\nfor_each: "
      << random.one_of<std::string>({"account", "account", "account", "model", "finding.policy",
                                     "[account, finding.severity]", "client.asn"})
      << "\n";
  if (random.chance(20)) {
    out << "in_force: [{from: 2026-01-01T02:00:00Z, until: 2026-01-01T09:00:00Z}]\n";
  }
  write_shape(random, out);
  if (random.chance(30)) {
    out << "exempt:\n  - {where: \"" << random_predicate(random) << "\", until: 2026-01-01T0"
        << random.number(4, 9) << ":00:00Z, approved_by: x, reason: generated}\n";
  }
  out << "evidence: {records: " << random.number(1, 3);
  if (random.chance(40)) {
    out << ", choose: "
        << random.one_of<std::string>({"last", "largest", "{largest: finding.rank}"});
  }
  out << "}\n";
  return out.str();
}

}  // namespace tidewaiter
