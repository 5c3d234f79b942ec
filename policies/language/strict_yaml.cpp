#include "policies/language/strict_yaml.h"

#include <algorithm>
#include <cstddef>
#include <istream>
#include <set>
#include <streambuf>
#include <string>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "policies/language/code_points.h"
#include "policies/language/diagnostic_code.h"
#include "policies/language/yaml_cause.h"
#include "policies/language/yaml_trap.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

/// Stops the parser from inside an event; never leaves YamlText::parse.
struct StopParsing {};

/// Gives the parser the text, piece by piece, and stops it when it takes in too much without
/// telling of anything. yaml-cpp reads through sgetn(), so that what is thrown here passes through.
class MeteredInput final : public std::streambuf {
 public:
  /// `text` outlives the object.
  MeteredInput(std::string& text, std::size_t most) : most_(most) {
    setg(text.data(), text.data(), text.data() + text.size());
  }

  /// The parser has told of something.
  void settle() { ahead_ = 0; }
  [[nodiscard]] bool exceeded() const { return ahead_ > most_ + kBuffered; }

 protected:
  std::streamsize xsgetn(char* into, std::streamsize count) override {
    const std::streamsize got = std::streambuf::xsgetn(into, count);
    ahead_ += static_cast<std::size_t>(got);
    if (exceeded()) throw StopParsing{};
    return got;
  }

 private:
  /// The parser asks for 2 KiB at a time, and may have read as much before it needs it.
  static constexpr std::size_t kBuffered = 4096;

  std::size_t most_;
  std::size_t ahead_ = 0;
};

/// Offset of the first byte outside YAML's printable set that yaml-cpp would take for text or for
/// the end of its input, or npos.
std::size_t find_control_character(std::string_view text) {
  const auto* const at = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
  });
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

/// Code points that a scalar takes on its first line, for the caret.
std::int32_t scalar_length(std::string_view rest, const std::string& value) {
  if (rest.empty()) return 1;
  const char first = rest.front();
  if (first == '|' || first == '>') return 1;
  std::size_t bytes = rest.size();
  if (first == '\'' || first == '"') {
    for (std::size_t i = 1; i < rest.size(); ++i) {
      if (first == '"' && rest[i] == '\\') {
        ++i;
      } else if (rest[i] == first) {
        if (first == '\'' && i + 1 < rest.size() && rest[i + 1] == '\'') {
          ++i;
        } else {
          bytes = i + 1;
          break;
        }
      }
    }
  } else if (!value.empty() && rest.starts_with(value)) {
    bytes = value.size();
  }
  return std::max(1, count_code_points(rest.substr(0, bytes)));
}

