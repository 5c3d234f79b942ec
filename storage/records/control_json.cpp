#include "storage/records/control_json.h"

#include <optional>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

json to_document(const SourceDrained& drained) {
  return {{"control", "source-drained"},
          {"source", drained.source},
          {"kind", kind_name(drained.kind)},
          {"from", format_time(drained.covered.from)},
          {"to", format_time(drained.covered.to)}};
}

json to_document(const SourceIdle& idle) {
  return {{"control", "source-idle"}, {"source", idle.source}, {"kind", kind_name(idle.kind)}};
}

json to_document(const SourceRemoved& removed) {
  return {
      {"control", "source-removed"}, {"source", removed.source}, {"kind", kind_name(removed.kind)}};
}

json to_document(const SourceSettles& settles) {
  return {{"control", "source-settles"},
          {"source", settles.source},
          {"kind", kind_name(settles.kind)},
          {"within", format_duration(settles.within)}};
}

json to_document(const PolicySetActivated& activated) {
  return {{"control", "policy-set-activated"}, {"set", to_hex(activated.set_hash)}};
}

json to_document(const RecordsDropped& dropped) {
  return {{"control", "records-dropped"}, {"before", format_time(dropped.before)}};
}

json to_document(const StateEvicted& evicted) {
  return {{"control", "state-evicted"},
          {"policy", evicted.policy},
          {"before", format_time(evicted.before)}};
}

json to_document(const LinkRuled& ruled) {
  json accounts = json::array();
  for (const RuledAccount& account : ruled.accounts) {
    accounts.push_back({{"source", account.source}, {"account", account.name}});
  }
  json values = json::array();
  for (const RuledValue& value : ruled.values) {
    values.push_back({{"field", std::string(field(value.field).name)}, {"value", value.text}});
  }
  return {{"control", "link-ruled"},
          {"ruling", ruled.ruling},
          {"at", format_time(ruled.at)},
          {"accounts", std::move(accounts)},
          {"values", std::move(values)}};
}

tl::unexpected<Error> unreadable(std::string_view text) {
  return fail(ErrorCode::kCorruption,
              "control entry does not read back: `" + std::string(text.substr(0, 120)) + "`");
}

std::optional<UtcTime> time_member(const json& document, const char* name) {
  const auto text = text_member(document, name);
  if (!text) return std::nullopt;
  const auto time = parse_time(*text);
  return time ? std::optional<UtcTime>(*time) : std::nullopt;
}

/// Nothing where a member is missing or of another form.
std::optional<LinkRuled> read_link_ruled(const json& document) {
  const auto ruling = text_member(document, "ruling");
  const auto at = time_member(document, "at");
  const auto accounts = document.find("accounts");
  const auto values = document.find("values");
  if (!ruling || !at || accounts == document.end() || !accounts->is_array() ||
      values == document.end() || !values->is_array()) {
    return std::nullopt;
  }
  LinkRuled ruled{*ruling, *at, {}, {}};
  for (const json& one : *accounts) {
    const auto source = text_member(one, "source");
    const auto name = text_member(one, "account");
    if (!source || !name) return std::nullopt;
    ruled.accounts.push_back({*source, *name});
  }
  for (const json& one : *values) {
    const auto id = find_field(text_member(one, "field").value_or(""));
    const auto text = text_member(one, "value");
    if (!id || !text) return std::nullopt;
    ruled.values.push_back({*id, *text});
  }
  const bool joins = ruled.accounts.size() == 2 && ruled.values.empty();
  const bool cuts = ruled.accounts.size() == 1 && !ruled.values.empty();
  const bool lifts = ruled.accounts.empty() && ruled.values.empty();
  return joins || cuts || lifts ? std::optional(std::move(ruled)) : std::nullopt;
}

}  // namespace

Result<std::string> write_control_json(const Control& control) {
  return to_jcs(std::visit([](const auto& c) { return to_document(c); }, control));
}

Result<Control> read_control_json(std::string_view text) {
  const auto document = parse_json_strict(text);
  if (!document || !document->is_object()) return unreadable(text);
  const auto type = text_member(*document, "control");
  if (type == "policy-set-activated") {
    const auto hash = digest_from_hex(text_member(*document, "set").value_or(""));
    if (!hash) return unreadable(text);
    return Control(PolicySetActivated{*hash});
  }
  if (type == "records-dropped") {
    const auto before = time_member(*document, "before");
    if (!before) return unreadable(text);
    return Control(RecordsDropped{*before});
  }
  if (type == "state-evicted") {
    auto policy = text_member(*document, "policy");
    const auto before = time_member(*document, "before");
    if (!policy || !before) return unreadable(text);
    return Control(StateEvicted{std::move(*policy), *before});
  }
  if (type == "link-ruled") {
    auto ruled = read_link_ruled(*document);
    if (!ruled) return unreadable(text);
    return Control(std::move(*ruled));
  }
  auto source = text_member(*document, "source");
  const auto kind = find_kind(text_member(*document, "kind").value_or(""));
  if (!source || !kind) return unreadable(text);
  if (type == "source-idle") return Control(SourceIdle{std::move(*source), *kind});
  if (type == "source-removed") return Control(SourceRemoved{std::move(*source), *kind});
  if (type == "source-settles") {
    const auto within = parse_duration(text_member(*document, "within").value_or(""));
    if (!within) return unreadable(text);
    return Control(SourceSettles{std::move(*source), *kind, *within});
  }
  const auto from = time_member(*document, "from");
  const auto to = time_member(*document, "to");
  if (type != "source-drained" || !from || !to) return unreadable(text);
  return Control(SourceDrained{std::move(*source), *kind, {*from, *to}});
}

}  // namespace tidewaiter
