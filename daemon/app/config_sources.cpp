#include <algorithm>
#include <array>
#include <vector>

#include "daemon/app/config_reader.h"
#include "daemon/sources/contract_kind.h"
#include "daemon/sources/json_cells.h"
#include "daemon/sources/owners/owner_kind.h"
#include "policies/language/yaml_expression.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/field.h"
#include "storage/records/own_records.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kFileKind = "file";
constexpr std::string_view kHandedInKind = "push";

constexpr std::array<std::string_view, 8> kEverySourceKeys = {
    "name", "kind", "record", "poll", "settles", "idle", "max_bad", "names_of"};
constexpr std::array<std::string_view, 9> kFileKeys = {
    "path", "format", "csv", "columns", "where", "mapping", "identity", "gone", "supplies"};

constexpr std::array<std::string_view, 8> kColumnTypes = {
    "bool", "int64", "double", "string", "duration", "timestamp", "ip", "money"};

/// Reads one entry of `sources:`. Goes on after an error, so that all of them are told.
class SourceReader {
 public:
  SourceReader(ConfigReader& reader, const YamlNode& node, Config& config)
      : reader_(reader), node_(node), config_(config) {}

  void read() {
    if (!reader_.map(node_, "a source", known_keys())) return;
    source_.base = config_.base;
    read_name();
    read_kind();
    if (is_contract()) {
      read_contract(reader_, node_, config_, source_);
      if (is_mapped()) {
        source_.format = FileFormat::kJson;
        read_table();
        read_listing(reader_, node_, source_);
      }
    } else if (is_push()) {
      read_push_source(reader_, node_, source_);
      read_format();
    } else if (is_owners()) {
      read_path();
      read_owner_source(reader_, node_, source_);
    } else {
      read_path();
      read_format();
      read_gone();
    }
    read_times();
    if (const YamlNode* bad = node_.find("max_bad")) {
      if (const auto share = reader_.share(*bad, "`max_bad`")) source_.max_bad_share = *share;
    }
    if (const YamlNode* names = node_.find("names_of")) {
      if (const auto text = reader_.name(*names, "`names_of`")) source_.names_of = *text;
    }
    config_.sources.push_back(std::move(source_));
    config_.mapping_texts.push_back(std::move(texts_));
  }

 private:
  /// As it is written, so that a source without a kind that is known is read as a file.
  [[nodiscard]] bool is_contract() const {
    const YamlNode* kind = node_.find("kind");
    return kind != nullptr && kind->kind == YamlNode::Kind::kScalar &&
           find_contract_kind(kind->scalar) != nullptr;
  }

  [[nodiscard]] bool is_push() const {
    const YamlNode* kind = node_.find("kind");
    return kind != nullptr && kind->scalar == kHandedInKind;
  }

  [[nodiscard]] bool is_owners() const {
    const YamlNode* kind = node_.find("kind");
    return kind != nullptr && find_owner_kind(kind->scalar) != nullptr;
  }

  /// One of these that a mapping reads.
  [[nodiscard]] bool is_mapped() const {
    return is_contract() && find_contract_kind(node_.find("kind")->scalar)->by_mapping;
  }

  [[nodiscard]] std::vector<std::string_view> known_keys() const {
    std::vector<std::string_view> keys(kEverySourceKeys.begin(), kEverySourceKeys.end());
    if (is_contract()) {
      keys.insert(keys.end(), kContractKeys.begin(), kContractKeys.end());
      if (is_mapped()) {
        keys.insert(keys.end(), kListingKeys.begin(), kListingKeys.end());
        keys.insert(keys.end(), {"columns", "where", "mapping"});
      }
    } else if (is_push()) {
      keys.insert(keys.end(), kPushKeys.begin(), kPushKeys.end());
      keys.insert(keys.end(), {"format", "columns", "where", "mapping", "supplies"});
    } else if (is_owners()) {
      keys.push_back("path");
      keys.insert(keys.end(), kOwnerKeys.begin(), kOwnerKeys.end());
    } else {
      keys.insert(keys.end(), kFileKeys.begin(), kFileKeys.end());
    }
    return keys;
  }

  void read_gone() {
    static constexpr std::array<std::string_view, 2> kWords = {"hold", "accept"};
    if (const YamlNode* gone = node_.find("gone")) {
      if (const auto i = reader_.word(*gone, "`gone`", kWords)) source_.accept_gone = *i == 1;
    }
  }

  const YamlNode* required(std::string_view key) {
    const YamlNode* found = node_.find(key);
    if (found == nullptr) {
      reader_.error(node_.span, kMissingKey, "a source needs `" + std::string(key) + "`");
    }
    return found;
  }

