#include "policies/engine/text_answers.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "policies/language/value_list.h"

namespace tidewaiter {
namespace {

/// In order, each once.
void put_in_order_once(std::vector<std::uint32_t>& places) {
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
}

const auto by_bytes = [](const IpAddress& a, const IpAddress& b) { return a.bytes < b.bytes; };

}  // namespace

std::uint32_t TextAnswers::add(const std::vector<Expr>& parts) {
  const std::uint32_t place = predicates_++;
  std::vector<IpNetwork> networks;
  bool any_network = false;
  for (const Expr& part : parts) {
    add_part(place, part, networks);
    any_network = any_network || part.op == ExprOp::kCidr;
  }
  if (any_network) networks_.push_back({place, NetworkSet(networks)});
  return place;
}

void TextAnswers::add_part(std::uint32_t place, const Expr& part,
                           std::vector<IpNetwork>& networks) {
  switch (part.op) {
    case ExprOp::kTextMatch:
      return patterns_.add(part.text, place);
    case ExprOp::kCidr:
      if (const auto network = parse_network(part.text.pattern)) {
        networks.push_back(*network);
      } else {
        never_known_.push_back(place);
      }
      return;
    case ExprOp::kInList:
      in_lists_.push_back({place, part});
      return;
    case ExprOp::kIn:
      for (auto arg = part.args.begin() + 1; arg != part.args.end(); ++arg) {
        const auto* text = std::get_if<std::string>(&arg->literal);
        if (text != nullptr) equal_[*text].push_back(place);
      }
      return;
    default:
      break;
  }
  const auto* text = std::get_if<std::string>(&part.args[1].literal);
  if (is_null(part.args[1].literal)) {
    never_known_.push_back(place);
  } else if (part.op == ExprOp::kNe) {
    differ_.push_back({place, part});
  } else if (text != nullptr) {
    equal_[*text].push_back(place);
  }
}

void TextAnswers::make_stretches(bool v4, Stretches& stretches) const {
  for (const Networks& networks : networks_) networks.set.add_borders(v4, stretches.borders);
  std::ranges::sort(stretches.borders, by_bytes);
  stretches.borders.erase(std::unique(stretches.borders.begin(), stretches.borders.end()),
                          stretches.borders.end());
  stretches.places.resize(stretches.borders.size() + 1);
}

const std::vector<std::uint32_t>& TextAnswers::places_of(const IpAddress& address) {
  const bool v4 = is_ipv4(address);
  Stretches& stretches = v4 ? ipv4_ : ipv6_;
  if (stretches.places.empty()) make_stretches(v4, stretches);
  const auto after = std::ranges::upper_bound(stretches.borders, address, by_bytes);
  auto& places = stretches.places[static_cast<std::size_t>(after - stretches.borders.begin())];
  if (places) return *places;
  places.emplace();
  for (const Networks& networks : networks_) {
    if (networks.set.contains(address)) places->push_back(networks.place);
  }
  return *places;
}

void TextAnswers::answer_address(const std::optional<IpAddress>& address, ValueAnswers& answers) {
  if (networks_.empty()) return;
  if (address) {
    std::ranges::copy(places_of(*address), std::back_inserter(answers.yes));
    return;
  }
  for (const Networks& networks : networks_) answers.unknown.push_back(networks.place);
}

ValueAnswers TextAnswers::of(std::string_view text, const std::optional<IpAddress>& address) {
  ValueAnswers answers;
  answers.unknown = never_known_;
  const auto equal = equal_.find(std::string(text));
  if (equal != equal_.end()) answers.yes = equal->second;
  for (const Part& part : differ_) {
    const auto* other = std::get_if<std::string>(&part.expr.args[1].literal);
    if (other == nullptr || *other != text) answers.yes.push_back(part.place);
  }
  for (const Part& part : in_lists_) {
    if (!part.expr.list->times_of_text(text).empty()) answers.yes.push_back(part.place);
  }
  patterns_.match(text, answers.yes);
  answer_address(address, answers);

  put_in_order_once(answers.yes);
  put_in_order_once(answers.unknown);
  std::vector<std::uint32_t> unknown;
  std::ranges::set_difference(answers.unknown, answers.yes, std::back_inserter(unknown));
  answers.unknown = std::move(unknown);
  return answers;
}

}  // namespace tidewaiter
