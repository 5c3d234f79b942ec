#include "policies/engine/reference_clusters.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "policies/engine/reference_lockstep.h"
#include "policies/linkage/evidence_period.h"
#include "policies/linkage/evidence_weight.h"

namespace tidewaiter::reference {
namespace {

/// A value of a field, the source where only that makes it unique, and the period of its use.
using Held = std::tuple<std::string, std::string, EvidencePeriod>;
using Holders = std::map<Held, std::set<LinkedAccount>>;

void add_values(const Record& record, const Link& link, const LinkedAccount& account,
                const std::vector<std::string>& texts, Holders& holders) {
  for (const std::string& text : texts) {
    if (link.except && link.except->holds(text, record.time)) continue;
    each_period(link, record.time, [&](const EvidencePeriod& period) {
      const std::string source = field(link.field).id_of_source ? record.source : "";
      holders[{text, source, period}].insert(account);
    });
  }
}

using Pair = std::pair<LinkedAccount, LinkedAccount>;

using Cut = std::set<std::pair<LinkedAccount, RuledValue>>;

/// What each two accounts have in common weighs, of each link the heaviest value off which neither
/// is cut.
std::map<Pair, std::int64_t> weights_of_pairs(const Linkage& linkage,
                                              const std::vector<Holders>& by_link, const Cut& cut) {
  std::map<Pair, std::int64_t> weights;
  for (std::size_t i = 0; i < by_link.size(); ++i) {
    std::map<Pair, std::int64_t> heaviest;
    for (const auto& [value, holders] : by_link[i]) {
      const auto& [text, source, period] = value;
      const std::int64_t own =
          evidence_weight(linkage, linkage.links[i], std::ssize(holders), period.rung);
      if (own == 0) continue;
      const RuledValue named{linkage.links[i].field, text};
      for (auto a = holders.begin(); a != holders.end(); ++a) {
        for (auto b = std::next(a); b != holders.end(); ++b) {
          if (cut.contains({*a, named}) || cut.contains({*b, named})) continue;
          std::int64_t& most = heaviest[{*a, *b}];
          most = std::max(most, own);
        }
      }
    }
    for (const auto& [pair, weight] : heaviest) weights[pair] += weight;
  }
  return weights;
}

}  // namespace

LinkedAccount Clusters::of(const LinkedAccount& account) const {
  const auto found = by_account_.find(account);
  return found == by_account_.end() ? account : found->second;
}

std::int64_t Clusters::size_of(const LinkedAccount& cluster) const {
  std::int64_t size = by_account_.contains(cluster) ? 0 : 1;
  for (const auto& [account, named] : by_account_) size += named == cluster ? 1 : 0;
  return size;
}

bool Clusters::could_be_linked(const LinkedAccount& cluster) const {
  return size_of(cluster) > 1 || std::ranges::any_of(stated_, [&](const LinkedAccount& account) {
           return of(account) == cluster;
         });
}

std::set<LinkedAccount> Clusters::changed(const Clusters& before, const Clusters& after) {
  std::set<LinkedAccount> changed;
  for (const auto* side : {&before, &after}) {
    for (const auto& [account, cluster] : side->by_account_) {
      if (before.of(account) == after.of(account)) continue;
      changed.insert(before.of(account));
      changed.insert(after.of(account));
    }
  }
  return changed;
}

void StoredRecords::take(const LogEntry& entry) {
  if (const auto* record = std::get_if<Record>(&entry.body)) {
    if (record->time >= dropped_before_) records_[{record->id, record->time}] = *record;
  } else if (const auto* gone = std::get_if<RecordsDropped>(&std::get<Control>(entry.body))) {
    drop(gone->before);
  } else if (const auto* ruled = std::get_if<LinkRuled>(&std::get<Control>(entry.body))) {
    if (!ruled->lifts()) {
      rulings_.emplace(ruled->ruling, *ruled);
    } else if (rulings_.contains(ruled->ruling)) {
      lifted_.insert(ruled->ruling);
    }
  }
}

StoredRecords::Cuts StoredRecords::cuts() const {
  Cuts cuts;
  for (const auto& [id, ruled] : rulings_) {
    if (ruled.accounts.size() != 1 || lifted_.contains(id)) continue;
    const RuledAccount& account = ruled.accounts.front();
    for (const RuledValue& value : ruled.values) {
      cuts.insert({{account.source, account.name}, value});
    }
  }
  return cuts;
}

void StoredRecords::drop(UtcTime before) {
  dropped_before_ = std::max(dropped_before_, before);
  std::erase_if(records_, [&](const auto& record) { return record.first.second < before; });
}

Clusters StoredRecords::clusters(const Linkage& linkage) const {
  const FieldId account_field = *find_field("account");
  std::vector<Holders> by_link(linkage.links.size());
  std::vector<std::set<StatedAct>> acts(linkage.lockstep.size());
  Clusters clusters;
  for (const auto& [key, record] : records_) {
    const Value name = field_value(record, account_field);
    if (is_null(name)) continue;
    const LinkedAccount account{record.source, std::get<std::string>(name)};
    clusters.by_account_.emplace(account, account);
    for (std::size_t i = 0; i < by_link.size(); ++i) {
      const std::vector<std::string> texts = stated_texts(record, linkage.links[i].field);
      if (!texts.empty()) clusters.stated_.insert(account);
      add_values(record, linkage.links[i], account, texts, by_link[i]);
    }
    for (std::size_t i = 0; i < acts.size(); ++i) {
      for (StatedAct& act : stated_acts(linkage.lockstep[i], record)) {
        clusters.stated_.insert(account);
        acts[i].insert(std::move(act));
      }
    }
  }
  std::map<Pair, std::int64_t> weights = weights_of_pairs(linkage, by_link, cuts());
  for (std::size_t i = 0; i < acts.size(); ++i) {
    const LockstepLink& link = linkage.lockstep[i];
    const std::int64_t own = linkage.threshold == 0 ? 1 : link.weight * kSharesOfWeight;
    for (const Pair& pair : pairs_in_step(link, acts[i])) weights[pair] += own;
  }
  std::vector<Pair> joined;
  for (const auto& [pair, weight] : weights) {
    if (weight >= needed_weight(linkage)) joined.push_back(pair);
  }
  for (const auto& [id, ruled] : rulings_) {
    if (ruled.accounts.size() != 2 || lifted_.contains(id)) continue;
    const LinkedAccount one{ruled.accounts[0].source, ruled.accounts[0].name};
    const LinkedAccount other{ruled.accounts[1].source, ruled.accounts[1].name};
    clusters.by_account_.emplace(one, one);
    clusters.by_account_.emplace(other, other);
    joined.emplace_back(one, other);
  }
  // Lesser names spread over whoever is joined, until none is lesser.
  for (bool spread = true; spread;) {
    spread = false;
    for (const auto& [a, b] : joined) {
      LinkedAccount& one = clusters.by_account_.at(a);
      LinkedAccount& other = clusters.by_account_.at(b);
      if (one == other) continue;
      (one < other ? other : one) = std::min(one, other);
      spread = true;
    }
  }
  return clusters;
}

}  // namespace tidewaiter::reference
