#include "storage/ledger/merkle.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <utility>

namespace tidewaiter {

namespace {

/// The largest power of two below `n`; n >= 2.
std::int64_t split_point(std::int64_t n) {
  return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(n - 1)));
}

bool is_power_of_two(std::int64_t n) { return std::has_single_bit(static_cast<std::uint64_t>(n)); }

std::int32_t trailing_zeros(std::int64_t n) {
  return std::countr_zero(static_cast<std::uint64_t>(n));
}

/// Root of leaves [begin, begin + count), count >= 1. `begin` is a multiple of the smallest power
/// of two that is not below `count`, as it is for every subtree that RFC 9162 names.
Result<Digest> read_root(std::int64_t begin, std::int64_t count, const NodeReader& read) {
  if (is_power_of_two(count)) {
    const std::int32_t level = trailing_zeros(count);
    return read(NodeId{level, begin >> level});
  }
  const std::int64_t k = split_point(count);
  Result<Digest> left = read_root(begin, k, read);
  if (!left) return left;
  Result<Digest> right = read_root(begin + k, count - k, read);
  if (!right) return right;
  return node_hash(*left, *right);
}

/// SUBPROOF(m, D[begin : begin + count], whole) of RFC 9162 §2.1.4.1, appended to `proof`.
Result<void> append_subproof(std::int64_t m, std::int64_t begin, std::int64_t count, bool whole,
                             const NodeReader& read, std::vector<Digest>& proof) {
  std::optional<std::pair<std::int64_t, std::int64_t>> sibling;  // begin, count
  if (m == count) {
    if (whole) return {};
    sibling = {begin, count};
  } else {
    const std::int64_t k = split_point(count);
    const bool left = m <= k;
    const Result<void> below =
        left ? append_subproof(m, begin, k, whole, read, proof)
             : append_subproof(m - k, begin + k, count - k, false, read, proof);
    if (!below) return below;
    sibling = left ? std::pair{begin + k, count - k} : std::pair{begin, k};
  }
  Result<Digest> root = read_root(sibling->first, sibling->second, read);
  if (!root) return tl::unexpected(root.error());
  proof.push_back(*root);
  return {};
}

}  // namespace

Digest empty_tree_root() { return sha256(std::string_view{}); }

Digest leaf_hash(std::string_view entry) {
  std::string preimage;
  preimage.reserve(entry.size() + 1);
  preimage += '\0';
  preimage += entry;
  return sha256(preimage);
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<std::byte, 65> preimage{};
  preimage[0] = std::byte{1};
  std::ranges::copy(left.bytes, preimage.begin() + 1);
  std::ranges::copy(right.bytes, preimage.begin() + 33);
  return sha256(preimage);
}

Digest tree_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return empty_tree_root();
  if (leaves.size() == 1) return leaves.front();
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  return node_hash(tree_root(leaves.first(k)), tree_root(leaves.subspan(k)));
}

Result<CompactRange> CompactRange::from_peaks(std::int64_t size, std::vector<Digest> peaks) {
  if (size < 0 ||
      static_cast<std::size_t>(std::popcount(static_cast<std::uint64_t>(size))) != peaks.size()) {
    return fail(ErrorCode::kInvalidInput, "a tree of size `" + std::to_string(size) +
                                              "` does not have " + std::to_string(peaks.size()) +
                                              " peaks");
  }
  CompactRange range;
  range.size_ = size;
  range.peaks_ = std::move(peaks);
  return range;
}

Result<CompactRange> CompactRange::load(std::int64_t size, const NodeReader& read) {
  std::vector<Digest> peaks;
  std::int64_t begin = 0;
  while (size > begin) {
    const std::int64_t width =
        static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(size - begin)));
    Result<Digest> peak = read_root(begin, width, read);
    if (!peak) return tl::unexpected(peak.error());
    peaks.push_back(*peak);
    begin += width;
  }
  return from_peaks(size, std::move(peaks));
}

void CompactRange::append(const Digest& leaf) { append(leaf, NodeSink{}); }

void CompactRange::append(const Digest& leaf, const NodeSink& sink) {
  NodeId id{0, size_};
  Digest node = leaf;
  if (sink) sink(id, node);
  // Each bit of the size that the addition carries out of joins the last peak with the new node.
  for (std::int64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
    node = node_hash(peaks_.back(), node);
    peaks_.pop_back();
    id = {id.level + 1, id.index >> 1};
    if (sink) sink(id, node);
  }
  peaks_.push_back(node);
  ++size_;
}

Digest CompactRange::root() const {
  if (peaks_.empty()) return empty_tree_root();
  Digest root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) {
    root = node_hash(peaks_[i], root);
  }
  return root;
}

Result<std::vector<Digest>> build_inclusion_proof(std::int64_t index, std::int64_t size,
                                                  const NodeReader& read) {
  if (index < 0 || index >= size) {
    return fail(ErrorCode::kInvalidInput, "entry `" + std::to_string(index) +
                                              "` is not in a tree of size " + std::to_string(size));
  }
  std::vector<Digest> proof;
  std::int64_t begin = 0;
  std::int64_t count = size;
  while (count > 1) {  // from the root down: siblings come out in reverse
    const std::int64_t k = split_point(count);
    const bool left = index - begin < k;
    Result<Digest> sibling =
        left ? read_root(begin + k, count - k, read) : read_root(begin, k, read);
    if (!sibling) return tl::unexpected(sibling.error());
    proof.push_back(*sibling);
    begin = left ? begin : begin + k;
    count = left ? k : count - k;
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<std::vector<Digest>> build_consistency_proof(std::int64_t old_size, std::int64_t size,
                                                    const NodeReader& read) {
  if (old_size < 0 || old_size > size) {
    return fail(ErrorCode::kInvalidInput, "a tree of size `" + std::to_string(old_size) +
                                              "` is no prefix of one of size " +
                                              std::to_string(size));
  }
  std::vector<Digest> proof;
  if (old_size == 0 || old_size == size) return proof;
  const Result<void> built = append_subproof(old_size, 0, size, true, read, proof);
  if (!built) return tl::unexpected(built.error());
  return proof;
}

// Steps are numbered as in RFC 9162 §2.1.3.2.
bool verify_inclusion(const Digest& leaf, std::int64_t index, std::int64_t size,
                      std::span<const Digest> proof, const Digest& root) {
  if (index < 0 || index >= size) return false;  // 1
  std::int64_t fn = index;                       // 2
  std::int64_t sn = size - 1;
  Digest r = leaf;                 // 3
  for (const Digest& p : proof) {  // 4
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      r = node_hash(p, r);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && r == root;  // 5
}

// Steps are numbered as in RFC 9162 §2.1.4.2.
bool verify_consistency(std::int64_t old_size, const Digest& old_root, std::int64_t size,
                        const Digest& root, std::span<const Digest> proof) {
  if (old_size <= 0 || old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (proof.empty()) return false;                      // 1
  const bool old_is_whole = is_power_of_two(old_size);  // 2: the old root stands for the first hash
  std::int64_t fn = old_size - 1;                       // 3
  std::int64_t sn = size - 1;
  while ((fn & 1) != 0) {  // 4
    fn >>= 1;
    sn >>= 1;
  }
  Digest fr = old_is_whole ? old_root : proof.front();  // 5
  Digest sr = fr;
  for (const Digest& c : proof.subspan(old_is_whole ? 0 : 1)) {  // 6
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      fr = node_hash(c, fr);
      sr = node_hash(c, sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = node_hash(sr, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == old_root && sr == root;  // 7
}

}  // namespace tidewaiter
