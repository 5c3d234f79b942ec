#include "daemon/cli/case_links.h"

#include <memory>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/prose.h"
#include "daemon/cli/stored_clusters.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

Result<CaseLinks> ways_from_first(Invocation& run, const Stores& stores, const Case& c) {
  const Result<std::unique_ptr<StoredClusters>> stored = stored_clusters(run, stores);
  if (!stored) return tl::unexpected(stored.error());
  const LinkedHistory& history = (*stored)->history;
  const Result<LinkedAccount> first = account_meant(history.named, c.subject);
  if (!first) return tl::unexpected(first.error());
  CaseLinks links;
  links.linkage = history.chosen.linkage;
  const std::vector<LinkedAccount> accounts = history.linker.evidence_around(*first).accounts;
  for (const LinkedAccount& other : accounts) {
    if (other == *first) continue;
    if (links.ways.size() == CaseLinks::kMostWays) {
      ++links.more;
      continue;
    }
    LinkReason& way = links.ways.emplace_back();
    way.from = *first;
    way.to = other;
    way.steps = history.linker.path(*first, other);
  }
  if (links.ways.empty()) links.unknown = "nothing links `" + name_of(*first) + "` any more";
  return links;
}

}  // namespace

std::optional<CaseLinks> links_of_case(Invocation& run, const Stores& stores, const Case& c) {
  if (!is_cluster(c.subject) || stores.records == nullptr) return std::nullopt;
  Result<CaseLinks> links = ways_from_first(run, stores, c);
  if (links) return std::move(*links);
  // The rest of the page does not rest on it.
  CaseLinks unknown;
  unknown.unknown = links.error().message;
  return unknown;
}

void print_case_links(Invocation& run, const Case& c, const CaseLinks& links) {
  run.out << "\nWhy its accounts are linked, as they are now\n";
  if (!links.unknown.empty()) return print_prose(run, "  cannot be told: ", links.unknown, 4);
  for (const LinkReason& way : links.ways) {
    run.out << reason_text(way, links.linkage, run.terminal);
  }
  if (links.more == 0) return;
  print_prose(run, "  and ",
              counted(links.more, "more account", "more accounts") + ": `tidewaiter cluster show " +
                  c.subject + " --path ACCOUNT ACCOUNT` tells it of any two",
              4);
}

nlohmann::ordered_json case_links_json(const CaseLinks& links) {
  nlohmann::ordered_json ways = nlohmann::ordered_json::array();
  for (const LinkReason& way : links.ways) ways.push_back(reason_json(way));
  nlohmann::ordered_json out = {{"ways", std::move(ways)}, {"more", links.more}};
  out["unknown"] = nullptr;
  if (!links.unknown.empty()) out["unknown"] = links.unknown;
  return out;
}

}  // namespace tidewaiter
