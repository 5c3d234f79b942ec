#include "policies/screening/screened_list.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>
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

void add_to_digest(const ListedParty& party, Sha256& hash) {
  const auto add = [&hash](const std::vector<std::string>& texts) {
    hash.update_framed(std::to_string(texts.size()));
    for (const std::string& text : texts) hash.update_framed(text);
  };
  hash.update_framed(party.name);
  add(party.aliases);
  add(party.weak_aliases);
  add(party.countries);
  add(party.identifiers);
  hash.update_framed(party.kind ? party_kind_name(*party.kind) : "either");
  hash.update_framed(std::to_string(party.during.from.us));
  hash.update_framed(std::to_string(party.during.to.us));
}

/// The same in whatever order, and however often one of them is there.
Digest digest_of_set(std::string_view heading, std::vector<Digest> entries) {
  std::ranges::sort(entries);
  // Not std::ranges::unique, which clang 14 does not compile with this library.
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  Sha256 hash;
  hash.update_framed(heading);
  for (const Digest& entry : entries) hash.update_framed(to_hex(entry));
  return hash.finish();
}

tl::unexpected<Error> uncomparable(const std::string& name, const Error& why) {
  return fail(why.code, "`" + name.substr(0, 80) + "`: " + why.message);
}

}  // namespace

Digest party_digest(const ListedParty& party) {
  Sha256 hash;
  hash.update_framed("tidewaiter-party 1");
  add_to_digest(party, hash);
  return hash.finish();
}

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

struct ScreenedList::Content {
  using PartiesByForm = std::unordered_map<std::u32string, std::vector<std::uint32_t>>;

  Result<void> add_forms(NamesToCompare names);
  Result<void> make_index(NamesToCompare names);
  void make_identifiers();
  void make_digest();

  std::vector<ListedParty> parties;
  bool has_weak_aliases = false;
  std::unique_ptr<const PartyIndex> index;
  std::unique_ptr<Searches> searches;
  PartiesByForm joined;  ///< by NameForm::joined()
  PartiesByForm sorted;  ///< by NameForm::sorted()
  std::unordered_map<std::string, std::vector<std::uint32_t>> identifiers;  ///< in lower case
  Digest digest;
};

Result<void> ScreenedList::Content::add_forms(NamesToCompare names) {
  for (std::uint32_t p = 0; p < parties.size(); ++p) {
    for (std::size_t i = 0; const std::string* text = name_at(parties[p], i); ++i) {
      auto form = name_form(*text);
      if (!form && names == NamesToCompare::kNamesThatCompare) continue;
      if (!form) return uncomparable(*text, form.error());
      if (owner_name_at(parties[p], i) == nullptr) continue;
      add_party(joined[form->joined()], p);
      add_party(sorted[form->sorted()], p);
    }
  }
  return {};
}

Result<void> ScreenedList::Content::make_index(NamesToCompare wanted) {
  std::vector<PartyName> names;
  names.reserve(parties.size());
  for (std::uint32_t p = 0; p < parties.size(); ++p) {
    const ListedParty& party = parties[p];
    for (std::uint32_t i = 0; const std::string* text = name_at(party, i); ++i) {
      const bool is_weak = i > party.aliases.size();
      has_weak_aliases = has_weak_aliases || is_weak;
      names.push_back({p, i, is_weak, party.kind, *text});
    }
  }
  index = std::make_unique<const PartyIndex>(names);
  searches = std::make_unique<Searches>(*index);
  if (index->unusable().empty() || wanted == NamesToCompare::kNamesThatCompare) return {};
  const PartyIndex::Unusable& first = index->unusable().front();
  return uncomparable(std::string(names[first.place].text), {first.code, first.reason});
}

void ScreenedList::Content::make_identifiers() {
  for (std::uint32_t p = 0; p < parties.size(); ++p) {
    for (const std::string& identifier : parties[p].identifiers) {
      add_party(identifiers[ascii_lower(identifier)], p);
    }
  }
}

void ScreenedList::Content::make_digest() {
  std::vector<Digest> entries;
  entries.reserve(parties.size());
  for (const ListedParty& party : parties) entries.push_back(party_digest(party));
  digest = digest_of_set("tidewaiter-parties 3", std::move(entries));
}

ScreenedList::ScreenedList(std::string name, std::shared_ptr<const Content> content,
                           std::optional<IssueStanding> standing)
    : name_(std::move(name)), content_(std::move(content)), standing_(std::move(standing)) {}
ScreenedList::~ScreenedList() = default;

Result<std::shared_ptr<const ScreenedList>> ScreenedList::make(std::string name,
                                                               std::vector<ListedParty> parties,
                                                               NamesToCompare names) {
  auto content = std::make_shared<Content>();
  content->parties = std::move(parties);
  if (auto made = content->add_forms(names); !made) return tl::unexpected(std::move(made.error()));
  if (auto made = content->make_index(names); !made) return tl::unexpected(std::move(made.error()));
  content->make_identifiers();
  content->make_digest();
  return std::shared_ptr<const ScreenedList>(
      new ScreenedList(std::move(name), std::move(content), std::nullopt));
}

std::shared_ptr<const ScreenedList> ScreenedList::as_issue(std::string name,
                                                           IssueStanding standing) const {
  std::shared_ptr<ScreenedList> list(
      new ScreenedList(std::move(name), content_, std::move(standing)));
  list->keeps_programs_ = keeps_programs_;
  return list;
}

