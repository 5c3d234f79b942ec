#include "daemon/sources/owners/statement_cutter.h"

#include <utility>

namespace tidewaiter {
namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10U;

/// Deeper ones are counted alone, so that no file makes a statement's brackets a burden.
constexpr std::int64_t kWatchedDepth = 64;

bool is_blank(int c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

tl::unexpected<Error> broken(std::string message, std::int64_t line) {
  return fail(ErrorCode::kInvalidInput, std::move(message), std::to_string(line));
}

}  // namespace

StatementCutter::StatementCutter(std::unique_ptr<ByteStream> bytes)
    : bytes_(std::move(bytes)), block_(kBlock) {}

Result<int> StatementCutter::peek() {
  if (at_ == filled_) {
    const Result<std::size_t> read = bytes_->read(block_);
    if (!read) return tl::unexpected(read.error());
    at_ = 0;
    filled_ = *read;
    if (filled_ == 0) return -1;
  }
  return static_cast<unsigned char>(block_[at_]);
}

void StatementCutter::take(char c) {
  ++at_;
  ++offset_;
  if (c == '\n') ++line_;
}

/// Passes over what stands between two values; gives the first byte of the next one, or -1.
Result<int> StatementCutter::skip_between() {
  for (;;) {
    Result<int> c = peek();
    if (!c || *c < 0) return c;
    const bool mark = offset_ < 3 && (*c == 0xef || *c == 0xbb || *c == 0xbf);
    const bool opens = shape_ == Shape::kNotKnown && *c == '[';
    const bool closes = shape_ == Shape::kArray && *c == ']';
    const bool parts = shape_ == Shape::kArray && *c == ',';
    if (!is_blank(*c) && !mark && !opens && !closes && !parts) {
      if (shape_ == Shape::kArrayEnded) return broken("the file goes on behind its array", line_);
      if (shape_ == Shape::kNotKnown) shape_ = Shape::kLines;
      return c;
    }
    if (opens) shape_ = Shape::kArray;
    if (closes) shape_ = Shape::kArrayEnded;
    take(static_cast<char>(*c));
  }
}

void StatementCutter::keep(char c) {
  if (text_.size() < kMaxStatement) {
    text_ += c;
  } else {
    if (!too_long_) hash_.update(text_);
    too_long_ = true;
    hash_.update(std::string_view(&c, 1));
  }
  take(c);
}

Result<void> StatementCutter::cut_brackets() {
  std::int64_t depth = 0;
  std::string open;  // the outermost brackets: what is deeper no statement is
  bool quoted = false;
  bool escaped = false;
  do {
    const Result<int> next = peek();
    if (!next) return tl::unexpected(next.error());
    if (*next < 0) {
      return broken(
          "the file ends within the statement that begins here: it is cut off; put "
          "the whole file in its place",
          value_.line);
    }
    const char c = static_cast<char>(*next);
    if (quoted && c == '\n') {
      value_.problem = "a text is not closed where its line ends";
      if (shape_ != Shape::kArray) return {};
      return broken(
          "a text of the statement that begins here is not closed where its line ends: "
          "what follows cannot be told apart",
          value_.line);
    }
    keep(c);
    if (quoted) {
      quoted = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth <= kWatchedDepth) open += c;
    } else if (c == '}' || c == ']') {
      if (depth <= kWatchedDepth) {
        const bool pairs = open.back() == (c == '}' ? '{' : '[');
        open.pop_back();
        if (!pairs) return end_at_mismatch();
      }
      --depth;
    }
  } while (depth > 0);
  return {};
}

/// Of lines, the next one is another statement. In an array nobody knows where this one ends.
Result<void> StatementCutter::end_at_mismatch() {
  if (shape_ == Shape::kArray) {
    return broken(
        "a bracket of the statement that begins here is closed by one of another kind: what "
        "follows cannot be told apart",
        value_.line);
  }
  value_.problem = "a bracket is closed by one of another kind";
  return keep_line();
}

Result<void> StatementCutter::cut_scalar() {
  value_.problem = "it is no JSON object";
  return keep_line();
}

/// Keeps what is left of a line, or of a value of an array.
Result<void> StatementCutter::keep_line() {
  for (;;) {
    const Result<int> next = peek();
    if (!next) return tl::unexpected(next.error());
    const bool in_array = shape_ == Shape::kArray && (*next == ',' || *next == ']');
    if (*next < 0 || *next == '\n' || in_array) return {};
    keep(static_cast<char>(*next));
  }
}

CutStatement StatementCutter::finish() {
  value_.length = offset_ - value_.offset;
  if (too_long_ && value_.problem.empty()) value_.problem = "it is longer than 1 MiB";
  if (value_.problem.empty()) {
    value_.text = text_;
  } else {
    value_.content = too_long_ ? hash_.finish() : sha256(text_);
  }
  return std::move(value_);
}

Result<std::optional<CutStatement>> StatementCutter::next() {
  const Result<int> first = skip_between();
  if (!first) return tl::unexpected(first.error());
  if (*first < 0) {
    if (shape_ == Shape::kArray) {
      return broken(
          "the array is not closed at the end of the file: it is cut off; put the "
          "whole file in its place",
          line_);
    }
    return std::nullopt;
  }
  value_ = {};
  value_.offset = offset_;
  value_.line = line_;
  text_.clear();
  hash_ = {};
  too_long_ = false;
  const bool brackets = *first == '{' || *first == '[';
  if (auto cut = brackets ? cut_brackets() : cut_scalar(); !cut) {
    return tl::unexpected(cut.error());
  }
  return finish();
}

}  // namespace tidewaiter
