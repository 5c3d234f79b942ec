#include "policies/screening/name_index.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace tidewaiter {

NameIndex::NameIndex(PartyKind kind, std::vector<ComparedName> names)
    : kind_(kind), names_(std::move(names)) {
  add_words();
  add_users();
  add_joined();
  weigh_all();
}

void NameIndex::weigh_all() {
  for (std::uint32_t n = 0; n < names_.size(); ++n) {
    names_[n] = weighed(std::move(names_[n]));
    for (std::size_t i = 0; i < names_[n].words.size(); ++i) {
      uses_[uses_begin_[n] + i].weight = names_[n].words[i].weight;
    }
    for (const Use& use : uses(n)) {
      const auto first = users_.begin() + users_begin_[use.word];
      const auto last = users_.begin() + users_begin_[use.word + 1];
      std::lower_bound(first, last, n, [](const User& user, std::uint32_t name) {
        return user.name < name;
      })->weight += use.weight;
    }
  }
}

std::int32_t NameIndex::rarity(std::size_t count) const {
  const std::size_t share = names_.size() / std::max<std::size_t>(count, 1);
  return std::min(100, 60 + 5 * static_cast<std::int32_t>(std::bit_width(share)));
}

ComparedName NameIndex::weighed(ComparedName name) const {
  for (NameWord& word : name.words) {
    const auto found = counts_.find(word.letters);
    const std::size_t count = found == counts_.end() ? 1 : found->second;
    word.weight = word.weight * rarity(count) / 100;
  }
  name.update_weight();
  return name;
}

void NameIndex::add_words() {
  std::unordered_map<std::string, std::uint32_t> places;
  std::vector<NameWord> words;
  std::vector<std::size_t> used;
  for (std::uint32_t n = 0; n < names_.size(); ++n) {
    uses_begin_.push_back(static_cast<std::uint32_t>(uses_.size()));
    for (const NameWord& form : names_[n].words) {
      const auto [place, fresh] =
          places.try_emplace(word_identity(form), static_cast<std::uint32_t>(words.size()));
      if (fresh) words.push_back(form);
      if (fresh) used.push_back(0);
      ++used[place->second];
      uses_.push_back({WordIndex::traits_of(form), place->second, form.weight});
    }
  }
  uses_begin_.push_back(static_cast<std::uint32_t>(uses_.size()));
  std::vector<std::uint32_t> order(words.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::uint32_t w) { return used[w]; });
  std::vector<NameWord> sorted;
  Places moved(words.size());
  for (const std::uint32_t at : order) {
    moved[at] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(std::move(words[at]));
  }
  words = std::move(sorted);
  for (Use& use : uses_) use.word = moved[use.word];
  words_ = std::make_unique<const WordIndex>(kind_, std::move(words));
}

void NameIndex::add_users() {
  std::vector<Places> users(words_->size());
  for (std::uint32_t n = 0; n < names_.size(); ++n) {
    for (const Use& use : uses(n)) {
      Places& names = users[use.word];
      if (!names.empty() && names.back() == n) continue;
      names.push_back(n);
      ++counts_[(*words_)[use.word].letters];
    }
  }
  for (const Places& names : users) {
    users_begin_.push_back(static_cast<std::uint32_t>(users_.size()));
    for (const std::uint32_t name : names) users_.push_back({name, 0});
  }
  users_begin_.push_back(static_cast<std::uint32_t>(users_.size()));
}

void NameIndex::add_joined() {
  for (std::uint32_t n = 0; n < names_.size(); ++n) {
    joined_[names_[n].joined].push_back(n);
    if (names_[n].spelt != names_[n].joined) joined_[names_[n].spelt].push_back(n);
    for (const JoinedWords& words : names_[n].runs) {
      std::vector<Run>& runs = runs_[words.skeleton_hash];
      auto run = std::ranges::find_if(runs, [&words](const Run& r) {
        return r.words.count == words.count && r.words.letters == words.letters &&
               r.words.has_sign == words.has_sign && r.words.has_initial == words.has_initial;
      });
      if (run == runs.end()) run = runs.insert(run, {words, {}});
      run->places.push_back({n, words.first});
    }
  }
}

}  // namespace tidewaiter
