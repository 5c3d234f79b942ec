// What a reviewer reads first: whose policy it is, what it rests on, and when it holds.

#include <algorithm>
#include <array>
#include <string>

#include "policies/language/times_in_force.h"
#include "policies/lint/checks.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

constexpr auto kKinds = std::to_array<std::string_view>(
    {"access", "resale", "coordination", "extraction", "export-control", "sanctions",
     "programme-abuse", "exposure", "control-failure"});

constexpr std::size_t kDateLength = 10;  // 2026-01-31

/// An address on the web, or a name by a registry: `https://…`, `urn:…`, `doi:…`.
bool is_address(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  const auto scheme = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  return text.find_first_of(" \t\n") == std::string_view::npos &&
         std::ranges::all_of(text.substr(0, colon), scheme);
}

/// A date with a time of day, but without `Z` and without an offset.
bool lacks_zone(std::string_view text) {
  if (text.size() <= kDateLength) return false;
  const std::string_view time = text.substr(kDateLength);
  return time.find_first_of("Zz+-") == std::string_view::npos;
}

class HeaderChecks {
 public:
  HeaderChecks(const LintedPolicy& linted, DocumentReader& report)
      : linted_(linted), policy_(linted.policy), report_(report) {}

  void run() {
    check_words();
    check_basis();
    check_times();
    check_id();
  }

 private:
  void check_words() {
    if (policy_.owner.empty()) {
      report_.warn(linted_.place("owner"), kNoOwner, "the policy has no owner",
                   "write who answers for it: `owner: trust-and-safety`");
    }
    const bool repeats =
        !policy_.description.empty() && trimmed(policy_.description) == policy_.title;
    if (policy_.description.empty() || repeats) {
      report_.warn(
          linted_.place("description"), kNoDescription,
          repeats ? "the description only repeats the title" : "the policy has no description",
          "say under `description` what a reviewer should understand first");
    }
    const YamlNode* references = linted_.find("references");
    if (references == nullptr) return;
    for (const YamlNode* item : DocumentReader::items(*references)) {
      if (is_address(item->scalar)) continue;
      report_.warn(item->span, kNotAnAddress, in_backticks(item->scalar) + " is no address",
                   "write a URL such as https://example.org/terms, or a `urn:` or `doi:` name");
    }
  }

  static std::string_view trimmed(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }

  void check_basis() {
    const auto items = DocumentReader::items(*linted_.find("basis"));
    bool legal = false;
    for (std::size_t i = 0; i < policy_.basis.size(); ++i) {
      const Basis& basis = policy_.basis[i];
      legal = legal || basis.type == "law" || basis.type == "contract";
      if (basis.type == "law") check_law(basis, items[i]->span);
    }
    const bool needs_law = policy_.kind == "sanctions" || policy_.kind == "export-control";
    if (needs_law && !legal) {
      report_.warn(linted_.place("basis"), kNoLegalBasis,
                   "a policy of kind `" + policy_.kind + "` rests on neither law nor contract",
                   "name the law or the contract, or choose another kind");
    }
  }

  void check_law(const Basis& basis, const SourceSpan& place) {
    if (basis.jurisdiction.empty() || basis.citation.empty()) {
      const std::string missing = basis.jurisdiction.empty() ? "jurisdiction" : "citation";
      report_.warn(place, kVagueLaw, "the law is named without its " + missing,
                   "write `" + missing + (missing == "citation" ? ": 15 CFR 744.11`" : ": US`"));
    }
    if (basis.settled.empty()) {
      report_.warn(place, kUndatedLaw, "nothing says whether the reading of the law is settled",
                   "write `settled: \"yes\"`, `settled: \"no\"` or `settled: disputed`");
    }
    if (basis.in_force.empty()) {
      report_.warn(place, kUndatedLaw, "nothing says from when the law is in force",
                   "write `in_force: [{from: 2026-01-31}]`, with `until` where it ends");
    }
  }

