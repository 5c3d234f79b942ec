#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// A diagnostic with its caret as a terminal may show it, with a line end: names of files and lines
/// of the input may hold anything, and what moves a cursor, turns the direction of writing or is no
/// UTF-8 stands as its escape. Tabs stay, since the caret is set below them.
[[nodiscard]] std::string terminal_text(const Diagnostic& diagnostic);

/// Prints each of them by terminal_text().
void print_diagnostics(std::ostream& stream, const std::vector<Diagnostic>& diagnostics);

/// Prints them where something else is to be read: all errors, and of the warnings and notes of one
/// code the first few, with a word of how many more there are and what prints them.
void print_diagnostics_briefly(std::ostream& stream, const std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
