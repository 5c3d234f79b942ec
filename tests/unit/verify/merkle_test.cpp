#include "storage/ledger/merkle.h"

#include <bit>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/verify/merkle_trees.h"

namespace tidewaiter {
namespace {

using namespace std::string_view_literals;

TEST(Merkle, HashesAsRfc6962Says) {
  // RFC 6962 §2.1 by hand: SHA-256 of nothing, of 0x00, and of 0x00 || "L123456" (sha256sum).
  EXPECT_EQ(to_hex(empty_tree_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(leaf_hash("")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(to_hex(leaf_hash("L123456")),
            "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
}

// Entries and roots of sizes 1 to 8 of the Certificate Transparency project's reference trees
// (google/certificate-transparency, merkletree tests).
constexpr std::string_view kEntries[] = {
    ""sv,
    "\x00"sv,
    "\x10"sv,
    "\x20\x21"sv,
    "\x30\x31"sv,
    "\x40\x41\x42\x43"sv,
    "\x50\x51\x52\x53\x54\x55\x56\x57"sv,
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"sv};
constexpr const char* kRoots[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

TEST(Merkle, GivesTheReferenceRoots) {
  std::vector<Digest> leaves;
  CompactRange range;
  EXPECT_EQ(range.root(), empty_tree_root());
  EXPECT_EQ(tree_root({}), empty_tree_root());
  for (std::size_t i = 0; i < std::size(kEntries); ++i) {
    leaves.push_back(leaf_hash(kEntries[i]));
    range.append(leaves.back());
    EXPECT_EQ(to_hex(tree_root(leaves)), kRoots[i]);
    EXPECT_EQ(to_hex(range.root()), kRoots[i]);
  }
}

TEST(CompactRange, AgreesWithTheDefinitionAndCanBeTakenUpAgain) {
  const test::SyntheticTree tree(300);
  CompactRange range;
  for (std::int64_t size = 1; size <= 300; ++size) {
    range.append(tree.leaves()[static_cast<std::size_t>(size - 1)]);
    ASSERT_EQ(range.root(), tree_root(tree.leaves(size))) << size;
    const Result<CompactRange> loaded = CompactRange::load(size, tree.reader());
    ASSERT_TRUE(loaded);
    ASSERT_EQ(loaded->peaks(), range.peaks()) << size;
    ASSERT_EQ(CompactRange::from_peaks(size, range.peaks()).value().root(), range.root());
  }
}

TEST(CompactRange, CompletesEachSubtreeWithItsLastLeaf) {
  std::vector<NodeId> told;
  CompactRange range;
  for (int i = 0; i < 8; ++i) {
    range.append(leaf_hash(""), [&told](NodeId id, const Digest&) { told.push_back(id); });
  }
  const std::vector<NodeId> expected = {{0, 0}, {0, 1}, {1, 0}, {0, 2}, {0, 3},
                                        {1, 1}, {2, 0}, {0, 4}, {0, 5}, {1, 2},
                                        {0, 6}, {0, 7}, {1, 3}, {2, 1}, {3, 0}};
  EXPECT_EQ(told, expected);
}

TEST(CompactRange, RefusesTheWrongNumberOfPeaks) {
  EXPECT_TRUE(CompactRange::from_peaks(0, {}));
  EXPECT_FALSE(CompactRange::from_peaks(0, {Digest{}}));
  EXPECT_FALSE(CompactRange::from_peaks(3, {Digest{}}));
  EXPECT_FALSE(CompactRange::from_peaks(-1, std::vector<Digest>(64)));
}

/// PATH(m, D) straight from RFC 9162 §2.1.3.1.
std::vector<Digest> defined_path(std::size_t m, std::span<const Digest> leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  std::vector<Digest> path =
      m < k ? defined_path(m, leaves.first(k)) : defined_path(m - k, leaves.subspan(k));
  path.push_back(m < k ? tree_root(leaves.subspan(k)) : tree_root(leaves.first(k)));
  return path;
}

/// SUBPROOF(m, D, b) straight from RFC 9162 §2.1.4.1.
std::vector<Digest> defined_subproof(std::size_t m, std::span<const Digest> leaves, bool b) {
  if (m == leaves.size()) {
    return b ? std::vector<Digest>{} : std::vector<Digest>{tree_root(leaves)};
  }
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  std::vector<Digest> proof = m <= k ? defined_subproof(m, leaves.first(k), b)
                                     : defined_subproof(m - k, leaves.subspan(k), false);
  proof.push_back(m <= k ? tree_root(leaves.subspan(k)) : tree_root(leaves.first(k)));
  return proof;
}

TEST(Proofs, AreThoseOfTheDefinition) {
  const test::SyntheticTree tree(70);
  for (std::int64_t size = 1; size <= 70; ++size) {
    for (std::int64_t i = 0; i < size; ++i) {
      ASSERT_EQ(build_inclusion_proof(i, size, tree.reader()).value(),
                defined_path(static_cast<std::size_t>(i), tree.leaves(size)));
      ASSERT_EQ(build_consistency_proof(i + 1, size, tree.reader()).value(),
                defined_subproof(static_cast<std::size_t>(i + 1), tree.leaves(size), true));
    }
  }
}

TEST(Proofs, VerifyForEverySizeUpTo256) {
  constexpr std::int64_t kSize = 256;
  const test::SyntheticTree tree(kSize);
  std::vector<Digest> roots = {empty_tree_root()};
  CompactRange range;
  for (const Digest& leaf : tree.leaves()) {
    range.append(leaf);
    roots.push_back(range.root());
  }
  for (std::int64_t size = 1; size <= kSize; ++size) {
    const Digest& root = roots[static_cast<std::size_t>(size)];
    for (std::int64_t i = 0; i < size; ++i) {
      const Digest& leaf = tree.leaves()[static_cast<std::size_t>(i)];
      const auto path = build_inclusion_proof(i, size, tree.reader()).value();
      ASSERT_TRUE(verify_inclusion(leaf, i, size, path, root)) << i << " of " << size;
      const auto proof = build_consistency_proof(i + 1, size, tree.reader()).value();
      ASSERT_TRUE(
          verify_consistency(i + 1, roots[static_cast<std::size_t>(i + 1)], size, root, proof))
          << i + 1 << " to " << size;
    }
  }
}

TEST(Proofs, DoNotVerifyForAnotherPlaceOrSize) {
  const test::SyntheticTree tree(40);
  for (std::int64_t size = 1; size <= 40; ++size) {
    const Digest root = tree_root(tree.leaves(size));
    for (std::int64_t i = 0; i < size; ++i) {
      const Digest& leaf = tree.leaves()[static_cast<std::size_t>(i)];
      auto path = build_inclusion_proof(i, size, tree.reader()).value();
      for (std::int64_t j = -1; j <= size; ++j) {
        EXPECT_EQ(verify_inclusion(leaf, j, size, path, root), j == i);
      }
      path.push_back(root);
      EXPECT_FALSE(verify_inclusion(leaf, i, size, path, root)) << "one hash too many";
      path.pop_back();
      if (path.empty()) continue;
      path.pop_back();
      EXPECT_FALSE(verify_inclusion(leaf, i, size, path, root)) << "one hash too few";
    }
  }
}

TEST(Proofs, RefuseWhatIsOutsideTheTree) {
  const test::SyntheticTree tree(4);
  EXPECT_FALSE(build_inclusion_proof(4, 4, tree.reader()));
  EXPECT_FALSE(build_inclusion_proof(-1, 4, tree.reader()));
  EXPECT_FALSE(build_inclusion_proof(0, 0, tree.reader()));
  EXPECT_FALSE(build_consistency_proof(5, 4, tree.reader()));
  EXPECT_FALSE(build_consistency_proof(-1, 4, tree.reader()));
  EXPECT_TRUE(build_consistency_proof(0, 4, tree.reader()).value().empty());
  EXPECT_EQ(build_inclusion_proof(0, 5, tree.reader()).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(verify_inclusion(leaf_hash(""), 0, 0, {}, leaf_hash("")));
  EXPECT_FALSE(verify_consistency(0, empty_tree_root(), 4, tree_root(tree.leaves()), {}));
  EXPECT_FALSE(verify_consistency(5, Digest{}, 4, Digest{}, {}));
}

TEST(Proofs, FailWithAnySampledBitFlipped) {
  constexpr unsigned kSeed = 6962;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  constexpr std::int64_t kSize = 256;
  const test::SyntheticTree tree(kSize);
  for (int round = 0; round < 3000; ++round) {
    const auto size = std::uniform_int_distribution<std::int64_t>(2, kSize)(random);
    const auto index = std::uniform_int_distribution<std::int64_t>(0, size - 1)(random);
    const auto old_size = std::uniform_int_distribution<std::int64_t>(1, size - 1)(random);
    const auto flip = [&random](Digest& digest) {
      digest.bytes[random() % 32] ^= static_cast<std::byte>(1U << (random() % 8));
    };
    auto path = build_inclusion_proof(index, size, tree.reader()).value();
    auto proof = build_consistency_proof(old_size, size, tree.reader()).value();
    const Digest root = CompactRange::load(size, tree.reader()).value().root();
    const Digest old_root = CompactRange::load(old_size, tree.reader()).value().root();
    Digest leaf = tree.leaves()[static_cast<std::size_t>(index)];
    for (Digest* digest : {&path[random() % path.size()], &leaf}) {
      const Digest kept = *digest;
      flip(*digest);
      ASSERT_FALSE(verify_inclusion(leaf, index, size, path, root));
      *digest = kept;
    }
    Digest old_flipped = old_root;
    flip(old_flipped);
    ASSERT_FALSE(verify_consistency(old_size, old_flipped, size, root, proof));
    flip(proof[random() % proof.size()]);
    ASSERT_FALSE(verify_consistency(old_size, old_root, size, root, proof));
  }
}

}  // namespace
}  // namespace tidewaiter
