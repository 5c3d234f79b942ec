#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "policies/engine/bitmap.h"
#include "policies/engine/columns.h"
#include "policies/engine/read_addresses.h"
#include "policies/engine/text_answers.h"
#include "policies/language/expression.h"

namespace tidewaiter {

/// Predicates that depend on the value of one field alone, answered for all of them at once. Values
/// that no predicate tells apart are one class. A value's class is found once: of a text by its
/// number, of a number between which constants it lies. A batch then costs one look-up a row, and
/// for each class that is there what is true of it; so predicates of which few values are true cost
/// next to nothing, however many they are. (Gupta & McKeown, SIGCOMM 1999, give packets
/// equivalence classes by each of their fields in this way.)
///
/// The field is held as int64, as a text, or as a list of texts, of which a predicate is true if it
/// is of any. The meaning is that of interpret(). Not thread-safe: one thread at a time.
class FieldClasses {
 public:
  /// Predicates over the field's text that are joined by `or`; gives the place of their answer.
  std::size_t add_texts(const std::vector<Expr>& exprs);
  /// Whether `expr` compares the field with a constant, or looks for it among some, as numbers.
  [[nodiscard]] static bool takes_number(const Expr& expr);
  /// One for which takes_number().
  std::size_t add_number(const Expr& expr);

  /// Answers all predicates for the rows of a batch: `answers[place]` is of their size, and all
  /// false before. No predicate is added any more.
  void answer(const Column& column, const Dictionary& dictionary, ReadAddresses& addresses,
              std::span<TruthBits* const> answers);

 private:
  /// A predicate over whole numbers: it holds of those in a range, or of all others.
  struct NumberPredicate {
    ExprOp op = ExprOp::kEq;               ///< a comparison, or kIn
    std::int64_t constant = 0;             ///< of a comparison
    std::vector<std::int64_t> among = {};  ///< of kIn, in order
    [[nodiscard]] bool holds(std::int64_t value) const;
  };
  using ClassNumber = std::uint32_t;
  static constexpr ClassNumber kUnclassed = 0xFFFFFFFF;

  void make_borders();
  [[nodiscard]] ClassNumber class_of(ValueAnswers answers);
  [[nodiscard]] ClassNumber class_of_text(std::uint32_t text, const Dictionary& dictionary,
                                          ReadAddresses& addresses);
  [[nodiscard]] ClassNumber class_of_number(std::int64_t value);
  void put_in_class(std::size_t row, ClassNumber number);
  void class_rows(const Column& column, const Dictionary& dictionary, ReadAddresses& addresses);
  void spread(const std::vector<std::uint32_t>& places, Bitmap TruthBits::*bits,
              std::span<TruthBits* const> answers) const;

  TextAnswers texts_;
  std::vector<NumberPredicate> numbers_;  ///< by place
  std::vector<std::int64_t> borders_;     ///< where a predicate's answer may change: first values
  std::vector<ClassNumber> of_stretch_;   ///< of the numbers before borders_[i], and after the last
  std::vector<ClassNumber> of_text_;      ///< by number of the text
  struct Hash {
    std::size_t operator()(const ValueAnswers& answers) const noexcept;
  };
  std::unordered_map<ValueAnswers, ClassNumber, Hash> known_;
  std::vector<const ValueAnswers*> classes_;  ///< by number, in known_

  // Of the batch in hand: each class that is there, with the rows that have a value of it as a
  // chain.
  static constexpr std::uint32_t kNoLink = 0xFFFFFFFF;
  struct Link {
    std::uint32_t row = 0;
    std::uint32_t next = kNoLink;
  };
  std::vector<std::uint32_t> first_link_;  ///< by class
  std::vector<Link> links_;
  std::vector<ClassNumber> there_;
  std::vector<std::uint32_t> rows_;  ///< of the class in hand
  Bitmap row_bits_;                  ///< likewise
};

}  // namespace tidewaiter
