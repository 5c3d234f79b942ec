#pragma once

#include <span>
#include <string_view>

namespace tidewaiter {

// What kinds of reports there are, and what each has to have. Constant; any thread.

/// What a report draws on: one case, or all that was found in a period.
enum class ReportScope : unsigned char { kCase, kPeriod };

/// Something that a kind of report has to say.
struct ReportElement {
  std::string_view name;      ///< "authority"
  std::string_view question;  ///< what a reader asks
  bool stated = false;        ///< only a person can say it; all others follow from the ledger
};

/// What is let through into a report.
struct RedactionProfile {
  std::string_view name;  ///< "facts", "subjects"
  std::string_view text;  ///< what it lets through, for people
  bool subjects = false;  ///< subjects, and figures whose value is a text, each with its disclosure
};

struct ReportKind {
  std::string_view name;   ///< "referral"
  std::string_view title;  ///< "Referral to a government"
  ReportScope scope = ReportScope::kCase;
  bool counsel = false;                        ///< goes to a government: counsel approves it too
  std::span<const std::string_view> profiles;  ///< that it may have, the usual one first
  std::span<const std::string_view> elements;  ///< names of report_elements() that it needs
  bool picture = true;  ///< shows what links the accounts of a cluster: others' than the reader's
  /// The rule of clock_rules() by whose clock on the case it is due; empty: none.
  std::string_view clock = {};
  /// The rule whose clock begins when the recipient has received it; empty: none.
  std::string_view begins = {};
  /// Tells what was held against which lists: of findings those of policies that look into lists.
  bool screening = false;
  /// Says who is behind the case, as people state it, or that nobody has.
  bool attribution = false;
  /// Its bundle has a draft of the certificate of a custodian of records.
  bool certificate = false;
};

[[nodiscard]] std::span<const ReportElement> report_elements();
[[nodiscard]] std::span<const RedactionProfile> redaction_profiles();
/// By name.
[[nodiscard]] std::span<const ReportKind> report_kinds();

/// Null if there is none of this name.
[[nodiscard]] const ReportElement* report_element(std::string_view name);
[[nodiscard]] const RedactionProfile* redaction_profile(std::string_view name);
[[nodiscard]] const ReportKind* report_kind(std::string_view name);

/// Says whether a kind may have a profile of this name.
[[nodiscard]] bool kind_allows(const ReportKind& kind, std::string_view profile);

}  // namespace tidewaiter
