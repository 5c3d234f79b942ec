#include "daemon/report/bundle.h"

#include <algorithm>
#include <set>
#include <system_error>

#include <nlohmann/json.hpp>

#include "daemon/report/certificate_html.h"
#include "daemon/report/cluster_members.h"
#include "daemon/report/models_plot.h"
#include "daemon/report/report_csv.h"
#include "daemon/report/report_html.h"
#include "daemon/report/report_json.h"
#include "daemon/report/report_stix.h"
#include "daemon/report/screening_json.h"
#include "daemon/report/travelling_verifier.h"
#include "daemon/report/usual_plot.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/dsse_envelope.h"
#include "storage/verify/bag_manifest.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFileMode = 0600;
/// Of one rendering, or of a file of the log.
constexpr std::size_t kMostBundleFile = std::size_t{1} << 30U;

std::string disclosures_json(std::span<const ReportedDisclosure> disclosures) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ReportedDisclosure& one : disclosures) {
    list.push_back({{"entry", one.entry}, {"name", one.name}, {"text", one.text}});
  }
  return list.dump(1) + "\n";
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable,
              "cannot make the folder `" + folder.string() + "`: " + failure.message());
}

BagManifest digests_of(const ReportFiles& files) {
  BagManifest manifest;
  for (const auto& [path, bytes] : files) manifest.emplace(path, sha256(bytes));
  return manifest;
}

tl::unexpected<Error> not_drawn(const fs::path& file) {
  return fail(ErrorCode::kCorruption,
              "`" + file.string() + "` is not what was drawn: draw the report again");
}

Result<BagManifest> read_drawn_manifest(const fs::path& folder, const Digest& manifest) {
  const fs::path list = folder / kManifestFile;
  const Result<std::string> text = read_whole_file(list, kMaxManifestBytes);
  if (!text) return tl::unexpected(text.error());
  Result<BagManifest> digests = parse_manifest(*text);
  if (sha256(*text) != manifest || !digests) return not_drawn(list);
  return digests;
}

Result<std::string> read_drawn(const fs::path& file, const Digest& digest) {
  Result<std::string> bytes = read_whole_file(file, kMostBundleFile);
  if (!bytes && bytes.error().code == ErrorCode::kUnavailable) return bytes;
  if (!bytes || sha256(*bytes) != digest) return not_drawn(file);
  return bytes;
}

/// All regular files below a folder, by their paths within it.
Result<BagManifest> files_below(const fs::path& folder) {
  BagManifest digests;
  std::error_code failure;
  fs::recursive_directory_iterator it(folder, failure);
  for (const fs::recursive_directory_iterator end; !failure && it != end; it.increment(failure)) {
    std::error_code unreadable;
    if (!it->is_regular_file(unreadable)) continue;
    const Result<std::string> bytes = read_whole_file(it->path(), kMostBundleFile);
    if (!bytes) return tl::unexpected(bytes.error());
    digests.emplace(it->path().lexically_relative(folder).generic_string(), sha256(*bytes));
  }
  if (!failure) return digests;
  return fail(ErrorCode::kUnavailable,
              "cannot list `" + folder.string() + "`: " + failure.message());
}

/// The bytes of the attestation.
Result<std::string> attestation_of(const ReportStatement& statement, const SigningKey& key) {
  const Result<std::string> text = format_report_statement(statement);
  if (!text) return text;
  return format_dsse(sign_dsse(kInTotoPayloadType, *text,
                               attestation_key_id({statement.origin, key.public_key()}), key));
}

}  // namespace

ReportFiles report_files(const Report& report, std::span<const ReportedDisclosure> disclosures,
                         std::string_view sealed) {
  ReportFiles files{{"data/HOW-TO-CHECK.html", how_to_check_html(report)},
                    {std::string(kDisclosuresFile), disclosures_json(disclosures)},
                    {"data/findings.csv", findings_csv(report)},
                    {std::string(kReportPageFile), report_html(report)},
                    {"data/report.json", report_json(report)},
                    {"data/report.stix.json", report_stix(report)},
                    {"data/timeline.csv", timeline_csv(report)},
                    {std::string(kTravellingVerifierFile), std::string(travelling_verifier())}};
  if (report.models) files.emplace("data/models.csv", models_csv(*report.models));
  if (report.members && !report.members->members.empty()) {
    files.emplace("data/members.csv", members_csv(*report.members));
  }
  if (members_word(report.members)) files.emplace(kMembersFile, sealed);
  if (report.usual) files.emplace("data/usual.csv", usual_csv(*report.usual));
  if (report.screening) files.emplace("data/lists.csv", lists_csv(*report.screening));
  for (const auto& [part, text] : report.templates) files.emplace(template_path(part), text);
  // Last: it has the digests of the others.
  if (report.certificate) {
    files.emplace(std::string(kCertificateFile), certificate_html(report, files));
  }
  return files;
}

std::string manifest_of(const ReportFiles& files) { return format_manifest(digests_of(files)); }

Result<void> write_report_files(const fs::path& folder, const ReportFiles& files) {
  const Result<bool> there = is_there(folder);
  if (!there) return tl::unexpected(there.error());
  if (*there) {
    return fail(ErrorCode::kRefused, "`" + folder.string() + "` is there already: name another");
  }
  std::set<fs::path> folders{folder, folder / "data"};  // each before what is in it
  for (const auto& [path, bytes] : files) folders.insert((folder / path).parent_path());
  for (const fs::path& one : folders) {
    if (auto made = make_folder(one); !made) return made;
  }
  for (const auto& [path, bytes] : files) {
    if (auto made = create_file(folder / path, kFileMode, bytes); !made) return made;
  }
  // Last: a folder with a manifest has all that it lists.
  return create_file(folder / kManifestFile, kFileMode, manifest_of(files));
}

Result<ReportFiles> read_report_files(const fs::path& folder, const Digest& manifest) {
  const Result<BagManifest> digests = read_drawn_manifest(folder, manifest);
  if (!digests) return tl::unexpected(digests.error());
  ReportFiles files;
  for (const auto& [path, digest] : *digests) {
    Result<std::string> bytes = read_drawn(folder / path, digest);
    if (!bytes) return tl::unexpected(bytes.error());
    files.emplace(path, std::move(*bytes));
  }
  return files;
}

Result<std::string> read_report_file(const fs::path& folder, const Digest& manifest,
                                     const std::string& path) {
  const Result<BagManifest> digests = read_drawn_manifest(folder, manifest);
  if (!digests) return tl::unexpected(digests.error());
  const auto listed = digests->find(path);
  if (listed == digests->end()) return not_drawn(folder / path);
  return read_drawn(folder / path, listed->second);
}

Result<void> seal_bundle(const fs::path& folder, ReportStatement statement, const SigningKey& key) {
  if (auto made = create_file(folder / kBagDeclarationFile, kFileMode, kBagDeclaration); !made) {
    return made;
  }
  Result<BagManifest> files = files_below(folder);
  if (!files) return tl::unexpected(files.error());
  statement.subjects = *files;
  const Result<std::string> attestation = attestation_of(statement, key);
  if (!attestation) return tl::unexpected(attestation.error());
  if (auto made = create_file(folder / kAttestationFile, kFileMode, *attestation); !made) {
    return made;
  }
  files->emplace(kAttestationFile, sha256(*attestation));
  std::erase_if(*files, [](const auto& file) { return file.first.starts_with("data/"); });
  return create_file(folder / kTagManifestFile, kFileMode, format_manifest(*files));
}

}  // namespace tidewaiter
