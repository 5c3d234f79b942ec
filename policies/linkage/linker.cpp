#include "policies/linkage/linker.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

namespace tidewaiter {
namespace {

FieldId account_field() {
  static const FieldId id = *find_field("account");
  return id;
}

/// The texts that a record has for a field; a list has one for each of its elements.
std::vector<std::string> texts_of(const Record& record, FieldId id) {
  const Value value = field_value(record, id);
  if (is_null(value)) return {};
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
  return {format_value(value, field(id).type)};
}

}  // namespace

/// Finds the parts into which a cluster has come. From each of the accounts that lost a link the
/// accounts that it is linked to are looked for, all in turn; searches that meet go on as one. A
/// search that finds no more has found a part. As soon as one search is left, it need not go on:
/// what no other has found is of its part.
class Linker::PartSearch {
 public:
  PartSearch(const Linker& linker, ClusterNumber cluster, const Accounts& starts)
      : linker_(linker), cluster_(cluster) {
    searches_.reserve(starts.size());
    for (const AccountNumber start : starts) {
      found_by_[start] = searches_.size();
      searches_.push_back({searches_.size(), {start}, {start}});
    }
    going_ = searches_.size();
  }

  /// All parts but one.
  std::vector<Accounts> parts() {
    std::vector<Accounts> parts;
    std::deque<std::size_t> turns(searches_.size());
    std::iota(turns.begin(), turns.end(), std::size_t{0});
    while (going_ > 1) {
      const std::size_t search = turns.front();
      turns.pop_front();
      if (one_of(search) != search) continue;  // goes on as another
      if (searches_[search].open.empty()) {
        parts.push_back(std::move(searches_[search].found));
        --going_;
        continue;
      }
      go_on(search);
      turns.push_back(search);
    }
    return parts;
  }

 private:
  struct Search {
    std::size_t goes_on_as = 0;  ///< itself, or the one that it met
    Accounts found;
    std::deque<AccountNumber> open;  ///< those found whose links are still to be followed
  };

  std::size_t one_of(std::size_t search) {
    while (searches_[search].goes_on_as != search) {
      std::size_t& next = searches_[search].goes_on_as;
      next = searches_[next].goes_on_as;
      search = next;
    }
    return search;
  }

  void go_on(std::size_t search) {
    const AccountNumber account = searches_[search].open.front();
    searches_[search].open.pop_front();
    for (const ValueNumber number : linker_.accounts_[account].values) {
      const SharedValue& value = linker_.values_[number];
      if (!value.links() || !followed_.insert(number).second) continue;
      for (const auto& [holder, facts] : value.holders) reach(one_of(search), holder);
    }
  }

  void reach(std::size_t search, AccountNumber account) {
    if (linker_.accounts_[account].cluster != cluster_) return;  // a new link joins it later
    const auto [place, fresh] = found_by_.try_emplace(account, search);
    if (fresh) {
      searches_[search].found.push_back(account);
      searches_[search].open.push_back(account);
    } else {
      meet(search, one_of(place->second));
    }
  }

  void meet(std::size_t a, std::size_t b) {
    if (a == b) return;
    if (searches_[a].found.size() < searches_[b].found.size()) std::swap(a, b);
    Search& into = searches_[a];
    Search& from = searches_[b];
    into.found.insert(into.found.end(), from.found.begin(), from.found.end());
    into.open.insert(into.open.end(), from.open.begin(), from.open.end());
    from = {a, {}, {}};
    --going_;
  }

