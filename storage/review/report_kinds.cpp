#include "storage/review/report_kinds.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

constexpr std::array<ReportElement, 38> kElements{{
    {"authority", "on what authority is it given (consent, request, subpoena, order, own right)?",
     true},
    {"certification", "who certifies that it is true and correct, to their knowledge and belief?",
     true},
    {"contact", "whom does a reader ask?", true},
    {"coverage", "what could not be seen or told?"},
    {"deadline", "from which day does its time run, and until when?"},
    {"decisions", "what did people decide about what was found?"},
    {"documents", "which documents go with it (instructions for payment, contracts, records)?",
     true},
    {"figures", "on what figures does it rest?"},
    {"filer", "who reports, with name and address?", true},
    {"findings", "what was found?"},
    {"harm", "what loss or harm is there, and to whom?", true},
    {"hits", "whom did it find in lists, what of that is cleared and by whom, and what is open?"},
    {"items", "which items, in what quantity, of what value in US dollars, of which ECCN?", true},
    {"legal_basis", "what law or contract lets it be given?", true},
    {"licences", "which licences were there, by their numbers, or were needed?", true},
    {"lists", "against which lists was it screened, in which issues, how old?"},
    {"mitigation", "what speaks in mitigation?", true},
    {"nature", "of what nature and extent are the suspected violations, in short?", true},
    {"not_screened", "what could not be screened, and why?"},
    {"notification", "which initial notification does it complete, received on what day?", true},
    {"objection", "how does who is concerned object?", true},
    {"owner", "whose rights or property are concerned?", true},
    {"parties", "who took part, with the full identities and addresses of all?", true},
    {"period", "what time does it cover?"},
    {"policies", "by what policies, in what version, on what basis?"},
    {"property", "what is the property, and where is it?", true},
    {"recipient", "to whom does it go?", true},
    {"request", "what is the recipient asked to do?", true},
    {"review", "what was reviewed, how, and over which years?", true},
    {"sanctions_authority", "under which regulation or order was it blocked or rejected?", true},
    {"sanctions_target", "whose interest under sanctions is it, or which word of OFAC says so?",
     true},
    {"screened", "how much was screened, and how often again?"},
    {"steps_taken", "what was done about it so far?"},
    {"subject", "whom is it about, by an id that the recipient can use?"},
    {"transaction", "which transaction: its type, parties, places, references and dates?", true},
    {"usage", "how did the usage go over time?"},
    {"value", "of what value is it in US dollars, exact or estimated?", true},
    {"violations", "of what kinds are the violations, and when and how did they come about?", true},
}};

constexpr std::array<RedactionProfile, 2> kProfiles{{
    {"facts", "what was found, when and by what; nobody is named", false},
    {"subjects", "the ids of those it is about, and figures whose value is a text", true},
}};

using std::string_view_literals::operator""sv;
constexpr std::array kFactsFirst{"facts"sv, "subjects"sv};
constexpr std::array kFactsAlone{"facts"sv};
constexpr std::array kSubjectsAlone{"subjects"sv};
constexpr std::array kSubjectsFirst{"subjects"sv, "facts"sv};

constexpr std::array kHolderElements{"contact"sv,     "figures"sv,   "findings"sv,
                                     "legal_basis"sv, "objection"sv, "period"sv,
                                     "policies"sv,    "recipient"sv, "subject"sv};
constexpr std::array kPartnerElements{"authority"sv, "contact"sv,   "coverage"sv,
                                      "figures"sv,   "findings"sv,  "period"sv,
                                      "policies"sv,  "recipient"sv, "request"sv};
constexpr std::array kSummaryElements{"coverage"sv, "decisions"sv, "findings"sv,
                                      "period"sv,   "policies"sv,  "recipient"sv};
constexpr std::array kScreeningElements{"contact"sv,  "coverage"sv,     "hits"sv,
                                        "lists"sv,    "not_screened"sv, "period"sv,
                                        "policies"sv, "recipient"sv,    "screened"sv};
constexpr std::array kReferralElements{
    "authority"sv, "contact"sv,     "coverage"sv, "decisions"sv, "figures"sv,  "findings"sv,
    "harm"sv,      "legal_basis"sv, "owner"sv,    "period"sv,    "policies"sv, "recipient"sv,
    "request"sv,   "steps_taken"sv, "subject"sv,  "usage"sv};

