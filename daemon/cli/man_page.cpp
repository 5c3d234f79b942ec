#include "daemon/cli/man_page.h"

#include <algorithm>
#include <sstream>
#include <string_view>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// Text as roff shows it unchanged: backslashes, hyphens and leading control characters escaped.
std::string roff(std::string_view text) {
  std::string out;
  if (!text.empty() && (text.front() == '.' || text.front() == '\'')) out += "\\&";
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

// Paragraphs of a footer. Indented lines keep their breaks: examples and tables.
void append_prose(std::string& out, std::string_view prose) {
  std::istringstream lines{std::string(prose)};
  bool verbatim = false;
  for (std::string line; std::getline(lines, line);) {
    const bool indented = line.starts_with("  ");
    if (indented != verbatim) out += indented ? ".PP\n.RS 4\n.nf\n" : ".fi\n.RE\n";
    verbatim = indented;
    if (line.empty()) {
      out += ".PP\n";
    } else {
      out += roff(indented ? line.substr(2) : line) + "\n";
    }
  }
  if (verbatim) out += ".fi\n.RE\n";
}

constexpr std::size_t kLongChoices = 60;

std::string value_text(const OptionOutline& option) {
  if (option.choices.empty()) return "\\fI" + roff(option.value) + "\\fR";
  std::size_t length = 0;
  for (const std::string& choice : option.choices) length += choice.size() + 1;
  // What is longer than a line can only be broken, and its lines filled, at blanks.
  const std::string_view between = length > kLongChoices ? " | " : "|";
  std::string text;
  for (const std::string& choice : option.choices) {
    if (!text.empty()) text += between;
    text += "\\fB" + roff(choice) + "\\fR";
  }
  return text;
}

std::string term(const OptionOutline& option) {
  if (option.positional) {
    return option.choices.empty() ? "\\fI" + roff(option.names.front()) + "\\fR"
                                  : value_text(option);
  }
  std::string text;
  for (const std::string& name : option.names) {
    text += (text.empty() ? "" : ", ") + ("\\fB" + roff(name) + "\\fR");
  }
  return option.value.empty() ? text : text + " " + value_text(option);
}

void append_options(std::string& out, const CommandOutline& command) {
  for (const OptionOutline& option : command.options) {
    out += ".TP\n" + term(option) + "\n" + roff(option.description) + "\n";
  }
}

std::string synopsis(std::string_view path, const CommandOutline& command) {
  std::string out = ".B " + roff(path) + "\n";
  const bool has_options = std::any_of(command.options.begin(), command.options.end(),
                                       [](const OptionOutline& o) { return !o.positional; });
  if (has_options) out += "[\\fIoptions\\fR]\n";
  for (const OptionOutline& option : command.options) {
    if (!option.positional) continue;
    const std::string name = term(option) + (option.repeats ? " ..." : "");
    out += (option.required ? name : "[" + name + "]") + "\n";
  }
  if (!command.commands.empty()) out += "\\fIcommand\\fR\n";
  return out;
}

std::string title(std::string_view name, int section, std::string_view version) {
  return ".TH \"" + roff(ascii_upper(name)) + "\" \"" + std::to_string(section) +
         "\" \"\" \"Tidewaiter " + roff(version) + "\" \"Tidewaiter Manual\"\n";
}

void append_command(std::string& out, const std::string& path, const CommandOutline& command) {
  out += ".SS " + roff(path) + "\n" + synopsis(path, command) + ".PP\n" +
         roff(command.description) + ".\n";
  append_options(out, command);
  if (!command.footer.empty()) {
    out += ".PP\n";
    append_prose(out, command.footer);
  }
  for (const CommandOutline& inner : command.commands) {
    append_command(out, path + " " + inner.name, inner);
  }
}

ManPage verb_page(const CommandOutline& program, const CommandOutline& command, int section,
                  std::string_view version) {
  const std::string name = program.name + "-" + command.name;
  const std::string path = program.name + " " + command.name;
  ManPage page{name + "." + std::to_string(section), title(name, section, version)};
  page.text += ".SH NAME\n" + roff(name) + " \\- " + roff(command.description) + "\n";
  page.text += ".SH SYNOPSIS\n" + synopsis(path, command);
  if (!command.footer.empty()) {
    page.text += ".SH DESCRIPTION\n";
    append_prose(page.text, command.footer);
  }
  if (!command.options.empty()) {
    page.text += ".SH OPTIONS\n";
    append_options(page.text, command);
  }
  if (!command.commands.empty()) {
    page.text += ".SH COMMANDS\n";
    for (const CommandOutline& inner : command.commands) {
      append_command(page.text, path + " " + inner.name, inner);
    }
  }
  page.text += ".SH SEE ALSO\n.BR " + roff(program.name) + " (" + std::to_string(section) + ")\n";
  return page;
}

ManPage program_page(const CommandOutline& program, int section, std::string_view version) {
  const std::string number = std::to_string(section);
  ManPage page{program.name + "." + number, title(program.name, section, version)};
  page.text += ".SH NAME\n" + roff(program.name) + " \\- " + roff(program.description) + "\n";
  page.text += ".SH SYNOPSIS\n" + synopsis(program.name, program);
  page.text += ".SH OPTIONS\n";
  append_options(page.text, program);
  if (!program.commands.empty()) page.text += ".SH COMMANDS\n";
  for (const CommandOutline& command : program.commands) {
    page.text += ".TP\n.BR " + roff(program.name + "-" + command.name) + " (" + number + ")\n" +
                 roff(command.description) + "\n";
  }
  if (!program.footer.empty()) {
    page.text += ".SH NOTES\n";
    append_prose(page.text, program.footer);
  }
  return page;
}

}  // namespace

std::vector<ManPage> man_pages(const CommandOutline& program, int section,
                               std::string_view version) {
  std::vector<ManPage> pages = {program_page(program, section, version)};
  for (const CommandOutline& command : program.commands) {
    pages.push_back(verb_page(program, command, section, version));
  }
  return pages;
}

}  // namespace tidewaiter
