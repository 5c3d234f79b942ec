#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/http_json/json_listing.h"
#include "daemon/sources/owners/owner_config.h"
#include "daemon/sources/push/push_config.h"
#include "policies/language/expression.h"
#include "policies/model/field.h"
#include "policies/model/time.h"

namespace tidewaiter {

enum class FileFormat : std::uint8_t { kJsonLines, kCsv, kJson };

/// A mapping from input columns to record fields. Expressions are checked when it is loaded.
struct Mapping {
  std::vector<ExprScope::Named> columns;   ///< declared columns: name in the header, and type
  std::vector<std::string> pointers = {};  ///< kJson: where each of them stands in an object
  std::optional<Expr> where = {};          ///< bool; rows of which it is not true are passed over
  Expr time;                               ///< timestamp
  std::optional<Expr> duration;            ///< duration; absent: 0
  std::optional<Expr> requests;            ///< int64; absent: 1
  std::vector<std::pair<FieldId, Expr>> fields;
  /// Single requests without ids: equal rows are told apart by their place in the file, see
  /// RecordReader. False: by their dimensions alone, so that a later equal row is a revision.
  bool identity_by_place = false;
};

/// One entry of `sources:` in the configuration.
struct SourceConfig {
  std::string name;  ///< [a-z0-9][a-z0-9_-]*, unique
  std::string kind;  ///< "file", "openai": the name of a row of registry.cpp
  /// The source whose accounts, projects, keys and users this one's records name; empty: its own.
  /// Ids of records, coverage and health are its own in any case.
  std::string names_of;
  RecordKind record = RecordKind::kUsage;

  std::string path;  ///< a file, a folder or a glob; relative to the configuration file's folder
  FileFormat format = FileFormat::kJsonLines;
  char delimiter = ',';
  std::optional<Mapping> mapping;  ///< kCsv, kJson
  /// kJsonLines: the fields that the lines have; absent: not stated. Only policy checks use it.
  std::optional<std::vector<FieldId>> supplies;
  std::filesystem::path base;  ///< folder that relative paths start from

  std::optional<ContractConfig> contract;   ///< of sources over HTTP
  std::optional<JsonListing> listing;       ///< of those that a mapping reads
  std::optional<PushSourceConfig> push;     ///< of those that senders hand in to
  std::optional<OwnerSourceConfig> owners;  ///< of those that read statements of ownership

  Duration poll_every = kMinute;
  Duration poll_jitter{0};
  Duration settles{0};           ///< how long after an instant its figures may still change
  std::optional<Duration> idle;  ///< longer silence leaves the watermark
  double max_bad_share = 0.01;   ///< above it the file fails
  /// A file that went away half-read: true: told, and coverage is stated without it; false: no
  /// coverage is stated any more until it is back.
  bool accept_gone = false;
};

}  // namespace tidewaiter
