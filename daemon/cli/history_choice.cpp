#include "daemon/cli/history_choice.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <sys/stat.h>

#include "daemon/app/enriched_connector.h"
#include "daemon/cli/reader.h"
#include "daemon/cli/stores.h"
#include "daemon/sources/file_listing.h"
#include "daemon/sources/native_kind.h"
#include "policies/model/did_you_mean.h"
#include "storage/files/durable_file.h"
#include "storage/files/path_pattern.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNativeSource = "file";

/// Whether whoever reads may see what the configured state holds.
Result<void> may_see_state(const Invocation& run, const Config& config) {
  Stores reading;
  reading.config = config;
  reading.paths = state_paths(config);
  return may_see_all(run, reading);
}

bool is_native(const fs::path& path) {
  fs::path name = path.filename();
  if (name.extension() == ".gz" || name.extension() == ".zst") name = name.stem();
  const fs::path extension = name.extension();
  return extension == ".jsonl" || extension == ".ndjson" || extension == ".json";
}

/// The kind of native records: as asked, else what the file's first record says, else what all
/// policies read, else usage.
Result<RecordKind> record_kind(const HistoryOptions& options, const PolicySet& policies,
                               const SourceConfig& source) {
  if (const auto asked = find_kind(options.record)) return *asked;
  const Result<std::optional<RecordKind>> said = native_kind(source);
  if (!said) return tl::unexpected(said.error());
  if (*said) return **said;
  std::set<RecordKind> kinds;
  for (const Policy& policy : policies.policies) {
    if (policy.reads != RecordKind::kFinding) kinds.insert(policy.reads);  // no source gives these
  }
  return kinds.size() == 1 ? *kinds.begin() : RecordKind::kUsage;
}

const SourceConfig* find_source(const Config& config, std::string_view name) {
  const auto found = std::ranges::find(config.sources, name, &SourceConfig::name);
  return found == config.sources.end() ? nullptr : &*found;
}

/// The configured source that reads this file.
const SourceConfig* reader_of(const Config& config, const fs::path& file) {
  for (const SourceConfig& source : config.sources) {
    if (source.contract || source.push) continue;
    const auto listed = list_files(source);
    if (!listed) continue;
    const bool reads = std::ranges::any_of(*listed, [&](const ListedFile& one) {
      std::error_code failure;
      return fs::equivalent(one.path, file, failure) && !failure;
    });
    if (reads) return &source;
  }
  return nullptr;
}

tl::unexpected<Error> not_there(const Config& config, const std::string& word) {
  std::vector<std::string_view> names;
  for (const SourceConfig& source : config.sources) names.emplace_back(source.name);
  const auto near = did_you_mean(word, names);
  return fail(ErrorCode::kNotFound,
              "there is no file and no configured source `" + word + "`" +
                  (near ? "; did you mean `" + *near + "`?"
                        : ": `tidewaiter source list` shows the configured sources"));
}

/// A history is read from files: who asks a server does that once, and keeps what came.
tl::unexpected<Error> no_files(const SourceConfig& source) {
  return fail(ErrorCode::kInvalidInput,
              source.push
                  ? "the source `" + source.name +
                        "` is handed its records: what is stored of them is read without --over"
                  : "the source `" + source.name + "` asks a server: `tidewaiter source pull " +
                        source.name +
                        "` stores what it has, and without --over that is what is read");
}

/// Which file a path leads to, whatever links are on its way.
using FileIdentity = std::pair<dev_t, ino_t>;

std::set<FileIdentity> files_of(const SourceConfig& source) {
  std::set<FileIdentity> files;
  const auto listed = list_files(source);
  if (!listed) return files;  // which shows when it is read
  for (const ListedFile& file : *listed) {
    struct stat facts {};
    if (::stat(file.path.c_str(), &facts) == 0) files.emplace(facts.st_dev, facts.st_ino);
  }
  return files;
}

/// Whether some file of the source is one that a configured source reads: it may be named by its
/// folder, by a pattern or through a link.
bool reads_configured_files(const Config& config, const SourceConfig& source) {
  const std::set<FileIdentity> files = files_of(source);
  return std::ranges::any_of(config.sources, [&files](const SourceConfig& configured) {
    if (files.empty() || configured.contract || configured.push) return false;
    return std::ranges::any_of(files_of(configured),
                               [&files](const FileIdentity& file) { return files.contains(file); });
  });
}

/// What configured sources read is the site's, and is read with its rights: it is not for viewers.
/// Another file is of whoever names it.
Result<void> may_read_all(const Invocation& run, const Config& config,
                          std::span<const SourceConfig> sources) {
  const bool is_the_sites = std::ranges::any_of(sources, [&config](const SourceConfig& source) {
    return reads_configured_files(config, source);
  });
  if (!is_the_sites) return {};
  return may_see_state(run, config);
}