/// Builds the plain tree from yaml-cpp's events, refusing what strict YAML leaves out.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const YamlText& text, const YamlLimits& limits, MeteredInput& input,
              std::vector<Diagnostic>& diagnostics)
      : text_(text),
        limits_(limits),
        input_(input),
        diagnostics_(diagnostics),
        most_diagnostics_(diagnostics.size() + limits.errors) {}

  [[nodiscard]] std::optional<YamlNode> take() { return std::exchange(root_, std::nullopt); }

  /// yaml-cpp counts lines from 0 and columns in bytes from 0. Most places follow each other, so
  /// that counting goes on from the last one: a long line is not counted over and over.
  [[nodiscard]] SourceSpan place(const YAML::Mark& mark) {
    if (mark.line < 0) return {text_.path(), 1, 1, 1};
    const std::string_view line = text_.line(mark.line + 1);
    const auto bytes = std::min(line.size(), static_cast<std::size_t>(std::max(mark.column, 0)));
    if (mark.line != last_line_ || bytes < last_bytes_) {
      last_line_ = mark.line;
      last_bytes_ = 0;
      last_column_ = 1;
    }
    last_column_ += count_code_points(line.substr(last_bytes_, bytes - last_bytes_));
    last_bytes_ = bytes;
    return {text_.path(), mark.line + 1, last_column_, 1};
  }

  /// What the parser could not end stands after the last thing that it has told of.
  void refuse_long_piece() {
    fail(place(last_mark_), kYamlTooLarge,
         "what follows here goes on for more than " + std::to_string(limits_.ahead_bytes >> 10U) +
             " KiB: a collection in brackets, a text or a comment",
         "write a list as lines that begin with `- `; split a long text");
  }

  void fail(const SourceSpan& span, const DiagnosticCode& code, std::string message,
            std::string hint) {
    diagnostics_.push_back(text_.at(span, DiagnosticLevel::kError, std::string(code.code),
                                    std::move(message), std::move(hint)));
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    count_value(mark);
    // yaml-cpp makes an empty document of a token that cannot begin one, such as a comma, leaves it
    // where it is, and would do so for ever.
    if (mark.pos <= document_start_) {
      fail(place(mark), kYamlSyntax, "not YAML: no document can begin here",
           "remove what stands here, or begin the document with `---`");
      throw StopParsing{};
    }
    document_start_ = mark.pos;
    stack_.clear();
    root_.reset();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_properties(mark, anchor, "?");
    YamlNode node;
    node.span = place(mark);
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    count_value(mark);
    refuse_alias(place(mark));
    YamlNode node;
    node.span = place(mark);
    add(std::move(node));
  }

  void refuse_alias(const SourceSpan& span) {
    fail(span, kYamlAnchor, "anchors and aliases are not read",
         "write the value out; quote a text that begins with `*` or `&`");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_properties(mark, anchor, tag);
    YamlNode node;
    node.kind = YamlNode::Kind::kScalar;
    node.scalar = value;
    node.quoted = tag == "!";
    node.span = place(mark);
    node.span.length = scalar_length(rest_of_line(mark), value);
    if (const char quote = open_quote(mark); quote != '\0') {
      fail(place(mark), kYamlSyntax, "not YAML: the quote that opens here is not closed",
           std::string("close it with ") + quote);
      throw StopParsing{};  // all that follows has become part of that text
    }
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(YamlNode::Kind::kSequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(YamlNode::Kind::kMap, mark, tag, anchor);
    stack_.back().in_braces = style == YAML::EmitterStyle::Flow;
  }
  void OnMapEnd() override { close(); }

 private:
  /// A container that is not finished yet.
  struct Frame {
    YamlNode node;
    std::optional<YamlNode> key;
    bool drop_value = false;  ///< the key was refused: its value goes nowhere
    bool in_braces = false;   ///< kMap: written with `{`
    std::set<std::string, std::less<>> seen;
  };

  [[nodiscard]] std::string_view rest_of_line(const YAML::Mark& mark) const {
    const std::string_view line = text_.line(mark.line + 1);
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
    return column < line.size() ? line.substr(column) : std::string_view{};
  }

  /// The quote of a text that goes on to the end of the file, which yaml-cpp takes for closed.
  [[nodiscard]] char open_quote(const YAML::Mark& mark) const {
    std::string_view rest = rest_of_line(mark);
    if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) return '\0';
    const char quote = rest.front();
    rest.remove_prefix(1);
    for (std::int32_t line = mark.line + 1; line <= text_.line_count(); ++line) {
      if (line > mark.line + 1) rest = text_.line(line);
      for (std::size_t i = 0; i < rest.size(); ++i) {
        const bool doubled = quote == '\'' && rest.substr(i, 2) == "''";
        if (doubled || (quote == '"' && rest[i] == '\\')) {
          ++i;
        } else if (rest[i] == quote) {
          return '\0';
        }
      }
    }
    return quote;
  }

  /// Counts documents too: an empty one costs as much as a value.
  void count_value(const YAML::Mark& mark) {
    input_.settle();
    last_mark_ = mark;
    if (++values_ > limits_.values) {
      fail(place(mark), kYamlTooLarge,
           "the file has more than " + std::to_string(limits_.values) + " values",
           "split it into several files");
      throw StopParsing{};
    }
    if (diagnostics_.size() >= most_diagnostics_) {
      fail(place(mark), kYamlTooLarge,
           std::to_string(limits_.errors) + " errors stand before this: the rest is not read",
           "mend those first");
      throw StopParsing{};
    }
  }

  void refuse_properties(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
    count_value(mark);
    if (anchor != 0) refuse_alias(place(mark));
    const bool bare_tag = rest_of_line(mark).starts_with('!');
    if (bare_tag || (!tag.empty() && tag != "?" && tag != "!")) {
      fail(place(mark), kYamlTag, "tags are not read", "leave the tag out");
    }
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    refuse_properties(mark, anchor, tag);
    if (stack_.size() >= kMaxDepth) {
      fail(place(mark), kYamlDepth, "nested deeper than 32 levels", "flatten the document");
      throw StopParsing{};
    }
    Frame frame;
    frame.node.kind = kind;
    frame.node.span = place(mark);
    stack_.push_back(std::move(frame));
  }

  void close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.node.kind == YamlNode::Kind::kSequence) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      frame.drop_value = !goes_on(frame, node) && !accept_key(frame, node);
      frame.key = std::move(node);
    } else if (node.kind == YamlNode::Kind::kNull && goes_on(frame, *frame.key)) {
      join_cut_text(frame.node.members.back().second, *frame.key);
      frame.key.reset();
    } else {
      // It was a key of its own after all.
      if (goes_on(frame, *frame.key)) frame.drop_value = !accept_key(frame, *frame.key);
      // yaml-cpp puts a value that is not there at the next thing that is.
      const bool absent = node.kind == YamlNode::Kind::kNull;
      if (absent && node.span.line != frame.key->span.line) node.span = frame.key->span;
      if (!frame.drop_value) {
        frame.node.members.emplace_back(std::move(*frame.key), std::move(node));
      }
      frame.key.reset();
    }
  }

  /// How many round brackets of the text are open at its end.
  static std::ptrdiff_t open_brackets(std::string_view text) {
    return std::ranges::count(text, '(') - std::ranges::count(text, ')');
  }

  /// Whether the key may be the rest of the text before it: in `{d: share(n, own)}` a comma ends
  /// the text, and `own)` is a key without a value.
  static bool goes_on(const Frame& frame, const YamlNode& key) {
    if (!frame.in_braces || frame.node.members.empty() || key.quoted) return false;
    const YamlNode& before = frame.node.members.back().second;
    return before.kind == YamlNode::Kind::kScalar && !before.quoted &&
           key.kind == YamlNode::Kind::kScalar && open_brackets(before.scalar) > 0;
  }

  /// Puts the text together again, so that it can be looked at as it was meant, and tells of it
  /// once it is whole.
  void join_cut_text(YamlNode& text, const YamlNode& rest) {
    text.scalar += ", " + rest.scalar;
    const bool one_line = text.span.line == rest.span.line;
    if (one_line) text.span.length = rest.span.column + rest.span.length - text.span.column;
    if (open_brackets(text.scalar) > 0) return;
    fail(text.span, kYamlCutText, "the commas in this text end it: it stands in braces",
         "quote it: \"" + text.scalar + "\"");
    if (!one_line || text.scalar.find_first_of("\"\\") != std::string::npos) return;
    SourceSpan before = text.span;
    SourceSpan behind = text.span;
    behind.column += behind.length;
    before.length = behind.length = 0;
    diagnostics_.back().fix = {{before, "\""}, {behind, "\""}};
  }

  /// As DocumentReader tells it of values.
  void warn_of_trap(const YamlNode& key) {
    Diagnostic told = text_.at(
        key.span, DiagnosticLevel::kWarning, std::string(kYamlTrap.code),
        "`" + key.scalar + "` is a name here; other YAML readers take it for something else",
        "write \"" + key.scalar + "\"");
    told.fix = {{key.span, "\"" + key.scalar + "\""}};
    diagnostics_.push_back(std::move(told));
  }

  bool accept_key(Frame& frame, const YamlNode& key) {
    if (key.kind != YamlNode::Kind::kScalar) {
      fail(key.span, kYamlKey, "a key must be a word", "write `name: value`");
      return false;
    }
    // Readers leave `y` and `n` alone, whatever YAML 1.1 says, and measures are often named so.
    const bool twisted = key.scalar.size() > 1 && is_yaml_trap(key.scalar);
    if (twisted && !key.quoted) warn_of_trap(key);
    if (!frame.seen.insert(key.scalar).second) {
      fail(key.span, kYamlDuplicateKey, "key `" + key.scalar + "` stands twice in one map",
           "keep one of them");
      return false;
    }
    return true;
  }

  const YamlText& text_;
  const YamlLimits& limits_;
  MeteredInput& input_;
  std::vector<Diagnostic>& diagnostics_;
  std::size_t most_diagnostics_;
  std::size_t values_ = 0;
  std::vector<Frame> stack_;
  std::optional<YamlNode> root_;
  YAML::Mark last_mark_;     ///< of what the parser has told last
  int document_start_ = -1;  ///< offset of the last document
  int last_line_ = -1;
  std::size_t last_bytes_ = 0;
  std::int32_t last_column_ = 1;
};

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

