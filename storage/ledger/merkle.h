#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

// The Merkle tree of RFC 6962 §2.1, equal to RFC 9162 §2.1:
//
//   MTH({})     = SHA-256()                      leaf(d)    = SHA-256(0x00 || d)
//   MTH(D[0:n]) = node(MTH(D[0:k]), MTH(D[k:n])) node(l, r) = SHA-256(0x01 || l || r)
//   where k is the largest power of two below n.
//
// Sizes and indices count leaves; they are not negative. All functions are pure and safe from any
// thread, unless a reader or sink that is handed in is not.

[[nodiscard]] Digest empty_tree_root();
[[nodiscard]] Digest leaf_hash(std::string_view entry);
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);

/// MTH over leaf hashes, straight from the definition above.
[[nodiscard]] Digest tree_root(std::span<const Digest> leaves);

/// A node over a whole subtree: the root of leaves [index·2^level, (index + 1)·2^level). Level 0
/// is a leaf hash. Such a node never changes once its last leaf is there; these are the nodes to
/// store, and nodes whose subtree is not whole are computed when asked for.
struct NodeId {
  std::int32_t level = 0;
  std::int64_t index = 0;
  auto operator<=>(const NodeId&) const = default;
};

/// Reads one stored node. Its errors pass through to the caller.
using NodeReader = std::function<Result<Digest>(NodeId)>;
/// Is told each node that an append completes: the leaf first, then its parents upward.
using NodeSink = std::function<void(NodeId, const Digest&)>;

/// What must be kept of a tree to append to it: the roots of its whole subtrees along the right
/// edge, largest first. One for each bit set in `size`.
class CompactRange {
 public:
  CompactRange() = default;  ///< the empty tree

  /// Errors: kInvalidInput unless `size` >= 0 has as many bits set as there are `peaks`.
  [[nodiscard]] static Result<CompactRange> from_peaks(std::int64_t size,
                                                       std::vector<Digest> peaks);
  /// Reads the peaks of a tree of `size` leaves from its stored nodes.
  [[nodiscard]] static Result<CompactRange> load(std::int64_t size, const NodeReader& read);

  void append(const Digest& leaf);
  void append(const Digest& leaf, const NodeSink& sink);

  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] Digest root() const;
  [[nodiscard]] const std::vector<Digest>& peaks() const { return peaks_; }

 private:
  std::int64_t size_ = 0;
  std::vector<Digest> peaks_;  // INVARIANT: popcount(size_) digests, largest subtree first
};

/// PATH(index, D[0:size]) of RFC 9162 §2.1.3.1, the leaf's sibling first.
/// Errors: kInvalidInput unless 0 <= index < size; those of `read`.
[[nodiscard]] Result<std::vector<Digest>> build_inclusion_proof(std::int64_t index,
                                                                std::int64_t size,
                                                                const NodeReader& read);

/// PROOF(old_size, D[0:size]) of RFC 9162 §2.1.4.1; empty if the sizes are equal or old_size is 0
/// (the convention of C2SP tlog-witness for 0).
/// Errors: kInvalidInput unless 0 <= old_size <= size; those of `read`.
[[nodiscard]] Result<std::vector<Digest>> build_consistency_proof(std::int64_t old_size,
                                                                  std::int64_t size,
                                                                  const NodeReader& read);

/// RFC 9162 §2.1.3.2. Says whether `proof` leads from `leaf` at `index` to `root`.
[[nodiscard]] bool verify_inclusion(const Digest& leaf, std::int64_t index, std::int64_t size,
                                    std::span<const Digest> proof, const Digest& root);

/// RFC 9162 §2.1.4.2. Says whether `proof` shows that the tree of `old_size` is a prefix of that of
/// `size`. False for old_size 0, which the algorithm does not cover: whoever accepts an empty tree
/// as everyone's prefix decides that before the call.
[[nodiscard]] bool verify_consistency(std::int64_t old_size, const Digest& old_root,
                                      std::int64_t size, const Digest& root,
                                      std::span<const Digest> proof);

}  // namespace tidewaiter
