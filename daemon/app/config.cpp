#include "daemon/app/config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/app/config_reader.h"
#include "daemon/app/secret_lines.h"
#include "policies/engine/evaluation.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// The state folder where the file names none: $STATE_DIRECTORY (its first, where systemd gives
/// several), else /var/lib/tidewaiter if this process can write it, else ./.tidewaiter.
fs::path default_state(const Environment& environment) {
  const auto given = environment.variables.find("STATE_DIRECTORY");
  if (given != environment.variables.end() && !given->second.empty()) {
    return given->second.substr(0, given->second.find(':'));
  }
  if (environment.system_state_usable) return "/var/lib/tidewaiter";
  return environment.working_folder / ".tidewaiter";
}

fs::path resolved(const Config& config, const std::string& path) {
  return (config.base / path).lexically_normal();
}

void read_policies(ConfigReader& reader, const YamlNode& node, Config& config) {
  if (!reader.list(node, "`policies`")) return;
  for (const YamlNode& item : node.items) {
    if (const auto path = reader.text(item, "a path of `policies`")) {
      config.policies.push_back(resolved(config, *path).string());
      config.policies_at.push_back({item.span, std::string(reader.yaml().line(item.span.line))});
    }
  }
}

void read_vault_key(ConfigReader& reader, const YamlNode& node, Config& config) {
  const std::optional<SecretRef> ref = read_secret_ref(reader, node, "vault_key", config);
  if (!ref) return;
  if (ref->kind == SecretRef::Kind::kEnv) {
    reader.error(node.span, kConfigName, "`vault_key` cannot come from the environment",
                 "keep it in a file or a systemd credential: `{file: …}`, `{credential: …}`");
    return;
  }
  config.ledger.vault_key = ref;
}

void read_ledger(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 10> kKeys = {
      "origin",     "lock",       "key",       "vault",  "vault_key",
      "sign_every", "timestamps", "witnesses", "quorum", "postgres"};
  if (!reader.map(node, "`ledger`", kKeys)) return;
  if (const YamlNode* origin = node.find("origin")) {
    if (const auto text = reader.text(*origin, "`origin`")) {
      if (is_origin(*text)) {
        config.ledger.origin = *text;
        config.ledger.origin_given = true;
      } else {
        reader.error(origin->span, kConfigName, "`origin` cannot be `" + *text + "`",
                     "write a name without blanks and `+`: `tidewaiter.example.org/ledger`");
      }
    }
  }
  const std::array<std::pair<std::string_view, fs::path*>, 3> paths = {
      {{"lock", &config.ledger.lock},
       {"key", &config.ledger.key},
       {"vault", &config.ledger.vault}}};
  for (const auto& [key, target] : paths) {
    const YamlNode* value = node.find(key);
    if (value == nullptr) continue;
    if (const auto text = reader.text(*value, "`" + std::string(key) + "`")) {
      *target = resolved(config, *text);
    }
  }
  if (const YamlNode* key = node.find("vault_key")) read_vault_key(reader, *key, config);
  if (const YamlNode* every = node.find("sign_every")) {
    if (const auto value = reader.duration(*every, "`sign_every`", kSecond)) {
      config.ledger.sign_every = *value;
    }
  }
  if (const YamlNode* timestamps = node.find("timestamps")) {
    read_timestamps(reader, *timestamps, config);
  }
  if (const YamlNode* postgres = node.find("postgres")) {
    read_ledger_postgres(reader, *postgres, config);
  }
  read_witnesses(reader, node, config);
}

void read_publish(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 1> kKeys = {"required"};
  static constexpr std::array<std::string_view, 2> kTruths = {"false", "true"};
  if (!reader.map(node, "`publish`", kKeys)) return;
  const YamlNode* required = node.find("required");
  if (required == nullptr) return;
  if (const auto truth = reader.word(*required, "`required`", kTruths)) {
    config.published_only = *truth == 1;
  }
}

void read_retention(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 1> kKeys = {"records"};
  if (!reader.map(node, "`retention`", kKeys)) return;
  const YamlNode* records = node.find("records");
  if (records == nullptr) return;
  if (const auto value = reader.duration(*records, "`records`", kDay)) config.keep_records = *value;
  config.keep_records_at = {records->span, std::string(reader.yaml().line(records->span.line))};
}

void read_storage(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 1> kKeys = {"reserve"};
  if (!reader.map(node, "`storage`", kKeys)) return;
  if (const YamlNode* reserve = node.find("reserve")) {
    if (const auto value = reader.bytes(*reserve, "`reserve`")) config.reserve_bytes = *value;
  }
}

void read_evaluation(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 3> kKeys = {"threads", "snapshot_every",
                                                            "state_at_most"};
  if (!reader.map(node, "`evaluation`", kKeys)) return;
  if (const YamlNode* most = node.find("state_at_most")) {
    const auto value = reader.bytes(*most, "`state_at_most`");
    constexpr std::int64_t kLeast = std::int64_t{64} << 20U;
    if (value && *value < kLeast) {
      reader.error(
          most->span, kConfigBytes, "`state_at_most` is at least 64MiB",
          "below that policies would forget what they hold all the time; leave the key out "
          "for no bound");
    } else if (value) {
      config.state_at_most = *value;
    }
  }
  if (const YamlNode* every = node.find("snapshot_every")) {
    const auto value = reader.duration(*every, "`snapshot_every`", Duration{});
    if (value) config.snapshot_every = *value;
  }
  if (const YamlNode* threads = node.find("threads")) {
    const auto value = reader.number(*threads, "`threads`", 1, std::int64_t{kMostThreads});
    if (value) config.threads = static_cast<std::size_t>(*value);
  }
}

