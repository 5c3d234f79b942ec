#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "storage/ledger/act.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/bag_manifest.h"

namespace tidewaiter {

// What the key of a log states of a report's bundle: a Statement v1 of in-toto, whose predicate is
// of our own (docs/ledger-format.md §15). Pure.

/// The envelope that the statement stands in, by its path in the bundle.
inline constexpr std::string_view kAttestationFile = "attestation.dsse.json";
inline constexpr std::size_t kMaxAttestationBytes = std::size_t{256} << 20U;
/// Names the predicate. Nothing can be fetched there.
inline constexpr std::string_view kReportPredicateType = "https://tidewaiter.invalid/report/v1";

/// Says whether a statement has `file` of a bundle among its subjects: all are, but the envelope
/// itself and the manifest that lists it.
[[nodiscard]] bool is_attested_file(std::string_view file);

/// How an envelope names the key of a log: `<origin>+<key id>`, the vkey without the key itself.
[[nodiscard]] std::string attestation_key_id(const VerifierKey& key);

/// Which report it is, as its entries have it. A plain value.
struct StatedReport {
  std::string id;
  std::string kind;
  std::string handling;
  std::string about;  ///< a case; empty: a period
  UtcTime from;
  UtcTime to;
  std::int64_t draft = 0;   ///< index of the entry that drew it
  std::int64_t issued = 0;  ///< index of the entry that issued it
  Digest manifest;          ///< SHA-256 of manifest-sha256.txt
  bool operator==(const StatedReport&) const = default;
};

/// `draft` is a `report.drafted`.
[[nodiscard]] StatedReport stated_report(const RecordedAct& draft, std::int64_t issued);

struct ReportStatement {
  BagManifest subjects;
  StatedReport report;
  std::string origin;  ///< of the log
  TreeHead head;       ///< of the checkpoint in `log/`
  bool operator==(const ReportStatement&) const = default;
};

/// Its JSON by RFC 8785. Errors: kInvalidInput for a text that is not UTF-8.
[[nodiscard]] Result<std::string> format_report_statement(const ReportStatement& statement);

/// Reads a statement. Members of the predicate, of `report` and of `log` that it does not know are
/// passed over, as in-toto asks of who reads one; a subject has a name and a SHA-256 and nothing
/// else. Errors: kInvalidInput; kUnsupported for another type of statement or predicate.
[[nodiscard]] Result<ReportStatement> parse_report_statement(std::string_view text);

}  // namespace tidewaiter
