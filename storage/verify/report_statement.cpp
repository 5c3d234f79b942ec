#include "storage/verify/report_statement.h"

#include <optional>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";

tl::unexpected<Error> malformed_statement(const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "its statement has " + what);
}

std::optional<UtcTime> time_member(const nlohmann::json& object, const char* name) {
  const auto text = text_member(object, name);
  if (!text) return std::nullopt;
  const Result<UtcTime> time = parse_time(*text);
  if (!time || format_time(*time) != *text) return std::nullopt;
  return *time;
}

nlohmann::json member_or_null(const nlohmann::json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) return nullptr;
  return object.at(name);
}

Result<BagManifest> parse_subjects(const nlohmann::json& list) {
  if (!list.is_array()) return malformed_statement("no list of subjects");
  BagManifest subjects;
  for (const nlohmann::json& one : list) {
    const auto name = text_member(one, "name");
    const nlohmann::json digests = member_or_null(one, "digest");
    const auto digest = digest_member(digests, "sha256");
    if (!name || !is_bag_path(*name) || !digest || one.size() != 2 || digests.size() != 1) {
      return malformed_statement("a subject that is not the path of a file and its SHA-256");
    }
    if (!subjects.empty() && subjects.rbegin()->first >= *name) {
      return malformed_statement("subjects that are not in the order of their names, or one twice");
    }
    subjects.emplace_hint(subjects.end(), *name, *digest);
  }
  return subjects;
}

/// Null where the report is of a period.
std::optional<std::string> case_member(const nlohmann::json& report) {
  if (report.is_object() && report.contains("case") && report.at("case").is_null()) return "";
  auto about = text_member(report, "case");
  return about && !about->empty() ? about : std::nullopt;
}

Result<StatedReport> parse_stated_report(const nlohmann::json& report) {
  auto id = text_member(report, "id");
  auto kind = text_member(report, "kind");
  auto handling = text_member(report, "handling");
  auto about = case_member(report);
  const auto from = time_member(report, "from");
  const auto to = time_member(report, "to");
  const auto draft = number_member(report, "draft");
  const auto issued = number_member(report, "issued");
  const auto manifest = digest_member(report, "manifest");
  if (!id || !kind || !handling || !about || !from || !to || !draft || !issued || !manifest) {
    return malformed_statement("no whole `report`");
  }
  return StatedReport{
      std::move(*id), std::move(*kind), std::move(*handling), std::move(*about), *from, *to, *draft,
      *issued,        *manifest};
}

Result<TreeHead> parse_head(const nlohmann::json& log) {
  const auto size = number_member(log, "size");
  const auto root = text_member(log, "root");
  const auto bytes = root ? from_base64(*root, Base64::kStandard) : Result<std::string>();
  TreeHead head;
  if (!size || *size < 0 || !root || !bytes || bytes->size() != head.root.bytes.size()) {
    return malformed_statement("no whole `log`");
  }
  head.size = *size;
  for (std::size_t i = 0; i < bytes->size(); ++i) {
    head.root.bytes[i] = static_cast<std::byte>((*bytes)[i]);
  }
  return head;
}

}  // namespace

bool is_attested_file(std::string_view file) {
  return file != kAttestationFile && file != kTagManifestFile;
}

std::string attestation_key_id(const VerifierKey& key) {
  const std::string text = format_verifier_key(key);
  return text.substr(0, text.find('+', text.find('+') + 1));  // base64 may have others
}

StatedReport stated_report(const RecordedAct& draft, std::int64_t issued) {
  const auto& drafted = std::get<ReportDrafted>(draft.act.act.body);
  return {draft.act.act.case_id, drafted.kind, drafted.handling,
          drafted.about,         drafted.from, drafted.to,
          draft.index,           issued,       drafted.manifest};
}

Result<std::string> format_report_statement(const ReportStatement& statement) {
  nlohmann::json subjects = nlohmann::json::array();
  for (const auto& [name, digest] : statement.subjects) {
    subjects.push_back({{"name", name}, {"digest", {{"sha256", to_hex(digest)}}}});
  }
  const StatedReport& report = statement.report;
  nlohmann::json about;
  if (!report.about.empty()) about = report.about;
  return to_jcs({{"_type", kStatementType},
                 {"subject", std::move(subjects)},
                 {"predicateType", kReportPredicateType},
                 {"predicate",
                  {{"log",
                    {{"origin", statement.origin},
                     {"size", statement.head.size},
                     {"root", to_base64(statement.head.root.bytes, Base64::kStandard)}}},
                   {"report",
                    {{"id", report.id},
                     {"kind", report.kind},
                     {"handling", report.handling},
                     {"case", std::move(about)},
                     {"from", format_time(report.from)},
                     {"to", format_time(report.to)},
                     {"draft", report.draft},
                     {"issued", report.issued},
                     {"manifest", to_hex(report.manifest)}}}}}});
}

Result<ReportStatement> parse_report_statement(std::string_view text) {
  const Result<nlohmann::json> document = parse_json_strict(text);
  if (!document) return tl::unexpected(document.error());
  const auto type = text_member(*document, "_type");
  const auto predicate_type = text_member(*document, "predicateType");
  if (type != kStatementType || predicate_type != kReportPredicateType) {
    return fail(ErrorCode::kUnsupported, "it states something else than a report");
  }
  auto subjects = parse_subjects(member_or_null(*document, "subject"));
  if (!subjects) return tl::unexpected(subjects.error());
  const nlohmann::json predicate = member_or_null(*document, "predicate");
  auto report = parse_stated_report(member_or_null(predicate, "report"));
  if (!report) return tl::unexpected(report.error());
  const nlohmann::json log = member_or_null(predicate, "log");
  const auto head = parse_head(log);
  if (!head) return tl::unexpected(head.error());
  auto origin = text_member(log, "origin");
  if (!origin) return malformed_statement("no whole `log`");
  return ReportStatement{std::move(*subjects), std::move(*report), std::move(*origin), *head};
}

}  // namespace tidewaiter
