#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/config.h"
#include "policies/language/diagnostic_code.h"
#include "policies/language/strict_yaml.h"
#include "policies/model/diagnostic.h"
#include "policies/model/time.h"

namespace tidewaiter {

struct ContractKind;

// TW06xx: the configuration. docs/configuration.md has a line for each.
inline constexpr DiagnosticCode kConfigUnreadable{"TW0601", "a file that cannot be read"};
inline constexpr DiagnosticCode kLiteralSecret{"TW0602", "a secret written out"};
inline constexpr DiagnosticCode kConfigName{"TW0603", "a name that cannot be used"};
inline constexpr DiagnosticCode kConfigTwice{"TW0604", "a name used twice"};
inline constexpr DiagnosticCode kConfigUrl{"TW0605", "a URL that is not allowed"};
inline constexpr DiagnosticCode kConfigMapping{"TW0606", "a mapping that does not fit"};
inline constexpr DiagnosticCode kConfigShare{"TW0607", "not a share between 0% and 100%"};
inline constexpr DiagnosticCode kRetentionTooShort{"TW0608", "records kept for too short a time"};
inline constexpr DiagnosticCode kUnknownChannel{"TW0609", "a channel that is not configured"};
inline constexpr DiagnosticCode kConfigPolicies{"TW0610", "policy files that cannot be read"};
inline constexpr DiagnosticCode kSourceUnusable{"TW0611", "a source that cannot be made"};
inline constexpr DiagnosticCode kConfigBytes{"TW0612", "not an amount of bytes"};
inline constexpr DiagnosticCode kUnknownPublished{"TW0613", "a list that is not configured"};

// TW072x: published policies, in the same page.
inline constexpr DiagnosticCode kNothingPublished{"TW0720", "publishing is required, nothing is"};
inline constexpr DiagnosticCode kPublishedUnreadable{"TW0721", "a publication that cannot be used"};
inline constexpr DiagnosticCode kFilesNotInForce{"TW0619", "files that are not what is published"};

/// Reads typed values out of YAML nodes. Each method adds an error that says what was expected and
/// gives nothing where the node does not have it.
class ConfigReader {
 public:
  ConfigReader(const YamlText& text, std::vector<Diagnostic>& diagnostics)
      : text_(text), diagnostics_(diagnostics) {}

  void error(const SourceSpan& span, const DiagnosticCode& code, std::string message,
             std::string hint = {});
  /// A map with no other keys than `known`.
  bool map(const YamlNode& node, std::string_view what, std::span<const std::string_view> known);
  bool list(const YamlNode& node, std::string_view what);
  std::optional<std::string> text(const YamlNode& node, std::string_view what);
  std::optional<Duration> duration(const YamlNode& node, std::string_view what, Duration least);
  /// [a-z0-9][a-z0-9_-]*, at most 64 characters.
  std::optional<std::string> name(const YamlNode& node, std::string_view what);
  /// The position of the word in `words`.
  std::optional<std::size_t> word(const YamlNode& node, std::string_view what,
                                  std::span<const std::string_view> words);
  /// A whole number in digits, from `least` to `most`.
  std::optional<std::int64_t> number(const YamlNode& node, std::string_view what,
                                     std::int64_t least, std::int64_t most);
  /// "64MiB": a whole number and B, KiB, MiB, GiB or TiB.
  std::optional<std::int64_t> bytes(const YamlNode& node, std::string_view what);
  /// "1%", "0.5%" as a share of 1.
  std::optional<double> share(const YamlNode& node, std::string_view what);

  [[nodiscard]] const YamlText& yaml() const { return text_; }
  [[nodiscard]] std::vector<Diagnostic>& diagnostics() { return diagnostics_; }

 private:
  const YamlText& text_;
  std::vector<Diagnostic>& diagnostics_;
};

/// Tells of a URL whose query holds a credential (outbound/url_query.h), which would be shown
/// wherever the URL is; `hint` says where it belongs. True: it does.
[[nodiscard]] bool tells_credential(ConfigReader& reader, const SourceSpan& span,
                                    std::string_view url, std::string hint);

/// A secret: a map with one key that says where it is kept. A plain text would be the secret
/// itself, which is an error that does not repeat it (config_secret.cpp).
[[nodiscard]] std::optional<SecretRef> read_secret_ref(ConfigReader& reader, const YamlNode& node,
                                                       std::string_view what, const Config& config);

/// What belongs to a source over HTTP, beside what all sources have (config_contract.cpp).
inline constexpr std::array<std::string_view, 22> kContractKeys = {
    "url",         "token",
    "endpoints",   "organization",
    "account",     "bucket",
    "since",       "overlap",
    "deadline",    "lists",
    "version",     "proxy",
    "account_in",  "fingerprint_key",
    "user",        "private_addresses",
    "ca",          "certificate",
    "proxy_login", "requests_per_minute",
    "auth",        "beta"};
/// Of these, how it is reached and at what rate, but for `private_addresses` (config_route.cpp).
void read_route(ConfigReader& reader, const YamlNode& node, const Config& config,
                const ContractKind& kind, ContractConfig& contract);
void read_contract(ConfigReader& reader, const YamlNode& node, const Config& config,
                   SourceConfig& source);

/// What belongs to a source over HTTP that a mapping reads, beside `columns`, `where` and `mapping`
/// (config_http_json.cpp).
inline constexpr std::array<std::string_view, 5> kListingKeys = {"rows", "window", "paging", "id",
                                                                 "header"};
void read_listing(ConfigReader& reader, const YamlNode& node, SourceConfig& source);

/// What belongs to a source of ownership statements, beside `path` (config_owners.cpp).
inline constexpr std::array<std::string_view, 3> kOwnerKeys = {"accounts", "account_in", "since"};
void read_owner_source(ConfigReader& reader, const YamlNode& node, SourceConfig& source);

/// Reads `push:` into `config`, behind `sources:` (config_push.cpp).
void read_push(ConfigReader& reader, const YamlNode& node, Config& config);
/// What belongs to a source of kind `push`, beside the format.
inline constexpr std::array<std::string_view, 1> kPushKeys = {"lateness"};
void read_push_source(ConfigReader& reader, const YamlNode& node, SourceConfig& source);
/// That sources of this kind have a listener.
void check_push(ConfigReader& reader, const YamlNode& root, const Config& config);

/// Reads `sources:` into `config` (config_sources.cpp).
void read_sources(ConfigReader& reader, const YamlNode& node, Config& config);

/// Reads `lists:` into `config` (config_lists.cpp).
void read_lists(ConfigReader& reader, const YamlNode& node, Config& config);

/// Reads `addresses:` into `config` (config_addresses.cpp).
void read_addresses(ConfigReader& reader, const YamlNode& node, Config& config);

/// Reads `witnesses` and `quorum` of `ledger:` into `config` (config_witnesses.cpp).
void read_witnesses(ConfigReader& reader, const YamlNode& ledger, Config& config);

/// Reads `ledger.postgres:` into `config` (config_postgres.cpp).
void read_ledger_postgres(ConfigReader& reader, const YamlNode& node, Config& config);
/// The server that it names, whose password is read at each connection; null without one.
[[nodiscard]] std::shared_ptr<const LedgerServer> ledger_server(
    const std::optional<LedgerPostgres>& postgres, const Variables& variables);

/// Reads `notify:` into `config` (config_notify.cpp).
void read_notify(ConfigReader& reader, const YamlNode& node, Config& config);

/// Reads `ledger.timestamps:` into `config` (config_timestamps.cpp).
void read_timestamps(ConfigReader& reader, const YamlNode& node, Config& config);

}  // namespace tidewaiter
