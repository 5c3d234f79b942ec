#include "policies/screening/name_match.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace tidewaiter {
namespace {

/// In hundredths. What is left over on both sides of a person's name is another person's; an
/// organisation's name may be said in more words or fewer.
struct Costs {
  std::int64_t contradiction = 0;  ///< κ
  std::int64_t surplus = 0;        ///< λ
  std::int64_t lone_surplus = 0;   ///< λ where one plain word alone is in both
};
constexpr Costs kPersonCosts{200, 25, 50};
constexpr Costs kOrganisationCosts{100, 50, 50};
const Costs& costs_of(PartyKind kind) {
  return kind == PartyKind::kPerson ? kPersonCosts : kOrganisationCosts;
}
constexpr std::int64_t kReordered = 96;
constexpr std::int64_t kSignsReordered = 90;
constexpr std::int64_t kFormsDiffer = 97;
/// Of a person's name with a word that the other has not, or with one plain word alone that both
/// have: a brother has it as well.
constexpr std::int64_t kMostWithMore = 920'000;
/// Where one or two plain words are all that is in both, and one of them is not the same to the
/// ear.
constexpr std::int64_t kFewDiffer = 98;
constexpr Score kSameToTheEar = 960'000;

constexpr Score kSameJoined = 980'000;
constexpr Score kSameSoundJoined = 960'000;
/// Signs read aloud: a name of two is that of thousands, by its sound.
constexpr Score kSameReading = 920'000;
constexpr Score kSameLongReading = 960'000;
constexpr std::ptrdiff_t kLongReading = 3;
constexpr std::size_t kLeastJoinedLetters = 4;
constexpr Score kLeastJoined = 750'000;
constexpr Score kJoinedAtMost = 970'000;
/// Words that make another by their sound alone; one that some of them are signs of.
constexpr Score kJoinedSound = 920'000;
constexpr Score kJoinedSigns = 920'000;

std::uint64_t bits(std::size_t at, std::size_t count) {
  return ((std::uint64_t{1} << count) - 1) << at;
}

/// Both are written in signs of one script: names of one sound, and not one name.
bool are_both_in_signs(const ComparedName& a, const ComparedName& b) {
  return a.words.front().sign != 0 && b.words.front().sign != 0 &&
         a.words.front().script == b.words.front().script;
}

std::string letters_of(const ComparedName& name) {
  std::string letters;
  for (const NameWord& word : name.words) letters += word.letters;
  return letters;
}

/// By the letters, words that say nothing with them (`A E O I`), or by the sounds of the others.
bool are_same_joined(const ComparedName& a, const ComparedName& b) {
  return a.joined == b.joined || a.spelt == b.spelt;
}

/// What names score that are are_same_joined().
Score same_joined(const ComparedName& a, const ComparedName& b) {
  const auto signs = [](const ComparedName& name) {
    return std::ranges::count_if(name.words, [](const NameWord& word) { return word.sign != 0; });
  };
  const std::ptrdiff_t read = std::max(signs(a), signs(b));
  if ((signs(a) == 0) != (signs(b) == 0)) {
    return read < kLongReading ? kSameReading : kSameLongReading;
  }
  const bool same_letters = a.spelt == b.spelt || letters_of(a) == letters_of(b);
  return same_letters ? kSameJoined : kSameSoundJoined;
}

/// Words that are in no pair, of those that are names of their own.
std::size_t plain_words_beside(const ComparedName& name, std::uint64_t used) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < name.words.size(); ++i) {
    if ((used >> i & 1U) == 0 && name.words[i].role == WordRole::kPlain) ++count;
  }
  return count;
}

}  // namespace

Score joined_likeness(const JoinedWords& run, const NameWord& word) {
  const bool may =
      run.skeleton_hash == word.skeleton_hash && word.sound.size() >= kLeastJoinedLetters;
  if (!may) return 0;
  Score most = run.letters == word.letters ? kJoinedAtMost : kJoinedSound;
  if (run.has_sign) most = std::min(most, kJoinedSigns);
  if (run.has_initial && run.letters != word.letters) return 0;
  const Score score = std::min(sound_likeness(run.sound, word.sound), most);
  return score < kLeastJoined ? 0 : score;
}

