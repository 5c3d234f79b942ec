#include "tests/e2e/trace_run.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>
#include <sys/wait.h>
#include <zstd.h>

#include "daemon/app/app.h"
#include "daemon/sources/connector.h"

namespace tidewaiter {
namespace {

std::string describe(std::string_view policy, std::string_view subject, UtcTime from, UtcTime to,
                     std::int64_t windows, const std::string& figures) {
  return std::string(policy) + "|" + std::string(subject) + "|" +
         std::to_string(from.us / kSecond.us) + "|" + std::to_string(to.us / kSecond.us) + "|" +
         std::to_string(windows) + "|" + figures;
}

std::string describe(const Step& step) {
  std::string figures;
  for (const Figure& figure : step.figures) {
    figures +=
        (figures.empty() ? "" : ",") + figure.name + "=" +
        (is_null(figure.value) ? "null" : std::to_string(std::get<std::int64_t>(figure.value)));
  }
  return describe(step.policy, to_text(step.subject), step.run.from, step.run.to, step.windows,
                  figures);
}

std::vector<std::string> standing_findings(const std::vector<Step>& steps) {
  std::map<std::string, std::string> by_id;
  for (const Step& step : steps) {
    if (step.kind == StepKind::kWithdrawn) {
      by_id.erase(step.finding);
    } else if (step.kind != StepKind::kGap) {
      by_id[step.finding] = describe(step);
    }
  }
  std::vector<std::string> findings;
  for (const auto& [id, text] : by_id) {
    findings.push_back(text);
  }
  std::ranges::sort(findings);
  return findings;
}

/// Applies what the log has behind `at`; gives how many records that was.
std::int64_t apply_rest(const RecordLog& log, LogOffset& at, Evaluation& evaluation,
                        std::vector<Step>& steps) {
  std::int64_t records = 0;
  for (;;) {
    const auto chunk = log.read(at);
    EXPECT_TRUE(chunk) << to_text(chunk.error());
    if (!chunk || chunk->entries.empty()) {
      return records;
    }
    evaluation.apply(chunk->entries, steps);
    at = chunk->end;
    records += std::ranges::count_if(chunk->entries, [](const LogEntry& entry) {
      return std::holds_alternative<Record>(entry.body);
    });
  }
}

/// Runs the program and gives what it prints.
std::string output_of(const std::string& arguments, int& status) {
  const std::string command = std::string(TIDEWAITER_PROGRAM) + " " + arguments;
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    status = -1;
    return {};
  }
  std::string out;
  std::array<char, 65536> block{};
  for (std::size_t got = 0; (got = fread(block.data(), 1, block.size(), pipe)) > 0;) {
    out.append(block.data(), got);
  }
  const int answer = pclose(pipe);
  status = WIFEXITED(answer) ? WEXITSTATUS(answer) : -1;
  return out;
}

UtcTime time_of(const nlohmann::json& text) {
  return parse_time(text.get<std::string>()).value_or(UtcTime{});
}

std::string describe(const nlohmann::json& finding) {
  std::string figures;
  for (const auto& figure : finding.at("figures")) {
    figures += (figures.empty() ? "" : ",") + figure.at("name").get<std::string>() + "=" +
               figure.at("value").dump();
  }
  return describe(finding.at("policy").get<std::string>(), finding.at("subject").get<std::string>(),
                  time_of(finding.at("from")), time_of(finding.at("to")),
                  finding.at("windows").get<std::int64_t>(), figures);
}

}  // namespace