void read_log(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 2> kKeys = {"level", "format"};
  static constexpr std::array<std::string_view, 2> kFormats = {"text", "json"};
  if (!reader.map(node, "`log`", kKeys)) return;
  if (const YamlNode* level = node.find("level")) {
    if (const auto i = reader.word(*level, "`level`", log_level_words())) {
      config.log_level = static_cast<LogLevel>(*i);
    }
  }
  if (const YamlNode* format = node.find("format")) {
    if (const auto i = reader.word(*format, "`format`", kFormats)) {
      config.log_format = static_cast<LogFormat>(*i);
    }
  }
}

/// Where a secret lies for this process. Without systemd there is no folder of credentials, which
/// the error of whoever reads the file then shows.
fs::path file_of(const SecretRef& ref, const Variables& variables) {
  if (ref.kind == SecretRef::Kind::kFile) return ref.name;
  const auto folder = variables.find("CREDENTIALS_DIRECTORY");
  return fs::path(folder == variables.end() ? "$CREDENTIALS_DIRECTORY" : folder->second) / ref.name;
}

/// Fills in what depends on the state folder.
void place_ledger(Config& config) {
  if (config.ledger.lock.empty()) config.ledger.lock = config.state / "lock.db";
  if (config.ledger.key.empty()) config.ledger.key = config.state / "ledger.key";
  if (config.ledger.vault.empty()) config.ledger.vault = config.state / "vault.db";
}

void read_document(ConfigReader& reader, const YamlNode& root, Config& config) {
  static constexpr std::array<std::string_view, 13> kKeys = {
      "state",  "policies", "publish",   "push",    "sources",    "lists", "addresses",
      "ledger", "notify",   "retention", "storage", "evaluation", "log"};
  if (root.kind == YamlNode::Kind::kNull) return;  // an empty file: the defaults
  if (!reader.map(root, "the configuration", kKeys)) return;
  using Part = void (*)(ConfigReader&, const YamlNode&, Config&);
  static constexpr std::array<std::pair<std::string_view, Part>, 12> kParts = {
      {{"policies", read_policies},
       {"publish", read_publish},
       {"sources", read_sources},
       {"push", read_push},
       {"lists", read_lists},
       {"addresses", read_addresses},
       {"ledger", read_ledger},
       {"notify", read_notify},
       {"retention", read_retention},
       {"storage", read_storage},
       {"evaluation", read_evaluation},
       {"log", read_log}}};
  if (const YamlNode* state = root.find("state")) {
    if (const auto path = reader.text(*state, "`state`")) config.state = resolved(config, *path);
  }
  for (const auto& [key, read] : kParts) {
    const YamlNode* node = root.find(key);
    // A key whose value is left empty keeps its default: `sources:` with all its lines commented.
    if (node != nullptr && node->kind != YamlNode::Kind::kNull) read(reader, *node, config);
  }
  check_push(reader, root, config);
}

void sort_by_place(std::vector<Diagnostic>& diagnostics) {
  std::ranges::stable_sort(diagnostics, [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.span.line, a.span.column) < std::pair(b.span.line, b.span.column);
  });
}

void withhold_secrets(const SecretLines& lines, ConfigOutcome& outcome) {
  for (Diagnostic& diagnostic : outcome.diagnostics) lines.withhold(diagnostic);
  ConfigPlace& place = outcome.config.keep_records_at;
  if (lines.contains(place.span.line)) place.source_line.clear();
}

Config base_config(const Environment& environment) {
  Config config;
  config.base = environment.working_folder;
  config.state = default_state(environment);
  config.ledger.origin =
      (is_origin(environment.host_name) ? environment.host_name : std::string("localhost")) +
      "/tidewaiter";
  return config;
}

}  // namespace

bool is_origin(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  return !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c != '+' && static_cast<unsigned char>(c) < 0x7F;
  });
}

Config default_config(const Environment& environment) {
  Config config = base_config(environment);
  place_ledger(config);
  return config;
}

ConfigOutcome load_config(const fs::path& path, std::string_view text,
                          const Environment& environment) {
  ConfigOutcome outcome;
  Config& config = outcome.config;
  config = base_config(environment);
  config.file = (environment.working_folder / path).lexically_normal();
  config.base = config.file.parent_path();

  const YamlText yaml(path.string(), text);
  const std::vector<YamlNode> documents = yaml.parse(outcome.diagnostics);
  ConfigReader reader(yaml, outcome.diagnostics);
  if (documents.size() > 1) {
    reader.error(documents[1].span, kWrongShape, "the configuration has a second document",
                 "keep one; `---` begins another");
  }
  if (!documents.empty()) read_document(reader, documents.front(), config);
  place_ledger(config);
  if (config.ledger.vault_key) {
    config.ledger.vault_key_file = file_of(*config.ledger.vault_key, environment.variables);
  }
  config.ledger.server = ledger_server(config.ledger.postgres, environment.variables);
  withhold_secrets(SecretLines(text), outcome);
  sort_by_place(outcome.diagnostics);
  return outcome;
}

StatePaths state_paths(const Config& config) {
  StatePaths paths;
  paths.folder = config.state;
  paths.process_lock = config.state / "lock";
  paths.creating = config.state / "creating";
  paths.restoring = config.state / "restoring";
  paths.records = config.state / "records.db";
  paths.people = config.state / "people";
  paths.timestamps = config.state / "timestamps";
  paths.lists = config.state / "lists";
  paths.snapshot = config.state / "evaluation.snapshot";
  paths.ledger = {config.state / "ledger.db", config.ledger.lock,           config.ledger.key,
                  config.ledger.vault,        config.ledger.vault_key_file, config.ledger.server};
  paths.witnessed = config.state / "ledger.witnessed";
  return paths;
}

}  // namespace tidewaiter