  const Linker& linker_;
  ClusterNumber cluster_;
  std::vector<Search> searches_;
  std::size_t going_ = 0;
  std::unordered_map<AccountNumber, std::size_t> found_by_;
  std::unordered_set<ValueNumber> followed_;
};

Linker::Linker(Linkage linkage, UtcTime dropped_before)
    : linkage_(std::move(linkage)), dropped_before_(dropped_before) {
  assert(std::ranges::all_of(linkage_.links, [](const Link& link) { return link.at_most >= 2; }));
}

std::vector<ClusterMove> Linker::take(const LogEntry& entry) {
  if (const auto* record = std::get_if<Record>(&entry.body)) {
    // The new version first: what both state never goes away in between.
    state(*record);
    if (entry.replaces) take_back(entry.replaces->record);
  } else if (const auto* dropped = std::get_if<RecordsDropped>(&std::get<Control>(entry.body))) {
    drop(dropped->before);
  }
  return regroup();
}

LinkedAccount Linker::cluster_of(const LinkedAccount& account) const {
  const auto known = account_numbers_.find(account);
  if (known == account_numbers_.end()) return account;
  return accounts_[clusters_[accounts_[known->second].cluster].least].name;
}

std::int64_t Linker::size_around(const LinkedAccount& account) const {
  const auto known = account_numbers_.find(account);
  if (known == account_numbers_.end()) return 1;
  return static_cast<std::int64_t>(clusters_[accounts_[known->second].cluster].members.size());
}

CommonValue Linker::common_value(const ValueKey& key, const SharedValue& value) const {
  CommonValue common{std::get<FieldId>(key), std::get<1>(key), std::get<2>(key), {}};
  common.accounts.reserve(value.holders.size());
  for (const auto& [account, facts] : value.holders) {
    common.accounts.push_back(accounts_[account].name);
  }
  std::ranges::sort(common.accounts);
  return common;
}

std::vector<AccountCluster> Linker::clusters() const {
  std::map<ClusterNumber, AccountCluster> found;
  for (const auto& [key, number] : value_numbers_) {
    const SharedValue& value = values_[number];
    if (!value.links()) continue;
    const ClusterNumber cluster = accounts_[value.holders.begin()->first].cluster;
    found[cluster].links.push_back(common_value(key, value));
  }
  std::vector<AccountCluster> all;
  all.reserve(found.size());
  for (auto& [number, cluster] : found) {
    cluster.name = accounts_[clusters_[number].least].name;
    for (const AccountNumber member : clusters_[number].members) {
      cluster.accounts.push_back(accounts_[member].name);
    }
    std::ranges::sort(cluster.accounts);
    std::ranges::stable_sort(cluster.links, {},
                             [](const CommonValue& link) { return field(link.field).name; });
    all.push_back(std::move(cluster));
  }
  std::ranges::sort(all, [](const AccountCluster& a, const AccountCluster& b) {
    return a.accounts.size() != b.accounts.size() ? a.accounts.size() > b.accounts.size()
                                                  : a.name < b.name;
  });
  return all;
}

std::vector<CommonValue> Linker::too_common() const {
  std::vector<CommonValue> all;
  for (const auto& [key, number] : value_numbers_) {
    const SharedValue& value = values_[number];
    if (value.holders.size() < 2 || value.links()) continue;
    all.push_back(common_value(key, value));
  }
  std::ranges::stable_sort(all, [](const CommonValue& a, const CommonValue& b) {
    return a.accounts.size() > b.accounts.size();
  });
  return all;
}

std::vector<Linker::Fact> Linker::facts_of(const Record& record) {
  std::vector<Fact> facts;
  const Value* const name = find_value(record, account_field());
  if (name == nullptr) return facts;
  for (const Link& link : linkage_.links) {
    for (std::string& text : texts_of(record, link.field)) {
      if (text.empty()) continue;
      std::string source = field(link.field).id_of_source ? record.source : std::string();
      facts.push_back({number_of({record.source, std::get<std::string>(*name)}),
                       number_of(link, std::move(source), std::move(text))});
    }
  }
  return facts;
}

Linker::AccountNumber Linker::number_of(LinkedAccount name) {
  const auto next = static_cast<AccountNumber>(accounts_.size());
  const auto [place, fresh] = account_numbers_.try_emplace(std::move(name), next);
  if (fresh) {
    accounts_.push_back({place->first, 0, 0, {}});
    const ClusterNumber own = free_cluster();
    clusters_[own].least = next;
    put(next, own);
  }
  return place->second;
}

Linker::ValueNumber Linker::number_of(const Link& link, std::string source, std::string text) {
  const auto next = static_cast<ValueNumber>(values_.size());
  const auto [place, fresh] =
      value_numbers_.try_emplace({link.field, std::move(source), std::move(text)}, next);
  if (fresh) values_.push_back({link.at_most, {}});
  return place->second;
}

void Linker::state(const Record& record) {
  if (record.time < dropped_before_) return;
  for (const Fact& fact : facts_of(record)) {
    facts_.insert({record.time, fact});
    add(fact);
  }
}

void Linker::take_back(const Record& record) {
  for (const Fact& fact : facts_of(record)) {
    const auto stated = facts_.find({record.time, fact});
    if (stated == facts_.end()) continue;  // dropped
    facts_.erase(stated);
    remove(fact);
  }
}

void Linker::drop(UtcTime before) {
  dropped_before_ = std::max(dropped_before_, before);
  const auto kept = facts_.lower_bound({dropped_before_, Fact{}});
  for (auto stated = facts_.begin(); stated != kept; ++stated) remove(stated->second);
  facts_.erase(facts_.begin(), kept);
}

void Linker::add(const Fact& fact) {
  SharedValue& value = values_[fact.value];
  const bool is_one_too_many = value.holders.size() == static_cast<std::uint64_t>(value.at_most);
  if (is_one_too_many && !value.holders.contains(fact.account)) note_loss(value);
  if (value.holders[fact.account]++ > 0) return;
  accounts_[fact.account].values.insert(fact.value);
  changed_.insert(fact.value);
}

void Linker::remove(const Fact& fact) {
  SharedValue& value = values_[fact.value];
  const auto holder = value.holders.find(fact.account);
  if (--holder->second > 0) return;
  if (value.links()) note_loss(value);
  value.holders.erase(holder);
  accounts_[fact.account].values.erase(fact.value);
  changed_.insert(fact.value);
}

void Linker::note_loss(const SharedValue& value) {
  // All of them: which of them keep a link is known after the whole entry.
  for (const auto& [account, facts] : value.holders) parted_.insert(account);
}

Linker::ClusterNumber Linker::free_cluster() {
  if (free_clusters_.empty()) {
    clusters_.emplace_back();
    return static_cast<ClusterNumber>(clusters_.size() - 1);
  }
  const ClusterNumber number = free_clusters_.back();
  free_clusters_.pop_back();
  return number;
}

void Linker::put(AccountNumber account, ClusterNumber cluster) {
  Accounts& members = clusters_[cluster].members;
  accounts_[account].cluster = cluster;
  accounts_[account].place = members.size();
  members.push_back(account);
}

void Linker::take_out(AccountNumber account) {
  Accounts& members = clusters_[accounts_[account].cluster].members;
  const AccountNumber last = members.back();
  members[accounts_[account].place] = last;
  accounts_[last].place = accounts_[account].place;
  members.pop_back();
}

Linker::AccountNumber Linker::least_of(const Accounts& members) const {
  return *std::ranges::min_element(
      members, {}, [this](AccountNumber member) -> const auto& { return accounts_[member].name; });
}

void Linker::rename(Cluster& cluster, AccountNumber now, AccountNumber least) {
  if (least != now) {
    for (const AccountNumber member : cluster.members) named_.try_emplace(member, now);
  }
  cluster.least = least;
}

void Linker::join(ClusterNumber a, ClusterNumber b) {
  if (a == b) return;
  if (clusters_[a].members.size() < clusters_[b].members.size()) std::swap(a, b);
  Cluster& into = clusters_[a];
  Cluster& from = clusters_[b];
  const AccountNumber least = least_of({into.least, from.least});
  rename(into, into.least, least);
  rename(from, from.least, least);
  for (const AccountNumber member : std::exchange(from.members, {})) put(member, a);
  free_clusters_.push_back(b);
}

void Linker::split(ClusterNumber cluster, const Accounts& parted) {
  const AccountNumber least = clusters_[cluster].least;
  for (const Accounts& part : PartSearch(*this, cluster, parted).parts()) {
    const ClusterNumber own = free_cluster();
    for (const AccountNumber member : part) {
      take_out(member);
      put(member, own);
    }
    rename(clusters_[own], least, least_of(part));
  }
  if (accounts_[least].cluster == cluster) return;
  rename(clusters_[cluster], least, least_of(clusters_[cluster].members));
}

std::vector<ClusterMove> Linker::regroup() {
  // What is lost first: then every cluster is linked within itself, and new links join whole ones.
  std::map<ClusterNumber, Accounts> parted;
  for (const AccountNumber account : std::exchange(parted_, {})) {
    parted[accounts_[account].cluster].push_back(account);
  }
  for (const auto& [cluster, accounts] : parted) {
    if (accounts.size() > 1) split(cluster, accounts);
  }
  for (const ValueNumber number : std::exchange(changed_, {})) {
    const SharedValue& value = values_[number];
    if (!value.links()) continue;
    const AccountNumber first = value.holders.begin()->first;
    for (const auto& [account, facts] : value.holders) {
      join(accounts_[first].cluster, accounts_[account].cluster);
    }
  }
  std::vector<ClusterMove> moves;
  for (const auto& [account, before] : std::exchange(named_, {})) {
    const AccountNumber now = clusters_[accounts_[account].cluster].least;
    if (now == before) continue;
    moves.push_back({accounts_[account].name, accounts_[before].name, accounts_[now].name});
  }
  std::ranges::sort(moves);
  return moves;
}

}  // namespace tidewaiter
