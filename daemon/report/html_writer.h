#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidewaiter {

/// Text for HTML and for SVG within it, in an element or an attribute: `& < > " '` escaped, control
/// characters, marks that turn the direction of writing and bytes that are not UTF-8 as
/// plain_text() shows them. What it gives holds no markup, whatever `text` is.
[[nodiscard]] std::string html_text(std::string_view text);

/// Writes HTML so that what comes from outside gets in as text alone: tags and their attributes'
/// names are literals of the program, everything else is escaped. Elements are closed in the order
/// in which they were opened. A value of its own; one thread at a time.
class HtmlWriter {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// `tag` and the attributes' names are literals; their values are escaped.
  HtmlWriter& open(std::string_view tag, Attributes attributes = {});
  HtmlWriter& close();
  HtmlWriter& text(std::string_view text);
  /// An element with nothing but text in it.
  HtmlWriter& element(std::string_view tag, std::string_view text, Attributes attributes = {});
  /// Text from outside, in whatever script it is: set apart, its direction its own.
  HtmlWriter& foreign(std::string_view text);
  /// Markup that another function of this room made: a plot, a style.
  HtmlWriter& markup(std::string_view markup);

  /// Closes what is open, and gives all.
  [[nodiscard]] std::string take();

 private:
  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace tidewaiter
