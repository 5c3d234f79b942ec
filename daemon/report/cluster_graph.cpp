#include "daemon/report/cluster_graph.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "daemon/report/html_writer.h"

namespace tidewaiter {
namespace {

// Whole numbers: a picture is the same on every machine. Strokes stand at the lines, too: what
// prints takes the plot for a picture, which the style of a page does not reach.
constexpr std::int64_t kGraphWide = 760;
constexpr std::int64_t kRowHigh = 22;
constexpr std::int64_t kAccountsX = 250;  // where lines begin and end
constexpr std::int64_t kValuesX = 480;
constexpr std::int64_t kBend = 90;
constexpr std::size_t kMostNameChars = 34;
constexpr int kSweeps = 8;

/// Types are told apart by dashes as well as by colours. Of more types the strokes begin again:
/// each value has its type written beside it.
struct Stroke {
  const char* color;
  const char* dashes;
};
constexpr std::array<Stroke, 8> kStrokes{{{"#0b5cad", "none"},
                                          {"#a3260d", "8 3"},
                                          {"#2a7a3b", "2 3"},
                                          {"#7a4fb5", "10 3 2 3"},
                                          {"#946200", "5 5"},
                                          {"#007a8a", "12 4"},
                                          {"#b0307a", "4 2 1 2"},
                                          {"#666666", "1 2"}}};

std::string graph_whole(std::int64_t value) { return std::to_string(value); }

/// A name that has room: cut within its UTF-8 at no character's middle.
std::string with_room(const std::string& text) {
  if (text.size() <= kMostNameChars) return text;
  std::size_t end = kMostNameChars - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

std::string label(std::int64_t x, std::int64_t y, const char* anchor, const char* style,
                  const std::string& shown, const std::string& whole) {
  return "<text class=\"" + std::string(style) + "\" x=\"" + graph_whole(x) + "\" y=\"" +
         graph_whole(y) + "\" text-anchor=\"" + anchor +
         "\" font-size=\"12\" font-family=\"Noto Sans, sans-serif\"><title>" + html_text(whole) +
         "</title>" + html_text(shown) + "</text>\n";
}

/// The rows of both sides, each in the middle of its neighbours' places: the barycenter heuristic
/// (K. Sugiyama, S. Tagawa, M. Toda, "Methods for Visual Understanding of Hierarchical System
/// Structures", IEEE Trans. SMC, 1981), a fixed number of sweeps.
struct RowOrder {
  std::vector<std::size_t> of_account;  ///< row by place
  std::vector<std::size_t> of_value;
};

void order_side(std::vector<std::size_t>& rows, const std::vector<std::size_t>& others,
                const std::vector<std::vector<std::size_t>>& neighbours) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Sums and counts, compared crosswise: no rounding decides.
  std::vector<std::size_t> sums(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const std::size_t other : neighbours[i]) sums[i] += others[other];
  }
  const auto before = [&](std::size_t a, std::size_t b) {
    const std::size_t left = sums[a] * std::max<std::size_t>(neighbours[b].size(), 1);
    const std::size_t right = sums[b] * std::max<std::size_t>(neighbours[a].size(), 1);
    return left != right ? left < right : rows[a] < rows[b];
  };
  std::ranges::sort(order, before);
  for (std::size_t i = 0; i < order.size(); ++i) rows[order[i]] = i;
}

RowOrder order_rows(const ClusterGraph& graph) {
  RowOrder order;
  order.of_account.resize(graph.accounts.size());
  order.of_value.resize(graph.values.size());
  std::iota(order.of_account.begin(), order.of_account.end(), std::size_t{0});
  std::iota(order.of_value.begin(), order.of_value.end(), std::size_t{0});
  std::vector<std::vector<std::size_t>> of_account(graph.accounts.size());
  std::vector<std::vector<std::size_t>> of_value(graph.values.size());
  for (const GraphEdge& edge : graph.edges) {
    of_account[edge.account].push_back(edge.value);
    of_value[edge.value].push_back(edge.account);
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    order_side(order.of_value, order.of_account, of_value);
    order_side(order.of_account, order.of_value, of_account);
  }
  return order;
}

/// The drawing of one graph.
class GraphDrawing {
 public:
  explicit GraphDrawing(const DrawnGraph& drawn)
      : drawn_(drawn), graph_(drawn.graph), order_(order_rows(graph_)) {
    for (const GraphValue& value : graph_.values) types_.emplace(value.type, 0);
    std::size_t next = 0;
    for (auto& [type, place] : types_) place = next++;
  }

