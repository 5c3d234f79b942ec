#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/progress_line.h"
#include "daemon/cli/records_show.h"
#include "daemon/cli/records_views.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "storage/fsck/judged_place.h"

namespace tidewaiter {
namespace {

/// What a check of records.db came to.
struct RecordsVerdict {
  LogOffset head;           ///< of the log when the check began
  std::int64_t judged = 0;  ///< entries that the ledger says were judged
  std::optional<UtcTime> kept_from;
  std::optional<Error> problem;  ///< the first; absent: it holds
};

/// Errors: what keeps it from being checked; what does not hold is the verdict's.
Result<RecordsVerdict> verdict_on(Invocation& run, const Stores& stores) {
  const RecordLog& records = *stores.records;
  RecordsVerdict verdict;
  // In this order, so that a daemon at work is never ahead of what was read first.
  const Result<Ledger::Position> position = stores.ledger->position();
  if (!position) return tl::unexpected(position.error());
  const Result<LogOffset> head = records.head();
  if (!head) return tl::unexpected(head.error());
  const Result<std::optional<UtcTime>> kept_from = records.dropped_before();
  if (!kept_from) return tl::unexpected(kept_from.error());
  verdict.head = *head;
  verdict.judged = position->offset.seq;
  verdict.kept_from = *kept_from;
  ProgressLine line(run.err, run.terminal);
  Result<void> good = records.check([&](std::int64_t seq) {
    line.show("verify  " + grouped(seq) + " of " + grouped(head->seq) + " entries");
  });
  if (good) good = check_judged_place(records, *position);
  if (!good && good.error().code != ErrorCode::kCorruption) return tl::unexpected(good.error());
  if (!good) verdict.problem = good.error();
  return verdict;
}

void print_text(Invocation& run, const RecordsVerdict& verdict) {
  run.out << (verdict.problem ? "The record log does NOT hold.\n" : "The record log holds.\n");
  run.out << "  entries: " << grouped(verdict.head.seq) << ", of which judged "
          << grouped(verdict.judged) << '\n';
  if (verdict.kept_from) {
    run.out << "  kept:    from " << format_time(*verdict.kept_from) << " on, by retention\n";
  }
  run.out << "  hash:    " << to_hex(verdict.head.log_hash) << '\n';
  if (verdict.problem) run.out << "  problem: " << printable(verdict.problem->message) << '\n';
}

void print_document(Invocation& run, const Stores& stores, const RecordsVerdict& verdict) {
  nlohmann::ordered_json kept_from = nullptr;
  if (verdict.kept_from) kept_from = format_time(*verdict.kept_from);
  nlohmann::ordered_json problem = nullptr;
  if (verdict.problem) problem = verdict.problem->message;
  print_json(run, {{"verdict", verdict.problem ? "fails" : "holds"},
                   {"log_id", stores.records->log_id()},
                   {"entries", verdict.head.seq},
                   {"hash", to_hex(verdict.head.log_hash)},
                   {"judged", verdict.judged},
                   {"kept_from", kept_from},
                   {"problem", problem}});
}

int verify(Invocation& run, bool json) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores_with_records(run, status);
  if (stores == nullptr) return status;
  const Result<RecordsVerdict> verdict = verdict_on(run, *stores);
  if (!verdict) return fail_with(run, verdict.error());
  if (json) {
    print_document(run, *stores, *verdict);
  } else {
    print_text(run, *verdict);
  }
  return code(verdict->problem ? ExitStatus::kRefused : ExitStatus::kOk);
}

}  // namespace

void add_records(CLI::App& app, Selection& selection) {
  CLI::App* records = add_verb(
      app, "records", "verifies and shows the stored history that policies are judged over",
      "What lies in records.db is in docs/records-format.md.", "");
  records->require_subcommand(1);
  add_records_show(*records, selection);
  add_records_views(*records, selection);
  CLI::App* verb = add_verb(
      *records, "verify", "recomputes the record log's running hash over all that is stored",
      "Prints a verdict, and the first entry that does not hold: its bytes, its columns, or a day\n"
      "that is gone and no entry says so. The place up to which the ledger has judged must be "
      "there.\n"
      "It may run beside the daemon; it reads everything. The log is not signed: whoever can "
      "write\n"
      "both records.db and ledger.db can make them fit each other.",
      "  tidewaiter records verify\n  tidewaiter records verify --json | jq -r .problem");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*verb, *json);
  verb->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return verify(run, *json); };
  });
}

}  // namespace tidewaiter
