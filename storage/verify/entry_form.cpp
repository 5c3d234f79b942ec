#include "storage/verify/entry_form.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "policies/model/jcs.h"
#include "storage/ledger/entry_type.h"
#include "storage/ledger/former_ledger.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/form.h"

namespace tidewaiter {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxEntryBytes = 16'384;
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kDigestsStep = 4;

/// Says whether `text` is what std::to_chars writes for the number that it reads as.
template <class Number>
bool is_written_number(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return false;
  std::array<char, 32> again{};
  const auto written = std::to_chars(again.data(), again.data() + again.size(), number);
  return text == std::string_view(again.data(), written.ptr);
}

bool is_text_type(std::string_view type) {
  return type == "string" || type == "ip" || type == "list of string";
}

bool is_type(std::string_view type) {
  return is_text_type(type) || type == "bool" || type == "int64" || type == "duration" ||
         type == "timestamp" || type == "money" || type == "double";
}

void check_figures(Form& entry, const std::string& member) {
  const json* const figures = entry.optional(member);
  if (figures == nullptr) return;
  if (!figures->is_array() || figures->empty()) return entry.refuse("`" + member + "` is no list");
  for (const json& item : *figures) {
    Form figure(item, "a figure in `" + member + "`");
    figure.text("name");
    const std::string type = figure.text("type");
    if (!is_type(type)) figure.refuse("the type `" + type + "` is unknown");
    const json* const value = figure.optional("value");
    const bool fits = value == nullptr ? is_text_type(type)
                                       : value->is_null() ||
                                             (!is_text_type(type) && is_figure_value(*value, type));
    if (!fits) figure.refuse("the value is not one of its type");
    if (figure.optional("exact") != nullptr) figure.literal("exact", false);
    figure.finish();
    if (!figure.holds()) return entry.refuse(figure.fault());
  }
}

void check_nested(Form& entry, Form nested) {
  nested.finish();
  if (!nested.holds()) entry.refuse(nested.fault());
}

void check_step_place(Form& entry) {
  Form step(entry.required("step"), "`step`");
  if (step.text("log").empty()) step.refuse("`log` is empty");
  step.number("seq");
  step.number("ordinal");
  check_nested(entry, std::move(step));

  Form policy(entry.required("policy"), "`policy`");
  policy.text("id");
  policy.number("version");
  if (!is_lower_hex(policy.text("hash"), 2 * kDigestBytes)) {
    policy.refuse("`hash` is not 64 hexadecimal digits");
  }
  check_nested(entry, std::move(policy));

  const std::string severity = entry.text("severity");
  if (severity != "low" && severity != "medium" && severity != "high" && severity != "critical") {
    entry.refuse("the severity `" + severity + "` is unknown");
  }
  if (entry.optional("historical") != nullptr) entry.literal("historical", true);
  if (entry.optional("reason") != nullptr && entry.text("reason").empty()) {
    entry.refuse("`reason` is empty");
  }
}

/// The ids of findings, in a policy that reads them, or sequence numbers of records.
void check_evidence_items(Form& evidence) {
  const json* const findings = evidence.optional("findings");
  const json& items = findings != nullptr ? *findings : evidence.required("seqs");
  const std::int64_t total = evidence.number("total");
  const auto is_item = [&](const json& item) {
    if (findings == nullptr) return item.is_number_integer();
    return item.is_string() && is_lower_hex(item.get_ref<const std::string&>(), 32);
  };
  if (!items.is_array() || !std::ranges::all_of(items, is_item)) {
    evidence.refuse(findings != nullptr ? "`findings` is no list of findings"
                                        : "`seqs` is no list of whole numbers");
  } else if (items.empty() && total == 0) {
    evidence.refuse("it says nothing");
  }
}

void check_evidence(Form& entry) {
  const json* const member = entry.optional("evidence");
  if (member == nullptr) return;
  Form evidence(*member, "`evidence`");
  check_evidence_items(evidence);
  if (evidence.optional("chosen") != nullptr) {
    const std::string chosen = evidence.text("chosen");
    if (chosen != "last" && chosen != "largest") {
      evidence.refuse("`chosen` is neither `last` nor `largest`");
    }
  }
  check_nested(entry, std::move(evidence));
}

void check_digests(Form& entry) {
  const json* const digests = entry.optional("_sd");
  if (digests == nullptr) return;
  entry.literal("_sd_alg", "sha-256");
  const auto is_digest = [](const json& digest) {
    return digest.is_string() &&
           is_base64url_of(digest.get_ref<const std::string&>(), kDigestBytes);
  };
  if (!digests->is_array() || digests->empty() || digests->size() % kDigestsStep != 0 ||
      !std::ranges::all_of(*digests, is_digest)) {
    return entry.refuse("`_sd` is no list of digests, a multiple of four");
  }
  const bool rising = std::ranges::adjacent_find(*digests, [](const json& a, const json& b) {
                        return a.get_ref<const std::string&>() >= b.get_ref<const std::string&>();
                      }) == digests->end();
  if (!rising) entry.refuse("`_sd` is not sorted, or has a digest twice");
}

void check_finding(Form& entry, const std::string& type) {
  if (!is_lower_hex(entry.text("finding"), 32)) {
    entry.refuse("`finding` is not 32 hexadecimal digits");
  }
  entry.literal("status", "potential");
  Form run(entry.required("run"), "`run`");
  const UtcTime from = run.time("from");
  if (run.time("to") < from) run.refuse("it ends before it begins");
  check_nested(entry, std::move(run));
  entry.number("windows");
  check_figures(entry, "figures");
  if (type == "finding.restated") check_figures(entry, "previous");
  check_evidence(entry);
  check_digests(entry);
}

/// The ledger that this one goes on for: the signature under its head is checked where it stands.
void check_former(Form& entry) {
  const json* const member = entry.optional("previous");
  if (member == nullptr) return;
  const Result<FormerLedger> former = former_from_json(*member);
  if (!former) return entry.refuse(former.error().message);
  if (const auto head = former_head(*former, entry.text("origin")); !head) {
    entry.refuse("`previous`: " + head.error().message);
  }
}

void check_event(Form& entry, std::int64_t index, const std::string& type, const json& document) {
  if ((type == kCreatedType) != (index == 0)) {
    entry.refuse("entry 0, and no other, is of type `" + std::string(kCreatedType) + "`");
  }
  if (index == 0) {
    if (!is_key_name(entry.text("origin"))) entry.refuse("`origin` cannot name a log");
    entry.text("vkey");
    check_former(entry);
    entry.finish();
  }
  for (const char* name : {"step", "_sd", "_sd_alg"}) {
    if (document.contains(name)) {
      entry.refuse("a member `" + std::string(name) + "` does not belong here");
    }
  }
}

}  // namespace

