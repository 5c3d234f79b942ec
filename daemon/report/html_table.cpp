#include "daemon/report/html_table.h"

#include <utility>

namespace tidewaiter {

HtmlTable::HtmlTable(HtmlWriter& page, std::string_view caption, std::vector<HtmlColumn> columns)
    : page_(page), columns_(std::move(columns)) {
  page_.open("table").element("caption", caption).open("thead").open("tr");
  for (const HtmlColumn& column : columns_) page_.element("th", column.name, {{"scope", "col"}});
  page_.close().close().open("tbody");
}

void HtmlTable::row(const std::vector<std::string>& cells) {
  page_.open("tr");
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (columns_[i].free) {
      page_.open("td", {{"class", "free"}});
    } else {
      page_.open("td");
    }
    page_.foreign(cells[i]).close();
  }
  page_.close();
}

void HtmlTable::end() { page_.close().close(); }

void heading(HtmlWriter& page, std::string_view text) { page.element("h2", text); }

void item(HtmlWriter& page, std::string_view name, std::string_view value) {
  page.element("dt", name).open("dd").foreign(value).close();
}

}  // namespace tidewaiter
