#include "policies/lists/list_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "policies/lists/keep_first.h"

namespace tidewaiter {
namespace {

/// Of two names of one party the one that says more: the higher score, then one that is not weak.
bool is_better(const BookHit& hit, const BookHit& than) {
  return std::tuple(hit.score, !hit.is_weak()) > std::tuple(than.score, !than.is_weak());
}

}  // namespace

ListBook::ListBook(std::vector<Source> sources) : sources_(std::move(sources)) {
  std::vector<ComparedName> persons;
  std::vector<ComparedName> organisations;
  const auto add = [&](const std::string& text, PartyKind kind, Owner owner) {
    Result<ComparedName> name = compared_name(text, kind);
    const bool is_again =
        !sources_[owner.source].list.entries[owner.entry].kind && kind == PartyKind::kOrganisation;
    if (!name && is_again) return;  // told when it was looked at as a person's
    if (!name) {
      sources_[owner.source].list.faults.push_back(
          {0, "entry " + sources_[owner.source].list.entries[owner.entry].id + ": `" +
                  text.substr(0, 80) + "` cannot be found: " + name.error().message});
      return;
    }
    if (!is_again) ++name_count_;
    const bool person = kind == PartyKind::kPerson;
    (person ? persons : organisations).push_back(*std::move(name));
    (person ? persons_ : organisations_).owners.push_back(owner);
  };
  for (std::uint32_t s = 0; s < sources_.size(); ++s) {
    const std::vector<ListEntry>& entries = sources_[s].list.entries;
    entry_count_ += entries.size();
    for (std::uint32_t e = 0; e < entries.size(); ++e) {
      // Of an entry without a kind nobody knows which it is: it is found as either.
      for (const PartyKind kind : {PartyKind::kPerson, PartyKind::kOrganisation}) {
        if (entries[e].kind.value_or(kind) != kind) continue;
        add(entries[e].name, kind, {s, e, 0});
        for (std::uint32_t a = 0; a < entries[e].aliases.size(); ++a) {
          add(entries[e].aliases[a].text, kind, {s, e, a + 1});
        }
      }
    }
  }
  persons_.index = std::make_unique<NameIndex>(PartyKind::kPerson, std::move(persons));
  organisations_.index =
      std::make_unique<NameIndex>(PartyKind::kOrganisation, std::move(organisations));
}

std::size_t ListBook::name_count() const { return name_count_; }

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
    } else if (is_better(hit, hits.back())) {
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
  std::ranges::stable_sort(hits, is_better);
  keep_first_of_each(hits, &BookHit::entry);  // one without a kind may be hit as both
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
