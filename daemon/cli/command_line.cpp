#include "daemon/cli/command_line.h"

#include <algorithm>
#include <exception>
#include <ostream>

#include <CLI/CLI.hpp>

#include "daemon/cli/acting_person.h"
#include "daemon/cli/clearance_verbs.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/verify_verb.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr const char* kFooter =
    "Without --config the file is $TIDEWAITER_CONFIG, ./tidewaiter.yaml or\n"
    "/etc/tidewaiter/tidewaiter.yaml; without any of them, built-in defaults.\n"
    "Answers go to standard output, progress and errors to standard error.\n"
    "\n"
    "Exit status:\n"
    "  0   done, and the answer is yes\n"
    "  1   a check says no: lint errors, policies not laid out, failed or no policy tests, a\n"
    "      source that does not work\n"
    "      (`ledger verify` has a status for each kind of failure: see its help)\n"
    "  2   the command line, or something that it names and that is not there\n"
    "  3   the configuration, its file included, the policies, or a source's input\n"
    "  4   refused: state in use by another process, ledger behind its lock, corruption\n"
    "  5   unavailable for now: disk, network, permissions; or a run that was interrupted\n"
    "  70  a defect of the program\n";

/// The command whose options the user was in the middle of.
const CLI::App& deepest(const CLI::App& app) {
  const CLI::App* at = &app;
  while (true) {
    const auto parsed = const_cast<CLI::App*>(at)->get_subcommands();
    if (parsed.empty()) return *at;
    at = parsed.front();
  }
}

std::string path_of(const CLI::App& app) {
  std::string path;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    path.insert(0, path.empty() ? at->get_name() : at->get_name() + " ");
  }
  return path;
}

/// Every word that could have stood where `word` stands.
std::vector<std::string> possible_words(const CLI::App& command, bool option) {
  std::vector<std::string> words;
  for (const CLI::App* at = &command; at != nullptr; at = at->get_parent()) {
    const CommandOutline here = outline(*at);
    if (option) {
      for (const OptionOutline& o : here.options) {
        if (!o.positional) words.insert(words.end(), o.names.begin(), o.names.end());
      }
    } else if (at == &command) {
      for (const CommandOutline& inner : here.commands) words.push_back(inner.name);
    }
  }
  return words;
}

void explain_unexpected(const CLI::App& command, const std::string& word, std::ostream& err) {
  const bool option = word.starts_with("-");
  const std::string bare = word.substr(0, word.find('='));
  const std::vector<std::string> words = possible_words(command, option);
  const std::vector<std::string_view> views(words.begin(), words.end());
  const bool is_group = !outline(command).commands.empty();
  err << path_of(command) << ": "
      << (option     ? "unknown option `"
          : is_group ? "unknown command `"
                     : "unexpected argument `")
      << printable(bare) << "`";
  if (const std::optional<std::string> near = did_you_mean(bare, views)) {
    err << "; did you mean `" << *near << "`?";
  }
  err << "\ntry `" << path_of(command) << " --help`\n";
}

int explain_usage(CLI::App& app, const CLI::ParseError& error, std::ostream& out,
                  std::ostream& err) {
  const CLI::App& command = deepest(app);
  if (error.get_name() == "CallForHelp") {
    out << app.help();  // of the deepest command, with its whole path
    return code(ExitStatus::kOk);
  }
  if (error.get_name() == "CallForVersion") {
    out << app.version() << '\n';
    return code(ExitStatus::kOk);
  }
  const std::vector<std::string> extra = app.remaining(true);
  const auto word = std::find_if(extra.begin(), extra.end(),
                                 [](const std::string& text) { return text != "--"; });
  if (word != extra.end()) {
    explain_unexpected(command, *word, err);
  } else if (!outline(command).commands.empty() && error.get_name() == "RequiredError") {
    err << path_of(command) << ": a command is missing\n\n" << app.help();
  } else {
    std::string message = error.what();
    if (!message.empty() && message.ends_with('\n')) message.pop_back();
    err << path_of(command) << ": " << printable(message) << "\ntry `" << path_of(command)
        << " --help`\n";
  }
  return code(ExitStatus::kUsage);
}

