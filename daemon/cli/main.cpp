#include <iostream>
#include <string>
#include <vector>

#include "daemon/app/app.h"
#include "daemon/cli/command_line.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const int status = tidewaiter::run_command_line(
      arguments, std::cout, std::cerr, tidewaiter::process_environment(), tidewaiter::system_now,
      tidewaiter::detect_terminal);
  std::cout.flush();
  // Nobody is told an answer that could not be written: a full disk behind `> file`.
  const int unavailable = tidewaiter::code(tidewaiter::ExitStatus::kUnavailable);
  return std::cout ? status : unavailable;
}
