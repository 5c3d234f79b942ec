#include "policies/language/licensed.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/license_reader.h"
#include "policies/language/named_lists.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

/// Carets and mutants of an expression stand in its own file, never in the license's.
void place_at(Expr& expr, const SourceSpan& span) {
  expr.span = span;
  for (Expr& arg : expr.args) place_at(arg, span);
}

tl::unexpected<ExprProblem> unknown_license(std::string_view name, const SourceSpan& span,
                                            const NamedLicenses& licenses) {
  std::vector<std::string_view> names;
  for (const auto& [known, license] : licenses.all()) names.emplace_back(known);
  const auto near = did_you_mean(name, names);
  return tl::unexpected(
      ExprProblem{span, kUnknownLicense, "there is no license `" + std::string(name) + "`",
                  near ? "did you mean `" + *near + "`?"
                       : "add a document that begins with `license: " + std::string(name) +
                             "`, or load its file too"});
}

tl::unexpected<ExprProblem> misfit(std::string_view name, const SourceSpan& span, RecordKind kind,
                                   const std::vector<Diagnostic>& found) {
  const auto first = std::ranges::find(found, DiagnosticLevel::kError, &Diagnostic::level);
  return tl::unexpected(ExprProblem{span, kLicenseMisfit,
                                    "the license `" + std::string(name) + "` cannot be asked of " +
                                        std::string(kind_name(kind)) +
                                        " records: " + first->message,
                                    "name a license whose scope is over fields that they have"});
}

}  // namespace

Built build_licensed(std::string_view name, const SourceSpan& name_span, const SourceSpan& span,
                     const ExprScope& scope) {
  if (!scope.fields || scope.lists == nullptr) {
    return tl::unexpected(ExprProblem{
        span, kLicenseMisfit, "`licensed` is asked of a record, and none is judged here",
        "write it in a selection, an exemption or a measure, as in `count() where "
        "licensed(" +
            std::string(name) + ")`"});
  }
  NamedLicenses* const licenses = scope.lists->licenses();
  if (licenses == nullptr) {
    return tl::unexpected(ExprProblem{span, kLicenseMisfit,
                                      "the scope of a license does not rest on another license",
                                      "write whom and what it covers itself"});
  }
  License* const license = licenses->find(name);
  if (license == nullptr) return unknown_license(name, name_span, *licenses);
  license->used = true;
  Expr covered;
  if (!has_errors(license->scope.findings())) {
    const PerKind::Reading& reading = license->scope.of(*scope.fields);
    if (!reading.expr) return misfit(name, name_span, *scope.fields, reading.found);
    covered = *reading.expr;
  }
  place_at(covered, span);
  return covered;
}

}  // namespace tidewaiter
