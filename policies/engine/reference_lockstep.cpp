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

bool is_in_step(const LockstepLink& link, const std::set<Done>& a, const std::set<Done>& b) {
  const std::int64_t half = link.over.us / link.slot.us / 2;
  if (!link.target && (std::ssize(a) > half || std::ssize(b) > half)) return false;
  std::vector<Done> common;
  std::ranges::set_intersection(a, b, std::back_inserter(common));
  const std::int64_t either = std::ssize(a) + std::ssize(b) - std::ssize(common);
  return std::ssize(common) >= link.at_least && std::ssize(common) * 100 >= link.percent * either;
}

std::int64_t stretch_of(const LockstepLink& link, std::int64_t slot) {
  return floor_divide(slot * link.slot.us, link.over.us);
}

/// Whether the account has acted in each of the `at_least` - 1 slots before, in the same stretch:
/// where all acts are the same, this is no more of an act.
bool goes_on(const LockstepLink& link, const std::set<StatedAct>& acts, const StatedAct& act) {
  StatedAct before = act;
  for (std::int64_t left = link.at_least - 1; left > 0; --left) {
    --before.slot;
    const bool is_beside = stretch_of(link, before.slot) == stretch_of(link, act.slot);
    if (!is_beside || !acts.contains(before)) return false;
  }
  return !link.target;
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
    if (doers[done] > link.at_most || goes_on(link, acts, act)) continue;
    by_stretch[stretch_of(link, act.slot)][act.account].insert(done);
  }
  std::set<std::pair<LinkedAccount, LinkedAccount>> pairs;
  for (const auto& [stretch, all] : by_stretch) {
    for (auto a = all.begin(); a != all.end(); ++a) {
      for (auto b = std::next(a); b != all.end(); ++b) {
        if (is_in_step(link, a->second, b->second)) pairs.insert({a->first, b->first});
      }
    }
  }
  return pairs;
}

}  // namespace tidewaiter::reference
