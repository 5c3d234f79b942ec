#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// Whether letters that Persian has and Arabic has not are in a text: then ض, ذ and ث are read as
/// in Persian, z, z and s.
[[nodiscard]] bool is_persian(std::u32string_view text);

/// A word of a name that was written in Arabic script, in Latin letters: a to z, and an apostrophe
/// between letters that would be another one together (`s'h` is not `sh`).
struct ArabicWord {
  std::string letters;
  bool has_vowels = false;  ///< all of them, not only those that are written
  bool operator==(const ArabicWord&) const = default;
};

/// A written word of the Arabic script as the words of a name, at least one where it has a letter.
///
/// Consonants as the US Board on Geographic Names and the British PCGN write them (Arabic 1956,
/// Persian 1958, without diacritics), for Urdu, Pashto and Kurdish letters the nearest. Vowels are
/// read as far as they are written: alif is a, waw and ya between consonants and at the end are u
/// and i, ayn is a but at the end, ta marbuta is a. The article is a word of its own, and so is
/// `abd` before one; names that are most frequent among speakers, and what stands between names,
/// are read with their short vowels (محمد is `muhammad`, الحوثي is `al huthi`, عبدالرحمن is `abd al
/// rahman`).
///
/// `word` is of one script; marks and letters that are not of it are left out.
/// Threads: safe from any thread.
[[nodiscard]] std::vector<ArabicWord> arabic_words(std::u32string_view word, bool persian);

}  // namespace tidewaiter
