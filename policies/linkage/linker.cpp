#include "policies/linkage/linker.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>
#include <variant>

#include "policies/linkage/evidence_weight.h"
#include "policies/linkage/part_search.h"
#include "policies/linkage/stated_texts.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostLinks = 32;  // of a linkage, lockstep links among them

/// Of each link the heaviest of some values, in shares; lockstep links come after the others.
class HeaviestValues {
 public:
  [[nodiscard]] bool is_outweighed_by(std::size_t link, std::int64_t weight) const {
    return weight > heaviest_[link];
  }
  void take(std::size_t link, std::int64_t weight) {
    sum_ += weight - heaviest_[link];
    heaviest_[link] = weight;
  }
  [[nodiscard]] std::int64_t sum() const { return sum_; }

 private:
  std::array<std::int64_t, kMostLinks> heaviest_{};
  std::int64_t sum_ = 0;
};

}  // namespace

Linker::Linker(Linkage linkage, UtcTime dropped_before)
    : linkage_(std::move(linkage)),
      needed_(needed_weight(linkage_)),
      dropped_before_(dropped_before) {
  assert(linkage_.links.size() + linkage_.lockstep.size() <= kMostLinks);
  lockstep_.reserve(linkage_.lockstep.size());
  for (const LockstepLink& link : linkage_.lockstep) lockstep_.emplace_back(link);
  assert(std::ranges::all_of(linkage_.links, [](const Link& link) { return link.at_most >= 2; }));
}

std::vector<ClusterMove> Linker::take(const LogEntry& entry) {
  bare_.clear();
  if (const auto* record = std::get_if<Record>(&entry.body)) {
    // The new version first: what both state never goes away in between.
    state(*record);
    if (entry.replaces) take_back(entry.replaces->record);
  } else if (const auto* dropped = std::get_if<RecordsDropped>(&std::get<Control>(entry.body))) {
    drop(dropped->before);
  } else if (const auto* ruled = std::get_if<LinkRuled>(&std::get<Control>(entry.body))) {
    take(*ruled);
  }
  return regroup();
}

std::vector<EvidenceChange> Linker::evidence_changes() const {
  std::vector<EvidenceChange> changes;
  changes.reserve(bare_.size());
  for (const AccountNumber account : bare_) {
    changes.push_back({held_.name(account), is_stated(account)});
  }
  return changes;
}

LinkedAccount Linker::cluster_of(const LinkedAccount& account) const {
  const AccountNumber known = held_.find_account(account.source, account.name);
  if (known == HeldValues::kNone) return account;
  return held_.name(groups_.least(groups_.of(known)));
}

bool Linker::could_be_linked(const LinkedAccount& account) const {
  const AccountNumber known = held_.find_account(account.source, account.name);
  return known != HeldValues::kNone && (is_stated(known) || groups_.size(groups_.of(known)) > 1);
}

std::int64_t Linker::size_around(const LinkedAccount& account) const {
  const AccountNumber known = held_.find_account(account.source, account.name);
  return known == HeldValues::kNone ? 1 : groups_.size(groups_.of(known));
}

std::int64_t Linker::weight(ValueNumber value, std::int64_t holders) const {
  const HeldValues::Kind& kind = held_.kind(value);
  if (kind.excepted) return 0;
  return evidence_weight(linkage_, linkage_.links[kind.link], holders, kind.period.rung);
}

ValueNumber Linker::at_all_times(ValueNumber value) const {
  const HeldValues::Kind& kind = held_.kind(value);
  if (kind.period.rung == 0) return value;
  return held_.find_value({kind.link, kind.excepted, {}, kind.source}, held_.text(value));
}

std::int64_t Linker::joint_weight(AccountNumber a, AccountNumber b) const {
  if (held_.held_by(a) > held_.held_by(b)) std::swap(a, b);
  HeaviestValues heaviest;
  held_.each_value(a, [&](ValueNumber value) {
    const std::uint32_t link = held_.kind(value).link;
    const std::int64_t own = weight(value);
    if (is_cut(a, value) || is_cut(b, value)) return;
    if (heaviest.is_outweighed_by(link, own) && held_.find(b, value) != HeldValues::kNone) {
      heaviest.take(link, own);
    }
  });
  for (std::size_t place = 0; place < lockstep_.size(); ++place) {
    if (!lockstep_[place].acts.are_in_step(a, b)) continue;
    heaviest.take(linkage_.links.size() + place, step_weight(place));
  }
  return heaviest.sum();
}

