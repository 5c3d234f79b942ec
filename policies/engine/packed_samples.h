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
/// back what was added, bit for bit. Costs: one that is the last of all is added at once; another
/// one, and taking one back, reads the places of those before it. One thread at a time.
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
    std::uint32_t last = 0;               ///< where the last one begins
    std::int64_t time = 0;                ///< of the one that came first: others are near it
    std::int64_t seq = 0;
  };
  [[nodiscard]] Header header() const;
  static Sample read(VarintReader& reader, const Header& header);
  /// Where the first one begins that does not come before this place, and the one before it; both
  /// the end where there is none.
  struct Found {
    std::uint32_t at = 0;
    std::uint32_t before = 0;
  };
  [[nodiscard]] Found find(const Header& header, std::int64_t time, std::int64_t seq) const;
  [[nodiscard]] bool ends_before(const Header& header, const Sample& sample) const;
  void insert(Header& header, std::uint32_t at, const std::uint8_t* bytes, std::uint32_t count);
  [[nodiscard]] std::vector<std::uint8_t> saved_bytes() const;
  void take_saved(const std::vector<std::uint8_t>& saved);

  std::unique_ptr<std::uint8_t[]> bytes_;
};

}  // namespace tidewaiter
