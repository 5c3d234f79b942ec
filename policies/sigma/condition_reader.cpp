#include "policies/sigma/condition_reader.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <tl/expected.hpp>

#include "policies/language/code_points.h"
#include "policies/language/text_match.h"
#include "policies/language/token_cursor.h"
#include "policies/model/ascii.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

struct Word {
  std::string text;  ///< empty: the end
  std::size_t offset = 0;
};

bool is_name_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '-' || c == '.' || c == '*' || byte >= 0x80;
}

std::vector<Word> split_words(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < text.size();) {
    if (std::isspace(static_cast<unsigned char>(text[i])) != 0) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_name_byte(text[end])) ++end;
    if (end == i) end += code_point_length(text, i);
    words.push_back({std::string(text.substr(i, end - i)), i});
    i = end;
  }
  words.push_back({{}, text.size()});
  return words;
}

struct Fault {
  std::size_t offset = 0;
  std::size_t size = 1;
  DiagnosticCode code;
  std::string message;
  std::string hint;
};

using Parsed = tl::expected<SigmaCondition, Fault>;

class Parser {
 public:
  Parser(std::string_view text, const std::vector<SigmaSelection>& selections)
      : words_(split_words(text)), selections_(selections) {}

  Parsed run() {
    Parsed parsed = chain("or", SigmaCondition::Kind::kOr, &Parser::conjunction);
    if (!parsed || peek().text.empty()) return parsed;
    return expected("`and`, `or` or the end");
  }

 private:
  [[nodiscard]] const Word& peek() const { return words_[at_]; }
  [[nodiscard]] bool at_word(std::string_view word) const {
    return ascii_lower(peek().text) == word;
  }
  [[nodiscard]] bool is_second(std::string_view word) const {
    return at_ + 1 < words_.size() && ascii_lower(words_[at_ + 1].text) == word;
  }
  const Word& take() { return words_[at_ + 1 < words_.size() ? at_++ : at_]; }

  [[nodiscard]] tl::unexpected<Fault> fault(const Word& word, const DiagnosticCode& code,
                                            std::string message, std::string hint) const {
    return tl::unexpected(Fault{word.offset, std::max<std::size_t>(1, word.text.size()), code,
                                std::move(message), std::move(hint)});
  }

  [[nodiscard]] tl::unexpected<Fault> expected(std::string_view what) const {
    const std::string shown = peek().text.empty() ? "the end" : in_backticks(peek().text);
    return fault(peek(), kSigmaCondition, "unexpected " + shown + " in the condition",
                 "expected " + std::string(what));
  }

  Parsed conjunction() { return chain("and", SigmaCondition::Kind::kAnd, &Parser::negation); }

  Parsed chain(std::string_view word, SigmaCondition::Kind kind, Parsed (Parser::*operand)()) {
    SigmaCondition whole;
    whole.kind = kind;
    do {
      if (!whole.operands.empty()) take();
      Parsed next = (this->*operand)();
      if (!next) return next;
      whole.operands.push_back(*std::move(next));
    } while (at_word(word));
    if (whole.operands.size() == 1) return std::move(whole.operands.front());
    return whole;
  }

  Parsed negation() {
    if (!at_word("not")) return primary();
    if (++depth_ > kMaxExpressionDepth) return too_deep();
    take();
    Parsed inner = negation();
    --depth_;
    if (!inner) return inner;
    SigmaCondition whole;
    whole.kind = SigmaCondition::Kind::kNot;
    whole.operands.push_back(*std::move(inner));
    return whole;
  }

  [[nodiscard]] tl::unexpected<Fault> too_deep() const {
    return fault(
        peek(), kSigmaTooLarge,
        "the condition is nested deeper than " + std::to_string(kMaxExpressionDepth) + " levels",
        "split it into selections");
  }

  Parsed primary() {
    if (peek().text == "(") return brackets();
    if (is_second("of") && (at_word("1") || at_word("any") || at_word("all"))) return quantifier();
    const bool name = !peek().text.empty() && is_name_byte(peek().text.front());
    if (!name || at_word("and") || at_word("or") || at_word("of")) {
      return expected("a selection, `1 of x*`, `all of them`, `not` or `(`");
    }
    const Word& word = take();
    const auto index = find_selection(selections_, word.text);
    if (!index) return unknown(word);
    return selection(*index);
  }