  [[nodiscard]] std::int64_t high() const { return top() + rows() * kRowHigh + 8; }
  [[nodiscard]] std::string elements() const { return legend() + remarks() + lines() + names(); }

  [[nodiscard]] std::string description() const {
    std::string text = graph_.title + ": " + graph_whole(sum_of_accounts()) + " accounts and " +
                       graph_whole(sum_of_values()) + " values that they have in common.";
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      const GraphValue& value = graph_.values[i];
      std::int64_t holders = 0;
      for (const GraphEdge& edge : graph_.edges) holders += edge.value == i ? edge.holdings : 0;
      text += ' ' + value.type + ' ' + value.name + ": " + graph_whole(holders) +
              (holders == 1 ? " account" : " accounts") + (value.links ? "" : ", links nobody") +
              '.';
    }
    for (const std::string& remark : drawn_.aggregated) text += ' ' + remark + '.';
    return text;
  }

 private:
  [[nodiscard]] std::int64_t rows() const {
    return static_cast<std::int64_t>(std::max(graph_.accounts.size(), graph_.values.size()));
  }
  [[nodiscard]] std::int64_t top() const {
    return (legend_rows() + static_cast<std::int64_t>(drawn_.aggregated.size()) + 1) * 18 + 8;
  }
  [[nodiscard]] std::int64_t legend_rows() const {
    const bool all_link = std::ranges::all_of(graph_.values, &GraphValue::links);
    return static_cast<std::int64_t>(types_.size()) + (all_link ? 0 : 1);
  }
  [[nodiscard]] std::int64_t sum_of_accounts() const {
    std::int64_t sum = 0;
    for (const GraphAccount& account : graph_.accounts) sum += account.accounts;
    return sum;
  }
  [[nodiscard]] std::int64_t sum_of_values() const {
    std::int64_t sum = 0;
    for (const GraphValue& value : graph_.values) sum += value.values;
    return sum;
  }

  /// The shorter side is spread over the height of the longer one.
  [[nodiscard]] std::int64_t y_of(std::size_t row, std::size_t all) const {
    const auto twice = static_cast<std::int64_t>(2 * row + 1);
    return top() + rows() * kRowHigh * twice / static_cast<std::int64_t>(2 * all);
  }
  [[nodiscard]] std::int64_t account_y(std::size_t account) const {
    return y_of(order_.of_account[account], graph_.accounts.size());
  }
  [[nodiscard]] std::int64_t value_y(std::size_t value) const {
    return y_of(order_.of_value[value], graph_.values.size());
  }

  [[nodiscard]] const Stroke& stroke_of(const std::string& type) const {
    return kStrokes[types_.at(type) % kStrokes.size()];
  }
  [[nodiscard]] static std::string stroke_attributes(const Stroke& stroke, bool links) {
    return " stroke=\"" + std::string(stroke.color) + "\" stroke-dasharray=\"" +
           (links ? stroke.dashes : "1 6") + "\"";
  }

  [[nodiscard]] std::string legend() const {
    std::string out;
    std::int64_t y = 14;
    for (const auto& [type, place] : types_) {
      out += "<path fill=\"none\" stroke-width=\"2\"" + stroke_attributes(stroke_of(type), true) +
             " d=\"M0 " + graph_whole(y - 4) + "h40\"/>\n" +
             label(48, y, "start", "ink", type, type);
      y += 18;
    }
    if (legend_rows() == static_cast<std::int64_t>(types_.size())) return out;
    const std::string dotted = "dotted: in common, and no evidence";
    return out +
           "<path fill=\"none\" stroke-width=\"2\" stroke=\"#808080\" "
           "stroke-dasharray=\"1 6\" d=\"M0 " +
           graph_whole(y - 4) + "h40\"/>\n" + label(48, y, "start", "ink", dotted, dotted);
  }