  void read_name() {
    const YamlNode* name = required("name");
    if (name == nullptr) return;
    const auto text = reader_.name(*name, "a source's `name`");
    if (!text) return;
    if (*text == kOwnSource) {
      reader_.error(name->span, kConfigName, "a source cannot be called `" + *text + "`",
                    "it is the name under which Tidewaiter tells of its own sources");
    }
    if (std::ranges::find(config_.sources, *text, &SourceConfig::name) != config_.sources.end()) {
      reader_.error(name->span, kConfigTwice, "two sources have the name `" + *text + "`");
    }
    source_.name = *text;
  }

  void read_kind() {
    static constexpr std::array<std::string_view, 3> kRecords = {"usage", "account", "audit"};
    std::vector<std::string_view> kinds = {kFileKind, kHandedInKind};
    for (const ContractKind* const one : contract_kinds()) kinds.push_back(one->name);
    for (const OwnerKind& one : owner_kinds()) kinds.push_back(one.name);
    std::ranges::sort(kinds);
    if (const YamlNode* kind = required("kind")) {
      if (const auto i = reader_.word(*kind, "`kind`", kinds)) source_.kind = kinds[*i];
    }
    if (const YamlNode* record = node_.find("record")) {
      if (const auto i = reader_.word(*record, "`record`", kRecords)) {
        source_.record = static_cast<RecordKind>(*i);
      }
    }
  }

  void read_path() {
    if (const YamlNode* path = required("path")) {
      if (const auto text = reader_.text(*path, "`path`")) source_.path = *text;
    }
  }

  void read_format() {
    static constexpr std::array<std::string_view, 3> kFormats = {"jsonl", "csv", "json"};
    const YamlNode* const written = node_.find("format");
    if (is_push() && written != nullptr && written->scalar == kFormats[1]) {
      reader_.error(written->span, kNotOneOf, "a source of kind `push` takes no CSV",
                    "write `jsonl` for native records, or `json` for events by a mapping");
      return;
    }
    if (const YamlNode* format = node_.find("format")) {
      if (const auto i = reader_.word(*format, "`format`", kFormats)) {
        source_.format = static_cast<FileFormat>(*i);
      }
    }
    const YamlNode* supplies = node_.find("supplies");
    if (source_.format != FileFormat::kJsonLines) {
      read_table();
      if (supplies != nullptr) {
        reader_.error(supplies->span, kWrongShape, "`supplies` belongs to native JSON Lines",
                      "leave it out: the mapping says which fields there are");
      }
      return;
    }
    if (supplies != nullptr) read_supplies(*supplies);
    for (const std::string_view key : {"csv", "columns", "where", "mapping", "identity"}) {
      if (const YamlNode* extra = node_.find(key)) {
        reader_.error(extra->span, kWrongShape,
                      "`" + std::string(key) + "` belongs to a source with `format: csv` or `json`",
                      "add the format, or leave it out: native lines need no mapping");
      }
    }
  }

  void read_supplies(const YamlNode& node) {
    if (!reader_.list(node, "`supplies`")) return;
    source_.supplies.emplace();
    for (const YamlNode& item : node.items) {
      if (const auto id = find_mappable(item)) source_.supplies->push_back(*id);
    }
  }

  void read_csv() {
    static constexpr std::array<std::string_view, 1> kCsvKeys = {"delimiter"};
    const YamlNode* const csv = node_.find("csv");
    if (csv == nullptr) return;
    if (source_.format == FileFormat::kJson) {
      reader_.error(csv->span, kWrongShape, "`csv` belongs to a source with `format: csv`",
                    "leave it out");
    } else if (reader_.map(*csv, "`csv`", kCsvKeys)) {
      if (const YamlNode* delimiter = csv->find("delimiter")) read_delimiter(*delimiter);
    }
  }

  void read_table() {
    read_csv();
    Mapping mapping;
    const YamlNode* columns = required("columns");
    const YamlNode* fields = required("mapping");
    if (columns != nullptr) read_columns(*columns, mapping);
    if (const YamlNode* where = node_.find("where"); where != nullptr && columns != nullptr) {
      read_where(*where, mapping);
    }
    if (columns != nullptr && fields != nullptr) read_mapping(*fields, mapping);
    static constexpr std::array<std::string_view, 2> kIdentities = {"dimensions", "place"};
    if (const YamlNode* identity = node_.find("identity")) {
      if (const auto i = reader_.word(*identity, "`identity`", kIdentities)) {
        mapping.identity_by_place = *i == 1;
      }
    }
    source_.mapping = std::move(mapping);
  }

