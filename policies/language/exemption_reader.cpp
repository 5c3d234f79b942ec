#include "policies/language/exemption_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/language/document_header.h"
#include "policies/language/expression_types.h"
#include "policies/language/record_time.h"
#include "policies/language/selection.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 6> kItemKeys = {"where", "under",       "from",
                                                       "until", "approved_by", "reason"};
constexpr std::array<std::string_view, 12> kDocumentKeys = {
    "exemption", "title", "version", "owner", "description", "policies",
    "where",     "under", "from",    "until", "approved_by", "reason"};

/// What an exemption says beside `where`.
struct Terms {
  std::optional<UtcTime> from;
  Exemption exemption;  ///< without `where`
  License* license = nullptr;
};

bool has_keys(DocumentReader& reader, const YamlNode& node) {
  const bool under = node.find("under") != nullptr;
  bool good = true;
  const auto need = [&](std::string_view key, bool needed) {
    if (!needed || node.find(key) != nullptr) return;
    good = false;
    if (key == "until") {
      reader.error(node.span, kNoExpiry, "the exemption has no end",
                   "write its last day: `until: 2026-12-31`; what is to stay for good belongs in "
                   "`condition`");
      return;
    }
    reader.error(node.span, kMissingKey, "`" + std::string(key) + "` is missing in the exemption",
                 "an exemption has `where`, `until`, `approved_by` and `reason`; `under` a license "
                 "it may do with `approved_by`");
  };
  need("where", !under);
  need("until", !under);
  need("approved_by", true);
  need("reason", !under);
  return good;
}

/// The last instant of the exemption: its own `until`, or its licence's end if that is sooner.
UtcTime read_until(DocumentReader& reader, const YamlNode& node, const License* license,
                   UtcTime as_of) {
  const YamlNode* own = node.find("until");
  std::optional<UtcTime> until;
  if (own != nullptr) {
    until = reader.time(*own, true);
    if (until && *until <= as_of) {
      reader.warn(own->span, kExpiredExemption, "the exemption has expired",
                  "remove it, or have it approved anew");
    }
    if (!until) return {};
  }
  if (license != nullptr && !license->document.in_force.empty()) {
    const UtcTime end = license->document.in_force.back().to;
    if (end < kAlways.to || until) return until ? std::min(*until, end) : end;
  }
  if (!until && license != nullptr) {
    reader.error(node.find("under")->span, kMissingKey,
                 "neither the exemption nor its license has an end",
                 "write `until: 2026-12-31` here, or in the license's `in_force`");
  }
  return until.value_or(UtcTime{});
}

Terms read_terms(DocumentReader& reader, const YamlNode& node, NamedLicenses& licenses,
                 UtcTime as_of) {
  Terms terms;
  if (const YamlNode* under = node.find("under")) {
    terms.license = read_license_reference(reader, *under, licenses);
  }
  if (const YamlNode* from = node.find("from")) terms.from = reader.time(*from, false);
  terms.exemption.until = read_until(reader, node, terms.license, as_of);
  if (const YamlNode* by = node.find("approved_by")) {
    terms.exemption.approved_by = reader.text(*by).value_or("");
  }
  if (const YamlNode* reason = node.find("reason")) {
    terms.exemption.reason = reader.text(*reason).value_or("");
  } else if (terms.license != nullptr) {
    const LicenseDocument& license = terms.license->document;
    terms.exemption.reason = license.authority + " license " + license.number;
  }
  if (terms.from && *terms.from >= terms.exemption.until && terms.exemption.until != UtcTime{}) {
    reader.error(node.find("from")->span, kBadInterval, "the exemption ends before it begins",
                 "write `from` before `until`");
  }
  return terms;
}

/// `where`, the licence's scope and `from`, all of them. Nothing after an error.
std::optional<Expr> read_where(DocumentReader& reader, const YamlNode& node, const Terms& terms,
                               const ExprScope& scope) {
  std::vector<Expr> all;
  bool good = true;
  if (const YamlNode* where = node.find("where")) {
    std::optional<Expr> own = read_selection(reader, *where, scope);
    good = own.has_value();
    if (own) all.push_back(*std::move(own));
  }
  if (terms.license != nullptr) {
    const PerKind::Reading& covered = terms.license->scope.of(*scope.fields);
    const bool is_sound = !has_errors(terms.license->scope.findings());
    if (covered.expr) {
      all.push_back(*covered.expr);
    } else if (is_sound) {
      good = false;
      reader.error(node.find("under")->span, kLicenseMisfit,
                   "the license `" + terms.license->document.header.name + "` cannot be asked of " +
                       std::string(kind_name(*scope.fields)) +
                       " records: " + covered.found.front().message,
                   "write `where` without a license, or a scope over fields that they have");
    }
  }
  if (terms.from) all.push_back(not_before(*terms.from, node.find("from")->span));
  if (!good || all.empty()) return std::nullopt;
  Built built = build_logical(ExprOp::kAnd, std::move(all));
  return *std::move(built);  // all parts are truth values
}

}  // namespace

