#include "daemon/cli/statement_text.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/case_text.h"
#include "daemon/cli/prose.h"

namespace tidewaiter {
namespace {

/// The words of an act by a name, or what is to be said in their place.
std::string words_of(const ToldCase& told, const RecordedAct& act, const char* name) {
  const auto found = std::ranges::find_if(
      told.acts, [&act](const ToldAct& one) { return one.act.index == act.index; });
  if (found == told.acts.end()) return "(not shown)";
  if (found->withheld) return told.masked ? "(withheld)" : "(shown with --evidence)";
  if (!found->content) return "(its words are erased, or not on this machine)";
  const auto words = found->content->find(name);
  return words == found->content->end() ? "(not said)" : words->second;
}

std::string by_entry(const RecordedAct& act) {
  return act.act.act.by + ", entry " + std::to_string(act.index);
}

/// "moderate confidence, stated by jo, entry 19, approved by ada, entry 20"
std::string standing_text(const Case& c, const Attribution& one) {
  std::string text = std::string(confidence_name(one.said().confidence)) +
                     " confidence, stated by " + by_entry(one.stated);
  if (one.opinion) {
    const bool approves = std::get<AttributionApproved>(one.opinion->act.act.body).approves;
    text += (approves ? ", approved by " : ", rejected by ") + by_entry(*one.opinion);
  }
  if (one.withdrawn) text += ", withdrawn by " + by_entry(*one.withdrawn);
  if (one.state == AttributionState::kProposed) text += ", waits for another person";
  if (one.state == AttributionState::kLapsed) {
    text += "; about " + one.about() + " as it was, and not about what this case is now";
  } else if (one.state == AttributionState::kHolds && !rests_on_something(one.said(), c)) {
    text += "; nothing is left of what it rests on: it is in no report";
  }
  return text;
}

std::string evidence_text(const AttributionStated& said) {
  std::string text;
  for (const std::int64_t entry : said.exhibits) {
    text += (text.empty() ? "exhibit " : ", exhibit ") + std::to_string(entry);
  }
  for (const std::string& finding : said.findings) {
    text += (text.empty() ? "finding " : ", finding ") + finding.substr(0, 8);
  }
  return text;
}

void print_attributions(Invocation& run, const ToldCase& told) {
  const std::vector<Attribution> all = attributions_of(*told.standing);
  if (all.empty()) return;
  run.out << "\nWho is behind it, as people state it\n";
  for (const Attribution& one : all) {
    print_prose(run, "  ",
                words_of(told, one.stated, "to") + ": " + standing_text(*told.standing, one), 4);
    print_prose(run, "    rests on ", evidence_text(one.said()), 4);
    if (one.state != AttributionState::kProposed || told.masked) continue;
    run.out << "    `tidewaiter case attribution approve " << told.standing->id << " --entry "
            << one.stated.index << " --seen " << told.standing->entries_to()
            << " --reason TEXT` (or --reject)\n";
  }
}

void print_conclusion(Invocation& run, const ToldCase& told) {
  const std::optional<Conclusion> last = conclusion_of(*told.standing);
  if (!last) return;
  run.out << "\nLegal conclusion of counsel: " << printable(by_entry(last->stated)) << '\n';
  print_prose(run, "  ", words_of(told, last->stated, "text"), 2);
  if (last->lapsed) {
    print_prose(run, "  ",
                "about " + last->stated.act.act.case_id +
                    " as it was, and not about what this case is now: in no report",
                2);
  } else if (last->released.empty()) {
    run.out << "  privileged: in no report\n";
  }
  for (const RecordedAct& act : last->released) {
    print_prose(run, "  ",
                "released to reports of the kind " +
                    std::get<ConclusionReleased>(act.act.act.body).kind + " by " + by_entry(act),
                4);
  }
}

/// What does it that was not done. Of a part that had a case already nothing is left to be split.
std::string doing_text(const Case& c, const Regrouping& what) {
  if (!what.splits) {
    return "`tidewaiter case merge " + what.from + " --into " + what.into + "` does it";
  }
  const bool is_together =
      c.id == what.from ? c.finding(what.finding) != nullptr : c.merged_into == what.from;
  if (is_together) return "`tidewaiter case split` does it";
  return "what was done about " + what.from + " is not in " + what.into + ", look at both";
}

/// What the program did, or asks people about.
std::string regrouping_text(const Case& c, const RecordedRegrouping& one) {
  const Regrouping& what = one.what;
  const bool first = what.from == c.id;
  std::string text;
  if (what.splits) {
    text = first ? "a part of its cluster goes by itself, as " + what.into
                 : "its cluster was a part of that of " + what.from;
  } else {
    text = first ? "its cluster has become part of that of " + what.into
                 : "the cluster of " + what.from + " has become part of this one's";
  }
  text += ", entry " + std::to_string(one.index);
  if (what.done) return text;
  return text + ". Nothing was done, for " + what.because + ": " + doing_text(c, what);
}

void print_regroupings(Invocation& run, const Case& c) {
  if (c.regroupings.empty()) return;
  run.out << "\nAs its cluster changed\n";
  for (const RecordedRegrouping& one : c.regroupings) {
    print_prose(run, "  ", regrouping_text(c, one), 4);
  }
}

nlohmann::ordered_json by_or_null(const std::optional<RecordedAct>& act) {
  if (!act) return nullptr;
  return act->act.act.by;
}

}  // namespace

bool has_waiting_attribution(const Case& c) {
  return c.state != CaseState::kMerged &&
         std::ranges::any_of(attributions_of(c), [](const Attribution& one) {
           return one.state == AttributionState::kProposed;
         });
}

void print_statements(Invocation& run, const ToldCase& told) {
  print_attributions(run, told);
  print_conclusion(run, told);
  print_regroupings(run, *told.standing);
}

nlohmann::ordered_json attributions_json(const Case& c) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Attribution& one : attributions_of(c)) {
    list.push_back({{"entry", one.stated.index},
                    {"about", one.about()},
                    {"state", attribution_state_name(one.state)},
                    {"confidence", confidence_name(one.said().confidence)},
                    {"by", one.stated.act.act.by},
                    {"findings", one.said().findings},
                    {"exhibits", one.said().exhibits},
                    {"judged_by", by_or_null(one.opinion)},
                    {"withdrawn_by", by_or_null(one.withdrawn)}});
  }
  return list;
}

nlohmann::ordered_json conclusion_json(const Case& c) {
  const std::optional<Conclusion> last = conclusion_of(c);
  if (!last) return nullptr;
  nlohmann::ordered_json released = nlohmann::ordered_json::array();
  for (const RecordedAct& act : last->released) {
    released.push_back({{"kind", std::get<ConclusionReleased>(act.act.act.body).kind},
                        {"by", act.act.act.by},
                        {"entry", act.index}});
  }
  return {{"entry", last->stated.index},
          {"about", last->stated.act.act.case_id},
          {"lapsed", last->lapsed},
          {"by", last->stated.act.act.by},
          {"released", released}};
}

nlohmann::ordered_json regroupings_json(const Case& c) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const RecordedRegrouping& one : c.regroupings) {
    nlohmann::ordered_json json = {
        {"entry", one.index},    {"what", one.what.splits ? "split" : "merged"},
        {"from", one.what.from}, {"into", one.what.into},
        {"done", one.what.done}, {"because", nullptr}};
    if (!one.what.because.empty()) json["because"] = one.what.because;
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace tidewaiter
