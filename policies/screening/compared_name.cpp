#include "policies/screening/compared_name.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <utility>

#include "policies/model/ascii.h"
#include "policies/screening/name_form.h"

namespace tidewaiter {
namespace {

/// Letters as they stand in Latin words, with what the writing of the word told.
struct RawWord {
  std::string letters;
  LatinWord from;
};

/// Digits that look like letters, within words of letters: `Ig0r Sech1n`.
void read_digits_as_letters(std::string& word) {
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(word, is_digit));
  if (digits == 0 || digits * 2 >= word.size()) return;
  constexpr std::string_view kLetters = "oizeasgtbg";
  for (char& c : word) {
    if (is_digit(c)) c = kLetters[static_cast<std::size_t>(c - '0')];
  }
}

bool is_vowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

/// `abdulrahman`, `abdurrahman`, `abdelaziz`: where `abd` and its article end, 0 in other words.
std::size_t abd_prefix(std::string_view word) {
  if (word.size() < 8 || !word.starts_with("abd") || !is_vowel(word[3])) return 0;
  if (word.starts_with("abdull") || word.starts_with("abdall") || word.starts_with("abdoul")) {
    return 0;  // Abdullah is one name
  }
  const bool has_article = word[4] == 'l' || word[4] == word[5];
  return has_article ? 5 : 0;
}

/// `saifuddin`, `saifeddine`, `ziaurrahman`: where the second part begins, 0 in other words.
std::size_t din_suffix(std::string_view word) {
  for (const std::string_view din : {"ddine", "ddin", "ldine", "ldin", "deen", "ddeen"}) {
    if (word.size() < din.size() + 4 || !word.ends_with(din)) continue;
    const std::size_t at = word.size() - din.size();
    if (is_vowel(word[at - 1])) return at;
  }
  return 0;
}

bool is_god(std::string_view word) { return word == "allah" || word == "ullah" || word == "ollah"; }

void add_person_word(std::vector<RawWord>& words, RawWord word) {
  const auto part = [&word](std::string letters) {
    RawWord made = word;
    made.letters = std::move(letters);
    return made;
  };
  if (const std::size_t at = abd_prefix(word.letters); at != 0) {
    words.push_back(part("abd"));
    words.push_back(part(word.letters.substr(at)));
  } else if (const std::size_t din = din_suffix(word.letters); din != 0) {
    words.push_back(part(word.letters.substr(0, din - 1)));
    words.push_back(part("din"));
  } else if (is_god(word.letters) && !words.empty() && words.back().letters == "abd") {
    words.back().letters = "abdullah";
  } else if (is_god(word.letters) && !words.empty() && word.from.script == Script::kAbjad) {
    words.back().letters += "ullah";  // Nur Allah, which is written Nurullah in Latin
  } else {
    words.push_back(std::move(word));
  }
}

/// Revised Romanisation as Korean names are more often written abroad: McCune and Reischauer's
/// vowels, and the usual spellings of the commonest family names.
std::string korean_spelling(std::string word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kNames{
      {{"i", "lee"}, {"bak", "pak"}, {"gim", "kim"}, {"ri", "lee"}}};
  for (const auto& [revised, usual] : kNames) {
    if (word == revised) return std::string(usual);
  }
  for (const std::string_view vowel : {"eo", "eu"}) {
    if (const std::size_t at = word.find(vowel); at != std::string::npos) word.erase(at, 1);
  }
  if (word.starts_with('g')) word[0] = 'k';
  return word;
}

std::vector<RawWord> raw_words(std::string_view text) {
  std::vector<RawWord> words;
  for (LatinWord& word : latin_words(text)) {
    std::string letters = word.letters;
    if (word.script == Script::kHangul) letters = korean_spelling(std::move(letters));
    words.push_back({std::move(letters), std::move(word)});
  }
  return words;
}

/// Marks the legal forms among the words that are left; gives the family of the last one.
std::uint8_t mark_legal_forms(const std::vector<std::string_view>& letters,
                              std::vector<bool>& is_form) {
  std::uint8_t family = 0;
  bool any = false;
  for (std::size_t at = 0; at < letters.size();) {
    const LegalForm form = legal_form_at(letters, at);
    // A short form inside a name is most often another word.
    const bool at_edge = at == 0 || at + form.words >= letters.size() || any || form.words > 1 ||
                         is_always_legal_form(letters[at]);
    if (form.words == 0 || !at_edge) {
      ++at;
      continue;
    }
    any = true;
    family = form.family;
    for (std::size_t i = 0; i < form.words; ++i) is_form[at++] = true;
  }
  return family;
}

/// Takes legal forms out, but not all that there is; gives the family of the last one. Again, until
/// there are none: what stood before a form is at the edge once that is out (`Shipping Co LLC`).
std::uint8_t take_legal_forms(std::vector<RawWord>& words) {
  std::uint8_t family = 0;
  while (true) {
    std::vector<std::string_view> letters;
    for (const RawWord& word : words) letters.push_back(word.letters);
    std::vector<bool> is_form(words.size());
    const std::uint8_t found = mark_legal_forms(letters, is_form);
    const auto forms = std::count(is_form.begin(), is_form.end(), true);
    if (forms == 0 || static_cast<std::size_t>(forms) == words.size()) return family;
    if (family == 0) family = found;
    std::vector<RawWord> left;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (!is_form[i]) left.push_back(std::move(words[i]));
    }
    words = std::move(left);
  }
}

