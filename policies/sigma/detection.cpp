#include "policies/sigma/detection.h"

#include <algorithm>
#include <set>

#include <re2/re2.h>

#include "policies/sigma/written_time.h"

namespace tidewaiter {
namespace {

/// Whether one value of the event meets a test. The tests that need the whole event are not here.
struct ValueMeets {
  const SigmaValue& value;

  bool operator()(const SigmaText& test) const { return test.matches(value); }
  bool operator()(const SigmaNull& /*test*/) const { return value.null; }
  bool operator()(const SigmaNumber& test) const {
    if (value.null) return false;
    if (value.text == test.written) return true;
    const auto number = sigma_as_number(value.text);
    return number && *number == test.number;
  }
  bool operator()(const SigmaRegex& test) const {
    return !value.null && RE2::PartialMatch(value.text, *test.compiled);
  }
  bool operator()(const SigmaNetwork& test) const {
    const auto address = parse_ip(value.text);
    return address && contains(test.network, *address);
  }
  bool operator()(const SigmaCompare& test) const {
    const auto number = sigma_as_number(value.text);
    return number && in_order(*number, test.order, test.number);
  }
  bool operator()(const SigmaTimeTest& test) const {
    const auto part = written_time_part(value.text, test.part);
    return part && in_order(static_cast<double>(*part), test.order, test.number);
  }
  bool operator()(const SigmaExists& /*test*/) const { return false; }
  bool operator()(const SigmaFieldRef& /*test*/) const { return false; }
};

using Values = std::vector<SigmaValue>;

bool fits(const SigmaFieldRef& test, const SigmaValue& value, const SigmaValue& other) {
  if (value.null || other.null) return false;
  const std::string& text = test.cased ? value.text : value.folded;
  const std::string& part = test.cased ? other.text : other.folded;
  if (test.open_start && test.open_end) return text.find(part) != std::string::npos;
  if (test.open_start) return text.ends_with(part);
  if (test.open_end) return text.starts_with(part);
  return text == part;
}

bool meets(const SigmaFieldRef& test, const Values& values, const SigmaEvent& event) {
  const Values* others = event.find(test.field);
  if (others == nullptr) return false;
  return std::any_of(values.begin(), values.end(), [&](const SigmaValue& value) {
    return std::any_of(others->begin(), others->end(),
                       [&](const SigmaValue& other) { return fits(test, value, other); });
  });
}

bool meets(const SigmaTest& test, const Values* values, const SigmaEvent& event) {
  if (const auto* exists = std::get_if<SigmaExists>(&test)) {
    return (values != nullptr) == exists->wanted;
  }
  if (values == nullptr) return std::holds_alternative<SigmaNull>(test);
  if (const auto* ref = std::get_if<SigmaFieldRef>(&test)) return meets(*ref, *values, event);
  return std::any_of(values->begin(), values->end(), [&test](const SigmaValue& value) {
    return std::visit(ValueMeets{value}, test);
  });
}

bool found_anywhere(const SigmaTest& test, const SigmaEvent& event) {
  return std::any_of(event.fields().begin(), event.fields().end(),
                     [&](const auto& field) { return meets(test, &field.second, event); });
}

bool holds(const SigmaItem& item, const SigmaEvent& event) {
  const bool keywords = item.field.empty();
  const Values* values = keywords ? nullptr : event.find(item.field);
  const auto met = [&](const std::vector<SigmaTest>& tests) {
    return std::any_of(tests.begin(), tests.end(), [&](const SigmaTest& test) {
      return keywords ? found_anywhere(test, event) : meets(test, values, event);
    });
  };
  const bool result = item.all ? std::all_of(item.values.begin(), item.values.end(), met)
                               : std::any_of(item.values.begin(), item.values.end(), met);
  return result != item.negated;
}

bool holds(const SigmaCondition& condition, const std::vector<SigmaSelection>& selections,
           const SigmaEvent& event) {
  const auto operand = [&](const SigmaCondition& one) { return holds(one, selections, event); };
  switch (condition.kind) {
    case SigmaCondition::Kind::kSelection:
      return holds(selections[condition.selection], event);
    case SigmaCondition::Kind::kAnd:
      return std::all_of(condition.operands.begin(), condition.operands.end(), operand);
    case SigmaCondition::Kind::kOr:
      return std::any_of(condition.operands.begin(), condition.operands.end(), operand);
    case SigmaCondition::Kind::kNot:
      return !operand(condition.operands.front());
  }
  return false;
}

}  // namespace

bool in_order(double left, SigmaOrder order, double right) {
  switch (order) {
    case SigmaOrder::kEqual:
      return left == right;
    case SigmaOrder::kLess:
      return left < right;
    case SigmaOrder::kLessOrEqual:
      return left <= right;
    case SigmaOrder::kGreater:
      return left > right;
    case SigmaOrder::kGreaterOrEqual:
      return left >= right;
  }
  return false;
}

bool holds(const SigmaSelection& selection, const SigmaEvent& event) {
  return std::any_of(selection.alternatives.begin(), selection.alternatives.end(),
                     [&event](const std::vector<SigmaItem>& items) {
                       return std::all_of(
                           items.begin(), items.end(),
                           [&event](const SigmaItem& item) { return holds(item, event); });
                     });
}

bool holds(const SigmaDetection& detection, const SigmaEvent& event) {
  return holds(detection.condition, detection.selections, event);
}

std::vector<std::string> fields_of(const SigmaDetection& detection) {
  std::set<std::string> names;
  for (const SigmaSelection& selection : detection.selections) {
    for (const auto& items : selection.alternatives) {
      for (const SigmaItem& item : items) {
        if (!item.field.empty()) names.insert(item.field);
        for (const auto& tests : item.values) {
          for (const SigmaTest& test : tests) {
            if (const auto* ref = std::get_if<SigmaFieldRef>(&test)) names.insert(ref->field);
          }
        }
      }
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace tidewaiter
