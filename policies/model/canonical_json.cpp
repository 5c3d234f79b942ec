#include "policies/model/canonical_json.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "policies/model/jcs.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostLevels = 64;
constexpr std::int64_t kLargestWhole = (std::int64_t{1} << 53) - 1;

/// Says whether a byte of a text is more than itself: a quote, an escape, a control character, or a
/// part of a character beyond ASCII.
bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

/// How many of the eight bytes from `text` on are plain, counted from the first.
std::size_t plain_of_eight(const char* text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof(word));
  if constexpr (std::endian::native == std::endian::little) {
    const auto has_zero = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
    const std::uint64_t control = (word - kOnes * 0x20) & ~word;
    // A borrow can mark a byte wrongly only behind one that is marked rightly.
    const std::uint64_t special =
        (control | has_zero(word ^ (kOnes * '"')) | has_zero(word ^ (kOnes * '\\')) | word) & kHigh;
    return special == 0 ? 8 : static_cast<std::size_t>(std::countr_zero(special)) / 8;
  } else {
    return static_cast<std::size_t>(std::find_if_not(text, text + 8, is_plain) - text);
  }
}

/// What an escape of one letter stands for; 0 where canonical JSON has none such.
char unescaped(char letter) {
  switch (letter) {
    case '"':
    case '\\':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

}  // namespace

class CanonicalJson::Reader {
 public:
  Reader(CanonicalJson& document, std::string_view text)
      : document_(document), at_(text.data()), end_(text.data() + text.size()) {}

  bool whole() { return value(0) && at_ == end_; }

 private:
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  /// The node's number: a reference would not outlive the next node.
  std::size_t open(Kind kind) {
    document_.nodes_.push_back({at_, 0, 0, 0, kind});
    return document_.nodes_.size() - 1;
  }

  bool close(std::size_t node) {
    Node& closed = document_.nodes_[node];
    closed.size = static_cast<std::uint32_t>(at_ - closed.begin);
    closed.next = static_cast<std::uint32_t>(document_.nodes_.size());
    return true;
  }

  bool value(std::size_t depth) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return text();
      case 'n':
        return word("null", Kind::kNull);
      case 't':
        return word("true", Kind::kBoolean);
      case 'f':
        return word("false", Kind::kBoolean);
      default:
        return number();
    }
  }

  bool word(std::string_view word, Kind kind) {
    if (!std::string_view(at_, end_).starts_with(word)) return false;
    const std::size_t node = open(kind);
    at_ += word.size();
    return close(node);
  }

  bool array(std::size_t depth) {
    if (depth == kMostLevels) return false;
    const std::size_t node = open(Kind::kArray);
    ++at_;
    if (take(']')) return close(node);
    do {
      if (!value(depth + 1)) return false;
    } while (take(','));
    return take(']') && close(node);
  }

  bool object(std::size_t depth) {
    if (depth == kMostLevels) return false;
    const std::size_t node = open(Kind::kObject);
    ++at_;
    if (take('}')) return close(node);
    std::size_t last = 0;  // the name in front; the first is behind `node`, and so not 0
    do {
      const std::size_t name = document_.nodes_.size();
      if (!text() || (last != 0 && !follows(last, name))) return false;
      last = name;
      if (!take(':') || !value(depth + 1)) return false;
    } while (take(','));
    return take('}') && close(node);
  }

  /// Says whether a name stands behind another in their order; so none is there twice.
  [[nodiscard]] bool follows(std::size_t before, std::size_t name) const {
    return utf16_less(document_.text_of(document_.nodes_[before]),
                      document_.text_of(document_.nodes_[name]));
  }

  bool text() {
    if (!take('"')) return false;
    const std::size_t node = open(Kind::kText);
    bool is_wide = false;
    bool has_escapes = false;
    for (;;) {
      skip_plain();
      if (at_ == end_) return false;
      if (*at_ == '"') break;
      if (*at_ == '\\') {
        has_escapes = true;
        if (!escape()) return false;
      } else if (static_cast<unsigned char>(*at_) < 0x20) {
        return false;
      } else {
        is_wide = true;
        ++at_;
      }
    }
    close(node);
    Node& read = document_.nodes_[node];
    ++at_;
    // An escape is ASCII and stands between characters, or what is around it is not UTF-8.
    if (is_wide && !is_utf8(std::string_view(read.begin, read.size))) return false;
    if (has_escapes) decode(read);
    return true;
  }

  void skip_plain() {
    while (end_ - at_ >= 8) {
      const std::size_t plain = plain_of_eight(at_);
      at_ += plain;
      if (plain < 8) return;
    }
    while (at_ != end_ && is_plain(*at_)) ++at_;
  }

  /// The one way to write a character that cannot stand for itself.
  bool escape() {
    if (end_ - at_ < 2) return false;
    if (unescaped(at_[1]) != 0) {
      at_ += 2;
      return true;
    }
    if (end_ - at_ < 6 || std::string_view(at_, 4) != "\\u00") return false;
    const char high = at_[4];
    const char low = at_[5];
    const bool is_digit = (low >= '0' && low <= '9') || (low >= 'a' && low <= 'f');
    if ((high != '0' && high != '1') || !is_digit) return false;
    // \b, \t, \n, \f and \r are shorter.
    if (high == '0' && std::string_view("89acd").find(low) != std::string_view::npos) return false;
    at_ += 6;
    return true;
  }

  /// Of a text whose escapes have been judged.
  void decode(Node& node) {
    std::string& decoded = document_.decoded_.emplace_back();
    for (const char* at = node.begin; at != node.begin + node.size; ++at) {
      if (*at != '\\') {
        decoded += *at;
      } else if (const char c = unescaped(*++at); c != 0) {
        decoded += c;
      } else {
        const char low = at[4];
        decoded +=
            static_cast<char>((at[3] - '0') * 16 + (low <= '9' ? low - '0' : low - 'a' + 10));
        at += 4;
      }
    }
    node.decoded = static_cast<std::uint32_t>(document_.decoded_.size());
  }

  bool number() {
    const bool is_negative = *at_ == '-';
    const char* const digits = at_ + (is_negative ? 1 : 0);
    const char* end = digits;
    constexpr std::ptrdiff_t kMostDigits = 16;  // of 2^53 − 1
    std::int64_t whole = 0;
    for (; end != end_ && *end >= '0' && *end <= '9' && end - digits <= kMostDigits; ++end) {
      whole = whole * 10 + (*end - '0');
    }
    const bool goes_on =
        end != end_ && (*end == '.' || *end == 'e' || (*end >= '0' && *end <= '9'));
    if (goes_on) return fraction();
    if (end == digits || whole > kLargestWhole) return false;
    const bool begins_with_zero = *digits == '0';
    if (begins_with_zero && (end - digits > 1 || is_negative)) return false;
    const std::size_t node = open(Kind::kWhole);
    at_ = end;
    return close(node);
  }

  /// A number with a fraction or an exponent: what ECMAScript writes for the value that it has.
  bool fraction() {
    const char* end = at_;
    while (end != end_ && std::string_view("0123456789+-.e").find(*end) != std::string_view::npos) {
      ++end;
    }
    const std::string_view written(at_, static_cast<std::size_t>(end - at_));
    if (written.find_first_of(".e") == std::string_view::npos)
      return false;  // a whole one, too large
    double value = 0;
    const auto read = std::from_chars(at_, end, value);
    if (read.ec != std::errc{} || read.ptr != end || !std::isfinite(value)) return false;
    if (ecma_number(value) != written) return false;
    const std::size_t node = open(Kind::kFraction);
    at_ = end;
    return close(node);
  }

  CanonicalJson& document_;
  const char* at_;
  const char* end_;
};