  void read_delimiter(const YamlNode& node) {
    const auto text = reader_.text(node, "`delimiter`");
    if (!text) return;
    const std::string_view written = *text == "\\t" ? std::string_view("\t") : *text;
    if (written.size() == 1 &&
        std::string_view(",;|\t :^~").find(written) != std::string_view::npos) {
      source_.delimiter = written.front();
      return;
    }
    reader_.error(node.span, kNotOneOf, "`delimiter` cannot be `" + *text + "`",
                  "expected one of `,` `;` `|` `\\t` `:` `^` `~` and a blank");
  }

  void read_columns(const YamlNode& node, Mapping& mapping) {
    if (node.kind != YamlNode::Kind::kMap) {
      reader_.error(node.span, kWrongShape, "`columns` is not a map",
                    "write each column and its type: `{account_id: string, requests: int64}`");
      return;
    }
    const bool is_json = source_.format == FileFormat::kJson;
    for (const auto& [key, value] : node.members) {
      const bool has_place = is_json && value.kind == YamlNode::Kind::kMap;
      const YamlNode* const word = has_place ? column_type(value) : &value;
      if (word == nullptr) continue;
      const auto type = reader_.word(*word, "the type of a column", kColumnTypes);
      if (!type) continue;
      mapping.columns.push_back({key.scalar, static_cast<ValueType>(*type)});
      if (is_json) mapping.pointers.push_back(pointer_of(key.scalar, has_place ? &value : nullptr));
    }
    if (!is_json) return;
    if (const auto cells = JsonCells::make(mapping.pointers); !cells) {
      reader_.error(node.span, kWrongShape, cells.error().message,
                    "write `{at: /outer/inner, type: int64}`");
    }
  }

  /// The type in a column of JSON that says where it stands; null where it is not said.
  const YamlNode* column_type(const YamlNode& column) {
    static constexpr std::array<std::string_view, 2> kColumnKeys = {"at", "type"};
    if (!reader_.map(column, "a column", kColumnKeys)) return nullptr;
    const YamlNode* const type = column.find("type");
    if (type == nullptr || column.find("at") == nullptr) {
      reader_.error(column.span, kMissingKey, "a column needs `at` and `type`",
                    "write `{at: /outer/inner, type: int64}`, or the type alone");
      return nullptr;
    }
    return type;
  }

  /// Where a column stands: what `at` says, or the member of its name.
  std::string pointer_of(const std::string& name, const YamlNode* column) {
    if (column != nullptr) {
      return reader_.text(*column->find("at"), "`at`").value_or(std::string());
    }
    std::string pointer = "/";
    for (const char c : name) pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return pointer;
  }

  void read_where(const YamlNode& node, Mapping& mapping) {
    const auto text = reader_.text(node, "`where`");
    if (!text) return;
    ExprScope scope;
    scope.columns = mapping.columns;
    std::optional<Expr> expr =
        parse_yaml_expression(reader_.yaml(), node, scope, reader_.diagnostics());
    if (!expr) return;
    if (expr->type != ValueType::kBool) {
      reader_.error(node.span, kConfigMapping,
                    "`where` is bool, this expression is " + std::string(type_name(expr->type)),
                    "compare something: `kind == \"request\"`");
      return;
    }
    texts_.emplace_back("where", *text);
    mapping.where = std::move(expr);
  }

  void read_mapping(const YamlNode& node, Mapping& mapping) {
    if (node.kind != YamlNode::Kind::kMap) {
      reader_.error(node.span, kWrongShape, "`mapping` is not a map",
                    "write a field and an expression over the columns: `time: timestamp(started)`");
      return;
    }
    bool has_time = false;
    for (const auto& [key, value] : node.members) {
      has_time = has_time || key.scalar == "time";
      read_mapped_field(key, value, mapping);
    }
    if (!has_time) reader_.error(node.span, kMissingKey, "`mapping` needs `time`");
  }

  void read_mapped_field(const YamlNode& key, const YamlNode& value, Mapping& mapping) {
    const std::optional<FieldId> id = find_mappable(key);
    if (!id) return;
    const auto text = reader_.text(value, "the expression of `" + key.scalar + "`");
    if (!text) return;
    ExprScope scope;
    scope.columns = mapping.columns;
    std::optional<Expr> expr =
        parse_yaml_expression(reader_.yaml(), value, scope, reader_.diagnostics());
    if (!expr) return;
    const ValueType want = field(*id).type;
    if (expr->type != want) {
      reader_.error(expr->span.line > 0 ? expr->span : value.span, kConfigMapping,
                    "`" + key.scalar + "` is " + std::string(type_name(want)) +
                        ", this expression is " + std::string(type_name(expr->type)),
                    conversion_hint(want, expr->type));
      return;
    }
    texts_.emplace_back(key.scalar, *text);
    if (*id == kFieldTime) {
      mapping.time = std::move(*expr);
    } else if (*id == kFieldDuration) {
      mapping.duration = std::move(expr);
    } else if (*id == kFieldRequests) {
      mapping.requests = std::move(expr);
    } else {
      mapping.fields.emplace_back(*id, std::move(*expr));
    }
  }

