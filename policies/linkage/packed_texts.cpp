#include "policies/linkage/packed_texts.h"

#include <array>
#include <cstddef>

#include "policies/model/varint.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kUnit = 4;  // bytes, at which a text begins
constexpr std::size_t kUnitsOfBlock = 16'384;
constexpr std::size_t kBlockBytes = kUnit * kUnitsOfBlock;

}  // namespace

PackedTexts::Place PackedTexts::add(std::string_view text) {
  std::array<std::uint8_t, VarintWriter::kMost> bytes{};
  VarintWriter length(bytes.data());
  length.whole(text.size());
  const auto length_bytes = static_cast<std::size_t>(length.at() - bytes.data());
  std::size_t begin = kBlockBytes;
  if (!blocks_.empty()) begin = (blocks_.back().size() + kUnit - 1) / kUnit * kUnit;
  // A text that is longer than a block has one of its own, which is as long as that takes.
  if (begin + length_bytes + text.size() > kBlockBytes) {
    blocks_.emplace_back();
    if (blocks_.size() > 1) blocks_.back().reserve(kBlockBytes);
    begin = 0;
  }
  std::string& block = blocks_.back();
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