bool CanonicalJson::read(std::string_view text) {
  nodes_.clear();
  decoded_.clear();
  const bool fits = text.size() < std::numeric_limits<std::uint32_t>::max();
  if (fits && Reader(*this, text).whole()) return true;
  nodes_.clear();
  return false;
}

CanonicalJson::Value CanonicalJson::root() const {
  return nodes_.empty() ? Value() : Value(this, 0);
}

std::string_view CanonicalJson::Value::bytes() const {
  if (!exists()) return {};
  const Node& own = node();
  return own.kind == Kind::kText ? std::string_view(own.begin - 1, own.size + std::size_t{2})
                                 : std::string_view(own.begin, own.size);
}

std::string_view CanonicalJson::Value::text() const {
  return is_text() ? document_->text_of(node()) : std::string_view();
}

std::int64_t CanonicalJson::Value::whole_number() const {
  std::int64_t number = 0;
  if (!is_whole_number()) return number;
  const std::string_view written = bytes();
  std::from_chars(written.data(), written.data() + written.size(), number);
  return number;
}

CanonicalJson::Elements CanonicalJson::Value::elements() const {
  if (!is_array()) return {{}, {}};
  return {Value(document_, at_ + 1), Value(document_, node().next)};
}

CanonicalJson::Members CanonicalJson::Value::members() const {
  if (!is_object()) return {{}, {}};
  return {Value(document_, at_ + 1), Value(document_, node().next)};
}

CanonicalJson::Value CanonicalJson::Value::operator[](std::string_view name) const {
  return find(name).first;
}

std::pair<CanonicalJson::Value, std::size_t> CanonicalJson::Value::find(
    std::string_view name) const {
  if (!is_object()) return {};
  const Node* const nodes = document_->nodes_.data();
  const std::uint32_t behind = node().next;
  std::size_t ordinal = 0;
  for (std::uint32_t at = at_ + 1; at != behind; at = nodes[at + 1].next, ++ordinal) {
    const std::string_view own = document_->text_of(nodes[at]);
    // Most names differ in their length or their first byte.
    const bool may_be = own.size() == name.size() && (own.empty() || own.front() == name.front());
    if (may_be && own == name) return {Value(document_, at + 1), ordinal};
  }
  return {};
}

}  // namespace tidewaiter
