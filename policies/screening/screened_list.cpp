#include "policies/screening/screened_list.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// For each name the most that the words looked at so far can be worth with its own.
class WorthBounds {
 public:
  explicit WorthBounds(std::size_t names) : sums_(names), of_word_(names) {}

  /// The word at hand is worth this with a word of the name.
  void see(std::uint32_t name, std::int64_t worth) {
    if (of_word_[name] == 0) seen_.push_back(name);
    of_word_[name] = std::max(of_word_[name], worth);
  }
  void end_word() {
    for (const std::uint32_t name : seen_) {
      if (sums_[name] == 0) touched_.push_back(name);
      sums_[name] += std::exchange(of_word_[name], 0);
    }
    seen_.clear();
  }

  [[nodiscard]] const std::vector<std::uint32_t>& touched() const { return touched_; }
  [[nodiscard]] std::int64_t sum(std::uint32_t name) const { return sums_[name]; }

 private:
  std::vector<std::int64_t> sums_;
  std::vector<std::int64_t> of_word_;
  std::vector<std::uint32_t> seen_;     ///< by the word at hand
  std::vector<std::uint32_t> touched_;  ///< by any
};

}  // namespace

Result<std::shared_ptr<const ScreenedList>> ScreenedList::make(std::string name,
                                                               std::vector<ListedParty> parties) {
  std::shared_ptr<ScreenedList> list(new ScreenedList());
  list->name_ = std::move(name);
  list->parties_ = std::move(parties);
  for (std::uint32_t p = 0; p < list->parties_.size(); ++p) {
    const ListedParty& party = list->parties_[p];
    if (auto added = list->add_name(p, 0, party.name); !added) {
      return tl::unexpected(std::move(added.error()));
    }
    for (std::uint32_t i = 0; i < party.aliases.size(); ++i) {
      if (auto added = list->add_name(p, i + 1, party.aliases[i]); !added) {
        return tl::unexpected(std::move(added.error()));
      }
    }
  }
  list->make_index();
  list->make_digest();
  return list;
}

Result<void> ScreenedList::add_name(std::uint32_t party, std::uint32_t name,
                                    const std::string& text) {
  auto form = name_form(text);
  if (!form) {
    return fail(form.error().code, "`" + text.substr(0, 80) + "`: " + form.error().message);
  }
  const auto length = static_cast<std::int64_t>(form->length());
  names_.push_back({party, name, *std::move(form), length});
  return {};
}

void ScreenedList::make_index() {
  std::unordered_map<std::u32string, std::uint32_t> places;
  for (std::uint32_t n = 0; n < names_.size(); ++n) {
    for (const std::u32string& text : names_[n].form.words) {
      const auto [place, fresh] =
          places.try_emplace(text, static_cast<std::uint32_t>(words_.size()));
      if (fresh) words_.push_back({text, letter_marks(text), {}});
      std::vector<std::uint32_t>& names = words_[place->second].names;
      if (names.empty() || names.back() != n) names.push_back(n);
    }
    joined_[names_[n].form.joined()].push_back(n);
  }
  for (std::uint32_t p = 0; p < parties_.size(); ++p) {
    for (const std::string& identifier : parties_[p].identifiers) {
      std::vector<std::uint32_t>& parties = identifiers_[ascii_lower(identifier)];
      if (parties.empty() || parties.back() != p) parties.push_back(p);
    }
  }
}

void ScreenedList::make_digest() {
  Sha256 hash;
  hash.update_framed("tidewaiter-parties 1");
  const auto add = [&hash](const std::vector<std::string>& texts) {
    hash.update_framed(std::to_string(texts.size()));
    for (const std::string& text : texts) hash.update_framed(text);
  };
  for (const ListedParty& party : parties_) {
    hash.update_framed(party.name);
    add(party.aliases);
    add(party.countries);
    add(party.identifiers);
    hash.update_framed(std::to_string(party.during.from.us));
    hash.update_framed(std::to_string(party.during.to.us));
  }
  digest_ = hash.finish();
}

const std::string& ScreenedList::text_of(const NameHit& hit) const {
  const ListedParty& party = parties_[hit.party];
  return hit.name == 0 ? party.name : party.aliases[hit.name - 1];
}

/// The names that may have the score: no assignment is worth more than what each word of `form`
/// is worth with its best partner, though others may have the same one.
std::vector<std::uint32_t> ScreenedList::possible(const NameForm& form, Score least) const {
  WorthBounds bounds(names_.size());
  for (const std::u32string& word : form.words) {
    const std::uint32_t marks = letter_marks(word);
    for (const Word& listed : words_) {
      if (!may_be_alike(word, marks, listed.text, listed.marks)) continue;
      const Score score = word_score(word, listed.text);
      if (score == 0) continue;
      const std::int64_t worth =
          static_cast<std::int64_t>(word.size() + listed.text.size()) * score;
      for (const std::uint32_t name : listed.names) bounds.see(name, worth);
    }
    bounds.end_word();
  }
  std::vector<std::uint32_t> names;
  const auto length = static_cast<std::int64_t>(form.length());
  for (const std::uint32_t name : bounds.touched()) {
    if (bounds.sum(name) >= least * (length + names_[name].length)) names.push_back(name);
  }
  if (const auto same = joined_.find(form.joined()); same != joined_.end()) {
    names.insert(names.end(), same->second.begin(), same->second.end());
  }
  std::ranges::sort(names);
  // Not std::ranges::unique, which clang 14 does not compile with this library.
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<NameHit> ScreenedList::find(const NameForm& form, Score least, NameLookup how) const {
  std::vector<std::uint32_t> names;
  if (how == NameLookup::kIndex) {
    names = possible(form, least);
  } else {
    names.resize(names_.size());
    std::iota(names.begin(), names.end(), std::uint32_t{0});
  }
  std::vector<NameHit> hits;
  for (const std::uint32_t n : names) {  // those of one party follow one another
    const Name& name = names_[n];
    const Score score = name_score(form, name.form);
    if (score < least) continue;
    if (hits.empty() || hits.back().party != name.party) {
      hits.push_back({name.party, name.name, score});
    } else if (score > hits.back().score) {
      hits.back() = {name.party, name.name, score};
    }
  }
  return hits;
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
