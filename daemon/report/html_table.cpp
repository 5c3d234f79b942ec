#include "daemon/report/html_table.h"

#include <algorithm>
#include <utility>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// What fits a column whole.
constexpr std::size_t kMostUnbroken = 14;

/// The words with the blanks behind them; where it is `parted`, those that do not fit in parts,
/// each up to and with a sign.
std::vector<std::string_view> parts_of(std::string_view text, bool parted) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    std::size_t end = std::min(blank + 1, text.size());
    if (parted && blank > kMostUnbroken) {
      const std::size_t sign = text.find_first_of("./-_");
      if (sign < blank) end = sign + 1;
    }
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return parts;
}

/// Whether it is a whole word, or the last part of one.
bool ends_a_word(std::string_view part, std::string_view text) {
  return part.ends_with(' ') || part.data() + part.size() == text.data() + text.size();
}

/// How long it is without the blank behind it.
std::size_t letters(std::string_view part) { return part.size() - (part.ends_with(' ') ? 1 : 0); }

}  // namespace

HtmlTable::HtmlTable(HtmlWriter& page, std::string_view caption, std::vector<HtmlColumn> columns)
    : page_(page), columns_(std::move(columns)) {
  page_.open("table").element("caption", caption).open("thead").open("tr");
  for (const HtmlColumn& column : columns_) page_.element("th", column.name, {{"scope", "col"}});
  page_.close().close().open("tbody");
}

void HtmlTable::row(const std::vector<std::string>& cells) {
  page_.open("tr");
  for (std::size_t i = 0; i < cells.size(); ++i) write_cell(columns_[i], cells[i]);
  page_.close();
}

void HtmlTable::write_cell(const HtmlColumn& column, std::string_view text) {
  // Parts stand as blocks in a line, which writing from right to left would put in another order.
  const bool parted = column.parted && is_ascii(text);
  const std::vector<std::string_view> parts = parts_of(text, parted);
  const bool has_long = std::ranges::any_of(
      parts, [](std::string_view part) { return letters(part) > kMostUnbroken; });
  if (column.free && has_long) {
    page_.open("td", {{"class", "free"}});
  } else {
    page_.open("td");
  }
  if (parted) {
    for (const std::string_view part : parts) write_part(part, ends_a_word(part, text));
  } else {
    page_.foreign(text);
  }
  page_.close();
}

/// Behind a block a line may end, which is what it is one for.
void HtmlTable::write_part(std::string_view part, bool ends_word) {
  if (ends_word || part.size() > kMostUnbroken) {
    page_.text(part);
  } else {
    page_.markup("<span class=\"part\">").text(part).markup("</span>");
  }
}

void HtmlTable::end() { page_.close().close(); }

void heading(HtmlWriter& page, std::string_view text) { page.element("h2", text); }

void item(HtmlWriter& page, std::string_view name, std::string_view value) {
  page.element("dt", name).open("dd").foreign(value).close();
}

}  // namespace tidewaiter
