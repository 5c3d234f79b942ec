#include "daemon/sources/byte_stream.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <zlib.h>
#include <zstd.h>

namespace tidewaiter {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{128} << 10U;
constexpr int kMaxWindowLog = 27;

class PlainStream final : public ByteStream {
 public:
  PlainStream(InputFile file, const PullWatch& watch) : file_(std::move(file)), watch_(watch) {}

  Result<std::size_t> read(std::span<char> out) override {
    if (auto goes_on = watch_.between_blocks(); !goes_on) {
      return tl::unexpected(goes_on.error());
    }
    auto got = file_.read(out);
    if (got) {
      position_ += static_cast<std::int64_t>(*got);
    }
    return got;
  }

  Result<void> skip(std::int64_t count) override {
    const auto facts = file_.facts();
    if (!facts) {
      return tl::unexpected(facts.error());
    }
    if (position_ + count > facts->size) {
      return fail(ErrorCode::kUnavailable, "`" + file_.path().string() + "` became shorter");
    }
    position_ += count;
    return file_.seek(position_);
  }

  std::int64_t file_bytes() const override { return position_; }
  Compression compression() const override { return Compression::kNone; }

 private:
  InputFile file_;
  const PullWatch& watch_;
  std::int64_t position_ = 0;
};

/// What gzip and Zstandard share: a block of compressed input, and skipping by reading.
class CompressedStream : public ByteStream {
 public:
  CompressedStream(InputFile file, const PullWatch& watch)
      : file_(std::move(file)), watch_(watch), block_(kBufferBytes) {}

  /// A block of the file may hold gibibytes of content, and gibibytes of a file none: so the watch
  /// is asked here and in fill().
  Result<std::size_t> read(std::span<char> out) final {
    if (auto goes_on = watch_.between_blocks(); !goes_on) {
      return tl::unexpected(goes_on.error());
    }
    return decompress(out);
  }

  Result<void> skip(std::int64_t count) override {
    std::vector<char> waste(kBufferBytes);
    while (count > 0) {
      const auto want = std::min(static_cast<std::int64_t>(waste.size()), count);
      const auto got = read(std::span(waste.data(), static_cast<std::size_t>(want)));
      if (!got) {
        return tl::unexpected(got.error());
      }
      if (*got == 0) {
        return fail(ErrorCode::kUnavailable, "`" + name() + "` became shorter");
      }
      count -= static_cast<std::int64_t>(*got);
    }
    return {};
  }

  std::int64_t file_bytes() const override {
    return read_ - static_cast<std::int64_t>(filled_ - used_);
  }

 protected:
  /// read(), without asking.
  virtual Result<std::size_t> decompress(std::span<char> out) = 0;

  /// Makes unused input available; false at the file's end.
  Result<bool> fill() {
    if (used_ < filled_) {
      return true;
    }
    if (auto goes_on = watch_.between_blocks(); !goes_on) {
      return tl::unexpected(goes_on.error());
    }
    const auto got = file_.read(block_);
    if (!got) {
      return tl::unexpected(got.error());
    }
    used_ = 0;
    filled_ = *got;
    read_ += static_cast<std::int64_t>(*got);
    return filled_ > 0;
  }

  [[nodiscard]] std::span<char> input() {
    return std::span(block_).subspan(used_, filled_ - used_);
  }
  void use(std::size_t count) { used_ += count; }

  [[nodiscard]] std::string name() const { return file_.path().string(); }
  [[nodiscard]] tl::unexpected<Error> truncated() const {
    return fail(ErrorCode::kInvalidInput,
                "`" + name() +
                    "` ends in the middle of a compressed frame; what came before it is kept: "
                    "put the whole file in its place");
  }
  [[nodiscard]] tl::unexpected<Error> damaged(std::string_view why) const {
    return fail(ErrorCode::kInvalidInput, "`" + name() + "` is damaged at byte " +
                                              std::to_string(file_bytes()) + ": " +
                                              std::string(why));
  }

