#include <algorithm>
#include <string_view>

#include "policies/authoring/documentation.h"
#include "policies/model/markup_text.h"

namespace tidewaiter {
namespace {

/// Punctuation that CommonMark lets a backslash make plain, and that can begin anything there.
std::string for_markdown(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*_{}[]<>()#+-.!|~&\"':=";
  std::string out;
  for (const char c : text) {
    const bool is_break = c == '\n' || c == '\r' || c == '\t';
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += is_break ? ' ' : c;
  }
  return out.substr(0, out.find_last_not_of(' ') + 1);
}

std::string for_html(std::string_view text) { return markup_text(text, MarkupQuotes::kBoth); }

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Policies</title>
<style>
body { font: 1rem/1.5 sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid #888; margin-top: 3rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .2rem 1rem; }
dt { font-weight: bold; } dd { margin: 0; overflow-wrap: anywhere; }
h1, h2, h3, p, li { overflow-wrap: anywhere; }
@media print { article { break-before: page; border: 0; } }
</style>
</head>
<body>
)html";

void write_part(std::string& out, const PagePart& part) {
  out += "<h3>" + for_html(part.heading) + "</h3>\n";
  if (!part.prose.empty()) out += "<p>" + for_html(part.prose) + "</p>\n";
  if (!part.items.empty()) {
    out += "<ul>\n";
    for (const std::string& item : part.items) out += "<li>" + for_html(item) + "</li>\n";
    out += "</ul>\n";
  }
  if (part.facts.empty()) return;
  out += "<dl>\n";
  for (const auto& [name, value] : part.facts) {
    out += "<dt>" + for_html(name) + "</dt><dd>" + for_html(value) + "</dd>\n";
  }
  out += "</dl>\n";
}

}  // namespace

std::string to_markdown(const PolicyPage& page) {
  std::string out = "# " + for_markdown(page.title) + "\n";
  for (const PagePart& part : page.parts) {
    out += "\n## " + for_markdown(part.heading) + "\n";
    if (!part.prose.empty()) out += "\n" + for_markdown(part.prose) + "\n";
    if (!part.items.empty()) out += "\n";
    for (const std::string& item : part.items) out += "- " + for_markdown(item) + "\n";
    if (part.facts.empty()) continue;
    out += "\n| | |\n|---|---|\n";
    for (const auto& [name, value] : part.facts) {
      out += "| " + for_markdown(name) + " | " + for_markdown(value) + " |\n";
    }
  }
  return out;
}

std::string to_html(std::span<const PolicyPage> pages) {
  std::string out(kHead);
  out += "<h1>Policies</h1>\n<nav><ul>\n";
  for (const PolicyPage& page : pages) {
    out += "<li><a href=\"#" + for_html(page.id) + "\">" + for_html(page.title) + "</a> (" +
           for_html(page.id) + ")</li>\n";
  }
  out += "</ul></nav>\n";
  for (const PolicyPage& page : pages) {
    out += "<article id=\"" + for_html(page.id) + "\">\n<h2>" + for_html(page.title) + "</h2>\n";
    for (const PagePart& part : page.parts) write_part(out, part);
    out += "</article>\n";
  }
  return out + "</body>\n</html>\n";
}

}  // namespace tidewaiter
