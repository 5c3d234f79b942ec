// Names looked up in a list of generated names, by the index. `entries` is how many parties the
// list has, each with an alias. Each answer is held against a scan of some names before the clock
// starts.

#include <random>
#include <string>
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

void screen(benchmark::State& state) {
  Names names;
  std::vector<ListedParty> parties;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    parties.push_back({names.name(), {names.name()}, {}, {}, {}});
  }
  const auto list = ScreenedList::make("bench", std::move(parties));
  if (!list) {
    state.SkipWithError(list.error().message.c_str());
    return;
  }
  std::vector<NameForm> wanted;
  for (int i = 0; i < 200; ++i) wanted.push_back(name_form(names.name()).value());
  constexpr Score kLeast = 800'000;
  for (std::size_t i = 0; i < 10; ++i) {
    if ((*list)->find(wanted[i], kLeast, NameLookup::kIndex) ==
        (*list)->find(wanted[i], kLeast, NameLookup::kScan)) {
      continue;
    }
    state.SkipWithError("the index and the scan differ");
    return;
  }
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize((*list)->find(wanted[next], kLeast, NameLookup::kIndex));
    next = (next + 1) % wanted.size();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(screen)->Arg(100)->Arg(10'000)->ArgName("entries")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
