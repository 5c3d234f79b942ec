#include "daemon/cli/command_outline.h"

#include <sstream>

#include <CLI/CLI.hpp>

namespace tidewaiter {
namespace {

// CLI11 shows the members of a choice as "{a,b}" behind the type's name.
std::vector<std::string> choices_of(std::string_view type) {
  const std::size_t open = type.find('{');
  const std::size_t close = type.rfind('}');
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  std::vector<std::string> choices;
  std::istringstream members(std::string(type.substr(open + 1, close - open - 1)));
  for (std::string member; std::getline(members, member, ',');) choices.push_back(member);
  return choices;
}

OptionOutline outline_option(const CLI::Option& option) {
  OptionOutline result;
  result.positional = option.get_positional();
  if (result.positional) {
    result.names.push_back(option.get_single_name());
  } else {
    for (const std::string& name : option.get_snames()) result.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  }
  const std::string type = option.get_type_name();
  const bool takes_value = option.get_items_expected_max() > 0;
  if (takes_value) {
    result.choices = choices_of(type);
    result.value = type.substr(0, type.find(':'));
  }
  result.description = option.get_description();
  result.required = option.get_required();
  result.repeats = option.get_items_expected_max() > 1;
  return result;
}

}  // namespace

CommandOutline outline(const CLI::App& app) {
  CommandOutline result;
  result.name = app.get_name();
  result.description = app.get_description();
  result.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) result.options.push_back(outline_option(*option));
  }
  for (const CLI::App* command : app.get_subcommands(std::function<bool(const CLI::App*)>{})) {
    if (!command->get_group().empty()) result.commands.push_back(outline(*command));
  }
  return result;
}

}  // namespace tidewaiter
