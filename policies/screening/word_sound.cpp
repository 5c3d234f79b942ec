#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policies/screening/compared_name.h"

namespace tidewaiter {
namespace {

struct Respelling {
  std::string_view letters;
  std::string_view sound;
};

/// The longest that begins at a place holds.
constexpr std::array<Respelling, 31> kRespellings{{
    {"shch", "S"}, {"tsch", "C"}, {"sch", "S"}, {"tch", "C"}, {"dzh", "j"}, {"sh", "S"},
    {"ch", "C"},   {"cz", "C"},   {"zh", "j"},  {"dj", "j"},  {"dz", "d"},  {"kh", "k"},
    {"gh", "g"},   {"ph", "f"},   {"th", "t"},  {"dh", "d"},  {"ck", "k"},  {"ts", "z"},
    {"tz", "z"},   {"oo", "u"},   {"ou", "u"},  {"ee", "i"},  {"q", "k"},   {"w", "v"},
    {"y", "i"},    {"e", "i"},    {"o", "u"},   {"ce", "si"}, {"ci", "si"}, {"cy", "si"},
    {"c", "k"},
}};

bool is_vowel_sound(char c) { return c == 'a' || c == 'i' || c == 'u'; }

/// By first letter, from a: the longest first.
std::array<std::vector<Respelling>, 26> made_by_letter() {
  std::array<std::vector<Respelling>, 26> all;
  for (const Respelling& one : kRespellings) {
    all[static_cast<std::size_t>(one.letters.front() - 'a')].push_back(one);
  }
  for (std::vector<Respelling>& same : all) {
    std::ranges::stable_sort(same, std::ranges::greater{},
                             [](const Respelling& one) { return one.letters.size(); });
  }
  return all;
}

const Respelling* respelling_at(std::string_view letters) {
  static const std::array<std::vector<Respelling>, 26> by_letter = made_by_letter();
  if (letters.front() < 'a' || letters.front() > 'z') return nullptr;
  for (const Respelling& one : by_letter[static_cast<std::size_t>(letters.front() - 'a')]) {
    if (letters.starts_with(one.letters)) return &one;
  }
  return nullptr;
}

bool is_consonant(char c) {
  return std::string_view("bcdfgjklmnpqrstvwxz").find(c) != std::string_view::npos;
}

bool is_vowel_at(std::string_view letters, std::size_t at, std::string_view vowels) {
  return at < letters.size() && vowels.find(letters[at]) != std::string_view::npos;
}

/// ch is k before a consonant, as in Christoph, Sovfracht and Achmad, and not before its own h; x
/// is ks but at the beginning, where Chinese, Greek and Albanian names have a sibilant; so is hs
/// before a vowel, as in Hsiao, and not in names that are written without them, as Hasan's is; j
/// after a vowel and before none is i, as in Sergej.
std::string_view special_sound(std::string_view letters, std::size_t at, std::string_view sound) {
  const char c = letters[at];
  const std::string_view rest = letters.substr(at);
  if (rest.size() > 2 && rest.starts_with("ch") && is_consonant(rest[2])) return "k";
  if (c == 'x') return at == 0 ? "S" : "ks";
  if (at == 0 && letters.starts_with("hs") && is_vowel_at(letters, 2, "aeiou")) return "S";
  if (c != 'j' || sound.empty() || !is_vowel_sound(sound.back())) return {};
  return is_vowel_at(letters, at + 1, "aeiouy") ? std::string_view() : "i";
}

}  // namespace

std::string word_sound(std::string_view letters) {
  std::string sound;
  const auto add = [&sound](std::string_view more) {
    for (const char c : more) {
      if (sound.empty() || sound.back() != c) sound += c;
    }
  };
  for (std::size_t at = 0; at < letters.size();) {
    if (letters[at] == '\'') {  // parts letters, and is none
      ++at;
    } else if (const std::string_view special = special_sound(letters, at, sound);
               !special.empty()) {
      add(special);
      at += letters[at] == 'h' || letters[at] == 'c' ? 2 : 1;
    } else if (const Respelling* found = respelling_at(letters.substr(at))) {
      add(found->sound);
      at += found->letters.size();
    } else {
      add(letters.substr(at, 1));
      ++at;
    }
  }
  if (sound.size() > 2 && sound.back() == 'h') sound.pop_back();
  return sound;
}

std::string word_skeleton(std::string_view sound) {
  std::string skeleton;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const char c = sound_class(sound[i]);
    if (c == 0 && i == 0) skeleton += 'a';
    if (c == 0 || (!skeleton.empty() && skeleton.back() == c && c != 'h')) continue;
    skeleton += c;
  }
  return skeleton;
}

SoundMarks SoundMarks::of(std::string_view sound) {
  constexpr std::string_view kClasses = "kstpfml";  // and one place for all others
  constexpr std::string_view kSoft = "aiuh";
  SoundMarks marks;
  marks.length = static_cast<std::uint8_t>(std::min<std::size_t>(sound.size(), 255));
  std::array<std::uint8_t, 8> counts{};
  std::array<std::uint8_t, 4> soft{};
  for (const char c : sound) {
    const std::size_t vowel = kSoft.find(c);
    const std::size_t group = std::min(kClasses.find(sound_class(c)), kClasses.size());
    std::uint8_t& count = vowel < kSoft.size() ? soft[vowel] : counts[group];
    count = static_cast<std::uint8_t>(std::min(count + 1, 127));
  }
  for (std::size_t i = 0; i < counts.size(); ++i)
    marks.consonants |= std::uint64_t{counts[i]} << (8 * i);
  for (std::size_t i = 0; i < soft.size(); ++i) marks.soft |= std::uint32_t{soft[i]} << (8 * i);
  return marks;
}

}  // namespace tidewaiter
