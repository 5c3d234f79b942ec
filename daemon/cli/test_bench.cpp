#include "daemon/cli/test_bench.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

std::string place(const SourceSpan& span) {
  return span.file + ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
}

std::string share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "nothing to reach";
  return grouped(part) + " of " + grouped(whole) + " (" + std::to_string(100 * part / whole) +
         " %)";
}

/// "was never true", "was never decided".
std::string missed(const CoveredPart& part) {
  if (part.kind == CoveredPart::Kind::kMeasure) return "had no value";
  if (part.yes == 0 && part.no == 0) {
    return part.unknown > 0 ? "was always unknown" : "was never reached";
  }
  return part.yes == 0 ? "was never true" : "was never false";
}

std::string unreached_text(const CoveredPart& part, const Terminal& terminal) {
  const std::string what = part.name + ": " + part.text + ' ' + missed(part);
  return "  " + printable(place(part.span)) + "\n    " +
         painted(wrapped(printable(what), terminal.width, 6, 4), Tone::kWarning, terminal) + '\n';
}

std::string survivor_text(const Mutant& mutant, const Terminal& terminal) {
  std::string out = "  " + printable(place(mutant.span)) + "  " + mutant.what + '\n';
  out += "    " + painted("-", Tone::kBad, terminal) + ' ' +
         wrapped(printable(mutant.before), terminal.width, 6, 6) + '\n';
  return out + "    " + painted("+", Tone::kGood, terminal) + ' ' +
         wrapped(mutant.after.empty() ? "(nothing)" : printable(mutant.after), terminal.width, 6,
                 6) +
         '\n';
}

nlohmann::ordered_json place_json(const SourceSpan& span) {
  return {{"file", span.file}, {"line", span.line}, {"column", span.column}};
}

}  // namespace

std::string coverage_text(const std::vector<TestCoverage>& coverage, const Terminal& terminal) {
  std::string out;
  for (const TestCoverage& one : coverage) {
    const bool whole = one.reached == one.wanted;
    out += painted(printable(one.policy), Tone::kStrong, terminal) + "  outcomes reached: " +
           painted(share(one.reached, one.wanted), whole ? Tone::kGood : Tone::kWarning, terminal) +
           '\n';
    for (const CoveredPart& part : one.parts) {
      if (part.reached() < part.wanted()) out += unreached_text(part, terminal);
    }
  }
  return out;
}

nlohmann::ordered_json coverage_json(const TestCoverage& coverage) {
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  for (const CoveredPart& part : coverage.parts) {
    nlohmann::ordered_json one = {{"part", part.name}, {"text", part.text}};
    one.update(place_json(part.span));
    one.update({{"true", part.yes},
                {"false", part.no},
                {"unknown", part.unknown},
                {"reached", part.reached()},
                {"wanted", part.wanted()}});
    parts.push_back(one);
  }
  return {{"policy", coverage.policy},
          {"reached", coverage.reached},
          {"wanted", coverage.wanted},
          {"parts", parts}};
}

std::string mutation_text(const std::vector<MutationReport>& reports, const Terminal& terminal) {
  std::string out;
  for (const MutationReport& report : reports) {
    out += painted(printable(report.policy), Tone::kStrong, terminal) + "  mutants noticed: " +
           painted(share(report.noticed, report.mutants),
                   report.survivors.empty() ? Tone::kGood : Tone::kWarning, terminal);
    if (report.equivalent > 0) {
      out += "; " + grouped(report.equivalent) + " more mean the same and were left out";
    }
    out += report.interrupted ? "; interrupted\n" : "\n";
    for (const Mutant& mutant : report.survivors) out += survivor_text(mutant, terminal);
  }
  return out;
}

nlohmann::ordered_json mutation_json(const MutationReport& report) {
  nlohmann::ordered_json survivors = nlohmann::ordered_json::array();
  for (const Mutant& mutant : report.survivors) {
    nlohmann::ordered_json one = place_json(mutant.span);
    one.update({{"change", mutant.what}, {"before", mutant.before}, {"after", mutant.after}});
    survivors.push_back(one);
  }
  return {{"policy", report.policy},           {"mutants", report.mutants},
          {"noticed", report.noticed},         {"equivalent", report.equivalent},
          {"interrupted", report.interrupted}, {"survivors", survivors}};
}

std::string not_tried_text(std::string_view what, const std::vector<NotTried>& all,
                           const Terminal& terminal) {
  std::string out;
  for (const NotTried& one : all) {
    out += painted(printable(one.policy), Tone::kStrong, terminal) + "  " +
           painted(std::string(what) + ": " + one.reason, Tone::kWarning, terminal) + '\n';
  }
  return out;
}

nlohmann::ordered_json not_tried_json(const std::vector<NotTried>& all) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const NotTried& one : all) {
    out.push_back({{"policy", one.policy}, {"reason", one.reason}});
  }
  return out;
}

}  // namespace tidewaiter
