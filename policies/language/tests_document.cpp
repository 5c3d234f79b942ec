#include "policies/language/tests_document.h"

#include <array>
#include <string_view>

#include "policies/language/test_reader.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 6> kTestsKeys = {"tests", "title",       "version",
                                                        "owner", "description", "cases"};

}  // namespace

TestsDocument read_tests_document(DocumentReader& reader, const YamlNode& document) {
  check_keys(reader.yaml(), document, kTestsKeys, reader.diagnostics());
  TestsDocument tests;
  // A rule of another language may have an id that no document of ours could have.
  const auto& [key, name] = document.members.front();
  tests.header.span = key.span;
  tests.header.name = reader.text(name).value_or("");
  read_header_details(reader, document, tests.header);
  const YamlNode* cases = document.find("cases");
  if (cases != nullptr && !DocumentReader::items(*cases).empty()) return tests;
  reader.error(cases != nullptr ? cases->span : key.span, kMissingKey,
               "the document has no `cases`",
               "write `cases: [{name: …, given: …, expect: …}]`, as under `tests` in a policy");
  return tests;
}

std::vector<PolicyTest> read_cases(DocumentReader& reader, const YamlNode& document,
                                   const Policy& policy) {
  const YamlNode* cases = document.find("cases");
  return cases != nullptr ? read_tests(reader, *cases, policy) : std::vector<PolicyTest>{};
}

}  // namespace tidewaiter