/// The text with U+FFFD for each byte that is no UTF-8, so that it can be shown.
std::string with_replacements(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t bad = std::min(find_invalid_utf8(text), text.size());
    out += text.substr(0, bad);
    text.remove_prefix(bad);
    if (text.empty()) break;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(1);
  }
  return out;
}

/// What people most likely did wrong where the parser gave up.
std::optional<YamlCause> cause_of(const YAML::Mark& mark,
                                  const std::vector<std::string_view>& lines) {
  if (mark.line < 0) return std::nullopt;
  return likely_cause(lines, {static_cast<std::size_t>(mark.line),
                              static_cast<std::size_t>(std::max(mark.column, 0))});
}

/// The span of the byte at `offset`, for texts that are refused before they are parsed.
SourceSpan span_of_offset(const std::string& path, std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 == 0
  SourceSpan span{path, 1, 1, 1};
  span.line = static_cast<std::int32_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  span.column = count_code_points(before.substr(line_start)) + 1;
  return span;
}

/// Where a line has a carriage return that does not end it, as files of old machines have.
std::optional<SourceSpan> lone_carriage_return(const std::vector<std::string_view>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t at = lines[i].find('\r');
    if (at == std::string_view::npos || at + 1 == lines[i].size()) continue;
    return SourceSpan{
        {}, static_cast<std::int32_t>(i) + 1, count_code_points(lines[i].substr(0, at)) + 1, 1};
  }
  return std::nullopt;
}

