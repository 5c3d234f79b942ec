#include "daemon/sources/push/gzip_body.h"

#include <array>
#include <limits>

#include <zlib.h>

namespace tidewaiter {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib.h: the largest window, and gzip alone

/// Owns zlib's state.
class Inflater {
 public:
  Inflater() : good_(inflateInit2(&stream_, kGzipWindow) == Z_OK) {}
  ~Inflater() {
    if (good_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  [[nodiscard]] bool good() const { return good_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool good_;
};

tl::unexpected<Error> no_gzip() {
  return fail(ErrorCode::kInvalidInput, "the body is no whole gzip file: damaged, or cut off");
}

}  // namespace

Result<std::string> gunzip(std::string_view bytes, std::size_t most) {
  if (bytes.empty() || bytes.size() > std::numeric_limits<uInt>::max()) return no_gzip();
  Inflater inflater;
  if (!inflater.good()) return fail(ErrorCode::kUnavailable, "no memory to decompress the body");
  z_stream& stream = inflater.stream();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 65'536> block{};
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    const int state = inflate(&stream, Z_NO_FLUSH);
    const std::size_t size = block.size() - stream.avail_out;
    if (size > most - out.size()) {
      return fail(ErrorCode::kRefused,
                  "the body is longer than " + std::to_string(most) + " bytes when decompressed");
    }
    out.append(block.data(), size);
    if (state == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      if (inflateReset(&stream) != Z_OK) return no_gzip();  // the next member
    } else if (state != Z_OK || (size == 0 && stream.avail_in == 0)) {
      return no_gzip();
    }
  }
}

}  // namespace tidewaiter
