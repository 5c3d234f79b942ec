#pragma once

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/signed_sizes.h"
#include "tests/unit/child_process.h"

namespace tidewaiter {

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::istringstream text(text_of(path));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

/// A call that a fault strikes, and the fault: EIO, ENOSPC, EDQUOT or KILL.
struct Strike {
  std::size_t call = 0;  ///< from 1
  const char* fault = "";
};

/// As the shim reads it.
inline std::string plan_of(const std::vector<Strike>& strikes) {
  std::string plan;
  for (const Strike& strike : strikes) {
    plan += (plan.empty() ? "" : ",") + std::to_string(strike.call) + ':' + strike.fault;
  }
  return plan;
}

/// Of a line of the trace.
inline bool is_read(const std::string& call) {
  return call.starts_with("read ") || call.starts_with("pread ");
}

/// Where a program under the shim works, and where it is told and tells.
struct StruckPlaces {
  std::filesystem::path state;       ///< the folder that faults reach
  std::filesystem::path trace;       ///< a line for each call
  std::filesystem::path signatures;  ///< each message that was signed
  std::filesystem::path said;        ///< both outputs of the program
};

/// Runs a program with the faults of a plan; its exit status, or 128 and the signal that killed it.
inline int run_struck(const StruckPlaces& places, const std::string& plan,
                      std::vector<std::string> command) {
  const auto put = [](const char* name, const std::string& value) {
    ::setenv(name, value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread, in a child
  };
  ChildProcess program([&] {
    put("LD_PRELOAD", TIDEWAITER_FAULT_SHIM);
    put("TIDEWAITER_FAULT_FOLDER", places.state);
    put("TIDEWAITER_FAULT_PLAN", plan);
    put("TIDEWAITER_FAULT_TRACE", places.trace);
    put("TIDEWAITER_FAULT_SIGNATURES", places.signatures);
    if (std::freopen(places.said.c_str(), "a", stdout) == nullptr || ::dup2(1, 2) != 2) return 125;
    std::vector<char*> words;
    for (std::string& word : command) words.push_back(word.data());
    words.push_back(nullptr);
    ::execv(words[0], words.data());
    return 126;
  });
  const int status = program.wait();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// What is wrong with all that was signed, or nothing.
inline std::string fault_of_signatures(const std::filesystem::path& signatures) {
  SignedSizes sizes;
  std::string faults;
  std::string body;
  for (const std::string& line : lines_of(signatures)) {
    body += line + '\n';
    if (!line.empty()) continue;
    faults += sizes.add(body);
    body.clear();
  }
  return faults;
}

}  // namespace tidewaiter
