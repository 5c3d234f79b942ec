#include "daemon/lsp/message_stream.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <istream>
#include <optional>
#include <ostream>

namespace tidewaiter {
namespace {

using Outcome = IncomingMessage::Outcome;

/// A header line without its end; nothing at the end of the stream or beyond the limit.
struct Line {
  std::string text;
  bool ended = false;
};

Line read_line(std::istream& in, std::size_t limit) {
  Line line;
  for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
    if (c == '\n') {
      line.ended = true;
      if (line.text.ends_with('\r')) line.text.pop_back();
      return line;
    }
    if (line.text.size() == limit) return line;
    line.text += static_cast<char>(c);
  }
  return line;
}

bool same_word(std::string_view a, std::string_view lower) {
  return std::ranges::equal(a, lower, [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
  });
}

/// The number of a Content-Length line; nothing for another line. A number that cannot be read is
/// given as `malformed`.
std::optional<std::size_t> content_length(std::string_view line, bool& malformed) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !same_word(line.substr(0, colon), "content-length")) {
    return std::nullopt;
  }
  std::string_view digits = line.substr(colon + 1);
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  std::size_t length = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  malformed = failure != std::errc() || end != digits.data() + digits.size();
  return malformed ? std::nullopt : std::optional(length);
}

/// Passes over bytes without keeping them.
bool skip(std::istream& in, std::size_t count) {
  std::array<char, 4096> unused{};
  while (count > 0) {
    const std::size_t some = std::min(count, unused.size());
    if (!in.read(unused.data(), static_cast<std::streamsize>(some))) return false;
    count -= some;
  }
  return true;
}

/// Reads in pieces: a length that is not there costs no memory.
bool read_body(std::istream& in, std::size_t length, std::string& body) {
  std::array<char, 65536> piece{};
  while (body.size() < length) {
    const std::size_t some = std::min(length - body.size(), piece.size());
    if (!in.read(piece.data(), static_cast<std::streamsize>(some))) return false;
    body.append(piece.data(), some);
  }
  return true;
}

}  // namespace

IncomingMessage read_message(std::istream& in) {
  std::optional<std::size_t> length;
  bool any = false;
  std::size_t left = kLargestHeader;
  while (true) {
    const Line line = read_line(in, left);
    if (!line.ended) {
      const bool too_long = static_cast<bool>(in);
      return {too_long ? Outcome::kBroken : Outcome::kEnd, {}};
    }
    left -= std::min(left, line.text.size() + 1);
    if (line.text.empty()) break;
    any = true;
    bool malformed = false;
    if (const auto found = content_length(line.text, malformed)) length = found;
    if (malformed) return {Outcome::kBroken, {}};
  }
  if (!any || !length) return {Outcome::kBroken, {}};
  if (*length > kLargestMessage) {
    return {skip(in, *length) ? Outcome::kTooLarge : Outcome::kEnd, {}};
  }
  IncomingMessage message;
  if (read_body(in, *length, message.body)) message.outcome = Outcome::kBody;
  return message;
}

void write_message(std::ostream& out, std::string_view body) {
  out << "Content-Length: " << body.size() << "\r\n\r\n" << body << std::flush;
}

}  // namespace tidewaiter
