#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// The writing system in which a word was written, as far as it matters to how names are compared.
enum class Script : std::uint8_t {
  kLatin,
  kCyrillic,
  kGreek,
  kAbjad,   ///< Arabic, Hebrew, Syriac: mostly without vowels
  kHan,     ///< a word for each character
  kHangul,  ///< a word for each syllable
  kKana,
  kOther,
};
[[nodiscard]] std::string_view script_name(Script script);  // "Latin", "Arabic or Hebrew"

/// A word of a text in Latin letters.
struct LatinWord {
  /// Not empty; a to z and 0 to 9, the apostrophe of ArabicWord, and UTF-8 of what ICU leaves.
  std::string letters;
  Script script = Script::kLatin;
  char32_t sign = 0;          ///< of Han (in its simplified form) and Hangul: the character itself
  bool in_tail = false;       ///< after the first comma of the text
  bool lacks_vowels = false;  ///< of a script that does not write them all
  bool is_upper = false;      ///< written in capitals alone
};

/// The words of a text, in the order in which they are written.
///
/// The text is first put into NFKC, so that it does not matter whether it is composed, and Ⓐ, Ａ
/// and Ⅳ are A, A and IV (but ™, ℠, … and ´ stay what they are); digits of any script are 0 to 9.
/// Each run of one script is transliterated by itself: Cyrillic by the rules for Russian of the US
/// Board on Geographic Names, which English texts follow (ш is `sh`), as ICU has them; Han a
/// character at a time, folded to its simplified form, by ICU's readings in Mandarin; Korean a
/// syllable at a time, by ICU's Revised Romanisation; Arabic by arabic_words(), one written word as
/// several where it has an article or is a compound; all others by ICU's Any-Latin (Unicode CLDR).
/// Then NFKD, no marks, Latin-ASCII, full case folding. Full stops, apostrophes, modifier letters
/// and format characters are left out, so that `S.I.S. d.o.o.` is `sis doo`; whatever else is
/// neither letter nor digit ends a word, and so does a small letter before the two or more capitals
/// that end it (`SiemensAG`).
///
/// Never fails: bytes that are not UTF-8 are U+FFFD, which ends a word.
/// Threads: safe from any thread.
[[nodiscard]] std::vector<LatinWord> latin_words(std::string_view text);

}  // namespace tidewaiter
