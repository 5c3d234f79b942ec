#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/html_writer.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// An account of a cluster, as stored records have it.
struct ClusterMember {
  std::string name;  ///< as pictures have it, "gateway/a-3"; as the report has it: perhaps a number
  std::string subject;        ///< as findings have it, "account:gateway/a-3"; empty: withheld
  UtcTime first;              ///< the time of its first record, of whatever kind
  UtcTime last;               ///< of the last one
  std::int64_t requests = 0;  ///< of its usage
  /// By what it is linked to others of them, by name: fields, "acts in step", "ruling".
  std::vector<std::string> evidence;
  std::int64_t findings = 0;             ///< about the account itself, that were not withdrawn
  std::vector<std::string> finding_ids;  ///< of these; none where the name is withheld
  bool operator==(const ClusterMember&) const = default;
};

/// The accounts of the cluster that a report is about.
struct ReportedMembers {
  std::int64_t accounts = 0;
  /// In the order of the picture, by which they are numbered. None: their number alone is told.
  std::vector<ClusterMember> members;
  bool named = false;  ///< each by its id, which the draft is sealed with
};

/// How the accounts of a cluster may be told.
enum class MembersTold : std::uint8_t { kById, kByNumber, kHowMany };

/// The accounts without what may not be told. Built from nothing: what is not put in does not get
/// through. Pure.
[[nodiscard]] ReportedMembers redacted_members(const ReportedMembers& members, MembersTold told);

/// What is sealed with the draft: a line for each of those that are named, in their order. Absent
/// where none is.
[[nodiscard]] std::optional<std::string> members_word(
    const std::optional<ReportedMembers>& members);

/// The table, or how many they are.
void write_members(HtmlWriter& page, const std::optional<ReportedMembers>& members);

/// Shape: docs/schema/report.schema.json, `members`.
[[nodiscard]] nlohmann::ordered_json members_json(const std::optional<ReportedMembers>& members);

/// A row an account.
[[nodiscard]] std::string members_csv(const ReportedMembers& members);

}  // namespace tidewaiter
