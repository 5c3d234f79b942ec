#include "daemon/report/html_writer.h"

#include "policies/model/markup_text.h"
#include "storage/verify/plain_text.h"

namespace tidewaiter {

std::string html_text(std::string_view text) {
  return markup_text(plain_text(text), MarkupQuotes::kBoth);
}

HtmlWriter& HtmlWriter::open(std::string_view tag, Attributes attributes) {
  out_ += '<';
  out_ += tag;
  for (const auto& [name, value] : attributes) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"" + html_text(value) + '"';
  }
  out_ += '>';
  open_.emplace_back(tag);
  return *this;
}

HtmlWriter& HtmlWriter::close() {
  out_ += "</" + open_.back() + ">\n";
  open_.pop_back();
  return *this;
}

HtmlWriter& HtmlWriter::text(std::string_view text) {
  out_ += html_text(text);
  return *this;
}

HtmlWriter& HtmlWriter::element(std::string_view tag, std::string_view text,
                                Attributes attributes) {
  return open(tag, attributes).text(text).close();
}

HtmlWriter& HtmlWriter::foreign(std::string_view text) {
  out_ += "<bdi dir=\"auto\">" + html_text(text) + "</bdi>";
  return *this;
}

HtmlWriter& HtmlWriter::markup(std::string_view markup) {
  out_ += markup;
  return *this;
}

std::string HtmlWriter::take() {
  while (!open_.empty()) close();
  return std::move(out_);
}

}  // namespace tidewaiter
