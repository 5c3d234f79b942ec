#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "daemon/report/cluster_graph.h"

namespace tidewaiter {

/// Names of accounts as pictures have them: "gateway/a-3".
using DisclosedNames = std::set<std::string, std::less<>>;

/// The account that a disclosed text names, as pictures name it: "gateway/a-3" for
/// "cluster:gateway/a-3". A text about something else gives one that no picture has.
[[nodiscard]] std::string account_disclosed(std::string_view text);

/// A cluster as a report may show it: types of evidence, how many hold each value, since when, and
/// what it weighs. Values are numbered within their type, whatever the profile: an address, a card
/// or a device is no matter of the recipient's. Accounts have their names where the report has
/// them already, by `disclosed`, and are numbered otherwise; so is what people ruled. Why a value
/// is no evidence is left out, for that may name a list. Nothing of what is withheld is in what it
/// gives. Pure.
[[nodiscard]] ClusterGraph redacted_graph(const ClusterGraph& graph,
                                          const DisclosedNames& disclosed);

}  // namespace tidewaiter
