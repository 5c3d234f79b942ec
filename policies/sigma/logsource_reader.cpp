#include <array>
#include <utility>

#include "policies/language/load.h"
#include "policies/language/policy_sections.h"
#include "policies/language/strict_yaml.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"
#include "policies/sigma/document_parts.h"
#include "policies/sigma/logsource.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 3> kDocumentKeys = {"logsource_mapping", "version",
                                                           "sources"};
constexpr std::array<std::string_view, 5> kSourceKeys = {"logsource", "reads", "where", "fields",
                                                         "for_each"};
constexpr std::array<std::pair<std::string_view, RecordKind>, 3> kRecordKinds = {
    {{"usage", RecordKind::kUsage},
     {"account", RecordKind::kAccount},
     {"audit", RecordKind::kAudit}}};

class MappingReader {
 public:
  MappingReader(DocumentReader& reader, SigmaMapping& mapping)
      : reader_(reader), mapping_(mapping) {}

  void read(const YamlNode& document) {
    if (!check_keys(reader_.yaml(), document, kDocumentKeys, reader_.diagnostics())) return;
    if (const YamlNode* name = require(document, "logsource_mapping")) {
      if (auto text = reader_.text(*name)) mapping_.name = *std::move(text);
    }
    if (const YamlNode* version = require(document, "version")) {
      (void)reader_.integer(*version, 1, 1'000'000);
    }
    const YamlNode* sources = require(document, "sources");
    if (sources == nullptr) return;
    for (const YamlNode* source : DocumentReader::items(*sources)) read_source(*source);
  }

 private:
  const YamlNode* require(const YamlNode& map, std::string_view key) {
    const YamlNode* node = map.find(key);
    if (node == nullptr) {
      reader_.error(map.span, kMissingKey, "`" + std::string(key) + "` is missing",
                    "a mapping has logsource_mapping, version and sources; a source a logsource");
    }
    return node;
  }

  void read_source(const YamlNode& node) {
    if (!check_keys(reader_.yaml(), node, kSourceKeys, reader_.diagnostics())) return;
    SigmaSource source;
    const YamlNode* logsource = require(node, "logsource");
    if (logsource == nullptr) return;
    if (auto read = read_logsource(reader_, *logsource)) source.logsource = *std::move(read);
    if (const YamlNode* reads = node.find("reads"))
      source.reads = reader_.one_of(*reads, kRecordKinds);
    read_subject(node, source);
    if (const YamlNode* where = node.find("where")) read_where(*where, source);
    if (const YamlNode* fields = node.find("fields")) read_fields(*fields, source);
    if (source.where) {
      for (const std::string& name : fields_of(*source.where)) {
        check_own(source, name, node.find("where")->span);
      }
    }
    mapping_.sources.push_back(std::move(source));
  }

  /// As a policy says it; events from outside have no subject.
  void read_subject(const YamlNode& node, SigmaSource& source) {
    if (source.reads) {
      source.for_each = read_for_each(reader_, node, *source.reads);
    } else if (const YamlNode* subject = node.find("for_each")) {
      reader_.error(subject->span, kWrongShape, "`for_each` stands without `reads`",
                    "write `reads: usage`, or leave it out");
    }
  }

  /// A selection over the source's own names.
  void read_where(const YamlNode& node, SigmaSource& source) {
    YamlNode name;
    name.scalar = "where";
    name.span = node.span;
    auto selection = read_sigma_selection(reader_, name, node, {});
    if (!selection) return;
    source.where.emplace();
    source.where->selections.push_back(*std::move(selection));
  }

  void read_fields(const YamlNode& node, SigmaSource& source) {
    if (!reader_.expect_map(node, "fields: {src_ip: client.address}")) return;
    for (const auto& [sigma, own] : node.members) {
      auto name = reader_.text(own);
      if (!name) continue;
      check_own(source, *name, own.span);
      source.fields.emplace(sigma.scalar, *std::move(name));
    }
  }

  /// Of records the fields are known.
  void check_own(const SigmaSource& source, const std::string& name, const SourceSpan& span) {
    if (!source.reads) return;
    const auto id = find_field(name);
    if (id && has_kind(field(*id), *source.reads)) return;
    std::vector<std::string_view> known;
    for (const Field& one : fields()) {
      if (has_kind(one, *source.reads)) known.push_back(one.name);
    }
    const auto near = did_you_mean(name, known);
    reader_.error(span, kUnknownName,
                  in_backticks(name) + " is no field of " + std::string(kind_name(*source.reads)) +
                      " records",
                  near ? "did you mean `" + *near + "`?" : "docs/records-format.md lists them");
  }

  DocumentReader& reader_;
  SigmaMapping& mapping_;
};

}  // namespace

SigmaMappingOutcome load_mapping(const PolicyText& file) {
  SigmaMappingOutcome outcome;
  const YamlText text(file.path, file.text);
  const std::vector<YamlNode> documents = parse_policy_file(file, text, outcome.diagnostics);
  DocumentReader reader(text, outcome.diagnostics);
  if (documents.size() == 1) {
    MappingReader(reader, outcome.mapping).read(documents.front());
  } else if (outcome.diagnostics.empty()) {
    reader.error({file.path, 1, 1, 1}, kWrongShape,
                 "a log source mapping is one document, not " + std::to_string(documents.size()),
                 "it begins with `logsource_mapping: its-name`");
  }
  return outcome;
}

SigmaMapping read_mapping(DocumentReader& reader, const YamlNode& document) {
  SigmaMapping mapping;
  MappingReader(reader, mapping).read(document);
  return mapping;
}

}  // namespace tidewaiter
