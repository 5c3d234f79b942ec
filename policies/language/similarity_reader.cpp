#include "policies/language/similarity_reader.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/expression_types.h"
#include "policies/language/named_lists.h"
#include "policies/language/record_time.h"
#include "policies/language/similarity_sketch.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 2> kSimilarKeys = {"sketch", "within"};

class SimilarReader {
 public:
  SimilarReader(DocumentReader& reader, FieldId field, const SourceSpan& span,
                const ExprScope& scope)
      : reader_(reader), field_(field), span_(span), scope_(scope) {}

  std::optional<Expr> read(const YamlNode& value) {
    if (value.kind != YamlNode::Kind::kMap) return read_sketches(value);
    check_keys(reader_.yaml(), value, kSimilarKeys, reader_.diagnostics());
    const YamlNode* sketch = value.find("sketch");
    if (sketch == nullptr) {
      reader_.error(value.span, kMissingKey, "`sketch` is missing",
                    "write `{sketch: 9f86d081884c7d65, within: 5}`");
      return std::nullopt;
    }
    if (const YamlNode* within = value.find("within")) {
      const auto bits = reader_.integer(*within, 0, kSketchBits);
      if (!bits) return std::nullopt;
      within_ = *bits;
    }
    return read_sketches(*sketch);
  }

 private:
  std::optional<Expr> read_sketches(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kScalar) {
      reader_.error(node.span, kWrongShape, "a sketch was expected here",
                    "expected 16 hexadecimal digits, or `list:NAME`");
      return std::nullopt;
    }
    if (!node.quoted && list_name_in(node.scalar)) return near_any(node.scalar, node.span);
    const std::optional<std::string> sketch = reader_.text(node);
    return sketch ? finish(near(*sketch, node.span)) : std::nullopt;
  }

  std::optional<Expr> near_any(std::string_view reference, const SourceSpan& place) {
    const auto list = list_of_texts(reference, place, scope_);
    if (!list) return finish(tl::unexpected(list.error()));
    std::vector<Expr> any;
    for (const auto& [text, times] : (*list)->texts()) {
      if (!read_sketch(text)) {
        reader_.error(place, kNotASketch,
                      "`" + std::string(reference) + "` holds `" + std::string(text) +
                          "`, which is no similarity sketch",
                      "name a list of 16 hexadecimal digits each");
        return std::nullopt;
      }
      Built one = near(text, place);
      if (!one) return finish(std::move(one));
      any.push_back(while_listed(*std::move(one), times, place));
    }
    if (any.empty()) return make_literal(ValueType::kBool, false, place);
    return finish(build_logical(ExprOp::kOr, std::move(any)));
  }

  [[nodiscard]] Built near(std::string_view sketch, const SourceSpan& place) const {
    Built distance =
        build_sketch_distance(make_field(field_, span_),
                              make_literal(ValueType::kString, std::string(sketch), place), span_);
    if (!distance) return distance;
    return build_comparison(ExprOp::kLe, *std::move(distance),
                            make_literal(ValueType::kInt64, within_, place));
  }

  std::optional<Expr> finish(Built built) {
    if (built) return *std::move(built);
    reader_.error(built.error());
    return std::nullopt;
  }

  DocumentReader& reader_;
  FieldId field_;
  const SourceSpan& span_;
  const ExprScope& scope_;
  std::int64_t within_ = kSimilarWithin;
};

}  // namespace

std::optional<Expr> read_similar(DocumentReader& reader, const YamlNode& value, FieldId field,
                                 const SourceSpan& span, const ExprScope& scope) {
  return SimilarReader(reader, field, span, scope).read(value);
}

}  // namespace tidewaiter
