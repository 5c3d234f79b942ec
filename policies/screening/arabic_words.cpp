#include "policies/screening/arabic_words.h"

#include <unordered_map>

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

namespace tidewaiter {
namespace {

using Letters = std::unordered_map<char32_t, std::string_view>;

/// One form of the letters that are written in several: hamza's seats, ya, kaf and h of Persian and
/// Urdu.
char32_t plain_letter(char32_t c) {
  static const std::unordered_map<char32_t, char32_t> kSame{
      {U'أ', U'ا'}, {U'إ', U'ا'}, {U'آ', U'ا'}, {U'ٱ', U'ا'}, {U'ى', U'ي'},
      {U'ی', U'ي'}, {U'ې', U'ي'}, {U'ۍ', U'ي'}, {U'ے', U'ي'}, {U'ێ', U'ي'},
      {U'ئ', U'ي'}, {U'ؤ', U'و'}, {U'ۆ', U'و'}, {U'ک', U'ك'}, {U'ګ', U'گ'},
      {U'ۃ', U'ة'}, {U'ھ', U'ه'}, {U'ہ', U'ه'}, {U'ۀ', U'ه'}, {U'ە', U'ه'}};
  const auto found = kSame.find(c);
  return found == kSame.end() ? c : found->second;
}

/// Consonants in Latin letters; what is not here is left out.
const Letters& consonants() {
  static const Letters kAll{
      {U'ب', "b"},  {U'پ', "p"},   {U'ت', "t"}, {U'ٹ', "t"},  {U'ټ', "t"},  {U'ث', "th"},
      {U'ج', "j"},  {U'چ', "tch"}, {U'ح', "h"}, {U'خ', "kh"}, {U'د', "d"},  {U'ڈ', "d"},
      {U'ډ', "d"},  {U'ذ', "dh"},  {U'ر', "r"}, {U'ڑ', "r"},  {U'ړ', "r"},  {U'ڕ', "r"},
      {U'ز', "z"},  {U'ژ', "zh"},  {U'س', "s"}, {U'ش', "sh"}, {U'ښ', "sh"}, {U'ځ', "z"},
      {U'څ', "ts"}, {U'ص', "s"},   {U'ض', "d"}, {U'ط', "t"},  {U'ظ', "z"},  {U'غ', "gh"},
      {U'ف', "f"},  {U'ڤ', "v"},   {U'ق', "q"}, {U'ك', "k"},  {U'گ', "g"},  {U'ل', "l"},
      {U'ڵ', "l"},  {U'م', "m"},   {U'ن', "n"}, {U'ں', "n"},  {U'ڼ', "n"},  {U'ه', "h"}};
  return kAll;
}

constexpr char32_t kAlif = U'ا';
constexpr char32_t kTaMarbuta = U'ة';
constexpr char32_t kAyn = U'ع';
constexpr char32_t kWaw = U'و';
constexpr char32_t kYa = U'ي';

/// The word in plain letters: presentation forms are their letters (NFKC), marks are none.
std::u32string plain_letters(std::u32string_view word) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const forms = icu::Normalizer2::getNFKCInstance(status);
  icu::UnicodeString text;
  for (const char32_t c : word) text.append(static_cast<UChar32>(c));
  if (U_SUCCESS(status)) text = forms->normalize(text, status);
  std::u32string letters;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const char32_t c = plain_letter(static_cast<char32_t>(text.char32At(i)));
    constexpr std::u32string_view kOthers{U"اةعوي"};
    if (kOthers.find(c) != kOthers.npos || consonants().contains(c)) letters += c;
  }
  return letters;
}

