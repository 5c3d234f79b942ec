#include "daemon/sources/contract/row_ids.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::size_t kLeastSlots = 64;

}  // namespace

RowIds::RowIds(std::size_t rows) { make_room(std::max(kLeastSlots, std::bit_ceil(2 * rows))); }

bool RowIds::is_first(const Digest& id) {
  if (id == Digest{}) return !std::exchange(has_zeros_, true);
  const std::size_t slot = slot_of(id);
  if (slots_[slot] == id) return false;
  slots_[slot] = id;
  if (++used_ > slots_.size() / 2) make_room(2 * slots_.size());
  return true;
}

std::size_t RowIds::slot_of(const Digest& id) const {
  std::size_t slot = 0;
  std::memcpy(&slot, id.bytes.data(), sizeof(slot));
  for (;; ++slot) {
    slot &= slots_.size() - 1;
    if (slots_[slot] == id || slots_[slot] == Digest{}) return slot;
  }
}

void RowIds::make_room(std::size_t slots) {
  const std::vector<Digest> before = std::exchange(slots_, std::vector<Digest>(slots));
  for (const Digest& id : before) {
    if (id != Digest{}) slots_[slot_of(id)] = id;
  }
}

}  // namespace tidewaiter
