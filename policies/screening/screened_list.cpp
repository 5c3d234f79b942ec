#include "policies/screening/screened_list.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// The i-th name of a party as PartyHit::name counts them; null behind the last.
const std::string* name_at(const ListedParty& party, std::size_t i) {
  if (i == 0) return &party.name;
  if (--i < party.aliases.size()) return &party.aliases[i];
  i -= party.aliases.size();
  return i < party.weak_aliases.size() ? &party.weak_aliases[i] : nullptr;
}

/// A weak alias says too little to make somebody an owner: nothing that agrees is asked for there.
const std::string* owner_name_at(const ListedParty& party, std::size_t i) {
  return i <= party.aliases.size() ? name_at(party, i) : nullptr;
}

void add_party(std::vector<std::uint32_t>& parties, std::uint32_t party) {
  if (parties.empty() || parties.back() != party) parties.push_back(party);
}

tl::unexpected<Error> uncomparable(const std::string& name, const Error& why) {
  return fail(why.code, "`" + name.substr(0, 80) + "`: " + why.message);
}

}  // namespace

/// Scratch memory of those who look names up at one time, kept for those who come after them: what
/// was looked up for one score before is known there.
class ScreenedList::Searches {
 public:
  explicit Searches(const PartyIndex& index) : index_(index) {}

  /// Calls `use` with a search that nobody else uses meanwhile.
  template <class Use>
  auto with(Score least, const Use& use) {
    Idle one = take(least);
    auto result = use(*one.search);
    const std::lock_guard lock(mutex_);
    idle_.push_back({least, std::move(one.search)});
    return result;
  }

 private:
  struct Idle {
    Score least = 0;
    std::unique_ptr<PartySearch> search;
  };

  Idle take(Score least) {
    {
      const std::lock_guard lock(mutex_);
      const auto known = std::ranges::find(idle_, least, &Idle::least);
      if (known != idle_.end()) {
        Idle one = std::move(*known);
        idle_.erase(known);
        return one;
      }
    }
    return {least, std::make_unique<PartySearch>(index_)};
  }

  const PartyIndex& index_;
  std::mutex mutex_;
  std::vector<Idle> idle_;  ///< at most one for each thread and score
};

ScreenedList::ScreenedList() = default;
ScreenedList::~ScreenedList() = default;

Result<std::shared_ptr<const ScreenedList>> ScreenedList::make(std::string name,
                                                               std::vector<ListedParty> parties) {
  std::shared_ptr<ScreenedList> list(new ScreenedList());
  list->name_ = std::move(name);
  list->parties_ = std::move(parties);
  if (auto made = list->add_forms(); !made) return tl::unexpected(std::move(made.error()));
  if (auto made = list->make_index(); !made) return tl::unexpected(std::move(made.error()));
  list->make_identifiers();
  list->make_digest();
  return list;
}

Result<void> ScreenedList::add_forms() {
  for (std::uint32_t p = 0; p < parties_.size(); ++p) {
    for (std::size_t i = 0; const std::string* text = name_at(parties_[p], i); ++i) {
      auto form = name_form(*text);
      if (!form) return uncomparable(*text, form.error());
      if (owner_name_at(parties_[p], i) == nullptr) continue;
      add_party(joined_[form->joined()], p);
      add_party(sorted_[form->sorted()], p);
    }
  }
  return {};
}

Result<void> ScreenedList::make_index() {
  std::vector<PartyName> names;
  names.reserve(parties_.size());
  for (std::uint32_t p = 0; p < parties_.size(); ++p) {
    const ListedParty& party = parties_[p];
    for (std::uint32_t i = 0; const std::string* text = name_at(party, i); ++i) {
      const bool is_weak = i > party.aliases.size();
      has_weak_aliases_ = has_weak_aliases_ || is_weak;
      names.push_back({p, i, is_weak, party.kind, *text});
    }
  }
  index_ = std::make_unique<const PartyIndex>(names);
  searches_ = std::make_unique<Searches>(*index_);
  if (index_->unusable().empty()) return {};
  const PartyIndex::Unusable& first = index_->unusable().front();
  return uncomparable(std::string(names[first.place].text), {first.code, first.reason});
}

void ScreenedList::make_identifiers() {
  for (std::uint32_t p = 0; p < parties_.size(); ++p) {
    for (const std::string& identifier : parties_[p].identifiers) {
      add_party(identifiers_[ascii_lower(identifier)], p);
    }
  }
}

void ScreenedList::make_digest() {
  Sha256 hash;
  hash.update_framed("tidewaiter-parties 2");
  const auto add = [&hash](const std::vector<std::string>& texts) {
    hash.update_framed(std::to_string(texts.size()));
    for (const std::string& text : texts) hash.update_framed(text);
  };
  for (const ListedParty& party : parties_) {
    hash.update_framed(party.name);
    add(party.aliases);
    add(party.weak_aliases);
    add(party.countries);
    add(party.identifiers);
    hash.update_framed(party.kind ? party_kind_name(*party.kind) : "either");
    hash.update_framed(std::to_string(party.during.from.us));
    hash.update_framed(std::to_string(party.during.to.us));
  }
  digest_ = hash.finish();
}

const std::string& ScreenedList::text_of(const PartyHit& hit) const {
  return *name_at(parties_[hit.party], hit.name);
}

Result<std::vector<PartyHit>> ScreenedList::find(std::string_view name,
                                                 std::optional<PartyKind> kind, Score least,
                                                 NameLookup how) const {
  return searches_->with(least,
                         [&](PartySearch& search) { return search.find(name, kind, least, how); });
}

std::vector<std::string> ScreenedList::parts(std::string_view name, const PartyHit& hit) const {
  return index_->parts(name, text_of(hit), hit.kind);
}

std::vector<std::uint32_t> ScreenedList::find_same(const NameForm& form, NameLookup how) const {
  std::vector<std::uint32_t> parties;
  if (how == NameLookup::kScan) {
    for (std::uint32_t p = 0; p < parties_.size(); ++p) {
      for (std::size_t i = 0; const std::string* text = owner_name_at(parties_[p], i); ++i) {
        if (is_same_name(*name_form(*text), form)) add_party(parties, p);
      }
    }
    return parties;
  }
  const auto add = [&parties](const PartiesByForm& all, const std::u32string& key) {
    if (const auto found = all.find(key); found != all.end()) {
      parties.insert(parties.end(), found->second.begin(), found->second.end());
    }
  };
  add(joined_, form.joined());
  add(sorted_, form.sorted());
  std::ranges::sort(parties);
  // Not std::ranges::unique, which clang 14 does not compile with this library.
  parties.erase(std::unique(parties.begin(), parties.end()), parties.end());
  return parties;
}

std::vector<std::uint32_t> ScreenedList::find_identifier(std::string_view identifier,
                                                         NameLookup how) const {
  if (identifier.empty()) return {};
  const std::string wanted = ascii_lower(identifier);
  if (how == NameLookup::kIndex) {
    const auto found = identifiers_.find(wanted);
    return found == identifiers_.end() ? std::vector<std::uint32_t>() : found->second;
  }
  std::vector<std::uint32_t> parties;
  for (std::uint32_t p = 0; p < parties_.size(); ++p) {
    const bool has = std::ranges::any_of(
        parties_[p].identifiers,
        [&wanted](const std::string& one) { return ascii_lower(one) == wanted; });
    if (has) parties.push_back(p);
  }
  return parties;
}

}  // namespace tidewaiter
