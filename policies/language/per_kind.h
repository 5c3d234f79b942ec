#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/expression.h"

namespace tidewaiter {

/// A truth value read out of a document that is not yet tied to one kind of record, for each kind
/// that it may be asked of: absent where it does not fit, and then `found` says why.
class PerKind {
 public:
  static constexpr auto kKinds = kRecordKinds;
  struct Reading {
    std::optional<Expr> expr;
    std::vector<Diagnostic> found;
  };

  /// Calls `read(reader, scope)` for each kind; it gives a std::optional<Expr>.
  template <class Read>
  PerKind(const YamlText& text, NamedLists& lists, Read read) {
    for (const RecordKind kind : kKinds) {
      Reading& reading = readings_[static_cast<std::size_t>(kind)];
      DocumentReader reader(text, reading.found);
      ExprScope scope;
      scope.fields = kind;
      scope.lists = &lists;
      reading.expr = read(reader, scope);
    }
  }

  [[nodiscard]] const Reading& of(RecordKind kind) const {
    return readings_[static_cast<std::size_t>(kind)];
  }

  /// What is to be said of the document itself: what the first kind found that it fits, or, if it
  /// fits none, the first that has all its fields, or simply the first.
  [[nodiscard]] const std::vector<Diagnostic>& findings() const {
    for (const RecordKind kind : kKinds) {
      if (of(kind).expr) return of(kind).found;
    }
    for (const RecordKind kind : kKinds) {
      const bool has_fields = std::ranges::none_of(
          of(kind).found, [](const Diagnostic& d) { return d.code == kFieldOfOtherKind.code; });
      if (has_fields) return of(kind).found;
    }
    return readings_.front().found;
  }

 private:
  std::array<Reading, kKinds.size()> readings_;
};

}  // namespace tidewaiter
