#include "policies/lists/list_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tidewaiter {

ListBook::ListBook(std::vector<Source> sources) : sources_(std::move(sources)) {
  std::vector<ComparedName> persons;
  std::vector<ComparedName> organisations;
  const auto add = [&](const std::string& text, PartyKind kind, Owner owner) {
    Result<ComparedName> name = compared_name(text, kind);
    if (!name) {
      sources_[owner.source].list.faults.push_back(
          {0, "entry " + sources_[owner.source].list.entries[owner.entry].id + ": `" +
                  text.substr(0, 80) + "` cannot be found: " + name.error().message});
      return;
    }
    const bool person = kind == PartyKind::kPerson;
    (person ? persons : organisations).push_back(*std::move(name));
    (person ? persons_ : organisations_).owners.push_back(owner);
  };
  for (std::uint32_t s = 0; s < sources_.size(); ++s) {
    const std::vector<ListEntry>& entries = sources_[s].list.entries;
    entry_count_ += entries.size();
    for (std::uint32_t e = 0; e < entries.size(); ++e) {
      const PartyKind kind = entries[e].kind.value_or(likely_kind(entries[e].name));
      add(entries[e].name, kind, {s, e, 0});
      for (std::uint32_t a = 0; a < entries[e].aliases.size(); ++a) {
        add(entries[e].aliases[a].text, kind, {s, e, a + 1});
      }
    }
  }
  persons_.index = std::make_unique<NameIndex>(PartyKind::kPerson, std::move(persons));
  organisations_.index =
      std::make_unique<NameIndex>(PartyKind::kOrganisation, std::move(organisations));
}

std::size_t ListBook::name_count() const {
  return persons_.owners.size() + organisations_.owners.size();
}

BookSearch::BookSearch(const ListBook& book)
    : book_(book), persons_(*book.persons_.index), organisations_(*book.organisations_.index) {}

void BookSearch::add_hits(const ComparedName& name, Score least, std::vector<BookHit>& hits) {
  NameSearch& search = name.kind == PartyKind::kPerson ? persons_ : organisations_;
  const std::vector<ListBook::Owner>& owners = book_.part(name.kind).owners;
  const ListEntry* last = nullptr;
  for (const IndexHit& found : search.find(name, least)) {  // names of one party follow one another
    const ListBook::Owner& owner = owners[found.name];
    const ListBook::Source& source = book_.sources_[owner.source];
    const ListEntry& entry = source.list.entries[owner.entry];
    const ListedName* alias = owner.name == 0 ? nullptr : &entry.aliases[owner.name - 1];
    const BookHit hit{&source, &entry, alias, name.kind, found.score};
    if (&entry != last) {
      hits.push_back(hit);
    } else if (found.score > hits.back().score) {
      hits.back() = hit;
    }
    last = &entry;
  }
}

Result<std::vector<BookHit>> BookSearch::find(std::string_view name, std::optional<PartyKind> kind,
                                              Score least) {
  std::vector<BookHit> hits;
  for (const PartyKind one : {PartyKind::kPerson, PartyKind::kOrganisation}) {
    if (kind && *kind != one) continue;
    Result<ComparedName> compared = compared_name(name, one);
    if (!compared) return tl::unexpected(std::move(compared.error()));
    add_hits(*compared, least, hits);
  }
  std::ranges::stable_sort(hits, std::ranges::greater{}, &BookHit::score);
  return hits;
}

std::vector<std::string> BookSearch::parts(std::string_view name, const BookHit& hit) {
  const NameIndex& index = *book_.part(hit.kind).index;
  const Result<ComparedName> a = compared_name(name, hit.kind);
  const Result<ComparedName> b = compared_name(hit.listed_name(), hit.kind);
  if (!a || !b) return {};
  const ComparedName left = index.weighed(*a);
  const ComparedName right = index.weighed(*b);
  return parts_of(matcher_.match(left, right), left, right);
}

}  // namespace tidewaiter