std::optional<Exemption> read_exemption(DocumentReader& reader, const YamlNode& node,
                                        const ExprScope& scope, NamedLicenses& licenses,
                                        UtcTime as_of) {
  if (!reader.expect_map(node, "- {where: …, until: 2026-12-31, approved_by: …, reason: …}")) {
    return std::nullopt;
  }
  check_keys(reader.yaml(), node, kItemKeys, reader.diagnostics());
  const bool whole = has_keys(reader, node);
  Terms terms = read_terms(reader, node, licenses, as_of);
  std::optional<Expr> where = read_where(reader, node, terms, scope);
  if (!whole) return std::nullopt;
  // What failed has its error.
  if (where) terms.exemption.where = *std::move(where);
  return std::move(terms.exemption);
}

ExemptionDocument SharedExemptions::add(const YamlText& text, const YamlNode& document,
                                        NamedLists& lists, NamedLicenses& licenses,
                                        std::vector<Diagnostic>& diagnostics) {
  DocumentReader reader(text, diagnostics);
  check_keys(text, document, kDocumentKeys, diagnostics);
  ExemptionDocument out;
  out.header = read_document_header(reader, document);
  require_key(reader, document, "policies", "name those that it touches: `policies: [access.*]`");
  std::vector<Pattern> patterns;
  if (const YamlNode* policies = document.find("policies")) {
    for (const YamlNode* item : DocumentReader::items(*policies)) {
      if (auto pattern = reader.text(*item)) {
        out.policies.push_back(*pattern);
        patterns.push_back({*std::move(pattern), item->span});
      }
    }
    if (DocumentReader::items(*policies).empty()) {
      reader.error(policies->span, kEmptyValue, "`policies` names none",
                   "write ids, or patterns such as `access.*`");
    }
  }
  const bool whole = has_keys(reader, document);
  Terms terms = read_terms(reader, document, licenses, as_of_);
  PerKind where(text, lists, [&](DocumentReader& inner, const ExprScope& scope) {
    return read_where(inner, document, terms, scope);
  });
  if (document.find("where") != nullptr || terms.license != nullptr) {
    const auto& found = where.findings();
    diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  }
  if (!whole) return out;
  terms.exemption.id = out.header.name;
  out.until = terms.exemption.until;
  out.approved_by = terms.exemption.approved_by;
  out.reason = terms.exemption.reason;
  if (terms.license != nullptr) out.under = terms.license->document.header.name;
  Entry entry{&text,
              &diagnostics,
              out.header.span,
              std::move(patterns),
              std::move(terms.exemption),
              std::move(where),
              {}};
  const auto [place, fresh] = entries_.try_emplace(out.header.name, std::move(entry));
  if (!fresh) {
    const SourceSpan& other = place->second.span;
    reader.error(out.header.span, kDuplicateDocument,
                 "exemption `" + out.header.name + "` stands at " + other.file + ":" +
                     std::to_string(other.line) + " already",
                 "give each exemption an id of its own");
  }
  return out;
}

std::vector<Exemption> SharedExemptions::touching(std::string_view policy, RecordKind reads) {
  std::vector<Exemption> out;
  for (auto& [id, entry] : entries_) {
    bool touches = false;
    for (Pattern& pattern : entry.patterns) {
      if (!matches_id(pattern.text, policy)) continue;
      pattern.touched = true;
      touches = true;
    }
    if (!touches) continue;
    const PerKind::Reading& where = entry.where.of(reads);
    if (where.expr) {
      out.push_back(entry.terms);
      out.back().where = *where.expr;
    } else if (!has_errors(entry.where.findings()) && entry.misfits.insert(reads).second) {
      const auto first =
          std::ranges::find(where.found, DiagnosticLevel::kError, &Diagnostic::level);
      DocumentReader(*entry.text, *entry.diagnostics)
          .error(first->span, kExemptionMisfit,
                 "exemption `" + id + "` does not fit the policy `" + std::string(policy) +
                     "`, which reads " + std::string(kind_name(reads)) +
                     " records: " + first->message,
                 "write an exemption of its own for that policy");
    }
  }
  return out;
}

void SharedExemptions::warn_of_untouched(const std::vector<std::string_view>& policies) {
  for (auto& [id, entry] : entries_) {
    for (const Pattern& pattern : entry.patterns) {
      if (pattern.touched) continue;
      const auto near = did_you_mean(pattern.text, policies);
      DocumentReader(*entry.text, *entry.diagnostics)
          .warn(pattern.span, kExemptionTouchesNothing,
                "no policy is called `" + pattern.text + "`: the exemption touches nothing",
                near ? "did you mean `" + *near + "`?"
                     : "name a policy, or remove what is not needed");
    }
  }
}

}  // namespace tidewaiter
