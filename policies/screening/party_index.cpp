#include "policies/screening/party_index.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::array kEitherKind = {PartyKind::kPerson, PartyKind::kOrganisation};

/// Of each party the first of the likest names that are not weak, and then the weak one that is
/// more like the name than that.
void keep_best(std::vector<PartyHit>& hits) {
  std::ranges::stable_sort(hits, [](const PartyHit& a, const PartyHit& b) {
    return std::tuple(a.party, a.is_weak, -a.score) < std::tuple(b.party, b.is_weak, -b.score);
  });
  std::vector<PartyHit> kept;
  for (const PartyHit& hit : hits) {
    const bool again = !kept.empty() && kept.back().party == hit.party;
    if (again && (kept.back().is_weak == hit.is_weak || kept.back().score >= hit.score)) continue;
    kept.push_back(hit);
  }
  hits = std::move(kept);
}

}  // namespace

PartyIndex::PartyIndex(std::span<const PartyName> names)
    : persons_(part_of(names, PartyKind::kPerson)),
      organisations_(part_of(names, PartyKind::kOrganisation)) {
  std::ranges::stable_sort(unusable_, {}, &Unusable::place);
  // A name that is read as either is there if one of the readings is.
  std::vector<Unusable> told;
  for (std::size_t i = 0; i < unusable_.size(); ++i) {
    const std::size_t place = unusable_[i].place;
    const bool again = i + 1 < unusable_.size() && unusable_[i + 1].place == place;
    if (names[place].kind || again) told.push_back(std::move(unusable_[i]));
  }
  unusable_ = std::move(told);
}

PartyIndex::Part PartyIndex::part_of(std::span<const PartyName> names, PartyKind kind) {
  std::vector<Named> named;
  std::vector<ComparedName> compared;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const PartyName& one = names[i];
    if (one.kind.value_or(kind) != kind) continue;
    Result<ComparedName> name = compared_name(one.text, kind);
    if (name) {
      named.push_back({one.party, one.name, one.is_weak});
      compared.push_back(*std::move(name));
    } else {
      unusable_.push_back({i, name.error().code, name.error().message});
    }
  }
  return {std::move(named), NameIndex(kind, std::move(compared))};
}

std::vector<std::string> PartyIndex::parts(std::string_view name, std::string_view listed,
                                           PartyKind kind) const {
  const NameIndex& index = part(kind).index;
  const Result<ComparedName> a = compared_name(name, kind);
  const Result<ComparedName> b = compared_name(listed, kind);
  if (!a || !b) return {};
  const ComparedName left = index.weighed(*a);
  const ComparedName right = index.weighed(*b);
  return parts_of(NameMatcher().match(left, right), left, right);
}

PartySearch::PartySearch(const PartyIndex& index)
    : index_(index), persons_(index.persons_.index), organisations_(index.organisations_.index) {}

Result<std::vector<PartyHit>> PartySearch::find(std::string_view name,
                                                std::optional<PartyKind> kind, Score least,
                                                NameLookup how) {
  std::vector<PartyHit> hits;
  std::optional<Error> unread;
  for (const PartyKind one : kEitherKind) {
    if (kind && *kind != one) continue;
    const Result<ComparedName> compared = compared_name(name, one);
    if (!compared) {
      unread = compared.error();
      continue;
    }
    NameSearch& search = one == PartyKind::kPerson ? persons_ : organisations_;
    const std::vector<IndexHit> found =
        how == NameLookup::kIndex ? search.find(*compared, least) : search.scan(*compared, least);
    for (const IndexHit& hit : found) {
      const PartyIndex::Named& named = index_.part(one).named[hit.name];
      hits.push_back({named.party, named.name, named.is_weak, one, hit.score});
    }
  }
  if (hits.empty() && unread) return tl::unexpected(std::move(*unread));
  keep_best(hits);
  return hits;
}

}  // namespace tidewaiter