void NameMatcher::propose(const ComparedName& a, const ComparedName& b,
                          std::span<const Score> likeness) {
  proposals_.clear();
  for (std::size_t i = 0; i < a.words.size(); ++i) {
    for (std::size_t j = 0; j < b.words.size(); ++j) {
      const Score score = likeness[i * b.words.size() + j];
      if (score == 0) continue;
      const WordPair pair{static_cast<std::uint8_t>(i), 1, static_cast<std::uint8_t>(j), 1, {}};
      proposals_.push_back({pair, score, a.words[i].weight + b.words[j].weight});
    }
  }
  propose_joined(a, b, false);
  propose_joined(b, a, true);
}

void NameMatcher::propose_joined(const ComparedName& one, const ComparedName& other, bool swapped) {
  for (const JoinedWords& run : one.runs) {
    for (std::size_t j = 0; j < other.words.size(); ++j) {
      const NameWord& word = other.words[j];
      const Score score = joined_likeness(run, word);
      if (score == 0) continue;
      std::int32_t weight = word.weight;
      for (std::size_t n = 0; n < run.count; ++n) weight += one.words[run.first + n].weight;
      WordPair pair{
          run.first, run.count, static_cast<std::uint8_t>(j), 1, {score, WordRelation::kJoined}};
      if (swapped) {
        std::swap(pair.a, pair.b);
        std::swap(pair.a_count, pair.b_count);
      }
      proposals_.push_back({pair, score, weight});
    }
  }
}

/// The likest first. Of those that are as like, the ones that tell more, then those that stand at
/// like places: an order that does not change when the names change sides.
void NameMatcher::choose() {
  const auto rank = [](const Proposal& p) {
    const int away = std::abs(static_cast<int>(p.pair.a) - static_cast<int>(p.pair.b));
    return std::tuple(-p.score, -p.weight, away, p.pair.a + p.pair.b);
  };
  std::sort(proposals_.begin(), proposals_.end(),
            [&rank](const Proposal& x, const Proposal& y) { return rank(x) < rank(y); });
  chosen_.clear();
  std::uint64_t used_a = 0;
  std::uint64_t used_b = 0;
  for (const Proposal& p : proposals_) {
    const std::uint64_t of_a = bits(p.pair.a, p.pair.a_count);
    const std::uint64_t of_b = bits(p.pair.b, p.pair.b_count);
    if ((used_a & of_a) != 0 || (used_b & of_b) != 0) continue;
    used_a |= of_a;
    used_b |= of_b;
    chosen_.push_back(p);
  }
  std::sort(chosen_.begin(), chosen_.end(),
            [](const Proposal& x, const Proposal& y) { return x.pair.a < y.pair.a; });
}

