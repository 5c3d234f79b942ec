// Every single-bit flip of every proof of trees of up to 64 leaves, and one flipped bit in every
// byte of every proof up to 256, must make the proof fail.
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/verify/merkle_trees.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kEveryBit = 64;
constexpr std::int64_t kEveryByte = 256;
constexpr unsigned kSeed = 9162;

/// Calls `holds` with each flip of `digests` in place; returns how many flips went unnoticed.
template <class Holds>
std::int64_t unnoticed_flips(std::vector<Digest*> digests, bool every_bit, std::mt19937& random,
                             const Holds& holds) {
  std::int64_t unnoticed = 0;
  for (Digest* digest : digests) {
    for (std::byte& byte : digest->bytes) {
      const unsigned first = every_bit ? 0 : static_cast<unsigned>(random() % 8);
      const unsigned last = every_bit ? 7 : first;
      for (unsigned bit = first; bit <= last; ++bit) {
        const auto mask = static_cast<std::byte>(1U << bit);
        byte ^= mask;
        if (holds()) ++unnoticed;
        byte ^= mask;
      }
    }
  }
  return unnoticed;
}

std::vector<Digest*> pointers(std::vector<Digest>& proof, Digest& first, Digest& second) {
  std::vector<Digest*> all = {&first, &second};
  for (Digest& digest : proof) all.push_back(&digest);
  return all;
}

TEST(ProofFlips, NoneGoesUnnoticedInInclusionProofs) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  const test::SyntheticTree tree(kEveryByte);
  for (std::int64_t size = 1; size <= kEveryByte; ++size) {
    Digest root = CompactRange::load(size, tree.reader()).value().root();
    for (std::int64_t i = 0; i < size; ++i) {
      Digest leaf = tree.leaves()[static_cast<std::size_t>(i)];
      auto path = build_inclusion_proof(i, size, tree.reader()).value();
      ASSERT_EQ(unnoticed_flips(pointers(path, leaf, root), size <= kEveryBit, random,
                                [&] { return verify_inclusion(leaf, i, size, path, root); }),
                0)
          << i << " of " << size;
    }
  }
}

TEST(ProofFlips, NoneGoesUnnoticedInConsistencyProofs) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  const test::SyntheticTree tree(kEveryByte);
  for (std::int64_t size = 1; size <= kEveryByte; ++size) {
    Digest root = CompactRange::load(size, tree.reader()).value().root();
    for (std::int64_t m = 1; m < size; ++m) {
      Digest old_root = CompactRange::load(m, tree.reader()).value().root();
      auto proof = build_consistency_proof(m, size, tree.reader()).value();
      ASSERT_EQ(unnoticed_flips(pointers(proof, old_root, root), size <= kEveryBit, random,
                                [&] { return verify_consistency(m, old_root, size, root, proof); }),
                0)
          << m << " to " << size;
    }
  }
}

}  // namespace
}  // namespace tidewaiter
