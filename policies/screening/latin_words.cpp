#include "policies/screening/latin_words.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include "policies/model/ascii.h"
#include "policies/screening/arabic_words.h"

namespace tidewaiter {
namespace {

/// Made once, and never changed: ICU then lets several threads use it.
std::unique_ptr<icu::Transliterator> made_transform(const char* rules) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(
      icu::Transliterator::createInstance(rules, UTRANS_FORWARD, status));
  // All are in ICU's own data. Without it no name may pass as one that was compared.
  if (U_FAILURE(status) || made == nullptr) throw std::runtime_error("ICU's data is not whole");
  return made;
}

const icu::Transliterator& to_latin(Script script) {
  static const auto latin = made_transform("NFKD; [:M:] Remove; Latin-ASCII");
  static const auto cyrillic =
      made_transform("Russian-Latin/BGN; Any-Latin; NFKD; [:M:] Remove; Latin-ASCII");
  static const auto any = made_transform("Any-Latin; NFKD; [:M:] Remove; Latin-ASCII");
  if (script == Script::kLatin) return *latin;
  return script == Script::kCyrillic ? *cyrillic : *any;
}

const icu::Transliterator& to_simplified() {
  static const auto transform = made_transform("Traditional-Simplified");
  return *transform;
}

/// NFKC, but for signs whose plain form is more than they say in a name: `Acme™` is not `AcmeTM`,
/// `Acme…Trading` not one word, and an acute accent that stands alone is an apostrophe.
const icu::Normalizer2& plain_forms() {
  static const auto forms = [] {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const nfkc = icu::Normalizer2::getNFKCInstance(status);
    icu::UnicodeSet folded(u"[^\\u00B4\\u1FFD\\u2025\\u2026\\u2120\\u2122]", status);
    if (U_FAILURE(status)) throw std::runtime_error("ICU's data is not whole");
    return std::pair(nfkc, std::unique_ptr<const icu::UnicodeSet>(folded.freeze()->clone()));
  }();
  static const icu::FilteredNormalizer2 filtered(*forms.first, *forms.second);
  return filtered;
}

/// The text as it is compared: what is written in one of several ways, composed or decomposed, as a
/// letter or as a sign for it, in one; as it is where ICU has no memory for it.
icu::UnicodeString plain_text(std::string_view text) {
  const icu::UnicodeString written =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString plain = plain_forms().normalize(written, status);
  return U_SUCCESS(status) ? plain : written;
}

/// A digit of any script as that of ASCII.
UChar32 plain_digit(UChar32 c) {
  return c > 0x7F && u_isdigit(c) != 0 ? '0' + u_charDigitValue(c) : c;
}

/// A character of Han or Hangul.
struct Sign {
  char32_t simplified = 0;
  icu::UnicodeString latin;
};

/// Kept by each thread: ICU takes a tenth of a millisecond for one, and there are some 100,000.
const Sign& sign_of(UChar32 c, Script script) {
  thread_local std::unordered_map<UChar32, Sign> known;
  const auto [found, fresh] = known.try_emplace(c);
  if (fresh) {
    icu::UnicodeString text(c);
    if (script == Script::kHan) to_simplified().transliterate(text);
    found->second.simplified = static_cast<char32_t>(text.char32At(0));
    to_latin(script).transliterate(text);
    found->second.latin = text;
  }
  return found->second;
}

/// Nothing of its own (digits, marks, the prolonged sound mark): what it stands in.
Script script_of(UChar32 c, Script around) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_LATIN:
      return Script::kLatin;
    case USCRIPT_CYRILLIC:
      return Script::kCyrillic;
    case USCRIPT_GREEK:
      return Script::kGreek;
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
    case USCRIPT_SYRIAC:
      return Script::kAbjad;
    case USCRIPT_HAN:
      return Script::kHan;
    case USCRIPT_HANGUL:
      return Script::kHangul;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return Script::kKana;
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
      return around;
    default:
      return Script::kOther;
  }
}

bool is_arabic(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(c, &status) == USCRIPT_ARABIC;
}

std::u32string code_points(const icu::UnicodeString& text) {
  std::u32string points;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    points += static_cast<char32_t>(text.char32At(i));
  }
  return points;
}

bool stands_alone(Script script) { return script == Script::kHan || script == Script::kHangul; }

/// Scripts whose letters are mixed within a word by those who hope that nobody sees it.
bool mixes(Script script) {
  return script == Script::kLatin || script == Script::kCyrillic || script == Script::kGreek;
}

/// What is written within a word without being part of it.
bool is_within_word(UChar32 c) {
  constexpr std::u32string_view kWithin = U".'`\u2018\u2019\u2032\u00B4\u1FFD";
  const auto type = u_charType(c);
  return kWithin.find(static_cast<char32_t>(c)) != std::u32string_view::npos ||
         type == U_MODIFIER_LETTER || type == U_FORMAT_CHAR ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;  // fillers show nothing
}

/// Where capitals follow small letters to the end of an ASCII word: its length where they do not.
std::size_t capital_tail(const icu::UnicodeString& run) {
  std::int32_t at = run.length();
  while (at > 0 && u_isupper(run.charAt(at - 1)) != 0) --at;
  const bool splits = at >= 2 && run.length() - at >= 2 && u_islower(run.charAt(at - 1)) != 0;
  return static_cast<std::size_t>(splits ? at : run.length());
}

/// Takes the code points of a text in turn and makes words of them.
class LatinWordMaker {
 public:
  explicit LatinWordMaker(bool persian) : persian_(persian) {}

