#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/engine/columns.h"
#include "policies/engine/network_set.h"
#include "policies/language/expression.h"
#include "policies/language/ip_network.h"
#include "policies/language/text_match.h"

namespace tidewaiter {

/// The addresses that the texts of one field are, each read once. One thread at a time.
class ReadAddresses {
 public:
  /// Nothing if the text is no address.
  [[nodiscard]] const std::optional<IpAddress>& of(std::uint32_t id, const Dictionary& dictionary);

 private:
  struct Read {
    bool done = false;
    std::optional<IpAddress> address;
  };
  std::vector<Read> by_id_;
};

/// Predicates over the text of one field that are joined by `or`, made ready once for many texts.
/// The meaning is that of interpret(). Keeps the expressions.
class TextPredicates {
 public:
  explicit TextPredicates(std::vector<Expr> exprs);

  /// Whether a predicate holds of the text; nothing if none does and one cannot be told.
  [[nodiscard]] std::optional<bool> answer(std::uint32_t id, const Dictionary& dictionary,
                                           ReadAddresses& addresses) const;

 private:
  [[nodiscard]] std::optional<bool> answer_one(std::size_t place, std::string_view text) const;

  std::vector<Expr> exprs_;
  std::vector<std::optional<TextMatcher>> matchers_;  ///< by expression
  std::optional<NetworkSet> networks_;  ///< of all kCidr, which answer_one() leaves out
  bool bad_network_ = false;            ///< one that is none: it cannot be told
};

}  // namespace tidewaiter
