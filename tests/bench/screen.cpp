// Names looked up in a list of generated names, by the index and by comparing with all: what is
// like them at 0.90. `entries` is how many parties the list has, each with an alias. The hits of
// both are held against each other for some names before the clock starts. Reading a name is timed
// with looking for it, as a policy's `screen` does both.

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "policies/screening/screened_list.h"

namespace tidewaiter {
namespace {

/// Words of syllables, so that they are as many and as much alike as those of real lists: about two
/// different words for three names.
class Names {
 public:
  Names() {
    for (int i = 0; i < 12'000; ++i) words_.push_back(fresh_word());
  }
  std::string name() {
    std::string text;
    for (std::size_t n = 2 + random_() % 3; n > 0; --n) {
      text += (text.empty() ? "" : " ") + words_[random_() % words_.size()];
    }
    return text;
  }

 private:
  std::string fresh_word() {
    static constexpr const char* kSyllables[] = {
        "ab", "al", "ber", "da",  "el", "fa",  "gu", "ha", "im", "ja",  "ka", "lo", "ma",
        "ni", "or", "pe",  "qua", "ra", "sul", "ti", "ur", "va", "wen", "xi", "ya", "zhe"};
    std::string text;
    for (std::size_t n = 2 + random_() % 3; n > 0; --n) text += kSyllables[random_() % 26];
    return text;
  }

  std::mt19937 random_{20261127};
  std::vector<std::string> words_;
};

constexpr Score kLeast = 900'000;
constexpr PartyKind kKind = PartyKind::kOrganisation;

struct Case {
  std::shared_ptr<const ScreenedList> list;
  std::vector<std::string> wanted;  ///< half of them in the list, but for a letter
};

/// A name with one letter left out: near enough to be found.
std::string misspelt(std::string name) {
  name.erase(name.size() / 2, 1);
  return name;
}

std::optional<Case> make_case(std::int64_t entries) {
  Names names;
  Case made;
  std::vector<ListedParty> parties;
  std::vector<std::string> listed;
  for (std::int64_t i = 0; i < entries; ++i) {
    listed.push_back(names.name());
    parties.push_back({listed.back(), {names.name()}, {}, {}, {}, kKind});
  }
  auto list = ScreenedList::make("bench", std::move(parties));
  if (!list) return std::nullopt;
  made.list = *std::move(list);
  // So many that words which were looked up before are few at first: a search remembers them.
  for (std::size_t i = 0; i < 10'000; ++i) {
    made.wanted.push_back(names.name());
    made.wanted.push_back(misspelt(listed[i * 17 % listed.size()]));
  }
  return made;
}

std::vector<PartyHit> found_in(const ScreenedList& list, const std::string& name,
                               NameLookup lookup) {
  return list.find(name, kKind, kLeast, lookup).value_or(std::vector<PartyHit>());
}

void screen(benchmark::State& state, NameLookup lookup) {
  const std::optional<Case> made = make_case(state.range(0));
  if (!made) return state.SkipWithError("no list is made of the names");
  std::size_t found = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    const auto by_index = found_in(*made->list, made->wanted[i], NameLookup::kIndex);
    if (by_index != found_in(*made->list, made->wanted[i], NameLookup::kScan)) {
      return state.SkipWithError("the index and the scan differ");
    }
    found += by_index.size();
  }
  if (found == 0) return state.SkipWithError("no name is found: the comparison says nothing");
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(found_in(*made->list, made->wanted[next], lookup));
    next = (next + 1) % made->wanted.size();
  }
  state.SetItemsProcessed(state.iterations());
}

void screen_index(benchmark::State& state) { screen(state, NameLookup::kIndex); }
void screen_scan(benchmark::State& state) { screen(state, NameLookup::kScan); }

BENCHMARK(screen_index)
    ->ArgName("entries")
    ->Arg(100)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(30'000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(screen_scan)->ArgName("entries")->Arg(100)->Arg(30'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
