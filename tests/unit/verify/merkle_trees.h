#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/ledger/merkle.h"

namespace tidewaiter::test {

/// A tree whose entry i is `i` as eight bytes, big-endian, with its stored nodes.
class SyntheticTree {
 public:
  explicit SyntheticTree(std::int64_t size) {
    for (std::int64_t i = 0; i < size; ++i) {
      std::string entry;
      for (int shift = 56; shift >= 0; shift -= 8) entry += static_cast<char>((i >> shift) & 0xff);
      leaves_.push_back(leaf_hash(entry));
      range_.append(leaves_.back(), [this](NodeId id, const Digest& node) { nodes_[id] = node; });
    }
  }

  [[nodiscard]] const CompactRange& range() const { return range_; }
  [[nodiscard]] const std::vector<Digest>& leaves() const { return leaves_; }
  [[nodiscard]] std::span<const Digest> leaves(std::int64_t size) const {
    return std::span(leaves_).first(static_cast<std::size_t>(size));
  }
  [[nodiscard]] NodeReader reader() const {
    return [this](NodeId id) -> Result<Digest> {
      const auto node = nodes_.find(id);
      if (node == nodes_.end()) return fail(ErrorCode::kNotFound, "no such node");
      return node->second;
    };
  }

 private:
  std::vector<Digest> leaves_;
  std::map<NodeId, Digest> nodes_;
  CompactRange range_;
};

}  // namespace tidewaiter::test
