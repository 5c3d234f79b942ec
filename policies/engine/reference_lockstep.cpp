#include "policies/engine/reference_lockstep.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "policies/model/whole_division.h"

namespace tidewaiter::reference {
namespace {

using Done = std::pair<std::int64_t, std::pair<std::string, std::string>>;
using DoneByAccount = std::map<LinkedAccount, std::set<Done>>;

std::int64_t stretch_of(const LockstepLink& link, std::int64_t slot) {
  return floor_divide(slot * link.slot.us, link.over.us);
}

/// Whether both act in each slot between two.
bool go_on(const std::set<StatedAct>& acts, const LinkedAccount& a, const LinkedAccount& b,
           const Done& from, const Done& to) {
  for (std::int64_t slot = from.first + 1; slot < to.first; ++slot) {
    if (!acts.contains({a, slot, to.second}) || !acts.contains({b, slot, to.second})) return false;
  }
  return true;
}

/// How many of the acts that two have in common count towards `at_least`: of each run of slots in
/// which both act the first `at_least` - 1; with a target, all.
std::int64_t steps_of(const LockstepLink& link, const std::set<StatedAct>& acts,
                      const LinkedAccount& a, const LinkedAccount& b,
                      const std::vector<Done>& common) {
  if (link.target) return std::ssize(common);
  std::int64_t steps = 0;
  std::int64_t in_run = 0;
  for (std::size_t i = 0; i < common.size(); ++i) {
    in_run = i > 0 && go_on(acts, a, b, common[i - 1], common[i]) ? in_run + 1 : 1;
    if (in_run < link.at_least) ++steps;
  }
  return steps;
}

/// Of one stretch, what counts of what two do.
bool is_in_step(const LockstepLink& link, const std::set<StatedAct>& acts,
                const DoneByAccount::value_type& a, const DoneByAccount::value_type& b) {
  const std::int64_t half = link.over.us / link.slot.us / 2;
  if (!link.target && std::max(std::ssize(a.second), std::ssize(b.second)) > half) return false;
  std::vector<Done> common;
  std::ranges::set_intersection(a.second, b.second, std::back_inserter(common));
  const std::int64_t both = std::ssize(common);
  const std::int64_t either = std::ssize(a.second) + std::ssize(b.second) - both;
  return both * 100 >= link.percent * either &&
         steps_of(link, acts, a.first, b.first, common) >= link.at_least;
}

}  // namespace

std::vector<std::string> stated_texts(const Record& record, FieldId id) {
  const Value value = field_value(record, id);
  std::vector<std::string> texts;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    texts = *list;
  } else if (!is_null(value)) {
    texts.push_back(format_value(value, field(id).type));
  }
  std::erase(texts, std::string());
  return texts;
}

std::vector<StatedAct> stated_acts(const LockstepLink& link, const Record& record) {
  const Value name = field_value(record, *find_field("account"));
  if (record.kind != RecordKind::kUsage || is_null(name)) return {};
  if (record.duration > link.slot) return {};
  StatedAct act;
  act.account = {record.source, std::get<std::string>(name)};
  act.slot = floor_divide(record.time.us, link.slot.us);
  if (!link.target) return {act};
  std::vector<StatedAct> acts;
  for (const std::string& text : stated_texts(record, *link.target)) {
    act.target = {text, field(*link.target).id_of_source ? record.source : ""};
    acts.push_back(act);
  }
  return acts;
}

std::set<std::pair<LinkedAccount, LinkedAccount>> pairs_in_step(const LockstepLink& link,
                                                                const std::set<StatedAct>& acts) {
  std::map<Done, std::int64_t> doers;
  for (const StatedAct& act : acts) ++doers[{act.slot, act.target}];
  std::map<std::int64_t, DoneByAccount> by_stretch;
  for (const StatedAct& act : acts) {
    const Done done{act.slot, act.target};
    if (doers[done] > link.at_most) continue;
    by_stretch[stretch_of(link, act.slot)][act.account].insert(done);
  }
  std::set<std::pair<LinkedAccount, LinkedAccount>> pairs;
  for (const auto& [stretch, all] : by_stretch) {
    for (auto a = all.begin(); a != all.end(); ++a) {
      for (auto b = std::next(a); b != all.end(); ++b) {
        if (is_in_step(link, acts, *a, *b)) pairs.insert({a->first, b->first});
      }
    }
  }
  return pairs;
}

}  // namespace tidewaiter::reference
