#include "tests/bench/name_stratum.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <vector>

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

namespace tidewaiter::bench {
namespace {

using Words = std::vector<std::string>;

/// The script of the first letter that is not Latin; "" if there is none.
std::string other_script(std::string_view name) {
  const auto text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(text.char32At(i), &status);
    const bool plain = script == USCRIPT_LATIN || script == USCRIPT_COMMON ||
                       script == USCRIPT_INHERITED || !u_isalpha(text.char32At(i));
    if (!plain) return uscript_getName(script);
  }
  return {};
}

std::string in_latin(std::string_view name) {
  static const std::unique_ptr<icu::Transliterator> kLatin = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<icu::Transliterator>(icu::Transliterator::createInstance(
        "Any-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, status));
  }();
  auto text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
  if (kLatin) kLatin->transliterate(text);
  std::string out;
  text.toUTF8String(out);
  return out;
}

/// Full stops and apostrophes join, all else that is neither letter nor digit parts.
Words words_of(std::string_view name) {
  Words words(1);
  for (const char c : in_latin(name)) {
    if (c == '.' || c == '\'' || c == '`') continue;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

Words sorted(Words words) {
  std::ranges::sort(words);
  return words;
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += word;
  return text;
}

Words without_legal_forms(const Words& words) {
  static const std::set<std::string, std::less<>> kForms{
      "ab",      "ag",        "as",  "bv",           "co",  "company", "corp",   "corporation",
      "doo",     "gmbh",      "inc", "incorporated", "jsc", "kg",      "llc",    "llp",
      "limited", "ltd",       "nv",  "ojsc",         "ooo", "oao",     "oy",     "pao",
      "pjsc",    "plc",       "pte", "pty",          "pvt", "private", "public", "sa",
      "sarl",    "sas",       "sl",  "spa",          "srl", "zao",     "ao",     "joint",
      "stock",   "liability", "sp",  "zoo",          "sdn", "bhd",     "fze",    "fzco"};
  Words kept;
  for (const std::string& word : words) {
    if (!kForms.contains(word)) kept.push_back(word);
  }
  return kept;
}

/// Optimal string alignment: insertions, deletions, other letters, neighbours in the other order.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + other});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

/// The letters of a name that scripts without vowels have too: neither vowels and what stands for
/// them (w, y) nor h, which is silent at ends and part of digraphs; no article, no doubled letter.
std::string consonants_of(const Words& words) {
  constexpr std::string_view kUnwritten = "aeiouwyh";
  std::string letters;
  for (const std::string& word : words) {
    if (word == "al" || word == "el") continue;
    const std::size_t article = word.size() > 4 && word.starts_with("al") ? 2 : 0;
    for (const char c : word.substr(article)) {
      const char one = c == 'q' ? 'k' : c;
      if (kUnwritten.find(c) == std::string_view::npos && !letters.ends_with(one)) letters += one;
    }
  }
  return letters;
}

/// Of the whole, or with the last word first, as family names stand.
bool reads_alike(const Words& a, Words b) {
  const std::string of_a = consonants_of(a);
  for (std::size_t turn = 0; turn < b.size(); ++turn) {
    const std::string of_b = consonants_of(b);
    const std::size_t longer = std::max(of_a.size(), of_b.size());
    if (longer > 0 && distance(of_a, of_b) * 4 <= longer) return true;
    std::rotate(b.begin(), b.end() - 1, b.end());
  }
  return false;
}

bool spelt_alike(const std::string& a, const std::string& b) {
  return distance(a, b) * 4 <= std::max(a.size(), b.size());
}

bool initial_of(const std::string& a, const std::string& b) {
  return (a.size() == 1 || b.size() == 1) && a.front() == b.front();
}

/// Each word of `a` with one of `b` that `alike` accepts, equal ones first; how many have none.
struct Unpaired {
  std::size_t a = 0;
  std::size_t b = 0;
};
template <class Alike>
Unpaired unpaired(Words a, Words b, const Alike& alike) {
  const auto pair_up = [&](const auto& accepts) {
    for (auto word = a.begin(); word != a.end();) {
      const auto other =
          std::ranges::find_if(b, [&](const std::string& one) { return accepts(*word, one); });
      if (other == b.end()) {
        ++word;
        continue;
      }
      b.erase(other);
      word = a.erase(word);
    }
  };
  pair_up([](const std::string& x, const std::string& y) { return x == y; });
  pair_up(alike);
  return {a.size(), b.size()};
}

std::string by_words(const Words& a, const Words& b) {
  const auto initials = unpaired(a, b, initial_of);
  if (initials.a == 0 && initials.b == 0) return "initials";
  const auto spelling = unpaired(a, b, spelt_alike);
  if (spelling.a == 0 && spelling.b == 0) return "spelling";
  if (spelling.a == a.size()) return "without similarity";
  if (spelling.a == 0 || spelling.b == 0) return "words left out";
  return "other words";
}

}  // namespace

std::string name_stratum(std::string_view a, std::string_view b, PartyKind kind) {
  const std::string script_a = other_script(a);
  const std::string script_b = other_script(b);
  Words left = words_of(a);
  Words right = words_of(b);
  if (script_a.empty() != script_b.empty()) {
    return (reads_alike(left, right) ? "transliteration, " : "other name in ") + script_a +
           script_b;
  }
  if (left == right) return "exact";
  if (sorted(left) == sorted(right)) return "order";
  if (kind == PartyKind::kOrganisation) {
    left = without_legal_forms(left);
    right = without_legal_forms(right);
    if (!left.empty() && sorted(left) == sorted(right)) return "legal form";
  }
  if (joined(left) == joined(right)) return "joined or split";
  return by_words(left, right);
}

bool is_similar(std::string_view stratum) {
  if (stratum.starts_with("other name in ")) return false;
  static constexpr std::array<std::string_view, 3> kOthers{"words left out", "other words",
                                                           "without similarity"};
  return std::ranges::find(kOthers, stratum) == kOthers.end();
}

bool is_in_two_scripts(std::string_view stratum) {
  return stratum.starts_with("transliteration, ") || stratum.starts_with("other name in ");
}

}  // namespace tidewaiter::bench
