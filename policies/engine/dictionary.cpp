#include "policies/engine/dictionary.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace tidewaiter {
namespace {

/// A text of up to kShort characters as two words, by which and by its size it is told from all
/// others: its first eight characters and its last, or as many as there are.
constexpr std::size_t kShort = 16;
struct Words {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool operator==(const Words&) const = default;
};

template <class Word>
Words ends_of(const char* text, std::size_t size) {
  Word first = 0;
  Word last = 0;
  std::memcpy(&first, text, sizeof(first));
  std::memcpy(&last, text + size - sizeof(last), sizeof(last));
  return {first, last};
}

Words words_of(std::string_view text) {
  if (text.size() >= 8) return ends_of<std::uint64_t>(text.data(), text.size());
  if (text.size() >= 4) return ends_of<std::uint32_t>(text.data(), text.size());
  if (text.size() >= 2) return ends_of<std::uint16_t>(text.data(), text.size());
  return {text.empty() ? 0U : static_cast<unsigned char>(text.front()), 0};
}

bool are_alike(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() > kShort) return std::memcmp(a.data(), b.data(), a.size()) == 0;
  return words_of(a) == words_of(b);
}

/// What lies in the cache whatever else does.
constexpr std::size_t kFewSlots = 2048;

}  // namespace

std::uint32_t Dictionary::intern(std::string_view text) {
  if (last_ != kNoText && are_alike(texts_[last_], text)) return last_;
  return find_or_add(hash_of(text), text);
}

void Dictionary::intern_all(std::span<const std::string_view> texts, std::span<std::uint32_t> ids) {
  std::size_t done = 0;
  while (done < texts.size() && slots_.size() <= kFewSlots) {
    ids[done] = intern(texts[done]);
    ++done;
  }
  if (done < texts.size()) intern_many(texts.subspan(done), ids.subspan(done));
}

void Dictionary::intern_many(std::span<const std::string_view> texts,
                             std::span<std::uint32_t> ids) {
  // As many misses as a core has under way at once, and a few more.
  constexpr std::size_t kAhead = 16;
  std::array<std::uint32_t, kAhead> hashes{};
  for (std::size_t from = 0; from < texts.size(); from += kAhead) {
    const auto part = texts.subspan(from, std::min(kAhead, texts.size() - from));
    if (texts_.size() + part.size() >= slots_.size() / 2) grow();
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < part.size(); ++i) {
      hashes[i] = hash_of(part[i]);
      __builtin_prefetch(&slots_[hashes[i] & mask]);
    }
    // Where the first slot has the hash it nearly always has the text.
    const auto likely = [&](std::size_t i) {
      const Slot& slot = slots_[hashes[i] & mask];
      return slot.hash == hashes[i] ? slot.id : kNoText;
    };
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (const std::uint32_t id = likely(i); id != kNoText) __builtin_prefetch(&texts_[id]);
    }
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (const std::uint32_t id = likely(i); id != kNoText) {
        __builtin_prefetch(texts_[id].data());
      }
    }
    for (std::size_t i = 0; i < part.size(); ++i) ids[from + i] = find_or_add(hashes[i], part[i]);
  }
}

std::uint32_t Dictionary::find_or_add(std::uint32_t hash, std::string_view text) {
  if (texts_.size() >= slots_.size() / 2) grow();
  for (std::size_t at = hash;; ++at) {
    Slot& slot = slots_[at & (slots_.size() - 1)];
    if (slot.id == kNoText) {
      texts_.push_back(keep(text));
      slot = {hash, static_cast<std::uint32_t>(texts_.size() - 1)};
      return last_ = slot.id;
    }
    if (slot.hash == hash && are_alike(texts_[slot.id], text)) return last_ = slot.id;
  }
}

/// The text in a place of its own.
std::string_view Dictionary::keep(std::string_view text) {
  constexpr std::size_t kLeast = 256;
  constexpr std::size_t kMost = 65'536;
  if (text.empty()) return {};
  if (room_.size() < text.size()) {
    // Each block as large as all texts so far are likely to be: few texts, little room.
    const std::size_t wanted = std::clamp(texts_.size() * 16, kLeast, kMost);
    const std::size_t size = std::max(wanted, text.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    room_ = {blocks_.back().get(), size};
  }
  char* const at = room_.data();
  std::memcpy(at, text.data(), text.size());
  room_ = room_.subspan(text.size());
  return {at, text.size()};
}

void Dictionary::grow() {
  constexpr std::size_t kLeast = 64;
  std::vector<Slot> old(std::max(kLeast, slots_.size() * 2));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.id == kNoText) continue;
    std::size_t at = slot.hash;
    while (slots_[at & (slots_.size() - 1)].id != kNoText) ++at;
    slots_[at & (slots_.size() - 1)] = slot;
  }
}

}  // namespace tidewaiter
