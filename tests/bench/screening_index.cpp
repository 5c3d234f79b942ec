// Names looked up in all given lists (TIDEWAITER_SHARED), by the index and by comparing each with
// every listed name: how many names a second one core screens, and how many hits above the score
// the index loses. Half of the names are honest, half are listed ones in another spelling. Without
// the material nothing is judged and the status is 77. The status is 1 where the index loses a hit
// or finds what the scan does not; no time is judged.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "tests/bench/listed_names.h"

namespace tidewaiter::bench {
namespace {

constexpr Score kLeast = 850'000;  // of `screen --score`
constexpr int kSkipped = 77;
constexpr std::size_t kTimed = 8'000;  // names of each sort

/// Processor seconds of this process: other load on the machine does not count.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// A listed name with one ASCII letter left out, doubled, or changed places with its neighbour.
std::string misspelt(std::string name, std::mt19937& random) {
  std::vector<std::size_t> letters;
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    const auto ascii = [&](std::size_t at) {
      const char c = static_cast<char>(name[at] | 0x20);
      return c >= 'a' && c <= 'z';
    };
    if (ascii(i) && ascii(i + 1)) letters.push_back(i);
  }
  if (letters.empty()) return name;
  const std::size_t at = letters[random() % letters.size()];
  switch (random() % 3) {
    case 0:
      name.erase(at, 1);
      break;
    case 1:
      name.insert(at, 1, name[at]);
      break;
    default:
      std::swap(name[at], name[at + 1]);
  }
  return name;
}

std::vector<std::string> listed_names(const ListBook& book, PartyKind kind) {
  std::vector<std::string> names;
  for (const ListBook::Source& source : book.sources()) {
    for (const ListEntry& entry : source.list.entries) {
      if (entry.kind.value_or(likely_kind(entry.name)) != kind) continue;
      names.push_back(entry.name);
      for (const ListedName& alias : entry.aliases) names.push_back(alias.text);
    }
  }
  return names;
}

std::vector<ComparedName> compared(const std::vector<std::string>& texts, PartyKind kind) {
  std::vector<ComparedName> names;
  for (const std::string& text : texts) {
    if (auto name = compared_name(text, kind)) names.push_back(*std::move(name));
  }
  return names;
}

struct Loss {
  std::size_t found = 0;  ///< by the scan
  std::size_t lost = 0;   ///< of them not by the index
  std::size_t odd = 0;    ///< by the index alone, or with another score
};

void hold_against(const std::vector<IndexHit>& by_scan, const std::vector<IndexHit>& by_index,
                  Loss& loss) {
  auto next = by_index.begin();
  for (const IndexHit& hit : by_scan) {
    ++loss.found;
    if (next != by_index.end() && *next == hit) {
      ++next;
    } else {
      ++loss.lost;
    }
  }
  loss.odd += static_cast<std::size_t>(by_index.end() - next);
}

/// From text to hits with their scores, as for a record that has not been seen before.
void tell_speed(const NameIndex& index, const std::vector<std::string>& texts, const char* what) {
  NameSearch search(index);
  std::size_t hits = 0;
  const double begin = cpu_seconds();
  for (const std::string& text : texts) {
    if (const auto name = compared_name(text, index.kind())) {
      hits += search.find(*name, kLeast).size();
    }
  }
  const double seconds = cpu_seconds() - begin;
  std::printf("%-40s %8zu names %8zu hits %10.0f names a second\n", what, texts.size(), hits,
              static_cast<double>(texts.size()) / seconds);
}

std::vector<std::string> some_of(std::vector<std::string> names, std::size_t count,
                                 std::mt19937& random) {
  std::vector<std::string> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(names[random() % names.size()]);
  return chosen;
}

struct Names {
  std::vector<std::string> honest;
  std::vector<std::string> misspelt;
};

void tell_loss(const NameIndex& index, const Names& names, std::size_t probes, Loss& loss) {
  NameSearch search(index);
  const double begin = cpu_seconds();
  double by_index = 0.0;
  std::size_t held = 0;
  const auto hold = [&](std::vector<std::string> texts) {
    texts.resize(std::min(texts.size(), probes));
    for (const ComparedName& name : compared(texts, index.kind())) {
      const double from = cpu_seconds();
      const auto found = search.find(name, kLeast);
      by_index += cpu_seconds() - from;
      hold_against(search.scan(name, kLeast), found, loss);
      ++held;
    }
  };
  hold(names.misspelt);
  hold(names.honest);
  std::printf(
      "%zu names held against every listed one: %zu hits, %zu lost, %zu odd; "
      "%.0f names a second by the scan\n",
      held, loss.found, loss.lost, loss.odd,
      static_cast<double>(held) / (cpu_seconds() - begin - by_index));
}

int run(std::size_t probes) {
  std::setvbuf(stdout, nullptr, _IOLBF,
               BUFSIZ);  // so that a run that is broken off says how far it came
  const auto data = given_data();
  if (!data) {
    std::cout << "skipped: TIDEWAITER_SHARED has no data/lists and data/names\n";
    return kSkipped;
  }
  const auto book = all_given_lists(*data);
  const auto honest = honest_names(*data);
  if (!book || !honest) {
    const Error& error = book ? honest.error() : book.error();
    std::cerr << error.where << ": " << error.message << '\n';
    return 1;
  }
  constexpr unsigned kSeed = 20261128;
  std::mt19937 random(kSeed);
  std::printf("%zu entries, %zu listed names; score %.2f; seed %u\n\n", (*book)->entry_count(),
              (*book)->name_count(), static_cast<double>(kLeast) / kSameName, kSeed);
  Loss all;
  for (const PartyKind kind : {PartyKind::kPerson, PartyKind::kOrganisation}) {
    const NameIndex index = index_of(**book, kind);
    std::printf("## %ss: %zu listed names\n", std::string(party_kind_name(kind)).c_str(),
                index.names().size());
    Names names{*honest, some_of(listed_names(**book, kind), kTimed, random)};
    for (std::string& name : names.misspelt) name = misspelt(std::move(name), random);
    std::shuffle(names.honest.begin(), names.honest.end(), random);
    names.honest.resize(std::min(names.honest.size(), kTimed));
    tell_speed(index, names.honest, "honest names of persons");
    tell_speed(index, names.misspelt, "listed names in another spelling");
    Loss loss;
    tell_loss(index, names, probes / 4, loss);
    all.found += loss.found;
    all.lost += loss.lost;
    all.odd += loss.odd;
  }
  const double share = static_cast<double>(all.lost) / static_cast<double>(all.found);
  std::printf("\nlost by the index: %zu of %zu hits (%.4f %%)\n", all.lost, all.found,
              100.0 * share);
  if (all.found == 0) std::cerr << "no name is found: the comparison says nothing\n";
  return all.found > 0 && all.odd == 0 && all.lost == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tidewaiter::bench

int main(int count, char** arguments) {
  const long probes = count > 1 ? std::strtol(arguments[1], nullptr, 10) : 2'400;
  if (probes < 4) {
    std::cerr << "usage: bench_screening_index [NAMES-TO-SCAN, at least 4; 2400 without it]\n";
    return 2;
  }
  return tidewaiter::bench::run(static_cast<std::size_t>(probes));
}