/// The command's own option of this name that says who acts; null if it has none. Other options of
/// these names, of commands that ask for no password, are another thing.
CLI::Option* own_acting_option(const CLI::App& command, const char* name) {
  if (command.get_option_no_throw("--password-file") == nullptr) return nullptr;
  return const_cast<CLI::App&>(command).get_option_no_throw(name);
}

/// Who acts may stand before the command or behind it, and is the same to it. What stands before it
/// is handed on when all words are read and nothing that the command needs was looked for yet.
void hand_on_acting_options(CLI::App& app) {
  for (const char* name : {"--as", "--key", "--password-file"}) {
    app.get_option(name)->check([&app, name](const std::string& before) -> std::string {
      CLI::Option* const own = own_acting_option(deepest(app), name);
      if (own == nullptr) return {};
      if (own->count() == 0) own->add_result(before);
      const std::string behind = own->results().back();
      if (behind == before) return {};
      return "`" + before + "` stands before the command and `" + behind + "` behind it: name one";
    });
  }
}

/// What the command line says of who acts, or reads.
ActingOptions acting_of(const CLI::App& command, ActingOptions acting) {
  const auto take = [&command](const char* name, std::string& into) {
    const CLI::Option* const option = own_acting_option(command, name);
    if (option != nullptr && option->count() > 0) into = option->results().back();
  };
  take("--as", acting.as);
  take("--key", acting.key);
  take("--password-file", acting.password_file);
  return acting;
}

ColorChoice color_choice(const std::string& word) {
  if (word == "always") return ColorChoice::kOn;
  return word == "never" ? ColorChoice::kOff : ColorChoice::kAuto;
}

}  // namespace

void build_cli(CLI::App& app, GlobalOptions& options, Selection& selection) {
  app.name("tidewaiter");
  app.description("judges LLM API usage by policy and records findings in a verifiable ledger");
  app.footer(kFooter);
  app.fallthrough();
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.set_version_flag("--version", "tidewaiter " TIDEWAITER_VERSION, "Print the version and exit");
  app.add_option("--config", options.config, "Read this configuration file")->type_name("FILE");
  app.add_option("--state", options.state, "Use this state folder instead of the configured one")
      ->type_name("DIR");
  app.add_option("--color", options.color, "Colour the output; auto colours on a terminal")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  add_acting_options(app, options.acting, "Who reads");
  hand_on_acting_options(app);
  add_init(app, selection);
  add_run(app, selection);
  add_status(app, selection);
  add_source(app, selection);
  add_policy(app, selection);
  add_finding(app, selection);
  add_case(app, selection);
  add_lead(app, selection);
  add_report(app, selection);
  add_request(app, selection);
  add_clearance(app, selection);
  add_user(app, selection);
  add_cluster(app, selection);
  add_link(app, selection);
  add_ip(app, selection);
  add_ledger(app, selection);
  add_verify(app, selection);
  add_notify(app, selection);
  add_records(app, selection);
  add_screen(app, selection);
  add_list(app, selection);
  add_witness(app, selection);
  add_simulate(app, selection);
  add_config(app, selection);
  add_completion(app, selection);
  add_version(app, selection);
  add_man(app, selection);
}

std::string_view program_version() { return TIDEWAITER_VERSION; }

int run_command_line(std::span<const std::string> arguments, std::ostream& out, std::ostream& err,
                     const Environment& environment, const std::function<UtcTime()>& now,
                     const TerminalMaker& make_terminal) try {
  CLI::App app;
  GlobalOptions options;
  Selection selection;
  build_cli(app, options, selection);
  try {
    // CLI11 takes the words from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return explain_usage(app, error, out, err);
  }
  for (const char* option : {"--config", "--state"}) {
    if (app.count(option) == 0 || !app.get_option(option)->as<std::string>().empty()) continue;
    err << "tidewaiter: `" << option
        << "` is given and empty, as with a variable that is not set: name a path, or leave the "
           "option out\n";
    return code(ExitStatus::kUsage);
  }
  Invocation run{out, err, make_terminal(color_choice(options.color)), environment, now, {}, {}};
  if (!options.config.empty()) run.config_file = options.config;
  if (!options.state.empty()) run.state = options.state;
  run.acting = acting_of(deepest(app), options.acting);
  return selection.command(run);
} catch (const std::exception& error) {
  err << "tidewaiter: a defect of the program: " << printable(error.what()) << '\n';
  return code(ExitStatus::kBug);
}

}  // namespace tidewaiter