/// What stands between names, and the names that most bearers have, with their short vowels.
/// Compiled for this project from common knowledge of the languages, spelt as BGN/PCGN do.
const std::unordered_map<std::u32string_view, std::string_view>& known_words() {
  static const std::unordered_map<std::u32string_view, std::string_view> kAll{
      {U"ابو", "abu"},         {U"ابي", "abu"},          {U"بن", "bin"},
      {U"ابن", "bin"},         {U"بنت", "bint"},         {U"عبد", "abd"},
      {U"ام", "umm"},          {U"الله", "allah"},       {U"اله", "allah"},
      {U"حاجي", "haji"},       {U"حاج", "haj"},          {U"ملا", "mullah"},
      {U"مولوي", "mawlawi"},   {U"مولانا", "maulana"},   {U"شيخ", "shaikh"},
      {U"سيد", "sayyid"},      {U"دكتور", "doctor"},     {U"محمد", "muhammad"},
      {U"احمد", "ahmad"},      {U"محمود", "mahmud"},     {U"حامد", "hamid"},
      {U"حميد", "hamid"},      {U"حسن", "hasan"},        {U"حسين", "husayn"},
      {U"علي", "ali"},         {U"عمر", "umar"},         {U"عمرو", "amr"},
      {U"عثمان", "uthman"},    {U"خالد", "khalid"},      {U"وليد", "walid"},
      {U"سعيد", "said"},       {U"سعد", "saad"},         {U"صالح", "salih"},
      {U"سالم", "salim"},      {U"سليم", "salim"},       {U"سليمان", "sulayman"},
      {U"ابراهيم", "ibrahim"}, {U"اسماعيل", "ismail"},   {U"اسحاق", "ishaq"},
      {U"يعقوب", "yaqub"},     {U"يوسف", "yusuf"},       {U"يونس", "yunus"},
      {U"موسي", "musa"},       {U"عيسي", "isa"},         {U"مصطفي", "mustafa"},
      {U"مرتضي", "murtada"},   {U"يحيي", "yahya"},       {U"زكريا", "zakariya"},
      {U"هارون", "harun"},     {U"داود", "dawud"},       {U"ادريس", "idris"},
      {U"جعفر", "jafar"},      {U"جمال", "jamal"},       {U"جميل", "jamil"},
      {U"كمال", "kamal"},      {U"كريم", "karim"},       {U"رحيم", "rahim"},
      {U"رحمن", "rahman"},     {U"رحمان", "rahman"},     {U"عزيز", "aziz"},
      {U"عظيم", "azim"},       {U"مالك", "malik"},       {U"ملك", "malik"},
      {U"قادر", "qadir"},      {U"قدير", "qadir"},       {U"حكيم", "hakim"},
      {U"حليم", "halim"},      {U"لطيف", "latif"},       {U"مجيد", "majid"},
      {U"ماجد", "majid"},      {U"ناصر", "nasir"},       {U"نصر", "nasr"},
      {U"قاسم", "qasim"},      {U"رشيد", "rashid"},      {U"راشد", "rashid"},
      {U"سلام", "salam"},      {U"صمد", "samad"},        {U"ستار", "sattar"},
      {U"واحد", "wahid"},      {U"وحيد", "wahid"},       {U"وهاب", "wahhab"},
      {U"ظاهر", "zahir"},      {U"طاهر", "tahir"},       {U"طارق", "tariq"},
      {U"طالب", "talib"},      {U"بكر", "bakr"},         {U"بدر", "badr"},
      {U"بلال", "bilal"},      {U"فيصل", "faysal"},      {U"فهد", "fahd"},
      {U"فريد", "farid"},      {U"فاروق", "faruq"},      {U"فواد", "fuad"},
      {U"غالب", "ghalib"},     {U"حبيب", "habib"},       {U"حمزه", "hamza"},
      {U"هاني", "hani"},       {U"هشام", "hisham"},      {U"عماد", "imad"},
      {U"عمران", "imran"},     {U"اياد", "iyad"},        {U"جابر", "jabir"},
      {U"خليل", "khalil"},     {U"مهدي", "mahdi"},       {U"منصور", "mansur"},
      {U"مروان", "marwan"},    {U"منير", "munir"},       {U"نبيل", "nabil"},
      {U"نزار", "nizar"},      {U"نور", "nur"},          {U"دين", "din"},
      {U"غفور", "ghafur"},     {U"جليل", "jalil"},       {U"قدوس", "quddus"},
      {U"رزاق", "razzaq"},     {U"حق", "haq"},           {U"ولد", "ould"},
      {U"خان", "khan"},        {U"جان", "jan"},          {U"گل", "gul"},
      {U"شاه", "shah"},        {U"زاده", "zadah"},       {U"آغا", "agha"},
      {U"اغا", "agha"},        {U"اخوند", "akhund"},     {U"فاطمه", "fatima"},
      {U"مريم", "maryam"},     {U"عايشه", "aisha"},      {U"خديجه", "khadija"},
      {U"زينب", "zaynab"},     {U"سميره", "samira"},     {U"ليلي", "layla"},
      {U"سلطان", "sultan"},    {U"عبدالله", "abdullah"}, {U"عادل", "adil"},
      {U"اكبر", "akbar"},      {U"انور", "anwar"},       {U"اشرف", "ashraf"},
      {U"اكرم", "akram"},      {U"اسد", "asad"},         {U"معمر", "muammar"},
      {U"مبارك", "mubarak"},   {U"صدام", "saddam"},      {U"قذافي", "qadhafi"}};
  return kAll;
}

