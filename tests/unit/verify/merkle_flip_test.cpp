// For every tree of up to 1,024 leaves: every proof verifies, and none does for an index with one
// bit flipped. What is flipped in leaf, root and proof, besides EveryProofFlip, which flips all:
//
//   every bit            of every proof of up to 96 leaves;
//   one bit a byte       of every proof of up to 256;
//   every bit            of the proofs of chosen larger trees (around powers of two, where the
//                        shape of a tree changes, and between), of each 37th leaf or old size and
//                        of those beside the trees' split.
#include <array>
#include <bit>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/verify/merkle_trees.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kEveryProof = 1024;
constexpr std::int64_t kEveryBit = 96;
constexpr std::int64_t kEveryByte = 256;
constexpr std::array<std::int64_t, 10> kChosenSizes = {257, 300,  511,  512,  513,
                                                       640, 1000, 1022, 1023, 1024};
constexpr std::int64_t kChosenStride = 37;
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

/// Trees of all sizes with the same leaves, and their roots.
class ProofFlips : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    tree_ = new test::SyntheticTree(kEveryProof);
    roots_ = new std::vector<Digest>{empty_tree_root()};
    CompactRange range;
    for (const Digest& leaf : tree_->leaves()) {
      range.append(leaf);
      roots_->push_back(range.root());
    }
  }
  static void TearDownTestSuite() {
    delete tree_;
    delete roots_;
    tree_ = nullptr;
    roots_ = nullptr;
  }

  static Digest root(std::int64_t size) { return roots_->at(static_cast<std::size_t>(size)); }
  static Digest leaf(std::int64_t index) {
    return tree_->leaves().at(static_cast<std::size_t>(index));
  }
  static std::vector<Digest> inclusion(std::int64_t index, std::int64_t size) {
    return build_inclusion_proof(index, size, tree_->reader()).value();
  }
  static std::vector<Digest> consistency(std::int64_t old_size, std::int64_t size) {
    return build_consistency_proof(old_size, size, tree_->reader()).value();
  }

  /// How many flips in leaf, root or proof of one leaf go unnoticed.
  std::int64_t unnoticed_in_inclusion(std::int64_t index, std::int64_t size, bool every_bit) {
    Digest whole = root(size);
    Digest hash = leaf(index);
    auto path = inclusion(index, size);
    return unnoticed_flips(pointers(path, hash, whole), every_bit, random_,
                           [&] { return verify_inclusion(hash, index, size, path, whole); });
  }
  /// How many flips in either root or the proof go unnoticed.
  std::int64_t unnoticed_in_consistency(std::int64_t old_size, std::int64_t size, bool every_bit) {
    Digest whole = root(size);
    Digest old_root = root(old_size);
    auto proof = consistency(old_size, size);
    return unnoticed_flips(pointers(proof, old_root, whole), every_bit, random_, [&] {
      return verify_consistency(old_size, old_root, size, whole, proof);
    });
  }
  /// The places in a chosen tree, from `first` on.
  static std::vector<std::int64_t> chosen_places(std::int64_t first, std::int64_t size) {
    const auto split =
        static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(size - 1)));
    std::vector<std::int64_t> places = {split - 1, split, size - 1};
    for (std::int64_t place = first; place < size; place += kChosenStride) places.push_back(place);
    return places;
  }

  static test::SyntheticTree* tree_;
  static std::vector<Digest>* roots_;
  std::mt19937 random_{kSeed};
};
test::SyntheticTree* ProofFlips::tree_ = nullptr;
std::vector<Digest>* ProofFlips::roots_ = nullptr;

TEST_F(ProofFlips, EveryInclusionProofHoldsForItsOwnIndexAlone) {
  std::int64_t proofs = 0;
  for (std::int64_t size = 1; size <= kEveryProof; ++size) {
    const Digest whole = root(size);
    for (std::int64_t i = 0; i < size; ++i, ++proofs) {
      const auto path = inclusion(i, size);
      const Digest hash = leaf(i);
      ASSERT_TRUE(verify_inclusion(hash, i, size, path, whole)) << i << " of " << size;
      for (unsigned bit = 0; bit < 64; ++bit) {
        const auto other = std::bit_cast<std::int64_t>(std::bit_cast<std::uint64_t>(i) ^
                                                       (std::uint64_t{1} << bit));
        ASSERT_FALSE(verify_inclusion(hash, other, size, path, whole))
            << i << " of " << size << " as " << other;
      }
    }
  }
  EXPECT_EQ(proofs, 524'800);  // 1 + 2 + … + 1,024
}

TEST_F(ProofFlips, EveryConsistencyProofHolds) {
  std::int64_t proofs = 0;
  for (std::int64_t size = 1; size <= kEveryProof; ++size) {
    for (std::int64_t m = 1; m <= size; ++m, ++proofs) {
      ASSERT_TRUE(verify_consistency(m, root(m), size, root(size), consistency(m, size)))
          << m << " to " << size;
    }
  }
  EXPECT_EQ(proofs, 524'800);
}

TEST_F(ProofFlips, NoneGoesUnnoticedInInclusionProofs) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  for (std::int64_t size = 1; size <= kEveryByte; ++size) {
    for (std::int64_t i = 0; i < size; ++i) {
      ASSERT_EQ(unnoticed_in_inclusion(i, size, size <= kEveryBit), 0) << i << " of " << size;
    }
  }
}

TEST_F(ProofFlips, NoneGoesUnnoticedInConsistencyProofs) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  for (std::int64_t size = 1; size <= kEveryByte; ++size) {
    for (std::int64_t m = 1; m < size; ++m) {
      ASSERT_EQ(unnoticed_in_consistency(m, size, size <= kEveryBit), 0) << m << " to " << size;
    }
  }
}

TEST_F(ProofFlips, NoBitGoesUnnoticedInChosenLargeTrees) {
  for (const std::int64_t size : kChosenSizes) {
    for (const std::int64_t i : chosen_places(0, size)) {
      ASSERT_EQ(unnoticed_in_inclusion(i, size, true), 0) << i << " of " << size;
    }
    for (const std::int64_t m : chosen_places(1, size)) {
      ASSERT_EQ(unnoticed_in_consistency(m, size, true), 0) << m << " to " << size;
    }
  }
}

/// Every bit of leaf, root and proof, of every proof of every tree: an hour on two cores, in parts
/// of about the same length.
constexpr int kParts = 32;

class EveryProofFlip : public ProofFlips, public testing::WithParamInterface<int> {};

TEST_P(EveryProofFlip, IsNoticed) {
  for (std::int64_t size = 1; size <= kEveryProof; ++size) {
    if (size % kParts != GetParam()) continue;
    for (std::int64_t i = 0; i < size; ++i) {
      ASSERT_EQ(unnoticed_in_inclusion(i, size, true), 0) << i << " of " << size;
    }
    for (std::int64_t m = 1; m < size; ++m) {
      ASSERT_EQ(unnoticed_in_consistency(m, size, true), 0) << m << " to " << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Parts, EveryProofFlip, testing::Range(0, kParts));

}  // namespace
}  // namespace tidewaiter
