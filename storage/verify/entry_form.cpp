#include "storage/verify/entry_form.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "storage/ledger/entry_type.h"
#include "storage/ledger/former_ledger.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/form.h"

namespace tidewaiter {

namespace {

using EntryValue = CanonicalJson::Value;

constexpr std::size_t kMaxEntryBytes = 16'384;
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kDigestsStep = 4;

/// Says whether `text` is what std::to_chars writes for the number that it reads as.
template <class Number>
bool is_written_number(std::string_view text) {
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

/// `what` is one of the figures, for messages.
void check_figures(Form& entry, std::string_view member, std::string_view what) {
  const EntryValue figures = entry.optional(member);
  if (!figures.exists()) return;
  if (figures.elements().empty()) {
    return entry.refuse("`" + std::string(member) + "` is no list");
  }
  for (const EntryValue item : figures.elements()) {
    Form figure(item, what);
    figure.text("name");
    const std::string_view type = figure.text("type");
    if (!is_type(type)) figure.refuse("the type `" + std::string(type) + "` is unknown");
    const EntryValue value = figure.optional("value");
    const bool fits = value.exists()
                          ? value.is_null() || (!is_text_type(type) && is_figure_value(value, type))
                          : is_text_type(type);
    if (!fits) figure.refuse("the value is not one of its type");
    if (figure.optional("exact").exists()) figure.literal("exact", "false");
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

  const std::string_view severity = entry.text("severity");
  if (severity != "low" && severity != "medium" && severity != "high" && severity != "critical") {
    entry.refuse("the severity `" + std::string(severity) + "` is unknown");
  }
  if (entry.optional("historical").exists()) entry.literal("historical", "true");
  if (entry.optional("reason").exists() && entry.text("reason").empty()) {
    entry.refuse("`reason` is empty");
  }
}

/// The ids of findings, in a policy that reads them, or sequence numbers of records.
void check_evidence_items(Form& evidence) {
  const EntryValue findings = evidence.optional("findings");
  const EntryValue items = findings.exists() ? findings : evidence.required("seqs");
  const std::int64_t total = evidence.number("total");
  const auto is_item = [&](EntryValue item) {
    return findings.exists() ? is_lower_hex(item.text(), 32) : item.is_whole_number();
  };
  if (!items.is_array() || !std::ranges::all_of(items.elements(), is_item)) {
    evidence.refuse(findings.exists() ? "`findings` is no list of findings"
                                      : "`seqs` is no list of whole numbers");
  } else if (items.elements().empty() && total == 0) {
    evidence.refuse("it says nothing");
  }
}

void check_evidence(Form& entry) {
  const EntryValue member = entry.optional("evidence");
  if (!member.exists()) return;
  Form evidence(member, "`evidence`");
  check_evidence_items(evidence);
  if (evidence.optional("chosen").exists()) {
    const std::string_view chosen = evidence.text("chosen");
    if (chosen != "last" && chosen != "largest") {
      evidence.refuse("`chosen` is neither `last` nor `largest`");
    }
  }
  check_nested(entry, std::move(evidence));
}

void check_digests(Form& entry) {
  const EntryValue digests = entry.optional("_sd");
  if (!digests.exists()) return;
  entry.literal("_sd_alg", R"("sha-256")");
  std::size_t count = 0;
  bool are_digests = true;
  bool rise = true;
  std::string_view last;
  for (const EntryValue digest : digests.elements()) {
    const std::string_view text = digest.text();
    are_digests = are_digests && is_base64url_of(text, kDigestBytes);
    rise = rise && last < text;
    last = text;
    ++count;
  }
  if (!are_digests || count == 0 || count % kDigestsStep != 0) {
    return entry.refuse("`_sd` is no list of digests, a multiple of four");
  }
  if (!rise) entry.refuse("`_sd` is not sorted, or has a digest twice");
}

void check_finding(Form& entry, ReadEntry& read) {
  if (!is_lower_hex(entry.text("finding"), 32)) {
    entry.refuse("`finding` is not 32 hexadecimal digits");
  }
  entry.literal("status", R"("potential")");
  Form run(entry.required("run"), "`run`");
  read.run_from = run.time("from");
  read.run_to = run.time("to");
  if (read.run_to < read.run_from) run.refuse("it ends before it begins");
  check_nested(entry, std::move(run));
  entry.number("windows");
  check_figures(entry, "figures", "a figure in `figures`");
  if (read.type == "finding.restated") check_figures(entry, "previous", "a figure in `previous`");
  check_evidence(entry);
  check_digests(entry);
}

nlohmann::json tree_of(EntryValue value) {
  // Canonical JSON is strict JSON.
  return parse_json_strict(value.bytes()).value_or(nlohmann::json());
}

/// The ledger that this one goes on for: the signature under its head is checked where it stands.
void check_former(Form& entry) {
  const EntryValue member = entry.optional("previous");
  if (!member.exists()) return;
  const Result<FormerLedger> former = former_from_json(tree_of(member));
  if (!former) return entry.refuse(former.error().message);
  if (const auto head = former_head(*former, std::string(entry.text("origin"))); !head) {
    entry.refuse("`previous`: " + head.error().message);
  }
}

void check_event(Form& entry, std::int64_t index, std::string_view type, EntryValue document) {
  if ((type == kCreatedType) != (index == 0)) {
    entry.refuse("entry 0, and no other, is of type `" + std::string(kCreatedType) + "`");
  }
  if (index == 0) {
    if (!is_key_name(entry.text("origin"))) entry.refuse("`origin` cannot name a log");
    entry.text("vkey");
    check_former(entry);
    entry.finish();
  }
  for (const std::string_view name : {"step", "_sd", "_sd_alg"}) {
    if (document.contains(name)) {
      entry.refuse("a member `" + std::string(name) + "` does not belong here");
    }
  }
}

/// Why bytes are no entry that are not canonical JSON: what the parser that knows says, or the
/// writer.
std::string why_not_canonical(std::string_view body) {
  const Result<nlohmann::json> document = parse_json_strict(body);
  if (!document) return document.error().message;
  const Result<std::string> canonical = to_jcs(*document);
  return canonical ? "its bytes are not canonical JSON" : canonical.error().message;
}

void check_step(Form& entry, ReadEntry& read) {
  check_step_place(entry);
  if (read.type == "coverage.gap") {
    entry.number("count");
  } else {
    check_finding(entry, read);
  }
  entry.finish();
}

}  // namespace

nlohmann::json ReadEntry::parsed() const { return tree_of(document); }

bool is_disclosed_figure(EntryValue figure) {
  return !figure.contains("value") && is_text_type(figure["type"].text());
}

bool is_figure_value(EntryValue value, std::string_view type) {
  if (type == "bool") return value.is_boolean();
  if (type == "list of string") {
    return value.is_array() &&
           std::ranges::all_of(value.elements(), [](EntryValue item) { return item.is_text(); });
  }
  if (!value.is_text()) return false;
  if (is_text_type(type)) return true;
  const std::string_view text = value.text();
  if (type != "double") return is_written_number<std::int64_t>(text);
  // What is no number has no sign, though its bits may have one.
  return text != "-nan" && is_written_number<double>(text);
}

Result<ReadEntry> read_entry_form(std::int64_t index, std::string_view body,
                                  CanonicalJson& document) {
  const auto refuse = [](std::string why) {
    return fail(ErrorCode::kInvalidInput, std::move(why));
  };
  if (body.size() > kMaxEntryBytes) return refuse("longer than 16,384 bytes");
  if (!document.read(body)) return refuse(why_not_canonical(body));

  Form entry(document.root(), "the entry");
  entry.literal("v", "1");
  ReadEntry read{entry.text("typ"), entry.time("ts"), false, document.root(), {}, {}};
  // The years of RFC 3339; those with a sign are for runs, which can be longer than a record.
  if (const auto ts = entry.text("ts"); ts.starts_with('+') || ts.starts_with('-')) {
    entry.refuse("`ts` has a year that is not of four digits");
  }
  if (!is_base64url_of(entry.text("n"), kNonceBytes)) {
    entry.refuse("`n` is not the base64url of 16 bytes");
  }
  if (!is_entry_type(read.type)) {
    entry.refuse("the type `" + std::string(read.type) + "` is unknown");
  }
  read.is_step = is_step_type(read.type);
  if (!read.is_step || index == 0) {
    check_event(entry, index, read.type, document.root());
  } else {
    check_step(entry, read);
  }
  if (!entry.holds()) return refuse(entry.fault());
  return read;
}

}  // namespace tidewaiter
