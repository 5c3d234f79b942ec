#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "policies/engine/samples.h"
#include "policies/model/varint.h"

namespace tidewaiter {

/// Samples in order of (time, seq), each in some ten bytes where a Sample has 48: what differs from
/// nothing, or from the place of the one that came first, as packed_input.h has it. Reading gives
/// back what was added, bit for bit. Costs: adding one, and taking one back, reads the places of
/// those that come after it: few, for records come nearly in the order of time. One thread at a
/// time.
class PackedSamples {
 public:
  /// Adds a sample in its place. INVARIANT: no two have one time and number.
  void add(const Sample& sample);
  /// Nothing happens where there is none of this time and number.
  void remove(std::int64_t time, std::int64_t seq);
  /// Takes all out, and leaves the room that they had.
  void clear();

  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::size_t size() const { return bytes_ == nullptr ? 0 : header().count; }
  /// Calls `visit(const Sample&)` for each, in order, until it gives false.
  template <class Visit>
  void each(const Visit& visit) const {
    if (bytes_ == nullptr) return;
    const Header all = header();
    VarintReader reader(bytes_.get() + sizeof(Header));
    for (std::uint32_t left = all.count; left > 0; --left) {
      if (!visit(read(reader, all))) return;
      reader.skip(kLength);
    }
  }
  /// The same from the last one back.
  template <class Visit>
  void each_back(const Visit& visit) const {
    if (bytes_ == nullptr) return;
    const Header all = header();
    for (std::uint32_t end = all.size; end > sizeof(Header);) {
      end = start_before(end);
      VarintReader reader(bytes_.get() + end);
      if (!visit(read(reader, all))) return;
    }
  }
  void append_to(std::vector<Sample>& samples) const;

  /// Brings what add() reads first into the cache.
  void prefetch() const { __builtin_prefetch(bytes_.get(), 1); }

  /// For snapshots, and for counting memory: see state_archive.h.
  template <class Archive>
  void serialize(Archive& archive) {
    if constexpr (requires { archive.allocated(std::size_t{0}); }) {
      archive.allocated(bytes_ == nullptr ? 0 : header().room);
    } else {
      std::vector<std::uint8_t> saved = saved_bytes();
      archive(saved);
      if constexpr (Archive::is_loading::value) take_saved(saved);
    }
  }

 private:
  struct Header {
    // Snapshots have its bytes: none of them is left to chance.
    std::uint32_t count = 0;
    std::uint32_t size = sizeof(Header);  ///< bytes, the header among them
    std::uint32_t room = 0;               ///< bytes that there are
    std::uint32_t unused = 0;
    std::int64_t time = 0;  ///< of the one that came first: others are near it
    std::int64_t seq = 0;
  };
  /// Behind each sample stands how many bytes it has, so that they can be read from the end.
  static constexpr std::size_t kLength = 1;

  [[nodiscard]] Header header() const;
  static Sample read(VarintReader& reader, const Header& header);
  /// Where the sample begins that ends, with its length, at `end`.
  [[nodiscard]] std::uint32_t start_before(std::uint32_t end) const {
    return end - static_cast<std::uint32_t>(kLength) - bytes_[end - kLength];
  }
  /// Where the first one begins that does not come before this place; the end where there is none.
  [[nodiscard]] std::uint32_t find(const Header& header, std::int64_t time, std::int64_t seq) const;
  void insert(Header& header, std::uint32_t at, const std::uint8_t* bytes, std::uint32_t count);
  [[nodiscard]] std::vector<std::uint8_t> saved_bytes() const;
  void take_saved(const std::vector<std::uint8_t>& saved);

  std::unique_ptr<std::uint8_t[]> bytes_;
};

}  // namespace tidewaiter