  std::optional<FieldId> find_mappable(const YamlNode& key) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < fields().size(); ++i) {
      if (i != kFieldSource && has_kind(fields()[i], source_.record)) {
        names.push_back(fields()[i].name);
      }
    }
    if (std::ranges::find(names, key.scalar) != names.end()) return find_field(key.scalar);
    const std::optional<std::string> near = did_you_mean(key.scalar, names);
    reader_.error(
        key.span, kUnknownKey,
        "`" + key.scalar + "` is no field of " + std::string(kind_name(source_.record)) +
            " records",
        near ? "did you mean `" + *near + "`?" : "docs/native-format.md lists the fields");
    return std::nullopt;
  }

  static std::string conversion_hint(ValueType want, ValueType have) {
    if (want == ValueType::kString) return "convert it: `string(…)`";
    if (want == ValueType::kInt64 && have == ValueType::kDouble) return "convert it: `round(…)`";
    if (want == ValueType::kInt64 && have == ValueType::kString) return "convert it: `int(…)`";
    if (want == ValueType::kDouble && have == ValueType::kString) return "convert it: `number(…)`";
    if (want == ValueType::kTimestamp && have == ValueType::kString) {
      return "convert it: `timestamp(…)`";
    }
    if (want == ValueType::kTimestamp) {
      return "add a number of seconds to an instant: `timestamp(\"1970-01-01\") + seconds(…)`";
    }
    if (want == ValueType::kDuration) return "convert a number of seconds: `seconds(…)`";
    return {};
  }

  void read_times() {
    static constexpr std::array<std::string_view, 2> kPollKeys = {"every", "jitter"};
    if (const YamlNode* poll = node_.find("poll");
        poll != nullptr && reader_.map(*poll, "`poll`", kPollKeys)) {
      if (const YamlNode* every = poll->find("every")) {
        if (const auto d = reader_.duration(*every, "`every`", kSecond)) source_.poll_every = *d;
      }
      if (const YamlNode* jitter = poll->find("jitter")) {
        if (const auto d = reader_.duration(*jitter, "`jitter`", Duration{0})) {
          source_.poll_jitter = *d;
          if (*d >= source_.poll_every) {
            reader_.error(jitter->span, kBadDuration, "`jitter` is not shorter than `every`");
          }
        }
      }
    }
    if (const YamlNode* settles = node_.find("settles")) {
      if (const auto d = reader_.duration(*settles, "`settles`", Duration{0})) source_.settles = *d;
    }
    if (const YamlNode* idle = node_.find("idle")) {
      source_.idle = reader_.duration(*idle, "`idle`", kSecond);
    }
  }

  ConfigReader& reader_;
  const YamlNode& node_;
  Config& config_;
  SourceConfig source_;
  std::vector<std::pair<std::string, std::string>> texts_;
};

/// The source that `names_of` names is there, and has names of its own.
void check_names_of(ConfigReader& reader, const YamlNode& node, const Config& config) {
  const YamlNode* names = node.kind == YamlNode::Kind::kMap ? node.find("names_of") : nullptr;
  if (names == nullptr || names->scalar.empty()) return;
  const auto named = std::ranges::find(config.sources, names->scalar, &SourceConfig::name);
  if (named == config.sources.end()) {
    std::vector<std::string_view> all;
    for (const SourceConfig& source : config.sources) all.emplace_back(source.name);
    const std::optional<std::string> near = did_you_mean(names->scalar, all);
    reader.error(names->span, kConfigName,
                 "`names_of`: no source is called `" + names->scalar + "`",
                 near ? "did you mean `" + *near + "`?"
                      : "name the source whose accounts these records speak of");
  } else if (named->names_of == named->name) {
    reader.error(names->span, kConfigName,
                 "`names_of`: `" + names->scalar + "` is the source itself", "leave it out");
  } else if (!named->names_of.empty()) {
    reader.error(names->span, kConfigName,
                 "`names_of`: `" + names->scalar + "` has the names of another source itself",
                 "write `names_of: " + named->names_of + "`");
  }
}

}  // namespace

void read_sources(ConfigReader& reader, const YamlNode& node, Config& config) {
  if (!reader.list(node, "`sources`")) return;
  for (const YamlNode& item : node.items) SourceReader(reader, item, config).read();
  for (const YamlNode& item : node.items) check_names_of(reader, item, config);
}

}  // namespace tidewaiter
