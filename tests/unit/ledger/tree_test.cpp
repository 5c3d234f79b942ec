#include <gtest/gtest.h>

#include "storage/ledger/merkle.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kEntries = 64;

/// A ledger that grew in batches of different sizes to 64 entries.
class LedgerTreeTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    if (IsSkipped()) return;
    std::int64_t seq = 0;
    for (std::int64_t size = 1, batch = 1; size < kEntries; size += batch, batch = batch % 7 + 1) {
      batch = std::min(batch, kEntries - size);
      LedgerCommit what;
      what.log_id = kLog;
      for (std::int64_t i = 0; i < batch; ++i) what.steps.push_back(opened_step(++seq, 0, "17"));
      what.offset = offset_at(seq);
      commit(what);
      roots_.push_back(*ledger_->head());
    }
    entries_ = all_entries(*ledger_);
    ASSERT_EQ(entries_.size(), static_cast<std::size_t>(kEntries));
  }

  [[nodiscard]] Digest root(std::int64_t size) const {
    return naive_root(entries_, 0, static_cast<std::size_t>(size));
  }

  std::vector<std::string> entries_;
  std::vector<TreeHead> roots_;
};

TEST_F(LedgerTreeTest, HeadsAreTheRootsOfRfc6962) {
  for (const TreeHead& head : roots_) EXPECT_EQ(head.root, root(head.size)) << head.size;
  reopen();
  EXPECT_EQ(*ledger_->head(), (TreeHead{kEntries, root(kEntries)}));
}

TEST_F(LedgerTreeTest, EveryInclusionProofHolds) {
  for (std::int64_t size = 1; size <= kEntries; ++size) {
    for (std::int64_t index = 0; index < size; ++index) {
      const auto proof = ledger_->inclusion_proof(index, size);
      ASSERT_TRUE(proof) << proof.error().message;
      const Digest leaf = leaf_hash(entries_[static_cast<std::size_t>(index)]);
      EXPECT_TRUE(verify_inclusion(leaf, index, size, *proof, root(size))) << index << "/" << size;
    }
  }
}

TEST_F(LedgerTreeTest, EveryConsistencyProofHolds) {
  for (std::int64_t size = 1; size <= kEntries; ++size) {
    for (std::int64_t old_size = 1; old_size <= size; ++old_size) {
      const auto proof = ledger_->consistency_proof(old_size, size);
      ASSERT_TRUE(proof) << proof.error().message;
      EXPECT_TRUE(verify_consistency(old_size, root(old_size), size, root(size), *proof))
          << old_size << "/" << size;
    }
  }
}

}  // namespace
}  // namespace tidewaiter
