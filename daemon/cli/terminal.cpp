#include "daemon/cli/terminal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <clocale>
#include <cstdio>
#include <cstdlib>

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

struct Decoded {
  char32_t point = 0;
  std::size_t bytes = 0;  ///< 0: not UTF-8 here
};

/// The character that begins at `at`.
Decoded decode(std::string_view text, std::size_t at) {
  const std::size_t bytes = utf8_length_at(text, at);
  if (bytes == 0) return {};
  return {char32_t{code_point_of(text.substr(at, bytes))}, bytes};
}

bool moves_the_cursor(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200E && c <= 0x200F) || c == 0x061C ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::size_t terminal_columns() {
  if (const char* columns = std::getenv("COLUMNS"); columns != nullptr) {
    const std::string_view text(columns);
    std::size_t width = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
    if (error == std::errc{} && end == text.data() + text.size() && width > 0) return width;
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

Terminal detect_terminal(ColorChoice choice) {
  Terminal terminal;
  const bool out_is_terminal = isatty(STDOUT_FILENO) == 1;
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  const char* no_color = std::getenv("NO_COLOR");
  const bool refused = no_color != nullptr && *no_color != '\0';
  if (out_is_terminal) terminal.width = terminal_columns();
  terminal.color = choice == ColorChoice::kOn ||
                   (choice == ColorChoice::kAuto && out_is_terminal && !dumb && !refused);
  terminal.live = isatty(STDERR_FILENO) == 1 && !dumb;
  std::setlocale(LC_CTYPE, "");
  terminal.unicode = std::string_view(nl_langinfo(CODESET)) == "UTF-8" || !out_is_terminal;
  return terminal;
}

std::string painted(std::string_view text, Tone tone, const Terminal& terminal) {
  constexpr std::array<std::string_view, 7> kCodes = {"", "1", "2", "32", "33", "31", "36"};
  const std::string_view code = kCodes[static_cast<std::size_t>(tone)];
  if (!terminal.color || code.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded c = decode(text, at);
    std::array<char, 12> escape{};
    if (c.bytes == 0) {
      const int size = std::snprintf(escape.data(), escape.size(), "\\x%02x",
                                     static_cast<unsigned>(static_cast<unsigned char>(text[at])));
      out.append(escape.data(), static_cast<std::size_t>(size));
      ++at;
      continue;
    }
    if (moves_the_cursor(c.point)) {
      const char* form = c.point < 0x100 ? "\\x%02x" : "\\u%04x";
      const int size =
          std::snprintf(escape.data(), escape.size(), form, static_cast<unsigned>(c.point));
      out.append(escape.data(), static_cast<std::size_t>(size));
    } else {
      out.append(text.substr(at, c.bytes));
    }
    at += c.bytes;
  }
  return out;
}

std::string cut_to_width(std::string_view text, std::size_t width, bool unicode) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const Decoded c = decode(text, at);
    const std::size_t columns = c.bytes == 0 ? 1 : character_columns(c.point);
    if (used + columns > width - 1) break;
    used += columns;
    at += std::max<std::size_t>(c.bytes, 1);
  }
  return std::string(text.substr(0, at)) + (unicode ? "…" : ">");
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent,
                    std::size_t taken) {
  std::string out;
  std::size_t column = taken;
  bool line_has_word = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t size = display_width(word);
    if (line_has_word && width > 0 && column + 1 + size > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (line_has_word) {
      out += ' ';
      ++column;
    }
    out += word;
    column += size;
    line_has_word = true;
  }
  return out;
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string counted(std::int64_t number, std::string_view noun) {
  return counted(number, noun, std::string(noun) + "s");
}

std::string counted(std::int64_t number, std::string_view one, std::string_view many) {
  return grouped(number) + " " + std::string(number == 1 ? one : many);
}

}  // namespace tidewaiter
