#include "policies/screening/owner_chain.h"

#include <map>
#include <set>
#include <utility>

#include "policies/screening/owner_rings.h"

namespace tidewaiter {
namespace {

std::string text_at(const std::vector<std::string>& texts, std::size_t i) {
  return i < texts.size() ? texts[i] : std::string();
}

}  // namespace

/// The parties by what rows call them.
class OwnerChain::Names {
 public:
  /// The party of an identifier or, without one, of a name; `next` if it is the first such row.
  std::size_t party_of(const std::string& name, const std::string& identifier, std::size_t next) {
    if (!identifier.empty()) return by_identifier_.try_emplace(identifier, next).first->second;
    return name.empty() ? next : without_identifier_.try_emplace(name, next).first->second;
  }

  /// Whether no row of the party had the name before.
  bool add(const std::string& name, std::size_t party) {
    if (!named_.emplace(party, name).second) return false;
    const auto [at, is_first] = by_name_.try_emplace(name, party);
    if (!is_first) at->second = kAccount;
    return true;
  }

  /// The party of an identifier, or else the only one of a name; kAccount if there is none.
  [[nodiscard]] std::size_t owned_at(const std::string& of) const {
    if (const auto found = by_identifier_.find(of); found != by_identifier_.end()) {
      return found->second;
    }
    const auto found = by_name_.find(of);
    return found == by_name_.end() ? kAccount : found->second;
  }

 private:
  std::map<std::string, std::size_t> by_identifier_;
  std::map<std::string, std::size_t> without_identifier_;
  std::map<std::string, std::size_t> by_name_;  // kAccount: of several parties
  std::set<std::pair<std::size_t, std::string>> named_;
};

OwnerChain::OwnerChain(const Texts& texts) {
  Names known;
  for (std::size_t i = 0; i < texts.names.size(); ++i) {
    Row row;
    add_party(texts.names[i], text_at(texts.identifiers, i), row, known);
    row.share = parse_share_range(text_at(texts.shares, i));
    rows_.push_back(row);
  }
  told_.resize(parties_.size() + 1);
  holdings_.resize(parties_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    const std::string of = text_at(texts.of, i);
    if (!of.empty()) row.of = known.owned_at(of);
    // Of something that the record does not name, or that may be either of two: it may be anything
    // of the account.
    if (!of.empty() && row.of == kAccount) row.share = ShareRange{};
    if (row.share) told_[slot(row.of)] += row.share->least;
    holdings_[row.owner].push_back(i);
  }
  add_rings();
}

void OwnerChain::add_party(const std::string& name, const std::string& identifier, Row& row,
                           Names& known) {
  row.owner = known.party_of(name, identifier, parties_.size());
  if (row.owner == parties_.size()) parties_.push_back({{}, identifier});
  if (!name.empty() && known.add(name, row.owner)) parties_[row.owner].names.push_back(name);
}

void OwnerChain::add_rings() {
  std::vector<std::vector<std::size_t>> owned(parties_.size());
  for (const Row& row : rows_) {
    const bool is_nothing = row.share && row.share->most == 0;
    if (row.of != kAccount && !is_nothing) owned[row.owner].push_back(row.of);
  }
  rings_ = owner_rings(owned);
  ring_sums_.resize(parties_.size());
  for (const Row& row : rows_) {
    if (is_of_its_ring(row)) ring_sums_[row.of].add(row);
  }
}

/// How much of it shares that are not known can come to.
Share OwnerChain::left_of(std::size_t of) const {
  const Share told = told_[slot(of)];
  // More than all of it cannot be: what such shares leave says nothing.
  if (told > kWholeShare) return kWholeShare;
  // Nor does what is stated of one of several who share a name say what is left of another.
  const bool may_be_several =
      of != kAccount && parties_[of].identifier.empty() && holdings_[of].size() > 1;
  return may_be_several ? kWholeShare : kWholeShare - told;
}

void OwnerChain::Sums::add(const Row& row) {
  if (row.share) {
    least += row.share->least;
    most += row.share->most;
  } else {
    untold = true;
  }
}

OwnerChain::Held OwnerChain::Sums::held(Share left) const {
  return {least, most + (untold ? left : 0)};
}

std::vector<bool> OwnerChain::counting(std::vector<bool> from, bool by_most,
                                       const IsEnough& is_enough) const {
  std::vector<Sums> sums(parties_.size());
  // What a party has of itself is available as soon as somebody who counts has some of it.
  if (by_most) sums = ring_sums_;
  std::vector<std::size_t> news;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i]) news.push_back(i);
  }
  while (!news.empty()) {
    const std::size_t party = news.back();
    news.pop_back();
    for (const std::size_t i : holdings_[party]) {
      const Row& row = rows_[i];
      if (row.of == kAccount || from[row.of]) continue;
      const bool is_in_already = by_most && is_of_its_ring(row);
      if (!is_in_already) sums[row.of].add(row);
      const Held held = sums[row.of].held(left_of(row.of));
      if (!is_enough(by_most ? held.most : held.least)) continue;
      from[row.of] = true;
      news.push_back(row.of);
    }
  }
  return from;
}

OwnerChain::Held OwnerChain::held(std::size_t of, const std::vector<bool>& counting) const {
  Sums least;
  Sums most;
  bool has_some = false;
  for (const Row& row : rows_) {
    if (row.of != of) continue;
    const bool counts = counting[row.owner];
    has_some = has_some || counts;
    if (counts) least.add(row);
    if (counts || is_of_its_ring(row)) most.add(row);
  }
  if (!has_some) return {};
  return {least.least, most.held(left_of(of)).most};
}

}  // namespace tidewaiter
