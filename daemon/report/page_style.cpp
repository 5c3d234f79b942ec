#include "daemon/report/page_style.h"

#include <string>

namespace tidewaiter {
namespace {

// WeasyPrint, which prints the page, knows var() in single properties alone: what is short for
// several has its colours as they are. Grey that stands out from black and from white is #808080.
constexpr std::string_view kPageStyle =
    "\n"
    ":root{color-scheme:light dark;--ink:#111;--faint:#444;--page:#fff;"
    "--bar:#0b5cad;--mark:#a3260d;--peers:#8a5a00}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#f2f2f2;--faint:#c2c6ca;"
    "--page:#14171a;--bar:#6db3f2;--mark:#ff9a80;--peers:#f0b45a}}\n"
    "body{font:1rem/1.5 system-ui,'Noto Sans','Noto Sans Arabic','Noto Sans CJK SC',sans-serif;"
    "color:var(--ink);background-color:var(--page);max-width:60rem;margin:0 auto;padding:1rem}\n"
    "h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2rem;"
    "border-bottom:1px solid #808080}h3{font-size:1rem}\n"
    "table{border-collapse:collapse;width:100%;font-size:.9rem;margin-bottom:1.5rem}\n"
    "th,td{border:1px solid #808080;padding:.25rem .5rem;text-align:start;"
    "vertical-align:top;overflow-wrap:anywhere}\n"
    "caption{text-align:start;color:var(--faint)}dt{font-weight:600}dd{margin:0 0 .5rem 1rem;"
    "overflow-wrap:anywhere}\n"
    ".handling{font-weight:700;border:2px solid currentColor;padding:.1rem .5rem;"
    "display:inline-block}\n"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #808080;"
    "padding:.5rem}\n"
    "figure{margin:1rem 0}svg{width:100%;height:auto;margin:.5rem 0}"
    "svg text{fill:var(--ink);font-size:12px}\n"
    ".bar{fill:var(--bar)}.axis{stroke:#808080;fill:none}.mark path{stroke:var(--mark)}"
    ".mark .tip{fill:var(--mark)}.usual{stroke:var(--ink)}.peers{stroke:var(--peers)}\n";

/// In print a cell is broken within a word only where its column is free and a word is long
/// (html_table.cpp), and every sheet says how it is to be handled.
constexpr std::string_view kPrintStyle =
    "@media print{@page{size:A4;margin:18mm 15mm;"
    "@top-right{content:string(handling);font:700 9pt 'Noto Sans',sans-serif}"
    "@bottom-left{content:string(handling);font:700 9pt 'Noto Sans',sans-serif}"
    "@bottom-right{content:counter(page) ' of ' counter(pages);"
    "font:9pt 'Noto Sans',sans-serif}}\n"
    ".handling{string-set:handling content()}"
    ":root{--ink:#000;--faint:#333;--page:#fff;--bar:#0b5cad;--mark:#a3260d;--peers:#8a5a00}"
    "body{max-width:none;padding:0;font-size:10pt}table{font-size:8pt}"
    "th,td{padding:.15rem .3rem;overflow-wrap:normal}th{white-space:nowrap}"
    "td.free{overflow-wrap:anywhere}.part{display:inline-block}"
    "h2,h3,caption,figcaption{break-after:avoid}tr,figure,svg,dt{break-inside:avoid}"
    "dt{break-after:avoid}thead{display:table-header-group}}\n";

}  // namespace

void begin_page(HtmlWriter& page, std::string_view title) {
  page.markup("<!DOCTYPE html>\n").open("html", {{"lang", "en"}, {"dir", "ltr"}});
  page.open("head");
  page.markup(
      "<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n");
  page.element("title", title);
  page.open("style").markup(kPageStyle).markup(kPrintStyle).close();
  page.close();
  page.open("body").open("main");
}

}  // namespace tidewaiter