bool is_disclosed_figure(const json& figure) {
  return !figure.contains("value") && is_text_type(figure.at("type").get<std::string>());
}

bool is_figure_value(const json& value, std::string_view type) {
  if (type == "bool") return value.is_boolean();
  if (type == "list of string") {
    return value.is_array() &&
           std::ranges::all_of(value, [](const json& item) { return item.is_string(); });
  }
  if (!value.is_string()) return false;
  if (is_text_type(type)) return true;
  const auto& text = value.get_ref<const std::string&>();
  if (type != "double") return is_written_number<std::int64_t>(text);
  // What is no number has no sign, though its bits may have one.
  return text != "-nan" && is_written_number<double>(text);
}

Result<ReadEntry> read_entry_form(std::int64_t index, std::string_view body) {
  const auto refuse = [](std::string why) {
    return fail(ErrorCode::kInvalidInput, std::move(why));
  };
  if (body.size() > kMaxEntryBytes) return refuse("longer than 16,384 bytes");
  Result<json> document = parse_json_strict(body);
  if (!document) return refuse(document.error().message);
  const Result<std::string> canonical = to_jcs(*document);
  if (!canonical) return refuse(canonical.error().message);
  if (*canonical != body) return refuse("its bytes are not canonical JSON");

  Form entry(*document, "the entry");
  entry.literal("v", 1);
  ReadEntry read{entry.text("typ"), entry.time("ts"), false, {}};
  // The years of RFC 3339; those with a sign are for runs, which can be longer than a record.
  if (const std::string ts = entry.text("ts"); ts.starts_with('+') || ts.starts_with('-')) {
    entry.refuse("`ts` has a year that is not of four digits");
  }
  if (!is_base64url_of(entry.text("n"), kNonceBytes)) {
    entry.refuse("`n` is not the base64url of 16 bytes");
  }
  if (!is_entry_type(read.type)) entry.refuse("the type `" + read.type + "` is unknown");
  read.is_step = is_step_type(read.type);
  if (!read.is_step || index == 0) {
    check_event(entry, index, read.type, *document);
  } else {
    check_step_place(entry);
    if (read.type == "coverage.gap") {
      entry.number("count");
    } else {
      check_finding(entry, read.type);
    }
    entry.finish();
  }
  if (!entry.holds()) return refuse(entry.fault());
  read.document = std::move(*document);
  return read;
}

}  // namespace tidewaiter
