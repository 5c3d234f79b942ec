#include "daemon/report/models_plot.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "daemon/report/csv_text.h"
#include "daemon/report/html_table.h"

namespace tidewaiter {
namespace {

// Whole numbers, as in plots.cpp.
constexpr std::int64_t kModelsWide = 760;
constexpr std::int64_t kModelsRight = 560;  // the share stands behind a bar
constexpr std::int64_t kModelRow = 58;
constexpr const char* kModelsTitle = "Share of models before and after a release";

std::string digits(std::int64_t value) { return std::to_string(value); }

std::string words_at(std::int64_t x, std::int64_t y, const std::string& text) {
  return "<text x=\"" + digits(x) + "\" y=\"" + digits(y) +
         "\" text-anchor=\"start\" font-size=\"12\" font-family=\"Noto Sans, sans-serif\">" +
         html_text(text) + "</text>\n";
}

/// A bar with its share in words: who sees no colour reads which of the two it is.
std::string share_bar(std::int64_t top, std::int64_t part, std::int64_t all, bool after) {
  const std::string told =
      std::string(after ? "after: " : "before: ") + share_of_requests(part, all);
  std::int64_t wide = 0;
  if (part > 0 && all > 0) {
    const auto scaled = static_cast<std::int64_t>(static_cast<double>(part) /
                                                  static_cast<double>(all) * kModelsRight);
    wide = std::clamp<std::int64_t>(scaled, 1, kModelsRight);
  }
  std::string out;
  if (wide > 0) {
    out = std::string("<rect ") + (after ? "class=\"bar\" fill=\"#0b5cad\"" : "fill=\"#808080\"") +
          " x=\"0\" y=\"" + digits(top) + "\" width=\"" + digits(wide) +
          "\" height=\"12\"><title>" + html_text(told) + "</title></rect>\n";
  }
  return out + words_at(wide + 6, top + 11, told);
}

std::string span_words(const Interval& span) {
  return format_time(span.from) + " to " + format_time(span.to);
}

std::string description_of(const ReportedModels& models) {
  std::string out = release_words(models) + " Before: " + span_words(span_before(models)) + ", " +
                    digits(models.before) + " requests. After: " + span_words(span_after(models)) +
                    ", " + digits(models.after) + " requests.";
  for (const ReportedModelShare& one : models.shares) {
    out += ' ' + one.model + ": " + share_of_requests(one.before, models.before) + ", then " +
           share_of_requests(one.after, models.after) + ';';
  }
  return out;
}

}  // namespace

std::string models_plot(const ReportedModels& models, const std::string& id) {
  const auto rows = static_cast<std::int64_t>(models.shares.size());
  std::string out = "<svg role=\"img\" viewBox=\"0 0 " + digits(kModelsWide) + ' ' +
                    digits(rows * kModelRow + 4) + "\" aria-labelledby=\"" + id + "t " + id +
                    "d\">\n<title id=\"" + id + "t\">" + kModelsTitle + "</title>\n<desc id=\"" +
                    id + "d\">" + html_text(description_of(models)) + "</desc>\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    const ReportedModelShare& one = models.shares[static_cast<std::size_t>(i)];
    const std::int64_t top = i * kModelRow;
    out += words_at(0, top + 14, one.model);
    out += share_bar(top + 20, one.before, models.before, false);
    out += share_bar(top + 36, one.after, models.after, true);
  }
  return out + "</svg>\n";
}

void write_models(HtmlWriter& page, const std::optional<ReportedModels>& models) {
  if (!models) return;
  page.open("figure").element("figcaption", kModelsTitle);
  page.markup(models_plot(*models, "models")).close();
  page.open("p").foreign(release_words(*models)).close();
  HtmlTable table(page,
                  "Requests of the accounts, " + span_words(span_before(*models)) + " and " +
                      span_words(span_after(*models)),
                  {{"Model", true}, {"Before"}, {"Share"}, {"After"}, {"Share"}});
  for (const ReportedModelShare& one : models->shares) {
    table.row({one.model, digits(one.before), share_of_requests(one.before, models->before),
               digits(one.after), share_of_requests(one.after, models->after)});
  }
  table.end();
}

nlohmann::ordered_json models_json(const std::optional<ReportedModels>& models) {
  if (!models) return nullptr;
  nlohmann::ordered_json json = {{"model", models->model},
                                 {"release", format_time(models->release)},
                                 {"by", models->calendar ? "calendar" : "first-use"},
                                 {"span", format_duration(models->span)},
                                 {"before", models->before},
                                 {"after", models->after},
                                 {"complete", models->complete}};
  json["shares"] = nlohmann::ordered_json::array();
  for (const ReportedModelShare& one : models->shares) {
    json["shares"].push_back({{"model", one.model}, {"before", one.before}, {"after", one.after}});
  }
  return json;
}

std::string models_csv(const ReportedModels& models) {
  std::string out = csv_row({"model", "from", "release", "to", "requests_before", "share_before",
                             "requests_after", "share_after"});
  for (const ReportedModelShare& one : models.shares) {
    out += csv_row({one.model, format_time(span_before(models).from), format_time(models.release),
                    format_time(span_after(models).to), digits(one.before),
                    share_of_requests(one.before, models.before), digits(one.after),
                    share_of_requests(one.after, models.after)});
  }
  return out;
}

}  // namespace tidewaiter
