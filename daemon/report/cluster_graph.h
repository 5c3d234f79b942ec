#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tidewaiter {

// A cluster as a picture: accounts at the left, what they have in common at the right, a line for
// each account that holds a value, in the stroke of its type. Plain values; names are as whoever
// made the graph lets them be seen. Pure.

/// An account, or several that are drawn as one.
struct GraphAccount {
  std::string name;
  std::int64_t accounts = 1;
};

/// A value that accounts have in common, or several that are drawn as one.
struct GraphValue {
  std::string type;  ///< the field; what a person joined has one of its own
  std::string name;
  std::string note;   ///< "weight 4.5", "a hub: 300 hold it"; may be empty
  bool links = true;  ///< false: it is no evidence, and its lines are dotted
  std::int64_t values = 1;
};

struct GraphEdge {
  std::size_t account = 0;  ///< place in ClusterGraph::accounts
  std::size_t value = 0;
  std::string note = {};  ///< "since 2026-03-01"; may be empty
  /// How many it stands for: accounts that hold the value, of an account that is drawn for several.
  std::int64_t holdings = 1;
};

struct ClusterGraph {
  std::string title;
  std::vector<GraphAccount> accounts;
  std::vector<GraphValue> values;
  std::vector<GraphEdge> edges;
};

/// What is drawn of a graph, and what is drawn together, in words for people.
struct DrawnGraph {
  ClusterGraph graph;
  std::vector<std::string> aggregated;  ///< empty: all is drawn by itself
};

/// Rows that a picture has room for: with more, names cannot be read on a sheet of paper.
inline constexpr std::size_t kMostGraphRows = 40;

/// Draws accounts that hold the very same values as one, if there are more accounts than `most`;
/// if there are still more, those groups alone that have most accounts, and the rest as one. Of
/// more values than `most` those that most accounts hold, and of each type the rest as one. `most`
/// is at least 2 and more than twice the types.
[[nodiscard]] DrawnGraph fit_graph(const ClusterGraph& graph, std::size_t most = kMostGraphRows);

/// Rows ordered so that lines cross seldom. For a page: the SVG element, its ids beginning with
/// `id` (letters and digits). It has a title and a description; each row and line says what it is.
[[nodiscard]] std::string cluster_graph_plot(const DrawnGraph& drawn, const std::string& id);

/// The same as a file that stands alone, dark where the reader's system is.
[[nodiscard]] std::string cluster_graph_file(const DrawnGraph& drawn);

}  // namespace tidewaiter