std::shared_ptr<const ScreenedList> ScreenedList::as_sample() const {
  std::shared_ptr<ScreenedList> sample(new ScreenedList(name_, content_, std::nullopt));
  sample->is_sample_ = true;
  sample->keeps_programs_ = keeps_programs_;
  sample->consequences_ = consequences_;
  return sample;
}

std::shared_ptr<const ScreenedList> ScreenedList::with_consequences(
    std::shared_ptr<const Consequences> consequences) const {
  std::shared_ptr<ScreenedList> list(new ScreenedList(name_, content_, standing_));
  list->is_sample_ = is_sample_;
  list->keeps_programs_ = keeps_programs_;
  list->consequences_ = std::move(consequences);
  return list;
}

std::shared_ptr<const ScreenedList> ScreenedList::keeping_programs(bool keeps) const {
  std::shared_ptr<ScreenedList> list(new ScreenedList(name_, content_, standing_));
  list->is_sample_ = is_sample_;
  list->keeps_programs_ = keeps;
  list->consequences_ = consequences_;
  return list;
}

Follows ScreenedList::follows(const ListedParty& party, UtcTime at) const {
  const bool is_open = !keeps_programs_ && party.programs.empty();
  if (is_open && consequences_ != nullptr && consequences_->asks_programs()) {
    return {at, {}, {"the issue of list:" + name_ + " was stored without programmes"}};
  }
  return consequences_ != nullptr ? consequences_->follow(party.programs, at)
                                  : not_known("list:" + name_, at);
}

Digest ScreenedList::listing_digest() const {
  std::vector<Digest> listings;
  listings.reserve(parties().size() + 1);
  listings.push_back(sha256(consequences_ != nullptr ? consequences_->meaning() : ""));
  if (!keeps_programs_) listings.push_back(sha256("without programmes"));
  for (const ListedParty& party : parties()) {
    Sha256 hash;
    hash.update_framed(to_hex(party_digest(party)));
    for (const std::string& program : party.programs) hash.update_framed(program);
    listings.push_back(hash.finish());
  }
  return digest_of_set("tidewaiter-listing 2", std::move(listings));
}

const std::vector<ListedParty>& ScreenedList::parties() const { return content_->parties; }
std::size_t ScreenedList::names_left_out() const { return content_->index->unusable().size(); }

bool ScreenedList::has_weak_aliases() const { return content_->has_weak_aliases; }
const Digest& ScreenedList::digest() const { return content_->digest; }

std::string ScreenedList::meaning() const {
  const std::string text = "list:" + name_ + " ";
  if (standing_ && !standing_->is_there()) return text + "not fetched";
  return text + "sha256:" + to_hex(digest()) +
         (standing_ && standing_->resumed ? " resumed " + format_time(*standing_->resumed) : "");
}

const std::string& ScreenedList::text_of(const PartyHit& hit) const {
  return *name_at(parties()[hit.party], hit.name);
}

Result<std::vector<PartyHit>> ScreenedList::find(std::string_view name,
                                                 std::optional<PartyKind> kind, Score least,
                                                 NameLookup how) const {
  return content_->searches->with(
      least, [&](PartySearch& search) { return search.find(name, kind, least, how); });
}

std::vector<std::string> ScreenedList::parts(std::string_view name, const PartyHit& hit) const {
  return content_->index->parts(name, text_of(hit), hit.kind);
}

std::vector<std::uint32_t> ScreenedList::find_same(const NameForm& form, NameLookup how) const {
  std::vector<std::uint32_t> found;
  if (how == NameLookup::kScan) {
    for (std::uint32_t p = 0; p < parties().size(); ++p) {
      for (std::size_t i = 0; const std::string* text = owner_name_at(parties()[p], i); ++i) {
        const auto listed = name_form(*text);
        if (listed && is_same_name(*listed, form)) add_party(found, p);
      }
    }
    return found;
  }
  const auto add = [&found](const Content::PartiesByForm& all, const std::u32string& key) {
    if (const auto same = all.find(key); same != all.end()) {
      found.insert(found.end(), same->second.begin(), same->second.end());
    }
  };
  add(content_->joined, form.joined());
  add(content_->sorted, form.sorted());
  std::ranges::sort(found);
  // Not std::ranges::unique, which clang 14 does not compile with this library.
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<std::uint32_t> ScreenedList::find_identifier(std::string_view identifier,
                                                         NameLookup how) const {
  if (identifier.empty()) return {};
  const std::string wanted = ascii_lower(identifier);
  if (how == NameLookup::kIndex) {
    const auto found = content_->identifiers.find(wanted);
    return found == content_->identifiers.end() ? std::vector<std::uint32_t>() : found->second;
  }
  std::vector<std::uint32_t> found;
  for (std::uint32_t p = 0; p < parties().size(); ++p) {
    const bool has = std::ranges::any_of(
        parties()[p].identifiers,
        [&wanted](const std::string& one) { return ascii_lower(one) == wanted; });
    if (has) found.push_back(p);
  }
  return found;
}

const ScreenedList* first_unknown(const std::vector<std::shared_ptr<const ScreenedList>>& lists,
                                  UtcTime time) {
  const auto unknown =
      std::ranges::find_if(lists, [time](const auto& list) { return !list->is_known_at(time); });
  return unknown == lists.end() ? nullptr : unknown->get();
}

std::string unknown_text(const ScreenedList& list) {
  const std::string name = "list:" + list.name();
  const IssueStanding& standing = *list.standing();
  if (!standing.is_there()) return name + " cannot be looked into: " + issue_text(standing);
  return name + " is stale: nobody has confirmed its " + issue_text(standing) +
         ", for times from " + format_time(standing.known_until) + " on";
}

}  // namespace tidewaiter
