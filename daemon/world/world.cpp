#include "daemon/world/world.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "daemon/world/population.h"
#include "daemon/world/traffic.h"
#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kListKey = "list: ";

std::string list_text(std::string_view name, std::string_view title,
                      const std::vector<std::string>& values) {
  std::string text = "---\nlist: " + std::string(name) + "\ntitle: " + std::string(title) +
                     "\nowner: world\nsource: {name: The registers of a simulated world}\nvalues:";
  if (values.empty()) return text + " []\n";
  for (const std::string& value : values) text += "\n  - \"" + value + '"';
  return text + '\n';
}

/// The list that a document is; empty if it is none.
std::string_view list_name(std::string_view document) {
  for (std::size_t at = 0; at < document.size();) {
    const std::size_t end = std::min(document.find('\n', at), document.size());
    const std::string_view line = document.substr(at, end - at);
    if (line.starts_with(kListKey)) return line.substr(kListKey.size());
    at = end + 1;
  }
  return {};
}

/// The documents of a text, each with its line of hyphens.
std::vector<std::string_view> documents_of(std::string_view text) {
  constexpr std::string_view kLine = "\n---\n";
  std::vector<std::string_view> documents;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(kLine, at);
    if (end == std::string_view::npos) {
      documents.push_back(text.substr(at));
      return documents;
    }
    documents.push_back(text.substr(at, end + 1 - at));
    at = end + 1;
  }
}

}  // namespace

World::World(const WorldPlan& plan) : plan_(plan) {
  add_honest_accounts(plan_, population_);
  if (plan_.campaigns) add_campaigns(plan_, population_);
}

std::vector<Record> World::day(int number) const {
  std::vector<Record> records;
  for (std::size_t i = 0; i < accounts().size(); ++i) {
    const WorldAccount& account = accounts()[i];
    if (account.habit.first_day == number) records.push_back(account_record(plan_, account));
    add_usage(plan_, account, i, number, records);
  }
  std::ranges::sort(records, [](const Record& a, const Record& b) {
    return std::tie(a.time, a.id) < std::tie(b.time, b.id);
  });
  return records;
}

std::string World::registers() const {
  const Registers& known = population_.registers;
  std::string text = "# What the provider of this world knows of its customers.\n";
  text += list_text("evaluation-accounts", "Announced evaluations", known.evaluations);
  text += list_text("licensed-reseller-accounts", "Resellers with an agreement", known.resellers);
  text += list_text("licensed-resellers", "Accounts that may pass access on", known.resellers);
  text +=
      list_text("many-key-agencies", "Agencies with an account for each client", known.agencies);
  text += list_text("announced-migrations", "Announced moves to a new model", known.migrations);
  text += list_text("customers-that-travel", "Agreed travel", known.travellers);
  text +=
      list_text("shared-networks", "Networks that many unrelated people come from", known.networks);
  text += list_text("published-templates", "Templates of published frameworks", known.templates);
  text +=
      list_text("elicitation-sketches", "Prompts that ask for the reasoning", known.elicitations);
  const UtcTime released = plan_.day(kReleaseDay);
  text +=
      "---\nlist: recent-releases\ntitle: Models in the first four weeks after their release\n"
      "owner: world\nsource: {name: The registers of a simulated world}\nvalues:\n  - {value: " +
      std::string(kNewModel) + ", from: " + day_text(released) +
      ", until: " + day_text(plan_.day(kReleaseDay + 27)) + "}\n";
  return text;
}

std::string with_lists_of(const std::string& registers, const std::string& text) {
  std::map<std::string_view, std::string_view> lists;
  for (const std::string_view document : documents_of(registers)) {
    if (const auto name = list_name(document); !name.empty()) lists[name] = document;
  }
  std::string replaced;
  for (const std::string_view document : documents_of(text)) {
    const auto list = lists.find(list_name(document));
    replaced += list == lists.end() ? document : list->second;
  }
  return replaced;
}

}  // namespace tidewaiter
