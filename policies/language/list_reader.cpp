#include "policies/language/list_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "policies/language/consequences_reader.h"
#include "policies/language/in_force.h"
#include "policies/language/interval_set.h"
#include "policies/language/selection.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 12> kListKeys = {
    "list",   "title", "version", "owner",  "description", "in_force",
    "source", "type",  "values",  "synced", "sample",      "consequences"};
/// What says otherwise what stands in a list than `synced` does.
constexpr std::array<std::string_view, 3> kOwnListKeys = {"in_force", "type", "values"};
constexpr std::array<std::string_view, 10> kValueKeys = {
    "value",   "from",         "until",   "reason",      "kind",
    "aliases", "weak_aliases", "country", "identifiers", "programs"};
/// What else is known of a party: for `screen` alone.
constexpr std::array<std::string_view, 6> kPartyKeys = {"kind",    "aliases",     "weak_aliases",
                                                        "country", "identifiers", "programs"};
constexpr std::array kListedKinds = {
    std::pair<std::string_view, PartyKind>{"person", PartyKind::kPerson},
    std::pair<std::string_view, PartyKind>{"organisation", PartyKind::kOrganisation}};
constexpr std::array<std::string_view, 3> kSourceKeys = {"name", "url", "retrieved"};

constexpr std::array kTypes = {
    std::pair<std::string_view, ValueType>{"string", ValueType::kString},
    std::pair<std::string_view, ValueType>{"ip", ValueType::kIp},
    std::pair<std::string_view, ValueType>{"int64", ValueType::kInt64},
    std::pair<std::string_view, ValueType>{"double", ValueType::kDouble},
    std::pair<std::string_view, ValueType>{"bool", ValueType::kBool},
    std::pair<std::string_view, ValueType>{"duration", ValueType::kDuration},
    std::pair<std::string_view, ValueType>{"timestamp", ValueType::kTimestamp},
    std::pair<std::string_view, ValueType>{"money", ValueType::kMoney}};

class ListReader {
 public:
  ListReader(DocumentReader& reader, const YamlNode& document, const ConsequenceTable& table)
      : reader_(reader), document_(document), table_(table) {}

  ListReading read() {
    check_keys(reader_.yaml(), document_, kListKeys, reader_.diagnostics());
    ListReading reading;
    ListDocument& list = reading.document;
    list.header = read_document_header(reader_, document_);
    require_key(reader_, document_, "title", "say in one line what stands in the list");
    list.in_force = read_in_force(reader_, document_);
    if (const YamlNode* source = document_.find("source")) list.source = read_source(*source);
    if (const YamlNode* type = document_.find("type")) {
      type_ = reader_.one_of(*type, kTypes).value_or(ValueType::kString);
    }
    name_ = list.header.name;
    list.synced = read_synced();
    list.consequences = read_consequences(reader_, document_, name_, table_);
    if (type_ != ValueType::kString) refuse_consequences();
    if (list.synced.empty()) {
      require_key(reader_, document_, "values", "write `values: [a, b]`");
      if (const YamlNode* values = document_.find("values")) read_values(*values);
    } else if (const YamlNode* sample = document_.find("sample")) {
      read_values(*sample);
    }
    reading.parties = within(list.in_force, std::move(parties_));
    list.values =
        std::make_shared<const ValueList>(name_, type_, within(list.in_force, std::move(items_)));
    return reading;
  }

 private:
  /// Two places of one value that stand in the list at one time.
  struct Repetition {
    std::size_t first;
    std::size_t second;
  };

  ListSource read_source(const YamlNode& node) {
    ListSource source;
    if (node.kind != YamlNode::Kind::kMap) {
      source.name = reader_.text(node).value_or("");
      return source;
    }
    check_keys(reader_.yaml(), node, kSourceKeys, reader_.diagnostics());
    if (const YamlNode* name = node.find("name")) {
      source.name = reader_.text(*name).value_or("");
    } else {
      reader_.error(node.span, kMissingKey, "`name` is missing in the source",
                    "write `source: {name: \"who publishes it\", retrieved: 2026-01-31}`");
    }
    if (const YamlNode* url = node.find("url")) source.url = reader_.text(*url).value_or("");
    if (const YamlNode* at = node.find("retrieved")) source.retrieved = reader_.time(*at, false);
    return source;
  }

