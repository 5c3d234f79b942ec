#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/sources/byte_stream.h"
#include "policies/model/digest.h"

namespace tidewaiter {

/// One line of text and where it stands in the decompressed content.
struct Line {
  std::string_view text;    ///< without LF or CRLF; valid until the reader's next call
  std::int64_t offset = 0;  ///< of its first byte
  std::int64_t number = 1;  ///< of its first physical line, from 1
  std::int64_t length = 0;  ///< bytes before LF or CRLF; a line that is too long counts its CR
  bool terminated = true;   ///< false: the content ended before a line feed
  /// Set if the line is longer than the limit: SHA-256 of its bytes; `text` is then empty.
  std::optional<Digest> too_long = {};
};

/// Cuts content into lines in bounded memory: the limit and one block, however long a line is.
/// After an error every call gives the same error.
class LineReader {
 public:
  static constexpr std::size_t kMaxLine = std::size_t{1} << 20U;

  explicit LineReader(std::unique_ptr<ByteStream> bytes, std::size_t max_line = kMaxLine);

  /// Goes forward to an offset that an earlier reader's offset() gave, with its line_feeds().
  [[nodiscard]] Result<void> skip_to(std::int64_t offset, std::int64_t line_feeds);

  /// The next line; nothing at the end.
  [[nodiscard]] Result<std::optional<Line>> next();

  /// The current line with the following one, as one text with the line end between them. Nothing,
  /// and no change, if there is none or both are longer than the limit.
  [[nodiscard]] Result<std::optional<Line>> extend();

  /// Takes extend() back: next() goes on after the first physical line.
  Line keep_first();

  /// Where the next line begins, and how many line feeds lie before it.
  [[nodiscard]] std::int64_t offset() const { return base_ + static_cast<std::int64_t>(end_); }
  [[nodiscard]] std::int64_t line_feeds() const { return line_feeds_; }

  /// Nothing lies behind the current line, as far as has been looked.
  [[nodiscard]] bool at_end() const { return ended_ && end_ == filled_; }

  [[nodiscard]] const ByteStream& bytes() const { return *bytes_; }

 private:
  [[nodiscard]] Result<bool> refill();
  [[nodiscard]] Result<std::optional<std::size_t>> find_line_feed(std::size_t from);
  [[nodiscard]] Result<std::optional<Line>> pass_over();
  [[nodiscard]] Line line_to(std::size_t text_end, bool terminated) const;

  std::unique_ptr<ByteStream> bytes_;
  std::size_t max_line_;
  std::vector<char> buffer_;
  // INVARIANT: begin_ <= end_ <= filled_ <= buffer_.size(); the current line is [begin_, end_).
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t filled_ = 0;
  std::int64_t base_ = 0;         ///< content offset of buffer_[0]
  std::int64_t line_feeds_ = 0;   ///< before end_
  std::int64_t number_ = 1;       ///< of the current line
  std::size_t first_length_ = 0;  ///< of the first physical line, its line end included
  bool ended_ = false;            ///< the content's end has been met
  std::optional<Error> error_;
};

}  // namespace tidewaiter
