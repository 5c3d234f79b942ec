#include "policies/screening/word_index.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace tidewaiter {
namespace {

std::size_t first_letter(const NameWord& word) {
  return static_cast<unsigned char>(word.letters.front());
}

/// The hashes of a skeleton and of it without each of its letters: two that a letter more, less or
/// in place of another makes the same have one in common. None where consonants tell nothing.
std::vector<std::size_t> near_skeletons(std::string_view skeleton) {
  std::vector<std::size_t> keys;
  if (skeleton.size() < 2) return keys;
  keys.push_back(std::hash<std::string_view>()(skeleton));  // NameWord::skeleton_hash
  if (skeleton.size() < kLeastNearConsonants) return keys;
  for (std::size_t i = 0; i < skeleton.size(); ++i) {
    std::string shorter(skeleton);
    shorter.erase(i, 1);
    keys.push_back(std::hash<std::string_view>()(shorter));
  }
  return keys;
}

}  // namespace

std::string word_identity(const NameWord& word) {
  return word.letters + '/' + static_cast<char>('0' + static_cast<int>(word.script)) +
         static_cast<char>('0' + (word.lacks_vowels ? 1 : 0)) +
         std::to_string(static_cast<std::uint32_t>(word.sign));
}

WordIndex::WordIndex(PartyKind kind, std::vector<NameWord> words)
    : kind_(kind), words_(std::move(words)) {
  add_sounds();
  add_tables();
}

WordIndex::Traits WordIndex::traits_of(const NameWord& word) {
  std::uint8_t bits = 0;
  if (word.lacks_vowels) bits |= kNoVowelsTrait;
  if (word.has_nicknames) bits |= kNicknameTrait;
  if (word.role == WordRole::kInitial) bits |= kInitialTrait;
  if (word.role == WordRole::kNumber) bits |= kNumberTrait;
  return {word.marks, bits, word.letters.front()};
}

void WordIndex::add_sounds() {
  std::unordered_map<std::string_view, std::size_t> places;
  std::vector<std::string_view> sounds;
  for (std::uint32_t word = 0; word < words_.size(); ++word) {
    const auto [at, fresh] = places.emplace(words_[word].sound, sounds.size());
    if (fresh) {
      sounds.push_back(words_[word].sound);
      of_sound_.emplace_back();
    }
    of_sound_[at->second].push_back(word);
  }
  sounds_ = std::make_unique<SoundTree>(sounds);
}

void WordIndex::add_tables() {
  for (std::uint32_t place = 0; place < words_.size(); ++place) {
    const NameWord& word = words_[place];
    skeletons_.add(word.skeleton_hash, place);
    for (const std::size_t key : near_skeletons(word.skeleton)) {
      near_skeletons_[word.lacks_vowels ? 1 : 0].add(key, place);
    }
    for (const std::uint16_t group : nickname_groups(word.letters)) nicknames_.add(group, place);
    beginnings_.add(first_letter(word), place);
    if (word.role == WordRole::kInitial) initials_.add(first_letter(word), place);
  }
  for (PlaceTable* table : {&skeletons_, &near_skeletons_[0], &near_skeletons_[1], &nicknames_,
                            &beginnings_, &initials_}) {
    table->seal();
  }
}

std::vector<LikeWord> WordIndex::like(const NameWord& word, Score least) const {
  // Equal letters sound alike, and so do equal signs, whose reading is in the letters.
  std::vector<std::uint32_t> sounds;
  sounds_->find_near(word.sound, least, sounds);
  std::vector<std::uint32_t> places;
  const auto add = [&places](std::span<const PlaceTable::Entry> entries) {
    for (const auto& [key, place] : entries) places.push_back(place);
  };
  for (const std::uint32_t sound : sounds) {
    places.insert(places.end(), of_sound_[sound].begin(), of_sound_[sound].end());
  }
  const PlaceTable& others = near_skeletons_[word.lacks_vowels ? 0 : 1];
  if (least > kNearConsonants) {
    if (word.skeleton.size() > 1) add(others.of(word.skeleton_hash));
  } else {
    for (const std::size_t key : near_skeletons(word.skeleton)) add(others.of(key));
  }
  if (kind_ == PartyKind::kPerson) {
    for (const std::uint16_t group : nickname_groups(word.letters)) add(nicknames_.of(group));
  }
  add((word.role == WordRole::kInitial ? beginnings_ : initials_).of(first_letter(word)));
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  std::vector<LikeWord> found;
  for (const std::uint32_t place : places) {
    const Score score = word_likeness(word, words_[place], kind_).score;
    if (score >= least && score > 0) found.push_back({place, score});
  }
  return found;
}

}  // namespace tidewaiter
