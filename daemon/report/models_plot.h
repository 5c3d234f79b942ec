#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/html_writer.h"
#include "daemon/report/model_shares.h"

namespace tidewaiter {

/// Two bars a model, its share before and after the release: SVG with title, description and a
/// text at each bar. `id` is unique on its page. Same arguments, same picture.
[[nodiscard]] std::string models_plot(const ReportedModels& models, const std::string& id);

/// The picture with its caption, where the day comes from, and its figures as a table.
void write_models(HtmlWriter& page, const std::optional<ReportedModels>& models);

/// Shape: docs/schema/report.schema.json, `models`.
[[nodiscard]] nlohmann::ordered_json models_json(const std::optional<ReportedModels>& models);

/// A row a model.
[[nodiscard]] std::string models_csv(const ReportedModels& models);

}  // namespace tidewaiter
