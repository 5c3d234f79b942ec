#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "daemon/sources/byte_stream.h"

namespace tidewaiter {

/// A text that comes in pieces of a length.
class TextStream final : public ByteStream {
 public:
  TextStream(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}
  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t count = std::min({piece_, out.size(), text_.size() - at_});
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
    at_ += count;
    return count;
  }
  Result<void> skip(std::int64_t) override { return {}; }
  [[nodiscard]] std::int64_t file_bytes() const override { return static_cast<std::int64_t>(at_); }
  [[nodiscard]] Compression compression() const override { return Compression::kNone; }

 private:
  std::string text_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

}  // namespace tidewaiter
