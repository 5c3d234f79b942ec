#include "daemon/sources/line_reader.h"

#include <cstring>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::size_t kReadAhead = std::size_t{256} << 10U;

}  // namespace

LineReader::LineReader(std::unique_ptr<ByteStream> bytes, std::size_t max_line)
    : bytes_(std::move(bytes)), max_line_(max_line), buffer_(max_line + kReadAhead) {}

Result<void> LineReader::skip_to(std::int64_t offset, std::int64_t line_feeds) {
  const std::int64_t held = base_ + static_cast<std::int64_t>(filled_);
  if (offset <= held) {
    end_ = static_cast<std::size_t>(offset - base_);
  } else {
    if (auto skipped = bytes_->skip(offset - held); !skipped) {
      error_ = skipped.error();
      return skipped;
    }
    base_ = offset;
    filled_ = 0;
    end_ = 0;
  }
  begin_ = end_;
  line_feeds_ = line_feeds;
  return {};
}

/// Reads a block behind what is there, moving the current line to the front if room is short.
Result<bool> LineReader::refill() {
  if (error_) {
    return tl::unexpected(*error_);
  }
  if (buffer_.size() - filled_ < kReadAhead / 2 && begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
    base_ += static_cast<std::int64_t>(begin_);
    filled_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  const auto got = bytes_->read(std::span(buffer_).subspan(filled_));
  if (!got) {
    error_ = got.error();
    return tl::unexpected(got.error());
  }
  filled_ += *got;
  ended_ = *got == 0;
  return !ended_;
}

/// The index, counted from begin_, of the first line feed at or after `from` (counted likewise);
/// nothing at the end of the content, or if none is within the limit.
Result<std::optional<std::size_t>> LineReader::find_line_feed(std::size_t from) {
  for (;;) {
    const char* const start = buffer_.data() + begin_;
    const std::size_t have = filled_ - begin_;
    if (const void* found = have > from ? std::memchr(start + from, '\n', have - from) : nullptr) {
      return static_cast<std::size_t>(static_cast<const char*>(found) - start);
    }
    from = have;
    if (have > max_line_) {
      return std::nullopt;
    }
    const auto more = refill();
    if (!more) {
      return tl::unexpected(more.error());
    }
    if (!*more) {
      return std::nullopt;
    }
  }
}

Line LineReader::line_to(std::size_t text_end, bool terminated) const {
  Line line;
  line.text = std::string_view(buffer_.data() + begin_, text_end);
  if (terminated && line.text.ends_with('\r')) {
    line.text.remove_suffix(1);
  }
  line.offset = base_ + static_cast<std::int64_t>(begin_);
  line.number = number_;
  line.length = static_cast<std::int64_t>(line.text.size());
  line.terminated = terminated;
  return line;
}

Result<std::optional<Line>> LineReader::next() {
  begin_ = end_;
  number_ = line_feeds_ + 1;
  const auto feed = find_line_feed(0);
  if (!feed) {
    return tl::unexpected(feed.error());
  }
  const std::size_t have = filled_ - begin_;
  const std::size_t text_end = feed->value_or(have);
  if (text_end > max_line_) {
    return pass_over();
  }
  if (!*feed && have == 0) {
    return std::nullopt;
  }
  first_length_ = text_end + (*feed ? 1U : 0U);
  end_ = begin_ + first_length_;
  line_feeds_ += *feed ? 1 : 0;
  return line_to(text_end, feed->has_value());
}

/// Hashes a line that is too long to hold, block by block.
Result<std::optional<Line>> LineReader::pass_over() {
  Line line = line_to(0, false);
  Sha256 hash;
  for (;;) {
    const std::string_view have(buffer_.data() + begin_, filled_ - begin_);
    const std::size_t feed = have.find('\n');
    const std::string_view part = have.substr(0, feed);
    hash.update(part);
    line.length += static_cast<std::int64_t>(part.size());
    begin_ += part.size();
    end_ = begin_;
    if (feed != std::string_view::npos) {
      begin_ = ++end_;
      ++line_feeds_;
      line.terminated = true;
      break;
    }
    const auto more = refill();
    if (!more) {
      return tl::unexpected(more.error());
    }
    if (!*more) {
      break;
    }
  }
  first_length_ = 0;
  line.too_long = hash.finish();
  return line;
}

Result<std::optional<Line>> LineReader::extend() {
  const std::size_t current = end_ - begin_;
  const auto feed = find_line_feed(current);
  if (!feed) {
    return tl::unexpected(feed.error());
  }
  const std::size_t have = filled_ - begin_;
  const std::size_t text_end = feed->value_or(have);
  if (text_end == current && !*feed) {
    return std::nullopt;
  }
  if (text_end > max_line_) {
    return std::nullopt;
  }
  end_ = begin_ + text_end + (*feed ? 1U : 0U);
  line_feeds_ += *feed ? 1 : 0;
  return line_to(text_end, feed->has_value());
}

Line LineReader::keep_first() {
  end_ = begin_ + first_length_;
  const bool terminated = first_length_ > 0 && buffer_[end_ - 1] == '\n';
  line_feeds_ = number_ - 1 + (terminated ? 1 : 0);
  return line_to(first_length_ - (terminated ? 1U : 0U), terminated);
}

}  // namespace tidewaiter
