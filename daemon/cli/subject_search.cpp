#include "daemon/cli/subject_search.h"

#include <algorithm>
#include <set>
#include <span>
#include <variant>
#include <vector>

#include "policies/engine/explain_record.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostNames = 100'000;

bool ends_in(std::string_view name, std::string_view word) {
  if (word.empty() || name.size() <= word.size() || !name.ends_with(word)) return false;
  const char before = name[name.size() - word.size() - 1];
  return before == ':' || before == '/';
}

/// Whether a word such as `account:x` is the name `account:SOURCE/x` without its source.
bool lacks_source(std::string_view name, std::string_view word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view id = word.substr(colon + 1);
  return name.starts_with(word.substr(0, colon + 1)) && ends_in(name, id);
}

}  // namespace

std::optional<std::string> subject_meant(const Policy& policy, std::string_view word,
                                         const History& history, const HistoryWatch& watch) {
  std::set<std::string> names;
  const auto read = history.read(watch, [&](std::span<const LogEntry> entries) {
    for (const LogEntry& entry : entries) {
      const auto* record = std::get_if<Record>(&entry.body);
      if (record == nullptr || record->kind != policy.reads || names.size() >= kMostNames) continue;
      if (const auto subject = record_subject(*record, policy.for_each)) {
        names.insert(to_text(*subject));
      }
    }
  });
  if (!read) return std::nullopt;
  const auto longer = std::ranges::find_if(names, [word](const std::string& name) {
    return ends_in(name, word) || lacks_source(name, word);
  });
  if (longer != names.end()) return *longer;
  const std::vector<std::string_view> all(names.begin(), names.end());
  return did_you_mean(word, all);
}

}  // namespace tidewaiter
