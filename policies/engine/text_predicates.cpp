#include "policies/engine/text_predicates.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "policies/language/value_list.h"

namespace tidewaiter {
namespace {

bool equals_text(const Value& literal, std::string_view text) {
  const auto* wanted = std::get_if<std::string>(&literal);
  return wanted != nullptr && *wanted == text;
}

}  // namespace

const std::optional<IpAddress>& ReadAddresses::of(std::uint32_t id, const Dictionary& dictionary) {
  if (id >= by_id_.size()) by_id_.resize(dictionary.size());
  Read& read = by_id_[id];
  if (!read.done) read = {true, parse_ip(dictionary.text(id))};
  return read.address;
}

TextPredicates::TextPredicates(std::vector<Expr> exprs)
    : exprs_(std::move(exprs)), matchers_(exprs_.size()) {
  std::vector<IpNetwork> networks;
  bool any_network = false;
  for (std::size_t i = 0; i < exprs_.size(); ++i) {
    if (exprs_[i].op == ExprOp::kTextMatch) matchers_[i].emplace(exprs_[i].text);
    if (exprs_[i].op != ExprOp::kCidr) continue;
    any_network = true;
    const std::optional<IpNetwork> network = parse_network(exprs_[i].text.pattern);
    if (network) {
      networks.push_back(*network);
    } else {
      bad_network_ = true;
    }
  }
  if (any_network) networks_.emplace(networks);
}

std::optional<bool> TextPredicates::answer(std::uint32_t id, const Dictionary& dictionary,
                                           ReadAddresses& addresses) const {
  bool unknown = bad_network_;
  if (networks_) {
    const std::optional<IpAddress>& address = addresses.of(id, dictionary);
    if (address && networks_->contains(*address)) return true;
    unknown = unknown || !address;
  }
  const std::string_view text = dictionary.text(id);
  for (std::size_t i = 0; i < exprs_.size(); ++i) {
    if (exprs_[i].op == ExprOp::kCidr) continue;
    const std::optional<bool> told = answer_one(i, text);
    if (told && *told) return true;
    unknown = unknown || !told;
  }
  return unknown ? std::nullopt : std::optional(false);
}

std::optional<bool> TextPredicates::answer_one(std::size_t place, std::string_view text) const {
  const Expr& expr = exprs_[place];
  switch (expr.op) {
    case ExprOp::kTextMatch:
      return matchers_[place]->matches(text);
    case ExprOp::kIn:
      return std::any_of(expr.args.begin() + 1, expr.args.end(),
                         [&](const Expr& arg) { return equals_text(arg.literal, text); });
    case ExprOp::kInList:
      return !expr.list->times_of_text(text).empty();
    default:
      if (is_null(expr.args[1].literal)) return std::nullopt;
      return equals_text(expr.args[1].literal, text) == (expr.op == ExprOp::kEq);
  }
}

}  // namespace tidewaiter
