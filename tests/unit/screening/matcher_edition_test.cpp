// Whoever changes what names score raises the edition of the matcher, or findings of a policy would
// change under the same hash: here the edition stands beside what it is the edition of.

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "policies/model/digest.h"
#include "policies/screening/name_match.h"

namespace tidewaiter {
namespace {

/// A source without comments, and without white space between its tokens; neighbouring literals are
/// one: what is left changes with what the tables say, and not with how they are broken into lines.
std::string code_of(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::string code;
  bool in_literal = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!in_literal && text.compare(i, 2, "//") == 0) {
      i = text.find('\n', i);
    } else if (c == '"') {
      in_literal = !in_literal;
      const bool goes_on = in_literal && code.ends_with('"');
      goes_on ? code.pop_back() : code.push_back(c);
    } else if (in_literal || (c != ' ' && c != '\n')) {
      code += c;
    }
  }
  return code;
}

/// Of the files that hold the tables of words.
std::string tables_digest() {
  Sha256 hash;
  for (const std::string_view name :
       {"arabic_words", "legal_forms", "name_vocabulary", "nicknames"}) {
    hash.update_framed(
        code_of(TIDEWAITER_SOURCE_DIR "/policies/screening/" + std::string(name) + ".cpp"));
  }
  return to_hex(hash.finish()).substr(0, 16);
}

/// Of what names of several sorts score by each other.
std::string scores_digest() {
  static constexpr std::string_view kNames[] = {"Martha King",
                                                "KING, Martha",
                                                "M. King",
                                                "Martha Joan King",
                                                "Marta Kink",
                                                "M a r t h a King",
                                                "Bob Miller",
                                                "Robert Muller",
                                                "Vladimir Putin",
                                                "Владимир Путин",
                                                "Wladimir Putin",
                                                "Xi Jinping",
                                                "习近平",
                                                "김정은",
                                                "Kim Jong Un",
                                                "محمد حسن",
                                                "Muhammad Hassan",
                                                "Abdulrahman al-Qaduli",
                                                "Abd al Rahman Qadouli",
                                                "Sheikh Walid",
                                                "Ig0r Sech1n",
                                                "Igor Sechin",
                                                "Goodwill Motors GmbH",
                                                "Good Will Motors",
                                                "Acme Trading Ltd",
                                                "Acme General Trading LLC",
                                                "A E O I",
                                                "AEOI",
                                                "I B M",
                                                "Factory No 44",
                                                "Factory forty four",
                                                "Unit ٣٤",
                                                "Unit 34",
                                                "Bank of Iran",
                                                "Bank Melli Iran",
                                                "ガーデン",
                                                "Γιώργος Ρήγας"};
  Sha256 hash;
  NameMatcher matcher;
  for (const PartyKind kind : {PartyKind::kPerson, PartyKind::kOrganisation}) {
    for (const std::string_view a : kNames) {
      for (const std::string_view b : kNames) {
        const Score score = matcher.score(*compared_name(a, kind), *compared_name(b, kind));
        hash.update_framed(std::to_string(score));
      }
    }
  }
  return to_hex(hash.finish()).substr(0, 16);
}

constexpr const char* kRaise =
    "what names score has changed: raise kNameMatcherEdition in name_match.h, and write the "
    "edition "
    "and the new digests here; where the code alone has changed and no name scores otherwise, the "
    "digest of the tables alone";

TEST(NameMatcherEdition, IsRaisedWithTheTablesAndTheScores) {
  EXPECT_EQ(kNameMatcherEdition, "names 3") << kRaise;
  EXPECT_EQ(tables_digest(), "658192a70058ddbf") << kRaise;
  EXPECT_EQ(scores_digest(), "fe1db3131d522d56") << kRaise;
}

}  // namespace
}  // namespace tidewaiter
