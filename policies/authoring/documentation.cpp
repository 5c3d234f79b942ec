#include "policies/authoring/documentation.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "policies/authoring/policy_parts.h"
#include "policies/authoring/policy_words.h"
#include "policies/authoring/vocabulary.h"
#include "policies/language/policy_status.h"
#include "policies/language/times_in_force.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

std::string joined(std::span<const std::string> words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string doc_of(std::string_view key, std::string_view word) {
  const KeyRow* row = find_key(Section::kPolicy, key);
  const WordRow* found = row != nullptr ? find_word(row->words, word) : nullptr;
  return found != nullptr ? std::string(found->doc) : std::string();
}

PagePart facts_of(const Policy& policy) {
  PagePart part;
  part.heading = "In short";
  part.facts = {{"id", policy.id},
                {"version", std::to_string(policy.version)},
                {"status", std::string(policy_status_name(policy.status)) + ": " +
                               doc_of("status", policy_status_name(policy.status))},
                {"kind", policy.kind + ": " + doc_of("kind", policy.kind)},
                {"severity", std::string(severity_name(policy.severity))}};
  if (!policy.owner.empty()) part.facts.emplace_back("owner", policy.owner);
  const std::vector<Interval> times = times_in_force(policy);
  for (const Interval& interval : times) {
    const std::string words = interval_words(interval);
    part.facts.emplace_back("in force", words.empty() ? "always" : words);
  }
  if (times.empty()) part.facts.emplace_back("in force", "never");
  part.facts.emplace_back("hash", to_hex(policy.hash));
  return part;
}

PagePart basis_of(const Policy& policy) {
  PagePart part;
  part.heading = "On what it rests";
  for (const Basis& basis : policy.basis) part.items.push_back(basis_words(basis));
  const bool red_flags = std::ranges::all_of(
      policy.basis, [](const Basis& basis) { return basis.type == "red_flag"; });
  if (red_flags) part.prose = "It rests on red flags alone: what it finds is no breach.";
  return part;
}

PagePart records_of(const Policy& policy) {
  PagePart part;
  part.heading = "What it looks at";
  const std::string kind(kind_name(policy.reads));
  part.prose = "Records of kind " + kind + ": " + doc_of("reads", kind);
  const bool all = policy.selections.empty() && policy.condition.op != ExprOp::kPartyCheck;
  part.prose += all ? " All of them count." : " Those count for which:";
  if (!all) part.items.push_back(in_words(policy.condition, policy));
  part.facts = {{"subject", subject_words(policy)}, {"window", window_words(policy.window)}};
  return part;
}

PagePart judgement_of(const Policy& policy) {
  PagePart part;
  part.heading = "When it reports";
  part.prose = "A subject is reported for a window in which " +
               in_words(policy.report_when, policy) +
               ". Where data is missing and could still change the answer, nothing is reported, "
               "and nothing is passed.";
  for (const Measure& measure : policy.measures) {
    part.facts.emplace_back(measure.name, in_words(measure, policy));
  }
  if (policy.repeat) {
    part.facts.emplace_back("told again", "while it goes on, " +
                                              repeat_text(*policy.repeat, policy.measures) +
                                              ", as a finding of its own");
  }
  return part;
}

PagePart exemptions_of(const Policy& policy, UtcTime as_of) {
  PagePart part;
  part.heading = "Who is exempt";
  if (policy.exempt.empty()) part.prose = "Nobody.";
  for (const Exemption& exemption : policy.exempt) {
    const bool expired = exemption.until <= as_of;
    part.items.push_back("Records for which " + in_words(exemption.where, policy) + ", before " +
                         format_time(exemption.until) + (expired ? " (expired)" : "") +
                         "; approved by " + exemption.approved_by + ": " + exemption.reason);
  }
  return part;
}

PagePart responses_of(const Policy& policy) {
  PagePart part;
  part.heading = "What follows a finding";
  if (!policy.review_queue.empty()) {
    part.facts.emplace_back("review queue", policy.review_queue);
  }
  if (!policy.notify.empty()) part.facts.emplace_back("told", joined(policy.notify));
  if (!policy.proposals.empty()) part.facts.emplace_back("proposed", joined(policy.proposals));
  part.prose = "People decide: a finding is a potential violation, and nothing is done by itself.";
  std::string fields;
  for (const FieldId id : policy.evidence.fields) {
    fields += (fields.empty() ? "" : ", ") + std::string(field(id).name);
  }
  if (!fields.empty()) {
    const EvidenceRequest& evidence = policy.evidence;
    std::string shown = fields + " of the " + std::string(choice_name(evidence.choose)) + " " +
                        std::to_string(evidence.records) + " records";
    if (evidence.size) shown += " by " + in_words(*evidence.size, policy);
    part.facts.emplace_back("evidence", std::move(shown));
  }
  return part;
}

std::string test_words(const PolicyTest& test) {
  std::string out = test.name + ":";
  for (const Expectation& expectation : test.expect) {
    out += out.ends_with(':') ? " " : "; ";
    out += std::to_string(expectation.findings) +
           (expectation.findings == 1 ? " finding" : " findings");
    if (!expectation.subject.empty()) out += " for " + expectation.subject;
    if (!expectation.because.empty()) out += " because of " + expectation.because;
    const auto add = [&out](std::optional<std::int64_t> count, std::string_view what) {
      if (count) out += ", " + std::to_string(*count) + std::string(what);
    };
    add(expectation.restated, " restated");
    add(expectation.withdrawn, " withdrawn");
    add(expectation.too_late, expectation.too_late == 1 ? " record too late" : " records too late");
    add(expectation.not_evaluable, " windows not told");
  }
  return out;
}

PagePart tests_of(const Policy& policy) {
  PagePart part;
  part.heading = "How it is tested";
  if (policy.tests.empty()) part.prose = "It has no tests.";
  for (const PolicyTest& test : policy.tests) part.items.push_back(test_words(test));
  return part;
}

void collect_fields(const Expr& expr, std::set<FieldId>& fields) {
  if (expr.op == ExprOp::kField) fields.insert(expr.index);
  for (const Expr& arg : expr.args) collect_fields(arg, fields);
}

/// What the fields mean that the page names.
PagePart glossary_of(const Policy& policy) {
  std::set<FieldId> used(policy.for_each.begin(), policy.for_each.end());
  used.insert(policy.evidence.fields.begin(), policy.evidence.fields.end());
  if (policy.evidence.size) collect_fields(*policy.evidence.size, used);
  if (policy.linkage) {
    for (const Link& link : policy.linkage->links) used.insert(link.field);
    for (const LockstepLink& link : policy.linkage->lockstep) {
      if (link.target) used.insert(*link.target);
    }
  }
  collect_fields(policy.condition, used);
  for (const Measure& measure : policy.measures) {
    for (const auto* part : {&measure.argument, &measure.group, &measure.where}) {
      if (*part) collect_fields(**part, used);
    }
  }
  for (const Exemption& exemption : policy.exempt) collect_fields(exemption.where, used);
  PagePart part;
  part.heading = "Words";
  for (const FieldId id : used) {
    const Field& f = field(id);
    const std::string unit = f.unit.empty() ? "" : " (" + std::string(f.unit) + ")";
    part.facts.emplace_back(f.name, std::string(f.doc) + unit);
  }
  return part;
}

}  // namespace

PolicyPage policy_page(const Policy& policy, UtcTime as_of) {
  PolicyPage page{policy.id, policy.title, {}};
  page.parts.push_back(facts_of(policy));
  if (!policy.description.empty()) {
    page.parts.push_back({"What a reviewer should understand first", policy.description, {}, {}});
  }
  page.parts.push_back(basis_of(policy));
  page.parts.push_back(records_of(policy));
  page.parts.push_back(judgement_of(policy));
  page.parts.push_back(exemptions_of(policy, as_of));
  if (!policy.false_positives.empty()) {
    page.parts.push_back({"What may be innocent", "", {}, policy.false_positives});
  }
  page.parts.push_back(responses_of(policy));
  page.parts.push_back(tests_of(policy));
  if (!policy.references.empty()) {
    page.parts.push_back({"Where to read more", "", {}, policy.references});
  }
  page.parts.push_back(glossary_of(policy));
  return page;
}

}  // namespace tidewaiter
