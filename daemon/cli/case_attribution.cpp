#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/act_submission.h"
#include "daemon/cli/case_statements.h"
#include "storage/review/case_statements.h"

namespace tidewaiter {
namespace {

struct AttributionOptions {
  ActOptions act;
  std::string to;
  std::string confidence;
  std::vector<std::string> evidence;  ///< entries of exhibits, and how ids of findings begin
  std::string reason;
  std::int64_t entry = -1;  ///< of the statement; -1: the only one that is meant
  bool reject = false;
};

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [read, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc{} && read == end ? std::optional(number) : std::nullopt;
}

bool is_exhibit_of(const Case& c, std::int64_t entry) {
  return std::ranges::any_of(c.acts, [entry](const RecordedAct& act) {
    return act.index == entry && std::holds_alternative<Exhibit>(act.act.act.body);
  });
}

/// The findings of the case that begin so; a case that was merged and split again has none twice.
std::set<std::string> findings_named(const Case& c, const std::string& prefix) {
  std::set<std::string> found;
  for (const FindingState& finding : c.findings) {
    if (finding.id.starts_with(prefix)) found.insert(finding.id);
  }
  return found;
}

/// What a text names as evidence is put where it belongs. The entry of an exhibit goes before a
/// finding whose id begins so: that one is named by more of its id. Errors: kNotFound for what
/// names neither an exhibit nor a finding of the case, or more than one finding.
Result<void> add_evidence(const Case& c, const std::string& text, AttributionStated& stated) {
  const std::optional<std::int64_t> entry = whole_number(text);
  if (entry && is_exhibit_of(c, *entry)) {
    stated.exhibits.push_back(*entry);
    return {};
  }
  const std::set<std::string> findings = findings_named(c, text);
  if (findings.size() == 1) {
    stated.findings.push_back(*findings.begin());
    return {};
  }
  return fail(ErrorCode::kNotFound,
              "--evidence: `" + text + "` names " +
                  (findings.empty() ? "no exhibit and no finding" : "more than one finding") +
                  " of `" + c.id +
                  "`: `tidewaiter case exhibit` has the entries of the one, `case show --all` the "
                  "ids of the other");
}

template <class List>
void make_rising(List& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

int attribute(Invocation& run, const AttributionOptions& options) {
  const auto make = [&options](const CaseBook& /*book*/, const Case* c) -> Result<Deed> {
    AttributionStated stated;
    stated.confidence = *confidence_from(options.confidence);
    for (const std::string& text : options.evidence) {
      if (auto added = add_evidence(*c, text, stated); !added) {
        return tl::unexpected(added.error());
      }
    }
    make_rising(stated.findings);
    make_rising(stated.exhibits);
    if (stated.findings.size() + stated.exhibits.size() > kMostAttributionEvidence) {
      return fail(ErrorCode::kNotFound, "--evidence: more than " +
                                            std::to_string(kMostAttributionEvidence) +
                                            " pieces do not fit: name those that tell the most");
    }
    return Deed{std::move(stated), {{"to", options.to}, {"reason", options.reason}}};
  };
  return submit_act(run, options.act, make);
}

/// The statement that is meant: the one of --entry, or the only one that stands so. Where there is
/// none the rules refuse the act, and the ledger has the attempt.
Result<std::int64_t> statement_meant(const Case& c, const AttributionOptions& options,
                                     bool may_hold) {
  if (options.entry >= 0) return options.entry;
  std::int64_t found = 0;
  std::int64_t count = 0;
  for (const Attribution& one : attributions_of(c)) {
    const bool waits = one.state == AttributionState::kProposed;
    if (!waits && !(may_hold && one.state == AttributionState::kHolds)) continue;
    found = one.stated.index;
    ++count;
  }
  if (count <= 1) return found;
  return fail(ErrorCode::kNotFound, "--entry: `" + c.id + "` has " + std::to_string(count) +
                                        " statements of who is behind it: name the one that is "
                                        "meant, as `tidewaiter case show` has it");
}

int approve_attribution(Invocation& run, const AttributionOptions& options) {
  const auto make = [&options](const CaseBook& /*book*/, const Case* c) -> Result<Deed> {
    const Result<std::int64_t> statement = statement_meant(*c, options, false);
    if (!statement) return tl::unexpected(statement.error());
    return Deed{AttributionApproved{*statement, !options.reject}, {{"reason", options.reason}}};
  };
  return submit_act(run, options.act, make);
}

int withdraw_attribution(Invocation& run, const AttributionOptions& options) {
  const auto make = [&options](const CaseBook& /*book*/, const Case* c) -> Result<Deed> {
    const Result<std::int64_t> statement = statement_meant(*c, options, true);
    if (!statement) return tl::unexpected(statement.error());
    return Deed{AttributionWithdrawn{*statement}, {{"reason", options.reason}}};
  };
  return submit_act(run, options.act, make);
}

void add_reason_and_entry(CLI::App& verb, AttributionOptions& options) {
  verb.add_option("--reason", options.reason, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  add_number(verb, "--entry", options.entry, 0,
             "The entry of the statement, where the case has several");
}

void add_attribute(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "attribute", "states who is behind a case",
      "Prints the entry, and what has become of the case. Only people say who is behind a case,\n"
      "and on evidence: exhibits of the case, by their entries, and findings, by how their ids\n"
      "begin. It waits for another person, who approves or rejects it; until then no report has\n"
      "it. The name and the reason are sealed as all words of acts are. Exit status 4 if the\n"
      "rules refuse it.",
      "  tidewaiter case attribute c-4f8e12ab --to \"Example Trading Ltd\" --confidence moderate "
      "\\\n"
      "      --evidence 17 --evidence 77ab --seen 19 --as jo-ng --reason \"One card paid all\"");
  auto options = std::make_shared<AttributionOptions>();
  add_act_options(*verb, options->act);
  verb->add_option("--to", options->to, "Who is behind it; no outsider reads it")
      ->type_name("NAME")
      ->required();
  verb->add_option("--confidence", options->confidence, "How sure whoever states it is")
      ->type_name("CONFIDENCE")
      ->required()
      ->check(CLI::IsMember({"low", "moderate", "high"}));
  verb->add_option("--evidence", options->evidence,
                   "What it rests on: an exhibit's entry, or how a finding's id begins; repeatable")
      ->type_name("EVIDENCE")
      ->required();
  verb->add_option("--reason", options->reason, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  add_seen_option(*verb, options->act);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return attribute(run, *options); };
  });
}

void add_attribution_acts(CLI::App& parent, Selection& selection) {
  CLI::App* approve = add_verb(
      parent, "approve", "approves another person's statement of who is behind a case",
      "Prints the entry, and what has become of the case. Nobody approves what they stated\n"
      "themselves, nor about a case that has more than they have seen. Exit status 4 if the rules\n"
      "refuse it.",
      "  tidewaiter case attribution approve c-4f8e12ab --seen 20 --as ada-byron \\\n"
      "      --reason \"Agreed\"\n"
      "  tidewaiter case attribution approve c-4f8e12ab --reject --seen 20 --as ada-byron \\\n"
      "      --reason \"The card was stolen\"");
  auto approved = std::make_shared<AttributionOptions>();
  add_act_options(*approve, approved->act);
  approve->add_flag("--reject", approved->reject, "Reject it: it ends here");
  add_reason_and_entry(*approve, *approved);
  add_seen_option(*approve, approved->act);
  approve->callback([approved, &selection] {
    selection.command = [approved](Invocation& run) { return approve_attribution(run, *approved); };
  });

  CLI::App* withdraw = add_verb(
      parent, "withdraw", "takes a statement of who is behind a case back",
      "Prints the entry, and what has become of the case. One that waits ends, and one that was\n"
      "approved holds no more: no report has it from then on. Reports that went out with it are\n"
      "corrected by people. Exit status 4 if the rules refuse it.",
      "  tidewaiter case attribution withdraw c-4f8e12ab --as jo-ng --reason \"Another company\"");
  auto withdrawn = std::make_shared<AttributionOptions>();
  add_act_options(*withdraw, withdrawn->act);
  add_reason_and_entry(*withdraw, *withdrawn);
  withdraw->callback([withdrawn, &selection] {
    selection.command = [withdrawn](Invocation& run) {
      return withdraw_attribution(run, *withdrawn);
    };
  });
}

}  // namespace

void add_case_attribution(CLI::App& verb, Selection& selection) {
  add_attribute(verb, selection);
  CLI::App* acts = add_verb(verb, "attribution", "approves or withdraws who is behind a case",
                            "What comes of a statement that `case attribute` has made: another\n"
                            "person approves or rejects it, or somebody takes it back.",
                            "");
  acts->require_subcommand(1);
  add_attribution_acts(*acts, selection);
}

}  // namespace tidewaiter