 private:
  InputFile file_;
  const PullWatch& watch_;
  std::vector<char> block_;
  std::size_t used_ = 0;
  std::size_t filled_ = 0;
  std::int64_t read_ = 0;
};

class GzipStream final : public CompressedStream {
 public:
  GzipStream(InputFile file, const PullWatch& watch) : CompressedStream(std::move(file), watch) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    ready_ = inflateInit2(&state_, kGzipOnly) == Z_OK;
  }
  ~GzipStream() override { inflateEnd(&state_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  Result<std::size_t> decompress(std::span<char> out) override {
    if (!ready_) {
      return fail(ErrorCode::kUnavailable, "no memory to read `" + name() + "`");
    }
    for (;;) {
      const auto more = fill();
      if (!more) {
        return tl::unexpected(more.error());
      }
      if (!*more && !open_) {
        return std::size_t{0};
      }
      if (!open_ && skip_padding()) {
        continue;
      }
      auto got = inflate_some(out);
      if (!got || *got > 0) {
        return got;
      }
      if (!*more && open_) {
        return truncated();
      }
    }
  }

  Compression compression() const override { return Compression::kGzip; }

 private:
  /// Zero bytes after a member are padding of tapes and archives. Says whether there were any.
  bool skip_padding() {
    const auto in = input();
    const auto* const end =
        std::find_if(in.data(), in.data() + in.size(), [](char c) { return c != '\0'; });
    const auto zeros = static_cast<std::size_t>(end - in.data());
    use(zeros);
    return zeros > 0;
  }

  Result<std::size_t> inflate_some(std::span<char> out) {
    const auto in = input();
    open_ = true;
    // zlib's input pointer is not const for historical reasons; it does not write there.
    state_.next_in = reinterpret_cast<Bytef*>(in.data());
    state_.avail_in = static_cast<uInt>(in.size());
    state_.next_out = reinterpret_cast<Bytef*>(out.data());
    state_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), kBufferBytes));
    const uInt room = state_.avail_out;
    const int answer = inflate(&state_, Z_NO_FLUSH);
    use(in.size() - state_.avail_in);
    const std::size_t got = room - state_.avail_out;
    if (answer == Z_STREAM_END) {
      inflateReset(&state_);
      open_ = false;
    } else if (answer != Z_OK && answer != Z_BUF_ERROR) {
      return damaged(state_.msg != nullptr ? state_.msg : "not gzip data");
    }
    return got;
  }

  z_stream state_{};
  bool ready_ = false;
  bool open_ = false;  ///< within a member
};

class ZstdStream final : public CompressedStream {
 public:
  ZstdStream(InputFile file, const PullWatch& watch)
      : CompressedStream(std::move(file), watch), state_(ZSTD_createDCtx()) {
    ready_ = state_ != nullptr &&
             ZSTD_isError(ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax, kMaxWindowLog)) == 0;
  }
  ~ZstdStream() override { ZSTD_freeDCtx(state_); }
  ZstdStream(const ZstdStream&) = delete;
  ZstdStream& operator=(const ZstdStream&) = delete;

  Result<std::size_t> decompress(std::span<char> out) override {
    if (!ready_) {
      return fail(ErrorCode::kUnavailable, "no memory to read `" + name() + "`");
    }
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    while (to.pos == 0) {
      const auto more = fill();
      if (!more) {
        return tl::unexpected(more.error());
      }
      if (!*more && !open_) {
        return std::size_t{0};
      }
      const auto in = input();
      ZSTD_inBuffer from{in.data(), in.size(), 0};
      // Without input this gives out what the decoder still holds.
      const std::size_t answer = ZSTD_decompressStream(state_, &to, &from);
      use(from.pos);
      if (ZSTD_isError(answer) != 0) {
        return damaged(ZSTD_getErrorName(answer));
      }
      open_ = answer != 0;
      if (!*more && open_ && to.pos == 0) {
        return truncated();
      }
    }
    return to.pos;
  }

  Compression compression() const override { return Compression::kZstd; }

 private:
  ZSTD_DCtx* state_;
  bool ready_ = false;
  bool open_ = false;  ///< within a frame
};

}  // namespace

std::string_view compression_name(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
    case Compression::kNone:
      break;
  }
  return "plain";
}

Compression detect_compression(std::string_view head) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(head[i]); };
  if (head.size() >= 2 && byte(0) == 0x1f && byte(1) == 0x8b) {
    return Compression::kGzip;
  }
  if (head.starts_with("\x28\xb5\x2f\xfd")) {
    return Compression::kZstd;
  }
  if (head.size() >= 4 && (byte(0) & 0xf0U) == 0x50 && head.substr(1, 3) == "\x2a\x4d\x18") {
    return Compression::kZstd;
  }
  return Compression::kNone;
}

Result<std::unique_ptr<ByteStream>> open_byte_stream(InputFile file, const PullWatch& watch) {
  std::array<char, 4> head{};
  const auto got = file.peek(head);
  if (!got) {
    return tl::unexpected(got.error());
  }
  switch (detect_compression(std::string_view(head.data(), *got))) {
    case Compression::kGzip:
      return std::make_unique<GzipStream>(std::move(file), watch);
    case Compression::kZstd:
      return std::make_unique<ZstdStream>(std::move(file), watch);
    case Compression::kNone:
      break;
  }
  return std::make_unique<PlainStream>(std::move(file), watch);
}

}  // namespace tidewaiter
