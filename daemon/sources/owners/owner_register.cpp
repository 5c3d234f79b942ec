#include "daemon/sources/owners/owner_register.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <tuple>
#include <utility>

namespace tidewaiter {
namespace {

/// A record that is stated again is ordered by date; what has none was before all.
bool is_before(const std::optional<DayNumber>& a, const std::optional<DayNumber>& b) {
  return a < b;  // nothing is less than any day
}

/// What is stated of one day is ordered by its time, and of one time by the life of the record.
bool is_earlier(const StatedRelation& a, const StatedRelation& b) {
  return std::tie(a.date, a.instant, a.stage) < std::tie(b.date, b.instant, b.stage);
}

/// Texts in the order in which they came, each once, however many there are.
class DistinctTexts {
 public:
  explicit DistinctTexts(std::vector<std::string>& to) : to_(to), seen_(to.begin(), to.end()) {}
  void add(const std::vector<std::string>& more) {
    for (const std::string& one : more) {
      if (seen_.insert(one).second) to_.push_back(one);
    }
  }

 private:
  std::vector<std::string>& to_;
  std::set<std::string> seen_;
};

}  // namespace

bool OwnerRegister::add(StatedParty party) {
  for (const std::string& former : party.former) former_.try_emplace(former, party.id);
  std::vector<StatedParty>& known = stated_[party.id];
  const bool agrees = std::ranges::none_of(known, [&](const StatedParty& one) {
    return one.date == party.date && !one.names.empty() && !party.names.empty() &&
           one.names.front() != party.names.front();
  });
  known.push_back(std::move(party));
  return agrees;
}

bool OwnerRegister::add(StatedRelation relation) {
  Versions& known = records_[relation.id];
  bool agrees = true;
  for (const StatedRelation& one : known) {
    if (one == relation) return true;
    if (!relation.statement.empty() && one.statement == relation.statement) agrees = false;
  }
  known.push_back(std::move(relation));
  return agrees;
}

void OwnerRegister::add(const Replaced& replaced) {
  const auto [at, is_new] = replaced_.try_emplace(replaced.statement, replaced.date);
  if (!is_new && is_before(replaced.date, at->second)) at->second = replaced.date;
}

std::string OwnerRegister::id_of(std::string_view party) const {
  const auto found = current_.find(party);
  return found == current_.end() ? std::string(party) : found->second;
}

/// Follows each id to the last one. All ids of a ring are the least of them.
void OwnerRegister::settle_ids() {
  for (const auto& [id, next] : former_) {
    std::vector<std::string> way;
    std::map<std::string, std::size_t, std::less<>> places;
    std::string at = id;
    while (!current_.contains(at) && places.try_emplace(at, way.size()).second) {
      way.push_back(at);
      const auto further = former_.find(at);
      if (further == former_.end()) break;
      at = further->second;
    }
    std::string last = at;
    if (const auto known = current_.find(at); known != current_.end()) {
      last = known->second;
    } else if (former_.contains(at)) {
      const auto ring = way.begin() + static_cast<std::ptrdiff_t>(places.find(at)->second);
      last = *std::min_element(ring, way.end());
    }
    for (const std::string& one : way) current_[one] = last;
  }
}

void OwnerRegister::settle() {
  settle_ids();
  std::map<std::string, std::vector<StatedParty>> parties;
  for (auto& [id, statements] : stated_) {
    std::vector<StatedParty>& all = parties[id_of(id)];
    std::ranges::move(statements, std::back_inserter(all));
  }
  for (auto& [id, statements] : parties) {
    // The last statement has the name that holds; none of the others is lost.
    std::ranges::stable_sort(statements, [&id = id](const StatedParty& a, const StatedParty& b) {
      const bool a_is_last = a.id == id;
      return a_is_last != (b.id == id) ? a_is_last : is_before(b.date, a.date);
    });
    PartyFacts& facts = facts_[id];
    DistinctTexts names(facts.names);
    DistinctTexts identifiers(facts.identifiers);
    for (const StatedParty& one : statements) {
      names.add(one.names);
      identifiers.add(one.identifiers);
      if (facts.country.empty()) facts.country = one.country;
    }
  }
  stated_.clear();
  for (auto& [id, versions] : records_) {
    std::ranges::stable_sort(versions, is_earlier);
    for (StatedRelation& one : versions) {
      one.subject = id_of(one.subject);
      if (!one.owner.empty()) one.owner = id_of(one.owner);
      by_subject_[one.subject].insert(id);
    }
  }
}

const PartyFacts* OwnerRegister::facts(std::string_view party) const {
  const auto found = facts_.find(party);
  return found == facts_.end() ? nullptr : &found->second;
}

/// The statements of a record that hold on a day: the last one made by then, or else the first one
/// that was made. Two of one id that say two things hold both.
std::vector<const StatedRelation*> OwnerRegister::in_force(const Versions& versions,
                                                           DayNumber day) const {
  const StatedRelation* last = nullptr;
  for (const StatedRelation& one : versions) {
    if (last == nullptr || !one.date || *one.date <= day) last = &one;
  }
  if (last == nullptr) return {};
  if (last->since && day < *last->since) return {};
  if (last->closed && (!last->date || *last->date <= day)) return {};
  if (const auto gone = replaced_.find(last->statement); gone != replaced_.end()) {
    if (!gone->second || *gone->second <= day) return {};
  }
  std::vector<const StatedRelation*> holding;
  for (const StatedRelation& one : versions) {
    const bool twin =
        one.statement == last->statement &&
        (!one.statement.empty() || !(is_earlier(one, *last) || is_earlier(*last, one)));
    if ((&one == last || twin) && !one.is_nobody) holding.push_back(&one);
  }
  return holding;
}

OwnerRegister::Pairs OwnerRegister::pairs_of(const std::string& subject, DayNumber day) const {
  Pairs pairs;
  const auto records = by_subject_.find(subject);
  if (records == by_subject_.end()) return pairs;
  for (const std::string& id : records->second) {
    for (const StatedRelation* const one : in_force(records_.find(id)->second, day)) {
      if (one->subject != subject) continue;
      // Whoever is not named may be somebody else each time.
      const std::string key = one->owner.empty() ? "\n" + id : one->owner;
      OwnerPair& pair = pairs[key];
      pair.owner = one->owner;
      pair.take(*one, day);
    }
  }
  std::erase_if(pairs, [](const auto& entry) { return entry.second.is_empty(); });
  return pairs;
}

/// Who owns the subject through others, by direct interests alone.
std::set<std::string> OwnerRegister::reached(const Graph& graph, const std::string& subject) {
  std::set<std::string> reached;
  std::set<std::string> seen{subject};
  std::deque<std::string> open{subject};
  while (!open.empty()) {
    const std::string of = std::move(open.front());
    open.pop_front();
    const auto pairs = graph.find(of);
    if (pairs == graph.end()) continue;
    for (const auto& [key, pair] : pairs->second) {
      if (!pair.is_direct() || pair.owner.empty()) continue;
      if (of != subject) reached.insert(pair.owner);
      if (seen.insert(pair.owner).second) open.push_back(pair.owner);
    }
  }
  return reached;
}

/// Whether all that an indirect interest is made of is in the files and holds.
bool OwnerRegister::has_parts(const StatedRelation& relation, DayNumber day) const {
  return !relation.components.empty() &&
         std::ranges::all_of(relation.components, [&](const std::string& part) {
           const auto record = records_.find(part);
           if (record != records_.end()) return !in_force(record->second, day).empty();
           return facts_.contains(id_of(part));
         });
}

/// Decides of each interest that is not direct whether it says anything beside the chain.
void OwnerRegister::settle_ways(Graph& graph, DayNumber day) const {
  const auto is_open = [](const OwnerPair& pair) {
    return pair.is_owner() && !pair.is_direct() && !pair.owner.empty();
  };
  for (auto& [subject, pairs] : graph) {
    if (std::ranges::none_of(pairs, [&](const auto& one) { return is_open(one.second); })) continue;
    const std::set<std::string> through = reached(graph, subject);
    for (auto& [key, pair] : pairs) {
      if (!is_open(pair) || !through.contains(pair.owner)) continue;
      const bool explained = std::ranges::all_of(
          pair.statements, [&](const StatedRelation* one) { return has_parts(*one, day); });
      pair.chain = explained ? OwnerPair::Chain::kTold : OwnerPair::Chain::kInPart;
    }
  }
}

void OwnerRegister::emit(const std::string& subject, const Pairs& pairs, OwnersOnDay& out) const {
  const bool all_direct = std::ranges::all_of(pairs, [](const auto& entry) {
    return !entry.second.is_counted() || entry.second.is_direct();
  });
  for (const auto& [key, pair] : pairs) {
    if (!pair.is_counted()) continue;
    if (out.owners.size() == kMostOwners) {
      out.cut = true;
      return;
    }
    out.owners.push_back({pair.owner, subject, pair.share_text(all_direct)});
  }
}

OwnersOnDay OwnerRegister::owners_on(std::string_view organisation, DayNumber day) const {
  Graph graph;
  std::vector<std::string> order{std::string(organisation)};
  std::set<std::string> seen{std::string(organisation)};
  for (std::size_t i = 0; i < order.size() && order.size() <= kMostOwners; ++i) {
    const std::string subject = order[i];
    Pairs pairs = pairs_of(subject, day);
    for (const auto& [key, pair] : pairs) {
      if (pair.is_owner() && !pair.owner.empty() && seen.insert(pair.owner).second) {
        order.push_back(pair.owner);
      }
    }
    graph.emplace(subject, std::move(pairs));
  }
  settle_ways(graph, day);
  OwnersOnDay out;
  out.cut = order.size() > kMostOwners;
  for (const std::string& subject : order) {
    const auto pairs = graph.find(subject);
    if (pairs != graph.end()) emit(subject, pairs->second, out);
  }
  for (const auto& [key, pair] : graph.find(organisation)->second) {
    if (!pair.is_owner() && !pair.owner.empty()) out.controllers.push_back(pair.owner);
  }
  return out;
}

std::set<DayNumber> OwnerRegister::changes(std::string_view organisation, DayNumber first,
                                           DayNumber last) const {
  std::set<DayNumber> days;
  const auto note = [&](const std::optional<DayNumber>& day) {
    if (!day || *day < first || *day > last) return;
    days.insert(*day);
    if (days.size() > kMostDays) days.erase(days.begin());
  };
  std::vector<std::string> order{std::string(organisation)};
  std::set<std::string> seen{std::string(organisation)};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto records = by_subject_.find(order[i]);
    if (records == by_subject_.end()) continue;
    for (const std::string& id : records->second) {
      for (const StatedRelation& one : records_.find(id)->second) {
        note(one.date);
        if (const auto gone = replaced_.find(one.statement); gone != replaced_.end()) {
          note(gone->second);
        }
        for (const StatedInterest& interest : one.interests) {
          note(interest.held.from);
          note(interest.held.until);
        }
        if (!one.owner.empty() && seen.insert(one.owner).second) order.push_back(one.owner);
      }
    }
  }
  return days;
}

}  // namespace tidewaiter
