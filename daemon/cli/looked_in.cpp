#include "daemon/cli/looked_in.h"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/list_faults.h"
#include "daemon/cli/list_files.h"
#include "daemon/cli/progress_line.h"
#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

Result<LookedIn> configured_book(Invocation& run, const Config& config) {
  if (config.lists.empty()) {
    return fail(ErrorCode::kNotFound,
                "no list to look in: name its file with --list FILE, or configure `lists:` and "
                "run `tidewaiter list sync`");
  }
  auto lists = configured_lists(config, {});
  if (!lists) return tl::unexpected(lists.error());
  auto sources = read_issues(run, *lists);
  if (!sources) return tl::unexpected(sources.error());
  return LookedIn{std::make_unique<ListBook>(*std::move(sources)), *std::move(lists)};
}

Result<LookedIn> named_book(const Invocation& run, const std::vector<std::string>& files,
                            std::string_view consequences) {
  auto book = read_list_files(run.environment.working_folder, files, consequences);
  if (!book) return tl::unexpected(book.error());
  return LookedIn{*std::move(book), {}};
}

nlohmann::ordered_json file_json(const ListBook::Source& source) {
  nlohmann::ordered_json faults = nlohmann::ordered_json::array();
  for (const ListFault& fault : source.list.faults) {
    faults.push_back(
        {{"file", file_of(source.name, fault)}, {"line", fault.line}, {"message", fault.message}});
  }
  return {{"file", source.name},
          {"format", source.list.format},
          {"entries", source.list.entries.size()},
          {"faults", std::move(faults)}};
}

}  // namespace

Result<LookedIn> look_in(Invocation& run, const Config* config,
                         const std::vector<std::string>& files, std::string_view consequences) {
  return files.empty() && config != nullptr ? configured_book(run, *config)
                                            : named_book(run, files, consequences);
}

std::optional<LookedIn> open_lists(Invocation& run, const std::vector<std::string>& files,
                                   std::string_view consequences, int& status) {
  std::optional<Config> config;
  if (files.empty() && !(config = configuration(run))) {
    status = code(ExitStatus::kConfiguration);
    return std::nullopt;
  }
  ProgressLine progress(run.err, run.terminal);
  progress.show("reading lists");
  Result<LookedIn> in = look_in(run, config ? &*config : nullptr, files, consequences);
  progress.clear();
  if (!in) {
    status = fail_with(run, in.error());
    return std::nullopt;
  }
  for (const ListBook::Source& source : in->book->sources()) {
    tell_faults(run, source.name, source.list.faults);
  }
  return *std::move(in);
}

void add_consequences_option(CLI::App& verb, std::string& code) {
  std::vector<std::string> codes;
  for (const std::string_view one : shipped_codes()) codes.emplace_back(one);
  verb.add_option("--consequences", code,
                  "Which list the --list files are, where neither bytes nor name tell: SDN, EL, …")
      ->type_name("CODE")
      ->check(CLI::IsMember(codes));
}

bool all_read(const LookedIn& in) {
  return std::ranges::all_of(in.book->sources(), [](const ListBook::Source& source) {
    return source.list.faults.empty();
  });
}

nlohmann::ordered_json looked_in_json(const LookedIn& in, UtcTime now) {
  nlohmann::ordered_json lists = nlohmann::ordered_json::array();
  for (const ListBook::Source& source : in.book->sources()) {
    if (in.configured.empty()) {
      lists.push_back(file_json(source));
    } else {
      lists.push_back(list_standing_json(in.configured[lists.size()], now));
    }
  }
  return lists;
}

}  // namespace tidewaiter
