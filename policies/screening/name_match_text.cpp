#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "policies/screening/name_match.h"

namespace tidewaiter {
namespace {

std::string words_text(const ComparedName& name, std::size_t at, std::size_t count) {
  std::string text;
  for (std::size_t i = at; i < at + count; ++i) {
    text += (text.empty() ? "" : " ") + name.words[i].letters;
  }
  return text;
}

/// What a word is in its name.
std::string_view part_name(const NameWord& word, PartyKind kind) {
  switch (word.role) {
    case WordRole::kPlain:
      break;
    case WordRole::kParticle:
      return "particle";
    case WordRole::kTitle:
      return "title";
    case WordRole::kGeneric:
      return "common word";
    case WordRole::kNumber:
      return "number";
    case WordRole::kInitial:
      return "initial";
  }
  if (kind == PartyKind::kOrganisation) return "word";
  return word.is_family_name ? "family name" : "given name";
}

std::string pair_text(const WordPair& pair, const ComparedName& a, const ComparedName& b) {
  // Which part it is the listed name tells.
  std::string text(part_name(b.words[pair.b], b.kind));
  const std::string of_a = words_text(a, pair.a, pair.a_count);
  const std::string of_b = words_text(b, pair.b, pair.b_count);
  text += " `" + of_a + "`";
  if (of_a != of_b) text += " / `" + of_b + "`";
  text += " " + std::string(word_relation_name(pair.likeness.relation));
  if (pair.likeness.score < kSameName) text += " " + score_text(pair.likeness.score);
  return text;
}

/// The words of one name that no pair has, in their order.
std::string left_over(const ComparedName& name, const std::vector<WordPair>& pairs, bool of_a) {
  std::uint64_t used = 0;
  for (const WordPair& pair : pairs) {
    const std::size_t at = of_a ? pair.a : pair.b;
    const std::size_t count = of_a ? pair.a_count : pair.b_count;
    for (std::size_t i = at; i < at + count; ++i) used |= std::uint64_t{1} << i;
  }
  std::string text;
  for (std::size_t i = 0; i < name.words.size(); ++i) {
    if ((used >> i & 1U) != 0) continue;
    text += (text.empty() ? "`" : " ") + name.words[i].letters;
  }
  return text.empty() ? text : text + "`";
}

}  // namespace

std::vector<std::string> parts_of(const NameMatch& match, const ComparedName& a,
                                  const ComparedName& b) {
  if (match.same_joined) return {"the same, written as one"};
  std::vector<std::string> parts;
  for (const WordPair& pair : match.pairs) parts.push_back(pair_text(pair, a, b));
  const std::string only_a = left_over(a, match.pairs, true);
  const std::string only_b = left_over(b, match.pairs, false);
  if (!only_a.empty() && !only_b.empty()) {
    parts.push_back(only_a + " against " + only_b);
  } else if (!only_a.empty()) {
    parts.push_back(only_a + " more");
  } else if (!only_b.empty()) {
    parts.push_back(only_b + " missing");
  }
  if (match.reordered) parts.emplace_back("words in another order");
  if (match.forms_differ) parts.emplace_back("legal form differs");
  return parts;
}

}  // namespace tidewaiter
