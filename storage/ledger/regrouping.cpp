#include "storage/ledger/regrouping.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kFindingDigits = 32;

bool is_finding_id(std::string_view text) {
  return text.size() == kFindingDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Takes one entry, whatever it is; gives why it cannot be.
std::string take_entry(std::int64_t index, const std::string& body, const std::string& origin,
                       RecordedDeeds& deeds) {
  // Most entries are steps: an act has the first member, and the text is looked at before it is
  // parsed.
  const bool signed_one = body.find(R"("signer":)") != std::string::npos;
  const bool regroups = body.find(R"("typ":"cluster.merged")") != std::string::npos ||
                        body.find(R"("typ":"cluster.split")") != std::string::npos;
  if (!signed_one && !regroups) return {};
  const auto document = nlohmann::json::parse(body, nullptr, false);
  const std::string type = text_member(document, "typ").value_or("");
  const bool is_act = is_act_type(type);
  if (!is_act && type != kClusterMerged && type != kClusterSplit) return {};
  const Result<UtcTime> recorded = parse_time(text_member(document, "ts").value_or(""));
  if (!recorded) return "it has no time";
  if (!is_act) {
    auto what = read_regrouping(type, document);
    if (!what) return "it does not say which cases go together or part";
    deeds.regroupings.push_back({index, *recorded, std::move(*what)});
    return {};
  }
  Result<SignedAct> act = read_act(type, document, origin);
  if (!act) return act.error().message;
  const auto second = document.find("second_needed");
  deeds.acts.push_back({index, *recorded, std::move(*act),
                        second != document.end() && second->is_boolean() && second->get<bool>(),
                        text_member(document, "party").value_or("")});
  return {};
}

}  // namespace

LedgerEvent regrouping_event(const Regrouping& regrouping) {
  nlohmann::json fields = {{"case", regrouping.from},
                           {"into", regrouping.into},
                           {"finding", regrouping.finding},
                           {"with", regrouping.with},
                           {"done", regrouping.done}};
  if (!regrouping.because.empty()) fields["because"] = regrouping.because;
  return {std::string(regrouping.splits ? kClusterSplit : kClusterMerged), fields.dump()};
}

std::optional<Regrouping> read_regrouping(std::string_view type, const nlohmann::json& entry) {
  Regrouping read;
  read.splits = type == kClusterSplit;
  if (!read.splits && type != kClusterMerged) return std::nullopt;
  read.from = text_member(entry, "case").value_or("");
  read.into = text_member(entry, "into").value_or("");
  read.finding = text_member(entry, "finding").value_or("");
  read.with = text_member(entry, "with").value_or("");
  read.because = text_member(entry, "because").value_or("");
  const auto done = entry.find("done");
  if (done == entry.end() || !done->is_boolean()) return std::nullopt;
  read.done = done->get<bool>();
  if (read.from.empty() || read.into.empty() || read.from == read.into) return std::nullopt;
  if (!is_finding_id(read.finding) || !is_finding_id(read.with)) return std::nullopt;
  if (read.finding == read.with || read.done == entry.contains("because")) return std::nullopt;
  if (!read.done && read.because.empty()) return std::nullopt;
  return read;
}

Result<RecordedDeeds> recorded_deeds(const Ledger& ledger) {
  const auto head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  RecordedDeeds deeds;
  for (std::int64_t index = 0; index < head->size; ++index) {
    const Result<std::string> body = ledger.entry(index);
    if (!body) return tl::unexpected(body.error());
    const std::string why = take_entry(index, *body, ledger.origin(), deeds);
    if (why.empty()) continue;
    return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) + " of the ledger: " +
                                            why + "; `tidewaiter ledger verify` tells more");
  }
  return deeds;
}

Result<std::vector<RecordedAct>> recorded_acts(const Ledger& ledger) {
  auto deeds = recorded_deeds(ledger);
  if (!deeds) return tl::unexpected(deeds.error());
  return std::move(deeds->acts);
}

}  // namespace tidewaiter