/// A `%YAML` before the first document that names another version than the one that is read.
std::optional<SourceSpan> other_version(const std::vector<std::string_view>& lines) {
  constexpr std::string_view kDirective = "%YAML";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view words = lines[i].substr(0, lines[i].find_last_not_of(" \t\r") + 1);
    if (!words.empty() && words.front() != '#' && words.front() != '%') break;
    if (!words.starts_with(kDirective)) continue;
    const std::size_t from = words.find_first_not_of(" \t", kDirective.size());
    if (from != std::string_view::npos && words.substr(from) == "1.2") continue;
    return SourceSpan{{}, static_cast<std::int32_t>(i) + 1, 1, count_code_points(words)};
  }
  return std::nullopt;
}

}  // namespace

YamlNode::YamlNode() = default;
YamlNode::~YamlNode() = default;
YamlNode::YamlNode(const YamlNode&) = default;
YamlNode& YamlNode::operator=(const YamlNode&) = default;
YamlNode::YamlNode(YamlNode&&) noexcept = default;
YamlNode& YamlNode::operator=(YamlNode&&) noexcept = default;

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

YamlText::YamlText(std::string path, std::string_view text)
    : path_(std::move(path)), text_(without_mark(text)), lines_(split_lines(text_)) {}

bool YamlText::readable(const YamlLimits& limits, std::vector<Diagnostic>& diagnostics) const {
  const auto refuse = [&](const SourceSpan& span, const DiagnosticCode& code,
                          const std::string& message, const std::string& hint) {
    diagnostics.push_back(at(span, DiagnosticLevel::kError, std::string(code.code), message, hint));
    return false;
  };
  if (text_.size() > limits.bytes) {
    return refuse({path_, 1, 1, 1}, kYamlTooLarge,
                  "the file has more than " + std::to_string(limits.bytes >> 10U) + " KiB",
                  "split it into several files");
  }
  if (const std::size_t bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
    (void)refuse(span_of_offset(path_, text_, bad), kYamlNotUtf8, "the file is not UTF-8",
                 "save it as UTF-8");
    std::string& shown = diagnostics.back().source_line;
    shown = with_replacements(shown);
    return false;
  }
  if (const std::size_t bad = find_control_character(text_); bad != std::string_view::npos) {
    return refuse(span_of_offset(path_, text_, bad), kYamlControlCharacter,
                  "a control character stands here",
                  "remove it, or write it as an escape in \"…\"");
  }
  const auto is_long = [&](std::string_view line) { return line.size() > limits.line_bytes; };
  if (const auto found = std::ranges::find_if(lines_, is_long); found != lines_.end()) {
    return refuse({path_, static_cast<std::int32_t>(found - lines_.begin()) + 1, 1, 1},
                  kYamlTooLarge,
                  "the line has " + std::to_string(found->size()) + " bytes, more than " +
                      std::to_string(limits.line_bytes >> 10U) + " KiB",
                  "write its values on lines of their own");
  }
  return true;
}