std::filesystem::path shared_file(std::string_view name) {
  const char* const given = getenv("TIDEWAITER_SHARED");
  const std::filesystem::path shared =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(TIDEWAITER_SOURCE_DIR) / ".." / "shared";
  const auto path = shared / name;
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

std::string read_trace(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string raw{std::istreambuf_iterator<char>(in), {}};
  if (!raw.starts_with("\x28\xb5\x2f\xfd")) {
    return raw;
  }
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> state(ZSTD_createDCtx(),
                                                                   ZSTD_freeDCtx);
  std::string text;
  std::vector<char> block(ZSTD_DStreamOutSize());
  ZSTD_inBuffer from{raw.data(), raw.size(), 0};
  while (from.pos < from.size) {
    ZSTD_outBuffer to{block.data(), block.size(), 0};
    if (ZSTD_isError(ZSTD_decompressStream(state.get(), &to, &from)) != 0) {
      ADD_FAILURE() << "cannot decompress " << path;
      return {};
    }
    text.append(block.data(), to.pos);
  }
  return text;
}

TraceRun run_library(const std::filesystem::path& config_path) {
  TraceRun run;
  const UtcTime now = system_now();
  const ConfigOutcome outcome = read_config(config_path, process_environment());
  std::vector<Diagnostic> diagnostics = outcome.diagnostics;
  const auto policies = load_configured_policies(outcome.config, now, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics) {
    EXPECT_NE(diagnostic.level, DiagnosticLevel::kError) << to_text(diagnostic);
  }
  const TemporaryFolder folder;
  auto log = RecordLog::open(folder.path() / "records.db", RecordLog::Mode::kReadWrite);
  if (!policies || !log || outcome.config.sources.size() != 1) {
    ADD_FAILURE() << "the example does not load";
    return run;
  }
  const auto set = std::make_shared<const PolicySet>(policies->set);
  const auto seq = (*log)->append_control(PolicySetActivated{set->hash}, "", now);
  const auto evaluation = make_evaluation(EngineKind::kColumnar, (*log)->log_id());
  std::vector<Step> steps;
  const auto replay = [](std::int64_t, const auto&) { return Result<void>(); };
  EXPECT_TRUE(seq && evaluation->activate(set, *seq, replay, steps));
  LogOffset at = (*log)->head().value_or(LogOffset{});

  auto source = make_connector(outcome.config.sources[0]);
  if (!source) {
    ADD_FAILURE() << to_text(source.error());
    return run;
  }
  std::string cursor;
  for (;;) {
    const auto page = (*source)->next(cursor, now, {});
    EXPECT_TRUE(page) << to_text(page.error());
    if (!page || !*page) {
      break;
    }
    cursor = (*page)->cursor;
    const auto receipt = (*log)->append(**page, now);
    EXPECT_TRUE(receipt) << to_text(receipt.error());
    run.quarantined += receipt ? receipt->quarantined : 0;
    run.records += apply_rest(**log, at, *evaluation, steps);
  }
  run.findings = standing_findings(steps);
  return run;
}

TraceRun run_program(const std::filesystem::path& config) {
  TraceRun run;
  const TemporaryFolder folder;
  const std::string where =
      " --config '" + config.string() + "' --state '" + (folder.path() / "state").string() + "'";
  int status = 0;
  const std::string ran = output_of("run --once --json" + where, status);
  EXPECT_EQ(status, 0) << ran;
  const std::string listed = output_of("finding list --json" + where, status);
  EXPECT_EQ(status, 0) << listed;
  const auto report = nlohmann::json::parse(ran, nullptr, false);
  const auto list = nlohmann::json::parse(listed, nullptr, false);
  if (report.is_discarded() || list.is_discarded()) {
    ADD_FAILURE() << "not JSON: " << ran << listed;
    return run;
  }
  run.records = report.at("added").get<std::int64_t>();
  run.quarantined = report.at("quarantined").get<std::int64_t>();
  for (const auto& finding : list.at("findings")) {
    if (finding.at("state") != "withdrawn") {
      run.findings.push_back(describe(finding));
    }
  }
  std::ranges::sort(run.findings);
  return run;
}

Oracle::Oracle() { EXPECT_EQ(sqlite3_open(":memory:", &database_), SQLITE_OK); }

Oracle::~Oracle() { sqlite3_close(database_); }

void Oracle::execute(const std::string& sql) {
  char* problem = nullptr;
  EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &problem), SQLITE_OK)
      << (problem != nullptr ? problem : "") << " in " << sql;
  sqlite3_free(problem);
}

void Oracle::load(const std::string& table, std::string_view csv) {
  sqlite3_stmt* insert = nullptr;
  bool header = true;
  execute("BEGIN");
  while (!csv.empty()) {
    const std::size_t feed = std::min(csv.find('\n'), csv.size());
    std::string_view row = csv.substr(0, feed);
    csv.remove_prefix(std::min(feed + 1, csv.size()));
    if (row.ends_with('\r')) {
      row.remove_suffix(1);
    }
    std::vector<std::string_view> cells;
    for (std::size_t at = 0; at <= row.size();) {
      const std::size_t end = std::min(row.find(',', at), row.size());
      cells.push_back(row.substr(at, end - at));
      at = end + 1;
    }
    if (header) {
      std::string names;
      std::string marks;
      for (const std::string_view cell : cells) {
        names += (names.empty() ? "" : ",") + std::string(cell);
        marks += marks.empty() ? "?" : ",?";
      }
      execute("CREATE TABLE " + table + "(" + names + ")");
      const std::string sql = "INSERT INTO " + table + " VALUES (" + marks + ")";
      EXPECT_EQ(sqlite3_prepare_v2(database_, sql.c_str(), -1, &insert, nullptr), SQLITE_OK);
      header = false;
      continue;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      sqlite3_bind_text(insert, static_cast<int>(i + 1), cells[i].data(),
                        static_cast<int>(cells[i].size()), SQLITE_TRANSIENT);
    }
    EXPECT_EQ(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  execute("COMMIT");
}

std::vector<std::string> Oracle::texts(const std::string& sql) {
  std::vector<std::string> out;
  sqlite3_stmt* query = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database_, sql.c_str(), -1, &query, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database_) << " in " << sql;
  while (sqlite3_step(query) == SQLITE_ROW) {
    out.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(query, 0)));
  }
  sqlite3_finalize(query);
  return out;
}

}  // namespace tidewaiter
