#include "policies/screening/name_form.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uversion.h>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// Made once, and never changed: ICU then lets several threads use it.
const icu::Transliterator& to_latin() {
  static const std::unique_ptr<icu::Transliterator> kTransform = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(
        "Any-Latin; NFKD; [:M:] Remove; Latin-ASCII", UTRANS_FORWARD, status));
    // All are in ICU's own data. Without it no name may pass as one that was compared.
    if (U_FAILURE(status) || made == nullptr) throw std::runtime_error("ICU's data is not whole");
    return made;
  }();
  return *kTransform;
}

/// What is written within a word without being part of it.
bool is_left_out(UChar32 c) {
  constexpr std::u32string_view kWithin = U".'`\u2018\u2019";
  return kWithin.find(static_cast<char32_t>(c)) != std::u32string_view::npos ||
         u_charType(c) == U_MODIFIER_LETTER || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;  // shows nothing
}

/// Takes the code points of a text in turn and makes words of them.
class WordMaker {
 public:
  void take(UChar32 c) {
    if (is_left_out(c)) return;
    if (u_isalnum(c) == 0) {
      end_word();
    } else {
      word_ += static_cast<char32_t>(c);
    }
  }
  std::vector<std::u32string> finish() {
    end_word();
    return std::move(words_);
  }

 private:
  void end_word() {
    if (!word_.empty()) words_.push_back(std::exchange(word_, {}));
  }

  std::u32string word_;
  std::vector<std::u32string> words_;
};

std::vector<std::u32string> words_of(std::string_view name) {
  WordMaker maker;
  // Plain ASCII is in Latin letters already, and case folding is its lower case.
  if (std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    for (const char c : name) maker.take(ascii_lower(c));
    return maker.finish();
  }
  icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int>(name.size())));
  to_latin().transliterate(text);
  text.foldCase();
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
    maker.take(text.char32At(i));
  return maker.finish();
}

}  // namespace

std::size_t NameForm::length() const {
  std::size_t length = 0;
  for (const std::u32string& word : words) length += word.size();
  return length;
}

std::u32string NameForm::joined() const {
  std::u32string all;
  for (const std::u32string& word : words) all += word;
  return all;
}

std::u32string NameForm::sorted() const {
  std::vector<std::u32string> in_order = words;
  std::ranges::sort(in_order);
  std::u32string all;
  for (const std::u32string& word : in_order) all += word + U' ';
  return all;
}

bool is_same_name(const NameForm& a, const NameForm& b) {
  return a.joined() == b.joined() || std::ranges::is_permutation(a.words, b.words);
}

Result<NameForm> name_form(std::string_view name) {
  const auto too_long = [] {
    return fail(ErrorCode::kUnsupported, "the name is too long to be compared: expected at most " +
                                             std::to_string(kMostNameBytes) + " bytes and " +
                                             std::to_string(kMostNameLength) + " letters");
  };
  if (name.size() > kMostNameBytes) return too_long();
  NameForm form{words_of(name)};
  if (form.words.empty()) {
    return fail(ErrorCode::kUndefined,
                "the name has no letter and no digit: there is nothing to compare");
  }
  if (form.length() > kMostNameLength) return too_long();
  return form;
}

const std::string& name_tables() {
  static const std::string kTables = [] {
    const auto text = [](const UVersionInfo version) {
      return std::to_string(version[0]) + "." + std::to_string(version[1]);
    };
    UVersionInfo icu;
    UVersionInfo unicode;
    u_getVersion(icu);
    u_getUnicodeVersion(unicode);
    return "ICU " + text(icu) + ", Unicode " + text(unicode);
  }();
  return kTables;
}

}  // namespace tidewaiter
