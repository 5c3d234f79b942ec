#include "policies/authoring/list_changes.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <utility>

#include "policies/language/value_list.h"
#include "policies/screening/ownership.h"
#include "policies/screening/screening.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostNamed = 5;

/// What a list says of a value or party of its.
struct Entry {
  std::string dates;
  std::string details;  ///< of a party, apart from its name
  bool operator==(const Entry&) const = default;
};
using Content = std::map<std::string, Entry>;

std::string dates_text(std::span<const Interval> times) {
  std::string text;
  for (const Interval& time : times) {
    const auto bound = [&text](const char* word, UtcTime at) {
      text += (text.empty() ? "" : " ") + std::string(word) + " " + format_time(at);
    };
    if (time.from > kRecordTimes.from) bound("from", time.from);
    if (time.to < kRecordTimes.to) bound("until", time.to);
  }
  return text.empty() ? "always" : text;
}

Content content_of(const ValueList& list) {
  Content content;
  for (const ValueList::DatedText& value : list.texts()) {
    content[std::string(value.text)].dates = dates_text(value.times);
  }
  for (const ValueList::DatedValue& number : list.numbers()) {
    content[format_value(number.value, list.type())].dates = dates_text(number.times);
  }
  return content;
}

Content content_of(const ScreenedList& list) {
  Content content;
  for (const ListedParty& party : list.parties()) {
    // Several parties may have one name.
    Entry& entry = content[party.name];
    entry.dates += (entry.dates.empty() ? "" : ", ") + dates_text({&party.during, 1});
    if (party.kind) entry.details += party_kind_name(*party.kind);
    entry.details += '\0';
    for (const auto* texts : {&party.aliases, &party.weak_aliases, &party.countries,
                              &party.identifiers, &party.programs}) {
      for (const std::string& text : *texts) entry.details += text + '\n';
      entry.details += '\0';
    }
  }
  return content;
}

/// The lists that a policy looks into, by name.
class Lists {
 public:
  explicit Lists(const Policy& policy) {
    read(policy.condition);
    for (const Exemption& exemption : policy.exempt) read(exemption.where);
    for (const Measure& measure : policy.measures) {
      for (const auto* part : {&measure.argument, &measure.group, &measure.where}) {
        if (*part) read(**part);
      }
      if (!measure.pattern) continue;
      for (const StepPattern::Step& step : measure.pattern->steps) read(step.where);
      if (measure.pattern->without) read(measure.pattern->without->where);
    }
  }

  [[nodiscard]] const std::map<std::string, Content>& contents() const { return contents_; }

 private:
  template <class List>
  void add(const List& list) {
    if (!contents_.contains(list.name())) contents_[list.name()] = content_of(list);
  }

  void read(const Expr& expr) {
    if (expr.list) add(*expr.list);
    if (const auto* screening = dynamic_cast<const Screening*>(expr.check.get())) {
      for (const auto& list : screening->parts().lists) add(*list);
    }
    if (const auto* ownership = dynamic_cast<const Ownership*>(expr.check.get())) {
      for (const auto& list : ownership->parts().lists) add(*list);
    }
    for (const Expr& arg : expr.args) read(arg);
  }

  std::map<std::string, Content> contents_;
};

/// "DE, FR and 3 more"; empty of none.
std::string named(const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kMostNamed, values.size()); ++i) {
    text += (i > 0 ? ", " : "") + values[i];
  }
  if (values.size() <= kMostNamed) return text;
  return text + " and " + std::to_string(values.size() - kMostNamed) + " more";
}

void add_clause(std::string& text, const std::vector<std::string>& values, const char* predicate) {
  if (values.empty()) return;
  text += (text.empty() ? "" : "; ") + named(values) + predicate;
}

ListChange change_of(const std::string& name, const Content& before, const Content& after) {
  std::vector<std::string> left;
  std::vector<std::string> joined;
  std::vector<std::string> old_dates;
  std::vector<std::string> new_dates;
  std::vector<std::string> other_details;
  for (const auto& [value, entry] : before) {
    const auto now = after.find(value);
    if (now == after.end()) {
      left.push_back(value);
      continue;
    }
    if (now->second.dates != entry.dates) {
      old_dates.push_back(value + " " + entry.dates);
      new_dates.push_back(value + " " + now->second.dates);
    }
    if (now->second.details != entry.details) other_details.push_back(value);
  }
  for (const auto& [value, entry] : after) {
    if (!before.contains(value)) joined.push_back(value);
  }
  ListChange change{name, {}, {}};
  add_clause(change.before, left, " left the list");
  add_clause(change.before, old_dates, "");
  add_clause(change.after, joined, " joined the list");
  add_clause(change.after, new_dates, "");
  add_clause(change.after, other_details, " with other names, countries or identifiers");
  return change;
}

}  // namespace

std::vector<ListChange> list_changes(const Policy& before, const Policy& after) {
  const Lists old(before);
  const Lists now(after);
  std::vector<ListChange> changes;
  for (const auto& [name, content] : old.contents()) {
    const auto other = now.contents().find(name);
    if (other == now.contents().end() || other->second == content) continue;
    changes.push_back(change_of(name, content, other->second));
  }
  return changes;
}

std::string without_list_digests(const std::string& text) {
  constexpr std::string_view kMark = " sha256:";
  constexpr std::size_t kDigits = 64;
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, from)) {
    const std::size_t begin = at + kMark.size();
    const std::size_t end = text.find_first_not_of("0123456789abcdef", begin);
    const bool is_digest = std::min(end, text.size()) - begin == kDigits;
    out.append(text, from, (is_digest ? at : begin) - from);
    from = is_digest ? begin + kDigits : begin;
  }
  return out.append(text, from);
}

}  // namespace tidewaiter