std::int32_t base_weight(const NameWord& word) {
  switch (word.role) {
    case WordRole::kParticle:
      return 150;
    case WordRole::kTitle:
      return 250;
    case WordRole::kGeneric:
      return 400;
    case WordRole::kNumber:
      return 350;
    case WordRole::kInitial:
      return 400;
    case WordRole::kPlain:
      break;
  }
  if (word.sign != 0) return 800;
  const auto length = static_cast<std::int32_t>(std::min<std::size_t>(word.letters.size(), 8));
  return 440 + 70 * length;
}

/// Of a word of an organisation's name, without the s of a plural: `Wings` or `Wing Airlines`.
std::string_view singular(std::string_view word, PartyKind kind) {
  constexpr std::size_t kLeast = 5;
  const bool plural = kind == PartyKind::kOrganisation && word.size() >= kLeast &&
                      word.ends_with('s') && !word.ends_with("ss");
  return plural ? word.substr(0, word.size() - 1) : word;
}

NameWord name_word(RawWord raw, PartyKind kind) {
  NameWord word;
  word.letters = full_word(raw.letters, kind);
  word.script = raw.from.script;
  word.sign = raw.from.sign;
  word.lacks_vowels = raw.from.lacks_vowels;
  word.role = word.sign != 0 ? WordRole::kPlain : word_role(word.letters, kind);
  word.sound =
      word.role == WordRole::kNumber ? word.letters : word_sound(singular(word.letters, kind));
  word.skeleton = word.role == WordRole::kNumber ? word.letters : word_skeleton(word.sound);
  word.is_family_name = !raw.from.in_tail;
  word.weight = base_weight(word);
  word.has_nicknames = kind == PartyKind::kPerson && !nickname_groups(word.letters).empty();
  return word;
}

/// `forty four` is `44`.
void join_numbers(std::vector<NameWord>& words) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    std::string& tens = words[i].letters;
    const std::string& ones = words[i + 1].letters;
    const bool joins = words[i].role == WordRole::kNumber &&
                       words[i + 1].role == WordRole::kNumber && tens.size() == 2 &&
                       tens[1] == '0' && tens[0] > '1' && ones.size() == 1 && ones != "0";
    if (!joins) continue;
    tens[1] = ones[0];
    words[i].sound = words[i].skeleton = tens;
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

/// Before the comma, else the last word; of Chinese and Korean names in their own script the first.
void mark_family_name(ComparedName& name) {
  const bool told = name.kind == PartyKind::kPerson && name.words.front().is_family_name &&
                    !name.words.back().is_family_name;
  name.has_comma = told;
  if (told) return;
  for (NameWord& word : name.words) word.is_family_name = false;
  if (name.kind != PartyKind::kPerson) return;
  const bool first = name.words.front().sign != 0;
  (first ? name.words.front() : name.words.back()).is_family_name = true;
}

