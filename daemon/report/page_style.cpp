#include "daemon/report/page_style.h"

#include <string>

namespace tidewaiter {
namespace {

constexpr std::string_view kPageStyle =
    "\n"
    ":root{color-scheme:light dark;--ink:#111;--faint:#444;--line:#767676;--page:#fff;"
    "--bar:#0b5cad;--mark:#a3260d}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#f2f2f2;--faint:#c2c6ca;--line:#8a8f94;"
    "--page:#14171a;--bar:#6db3f2;--mark:#ff9a80}}\n"
    "body{font:1rem/1.5 system-ui,'Noto Sans','Noto Sans Arabic','Noto Sans CJK SC',sans-serif;"
    "color:var(--ink);background:var(--page);max-width:60rem;margin:0 auto;padding:1rem}\n"
    "h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2rem;"
    "border-bottom:1px solid var(--line)}h3{font-size:1rem}\n"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}\n"
    "th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:start;"
    "vertical-align:top;overflow-wrap:anywhere}\n"
    "caption{text-align:start;color:var(--faint)}dt{font-weight:600}dd{margin:0 0 .5rem 1rem;"
    "overflow-wrap:anywhere}\n"
    ".handling{font-weight:700;border:2px solid currentColor;padding:.1rem .5rem;"
    "display:inline-block}\n"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);"
    "padding:.5rem}\n"
    "svg{width:100%;height:auto;margin:.5rem 0}svg text{fill:var(--ink);font-size:12px}\n"
    ".bar{fill:var(--bar)}.axis{stroke:var(--line);fill:none}.mark path{stroke:var(--mark)}"
    ".mark .tip{fill:var(--mark)}\n"
    "@media print{@page{margin:18mm}:root{--ink:#000;--faint:#333;--line:#666;--page:#fff;"
    "--bar:#0b5cad;--mark:#a3260d}body{max-width:none;padding:0;font-size:10pt}"
    "h2,h3{break-after:avoid}tr,svg,dt{break-inside:avoid}thead{display:table-header-group}}\n";

}  // namespace

void begin_page(HtmlWriter& page, std::string_view heading) {
  page.markup("<!DOCTYPE html>\n").open("html", {{"lang", "en"}, {"dir", "ltr"}});
  page.open("head");
  page.markup(
      "<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n");
  page.element("title", heading);
  page.open("style").markup(kPageStyle).close();
  page.close();
  page.open("body").open("main");
  page.element("h1", heading);
}

}  // namespace tidewaiter
