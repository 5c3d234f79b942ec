#include "policies/linkage/packed_texts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

#include "policies/model/varint.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kUnit = 4;  // bytes, at which a text begins
constexpr std::size_t kUnitsOfBlock = 16'384;
constexpr std::size_t kBlockBytes = kUnit * kUnitsOfBlock;

}  // namespace

PackedTexts::PackedTexts(const PackedTexts& other)
    : most_blocks_(other.most_blocks_), blocks_(other.blocks_) {
  make_room();
}

PackedTexts& PackedTexts::operator=(const PackedTexts& other) { return *this = PackedTexts(other); }

void PackedTexts::make_room() {
  if (blocks_.size() > 1) blocks_.back().reserve(kBlockBytes);
}

PackedTexts::Place PackedTexts::add(std::string_view text) {
  std::array<std::uint8_t, VarintWriter::kMost> bytes{};
  VarintWriter length(bytes.data());
  length.whole(text.size());
  const auto length_bytes = static_cast<std::size_t>(length.at() - bytes.data());
  std::size_t begin = kBlockBytes;
  if (!blocks_.empty()) begin = (blocks_.back().size() + kUnit - 1) / kUnit * kUnit;
  // A text that is longer than a block has one of its own, which is as long as that takes.
  if (begin + length_bytes + text.size() > kBlockBytes) {
    if (blocks_.size() == most_blocks_) {
      throw std::length_error("the texts of linkage have no room for more");
    }
    blocks_.emplace_back();
    make_room();
    begin = 0;
  }
  std::string& block = blocks_.back();
  const std::size_t end = begin + length_bytes + text.size();
  // The first block grows up to a block, and not beyond as a string would.
  if (end > block.capacity()) block.reserve(std::max(end, std::min(2 * end, kBlockBytes)));
  block.resize(begin);
  for (std::size_t i = 0; i < length_bytes; ++i) block += static_cast<char>(bytes[i]);
  block += text;
  return static_cast<Place>((blocks_.size() - 1) * kUnitsOfBlock + begin / kUnit);
}

std::string_view PackedTexts::at(Place place) const {
  const char* const begin = blocks_[place / kUnitsOfBlock].data() + place % kUnitsOfBlock * kUnit;
  VarintReader reader(reinterpret_cast<const std::uint8_t*>(begin));
  const std::uint64_t length = reader.whole();
  return {reinterpret_cast<const char*>(reader.at()), static_cast<std::size_t>(length)};
}

}  // namespace tidewaiter
