#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/source_look.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

using Verdict = SourceExamination::Verdict;

struct DoctorOptions {
  std::string name;
  bool json = false;
};

std::string_view verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGood:
      return "good";
    case Verdict::kUnknown:
      return "unknown";
    case Verdict::kBad:
      break;
  }
  return "bad";
}

Tone verdict_tone(Verdict verdict) {
  if (verdict == Verdict::kBad) return Tone::kBad;
  return verdict == Verdict::kGood ? Tone::kGood : Tone::kWarning;
}

void print_lines(const std::vector<SourceExamination>& lines, const Invocation& run) {
  constexpr std::size_t kIndent = 9;  // behind the longest verdict
  const std::string margin(kIndent, ' ');
  const auto below = [&](const std::string& text) {
    run.out << margin << wrapped(printable(text), run.terminal.width, kIndent, kIndent) << '\n';
  };
  for (const SourceExamination& line : lines) {
    std::string word(verdict_word(line.verdict));
    run.out << painted(word, verdict_tone(line.verdict), run.terminal)
            << std::string(kIndent - word.size(), ' ')
            << wrapped(printable(line.asked), run.terminal.width, kIndent, kIndent) << '\n';
    below(line.seen);
    below(line.means);
  }
}

nlohmann::ordered_json lines_json(const std::vector<SourceExamination>& lines) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const SourceExamination& line : lines) {
    out.push_back({{"verdict", verdict_word(line.verdict)},
                   {"asked", line.asked},
                   {"seen", line.seen},
                   {"means", line.means}});
  }
  return out;
}

int examine(Invocation& run, const DoctorOptions& options) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  const auto sources = sources_to_look_at(*config, {options.name});
  if (!sources) return fail_with(run, sources.error());
  const SourceToLookAt& source = sources->front();
  const Result<std::unique_ptr<Connector>> connector = connector_to_look_with(*source.config, run);
  if (!connector) return fail_with(run, connector.error());
  const auto lines = (*connector)->examine(source.cursor, run.now());
  const bool works = std::ranges::none_of(
      lines, [](const SourceExamination& line) { return line.verdict == Verdict::kBad; });
  if (options.json) {
    print_json(run, {{"source", options.name}, {"works", works}, {"lines", lines_json(lines)}});
  } else {
    print_lines(lines, run);
  }
  return code(works ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_source_doctor(CLI::App& source, Selection& selection) {
  CLI::App* verb = add_verb(
      source, "doctor", "asks a source what its vendor's manual leaves open",
      "Prints for each question what was asked, what was seen and what it means: whether\n"
      "the server answers and how far its clock is off, and of each endpoint whether the\n"
      "key may read it, how fresh it is, whether pages are as long as is asked, where the\n"
      "next page leads, and in which form it takes lists. It only reads, stores nothing\n"
      "and says nothing of rows but how many there are. A few requests for each endpoint.\n"
      "Exit status 1 if something is bad; `unknown` is what one look cannot tell.",
      "  tidewaiter source doctor openai\n"
      "  tidewaiter source doctor openai --json");
  auto options = std::make_shared<DoctorOptions>();
  verb->add_option("name", options->name, "A source")->type_name("NAME")->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return examine(run, *options); };
  });
}

}  // namespace tidewaiter