  void take(UChar32 c) {
    if (is_within_word(c)) return;
    const bool is_mark = (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
    if (is_mark && run_.isEmpty()) return;
    if (is_mark || u_isalnum(c) != 0) {
      take_letter(c);
      return;
    }
    end_word();
    constexpr UChar32 kArabicComma = 0x060C;
    comma_ = comma_ || ((c == ',' || c == kArabicComma) && !words_.empty());
  }
  std::vector<LatinWord> finish() {
    end_word();
    return std::move(words_);
  }

 private:
  void take_letter(UChar32 c) {
    const Script script = script_of(c, run_.isEmpty() ? Script::kLatin : script_);
    if (!run_.isEmpty() && script != script_) {
      if (mixes(script) && mixes(script_)) {
        end_run();
      } else {
        end_word();
      }
    }
    script_ = script;
    run_.append(c);
    if (stands_alone(script)) end_word();
  }

  void end_run() {
    if (run_.isEmpty()) return;
    if (letters_.isEmpty()) word_script_ = script_;
    if (script_ != Script::kLatin) word_script_ = script_;
    if (stands_alone(script_)) {
      const Sign& sign = sign_of(run_.char32At(0), script_);
      sign_ = sign.simplified;
      run_ = sign.latin;
    } else {
      to_latin(script_).transliterate(run_);
    }
    run_.foldCase();
    for (std::int32_t i = 0; i < run_.length(); i = run_.moveIndex32(i, 1)) {
      const UChar32 c = run_.char32At(i);
      if (u_isalnum(c) != 0 && !is_within_word(c)) letters_.append(c);
    }
    run_.remove();
  }

  void end_word() {
    if (!run_.isEmpty() && script_ == Script::kLatin && letters_.isEmpty()) {
      const auto tail = static_cast<std::int32_t>(capital_tail(run_));
      if (tail < run_.length()) {
        const icu::UnicodeString rest(run_, tail);
        run_.truncate(tail);
        end_whole_word();
        run_ = rest;
      }
    }
    end_whole_word();
  }

  void end_whole_word() {
    bool is_upper = !run_.isEmpty();
    for (std::int32_t i = 0; i < run_.length(); ++i) {
      is_upper = is_upper && u_islower(run_.charAt(i)) == 0;
    }
    if (letters_.isEmpty() && script_ == Script::kAbjad && !run_.isEmpty() &&
        is_arabic(run_.char32At(0))) {
      add_arabic();
      return;
    }
    end_run();
    if (letters_.isEmpty()) return;
    LatinWord word;
    letters_.toUTF8String(word.letters);
    word.script = word_script_;
    word.lacks_vowels = word_script_ == Script::kAbjad;
    word.sign = sign_;
    word.in_tail = comma_;
    word.is_upper = is_upper;
    words_.push_back(std::move(word));
    letters_.remove();
    sign_ = 0;
  }

  void add_arabic() {
    for (ArabicWord& read : arabic_words(code_points(run_), persian_)) {
      LatinWord word;
      word.letters = std::move(read.letters);
      word.lacks_vowels = !read.has_vowels;
      word.script = Script::kAbjad;
      word.in_tail = comma_;
      words_.push_back(std::move(word));
    }
    run_.remove();
  }

  bool persian_;
  icu::UnicodeString run_;  ///< letters of one script, as they are written
  Script script_ = Script::kLatin;
  icu::UnicodeString letters_;  ///< of the word at hand, in Latin
  Script word_script_ = Script::kLatin;
  char32_t sign_ = 0;
  bool comma_ = false;
  std::vector<LatinWord> words_;
};

/// The same for a text of ASCII, without ICU: most are.
std::vector<LatinWord> ascii_words(std::string_view text) {
  std::vector<LatinWord> words;
  bool comma = false;
  const auto is_letter = [](char c) { return begins_name(c) && c != '_'; };
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  std::string word;  // as it is written
  const auto add = [&](std::string_view part) {
    if (part.empty()) return;
    LatinWord made;
    made.letters = ascii_lower(part);
    made.in_tail = comma;
    made.is_upper = std::ranges::none_of(part, is_small);
    words.push_back(std::move(made));
  };
  const auto end = [&] {
    std::size_t tail = word.size();
    while (tail > 0 && is_letter(word[tail - 1]) && !is_small(word[tail - 1])) --tail;
    const bool splits = tail >= 2 && word.size() - tail >= 2 && is_small(word[tail - 1]);
    if (!splits) tail = word.size();
    add(std::string_view(word).substr(0, tail));
    add(std::string_view(word).substr(tail));
    word.clear();
  };
  for (const char c : text) {
    if (c == '.' || c == '\'' || c == '`') continue;
    if (is_letter(c) || is_digit(c)) {
      word += c;
      continue;
    }
    end();
    comma = comma || (c == ',' && !words.empty());
  }
  end();
  return words;
}

}  // namespace

std::string_view script_name(Script script) {
  switch (script) {
    case Script::kLatin:
      return "Latin";
    case Script::kCyrillic:
      return "Cyrillic";
    case Script::kGreek:
      return "Greek";
    case Script::kAbjad:
      return "Arabic or Hebrew";
    case Script::kHan:
      return "Han";
    case Script::kHangul:
      return "Hangul";
    case Script::kKana:
      return "Kana";
    case Script::kOther:
      break;
  }
  return "another script";
}

std::vector<LatinWord> latin_words(std::string_view text) {
  if (is_ascii(text)) return ascii_words(text);
  const icu::UnicodeString written = plain_text(text);
  LatinWordMaker maker(is_persian(code_points(written)));
  for (std::int32_t i = 0; i < written.length(); i = written.moveIndex32(i, 1)) {
    maker.take(plain_digit(written.char32At(i)));
  }
  return maker.finish();
}

}  // namespace tidewaiter
