#include "storage/verify/attestation_check.h"

#include "storage/ledger/dsse_envelope.h"

namespace tidewaiter {
namespace {

/// The statement, if the key has signed it.
Result<ReportStatement> signed_statement(const AttestedBundle& bundle) {
  const Result<DsseEnvelope> envelope = parse_dsse(bundle.envelope);
  if (!envelope) return tl::unexpected(envelope.error());
  if (envelope->payload_type != kInTotoPayloadType ||
      envelope->key_id != attestation_key_id(bundle.key) ||
      !verify_dsse(*envelope, bundle.key.key)) {
    return fail(ErrorCode::kRefused, "the log's key has not signed it");
  }
  return parse_report_statement(envelope->payload);
}

/// What the statement says of the report, against what the log has. False if it is another one.
bool check_predicate(const AttestedBundle& bundle, const ReportStatement& statement,
                     const TellFault& tell) {
  if (statement.origin != bundle.key.name) {
    tell(kAttestationFile, "is about a report of another log");
    return false;
  }
  if (bundle.report && statement.report != *bundle.report) {
    tell(kAttestationFile, "states another report than the log");
    return false;
  }
  if (bundle.head && statement.head != *bundle.head) {
    tell(kAttestationFile, "states another head of the log than that of `log/`");
    return false;
  }
  return true;
}

}  // namespace

std::int64_t check_attestation(const AttestedBundle& bundle, const DigestOfFile& digest_of,
                               const TellFault& tell) {
  const Result<ReportStatement> statement = signed_statement(bundle);
  if (!statement) {
    tell(kAttestationFile, "was changed, or is none of this log: " + statement.error().message);
    return 0;
  }
  if (!check_predicate(bundle, *statement, tell)) return 0;
  const std::string by = "the one in `" + std::string(kAttestationFile) + "`";
  std::int64_t held = 0;
  for (const auto& [file, digest] : statement->subjects) {
    if (!is_attested_file(file) || !bundle.files.contains(file)) {
      tell(file, "is missing: `" + std::string(kAttestationFile) + "` has it");
      continue;
    }
    const auto found = digest_of(file);
    if (!found) {
      tell(file, "cannot be read");
    } else if (*found != digest) {
      tell(file, "was changed: its SHA-256 is not " + by);
    } else {
      ++held;
    }
  }
  for (const std::string& file : bundle.files) {
    if (is_attested_file(file) && !statement->subjects.contains(file)) {
      tell(file, "was added: `" + std::string(kAttestationFile) + "` does not have it");
    }
  }
  return held;
}

}  // namespace tidewaiter
