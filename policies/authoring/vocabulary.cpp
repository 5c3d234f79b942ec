#include "policies/authoring/vocabulary.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tidewaiter {
namespace {

using enum ValueForm;

// clang-format off
constexpr std::array kStatuses = {
    WordRow{"draft", "status: draft", "Linted and tested; judges nobody."},
    WordRow{"active", "status: active", "Judges records and reports findings."},
    WordRow{"shadow", "status: shadow",
            "Tried over what is stored: `policy shadow` tells; it opens no findings."},
    WordRow{"retired", "status: retired", "Judges nobody any more; kept for the findings that it made."},
};
constexpr std::array kKinds = {
    WordRow{"access", "kind: access", "Use from where, or by whom, the service is not offered."},
    WordRow{"resale", "kind: resale", "Access passed on to others."},
    WordRow{"coordination", "kind: coordination", "Many accounts that act as one."},
    WordRow{"extraction", "kind: extraction", "Outputs collected in bulk, as for training another model."},
    WordRow{"export-control", "kind: export-control", "Export-control law."},
    WordRow{"sanctions", "kind: sanctions", "Sanctioned persons, entities and regions."},
    WordRow{"programme-abuse", "kind: programme-abuse", "Credits, trials and grants used against their terms."},
    WordRow{"exposure", "kind: exposure", "Keys or data in hands where they do not belong."},
    WordRow{"control-failure", "kind: control-failure", "A control of the organisation's own that did not work."},
};
constexpr std::array kSeverities = {
    WordRow{"low", "severity: low", "For the record."},
    WordRow{"medium", "severity: medium", "To be looked at in turn."},
    WordRow{"high", "severity: high", "To be looked at first."},
    WordRow{"critical", "severity: critical", "To be looked at now."},
};
constexpr std::array kReads = {
    WordRow{"usage", "reads: usage", "Requests, or buckets of requests, to a model."},
    WordRow{"account", "reads: account", "Versions of what is known about an account."},
    WordRow{"audit", "reads: audit", "Administrative events, such as a key that was made."},
    WordRow{"finding", "reads: finding", "Findings of the other policies, with the fields of their subjects and those that begin with `finding.`; each at the time at which its run of windows begins."},
};
constexpr std::array kSubjects = {
    WordRow{"cluster", "for_each: cluster", "Accounts that the set's `linkage` links, directly or by others; an account that nothing links is one by itself."},
};
constexpr std::array kSettled = {
    WordRow{"yes", "settled: \"yes\"", "Courts or the authority have decided the reading."},
    WordRow{"no", "settled: \"no\"", "The reading has not been decided."},
    WordRow{"disputed", "settled: disputed", "Authorities or courts differ."},
};

constexpr std::array kPartyKinds = {
    WordRow{"person", "kind: person", "Names of persons."},
    WordRow{"organisation", "kind: organisation", "Names of companies, authorities, groups and vessels."},
};
constexpr std::array kObligationWords = {
    WordRow{"block", "obligations: [block]", "Property is blocked, and nothing may be dealt with."},
    WordRow{"asset-freeze", "obligations: [asset-freeze]", "Funds are frozen, and none may be made available."},
    WordRow{"reject", "obligations: [reject]", "Transactions are rejected; property is not blocked."},
    WordRow{"sectoral", "obligations: [sectoral]", "Certain transactions are prohibited; property is not blocked."},
    WordRow{"menu-based", "obligations: [menu-based]", "Those restrictions hold that the entry names."},
    WordRow{"no-securities", "obligations: [no-securities]", "Publicly traded securities may be neither bought nor sold."},
    WordRow{"no-correspondent-account", "obligations: [no-correspondent-account]", "Correspondent and payable-through accounts are prohibited, or under strict conditions."},
    WordRow{"no-export", "obligations: [no-export]", "Nothing that is subject to the regulations may be exported to the party, or for it."},
    WordRow{"licence-required", "obligations: [licence-required]", "A licence is needed for what the entry states."},
    WordRow{"red-flag", "obligations: [red-flag]", "A red flag to be resolved; no prohibition by itself."},
    WordRow{"no-defence-trade", "obligations: [no-defence-trade]", "No part in exports of defence articles and services."},
    WordRow{"as-notified", "obligations: [as-notified]", "What the published notice states."},
    WordRow{"travel-ban", "obligations: [travel-ban]", "Entry and transit are refused; funds are not frozen."},
    WordRow{"house-rule", "obligations: [house-rule]", "What the house has laid down."},
};
constexpr std::array kUnknownShares = {
    WordRow{"report", "unknown: report", "The account is reported, as one that may be owned so."},
    WordRow{"not-evaluable", "unknown: not-evaluable", "It is counted as not evaluable."},
};

constexpr std::array kCalendarUnits = {
    WordRow{"day", "calendar: day", "Local days, from midnight to midnight: 23 or 25 hours where clocks change."},
    WordRow{"week", "calendar: week", "Weeks of ISO 8601: from Monday's local midnight."},
    WordRow{"month", "calendar: month", "Local months."},
};

constexpr std::array kChoices = {
    WordRow{"first", "choose: first", "The first records of the window by time."},
    WordRow{"last", "choose: last", "The last records of the window by time, the latest first."},
    WordRow{"largest", "choose: largest", "The records with most of what the first such measure adds up or compares, else with most `requests`."},
};

constexpr std::int64_t kMostInteger = std::numeric_limits<std::int32_t>::max();

constexpr auto kPolicyKeys = std::to_array<KeyRow>({
    {"policy", kText, true, "extraction.long-answers", "The policy's id, and the first key of its document: lower case letters, digits, `.`, `-`, `_`, a letter first, at most 128."},
    {"version", kInteger, true, "1", "A whole number from 1; raise it with every change of meaning.", {}, {}, 1, 1'000'000'000},
    {"title", kText, true, "An account harvests long answers", "What the policy looks for, in one line."},
    {"status", kWord, false, "active", "Whether the policy judges anybody; `draft` if absent.", kStatuses},
    {"in_force", kMaps, false, "[{from: 2026-01-01}]", "Intervals of event time in which the policy holds; always, if absent.", {}, Section::kInterval},
    {"owner", kText, false, "trust-and-safety", "Who answers for the policy."},
    {"basis", kMaps, true, "[{terms: \"Services Agreement 3(b)\"}]", "On what the policy rests: at least one item.", {}, Section::kBasis},
    {"kind", kWord, true, "extraction", "The kind of abuse that the policy is about.", kKinds},
    {"severity", kWord, true, "high", "How urgent a finding is.", kSeverities},
    {"description", kText, false, "More than five million output tokens on one day.", "What a reviewer should understand first."},
    {"false_positives", kTexts, false, "[batch evaluation by a research partner]", "Innocent use that looks like this."},
    {"references", kTexts, false, "[https://example.org/terms]", "Where to read more."},
    {"reads", kWord, false, "usage", "The kind of record that the policy judges; `usage` if absent.", kReads},
    {"select", kSelections, false, "{large: {model|startswith: large}}", "Named selections: a map is AND over its fields, a list of maps OR, a list of values OR; an expression may stand as one. All records, if absent."},
    {"condition", kCondition, false, "bulk and not internal", "How the selections join: `and`, `or`, `not`, `1 of x*`, `all of them`. May be left out with one selection."},
    {"for_each", kFields, false, "account", "The subject: a field, or several, of type string, ip, int64 or bool, or `cluster`; `account` if absent.", kSubjects},
    {"window", kWindow, false, "{length: 24h, every: 1h}", "Event-time windows, counted from the epoch, the dates of a place, or sessions; needed with `measure`. A duration alone tumbles.", {}, Section::kWindow},
    {"measure", kMeasures, false, "{tokens: sum(output_tokens)}", "1 to 64 named figures of a window: `aggregate(expression) where selection`, or an expression over the measures above. Without `measure` and `report_when` each selected record is reported."},
    {"report_when", kExpression, false, "tokens > 50M", "An expression over the measures; where it is true, the subject is reported. Unknown is never reported and never a pass."},
    {"repeat", kMap, false, "{after: 24h, if_grown: 2x}", "When a run of windows that goes on is told again, as a finding of its own; one finding a run, if absent.", {}, Section::kRepeat},
    {"sequence", kMap, false, "{within: 24h, steps: [bulk, internal]}", "In place of `window`, `measure` and `report_when`: selections whose records follow one another in event time. The figure is `completed`.", {}, Section::kSequence},
    {"absent", kMap, false, "{select: internal, after: bulk, for: 30d}", "In place of `window`, `measure` and `report_when`: a selection whose records have to come after those of another one. The figure is `missing`.", {}, Section::kAbsence},
    {"screen", kMap, false, "{fields: [name], lists: [csl], score: 0.90}", "In place of `measure` and `report_when`: account records are reported whose names are like those of a list's parties. The figures are `records` and `score`.", {}, Section::kScreen},
    {"ownership", kMap, false, "{of: [csl], share: \">= 50%\"}", "In place of `measure` and `report_when`: account records are reported of which parties of a list own so much. The figures are `records` and `share`.", {}, Section::kOwnership},
    {"exempt", kMaps, false, "[{where: {organization: lab-1}, until: 2026-12-31, approved_by: legal, reason: MSA-114}]", "Exemptions with their last day, who approved them and why.", {}, Section::kExemption},
    {"respond", kMaps, false, "[{case: extraction}, {notify: [security]}]", "What follows a finding. Nothing is done to anybody: `propose` is a proposal for a person.", {}, Section::kResponse},
    {"evidence", kMap, false, "{fields: [time, account, model], records: 20}", "What a finding shows of its records.", {}, Section::kEvidence},
    {"tests", kMaps, false, "[{name: quiet, given: fixtures/quiet.jsonl, expect: [{findings: 0}]}]", "Records, and the findings that they must give; run by `tidewaiter policy test`.", {}, Section::kTest},
});
constexpr auto kIntervalKeys = std::to_array<KeyRow>({
    {"from", kTime, false, "2026-01-01", "The first instant that counts; from the beginning, if absent."},
    {"until", kTime, false, "2026-12-31", "The last day that counts, or with a time of day the first instant that no longer does; for ever, if absent."},
});
constexpr auto kBasisKeys = std::to_array<KeyRow>({
    {"terms", kText, false, "\"Services Agreement 3(b)\"", "A clause of the terms of service or usage policy."},
    {"law", kText, false, "Export Administration Regulations", "A law or regulation."},
    {"contract", kText, false, "\"Reseller agreement, section 7\"", "A clause of a contract with the customer."},
    {"control", kText, false, "Usage far above habit is looked at within a day", "A control that the organisation has set itself."},
    {"red_flag", kText, false, "many accounts from one address", "A sign that something may be wrong. A policy that rests on red flags alone finds no breaches."},
    {"text_sha256", kText, false, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "SHA-256 of the document quoted: 64 hexadecimal digits."},
    {"jurisdiction", kText, false, "US", "Whose law it is."},
    {"citation", kText, false, "15 CFR 744", "Where the law says so."},
    {"settled", kWord, false, "disputed", "Whether the reading of the law is settled.", kSettled},
    {"in_force", kMaps, false, "[{from: 2026-01-01}]", "Intervals of event time in which the basis holds; always, if absent. A policy judges while one of its bases holds.", {}, Section::kInterval},
});
constexpr auto kWindowKeys = std::to_array<KeyRow>({
    {"length", kDuration, false, "24h", "How long a window is; needed without `calendar` and `session`."},
    {"every", kDuration, false, "1h", "The step from one window's start to the next; it divides `length`. Without it windows tumble."},
    {"calendar", kWord, false, "day", "Windows are the local days, weeks from Monday or months of `zone`, with as many hours as the clocks give them.", kCalendarUnits},
    {"zone", kText, false, "Europe/Berlin", "The zone of the IANA database whose dates `calendar` means; `UTC`, if absent."},
    {"session", kDuration, false, "30m", "Windows are sessions: records of a subject that follow one another in less than this."},
    {"at_most", kDuration, false, "7d", "No session goes on over a whole multiple of this since the epoch; 7d, if absent."},
    {"wait_for_late", kDuration, false, "6h", "How far behind the watermark a record may come and still count; as long as the sources settle, if absent."},
});
constexpr auto kSequenceKeys = std::to_array<KeyRow>({
    {"within", kDuration, true, "24h", "The longest time from the first step to the last."},
    {"steps", kTexts, true, "[bulk, internal]", "2 to 16 names of selections, in the order in which their records come; each at a later time than the one before."},
    {"without", kText, false, "bulk", "A selection of which no record may come between the first step and the last."},
    {"every", kDuration, false, "1h", "The step from one window's start to the next, which is how soon a sequence is judged; it divides `within`, and is a quarter of it, if absent."},
    {"wait_for_late", kDuration, false, "6h", "How far behind the watermark a record may come and still count; 7d, if absent."},
});
constexpr auto kAbsenceKeys = std::to_array<KeyRow>({
    {"select", kText, true, "internal", "The selection that is waited for."},
    {"after", kText, true, "bulk", "The selection after whose records it has to come."},
    {"for", kDuration, true, "30d", "How long it is waited for."},
    {"every", kDuration, false, "1d", "The step from one window's start to the next, which is how soon after its time an absence is judged; it divides `for`, and is a twentieth of it, if absent."},
    {"wait_for_late", kDuration, false, "6h", "How far behind the watermark a record may come and still count; 7d, if absent."},
});
constexpr auto kScreenKeys = std::to_array<KeyRow>({
    {"fields", kTexts, true, "[name, legal_name, owners.name]", "Fields of account records that hold names."},
    {"lists", kTexts, true, "[csl]", "Names of `list` documents whose values are names."},
    {"score", kScore, true, "0.90", "From which score on, 0 to 1, names are taken for the same: that of `tidewaiter screen`."},
    {"kind", kWord, false, "organisation", "What the names are names of; either is looked for, if absent.", kPartyKinds},
    {"programs", kTexts, false, "[SDGT]", "Only parties that their list has under one of these programmes; all, if absent."},
    {"obligations", kTexts, false, "[block]", "Only parties of whose listing one of these follows, by the `consequences` of their list; all, if absent.", kObligationWords},
    {"corroborate", kMap, false, "{score: 0.80, any: [country, identifiers]}", "What has to agree beside a name: where it does, a lower score is enough, or no hit counts without it.", {}, Section::kCorroboration},
});
constexpr auto kCorroborationKeys = std::to_array<KeyRow>({
    {"score", kScore, false, "0.80", "The lower score; needed, but for `required: true`."},
    {"any", kTexts, true, "[country, identifiers]", "What has to agree, one of these: `country`, `identifiers`."},
    {"required", kFlag, false, "false", "Whether every hit needs it, not one of a lower score alone; `false`, if absent."},
});
constexpr auto kOwnershipKeys = std::to_array<KeyRow>({
    {"of", kTexts, true, "[csl]", "Names of `list` documents whose values are names of parties."},
    {"share", kText, true, "\">= 50%\"", "The share that is reported: `>= 50%` if it is reached, `> 50%` if it is exceeded."},
    {"aggregate", kFlag, false, "true", "Whether the shares of all listed owners add up; `true`, if absent."},
    {"unknown", kWord, false, "report", "What becomes of an account if a listed owner's share is not known and decides; `not-evaluable`, if absent.", kUnknownShares},
    {"programs", kTexts, false, "[SDGT]", "Only parties that their list has under one of these programmes; all, if absent."},
    {"obligations", kTexts, false, "[block]", "Only parties of whose listing one of these follows, by the `consequences` of their list; all, if absent.", kObligationWords},
});
constexpr auto kExemptionKeys = std::to_array<KeyRow>({
    {"where", kSelection, false, "{organization|in: [lab-1]}", "A selection, or an expression that may name the policy's selections. A record for which it is true does not count."},
    {"under", kText, false, "license:bis-1", "The license whose scope and dates the exemption has; then `where`, `until` and `reason` may be left out."},
    {"from", kTime, false, "2026-01-01", "The first instant at which it holds; from the beginning, if absent."},
    {"until", kTime, false, "2026-12-31", "The exemption's last day, or with a time of day the first instant at which it no longer holds."},
    {"approved_by", kText, true, "legal", "Who approved the exemption."},
    {"reason", kText, false, "MSA-114", "Why the exemption was given."},
});
constexpr auto kResponseKeys = std::to_array<KeyRow>({
    {"case", kText, false, "extraction", "The review queue that the finding lands in; a policy has one."},
    {"notify", kTexts, false, "[security]", "Whom to tell: names of notification channels."},
    {"propose", kTexts, false, "suspend", "A proposal for a person; nothing is done by itself."},
});
constexpr auto kEvidenceKeys = std::to_array<KeyRow>({
    {"fields", kFields, false, "[time, account, model]", "The fields that are shown."},
    {"records", kInteger, false, "20", "How many records are shown; 20, if absent.", {}, {}, 0, 1000},
    {"choose", kWordOrMap, false, "largest", "Which records are shown, the first chosen first; the first by time, if absent.", kChoices, Section::kChoice},
});
constexpr auto kChoiceKeys = std::to_array<KeyRow>({
    {"largest", kAmount, true, "output_tokens / requests", "What the largest records are largest by: an expression over fields. A record for which it is unknown comes last."},
});
constexpr auto kRepeatKeys = std::to_array<KeyRow>({
    {"after", kDuration, false, "24h", "How long after the first window of a finding the next one may begin."},
    {"if_grown", kText, false, "2x", "By what factor a figure must have grown since the first window of the last finding: above 1 and at most 1000."},
    {"of", kText, false, "n", "The measure whose figure has to grow; the first one, if absent."},
});
constexpr auto kTestKeys = std::to_array<KeyRow>({
    {"name", kText, true, "a hundred requests are not too many", "What the test shows."},
    {"given", kRecords, true, "fixtures/quiet.jsonl", "A file of native records beside or below the file in which the test stands, or a list of records."},
    {"covered_from", kTime, false, "2026-01-01", "From when on the sources have delivered; the start of the first record, if absent."},
    {"drained_to", kTime, false, "2026-01-03", "Up to when the sources have delivered; the end of the last record, or when the last one comes, if absent."},
    {"expect", kMaps, true, "[{findings: 0}]", "The findings that the records must give.", {}, Section::kExpectation},
});
constexpr auto kExpectationKeys = std::to_array<KeyRow>({
    {"findings", kInteger, true, "1", "How many findings there are.", {}, {}, 0, kMostInteger},
    {"for", kText, false, "\"account:*\"", "Of which subject: its text, `*` for any run of characters; all subjects, if absent."},
    {"measure", kFigures, false, "{tokens: 6000}", "The figures that such findings have; `null` for unknown."},
    {"because", kText, false, "\"exempt[0]\"", "The exemption by which there are no findings."},
    {"not_evaluable", kInteger, false, "0", "How many windows could not be told.", {}, {}, 0, kMostInteger},
    {"restated", kInteger, false, "1", "How often findings are restated: by late or revised records, and where a window closes with other figures than those told.", {}, {}, 0, kMostInteger},
    {"withdrawn", kInteger, false, "1", "How many findings are withdrawn again; they are not among `findings`.", {}, {}, 0, kMostInteger},
    {"too_late", kInteger, false, "1", "How many records come too late to be judged.", {}, {}, 0, kMostInteger},
});
constexpr auto kTestsKeys = std::to_array<KeyRow>({
    {"tests", kText, true, "extraction.long-answers", "Whose tests these are, and the first key of the document: the id of a policy of the set, or of a Sigma rule."},
    {"title", kText, false, "Late records and revisions", "What is tested here, in one line."},
    {"version", kInteger, false, "1", "A whole number from 1; for people.", {}, {}, 1, 1'000'000'000},
    {"owner", kText, false, "trust-and-safety", "Who answers for the tests."},
    {"description", kText, false, "What the sources do in the first hour of a month.", "For people."},
    {"cases", kMaps, true, "[{name: quiet, given: fixtures/quiet.jsonl, expect: [{findings: 0}]}]", "Tests, as under `tests` in a policy. They join those that the policy has.", {}, Section::kTest},
});
constexpr KeyRow kArrivalKey{"arrives", kTime, false, "2026-01-01T13:00:00Z", "When the record comes: the sources have delivered up to then, and the watermark is there. At its own time, if absent: nothing is late."};

constexpr auto kFunctions = std::to_array<WordRow>({
    {"abs", "abs(x)", "The amount of a number, duration or money without its sign."},
    {"ceil", "ceil(x)", "The least whole number that is not below x; unknown beyond int64."},
    {"cidr", "cidr(client.address, \"10.0.0.0/8\")", "Whether an address lies in the network."},
    {"contains", "contains(x, \"text\")", "Whether a text, an address or any element of a list has the text in it; cased unless `nocase` is the last argument."},
    {"day", "day(time)", "The day of the month in UTC, 1 to 31."},
    {"default", "default(x, v)", "x, or v where x is unknown."},
    {"endswith", "endswith(x, \"text\")", "Whether a text, an address or any element of a list ends so; cased unless `nocase` is the last argument."},
    {"equals", "equals(x, \"text\")", "Whether a text, an address or any element of a list is the text; cased unless `nocase` is the last argument."},
    {"exists", "exists(field)", "Whether the record has the field; never unknown."},
    {"floor", "floor(x)", "The greatest whole number that is not above x; unknown beyond int64."},
    {"greatest", "greatest(x, y, …)", "The greatest of numbers, durations, times or amounts; unknown if any of them is."},
    {"hour", "hour(time)", "The hour of the day in UTC, 0 to 23."},
    {"if", "if(c, a, b)", "a where c is true, b where it is false; unknown where c is."},
    {"int", "int(text)", "The whole decimal number that the text is, else unknown."},
    {"least", "least(x, y, …)", "The least of numbers, durations, times or amounts; unknown if any of them is."},
    {"licensed", "licensed(name)", "Whether a license covers the record: its parties, items, countries, limits and dates; unknown if the record lacks a field of these."},
    {"like", "like(x, \"a*\")", "Whether a text matches with wildcards: `*` is any run of characters, `?` one."},
    {"lower", "lower(text)", "The text with its ASCII letters in lower case."},
    {"matches", "matches(x, \"re\")", "Whether an RE2 regular expression matches anywhere in x."},
    {"month", "month(time)", "The month in UTC, 1 to 12."},
    {"number", "number(text)", "The finite decimal number that the text is, else unknown."},
    {"round", "round(x)", "The nearest whole number, halves away from zero; unknown beyond int64."},
    {"seconds", "seconds(x)", "The duration of so many seconds; of a double, rounded to microseconds."},
    {"sketch_distance", "sketch_distance(prompt.sketch, \"9f86d081884c7d65\")", "In how many bits two 64-bit similarity sketches differ, 0 to 64; unknown where one is no 16 hexadecimal digits."},
    {"startswith", "startswith(x, \"text\")", "Whether a text, an address or any element of a list begins so; cased unless `nocase` is the last argument."},
    {"string", "string(x)", "The text of an int64, bool or string."},
    {"timestamp", "timestamp(text)", "The RFC 3339 date or time that the text is; without an offset UTC."},
    {"truncate", "truncate(time, 1h)", "The start of the slot of that width that holds the time, counted from the epoch."},
    {"week", "week(time)", "The week of ISO 8601 in UTC, 1 to 53: from Monday, and the first is that with the year's first Thursday."},
    {"weekday", "weekday(time)", "The day of the week in UTC, 1 (Monday) to 7."},
    {"year", "year(time)", "The year in UTC."},
});
constexpr auto kAggregates = std::to_array<WordRow>({
    {"count", "count()", "int64: the sum of the records' `requests`. Exact."},
    {"sum", "sum(x)", "The sum of numbers, durations or money: the type of x. Exact."},
    {"min", "min(x)", "The least number, duration, time or amount; null without records. Exact."},
    {"max", "max(x)", "The greatest number, duration, time or amount; null without records. Exact."},
    {"distinct", "distinct(x)", "int64: how many different values there are. Exact."},
    {"quantile", "quantile(0.5, x)", "The nearest-rank quantile, q above 0 and at most 1; null without records. Exact."},
    {"avg", "avg(x)", "The mean of numbers (double), durations or money; null without records. Exact."},
    {"rate", "rate(x)", "double: `count()`, or `sum(x)`, a second of the window's length. Exact."},
    {"stddev", "stddev(x)", "double: the population standard deviation of numbers; null without records. Exact."},
    {"cv", "cv(interarrival)", "double: standard deviation over mean, of numbers or of the times between records. Even times look like a program. Exact."},
    {"entropy", "entropy(x)", "double: the bits of the values, weighted by `requests`; 0 if there is one value only. Exact."},
    {"top_share", "top_share(x, 3)", "double, 0 to 1: the share of `requests` that the most frequent values have. Exact."},
    {"gini", "gini(x, y)", "double, 0 to 1: how unequally the total of x is spread over the values of y. Exact."},
    {"first", "first(x)", "The value in the earliest record; null without records. Exact."},
    {"last", "last(x)", "The value in the latest record; null without records. Exact."},
    {"deviation", "deviation(tokens, own, 28d)", "double: how far an earlier measure is from its median over the subject's own earlier windows, or with `peers(service_tier)` over those of the other subjects that have the field alike, or of clusters with `peers(size_band)` over those of the clusters of about as many accounts, in units of its usual spread; above 3.5 is usually called an outlier. Unknown without enough history. Exact."},
    {"cusum", "cusum(tokens, own, 28d)", "double, at least 0: Page's cumulative sum of how far an earlier measure stays above usual over the subject's own earlier windows; above 5 is usually called a shift. Finds a small rise that lasts. Unknown without enough history. Exact."},
    {"lockstep", "lockstep(account, 5m)", "double, 0 to 1: how closely those of different values, such as the accounts of one organization, act in the same slots of time (with a second field: and do the same); the share of what two of them do that both do, over all pairs. Null with fewer than two. Exact."},
});
constexpr auto kModifiers = std::to_array<WordRow>({
    {"contains", "user_agent|contains: curl", "Holds if the field has the value anywhere in it."},
    {"startswith", "model|startswith: large", "Holds if the field begins with the value."},
    {"endswith", "email.domain|endswith: .edu", "Holds if the field ends with the value."},
    {"re", "model|re: ^gpt-\\d", "Holds if the RE2 regular expression matches anywhere; cased unless `i` follows."},
    {"i", "model|re|i: ^gpt", "After `re`: letters match in either case."},
    {"m", "user_agent|re|m: ^curl$", "After `re`: `^` and `$` match at line ends."},
    {"s", "user_agent|re|s: a.b", "After `re`: a point also matches a line end."},
    {"cased", "region|cased: EU", "As without it, but upper and lower case count."},
    {"cidr", "client.address|cidr: 10.0.0.0/8", "Holds if the address lies in the network; all bits beyond the prefix are zero."},
    {"gt", "output_tokens|gt: 1k", "Holds if the field is more than the value."},
    {"gte", "output_tokens|gte: 1k", "Holds if the field is at least the value."},
    {"lt", "output_tokens|lt: 1k", "Holds if the field is less than the value."},
    {"lte", "output_tokens|lte: 1k", "Holds if the field is at most the value."},
    {"exists", "end_user|exists: false", "Holds if the field is there (`true`) or is not (`false`); never unknown."},
    {"fieldref", "response_model|fieldref: model", "Holds if the field equals the other field, exactly."},
    {"in", "operation|in: [chat, batch]", "Holds if the field is exactly one of the values: cased, no wildcards."},
    {"country_group", "client.country|country_group: embargoed", "Holds if the country's code stands in one of the lists, which are named without `list:`."},
    {"similar", "prompt.sketch|similar: 9f86d081884c7d65", "Holds if the field's 64-bit sketch differs in at most 3 bits from one of the values, or in other so many: `{sketch: …, within: 5}`. `list:NAME` names a list of sketches."},
    {"all", "model|contains|all: [large, eu]", "Holds if every value matches, not any."},
    {"neq", "operation|neq: chat", "Holds if none of the values matches; unknown without the field."},
    {"expand", "model|expand: '%large%-mini'", "`%name%` in a value stands for each value of the list `name`; any of them will do."},
    {"windash", "user_agent|windash|contains: ' -enc'", "The dashes of the value, - / and the longer ones, stand for one another."},
    {"base64", "end_user|base64: operator", "Looks for the value in base64."},
    {"base64offset", "user_agent|base64offset|contains: curl", "Looks for what of the value's base64 is the same at each of three offsets."},
    {"wide", "user_agent|wide|base64offset|contains: curl", "Looks for the value's UTF-16 bytes, little-endian; base64 may follow."},
    {"utf16le", "user_agent|utf16le|base64offset|contains: curl", "As `wide`."},
    {"utf16be", "user_agent|utf16be|base64offset|contains: curl", "Looks for the value's UTF-16 bytes, big-endian; base64 may follow."},
    {"utf16", "user_agent|utf16|base64: curl", "Looks for the value's UTF-16 bytes behind a byte order mark; base64 must follow."},
    {"hour", "time|hour|gte: 22", "Compares the hour of a time, 0 to 23 in UTC, with whole numbers."},
    {"minute", "time|minute: 0", "Compares the minute of a time, 0 to 59, with whole numbers."},
    {"day", "time|day|gte: 25", "Compares the day of the month of a time, 1 to 31 in UTC, with whole numbers."},
    {"week", "time|week: [52, 53, 1]", "Compares the week of ISO 8601 of a time, 1 to 53 in UTC, with whole numbers."},
    {"month", "time|month: 12", "Compares the month of a time, 1 to 12 in UTC, with whole numbers."},
    {"year", "time|year|gte: 2026", "Compares the year of a time in UTC with whole numbers."},
});
constexpr auto kOperators = std::to_array<WordRow>({
    {"and", "a and b", "Kleene's and: false if either side is false, else unknown if either is unknown."},
    {"or", "a or b", "Kleene's or: true if either side is true, else unknown if either is unknown."},
    {"not", "not a", "True where a is false, false where it is true, unknown where it is unknown."},
    {"in", "x in [1, 2]", "Whether x equals one of the literals."},
    {"of", "1 of region_*", "`1 of` (or `any of`) some, `all of` every selection whose name matches the pattern."},
    {"them", "all of them", "Every selection whose name does not begin with `_`."},
    {"where", "count() where failed", "The records that a measure sees: names of selections and expressions over fields."},
    {"nocase", "contains(x, \"text\", nocase)", "As the last argument: ASCII letters match in either case."},
});
// clang-format on

static_assert(std::ranges::adjacent_find(kFunctions, std::ranges::greater_equal{},
                                         &WordRow::name) == std::end(kFunctions),
              "keep functions unique and sorted");

}  // namespace

std::span<const KeyRow> keys_of(Section section) {
  switch (section) {
    case Section::kPolicy:
      return kPolicyKeys;
    case Section::kInterval:
      return kIntervalKeys;
    case Section::kBasis:
      return kBasisKeys;
    case Section::kWindow:
      return kWindowKeys;
    case Section::kExemption:
      return kExemptionKeys;
    case Section::kResponse:
      return kResponseKeys;
    case Section::kEvidence:
      return kEvidenceKeys;
    case Section::kChoice:
      return kChoiceKeys;
    case Section::kRepeat:
      return kRepeatKeys;
    case Section::kSequence:
      return kSequenceKeys;
    case Section::kAbsence:
      return kAbsenceKeys;
    case Section::kScreen:
      return kScreenKeys;
    case Section::kCorroboration:
      return kCorroborationKeys;
    case Section::kOwnership:
      return kOwnershipKeys;
    case Section::kTest:
      return kTestKeys;
    case Section::kExpectation:
      return kExpectationKeys;
    case Section::kTests:
      return kTestsKeys;
  }
  return {};
}

const KeyRow* find_key(Section section, std::string_view name) {
  const std::span<const KeyRow> keys = keys_of(section);
  const auto found = std::ranges::find(keys, name, &KeyRow::name);
  return found == keys.end() ? nullptr : &*found;
}

const KeyRow& arrival_key() { return kArrivalKey; }

std::span<const WordRow> function_words() { return kFunctions; }
std::span<const WordRow> aggregate_words() { return kAggregates; }
std::span<const WordRow> modifier_words() { return kModifiers; }
std::span<const WordRow> operator_words() { return kOperators; }

const WordRow* find_word(std::span<const WordRow> words, std::string_view name) {
  const auto found = std::ranges::find(words, name, &WordRow::name);
  return found == words.end() ? nullptr : &*found;
}

}  // namespace tidewaiter