bool Linker::may_be_joined(AccountNumber account) const {
  HeaviestValues heaviest;
  held_.each_value(account, [&](ValueNumber value) {
    const std::uint32_t link = held_.kind(value).link;
    const std::int64_t own = weight(value);
    if (is_cut(account, value)) return;
    if (own < needed_ && heaviest.is_outweighed_by(link, own)) heaviest.take(link, own);
  });
  for (std::size_t place = 0; place < lockstep_.size(); ++place) {
    const std::int64_t own = step_weight(place);
    if (own >= needed_ || lockstep_[place].acts.in_step_with(account) == nullptr) continue;
    heaviest.take(linkage_.links.size() + place, own);
  }
  return heaviest.sum() >= needed_;
}

void Linker::each_jointly_linked(AccountNumber account, const Visit& visit) const {
  if (!may_be_joined(account)) return;
  std::unordered_set<AccountNumber> seen{account};
  const auto look_at = [&](AccountNumber other) {
    if (seen.insert(other).second && joint_weight(account, other) >= needed_) visit(other);
  };
  held_.each_value(account, [&](ValueNumber value) {
    const std::int64_t own = weight(value);
    if (own == 0 || own >= needed_ || is_cut(account, value)) return;
    held_.each_holder(value, look_at);
  });
  each_in_step(account, [&](std::size_t place, AccountNumber other) {
    if (step_weight(place) < needed_) look_at(other);
  });
}

void Linker::each_linked(AccountNumber account, std::unordered_set<ValueNumber>& followed,
                         const Visit& visit) const {
  held_.each_value(account, [&](ValueNumber value) {
    if (weight(value) < needed_ || is_cut(account, value)) return;
    if (followed.insert(value).second) each_uncut_holder(value, visit);
  });
  each_in_step(account, [&](std::size_t place, AccountNumber other) {
    if (step_weight(place) >= needed_) visit(other);
  });
  if (const auto by_ruling = joins_.find(account); by_ruling != joins_.end()) {
    for (const AccountNumber other : by_ruling->second) visit(other);
  }
  if (linkage_.threshold > 0) each_jointly_linked(account, visit);
}

template <class Fact>
void Linker::each_fact(const Record& record, const Fact& fact) {
  const Value* const name = find_value(record, account_field());
  if (name == nullptr) return;
  AccountNumber account = HeldValues::kNone;
  for (std::uint32_t i = 0; i < linkage_.links.size(); ++i) {
    const FieldId id = linkage_.links[i].field;
    each_text(record, id, [&](const std::string& text) {
      if (text.empty()) return;
      if (account == HeldValues::kNone) {
        account = held_.account(record.source, std::get<std::string>(*name));
        groups_.extend(held_.accounts());
      }
      const Link& link = linkage_.links[i];
      const bool excepted = link.except != nullptr && link.except->holds(text, record.time);
      const std::uint32_t at_all_times = kinds_of(record.source)[i * 2 + (excepted ? 1 : 0)];
      if (excepted || link.window.us == 0) return fact(account, held_.value(at_all_times, text));
      HeldValues::Kind kind = held_.kind_of(at_all_times);
      // The text is kept once, by the value that rulings are about, whatever the periods.
      const ValueNumber whole = held_.value(at_all_times, text);
      each_period(link, record.time, [&](const EvidencePeriod& period) {
        kind.period = period;
        fact(account, held_.value(held_.kind_number(kind), text, whole));
      });
    });
  }
}

const std::vector<std::uint32_t>& Linker::kinds_of(const std::string& source) {
  if (!kinds_.empty() && source == kinds_source_) return kinds_;
  kinds_source_ = source;
  kinds_.clear();
  for (std::uint32_t i = 0; i < linkage_.links.size(); ++i) {
    const bool is_of_source = field(linkage_.links[i].field).id_of_source;
    for (const bool excepted : {false, true}) {
      kinds_.push_back(held_.kind_number({i, excepted, {}, is_of_source ? source : std::string()}));
    }
  }
  return kinds_;
}

void Linker::state(const Record& record) {
  if (record.time < dropped_before_) return;
  stated_.clear();
  each_fact(record, [this](AccountNumber account, ValueNumber value) { add(account, value); });
  facts_.state(record.time, stated_);
  state_acts(record);
}

void Linker::take_back(const Record& record) {
  if (record.time < dropped_before_) return;
  stated_.clear();
  each_fact(record, [this](AccountNumber account, ValueNumber value) {
    const HoldingNumber holding = held_.find(account, value);
    if (holding != HeldValues::kNone) stated_.push_back(holding);
  });
  facts_.take_back(record.time, stated_);
  for (const HoldingNumber holding : stated_) remove(holding);
  take_back_acts(record);
}

void Linker::drop(UtcTime before) {
  dropped_before_ = std::max(dropped_before_, before);
  for (const HoldingNumber holding : facts_.drop(dropped_before_)) remove(holding);
  drop_acts();
}