  /// The published list that it stands for; nothing of one whose values stand here.
  std::string read_synced() {
    const YamlNode* const synced = document_.find("synced");
    for (const auto& [key, value] : document_.members) {
      const bool is_own = std::ranges::find(kOwnListKeys, key.scalar) != kOwnListKeys.end();
      if (synced == nullptr ? key.scalar != "sample" : !is_own) continue;
      reader_.error(key.span, kSyncedBeside,
                    synced == nullptr ? "`sample` stands in a list that is not synced"
                                      : "`" + key.scalar + "` stands beside `synced`",
                    synced == nullptr
                        ? "write `synced: NAME` for a list that `tidewaiter list sync` keeps, or "
                          "`values`"
                        : "what stands in the list is what is published: leave it out, and write "
                          "what tests are to find as `sample`");
    }
    if (synced == nullptr) return {};
    const std::optional<std::string> name = reader_.text(*synced);
    if (!name) return {};
    constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz0123456789";
    const bool good =
        kFirst.find(name->front()) != std::string_view::npos &&
        name->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
    if (good) return *name;
    reader_.error(synced->span, kSyncedName,
                  "`" + *name + "` is no name that a published list can have",
                  "write the name that it has in the `lists` of the configuration: a to z, digits, "
                  "`-` and `_`");
    return *name;
  }

  void read_values(const YamlNode& values) {
    if (values.kind != YamlNode::Kind::kSequence) {
      reader_.error(values.span, kWrongShape, "a list of values was expected here",
                    "write `values: [a, b]`, or one value a line after `- `");
      return;
    }
    if (values.items.empty()) {
      reader_.warn(values.span, kEmptyList, "the list has no values: nothing stands in it",
                   "name at least one value, or remove the list");
    }
    items_.reserve(values.items.size());
    std::size_t errors = 0;
    for (const YamlNode& value : values.items) {
      const std::size_t before = reader_.diagnostics().size();
      read_item(value);
      errors += errors_from(before);
      if (errors > kYamlLimits.errors) return;  // loading tells so
    }
    warn_of_repetitions();
  }

  [[nodiscard]] std::size_t errors_from(std::size_t first) {
    const auto& all = reader_.diagnostics();
    return static_cast<std::size_t>(
        std::count_if(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
                      [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; }));
  }

  void read_item(const YamlNode& node) {
    const bool is_map = node.kind == YamlNode::Kind::kMap;
    if (is_map) check_keys(reader_.yaml(), node, kValueKeys, reader_.diagnostics());
    const YamlNode* value = is_map ? node.find("value") : &node;
    if (value == nullptr) {
      reader_.error(node.span, kMissingKey, "`value` is missing",
                    "write `{value: a, until: 2026-12-31, reason: why}`");
      return;
    }
    const std::optional<Interval> during = is_map ? read_dates(node) : kAlways;
    std::optional<Value> read = read_value(*value);
    if (!read || !during) return;
    if (type_ == ValueType::kString) add_party(node, std::get<std::string>(*read), *during);
    if (type_ != ValueType::kString && is_map) refuse_party(node);
    items_.push_back({*std::move(read), *during});
    spans_.push_back(&value->span);
  }

  void add_party(const YamlNode& node, const std::string& name, const Interval& during) {
    ListedParty party{name, {}, {}, {}, during};
    if (node.kind == YamlNode::Kind::kMap) {
      const auto texts = [&](std::string_view key) {
        const YamlNode* found = node.find(key);
        return found != nullptr ? reader_.texts(*found) : std::vector<std::string>();
      };
      const YamlNode* const kind = node.find("kind");
      if (kind != nullptr) party.kind = reader_.one_of(*kind, kListedKinds);
      party.aliases = texts("aliases");
      party.weak_aliases = texts("weak_aliases");
      party.countries = texts("country");
      party.identifiers = texts("identifiers");
      party.programs = texts("programs");
    }
    parties_.push_back(std::move(party));
  }

  void refuse_party(const YamlNode& node) {
    for (const auto& [key, value] : node.members) {
      if (std::ranges::find(kPartyKeys, key.scalar) == kPartyKeys.end()) continue;
      reader_.error(key.span, kPartyOfNoNames,
                    "`" + key.scalar + "` stands beside a value of type " +
                        std::string(type_name(type_)) + ", which names no party",
                    "leave it out, or make the list one of type string");
    }
  }

  void refuse_consequences() {
    const YamlNode* const node = document_.find("consequences");
    if (node == nullptr) return;
    reader_.error(node->span, kPartyOfNoNames,
                  "`consequences` stands in a list of type " + std::string(type_name(type_)) +
                      ", which names no party",
                  "leave it out, or make the list one of type string");
  }