  void check_times() {
    const std::vector<Interval> times = times_in_force(policy_);
    const SourceSpan& place = linted_.place(policy_.in_force.empty() ? "basis" : "in_force");
    if (times.empty()) {
      report_.error(linted_.place("basis"), kNeverReports,
                    "no basis is in force while the policy is",
                    "mend the `in_force` of the policy or of its bases");
    }
    const bool ended = !times.empty() && times.back().to <= linted_.as_of;
    const bool shadow = policy_.status == PolicyStatus::kShadow;
    if (ended && (shadow || policy_.status == PolicyStatus::kActive)) {
      report_.warn(place, kForceEnded,
                   std::string("the policy is ") + (shadow ? "in shadow" : "active") +
                       ", but its time is over",
                   "write `status: retired`, or the time from when it is in force again");
    }
    check_intervals(linted_.find("in_force"), policy_.in_force);
    const auto bases = DocumentReader::items(*linted_.find("basis"));
    for (std::size_t i = 0; i < bases.size(); ++i) {
      const YamlNode* in_force = bases[i]->find("in_force");
      check_intervals(in_force, policy_.basis[i].in_force);
      if (in_force == nullptr || times.empty()) continue;
      if (std::ranges::any_of(times, [&](const Interval& during) {
            return is_in_force(policy_.basis[i], during);
          })) {
        continue;
      }
      report_.warn(in_force->span, kBasisOutOfForce,
                   "the basis is never in force while the policy is",
                   "mend its `in_force` or the policy's, or remove the basis");
    }
    if (const YamlNode* exempt = linted_.find("exempt")) {
      const auto items = DocumentReader::items(*exempt);
      for (std::size_t i = 0; i < items.size(); ++i) {
        // Under a license it may be left out: the license ends it.
        if (const YamlNode* until = items[i]->find("until")) check_until(*until, i);
      }
    }
  }

  /// `until` takes in its day, so that a rule that goes on begins again on the next one.
  void check_intervals(const YamlNode* node, const std::vector<Interval>& in_force) {
    if (node == nullptr) return;
    for (const YamlNode* item : DocumentReader::items(*node)) {
      check_zone(item->find("from"));
      check_zone(item->find("until"));
    }
    for (std::size_t i = 1; i < in_force.size(); ++i) {
      const UtcTime end = in_force[i - 1].to;
      if (end == in_force[i].from || in_force[i].from > end + kDay) continue;
      report_.warn(node->span, kShortSuspension,
                   "it is out of force from " + format_time(end) + " for no more than a day",
                   "`until` takes in its last day: begin the next interval on the day after it, "
                   "or join the two");
    }
  }

  void check_until(const YamlNode& until, std::size_t i) {
    check_zone(&until);
    constexpr Duration kTenYears{3653 * kDay.us};
    if (policy_.exempt[i].until <= linted_.as_of + kTenYears) return;
    report_.warn(
        until.span, kDistantExpiry, "the exemption holds for more than ten years",
        "write the day on which it is looked at again; what is to stay belongs in `condition`");
  }

  void check_zone(const YamlNode* time) {
    if (time == nullptr || !lacks_zone(time->scalar)) return;
    report_.warn(time->span, kZonelessTime, "`" + time->scalar + "` has no zone and is read as UTC",
                 "write `" + time->scalar + "Z`, or the offset");
  }

  void check_id() {
    const std::string_view prefix = std::string_view(policy_.id).substr(0, policy_.id.find('.'));
    const bool names_kind = std::ranges::find(kKinds, prefix) != kKinds.end();
    if (!names_kind || prefix == policy_.kind) return;
    report_.warn(linted_.place("policy"), kIdOfOtherKind,
                 "the id begins with `" + std::string(prefix) + "`, but the policy is of kind `" +
                     policy_.kind + "`",
                 "let the id and `kind` agree");
  }

  const LintedPolicy& linted_;
  const Policy& policy_;
  DocumentReader& report_;
};

}  // namespace

void check_header(const LintedPolicy& linted, DocumentReader& report) {
  HeaderChecks(linted, report).run();
}

}  // namespace tidewaiter