void Linker::add(AccountNumber account, ValueNumber value) {
  if (!is_stated(account)) bare_.push_back(account);
  stated_.push_back(held_.add(account, value, [&] {
    const std::int64_t holders = held_.holders(value);
    if (weight(value, holders + 1) < weight(value, holders)) note_loss(value);
    gained_.push_back(value);
  }));
}

void Linker::remove(HoldingNumber holding) {
  const ValueNumber value = held_.held(holding);
  const AccountNumber holder = held_.holder(holding);
  const bool is_last = held_.times(holding) == 1;
  const std::int64_t before = weight(value);
  if (is_last && before > 0) note_loss(value);
  held_.remove(holding);
  // The version that takes its place has been stated by now: no account is here twice.
  if (!is_stated(holder)) bare_.push_back(holder);
  if (is_last && weight(value) > before) restored_.push_back(value);
}

void Linker::note_loss(ValueNumber value) {
  // All of them: which of them keep a joint is known after the whole entry. But what is too light
  // alone has joined nobody whose values are all too light together.
  const bool is_enough = weight(value) >= needed_;
  held_.each_holder(value, [&](AccountNumber account) {
    if (is_enough || may_be_joined(account)) parted_.push_back(account);
  });
}

void Linker::split(GroupNumber group, const std::vector<AccountNumber>& parted) {
  std::unordered_set<ValueNumber> followed;
  const PartSearch::Linked linked = [&](AccountNumber account, const auto& visit) {
    each_linked(account, followed, [&](AccountNumber other) {
      if (groups_.of(other) == group) visit(other);  // a new joint joins others later
    });
  };
  const std::vector<std::vector<AccountNumber>> parts = PartSearch(parted, linked).parts();
  if (!parts.empty()) groups_.part(group, parts, held_);
}

void Linker::split_parted() {
  if (parted_.empty()) return;
  std::vector<std::pair<GroupNumber, AccountNumber>> parted;
  parted.reserve(parted_.size());
  for (const AccountNumber account : parted_) parted.emplace_back(groups_.of(account), account);
  parted_.clear();
  std::ranges::sort(parted);
  parted.erase(std::unique(parted.begin(), parted.end()), parted.end());
  for (auto first = parted.begin(); first != parted.end();) {
    std::vector<AccountNumber> accounts;
    const GroupNumber group = first->first;
    for (; first != parted.end() && first->first == group; ++first) {
      accounts.push_back(first->second);
    }
    if (accounts.size() > 1) split(group, accounts);
  }
}

/// The last two whom a value is evidence for, the same one twice if there is one; kNone twice, if
/// none is.
std::pair<AccountNumber, AccountNumber> Linker::newest_uncut(ValueNumber value) const {
  if (cuts_.empty()) return held_.newest_holders(value);
  std::pair<AccountNumber, AccountNumber> newest(HeldValues::kNone, HeldValues::kNone);
  each_uncut_holder(value, [&](AccountNumber account) {
    if (newest.first == HeldValues::kNone) newest = {account, account};
    if (newest.second == newest.first) newest.second = account;
  });
  return newest;
}

void Linker::join_newest(ValueNumber value) {
  const std::int64_t own = weight(value);
  if (own == 0 || is_cut(held_.newest_holders(value).first, value)) return;
  const auto [newest, before] = newest_uncut(value);
  if (own >= needed_) {
    // The others were joined before, or there is one other.
    groups_.join(newest, before, held_);
  } else if (may_be_joined(newest)) {
    held_.each_holder(value, [&, joining = newest](AccountNumber other) {
      const bool is_apart = groups_.of(other) != groups_.of(joining);
      if (is_apart && joint_weight(joining, other) >= needed_) groups_.join(joining, other, held_);
    });
  }
}

void Linker::join_holders(ValueNumber value) {
  const std::int64_t own = weight(value);
  if (own == 0) return;
  const AccountNumber first = newest_uncut(value).first;
  each_uncut_holder(value, [&](AccountNumber account) {
    if (own >= needed_) {
      groups_.join(first, account, held_);
    } else {
      each_jointly_linked(account,
                          [&](AccountNumber other) { groups_.join(account, other, held_); });
    }
  });
}

std::vector<ClusterMove> Linker::regroup() {
  take_steps();
  // What is lost first: then every cluster is linked within itself, and new links join whole ones.
  split_parted();
  for (const ValueNumber value : gained_) join_newest(value);
  gained_.clear();
  for (const ValueNumber value : restored_) join_holders(value);
  restored_.clear();
  join_in_step();
  for (const auto& [one, other] : joined_) groups_.join(one, other, held_);
  joined_.clear();
  held_.free_unheld();
  return groups_.take_moves(held_);
}

}  // namespace tidewaiter
