#include "policies/screening/owner_chain.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tidewaiter {
namespace {

std::string text_at(const std::vector<std::string>& texts, std::size_t i) {
  return i < texts.size() ? texts[i] : std::string();
}

}  // namespace

OwnerChain::OwnerChain(const Texts& texts) {
  std::map<std::pair<bool, std::string>, std::size_t> known;  // by identifier (true), or by name
  for (std::size_t i = 0; i < texts.names.size(); ++i) {
    const std::string& name = texts.names[i];
    const std::string identifier = text_at(texts.identifiers, i);
    const std::string& text = identifier.empty() ? name : identifier;
    Row row;
    row.owner = parties_.size();
    if (!text.empty()) {
      const std::pair key{!identifier.empty(), text};
      row.owner = known.try_emplace(key, parties_.size()).first->second;
    }
    if (row.owner == parties_.size()) parties_.push_back({{}, identifier});
    std::vector<std::string>& names = parties_[row.owner].names;
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
    row.share = parse_share_range(text_at(texts.shares, i));
    rows_.push_back(row);
  }
  told_.resize(parties_.size() + 1);
  holdings_.resize(parties_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    const std::string of = text_at(texts.of, i);
    if (!of.empty()) row.of = owned_at(of);
    // Of something that the record does not name: it may be anything of the account.
    if (!of.empty() && row.of == kAccount) row.share = ShareRange{};
    if (row.share) told_[slot(row.of)] += row.share->least;
    holdings_[row.owner].push_back(i);
  }
}

/// The party of an identifier, or else of a name; kAccount if there is none.
std::size_t OwnerChain::owned_at(std::string_view of) const {
  auto found = std::ranges::find(parties_, of, &Party::identifier);
  if (found == parties_.end()) {
    found = std::ranges::find_if(parties_, [of](const Party& party) {
      return std::ranges::find(party.names, of) != party.names.end();
    });
  }
  return found == parties_.end() ? kAccount : static_cast<std::size_t>(found - parties_.begin());
}

void OwnerChain::Sums::add(const Row& row) {
  if (row.share) {
    least += row.share->least;
    most += row.share->most;
  } else {
    untold = true;
  }
}

OwnerChain::Held OwnerChain::Sums::held(Share told) const {
  Held held{least, most};
  // More than all of it cannot be: what such shares leave says nothing.
  if (untold) held.most += told > kWholeShare ? kWholeShare : kWholeShare - told;
  return held;
}

std::vector<bool> OwnerChain::counting(std::vector<bool> from, bool by_most,
                                       const IsEnough& is_enough) const {
  std::vector<Sums> sums(parties_.size() + 1);
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
      sums[slot(row.of)].add(row);
      const Held held = sums[slot(row.of)].held(told_[slot(row.of)]);
      if (!is_enough(by_most ? held.most : held.least)) continue;
      from[row.of] = true;
      news.push_back(row.of);
    }
  }
  return from;
}

OwnerChain::Held OwnerChain::held(std::size_t of, const std::vector<bool>& counting) const {
  Sums sums;
  for (const Row& row : rows_) {
    if (row.of == of && counting[row.owner]) sums.add(row);
  }
  return sums.held(told_[slot(of)]);
}

}  // namespace tidewaiter
