#include "policies/screening/name_similarity.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

NameForm form(std::string_view name) { return name_form(name).value(); }

struct Pair {
  const char32_t* a;
  const char32_t* b;
  double similarity;
};

/// The first three are in Winkler's paper of 1990. All are by jellyfish 1.3.0, and RapidFuzz 3.14.6
/// agrees with it to nine decimals.
constexpr Pair kPairs[] = {
    {U"martha", U"marhta", 0.961111111},
    {U"dixon", U"dicksonx", 0.813333333},
    {U"dwayne", U"duane", 0.840000000},
    {U"a", U"a", 1.000000000},
    {U"a", U"b", 0.000000000},
    {U"ab", U"ba", 0.000000000},
    {U"abcd", U"dcba", 0.500000000},
    {U"jones", U"johnson", 0.832380952},
    {U"aaaa", U"aaab", 0.883333333},
    {U"crate", U"trace", 0.733333333},
    {U"martha", U"matrha", 0.955555556},
    {U"dixon", U"dixon", 1.000000000},
    {U"dwayne", U"sdayne", 0.888888889},
    {U"jones", U"sanj", 0.483333333},
    {U"abroms", U"akbrs", 0.840000000},
    {U"hardin", U"haktrdin", 0.933333333},
    {U"itman", U"ntmai", 0.733333333},
    {U"michelle", U"mitchll", 0.895238095},
    {U"julies", U"jslies", 0.900000000},
    {U"tanya", U"anya", 0.933333333},
    {U"sean", U"shon", 0.666666667},
    {U"jon", U"jo", 0.911111111},
    {U"kim", U"ki", 0.911111111},
    {U"vladimir", U"vlademir", 0.921428571},
    {U"mohammed", U"omhammed", 0.958333333},
    {U"technologies", U"tehnologees", 0.931313131},
    {U"hikvision", U"uikvasion", 0.804232804},
    {U"zhonghua", U"zhnohua", 0.928571429},
    {U"aleksandr", U"alksadr", 0.940740741},
    {U"qaeda", U"qeadta", 0.890000000},
    {U"mohammed", U"mohammed", 1.000000000},
    {U"technologies", U"mohammed", 0.430555556},
    {U"zhonghua", U"zhonghua", 1.000000000},
    {U"mohammed", U"tanya", 0.441666667},
    {U"kim", U"abroms", 0.500000000},
    {U"martha", U"technologies", 0.500000000},
    {U"hardin", U"hikvision", 0.611111111},
    {U"tanya", U"michelle", 0.000000000},
    {U"michelle", U"hikvision", 0.324074074},
    {U"mohammed", U"dwayne", 0.527777778},
};

TEST(JaroWinkler, IsWhatTwoOtherImplementationsSay) {
  for (const Pair& pair : kPairs) {
    const std::u32string a(pair.a);
    EXPECT_NEAR(jaro_winkler(a, pair.b), pair.similarity, 1e-9) << std::string(a.begin(), a.end());
  }
}

TEST(WordScore, IsNothingWhereWordsCannotBeAlike) {
  constexpr std::uint32_t kSeed = 1990;
  std::mt19937 random(kSeed);
  int may = 0;
  int may_not = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto word = [&random] {
      std::u32string text;
      for (std::size_t n = 1 + random() % 9; n > 0; --n) {
        // 'a' and U+0081 share a mark: 0x61 and 0x81 differ by 32.
        text += random() % 8 == 0 ? U'\u0081' : static_cast<char32_t>(U'a' + random() % 5);
      }
      return text;
    };
    const std::u32string a = word();
    const std::u32string b = word();
    const bool possible = may_be_alike(a, letter_marks(a), b, letter_marks(b));
    ASSERT_TRUE(possible || word_score(a, b) == 0) << "seed " << kSeed << ", round " << round;
    (possible ? may : may_not) += 1;
  }
  EXPECT_GT(may, 1000);
  EXPECT_GT(may_not, 1000);
}

TEST(WordScore, IsNothingForWordsThatAreNotAlike) {
  EXPECT_EQ(word_score(U"martha", U"marhta"), 961'111);
  EXPECT_EQ(word_score(U"dixon", U"dicksonx"), 813'333);
  EXPECT_EQ(word_score(U"crate", U"trace"), 0);  // 0.733
}

TEST(NameScore, OfTheSameWordsIsOne) {
  EXPECT_EQ(name_score(form("George Bush"), form("BUSH, George")), kSameName);
  EXPECT_EQ(name_score(form("AL QAEDA"), form("Al-Qaeda")), kSameName);
  EXPECT_EQ(name_score(form("AL QAEDA"), form("Alqaeda")), kSameName);  // written as one
  EXPECT_EQ(name_score(form("SIS DOO"), form("S.I.S. d.o.o.")), kSameName);
  EXPECT_EQ(name_score(form("Владимир Путин"), form("Vladimir Putin")), kSameName);
}

/// By hand, from the similarities of the table above.
TEST(NameScore, CountsWordsByTheirLength) {
  // martha ~ marhta 0.961111 with 12 letters, king = king with 8, of 20.
  EXPECT_EQ(name_score(form("Martha King"), form("King Marhta")),
            (12 * 961'111 + 8 * 1'000'000) / 20);
  // The `ltd` is left over: 6 + 6 letters alike of 15.
  EXPECT_EQ(name_score(form("Martha Ltd"), form("Marhta")), 12 * 961'111 / 15);
  // One of two equal words finds a partner.
  EXPECT_EQ(name_score(form("kim kim"), form("kim")), 6 * 1'000'000 / 9);
  EXPECT_EQ(name_score(form("crate"), form("trace")), 0);
}

/// By SciPy's linear_sum_assignment over jellyfish's similarities, cut to the millionth.
TEST(NameScore, IsWhatAnotherAssignmentSays) {
  EXPECT_NEAR(name_score(form("usama bin ladin"), form("osama bin laden")), 912'820, 1);
  EXPECT_NEAR(name_score(form("huawei technologies co ltd"), form("huawei tech company limited")),
              705'369, 1);
  EXPECT_NEAR(name_score(form("john smith"), form("jane smyth")), 496'296, 1);
  EXPECT_NEAR(name_score(form("mohammed ali hassan"), form("mohamed hasan")), 868'869, 1);
}

TEST(NameScore, IsSymmetric) {
  constexpr std::uint32_t kSeed = 1955;
  std::mt19937 random(kSeed);
  const auto name = [&random] {
    std::string text;
    for (std::size_t words = 1 + random() % 4; words > 0; --words) {
      for (std::size_t n = 1 + random() % 6; n > 0; --n) {
        text += static_cast<char>('a' + random() % 4);
      }
      text += ' ';
    }
    return form(text);
  };
  for (int round = 0; round < 5'000; ++round) {
    const NameForm a = name();
    const NameForm b = name();
    ASSERT_EQ(name_score(a, b), name_score(b, a)) << "seed " << kSeed << ", round " << round;
    ASSERT_EQ(name_score(a, a), kSameName);
    ASSERT_LE(name_score(a, b), kSameName);
  }
}

TEST(ScoreText, IsADecimalFraction) {
  EXPECT_EQ(score_text(900'000), "0.9");
  EXPECT_EQ(score_text(906'667), "0.906667");
  EXPECT_EQ(score_text(kSameName), "1");
  EXPECT_EQ(score_text(1), "0.000001");
}

}  // namespace
}  // namespace tidewaiter