/// The letters of words in a row, with the articles between them.
std::string joined_letters(std::span<const NameWord> words, bool with_articles) {
  std::string letters;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0 && with_articles) letters += words[i].article;
    letters += words[i].letters;
  }
  return letters;
}

void add_run(ComparedName& name, std::size_t first, std::size_t count, std::string letters) {
  JoinedWords run;
  run.first = static_cast<std::uint8_t>(first);
  run.count = static_cast<std::uint8_t>(count);
  for (std::size_t i = first; i < first + count; ++i) {
    run.has_sign = run.has_sign || name.words[i].sign != 0;
    run.has_initial = run.has_initial || name.words[i].role == WordRole::kInitial;
  }
  run.sound = word_sound(letters);
  run.letters = std::move(letters);
  run.skeleton_hash = std::hash<std::string>()(word_skeleton(run.sound));
  name.runs.push_back(std::move(run));
}

void add_runs(ComparedName& name) {
  constexpr std::size_t kMostJoined = 3;
  const std::span<const NameWord> words(name.words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (std::size_t n = 1; n <= kMostJoined && i + n <= words.size(); ++n) {
      const std::string plain = joined_letters(words.subspan(i, n), false);
      const std::string whole = joined_letters(words.subspan(i, n), true);
      if (n > 1) add_run(name, i, n, plain);
      if (whole != plain) add_run(name, i, n, whole);
      if (!words[i].article.empty()) add_run(name, i, n, std::string(words[i].article) + whole);
    }
    if (i + 1 < words.size() && !words[i + 1].article.empty()) {
      add_run(name, i, 1, words[i].letters + std::string(words[i + 1].article));
    }
  }
}

}  // namespace

void ComparedName::update_weight() {
  weight = 0;
  for (const NameWord& word : words) weight += word.weight;
}

Result<ComparedName> compared_name(std::string_view text, PartyKind kind) {
  const auto too_long = [] {
    return fail(ErrorCode::kUnsupported, "the name is too long to be compared: expected at most " +
                                             std::to_string(kMostNameBytes) + " bytes and " +
                                             std::to_string(kMostNameWords) + " words");
  };
  if (text.size() > kMostNameBytes) return too_long();
  std::vector<RawWord> raw = raw_words(text);
  if (raw.empty()) {
    return fail(ErrorCode::kUndefined,
                "the name has no letter and no digit: there is nothing to compare");
  }
  ComparedName name;
  name.kind = kind;
  if (kind == PartyKind::kOrganisation) name.legal_family = take_legal_forms(raw);
  for (const RawWord& word : raw) name.spelt += word.letters;
  std::vector<RawWord> words;
  for (RawWord& word : raw) {
    if (kind == PartyKind::kOrganisation) {
      words.push_back(std::move(word));
      continue;
    }
    read_digits_as_letters(word.letters);
    add_person_word(words, std::move(word));
  }
  const bool all_empty = std::ranges::all_of(
      words, [kind](const RawWord& word) { return is_empty_word(word.letters, kind); });
  std::string_view article;
  for (RawWord& word : words) {
    if (!all_empty && word.from.sign == 0 && is_empty_word(word.letters, kind)) {
      article = arabic_article(word.letters);
      continue;
    }
    name.words.push_back(name_word(std::move(word), kind));
    name.words.back().article = std::exchange(article, {});
  }
  if (name.words.size() > kMostNameWords) return too_long();
  join_numbers(name.words);
  mark_family_name(name);
  for (NameWord& word : name.words) {
    word.marks = SoundMarks::of(word.sound);
    word.skeleton_hash = std::hash<std::string>()(word.skeleton);
    name.joined += word.sound;
  }
  name.update_weight();
  add_runs(name);
  return name;
}

PartyKind likely_kind(std::string_view text) {
  if (text.size() > kMostNameBytes) return PartyKind::kOrganisation;  // cannot be compared at all
  const std::vector<LatinWord> words = latin_words(text);
  std::vector<std::string_view> letters;
  for (const LatinWord& word : words) letters.push_back(word.letters);
  return looks_like_organisation(letters) ? PartyKind::kOrganisation : PartyKind::kPerson;
}

}  // namespace tidewaiter
