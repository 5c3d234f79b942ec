// Loading any bytes never crashes or hangs; each diagnostic points at a place of the file; neither
// the file's name nor a byte order mark changes what a text means or what is wrong with it.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/code_points.h"
#include "policies/language/load.h"

namespace {

using namespace tidewaiter;

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

/// What is missing may be pointed at behind a line's last character.
void require_place(const SourceSpan& span, const std::vector<std::string_view>& lines) {
  require(span.line >= 1 && static_cast<std::size_t>(span.line) <= lines.size());
  const std::string_view line = lines[static_cast<std::size_t>(span.line) - 1];
  require(span.column >= 1 && span.column <= count_code_points(line) + 1);
  require(span.length >= 1);
}

LoadOutcome load(std::string path, std::string text) {
  const std::vector<PolicyText> texts = {{std::move(path), std::move(text)}};
  return load_policies(texts, UtcTime{1'780'272'000'000'000});
}

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  // A first mark is no part of the first line; the reader takes one only.
  while (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  const LoadOutcome plain = load("fuzz.yaml", text);
  const std::vector<std::string_view> lines = lines_of(text);
  for (const Diagnostic& diagnostic : plain.diagnostics) {
    require(!diagnostic.code.empty() && !diagnostic.message.empty());
    require(diagnostic.message.find('\n') == std::string::npos);
    require_place(diagnostic.span, lines);
  }
  const LoadOutcome marked = load("other.yaml", std::string(kByteOrderMark) + text);
  require(plain.set.hash == marked.set.hash);
  require(plain.diagnostics.size() == marked.diagnostics.size());
  for (std::size_t i = 0; i < plain.diagnostics.size(); ++i) {
    require(plain.diagnostics[i].code == marked.diagnostics[i].code);
    require(plain.diagnostics[i].span.line == marked.diagnostics[i].span.line);
    require(plain.diagnostics[i].span.column == marked.diagnostics[i].span.column);
  }
  return 0;
}
