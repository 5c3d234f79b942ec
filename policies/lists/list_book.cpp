#include "policies/lists/list_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tidewaiter {
namespace {

/// What says more stands first: the higher score, then a name that is not weak.
bool is_better(const BookHit& hit, const BookHit& than) {
  return std::tuple(hit.score, !hit.is_weak()) > std::tuple(than.score, !than.is_weak());
}

}  // namespace

Follows ListBook::Source::follows(const ListEntry& entry, UtcTime at) const {
  return consequences != nullptr ? consequences->follow(entry.programs, at) : not_known(name, at);
}

ListBook::ListBook(std::vector<Source> sources) : sources_(std::move(sources)) { make_index(); }

void ListBook::make_index() {
  std::vector<PartyName> names;
  for (std::uint32_t s = 0; s < sources_.size(); ++s) {
    const std::vector<ListEntry>& entries = sources_[s].list.entries;
    for (std::uint32_t e = 0; e < entries.size(); ++e) {
      const auto party = static_cast<std::uint32_t>(places_.size());
      const ListEntry& entry = entries[e];
      names.push_back({party, 0, false, entry.kind, entry.name});
      for (std::uint32_t a = 0; a < entry.aliases.size(); ++a) {
        names.push_back(
            {party, a + 1, entry.aliases[a].is_weak, entry.kind, entry.aliases[a].text});
      }
      places_.push_back({s, e});
    }
  }
  index_ = std::make_unique<const PartyIndex>(names);
  name_count_ = names.size() - index_->unusable().size();
  for (const PartyIndex::Unusable& one : index_->unusable()) {
    const PartyName& name = names[one.place];
    ParsedList& list = sources_[places_[name.party].source].list;
    list.faults.push_back({0, "entry " + list.entries[places_[name.party].entry].id + ": `" +
                                  std::string(name.text.substr(0, 80)) +
                                  "` cannot be found: " + one.reason});
  }
}

BookSearch::BookSearch(const ListBook& book) : book_(book), search_(*book.index_) {}

Result<std::vector<BookHit>> BookSearch::find(std::string_view name, std::optional<PartyKind> kind,
                                              Score least) {
  const Result<std::vector<PartyHit>> found = search_.find(name, kind, least, NameLookup::kIndex);
  if (!found) return tl::unexpected(found.error());
  std::vector<BookHit> hits;
  for (const PartyHit& one : *found) {
    const ListBook::Place& place = book_.places_[one.party];
    const ListBook::Source& source = book_.sources_[place.source];
    const ListEntry& entry = source.list.entries[place.entry];
    const ListedName* alias = one.name == 0 ? nullptr : &entry.aliases[one.name - 1];
    const BookHit hit{&source, &entry, alias, one.kind, one.score};
    // A weak alias stands behind the other name of its party, and is more like the name.
    if (!hits.empty() && hits.back().entry == &entry) hits.pop_back();
    hits.push_back(hit);
  }
  std::ranges::stable_sort(hits, is_better);
  return hits;
}

std::vector<std::string> BookSearch::parts(std::string_view name, const BookHit& hit) {
  return book_.index_->parts(name, hit.listed_name(), hit.kind);
}

}  // namespace tidewaiter