std::string_view consonant(char32_t c, bool persian) {
  if (persian && (c == U'ض' || c == U'ذ')) return "z";
  return persian && c == U'ث' ? "s" : consonants().at(c);
}

/// A word without its article, letter by letter.
std::string reading(std::u32string_view word, bool persian) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char32_t c = word[i];
    const bool is_last = i + 1 == word.size();
    const bool after_vowel = i == 0 || word[i - 1] == kAlif || word[i - 1] == kAyn;
    const bool by_vowel = after_vowel || (!is_last && word[i + 1] == kAlif);
    if (c == kAlif || c == kTaMarbuta || (c == kAyn && !is_last)) {
      if (!out.ends_with('a')) out += 'a';
    } else if (c == kWaw) {
      out += by_vowel ? 'w' : 'u';
    } else if (c == kYa) {
      out += by_vowel ? 'y' : 'i';
    } else if (c != kAyn) {
      const std::string_view letters = consonant(c, persian);
      constexpr std::string_view kBeforeH = "cdgkpstz";
      const bool parts =
          letters == "h" && !out.empty() && kBeforeH.find(out.back()) != kBeforeH.npos;
      out += parts ? "'h" : letters;
    }
  }
  return out.empty() ? "a" : out;  // ayn alone
}

/// Of known_words(), ta marbuta as h, which is as often written for it; "" of others.
std::string_view known_reading(std::u32string word) {
  if (word.ends_with(kTaMarbuta)) word.back() = U'ه';
  const auto found = known_words().find(word);
  return found == known_words().end() ? std::string_view() : found->second;
}

void add_word(std::u32string_view word, bool persian, std::vector<ArabicWord>& words) {
  constexpr std::u32string_view kArticle = U"ال";
  constexpr std::u32string_view kAbd = U"عبد";
  constexpr std::u32string_view kGod = U"الله";
  constexpr std::size_t kLeastAfter = 2;  // letters behind an article
  if (const std::string_view whole = known_reading(std::u32string(word)); !whole.empty()) {
    words.push_back({std::string(whole), true});
  } else if (word.starts_with(kAbd) && word.substr(kAbd.size()).starts_with(kArticle)) {
    words.push_back({"abd", true});
    add_word(word.substr(kAbd.size()), persian, words);
  } else if (word.ends_with(kGod) && word.size() > kGod.size()) {
    words.push_back({reading(word.substr(0, word.size() - kGod.size()), persian) + "ullah", false});
  } else if (word.starts_with(kArticle) && word.size() >= kArticle.size() + kLeastAfter) {
    words.push_back({"al", true});
    add_word(word.substr(kArticle.size()), persian, words);
  } else {
    words.push_back({reading(word, persian), false});
  }
}

}  // namespace

bool is_persian(std::u32string_view text) {
  return text.find_first_of(U"پچژگکی") != std::u32string_view::npos;
}

std::vector<ArabicWord> arabic_words(std::u32string_view word, bool persian) {
  std::vector<ArabicWord> words;
  const std::u32string letters = plain_letters(word);
  if (!letters.empty()) add_word(letters, persian, words);
  return words;
}

}  // namespace tidewaiter
