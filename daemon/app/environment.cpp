#include <array>
#include <string>
#include <system_error>

#include <unistd.h>

#include "daemon/app/config.h"
#include "daemon/app/config_reader.h"
#include "storage/files/shown_file.h"

extern char** environ;  // NOLINT(readability-identifier-naming): POSIX

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestConfig = std::size_t{1} << 20U;

Diagnostic unreadable(const fs::path& path, std::string reason) {
  Diagnostic diagnostic;
  diagnostic.code = kConfigUnreadable.code;
  diagnostic.span.file = path.string();
  diagnostic.message = std::move(reason);
  diagnostic.hint = "give a readable file, or write one with `tidewaiter config init FILE`";
  return diagnostic;
}

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) continue;
    environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::error_code failure;
  environment.working_folder = fs::current_path(failure);
  if (failure) environment.working_folder = "/";
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) environment.host_name = host.data();
  environment.system_state_usable = fs::is_directory("/var/lib/tidewaiter", failure) &&
                                    ::access("/var/lib/tidewaiter", R_OK | W_OK | X_OK) == 0;
  return environment;
}

std::optional<fs::path> find_config_file(const Environment& environment) {
  const auto named = environment.variables.find("TIDEWAITER_CONFIG");
  // A name that is given is taken even if nothing is there: the error then says so.
  if (named != environment.variables.end() && !named->second.empty()) return named->second;
  const std::array<fs::path, 2> places = {environment.working_folder / "tidewaiter.yaml",
                                          "/etc/tidewaiter/tidewaiter.yaml"};
  std::error_code failure;
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, failure)) return place;
  }
  return std::nullopt;
}

ConfigOutcome read_config(const std::optional<fs::path>& path, const Environment& environment) {
  const std::optional<fs::path> file = path ? path : find_config_file(environment);
  if (!file) return {default_config(environment), {}};
  const Result<std::string> text = read_shown_file(*file, kLargestConfig);
  if (!text) {
    const bool absent = text.error().code == ErrorCode::kNotFound;
    return {default_config(environment),
            {unreadable(*file, absent ? "there is no such file" : text.error().message)}};
  }
  return load_config(*file, *text, environment);
}

}  // namespace tidewaiter