  /// Two parties may have one name: what else is known tells them apart.
  [[nodiscard]] bool is_one_of_several(std::size_t i) const {
    if (type_ != ValueType::kString) return false;
    const ListedParty& party = parties_[i];
    return party.kind || !party.aliases.empty() || !party.weak_aliases.empty() ||
           !party.countries.empty() || !party.identifiers.empty() || !party.programs.empty();
  }

  std::optional<Value> read_value(const YamlNode& node) {
    if (type_ == ValueType::kString) return reader_.text(node);
    std::optional<Expr> literal = read_literal(reader_, node, type_, "list:" + name_);
    if (!literal) return std::nullopt;
    const auto* whole = std::get_if<std::int64_t>(&literal->literal);
    if (type_ == ValueType::kDouble && whole != nullptr) return static_cast<double>(*whole);
    if (type_ == ValueType::kInt64 && whole == nullptr) {
      reader_.error(node.span, kValueMismatch, "`" + node.scalar + "` is not a whole number",
                    "write a whole number, or `type: double`");
      return std::nullopt;
    }
    return std::move(literal->literal);
  }

  std::optional<Interval> read_dates(const YamlNode& node) {
    Interval during = kAlways;
    if (const YamlNode* reason = node.find("reason")) (void)reader_.text(*reason);
    const YamlNode* from = node.find("from");
    const YamlNode* until = node.find("until");
    if (from != nullptr) during.from = reader_.time(*from, false).value_or(during.from);
    if (until != nullptr) during.to = reader_.time(*until, true).value_or(during.to);
    if (during.from < during.to) return during;
    reader_.error(until->span, kBadInterval, "the value leaves the list before it enters it",
                  "write `from` before `until`");
    return std::nullopt;
  }

  /// A value may leave a list and come back; at one time it stands in it once.
  void warn_of_repetitions() {
    std::unordered_map<std::string, std::vector<std::size_t>> places;
    places.reserve(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (is_one_of_several(i)) continue;
      places[format_value(items_[i].value, type_)].push_back(i);
    }
    std::vector<Repetition> found;
    for (auto& [text, same] : places) {
      if (same.size() > 1) find_overlaps(same, found);
    }
    std::ranges::sort(found, {}, &Repetition::second);
    // Of a list that is pasted twice every value is one: the first of them say what to do.
    constexpr std::size_t kMostTold = 100;
    for (std::size_t i = 0; i < std::min(found.size(), kMostTold); ++i) {
      const bool last = i + 1 == kMostTold;
      warn_of(found[i], last ? found.size() - kMostTold : 0);
    }
  }

  void warn_of(const Repetition& repetition, std::size_t untold) {
    const SourceSpan& span = *spans_[repetition.second];
    const std::string more =
        untold == 0 ? "" : ", as do " + std::to_string(untold) + " more values further on";
    reader_.warn(span, kRepeatedListValue,
                 "`" + format_value(items_[repetition.second].value, type_) +
                     "` stands in the list already" + more,
                 "it stands on line " + std::to_string(spans_[repetition.first]->line) +
                     " too: remove one of them");
  }

  void find_overlaps(std::vector<std::size_t>& same, std::vector<Repetition>& found) {
    std::ranges::stable_sort(same, {}, [&](std::size_t i) { return items_[i].during.from; });
    std::size_t longest = same.front();  // of those before, the one that stays longest
    for (std::size_t n = 1; n < same.size(); ++n) {
      const std::size_t i = same[n];
      if (items_[i].during.from < items_[longest].during.to) {
        found.push_back({std::min(i, longest), std::max(i, longest)});
      }
      if (items_[i].during.to > items_[longest].during.to) longest = i;
    }
  }

  /// The items, each only while the list itself is in force.
  template <class Item>
  [[nodiscard]] static std::vector<Item> within(const std::vector<Interval>& in_force,
                                                std::vector<Item> items) {
    if (in_force.empty()) return items;
    std::vector<Item> out;
    for (const Item& item : items) {
      for (const Interval& interval : in_force) {
        const std::optional<Interval> both = common_part(interval, item.during);
        if (!both) continue;
        out.push_back(item);
        out.back().during = *both;
      }
    }
    return out;
  }

  DocumentReader& reader_;
  const YamlNode& document_;
  const ConsequenceTable& table_;
  std::string name_;
  ValueType type_ = ValueType::kString;
  std::vector<ValueList::Item> items_;
  std::vector<const SourceSpan*> spans_;  ///< of the values, beside items_
  std::vector<ListedParty> parties_;      ///< of a list of strings, beside items_
};

}  // namespace

ListReading read_list(DocumentReader& reader, const YamlNode& document,
                      const ConsequenceTable& table) {
  return ListReader(reader, document, table).read();
}

}  // namespace tidewaiter