Score NameMatcher::weigh(const ComparedName& a, const ComparedName& b, NameMatch* told) const {
  std::int64_t gain = 0;
  std::int64_t paired = 0;
  std::size_t plain = 0;
  std::size_t descents = 0;
  for (std::size_t n = 0; n < chosen_.size(); ++n) {
    const Proposal& p = chosen_[n];
    gain += static_cast<std::int64_t>(p.weight) * p.score;
    paired += p.weight;
    const bool is_joined = p.pair.likeness.relation == WordRelation::kJoined;
    const bool is_plain = is_joined || (a.words[p.pair.a].role == WordRole::kPlain &&
                                        b.words[p.pair.b].role == WordRole::kPlain);
    plain += is_plain ? std::max(p.pair.a_count, p.pair.b_count) : 0;
    if (p.pair.b > chosen_[(n + 1) % chosen_.size()].pair.b) ++descents;
  }
  if (paired == 0) return 0;
  std::int64_t left_a = a.weight;
  std::int64_t left_b = b.weight;
  std::uint64_t used_a = 0;
  std::uint64_t used_b = 0;
  for (const Proposal& p : chosen_) {
    used_a |= bits(p.pair.a, p.pair.a_count);
    used_b |= bits(p.pair.b, p.pair.b_count);
    for (std::size_t i = 0; i < p.pair.a_count; ++i) left_a -= a.words[p.pair.a + i].weight;
    for (std::size_t i = 0; i < p.pair.b_count; ++i) left_b -= b.words[p.pair.b + i].weight;
  }
  const Costs& costs = costs_of(a.kind);
  const bool is_lone = plain <= 1 && std::max(a.words.size(), b.words.size()) > 2;
  const std::int64_t contradiction = 2 * std::min(left_a, left_b) * costs.contradiction;
  const std::int64_t surplus =
      std::abs(left_a - left_b) * (is_lone ? costs.lone_surplus : costs.surplus);
  std::int64_t score = gain * 100 / (paired * 100 + contradiction + surplus);
  // A name may be turned round as a whole, family name first: then one pair alone goes back.
  const bool reordered = a.kind == PartyKind::kPerson && descents > 1 && chosen_.size() > 2;
  if (reordered) score = score * (are_both_in_signs(a, b) ? kSignsReordered : kReordered) / 100;
  const bool differs =
      std::ranges::any_of(chosen_, [](const Proposal& p) { return p.score < kSameToTheEar; });
  if (a.kind == PartyKind::kPerson) {
    if (plain <= 2 && differs) score = score * kFewDiffer / 100;
    const bool is_more = plain_words_beside(a, used_a) + plain_words_beside(b, used_b) > 0;
    const bool is_alone = plain <= 1 && std::max(a.words.size(), b.words.size()) > 1 &&
                          (differs || left_a + left_b > 0);
    if (is_more || is_alone) score = std::min(score, kMostWithMore);
  }
  const bool forms_differ =
      a.legal_family != 0 && b.legal_family != 0 && a.legal_family != b.legal_family;
  if (forms_differ) score = score * kFormsDiffer / 100;
  if (told != nullptr) {
    told->reordered = reordered;
    told->forms_differ = forms_differ;
  }
  return static_cast<Score>(score);
}

ScoreBound::ScoreBound(PartyKind kind, Score least)
    : least_(least),
      contradiction_(2 * costs_of(kind).contradiction),
      surplus_(costs_of(kind).surplus) {}

bool ScoreBound::may_reach(std::int64_t worth, std::int64_t a_alone, std::int64_t b_alone) const {
  const std::int64_t loss =
      std::min(a_alone, b_alone) * contradiction_ + std::abs(a_alone - b_alone) * surplus_;
  return worth >= least_ * loss;
}

Score NameMatcher::score(const ComparedName& a, const ComparedName& b,
                         std::span<const Score> likeness) {
  propose(a, b, likeness);
  choose();
  const Score score = weigh(a, b, nullptr);
  if (score >= kSameJoined || !are_same_joined(a, b) || are_both_in_signs(a, b)) return score;
  return std::max(score, same_joined(a, b));
}

Score NameMatcher::score(const ComparedName& a, const ComparedName& b) {
  likeness_.clear();
  for (const NameWord& of_a : a.words) {
    for (const NameWord& of_b : b.words) {
      likeness_.push_back(word_likeness(of_a, of_b, a.kind).score);
    }
  }
  return score(a, b, likeness_);
}

NameMatch NameMatcher::match(const ComparedName& a, const ComparedName& b) {
  NameMatch match;
  match.score = score(a, b);
  const Score by_words = weigh(a, b, &match);
  match.same_joined = match.score > by_words;
  for (const Proposal& p : chosen_) {
    WordPair pair = p.pair;
    if (pair.likeness.relation != WordRelation::kJoined) {
      pair.likeness = word_likeness(a.words[pair.a], b.words[pair.b], a.kind);
    }
    match.pairs.push_back(pair);
  }
  return match;
}

}  // namespace tidewaiter
