#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/enrich/address_config.h"
#include "daemon/lists/published_list.h"
#include "daemon/notify/channel.h"
#include "daemon/notify/event_log.h"
#include "daemon/outbound/secret.h"
#include "daemon/sources/push/push_config.h"
#include "daemon/sources/source_config.h"
#include "daemon/timestamp/timestamp_config.h"
#include "policies/language/policy.h"
#include "policies/model/diagnostic.h"
#include "policies/model/time.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/trust_policy.h"

namespace tidewaiter {

struct SetDocuments;

/// What the configuration may depend on besides its text. A plain value, so that reading a
/// configuration is a pure function.
struct Environment {
  Variables variables;
  std::filesystem::path working_folder;  ///< absolute
  std::string host_name;                 ///< for the default `ledger.origin`
  bool system_state_usable = false;  ///< /var/lib/tidewaiter is there and this process may write it
};

/// The environment of this process.
[[nodiscard]] Environment process_environment();

/// `ledger.postgres`: the database that has the ledger's tables.
struct LedgerPostgres {
  std::string url;                    ///< without a password
  std::optional<SecretRef> password;  ///< absent: the role is known by socket or certificate
  bool operator==(const LedgerPostgres&) const = default;
};

struct LedgerConfig {
  std::string origin;          ///< the log's name in checkpoints
  bool origin_given = false;   ///< written in the file: then an existing ledger must have it
  std::filesystem::path lock;  ///< belongs on another volume than the state
  std::filesystem::path key;
  std::filesystem::path vault;
  std::optional<SecretRef> vault_key;    ///< wraps the vault's keys; absent: they lie plain
  std::filesystem::path vault_key_file;  ///< where `vault_key` lies for this process; else empty
  Duration sign_every{10 * kSecond.us};
  std::optional<TimestampConfig> timestamps;   ///< absent: no authority is asked
  std::optional<LedgerPostgres> postgres;      ///< absent: the tables are in the state folder
  std::shared_ptr<const LedgerServer> server;  ///< made of `postgres`
  /// Who is asked to cosign signed heads, each with the URL of its submission prefix, and how many
  /// are enough. Lists no log.
  TrustPolicy witnesses{{}, {}, {}, std::string(TrustPolicy::kNoQuorum)};
};

/// A place in the configuration's text, for errors that come up after it is read.
struct ConfigPlace {
  SourceSpan span;
  std::string source_line;
};

/// The configuration as it is in effect: every default filled in, every path absolute.
/// docs/configuration.md has all keys.
struct Config {
  std::filesystem::path file;            ///< the file it came from; empty: the defaults
  std::filesystem::path base;            ///< folder that relative paths in the file start from
  std::filesystem::path state;           ///< folder of everything that the daemon keeps
  std::vector<std::string> policies;     ///< files, folders and globs, absolute
  std::vector<ConfigPlace> policies_at;  ///< where each of them is written
  bool published_only = false;           ///< `publish.required`: only what two people signed
  std::vector<SourceConfig> sources;
  /// For each source, its mapping as it was written: field name, or `where`, and expression.
  std::vector<std::vector<std::pair<std::string, std::string>>> mapping_texts;
  std::optional<PushListener> push;  ///< absent: nothing is listened to
  std::vector<PublishedList> lists;  ///< published lists of parties
  /// Where it is looked up what is known of addresses; absent: nowhere.
  std::optional<AddressConfig> addresses;
  LedgerConfig ledger;
  std::vector<ChannelConfig> channels;
  std::vector<InhibitRule> inhibit;
  Duration keep_records{1825 * kDay.us};
  ConfigPlace keep_records_at;
  /// Intake stops while the state's file system has less free space than this.
  std::int64_t reserve_bytes = std::int64_t{64} << 20U;
  std::size_t threads = 1;  ///< that judge a batch: `evaluation.threads`
  /// The least time between two snapshots of evaluation; 0: none is kept.
  Duration snapshot_every{kHour.us};
  /// Bytes that evaluation may hold: `evaluation.state_at_most`. Nothing: any number.
  std::optional<std::int64_t> state_at_most;
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
};

/// All errors and warnings at once, in file order. `config` is usable unless has_errors().
struct ConfigOutcome {
  Config config;
  std::vector<Diagnostic> diagnostics;
};

/// Reads a configuration's text. Pure: opens no file. `path` is for messages and relative paths.
[[nodiscard]] ConfigOutcome load_config(const std::filesystem::path& path, std::string_view text,
                                        const Environment& environment);

/// What holds without a file.
[[nodiscard]] Config default_config(const Environment& environment);

/// Where a program without --config looks: $TIDEWAITER_CONFIG, ./tidewaiter.yaml,
/// /etc/tidewaiter/tidewaiter.yaml; nothing if none is there.
[[nodiscard]] std::optional<std::filesystem::path> find_config_file(const Environment& environment);

/// Reads a configuration file; without `path` the one that find_config_file() names, or the
/// defaults. A file that cannot be read is an error in the diagnostics.
[[nodiscard]] ConfigOutcome read_config(const std::optional<std::filesystem::path>& path,
                                        const Environment& environment);

/// Whether `text` can be the origin of a ledger: ASCII without blanks and `+`, 1 to 200 bytes.
/// Names in checkpoints are that (C2SP signed-note), and this one has to survive tickets and
/// terminals.
[[nodiscard]] bool is_origin(std::string_view text);

/// The effective values as YAML that load_config() reads back; secrets as references.
[[nodiscard]] std::string show_config(const Config& config);

/// A commented configuration that runs as it is: what `config init` prints.
[[nodiscard]] std::string_view example_config();

/// What only shows when configuration and policies meet: records kept for less than the longest
/// window and wait of an active policy (error), channels that policies name and nobody has
/// configured (warning).
[[nodiscard]] std::vector<Diagnostic> check_policies_fit(const Config& config,
                                                         const PolicySet& policies);

/// The published lists that documents of a set stand for and nobody has configured (warnings): who
/// is looked for in them cannot be told.
[[nodiscard]] std::vector<Diagnostic> check_lists_fit(const Config& config,
                                                      const SetDocuments& documents);

/// What only shows when connectors are made of the sources, and files of addresses are opened:
/// mappings that do not fit their records, files that cannot be read.
[[nodiscard]] std::vector<Diagnostic> check_sources(const Config& config);

/// Where things lie in a state folder.
struct StatePaths {
  std::filesystem::path folder;
  std::filesystem::path process_lock;  ///< flock()ed by the process that writes
  std::filesystem::path creating;      ///< there while a ledger is being made: see state.h
  std::filesystem::path restoring;     ///< there while a backup is being put back
  std::filesystem::path records;       ///< records.db
  std::filesystem::path people;
  std::filesystem::path timestamps;  ///< folder of time-stamp tokens
  std::filesystem::path lists;       ///< folder of published lists, a folder for each
  std::filesystem::path snapshot;    ///< evaluation.snapshot: storage/snapshot/snapshot_file.h
  LedgerPaths ledger;
  std::filesystem::path witnessed;  ///< ledger.witnessed: storage/ledger/cosigned_head.h
};
[[nodiscard]] StatePaths state_paths(const Config& config);

}  // namespace tidewaiter
