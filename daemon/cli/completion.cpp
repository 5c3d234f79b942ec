#include "daemon/cli/completion.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace tidewaiter {
namespace {

/// Calls `visit` with each command and the words that lead to it: "", " policy", " policy lint".
void each_command(const CommandOutline& command, const std::string& path,
                  const std::function<void(const std::string&, const CommandOutline&)>& visit) {
  visit(path, command);
  for (const CommandOutline& inner : command.commands) {
    each_command(inner, path + " " + inner.name, visit);
  }
}

bool names_a_file(const OptionOutline& option) {
  return option.value == "FILE" || option.value == "DIR" || option.value == "PATH";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

std::vector<std::string> words_of(const CommandOutline& command, const CommandOutline& program) {
  std::vector<std::string> words;
  for (const CommandOutline& inner : command.commands) words.push_back(inner.name);
  const auto add_options = [&words](const CommandOutline& owner) {
    for (const OptionOutline& option : owner.options) {
      const auto& more = option.positional ? option.choices : option.names;
      words.insert(words.end(), more.begin(), more.end());
    }
  };
  add_options(command);
  if (&command != &program) add_options(program);
  std::vector<std::string> unique;
  for (const std::string& word : words) {
    if (std::find(unique.begin(), unique.end(), word) == unique.end()) unique.push_back(word);
  }
  return unique;
}

/// A shell pattern that names the command and every option name: "' policy lint|--format'".
std::string option_pattern(const std::string& path, const OptionOutline& option, bool anywhere) {
  std::vector<std::string> patterns;
  for (const std::string& name : option.names) {
    std::string pattern = anywhere ? "*'" : "'";
    if (!anywhere) pattern += path;
    pattern.append("|").append(name).append("'");
    patterns.push_back(std::move(pattern));
  }
  return joined(patterns, " | ");
}

std::string function_name(const CommandOutline& program) {
  std::string name = "_" + program.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// The cases of a shell `case` that recognise command paths.
std::string path_cases(const CommandOutline& program) {
  std::vector<std::string> paths;
  each_command(program, "", [&](const std::string& path, const CommandOutline&) {
    if (!path.empty()) paths.push_back("'" + path + "'");
  });
  return paths.empty() ? "'*'" : joined(paths, " | ");
}

std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == ':') {
      out += "\\:";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string bash_completion(const CommandOutline& program) {
  const std::string function = function_name(program);
  std::string out =
      "# bash completion for " + program.name + "\n" + function +
      "() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local path='' words='' files='' i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path ${COMP_WORDS[i]}\" in\n"
      "      " +
      path_cases(program) +
      ") path=\"$path ${COMP_WORDS[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$path|$previous\" in\n";
  each_command(program, "", [&](const std::string& path, const CommandOutline& command) {
    for (const OptionOutline& option : command.options) {
      if (option.positional || option.value.empty()) continue;
      const std::string generate =
          names_a_file(option) ? "-f" : "-W '" + joined(option.choices, " ") + "'";
      out += "    " + option_pattern(path, option, &command == &program) +
             ")\n      mapfile -t COMPREPLY < <(compgen " + generate +
             " -- \"$current\")\n      return ;;\n";
    }
  });
  out += "  esac\n  case \"$path\" in\n";
  each_command(program, "", [&](const std::string& path, const CommandOutline& command) {
    const bool files = std::any_of(
        command.options.begin(), command.options.end(),
        [](const OptionOutline& option) { return option.positional && names_a_file(option); });
    out += "    '" + path + "') words='" + joined(words_of(command, program), " ") + "'" +
           (files ? " files=yes" : "") + " ;;\n";
  });
  out +=
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "  if [[ -n $files && $current != -* ]]; then\n"
      "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$current\")\n"
      "  fi\n"
      "}\n"
      "complete -o filenames -F " +
      function + " " + program.name + "\n";
  return out;
}

std::string zsh_completion(const CommandOutline& program) {
  const std::string function = function_name(program);
  std::string out = "#compdef " + program.name + "\n# zsh completion for " + program.name + "\n" +
                    function +
                    "() {\n"
                    "  local trail='' i\n"
                    "  local -a entries\n"
                    "  for ((i = 2; i < CURRENT; i++)); do\n"
                    "    case \"$trail ${words[i]}\" in\n"
                    "      " +
                    path_cases(program) +
                    ") trail=\"$trail ${words[i]}\" ;;\n"
                    "    esac\n"
                    "  done\n"
                    "  case \"$trail|${words[CURRENT-1]}\" in\n";
  each_command(program, "", [&](const std::string& path, const CommandOutline& command) {
    for (const OptionOutline& option : command.options) {
      if (option.positional || option.value.empty()) continue;
      out += "    " + option_pattern(path, option, &command == &program) + ") " +
             (names_a_file(option) ? "_files" : "compadd -- " + joined(option.choices, " ")) +
             "; return ;;\n";
    }
  });
  out += "  esac\n  case \"$trail\" in\n";
  each_command(program, "", [&](const std::string& path, const CommandOutline& command) {
    out += "    '" + path + "')\n      entries=(\n";
    for (const CommandOutline& inner : command.commands) {
      out += "        '" + zsh_text(inner.name) + ":" + zsh_text(inner.description) + "'\n";
    }
    bool files = false;
    const auto add_options = [&](const CommandOutline& owner) {
      for (const OptionOutline& option : owner.options) {
        files = files || (option.positional && names_a_file(option));
        for (const std::string& word : option.positional ? option.choices : option.names) {
          out += "        '" + zsh_text(word) + ":" + zsh_text(option.description) + "'\n";
        }
      }
    };
    add_options(command);
    if (&command != &program) add_options(program);
    out += std::string("      )\n      _describe -o entry entries\n") +
           (files ? "      _files\n" : "") + "      ;;\n";
  });
  out += "  esac\n}\n" + function + " \"$@\"\n";
  return out;
}

}  // namespace tidewaiter
