#include "policies/authoring/comparison.h"

#include <algorithm>
#include <map>
#include <utility>

#include "policies/authoring/list_changes.h"

namespace tidewaiter {
namespace {

/// Of findings whose runs go on, their ends and figures are those of the moment at which each was
/// last told of: only where they begin is settled.
bool same(const SettledFinding& a, const SettledFinding& b) {
  if (a.ended != b.ended) return false;
  if (!a.ended) return a.run.from == b.run.from;
  return a.run == b.run && a.figures == b.figures;
}

/// Findings of `some` that `others` has not.
std::vector<SettledFinding> without(const std::vector<SettledFinding>& some,
                                    const std::vector<SettledFinding>& others) {
  std::vector<SettledFinding> left;
  std::ranges::copy_if(some, std::back_inserter(left), [&](const SettledFinding& finding) {
    return std::ranges::none_of(others, [&](const SettledFinding& o) { return same(finding, o); });
  });
  return left;
}

std::vector<PolicyPart>::const_iterator find_part(const std::vector<PolicyPart>& parts,
                                                  const std::string& name) {
  return std::ranges::find(parts, name, &PolicyPart::name);
}

}  // namespace

std::vector<PartChange> compare_meaning(const Policy& before, const Policy& after) {
  if (before.hash == after.hash) return {};
  const std::vector<PolicyPart> old = policy_parts(before);
  const std::vector<PolicyPart> now = policy_parts(after);
  std::vector<PartChange> changes;
  // What a list holds is told by its values, once, in place of a digest in each part.
  const auto add = [&changes](const PolicyPart& part, const std::string& was,
                              const std::string& is) {
    PartChange change{part.name, without_list_digests(was), without_list_digests(is)};
    if (change.before != change.after) changes.push_back(std::move(change));
  };
  for (const PolicyPart& part : old) {
    const auto other = find_part(now, part.name);
    add(part, part.text, other == now.end() ? "" : other->text);
  }
  for (const PolicyPart& part : now) {
    if (find_part(old, part.name) == old.end()) add(part, "", part.text);
  }
  for (ListChange& list : list_changes(before, after)) {
    changes.push_back({"list " + list.name, std::move(list.before), std::move(list.after)});
  }
  if (changes.empty()) {
    changes.push_back({"meaning", "hash " + to_hex(before.hash), "hash " + to_hex(after.hash)});
  }
  return changes;
}

FindingsComparison compare_settled(std::span<const SettledFinding> before,
                                   std::span<const SettledFinding> after) {
  struct Sides {
    std::vector<SettledFinding> before;
    std::vector<SettledFinding> after;
  };
  std::map<std::string, Sides> subjects;
  for (const SettledFinding& f : before) subjects[to_text(f.subject)].before.push_back(f);
  for (const SettledFinding& f : after) subjects[to_text(f.subject)].after.push_back(f);
  FindingsComparison result;
  for (const auto& [subject, sides] : subjects) {
    SubjectChange change;
    change.subject = subject;
    change.before = without(sides.before, sides.after);
    change.after = without(sides.after, sides.before);
    if (change.before.empty() && change.after.empty()) {
      ++result.unchanged;
      continue;
    }
    change.kind = sides.before.empty()  ? SubjectChange::Kind::kGained
                  : sides.after.empty() ? SubjectChange::Kind::kLost
                                        : SubjectChange::Kind::kChanged;
    result.changes.push_back(std::move(change));
  }
  std::ranges::stable_sort(result.changes, {}, &SubjectChange::kind);
  return result;
}

}  // namespace tidewaiter
