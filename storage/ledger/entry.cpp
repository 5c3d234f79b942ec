#include "storage/ledger/entry.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "storage/ledger/entry_type.h"
#include "storage/ledger/figure_json.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kReserved[] = {"_sd", "_sd_alg", "n", "step", "ts", "typ", "v"};

void put_stamp(nlohmann::json& entry, std::string_view type, const EntryStamp& stamp) {
  entry["v"] = 1;
  entry["typ"] = std::string(type);
  entry["ts"] = format_time(stamp.ts);
  entry["n"] = to_base64url(stamp.nonce);
}

tl::unexpected<Error> too_large(std::string_view type, std::size_t bytes) {
  return fail(ErrorCode::kInvalidInput, "an entry `" + std::string(type) + "` of " +
                                            std::to_string(bytes) + " bytes exceeds the limit of " +
                                            std::to_string(kMaxEntryBytes));
}

bool is_finding_id(std::string_view id) {
  return id.size() == 32 && std::ranges::all_of(id, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// Collects an entry's disclosures.
class Disclosing {
 public:
  Disclosing(const SubjectKey& key, const Nonce& nonce) : key_(key), nonce_(nonce) {}

  Result<void> add(const std::string& name, const nlohmann::json& value) {
    auto made = make_disclosure(key_, nonce_, kSaltLabel, name, value);
    if (!made) return tl::unexpected(made.error());
    list_.push_back(std::move(*made));
    return {};
  }

  Result<void> add_figures(std::string_view prefix, const std::vector<Figure>& figures) {
    for (const Figure& figure : figures) {
      if (!is_disclosed(figure)) continue;
      if (auto added = add(std::string(prefix) + figure.name, figure_value(figure)); !added) {
        return added;
      }
    }
    return {};
  }

  std::vector<Disclosure> take() { return std::move(list_); }

 private:
  const SubjectKey& key_;
  const Nonce& nonce_;
  std::vector<Disclosure> list_;
};

Result<std::vector<Disclosure>> disclose(const Step& step, const SubjectKey& key,
                                         const Nonce& nonce) {
  Disclosing disclosing(key, nonce);
  if (const std::string subject = to_text(step.subject); !subject.empty()) {
    if (auto added = disclosing.add("subject", subject); !added) {
      return tl::unexpected(added.error());
    }
  }
  if (auto added = disclosing.add_figures("figures/", step.figures); !added) {
    return tl::unexpected(added.error());
  }
  if (auto added = disclosing.add_figures("previous/", step.previous); !added) {
    return tl::unexpected(added.error());
  }
  return disclosing.take();
}

const char* evidence_member(const Step& step) {
  return step.evidence_findings.empty() ? "seqs" : "findings";
}

void put_finding(nlohmann::json& entry, const Step& step) {
  entry["finding"] = step.finding;
  entry["status"] = "potential";
  entry["run"] = {{"from", format_time(step.run.from)}, {"to", format_time(step.run.to)}};
  entry["windows"] = step.windows;
  if (!step.figures.empty()) entry["figures"] = figures_to_json(step.figures, false);
  if (!step.previous.empty()) entry["previous"] = figures_to_json(step.previous, false);
  if (const nlohmann::json items = evidence_items(step);
      !items.empty() || step.evidence_total != 0) {
    entry["evidence"] = {{evidence_member(step), items}, {"total", step.evidence_total}};
    // Left out where it is what entries meant before there was a choice.
    if (step.evidence_choice != EvidenceChoice::kFirst) {
      entry["evidence"]["chosen"] = std::string(choice_name(step.evidence_choice));
    }
  }
}

/// Takes items from the end of a list until its JSON is `excess` bytes shorter, or it is empty.
void shorten(nlohmann::json& list, std::size_t excess) {
  std::size_t freed = 0;
  while (!list.empty() && freed < excess) {
    freed += list.back().dump().size() + 1;  // and its comma
    list.erase(list.size() - 1);
  }
}

}  // namespace

nlohmann::json evidence_items(const Step& step) {
  if (step.evidence_findings.empty()) return step.evidence;
  return step.evidence_findings;
}

Result<BuiltEntry> build_event(std::string_view type, std::string_view fields,
                               const EntryStamp& stamp) {
  if (!is_entry_type(type) || is_step_type(type)) {
    return fail(ErrorCode::kInvalidInput, "`" + std::string(type) + "` is no type of event");
  }
  auto entry = parse_json_strict(fields);
  if (!entry) return tl::unexpected(entry.error());
  if (!entry->is_object()) {
    return fail(ErrorCode::kInvalidInput, "the fields of an event are a JSON object");
  }
  for (const std::string_view name : kReserved) {
    if (entry->contains(name)) {
      return fail(ErrorCode::kInvalidInput,
                  "an event has no field `" + std::string(name) + "` of its own");
    }
  }
  put_stamp(*entry, type, stamp);
  auto body = to_jcs(*entry);
  if (!body) return tl::unexpected(body.error());
  if (body->size() > kMaxEntryBytes) return too_large(type, body->size());
  return BuiltEntry{std::move(*body), {}, 0};
}

Result<BuiltEntry> build_step(const Step& step, std::string_view log_id, const SubjectKey& key,
                              const EntryStamp& stamp) {
  const std::string_view type = step_name(step.kind);
  nlohmann::json entry;
  put_stamp(entry, type, stamp);
  entry["step"] = {{"log", std::string(log_id)}, {"seq", step.seq}, {"ordinal", step.ordinal}};
  entry["policy"] = {
      {"id", step.policy}, {"version", step.policy_version}, {"hash", to_hex(step.policy_hash)}};
  entry["severity"] = std::string(severity_name(step.severity));
  if (step.historical) entry["historical"] = true;
  if (!step.reason.empty()) entry["reason"] = step.reason;
  BuiltEntry built;
  if (step.kind == StepKind::kGap) {
    entry["count"] = step.count;
  } else {
    if (!is_finding_id(step.finding)) {
      return fail(ErrorCode::kInvalidInput,
                  "expected a finding's id of 32 hexadecimal digits, got `" +
                      step.finding.substr(0, 40) + "`");
    }
    put_finding(entry, step);
    auto disclosures = disclose(step, key, stamp.nonce);
    if (!disclosures) return tl::unexpected(disclosures.error());
    built.disclosures = std::move(*disclosures);
    built.evidence = evidence_items(step).size();
  }
  if (!built.disclosures.empty()) {
    entry["_sd"] = sd_digests(built.disclosures);
    entry["_sd_alg"] = "sha-256";
  }

  auto body = to_jcs(entry);
  if (!body) return tl::unexpected(body.error());
  if (body->size() > kMaxEntryBytes && built.evidence > 0) {
    nlohmann::json& items = entry["evidence"][evidence_member(step)];
    shorten(items, body->size() - kMaxEntryBytes);
    built.evidence = items.size();
    body = to_jcs(entry);
    if (!body) return tl::unexpected(body.error());
  }
  if (body->size() > kMaxEntryBytes) return too_large(type, body->size());
  built.body = std::move(*body);
  return built;
}

}  // namespace tidewaiter
