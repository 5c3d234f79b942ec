#include "storage/evidence/payload_stream.h"

#include <string>

#include <sodium.h>

namespace tidewaiter {
namespace {

/// Room for text that is wiped when it dies.
struct WipedRoom {
  std::string bytes = std::string(kPayloadChunk, '\0');
  WipedRoom() = default;
  WipedRoom(const WipedRoom&) = delete;
  WipedRoom& operator=(const WipedRoom&) = delete;
  ~WipedRoom() { sodium_memzero(bytes.data(), bytes.size()); }
};

/// Takes down what goes by.
class Measuring {
 public:
  void add(std::string_view bytes) {
    hash_.update(bytes);
    bytes_ += static_cast<std::int64_t>(bytes.size());
  }
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }
  FileMeasure finish() { return {hash_.finish(), bytes_}; }

 private:
  Sha256 hash_;
  std::int64_t bytes_ = 0;
};

}  // namespace

Result<PayloadMeasures> seal_payload(StreamedFile& from, PayloadSealer& sealer, FileSink& to,
                                     std::int64_t most) {
  Measuring content;
  Measuring sealed;
  WipedRoom room;
  sealed.add(sealer.header());
  if (auto written = to.write(sealer.header()); !written) return tl::unexpected(written.error());
  for (bool last = false; !last;) {
    const Result<std::size_t> got = from.read(room.bytes);
    if (!got) return tl::unexpected(got.error());
    const std::string_view chunk(room.bytes.data(), *got);
    content.add(chunk);
    if (content.bytes() > most) return too_long(from.path(), most);
    const std::string_view bytes = sealer.seal(chunk);
    sealed.add(bytes);
    if (auto written = to.write(bytes); !written) return tl::unexpected(written.error());
    last = chunk.size() < kPayloadChunk;
  }
  return PayloadMeasures{content.finish(), sealed.finish()};
}

Result<PayloadMeasures> open_payload(StreamedFile& from, PayloadOpener& opener,
                                     std::string_view header, FileSink& to) {
  Measuring content;
  Measuring file;
  file.add(header);
  std::string room(kSealedChunk, '\0');
  for (;;) {
    const Result<std::size_t> got = from.read(room);
    if (!got) return tl::unexpected(got.error());
    if (*got == 0 && opener.ended()) break;
    const std::string_view sealed(room.data(), *got);
    const Result<std::string_view> text = opener.open(sealed);
    if (!text) return tl::unexpected(text.error());
    file.add(sealed);
    content.add(*text);
    if (auto written = to.write(*text); !written) return tl::unexpected(written.error());
  }
  return PayloadMeasures{content.finish(), file.finish()};
}

}  // namespace tidewaiter