  [[nodiscard]] std::string remarks() const {
    std::string out;
    std::int64_t y = legend_rows() * 18 + 14;
    for (const std::string& remark : drawn_.aggregated) {
      out += label(0, y, "start", "ink", remark, remark);
      y += 18;
    }
    return out;
  }

  [[nodiscard]] std::string lines() const {
    std::string out;
    for (const GraphEdge& edge : graph_.edges) {
      const GraphValue& value = graph_.values[edge.value];
      std::string words = graph_.accounts[edge.account].name + ": " + value.type + ' ' + value.name;
      if (edge.holdings > 1) words += ", " + graph_whole(edge.holdings) + " holdings";
      if (!edge.note.empty()) words += ", " + edge.note;
      const std::int64_t from = account_y(edge.account);
      const std::int64_t to = value_y(edge.value);
      out += "<path fill=\"none\" stroke-width=\"" +
             std::string(edge.holdings > 1 ? "2.5" : "1.2") + "\"" +
             stroke_attributes(stroke_of(value.type), value.links) + " d=\"M" +
             graph_whole(kAccountsX) + ' ' + graph_whole(from) + 'C' +
             graph_whole(kAccountsX + kBend) + ' ' + graph_whole(from) + ' ' +
             graph_whole(kValuesX - kBend) + ' ' + graph_whole(to) + ' ' + graph_whole(kValuesX) +
             ' ' + graph_whole(to) + "\"><title>" + html_text(words) + "</title></path>\n";
    }
    return out;
  }

  [[nodiscard]] std::string names() const {
    std::string out;
    for (std::size_t i = 0; i < graph_.accounts.size(); ++i) {
      const std::string& name = graph_.accounts[i].name;
      out += "<circle fill=\"#808080\" cx=\"" + graph_whole(kAccountsX) + "\" cy=\"" +
             graph_whole(account_y(i)) + "\" r=\"" + (graph_.accounts[i].accounts > 1 ? "5" : "3") +
             "\"/>\n" +
             label(kAccountsX - 8, account_y(i) + 4, "end", "ink", with_room(name), name);
    }
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      const GraphValue& value = graph_.values[i];
      const std::string whole =
          value.type + ' ' + value.name + (value.note.empty() ? "" : ", " + value.note);
      out += "<rect fill=\"" + std::string(stroke_of(value.type).color) + "\" x=\"" +
             graph_whole(kValuesX - 3) + "\" y=\"" + graph_whole(value_y(i) - 3) +
             "\" width=\"6\" height=\"6\"/>\n" +
             label(kValuesX + 8, value_y(i) + 4, "start", "ink", with_room(whole), whole);
    }
    return out;
  }

  const DrawnGraph& drawn_;
  const ClusterGraph& graph_;
  RowOrder order_;
  std::map<std::string, std::size_t> types_;  ///< place by name
};

std::string graph_svg(const DrawnGraph& drawn, const std::string& id, const std::string& root,
                      const std::string& style) {
  const GraphDrawing drawing(drawn);
  return "<svg " + root + "role=\"img\" viewBox=\"-4 0 " + graph_whole(kGraphWide + 8) + ' ' +
         graph_whole(drawing.high()) + "\" aria-labelledby=\"" + id + "t " + id +
         "d\">\n<title id=\"" + id + "t\">" + html_text(drawn.graph.title) +
         "</title>\n<desc id=\"" + id + "d\">" + html_text(drawing.description()) + "</desc>\n" +
         style + drawing.elements() + "</svg>\n";
}

constexpr const char* kFileStyle =
    "<style>\n"
    "svg{color-scheme:light dark;background:#fff}.ink{fill:#111}\n"
    "@media (prefers-color-scheme:dark){svg{background:#14171a}.ink{fill:#f2f2f2}"
    "path,circle,rect{filter:brightness(1.7)}}\n"
    "</style>\n";

}  // namespace

std::string cluster_graph_plot(const DrawnGraph& drawn, const std::string& id) {
  return graph_svg(drawn, id, "", "");
}

std::string cluster_graph_file(const DrawnGraph& drawn) {
  return graph_svg(drawn, "g", "xmlns=\"http://www.w3.org/2000/svg\" ", kFileStyle);
}

}  // namespace tidewaiter