  Parsed brackets() {
    if (++depth_ > kMaxExpressionDepth) return too_deep();
    take();
    Parsed inner = chain("or", SigmaCondition::Kind::kOr, &Parser::conjunction);
    --depth_;
    if (!inner) return inner;
    if (peek().text != ")") return expected("`)`");
    take();
    return inner;
  }

  static SigmaCondition selection(std::size_t index) {
    SigmaCondition leaf;
    leaf.selection = index;
    return leaf;
  }

  Parsed quantifier() {
    const bool all = ascii_lower(take().text) == "all";
    take();
    if (peek().text.empty()) return expected("`them` or a name with `*`");
    const Word& pattern = take();
    const bool them = ascii_lower(pattern.text) == "them";
    SigmaCondition whole;
    whole.kind = all ? SigmaCondition::Kind::kAnd : SigmaCondition::Kind::kOr;
    for (std::size_t i = 0; i < selections_.size(); ++i) {
      const std::string& name = selections_[i].name;
      const bool in = them ? !name.starts_with('_') : matches_wildcard(pattern.text, name, true);
      if (in) whole.operands.push_back(selection(i));
    }
    parts_ += whole.operands.size();
    if (parts_ > kMaxExpressionNodes) {
      return fault(pattern, kSigmaTooLarge, "the condition has too many parts",
                   "name each selection once");
    }
    if (!whole.operands.empty()) return whole;
    return fault(pattern, kSigmaUnknownSelection,
                 in_backticks(pattern.text) + " matches no selection",
                 "add one, or leave this part of the condition out");
  }

  [[nodiscard]] tl::unexpected<Fault> unknown(const Word& word) const {
    std::vector<std::string_view> names;
    for (const SigmaSelection& one : selections_) names.push_back(one.name);
    const auto near = did_you_mean(word.text, names);
    return fault(word, kSigmaUnknownSelection,
                 "the condition names " + in_backticks(word.text) + ", which is no selection",
                 near ? "did you mean `" + *near + "`?" : "name one of the detection's selections");
  }

  std::vector<Word> words_;
  const std::vector<SigmaSelection>& selections_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t parts_ = 0;
};

/// The place of a byte of the node's text: inside the scalar where that stands on one line as it
/// is, else the scalar's beginning.
SourceSpan place_in(const DocumentReader& reader, const YamlNode& node, std::string_view text,
                    const Fault& fault) {
  SourceSpan span = node.span;
  const std::string_view line = reader.yaml().line(span.line);
  const std::size_t start = line.find(node.scalar);
  if (start == std::string_view::npos || node.scalar.empty()) return span;
  const std::size_t offset = start + fault.offset;
  span.column = count_code_points(line.substr(0, offset)) + 1;
  span.length =
      std::max(1, count_code_points(text.substr(std::min(fault.offset, text.size()), fault.size)));
  return span;
}

void mark_used(const SigmaCondition& condition, std::vector<bool>& used) {
  if (condition.kind == SigmaCondition::Kind::kSelection) used[condition.selection] = true;
  for (const SigmaCondition& operand : condition.operands) mark_used(operand, used);
}

}  // namespace

std::optional<std::size_t> find_selection(const std::vector<SigmaSelection>& selections,
                                          std::string_view name) {
  const auto at = std::ranges::find(selections, name, &SigmaSelection::name);
  if (at == selections.end()) return std::nullopt;
  return static_cast<std::size_t>(at - selections.begin());
}

std::optional<SigmaCondition> read_sigma_condition(DocumentReader& reader, const YamlNode& node,
                                                   std::string_view text,
                                                   const std::vector<SigmaSelection>& selections) {
  if (text.size() > kMaxExpressionBytes) {
    reader.error(node.span, kSigmaTooLarge, "the condition is longer than 16 KiB",
                 "split it into selections");
    return std::nullopt;
  }
  Parsed parsed = Parser(text, selections).run();
  if (parsed) return *std::move(parsed);
  Fault& fault = parsed.error();
  reader.error(place_in(reader, node, text, fault), fault.code, std::move(fault.message),
               std::move(fault.hint));
  return std::nullopt;
}

std::vector<bool> used_selections(const SigmaDetection& detection) {
  std::vector<bool> used(detection.selections.size());
  mark_used(detection.condition, used);
  return used;
}

}  // namespace tidewaiter
