#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/report/html_writer.h"

namespace tidewaiter {

/// `free`: its texts come from outside or have words of any length; where one is too long for a
/// column, it may be broken anywhere.
/// `parted`: it has ids such as "access.unsupported-country", whose long words print breaks behind
/// a dot, slash, dash or underscore, as far as their parts are short.
struct HtmlColumn {
  std::string_view name;
  bool free = false;
  bool parted = false;
};

/// A table: a caption, columns with their scope, rows with a cell a column. Cells are texts from
/// outside.
class HtmlTable {
 public:
  /// `page` outlives it; nothing else is written to it before end().
  HtmlTable(HtmlWriter& page, std::string_view caption, std::vector<HtmlColumn> columns);

  void row(const std::vector<std::string>& cells);
  void end();

 private:
  void write_cell(const HtmlColumn& column, std::string_view text);
  void write_part(std::string_view part, bool ends_word);

  HtmlWriter& page_;
  std::vector<HtmlColumn> columns_;
};

/// A heading of a part of the page.
void heading(HtmlWriter& page, std::string_view text);
/// A term with its description, which comes from outside.
void item(HtmlWriter& page, std::string_view name, std::string_view value);

}  // namespace tidewaiter
