#include "daemon/cli/masked_case.h"

#include <ostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/prose.h"

namespace tidewaiter {

FindingState masked(FindingState finding) {
  if (!finding.subject.empty()) finding.subject = kWithheldSubject;
  std::erase_if(finding.figures, [](const Figure& figure) {
    return std::holds_alternative<std::string>(figure.value) ||
           std::holds_alternative<std::vector<std::string>>(figure.value);
  });
  return finding;
}

Case masked(Case c) {
  if (!c.subject.empty()) c.subject = kWithheldSubject;
  for (FindingState& finding : c.findings) finding = masked(std::move(finding));
  return c;
}

void say_withheld(nlohmann::ordered_json& document, std::span<const std::string_view> names) {
  document["subject"] = nullptr;
  document["withheld"] = names;
}

void print_withheld(Invocation& run) {
  run.out << '\n';
  print_prose(run, "",
              "Withheld: whom it is about, figures that are texts, what people wrote, and records. "
              "Others than viewers read them, with --as HANDLE.",
              0);
}

}  // namespace tidewaiter
