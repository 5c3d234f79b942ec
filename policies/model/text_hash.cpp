#include "policies/model/text_hash.h"

#include <cstddef>
#include <cstring>
#include <random>

namespace tidewaiter {
namespace {

__extension__ using Product = unsigned __int128;

std::uint64_t folded(std::uint64_t a, std::uint64_t b) {
  const Product product = static_cast<Product>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

/// Up to 16 bytes as two words, which with their number tell them from all others.
struct Words {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

Words words_of(const char* text, std::size_t size) {
  if (size >= 8) return {word_at(text), word_at(text + size - 8)};
  if (size >= 4) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, text, sizeof(first));
    std::memcpy(&last, text + size - sizeof(last), sizeof(last));
    return {first, last};
  }
  Words words;
  for (std::size_t i = 0; i < size; ++i) {
    words.first = words.first << 8U | static_cast<unsigned char>(text[i]);
  }
  return words;
}

}  // namespace

TextHash::TextHash() : key_{} {
  std::random_device random;
  for (std::uint64_t& part : key_) part = std::uint64_t{random()} << 32U | random();
}

std::uint64_t TextHash::operator()(std::string_view text, std::uint64_t among) const {
  constexpr std::size_t kBlock = 16;
  std::uint64_t state = folded(key_[0] ^ text.size(), key_[1] ^ among);
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left > kBlock; at += kBlock, left -= kBlock) {
    state = folded(word_at(at) ^ key_[2], word_at(at + 8) ^ state);
  }
  const Words words = words_of(at, left);
  return folded(folded(words.first ^ key_[2], words.last ^ state), key_[3]);
}

}  // namespace tidewaiter
