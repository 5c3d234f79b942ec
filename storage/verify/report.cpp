#include "storage/verify/report.h"

#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "policies/model/time.h"
#include "storage/ledger/root_text.h"
#include "storage/verify/plain_text.h"

namespace tidewaiter {

namespace {

constexpr int kFirstFailureCode = 10;

std::string headline(const VerifyReport& report) {
  switch (verdict_of(report)) {
    case Verdict::kHolds:
      return "The ledger holds.";
    case Verdict::kSignedPartHolds:
      return "The signed part holds (" + std::to_string(report.signed_size) + " of " +
             std::to_string(report.head.size) + " entries).";
    case Verdict::kWitnessedPartHolds:
      return "The witnessed part holds (" + std::to_string(report.covered_size()) + " of " +
             std::to_string(report.head.size) + " entries).";
    case Verdict::kNotWitnessed:
      return "The ledger is NOT witnessed as the policy asks.";
    case Verdict::kFails:
      break;
  }
  return "The ledger does NOT hold.";
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds:
      return "holds";
    case Verdict::kSignedPartHolds:
      return "signed_part_holds";
    case Verdict::kWitnessedPartHolds:
      return "witnessed_part_holds";
    case Verdict::kNotWitnessed:
      return "not_witnessed";
    case Verdict::kFails:
      break;
  }
  return "fails";
}

/// The newest token, in one line.
std::string stamp_line(const TimestampedHead& stamp) {
  std::string line = "  stamped: " + std::to_string(stamp.size) +
                     (stamp.size == 1 ? " entry, " : " entries, ") + format_time(stamp.time);
  if (stamp.accuracy.us > 0) line += " ±" + format_duration(stamp.accuracy);
  return line + ", " + plain_text(stamp.authority) + "\n";
}

/// Null where they were not judged.
nlohmann::json stamps_json(const VerifyReport& report) {
  if (!report.timestamps) return nullptr;
  nlohmann::json stamps = nlohmann::json::array();
  for (const TimestampedHead& stamp : *report.timestamps) {
    stamps.push_back({{"size", stamp.size},
                      {"time", format_time(stamp.time)},
                      {"accuracy_us", stamp.accuracy.us},
                      {"authority", stamp.authority},
                      {"expires", format_time(stamp.expires)}});
  }
  return stamps;
}

/// What it goes on for; nothing if its head does not hold, which is a problem of entry 0.
std::string former_line(const FormerLedger& former, const std::string& origin) {
  const Result<Checkpoint> head = former_head(former, origin);
  if (!head) return {};
  return "  follows: " + plain_text(head->origin) + ", of whose " +
         std::to_string(head->head.size) + " signed entries " + std::to_string(former.kept) +
         " were kept: " + plain_text(former.reason) + "\n";
}

nlohmann::json former_json(const VerifyReport& report) {
  if (!report.follows) return nullptr;
  const Result<Checkpoint> head = former_head(*report.follows, report.origin);
  if (!head) return nullptr;
  return {{"origin", head->origin},
          {"size", head->head.size},
          {"root", to_base64(head->head.root.bytes, Base64::kStandard)},
          {"kept", report.follows->kept},
          {"reason", report.follows->reason}};
}

/// RFC 3339, which ends with the year 9999; a witness may say what it likes.
std::string cosigned_at(const Cosigner& cosigner) {
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  if (cosigner.seconds < kYear10000) return format_time(UtcTime{cosigner.seconds * kSecond.us});
  return std::to_string(cosigner.seconds) + " seconds after 1970";
}

}  // namespace

std::string_view failure_name(VerifyFailure failure) {
  switch (failure) {
    case VerifyFailure::kNone:
      return "none";
    case VerifyFailure::kUnreadable:
      return "unreadable";
    case VerifyFailure::kSchema:
      return "schema";
    case VerifyFailure::kEntry:
      return "entry";
    case VerifyFailure::kTree:
      return "tree";
    case VerifyFailure::kHead:
      return "head";
    case VerifyFailure::kSignature:
      return "signature";
    case VerifyFailure::kLock:
      return "lock";
    case VerifyFailure::kProjection:
      return "projection";
    case VerifyFailure::kUnsigned:
      return "unsigned";
    case VerifyFailure::kQuorum:
      return "quorum";
    case VerifyFailure::kTimestamp:
      return "timestamp";
  }
  return "none";
}

