#include "policies/lists/name_pairs.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "policies/lists/column_meaning.h"
#include "policies/lists/delimited_rows.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

std::string header_word(std::string_view cell) {
  std::string word = ascii_lower(trimmed(cell));
  std::ranges::replace(word, ' ', '_');
  std::ranges::replace(word, '-', '_');
  return word;
}

std::size_t column_of(std::span<const std::string> header,
                      std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (header_word(header[i]) == name) return i;
    }
  }
  return kNowhere;
}

std::size_t kind_column(std::span<const std::string> header) {
  return column_of(header, {"kind", "schema", "type", "sdn_type", "entity_type"});
}

std::string cell_at(std::span<const std::string> cells, std::size_t at) {
  return at < cells.size() ? as_utf8(trimmed(cells[at])) : std::string();
}

/// OFAC's empty type is that of organisations.
std::optional<PartyKind> kind_in(const std::string& cell) {
  return cell == "-0-" ? std::optional(PartyKind::kOrganisation) : kind_from(cell);
}

bool is_comment(std::span<const std::string> cells) { return cells.front().starts_with('#'); }

/// What stands between cells, by the first row that is no comment.
char delimiter_below_comments(std::string_view text) {
  while (text.starts_with('#')) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return delimiter_of(text);
}

struct PairColumns {
  std::size_t a = kNowhere;
  std::size_t b = kNowhere;
  std::size_t kind = kNowhere;
};

std::optional<PairColumns> pair_columns(std::span<const std::string> header) {
  constexpr std::array<std::array<std::string_view, 2>, 7> kPairs{{{"name1", "name2"},
                                                                   {"name_1", "name_2"},
                                                                   {"name_a", "name_b"},
                                                                   {"primary_name", "alias"},
                                                                   {"query", "expected_match"},
                                                                   {"name", "alias"},
                                                                   {"a", "b"}}};
  for (const auto& pair : kPairs) {
    const PairColumns columns{column_of(header, {pair[0]}), column_of(header, {pair[1]}),
                              kind_column(header)};
    if (columns.a != kNowhere && columns.b != kNowhere) return columns;
  }
  return std::nullopt;
}

}  // namespace

NameTable<NamePair> parse_name_pairs(std::string_view text) {
  NameTable<NamePair> table;
  std::optional<PairColumns> columns;
  const auto read = [&](std::size_t line, std::span<const std::string> cells) {
    if (is_comment(cells)) return;
    if (!columns) {
      columns = pair_columns(cells);
      if (columns) return;
      table.has_header = false;
      columns = PairColumns{0, 1, kNowhere};
    }
    NamePair pair{line, cell_at(cells, columns->a), cell_at(cells, columns->b),
                  kind_in(cell_at(cells, columns->kind))};
    if (pair.a.empty() || pair.b.empty()) {
      table.faults.push_back({line, "a name is missing: expected two"});
    } else {
      table.rows.push_back(std::move(pair));
    }
  };
  for_each_row(text, delimiter_below_comments(text), read,
               [&table](ListFault fault) { table.faults.push_back(std::move(fault)); });
  return table;
}

NameTable<WantedName> parse_wanted_names(std::string_view text) {
  NameTable<WantedName> table;
  struct Columns {
    std::size_t name = 0;
    std::size_t kind = kNowhere;
    std::size_t id = kNowhere;
  };
  std::optional<Columns> columns;
  const auto read = [&](std::size_t line, std::span<const std::string> cells) {
    if (is_comment(cells)) return;
    if (!columns) {
      const std::size_t name = column_of(
          cells, {"name", "full_name", "legal_name", "customer", "primary_name", "query"});
      columns = name == kNowhere
                    ? Columns{}
                    : Columns{name, kind_column(cells), column_of(cells, {"id", "account"})};
      table.has_header = name != kNowhere;
      if (table.has_header) return;
    }
    WantedName wanted{line, cell_at(cells, columns->name), kind_in(cell_at(cells, columns->kind)),
                      cell_at(cells, columns->id)};
    if (wanted.name.empty()) {
      table.faults.push_back({line, "the name is missing"});
    } else {
      table.rows.push_back(std::move(wanted));
    }
  };
  for_each_row(text, delimiter_below_comments(text), read,
               [&table](ListFault fault) { table.faults.push_back(std::move(fault)); });
  return table;
}

}  // namespace tidewaiter