Result<SourceConfig> source_for(const Invocation& run, const Config& config,
                                const HistoryOptions& options, const PolicySet& policies,
                                const std::string& word) {
  if (const SourceConfig* named = find_source(config, word)) {
    if (named->contract || named->push) return no_files(*named);
    return *named;
  }
  const fs::path file = (run.environment.working_folder / word).lexically_normal();
  const SourceConfig* as =
      options.as.empty() ? reader_of(config, file) : find_source(config, options.as);
  if (!options.as.empty() && as == nullptr) {
    return fail(ErrorCode::kNotFound, "the configuration has no source `" + options.as +
                                          "`: `tidewaiter source list` shows them");
  }
  if (as != nullptr && (as->contract || as->push)) return no_files(*as);
  if (!is_path_pattern(word)) {
    const Result<bool> there = is_there(file);
    if (!there) return tl::unexpected(there.error());
    if (!*there) return not_there(config, word);
  }
  SourceConfig source;
  std::error_code ignored;  // what cannot be told shows when it is read
  if (as != nullptr) {
    source = *as;
  } else if (is_native(file) || fs::is_directory(file, ignored)) {
    source.name = kNativeSource;
    source.kind = "file";
    source.path = file.string();
    const Result<RecordKind> kind = record_kind(options, policies, source);
    if (!kind) return tl::unexpected(kind.error());
    source.record = *kind;
  } else {
    return fail(ErrorCode::kInvalidInput,
                "`" + word +
                    "` belongs to no configured source and is not named as JSON Lines (*.jsonl, "
                    "*.ndjson, *.json): name the source whose mapping reads it with --as");
  }
  source.path = file.string();
  return source;
}

Result<ChosenHistory> open_stored(const Invocation& run, const Config& config) {
  const fs::path path = state_paths(config).records;
  const Result<bool> there = is_there(path);
  if (!there) return tl::unexpected(there.error());
  if (!*there) {
    return fail(ErrorCode::kNotFound, "there is no stored history in `" + config.state.string() +
                                          "`: name another folder with --state, or files or "
                                          "configured sources with --over");
  }
  if (auto may = may_see_state(run, config); !may) return tl::unexpected(may.error());
  ChosenHistory chosen;
  Result<std::unique_ptr<RecordLog>> records = RecordLog::open(path, RecordLog::Mode::kReadOnly);
  if (!records) return tl::unexpected(records.error());
  chosen.records = std::move(*records);
  Result<std::unique_ptr<History>> history = stored_history(*chosen.records, path.string());
  if (!history) return tl::unexpected(history.error());
  chosen.history = std::move(*history);
  return chosen;
}

/// What a trial cannot look up it does not find by.
void warn_of_lack(Invocation& run, const LookUpLack& lack) {
  const auto warn = [&run](const std::string& what) {
    run.err << painted("warning", Tone::kWarning, run.terminal) << ": " << what << '\n';
  };
  if (lack.out_of_time > 0) {
    warn("of " + counted(lack.out_of_time, "record") + " of " + printable(lack.source) +
         " addresses were not looked up, for the files of `addresses` are not of their time");
  }
  if (lack.contradicts) warn(printable(lack.contradicts->message));
}

/// As the daemon makes them: what is known of addresses is looked up in the configuration's files.
Result<ConnectorMaker> connector_maker(Invocation& run, const Config& config) {
  const Result<std::shared_ptr<AddressEnricher>> opened = open_addresses(config.addresses);
  if (!opened) return tl::unexpected(opened.error());
  const std::shared_ptr<AddressEnricher>& enricher = *opened;
  if (enricher == nullptr) {
    return [](const SourceConfig& source) { return make_connector(source); };
  }
  const LookUpSink tell = [&run](const LookUpLack& lack) { warn_of_lack(run, lack); };
  return [enricher, tell](const SourceConfig& source) -> Result<std::unique_ptr<Connector>> {
    Result<std::unique_ptr<Connector>> made = make_connector(source);
    if (!made) return made;
    return enriched_connector(std::move(*made), source, enricher, tell);
  };
}

}  // namespace

void add_history_options(CLI::App& verb, HistoryOptions& options) {
  verb.add_option("--over", options.over,
                  "Read a file or configured source instead of stored history; may be repeated")
      ->type_name("FILE|SOURCE")
      ->allow_extra_args(false);
  add_reading_options(verb, options);
}

void add_reading_options(CLI::App& verb, HistoryOptions& options) {
  verb.add_option("--as", options.as, "Read the files by the mapping of this configured source")
      ->type_name("SOURCE");
  verb.add_option("--record", options.record,
                  "Kind of native records; without it, what each file's first one says")
      ->type_name("KIND")
      ->check(CLI::IsMember({"usage", "account", "audit"}));
}

Result<ChosenHistory> choose_history(Invocation& run, const HistoryOptions& options,
                                     const PolicySet& policies, const HistoryWatch& watch) {
  const std::optional<Config> config = configuration(run);
  if (!config) return fail(ErrorCode::kInvalidInput, "the configuration has errors");
  if (options.over.empty()) return open_stored(run, *config);
  std::vector<SourceConfig> sources;
  for (const std::string& word : options.over) {
    Result<SourceConfig> source = source_for(run, *config, options, policies, word);
    if (!source) return tl::unexpected(source.error());
    sources.push_back(std::move(*source));
  }
  if (auto may = may_read_all(run, *config, sources); !may) return tl::unexpected(may.error());
  const Result<ConnectorMaker> make = connector_maker(run, *config);
  if (!make) return tl::unexpected(make.error());
  Result<FileHistory> files = file_history(std::move(sources), watch, *make);
  if (!files) return tl::unexpected(files.error());
  return ChosenHistory{nullptr, std::move(files->history), std::move(files->inputs)};
}

void warn_of_bad_lines(Invocation& run, const ChosenHistory& chosen) {
  for (const HistoryInput& input : chosen.inputs) {
    if (input.quarantined == 0) continue;
    run.err << painted("warning", Tone::kWarning, run.terminal) << ": "
            << counted(input.quarantined, "line") << " of " << printable(input.source)
            << " are no records and were left out\n";
    for (const RecordLog::Quarantined& bad : input.first_bad) {
      run.err << "  " << printable(bad.input.origin) << ": " << printable(bad.input.reason) << '\n';
    }
  }
}

}  // namespace tidewaiter