Verdict verdict_of(const VerifyReport& report) {
  if (!report.ok()) {
    // The worst problem comes first, and the quorum after all others: there is none but that.
    return report.problems.front().failure == VerifyFailure::kQuorum ? Verdict::kNotWitnessed
                                                                     : Verdict::kFails;
  }
  if (report.covered_size() == report.head.size) return Verdict::kHolds;
  return report.witnessed ? Verdict::kWitnessedPartHolds : Verdict::kSignedPartHolds;
}

int verify_exit_code(const VerifyReport& report) {
  if (report.ok()) return 0;
  return kFirstFailureCode + static_cast<int>(report.problems.front().failure) -
         static_cast<int>(VerifyFailure::kUnreadable);
}

std::string cosigners_text(const WitnessedHead& head) {
  std::string text;
  for (const Cosigner& cosigner : head.cosigners) {
    text += "  witness: " + plain_text(cosigner.name) + " at " + cosigned_at(cosigner) + "\n";
  }
  return text;
}

nlohmann::json cosigners_json(const WitnessedHead& head) {
  nlohmann::json list = nlohmann::json::array();
  for (const Cosigner& cosigner : head.cosigners) {
    list.push_back({{"name", cosigner.name}, {"time", cosigned_at(cosigner)}});
  }
  return list;
}

std::string verdict_text(const VerifyReport& report) {
  std::string text = headline(report) + "\n";
  text += "  origin:  " + (report.origin.empty() ? "unknown" : plain_text(report.origin)) + "\n";
  if (report.follows) text += former_line(*report.follows, report.origin);
  text += "  entries: " + std::to_string(report.head.size) + ", of which signed " +
          std::to_string(report.signed_size);
  if (report.witnessed) text += ", witnessed " + std::to_string(report.witnessed->size);
  text += "\n";
  if (report.head.size > 0) {
    text += "  root:    " + root_text(report.head.root) + "\n";
  }
  if (report.timestamps && !report.timestamps->empty()) {
    text += stamp_line(report.timestamps->back());
  }
  if (report.witnessed) text += cosigners_text(*report.witnessed);
  for (const VerifyProblem& problem : report.problems) {
    text +=
        "  problem (" + std::string(failure_name(problem.failure)) + "): " + problem.message + "\n";
  }
  for (const std::string& note : report.notes) text += "  note: " + note + "\n";
  return text;
}

std::string verdict_json(const VerifyReport& report) {
  nlohmann::json problems = nlohmann::json::array();
  for (const VerifyProblem& problem : report.problems) {
    nlohmann::json item = {{"failure", failure_name(problem.failure)},
                           {"message", problem.message}};
    if (problem.index >= 0) item["index"] = problem.index;
    problems.push_back(std::move(item));
  }
  nlohmann::json root;  // null without entries: the hash of nothing is no root of theirs
  if (report.head.size > 0) root = to_base64(report.head.root.bytes, Base64::kStandard);
  nlohmann::json verdict = {
      {"verdict", verdict_name(verdict_of(report))},
      {"origin", report.origin},
      {"follows", former_json(report)},
      {"size", report.head.size},
      {"root", std::move(root)},
      {"signed_size", report.signed_size},
      {"timestamps", stamps_json(report)},
      {"problems", std::move(problems)},
      {"notes", report.notes},
  };
  if (report.witnessed) {
    verdict["witnessed_size"] = report.witnessed->size;
    verdict["witnesses"] = cosigners_json(*report.witnessed);
  }
  // Damaged text may hold bytes that are not UTF-8, or control characters beyond ASCII.
  return verdict.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string nothing_checked_json(std::string_view message) {
  const nlohmann::json answer = {{"verdict", "nothing_checked"}, {"message", message}};
  return answer.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace tidewaiter
