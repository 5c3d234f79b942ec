#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "policies/screening/latin_words.h"
#include "policies/screening/name_vocabulary.h"

namespace tidewaiter {

/// How many letters of each class a sound has: what says how far it is at least from another.
struct SoundMarks {
  std::uint64_t consonants = 0;  ///< a byte for each class, of at most 127
  std::uint32_t soft = 0;        ///< the same for the vowels and h
  std::uint8_t length = 0;
  [[nodiscard]] static SoundMarks of(std::string_view sound);
};

/// A word of a name, in the forms in which it is compared.
struct NameWord {
  std::string letters;   ///< in Latin, abbreviations written out
  std::string sound;     ///< word_sound(letters)
  std::string skeleton;  ///< word_skeleton(sound)
  Script script = Script::kLatin;
  bool lacks_vowels = false;  ///< LatinWord::lacks_vowels
  char32_t sign = 0;
  WordRole role = WordRole::kPlain;
  bool is_family_name = false;  ///< as far as the name tells: before a comma, else the last word
  std::int32_t weight = 0;      ///< thousandths; kWholeWeight for a long plain word
  bool has_nicknames = false;   ///< nickname_groups() has some
  std::size_t skeleton_hash = 0;
  SoundMarks marks;          ///< of `sound`
  std::string_view article;  ///< arabic_article() that stood before it and is no word here
};

/// Words of a name in a row as one: two or three, with the articles between them or without, or one
/// with an article before or behind it (`al Amer` as `alamer`, `Fazl ur Rehman` as `fazlur
/// rehman`).
struct JoinedWords {
  std::uint8_t first = 0;
  std::uint8_t count = 0;
  bool has_sign = false;     ///< NameWord::sign of one of them
  bool has_initial = false;  ///< one of them is an initial
  std::string letters;
  std::string sound;
  std::size_t skeleton_hash = 0;
};
inline constexpr std::int32_t kWholeWeight = 1000;

/// A name as it is compared: its words without articles and legal forms.
///
/// INVARIANT: 1 to kMostNameWords words; sums of their weights are above 0.
struct ComparedName {
  PartyKind kind = PartyKind::kPerson;
  std::vector<NameWord> words;
  std::vector<JoinedWords> runs;
  std::string joined;             ///< the sounds of all words as one
  std::string spelt;              ///< the letters of all that is written, but for legal forms
  std::int32_t weight = 0;        ///< of all words; update_weight() after a change of theirs
  std::uint8_t legal_family = 0;  ///< LegalForm::family, 0 where the name states none
  bool has_comma = false;         ///< the family name is first

  void update_weight();
};
inline constexpr std::size_t kMostNameWords = 48;

/// How a word sounds, roughly and in any language that is written in Latin letters: digraphs are
/// one letter (S for sh and sch, C for ch), letters of one sound are one (c, k and q; v and w; y
/// and i), the vowels are a, i and u, doubled letters are single, and a final h is silent. A
/// phonetic key in the manner of Soundex and Metaphone (L. Philips, Computer Language 7(12), 1990)
/// that keeps the vowels, so that what differs can be counted.
[[nodiscard]] std::string word_sound(std::string_view letters);

/// The classes of the consonants of a sound, and `a` for a vowel at its beginning: what remains in
/// scripts without vowels. d and t, b and p, s, z and j … are each one class.
[[nodiscard]] std::string word_skeleton(std::string_view sound);

namespace sound_classes {
constexpr std::array<char, 256> made() {
  std::array<char, 256> classes{};
  for (std::size_t i = 0; i < classes.size(); ++i) classes[i] = static_cast<char>(i);
  for (const char c : std::string_view("aiu")) classes[static_cast<unsigned char>(c)] = 0;
  for (const std::string_view same : {"kg", "szSCj", "td", "pb", "fv", "mn", "lr"}) {
    for (const char c : same) classes[static_cast<unsigned char>(c)] = same.front();
  }
  return classes;
}
inline constexpr std::array<char, 256> kClasses = made();
}  // namespace sound_classes

/// The class of a letter of a sound, 0 for a vowel: letters of one class are written for each
/// other.
[[nodiscard]] constexpr char sound_class(char c) {
  return sound_classes::kClasses[static_cast<unsigned char>(c)];
}

/// The words of `text`, a name of a party of that kind, as they are compared. In order: the words
/// in Latin letters; digits within words that stand for letters (`Ig0r`); legal forms left out;
/// abbreviations and numbers written out; Arabic compounds taken apart (`Abdulrahman`,
/// `Saifuddin`); words that say nothing left out.
///
/// Errors: kUndefined if the name has no letter and no digit, kUnsupported if it has more than
/// kMostNameBytes bytes or kMostNameWords words.
/// Threads: safe from any thread.
[[nodiscard]] Result<ComparedName> compared_name(std::string_view text, PartyKind kind);

/// What a name whose kind nobody tells is most likely to be the name of: by
/// looks_like_organisation.
[[nodiscard]] PartyKind likely_kind(std::string_view text);

}  // namespace tidewaiter
