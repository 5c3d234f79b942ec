#include "daemon/sources/contract/row_ids.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tidewaiter {
namespace {

constexpr std::size_t kLeastSlots = 64;

}  // namespace

RowIds::RowIds(std::size_t rows) {
  ids_.reserve(rows);
  make_room(std::max(kLeastSlots, std::bit_ceil(2 * rows)));
}

std::size_t RowIds::number(const Digest& id) {
  if (2 * ids_.size() >= slots_.size()) make_room(2 * slots_.size());
  std::uint32_t& slot = slots_[slot_of(id)];
  if (slot == kFree) {
    slot = static_cast<std::uint32_t>(ids_.size());
    ids_.push_back(id);
  }
  return slot;
}

bool RowIds::is_first(const Digest& id) {
  const std::size_t before = ids_.size();
  return number(id) == before;
}

/// The slot that has the identity's number, or is free for it.
std::size_t RowIds::slot_of(const Digest& id) const {
  std::size_t slot = 0;
  std::memcpy(&slot, id.bytes.data(), sizeof(slot));
  for (;; ++slot) {
    slot &= slots_.size() - 1;
    if (slots_[slot] == kFree || ids_[slots_[slot]] == id) return slot;
  }
}

void RowIds::make_room(std::size_t slots) {
  slots_.assign(slots, kFree);
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    slots_[slot_of(ids_[i])] = static_cast<std::uint32_t>(i);
  }
}

}  // namespace tidewaiter
