// Stands in for libFuzzer where the compiler has none: runs a fuzz target on every seed of its
// corpus and on a bounded number of mutations of them, the same ones unless a seed is given: a red
// run is then the change's doing. Usage: fuzz_NAME CORPUS_DIR MUTATIONS [SEED]

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

std::vector<Bytes> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> corpus;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return corpus;
}

class Mutator {
 public:
  Mutator(const std::vector<Bytes>& corpus, std::uint64_t seed) : corpus_(corpus), random_(seed) {}

  Bytes next() {
    Bytes bytes = corpus_[below(corpus_.size())];
    for (std::size_t rounds = 1 + below(6); rounds > 0; --rounds) mutate(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  void mutate(Bytes& bytes) {
    const auto at = [&] { return static_cast<std::ptrdiff_t>(below(bytes.size() + 1)); };
    if (bytes.empty()) {
      bytes.push_back(static_cast<std::uint8_t>(below(256)));
      return;
    }
    switch (below(5)) {
      case 0:  // another byte
        bytes[below(bytes.size())] = static_cast<std::uint8_t>(below(256));
        break;
      case 1:  // one bit
        bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 2: {  // a piece less
        const std::size_t from = below(bytes.size());
        const std::size_t count = 1 + below(bytes.size() - from);
        bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                    bytes.begin() + static_cast<std::ptrdiff_t>(from + count));
        break;
      }
      case 3: {  // a piece of another seed
        const Bytes& other = corpus_[below(corpus_.size())];
        if (other.empty()) break;
        const std::size_t from = below(other.size());
        const std::size_t count = 1 + below(other.size() - from);
        bytes.insert(bytes.begin() + at(), other.begin() + static_cast<std::ptrdiff_t>(from),
                     other.begin() + static_cast<std::ptrdiff_t>(from + count));
        break;
      }
      default:  // a byte that parsers care for
        bytes.insert(bytes.begin() + at(),
                     static_cast<std::uint8_t>("\0\n\"\\{}[]:,-'#&*|>%@`\xff\x80 9e."[below(26)]));
    }
  }

  const std::vector<Bytes>& corpus_;  // main's, which outlives the mutator
  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: " << argv[0] << " CORPUS_DIR MUTATIONS [SEED]\n";
    return 2;
  }
  const std::vector<Bytes> corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::cerr << "no seeds in " << argv[1] << '\n';
    return 1;
  }
  const std::uint64_t seed = argc > 3 ? std::stoull(argv[3]) : 1;
  std::cout << corpus.size() << " seeds, " << argv[2] << " mutations, seed " << seed << std::endl;
  for (const Bytes& bytes : corpus) LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  Mutator mutator(corpus, seed);
  for (long left = std::stol(argv[2]); left > 0; --left) {
    const Bytes bytes = mutator.next();
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
}