// 31 CFR 501.603(b)(1) and 501.604(b), in our words; beside them what every report of ours tells.
constexpr std::array kBlockedElements{"contact"sv,
                                      "coverage"sv,
                                      "deadline"sv,
                                      "documents"sv,
                                      "filer"sv,
                                      "findings"sv,
                                      "legal_basis"sv,
                                      "period"sv,
                                      "policies"sv,
                                      "property"sv,
                                      "recipient"sv,
                                      "sanctions_authority"sv,
                                      "sanctions_target"sv,
                                      "subject"sv,
                                      "transaction"sv,
                                      "value"sv};
constexpr std::array kRejectedElements{"contact"sv,
                                       "coverage"sv,
                                       "deadline"sv,
                                       "documents"sv,
                                       "filer"sv,
                                       "findings"sv,
                                       "legal_basis"sv,
                                       "period"sv,
                                       "policies"sv,
                                       "recipient"sv,
                                       "sanctions_authority"sv,
                                       "sanctions_target"sv,
                                       "subject"sv,
                                       "transaction"sv,
                                       "value"sv};
// 15 CFR 764.5(c)(2), and (c)(3) to (5).
constexpr std::array kNotificationElements{"contact"sv,  "coverage"sv,    "filer"sv,
                                           "findings"sv, "legal_basis"sv, "nature"sv,
                                           "period"sv,   "policies"sv,    "recipient"sv};
constexpr std::array kNarrativeElements{
    "certification"sv, "contact"sv,      "coverage"sv, "deadline"sv, "decisions"sv,   "documents"sv,
    "figures"sv,       "filer"sv,        "findings"sv, "items"sv,    "legal_basis"sv, "licences"sv,
    "mitigation"sv,    "notification"sv, "parties"sv,  "period"sv,   "policies"sv,    "recipient"sv,
    "review"sv,        "steps_taken"sv,  "subject"sv,  "usage"sv,    "violations"sv};

constexpr std::array<ReportKind, 10> kKinds{{
    {"account-holder-notice", "Notice to an account holder", ReportScope::kCase, false,
     kSubjectsAlone, kHolderElements, false},
    {"ofac-blocked",
     "Report of blocked property (31 CFR 501.603)",
     ReportScope::kCase,
     true,
     kSubjectsFirst,
     kBlockedElements,
     false,
     "ofac-report",
     {},
     false,
     true},
    {"ofac-rejected",
     "Report of a rejected transaction (31 CFR 501.604)",
     ReportScope::kCase,
     true,
     kSubjectsFirst,
     kRejectedElements,
     false,
     "ofac-report",
     {},
     false,
     true},
    {"partner-notice", "Notice to a partner", ReportScope::kCase, false, kFactsFirst,
     kPartnerElements},
    {"period-summary", "Summary of a period", ReportScope::kPeriod, false, kFactsAlone,
     kSummaryElements},
    {"referral",
     "Referral to a government",
     ReportScope::kCase,
     true,
     kFactsFirst,
     kReferralElements,
     true,
     {},
     {},
     false,
     true,
     true},
    {"screening-coverage",
     "List-screening coverage statement",
     ReportScope::kPeriod,
     false,
     kFactsAlone,
     kScreeningElements,
     false,
     {},
     {},
     true},
    {"screening-coverage-government",
     "List-screening coverage statement, to a government",
     ReportScope::kPeriod,
     true,
     kFactsAlone,
     kScreeningElements,
     false,
     {},
     {},
     true},
    {"vsd-narrative",
     "Voluntary self-disclosure, narrative account (15 CFR 764.5)",
     ReportScope::kCase,
     true,
     kSubjectsFirst,
     kNarrativeElements,
     true,
     "vsd-narrative",
     {},
     false,
     true},
    {"vsd-notification",
     "Voluntary self-disclosure, initial notification (15 CFR 764.5)",
     ReportScope::kCase,
     true,
     kFactsFirst,
     kNotificationElements,
     false,
     {},
     "vsd-narrative",
     false,
     true},
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

}  // namespace tidewaiter
