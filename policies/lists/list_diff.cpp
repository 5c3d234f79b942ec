#include "policies/lists/list_diff.h"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <unordered_map>

namespace tidewaiter {
namespace {

using Values = std::vector<std::string>;

/// The values of a field, sorted, each once: what is compared.
struct FieldValues {
  std::string_view field;
  Values values;
};

Values in_order(Values values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

Values aliases_of(const ListEntry& entry, bool weak) {
  Values names;
  for (const ListedName& alias : entry.aliases) {
    if (alias.is_weak == weak) names.push_back(alias.text);
  }
  return in_order(std::move(names));
}

std::array<FieldValues, 7> fields_of(const ListEntry& entry) {
  Values kind;
  if (entry.kind) kind.emplace_back(party_kind_name(*entry.kind));
  return {{{"name", {entry.name}},
           {"kind", std::move(kind)},
           {"alias", aliases_of(entry, false)},
           {"weak_alias", aliases_of(entry, true)},
           {"country", in_order(entry.countries)},
           {"identifier", in_order(entry.identifiers)},
           {"program", in_order(entry.programs)}}};
}

std::vector<FieldChange> changes_of(const ListEntry& before, const ListEntry& after) {
  const auto old_fields = fields_of(before);
  const auto new_fields = fields_of(after);
  std::vector<FieldChange> changes;
  for (std::size_t i = 0; i < old_fields.size(); ++i) {
    const Values& gone = old_fields[i].values;
    const Values& come = new_fields[i].values;
    if (gone == come) continue;
    FieldChange change{old_fields[i].field, {}, {}};
    std::ranges::set_difference(gone, come, std::back_inserter(change.removed));
    std::ranges::set_difference(come, gone, std::back_inserter(change.added));
    changes.push_back(std::move(change));
  }
  return changes;
}

std::string identity_key(const ListEntry& entry) {
  return entry.has_own_id ? "id " + entry.id : "name " + entry.name;
}

/// The identity and all that is compared; the lengths keep two values from reading as one.
std::string content_key(const ListEntry& entry) {
  std::string key = identity_key(entry);
  for (const FieldValues& field : fields_of(entry)) {
    key += '/' + std::to_string(field.values.size());
    for (const std::string& value : field.values) {
      key += ' ' + std::to_string(value.size()) + ' ' + value;
    }
  }
  return key;
}

/// Entries by a key, each to be taken once, in their order.
class Pending {
 public:
  void add(const std::string& key, const ListEntry* entry) { waiting_[key].push_back(entry); }
  /// Nothing if there is none left.
  const ListEntry* take(const std::string& key) {
    const auto found = waiting_.find(key);
    if (found == waiting_.end() || found->second.empty()) return nullptr;
    const ListEntry* const entry = found->second.front();
    found->second.pop_front();
    return entry;
  }

 private:
  std::unordered_map<std::string, std::deque<const ListEntry*>> waiting_;
};

}  // namespace

ListDiff list_diff(const std::vector<ListEntry>& before, const std::vector<ListEntry>& after) {
  Pending equal;
  for (const ListEntry& entry : before) equal.add(content_key(entry), &entry);
  ListDiff diff;
  std::vector<bool> is_taken(before.size());
  const auto take = [&](const ListEntry* entry) {
    is_taken[static_cast<std::size_t>(entry - before.data())] = true;
  };
  std::vector<const ListEntry*> others;
  for (const ListEntry& entry : after) {
    if (const ListEntry* const same = equal.take(content_key(entry)); same != nullptr) {
      take(same);
      ++diff.same;
    } else {
      others.push_back(&entry);
    }
  }
  Pending left;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!is_taken[i]) left.add(identity_key(before[i]), &before[i]);
  }
  for (const ListEntry* const entry : others) {
    const ListEntry* const old = left.take(identity_key(*entry));
    if (old == nullptr) {
      diff.added.push_back(entry);
    } else {
      take(old);
      diff.changed.push_back({old, entry, changes_of(*old, *entry)});
    }
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!is_taken[i]) diff.removed.push_back(&before[i]);
  }
  return diff;
}

}  // namespace tidewaiter
