#include "daemon/report/site_html.h"

namespace tidewaiter {

void write_pieces(HtmlWriter& page, const SiteParagraph& paragraph) {
  for (const SitePiece& piece : paragraph) {
    if (piece.value) {
      page.foreign(piece.text);
    } else {
      page.text(piece.text);
    }
  }
}

void write_site_part(HtmlWriter& page, const Report& report, const char* part) {
  const auto words = report.words.find(part);
  if (words == report.words.end()) return;
  for (const SiteParagraph& paragraph : words->second) {
    page.open("p");
    write_pieces(page, paragraph);
    page.close();
  }
}

}  // namespace tidewaiter
