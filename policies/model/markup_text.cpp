#include "policies/model/markup_text.h"

namespace tidewaiter {

std::string markup_text(std::string_view text, MarkupQuotes quotes) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += quotes == MarkupQuotes::kBoth ? "&#39;" : "'";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace tidewaiter
