#include "storage/review/report_kinds.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

constexpr std::array<ReportElement, 17> kElements{{
    {"authority", "on what authority is it given (consent, request, subpoena, order, own right)?",
     true},
    {"contact", "whom does a reader ask?", true},
    {"coverage", "what could not be seen or told?"},
    {"decisions", "what did people decide about what was found?"},
    {"figures", "on what figures does it rest?"},
    {"findings", "what was found?"},
    {"harm", "what loss or harm is there, and to whom?", true},
    {"legal_basis", "what law or contract lets it be given?", true},
    {"objection", "how does who is concerned object?", true},
    {"owner", "whose rights or property are concerned?", true},
    {"period", "what time does it cover?"},
    {"policies", "by what policies, in what version, on what basis?"},
    {"recipient", "to whom does it go?", true},
    {"request", "what is the recipient asked to do?", true},
    {"steps_taken", "what was done about it so far?"},
    {"subject", "whom is it about, by an id that the recipient can use?"},
    {"usage", "how did the usage go over time?"},
}};

constexpr std::array<RedactionProfile, 2> kProfiles{{
    {"facts", "what was found, when and by what; nobody is named", false},
    {"subjects", "the ids of those it is about, and figures whose value is a text", true},
}};

using std::string_view_literals::operator""sv;
constexpr std::array kFactsFirst{"facts"sv, "subjects"sv};
constexpr std::array kFactsAlone{"facts"sv};
constexpr std::array kSubjectsAlone{"subjects"sv};

constexpr std::array kHolderElements{"contact"sv,     "figures"sv,   "findings"sv,
                                     "legal_basis"sv, "objection"sv, "period"sv,
                                     "policies"sv,    "recipient"sv, "subject"sv};
constexpr std::array kPartnerElements{"authority"sv, "contact"sv,   "coverage"sv,
                                      "figures"sv,   "findings"sv,  "period"sv,
                                      "policies"sv,  "recipient"sv, "request"sv};
constexpr std::array kSummaryElements{"coverage"sv, "decisions"sv, "findings"sv,
                                      "period"sv,   "policies"sv,  "recipient"sv};
constexpr std::array kReferralElements{
    "authority"sv, "contact"sv,     "coverage"sv, "decisions"sv, "figures"sv,  "findings"sv,
    "harm"sv,      "legal_basis"sv, "owner"sv,    "period"sv,    "policies"sv, "recipient"sv,
    "request"sv,   "steps_taken"sv, "subject"sv,  "usage"sv};

constexpr std::array<ReportKind, 4> kKinds{{
    {"account-holder-notice", "Notice to an account holder", ReportScope::kCase, false,
     kSubjectsAlone, kHolderElements, false},
    {"partner-notice", "Notice to a partner", ReportScope::kCase, false, kFactsFirst,
     kPartnerElements},
    {"period-summary", "Summary of a period", ReportScope::kPeriod, false, kFactsAlone,
     kSummaryElements},
    {"referral", "Referral to a government", ReportScope::kCase, true, kFactsFirst,
     kReferralElements},
}};

template <class Rows>
auto row_named(const Rows& rows, std::string_view name) -> decltype(rows.data()) {
  for (const auto& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

std::span<const ReportElement> report_elements() { return kElements; }
std::span<const RedactionProfile> redaction_profiles() { return kProfiles; }
std::span<const ReportKind> report_kinds() { return kKinds; }

const ReportElement* report_element(std::string_view name) { return row_named(kElements, name); }
const RedactionProfile* redaction_profile(std::string_view name) {
  return row_named(kProfiles, name);
}
const ReportKind* report_kind(std::string_view name) { return row_named(kKinds, name); }

bool kind_allows(const ReportKind& kind, std::string_view profile) {
  return std::ranges::find(kind.profiles, profile) != kind.profiles.end();
}

bool is_tlp_marking(std::string_view text) {
  constexpr std::array kMarkings{"TLP:RED"sv, "TLP:AMBER+STRICT"sv, "TLP:AMBER"sv, "TLP:GREEN"sv,
                                 "TLP:CLEAR"sv};
  return std::ranges::find(kMarkings, text) != kMarkings.end();
}

}  // namespace tidewaiter
