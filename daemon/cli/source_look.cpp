#include "daemon/cli/source_look.h"

#include <algorithm>
#include <filesystem>

#include "storage/files/durable_file.h"
#include "storage/records/record_log.h"

namespace tidewaiter {
namespace {

Result<std::vector<SourceState>> pulled(const Config& config) {
  const std::filesystem::path path = state_paths(config).records;
  const Result<bool> there = is_there(path);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return std::vector<SourceState>{};
  const auto records = RecordLog::open(path, RecordLog::Mode::kReadOnly);
  if (!records) return tl::unexpected(records.error());
  return (*records)->sources();
}

}  // namespace

Result<std::vector<SourceToLookAt>> sources_to_look_at(const Config& config,
                                                       const std::vector<std::string>& names) {
  std::vector<SourceToLookAt> sources;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(config.sources, name, &SourceConfig::name);
    if (found == config.sources.end()) {
      return fail(ErrorCode::kNotFound,
                  "no source `" + name + "` is configured: `tidewaiter source list` shows them");
    }
    sources.push_back({&*found, {}});
  }
  if (names.empty()) {
    for (const SourceConfig& source : config.sources) sources.push_back({&source, {}});
  }
  const Result<std::vector<SourceState>> states = pulled(config);
  if (!states) return tl::unexpected(states.error());
  for (SourceToLookAt& source : sources) {
    const auto state = std::ranges::find(*states, source.config->name, &SourceState::source);
    if (state != states->end()) source.cursor = state->cursor;
  }
  return sources;
}

Result<std::unique_ptr<Connector>> connector_to_look_with(const SourceConfig& config,
                                                          const Invocation& run) {
  SourceServices services;
  services.variables = run.environment.variables;
  services.now = run.now;
  return make_connector(config, services);
}

}  // namespace tidewaiter
