#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "storage/ledger/add_checkpoint.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter::test {

/// A log in memory, whose owner may be honest or not: entry i is a text, heads are signed by its
/// key, and proofs are what RFC 6962 says for its leaves.
class SmallLog {
 public:
  explicit SmallLog(std::string origin = "ledger.example.org/test", char seed = 'k')
      : origin_(std::move(origin)),
        key_(SigningKey::from_seed(as_byte_span(std::string(32, seed))).value()) {
    for (int i = 0; i < 40; ++i) leaves_.push_back(leaf_hash("entry " + std::to_string(i)));
  }

  [[nodiscard]] VerifierKey key() const { return {origin_, key_.public_key()}; }
  void change_entry(std::size_t index) { leaves_.at(index) = leaf_hash("changed"); }

  [[nodiscard]] TreeHead head(std::int64_t size) const {
    return {size, tree_root(std::span(leaves_).first(static_cast<std::size_t>(size)))};
  }
  [[nodiscard]] std::string note(std::int64_t size) const {
    return sign_note(checkpoint_body(origin_, head(size)), origin_, key_).value();
  }
  /// PROOF(old, D[0:size]) by the recursive definition of RFC 6962, 2.1.2.
  [[nodiscard]] std::vector<Digest> proof(std::int64_t old_size, std::int64_t size) const {
    if (old_size == 0 || old_size == size) return {};
    return subproof(static_cast<std::size_t>(old_size),
                    std::span(leaves_).first(static_cast<std::size_t>(size)), true);
  }
  [[nodiscard]] std::string request(std::int64_t old_size, std::int64_t size) const {
    return format_add_checkpoint({old_size, proof(old_size, size), note(size)});
  }

 private:
  static std::vector<Digest> subproof(std::size_t m, std::span<const Digest> leaves, bool whole) {
    const std::size_t n = leaves.size();
    if (m == n) return whole ? std::vector<Digest>{} : std::vector<Digest>{tree_root(leaves)};
    std::size_t k = 1;
    while (k * 2 < n) k *= 2;
    std::vector<Digest> path =
        m <= k ? subproof(m, leaves.first(k), whole) : subproof(m - k, leaves.subspan(k), false);
    path.push_back(tree_root(m <= k ? leaves.subspan(k) : leaves.first(k)));
    return path;
  }

  std::string origin_;
  SigningKey key_;
  std::vector<Digest> leaves_;
};

}  // namespace tidewaiter::test