std::vector<YamlNode> YamlText::parse(std::vector<Diagnostic>& diagnostics,
                                      const YamlLimits& limits) const {
  std::vector<YamlNode> documents;
  if (!readable(limits, diagnostics)) return documents;
  std::string bytes(text_);
  MeteredInput input(bytes, limits.ahead_bytes);
  TreeBuilder builder(*this, limits, input, diagnostics);
  if (auto directive = other_version(lines_)) {
    directive->file = path_;
    builder.fail(*directive, kYamlSyntax, "the file says that it is another YAML than 1.2",
                 "write `%YAML 1.2`, or leave the line out: it is read as YAML 1.2");
    return documents;
  }
  try {
    std::istream stream(&input);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
      if (std::optional<YamlNode> root = builder.take()) documents.push_back(std::move(*root));
    }
  } catch (const StopParsing&) {
    // What follows in the file is not read. All but this has been reported.
    if (input.exceeded()) builder.refuse_long_piece();
  } catch (const YAML::Exception& e) {
    const SourceSpan span = builder.place(e.mark);
    const std::string_view source = line(span.line);
    const auto column = static_cast<std::size_t>(std::max(e.mark.column, 0));
    if (column < source.size() && source[column] == '*') {
      builder.refuse_alias(span);
    } else if (auto lone = lone_carriage_return(lines_)) {
      lone->file = path_;
      builder.fail(*lone, kYamlSyntax, "not YAML: a carriage return alone ends no line here",
                   "save the file with the line ends of Unix (LF) or of Windows (CR LF)");
    } else if (const auto cause = cause_of(e.mark, lines_)) {
      const std::string_view before = line(static_cast<std::int32_t>(cause->line) + 1);
      builder.fail({path_, static_cast<std::int32_t>(cause->line) + 1,
                    count_code_points(before.substr(0, cause->byte)) + 1, 1},
                   kYamlSyntax, "not YAML: " + cause->message, cause->hint);
    } else {
      builder.fail(span, kYamlSyntax, "not YAML: " + e.msg,
                   "check the indentation, quotes and brackets here");
    }
  }
  return documents;
}

Diagnostic YamlText::at(const SourceSpan& span, DiagnosticLevel level, std::string code,
                        std::string message, std::string hint) const {
  Diagnostic diagnostic;
  diagnostic.level = level;
  diagnostic.code = std::move(code);
  diagnostic.span = span;
  diagnostic.span.file = path_;
  diagnostic.message = one_line(message);
  diagnostic.hint = one_line(hint);
  diagnostic.source_line = shown_line(span.line);
  return diagnostic;
}

std::string YamlText::shown_line(std::int32_t number) const {
  // A file of one long line with many errors would otherwise be copied once for each of them.
  constexpr std::size_t kMaxShownLine = 4096;
  const std::string_view source = line(number);
  return std::string(source.size() <= kMaxShownLine ? source : std::string_view());
}

std::string_view YamlText::line(std::int32_t number) const {
  if (number < 1 || static_cast<std::size_t>(number) > lines_.size()) return {};
  return lines_[static_cast<std::size_t>(number) - 1];
}

bool check_keys(const YamlText& text, const YamlNode& map, std::span<const std::string_view> known,
                std::vector<Diagnostic>& diagnostics) {
  if (map.kind != YamlNode::Kind::kMap) {
    diagnostics.push_back(text.at(map.span, DiagnosticLevel::kError, std::string(kWrongShape.code),
                                  "a map was expected here", "write `key: value` lines"));
    return false;
  }
  bool all_known = true;
  std::set<std::string> meant;  // a fix must not make a second key of one name
  for (const auto& [key, value] : map.members) {
    if (std::ranges::find(known, std::string_view(key.scalar)) != known.end()) continue;
    all_known = false;
    std::string hint;
    std::vector<TextEdit> fix;
    if (const auto near = did_you_mean(key.scalar, known)) {
      hint = "did you mean `" + *near + "`?";
      const bool certain = only_near(key.scalar, known) && map.find(*near) == nullptr;
      if (certain && meant.insert(*near).second) fix = {{key.span, *near}};
    } else {
      for (const std::string_view word : known) {
        hint += hint.empty() ? "known here: " : ", ";
        hint += word;
      }
    }
    // Quoted it would be as unknown.
    std::erase_if(diagnostics, [&, place = key.span](const Diagnostic& told) {
      return told.code == kYamlTrap.code && told.span == place;
    });
    diagnostics.push_back(text.at(key.span, DiagnosticLevel::kError, std::string(kUnknownKey.code),
                                  "unknown key `" + key.scalar + "`", std::move(hint)));
    diagnostics.back().fix = std::move(fix);
  }
  return all_known;
}

}  // namespace tidewaiter
