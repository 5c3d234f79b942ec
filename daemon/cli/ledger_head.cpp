#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/stores.h"
#include "daemon/cli/timestamp_standing.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/witnessed.h"
#include "storage/ledger/root_text.h"

namespace tidewaiter {
namespace {

void print_text(Invocation& run, const Ledger& ledger, const TreeHead& head,
                const std::optional<Checkpoint>& checkpoint,
                const std::optional<WitnessedHeadState>& witnessed, bool has_witnesses,
                const TimestampStanding& stamps) {
  run.out << "origin        " << printable(ledger.origin()) << '\n';
  run.out << "verifier key  " << ledger.verifier_key() << '\n';
  run.out << "entries       " << grouped(head.size) << '\n';
  run.out << "root          " << root_text(head.root) << '\n';
  const std::int64_t size = checkpoint ? checkpoint->head.size : 0;
  run.out << "signed up to  " << grouped(size);
  if (size < head.size) run.out << " (" << grouped(head.size - size) << " not signed yet)";
  run.out << '\n';
  if (has_witnesses) run.out << "witnessed to  " << printable(witnessed_text(witnessed)) << '\n';
  for (const std::string& line : timestamp_lines(stamps)) {
    run.out << wrapped(line, run.terminal.width, 2) << '\n';
  }
  if (!checkpoint) return;
  const bool same = witnessed && witnessed->head.head == checkpoint->head;
  run.out << '\n' << (same ? witnessed->head.note : checkpoint->note);
}

int show(Invocation& run, bool json) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<TreeHead> head = stores->ledger->head();
  if (!head) return fail_with(run, head.error());
  const Result<std::optional<Checkpoint>> checkpoint = stores->ledger->signed_head();
  if (!checkpoint) return fail_with(run, checkpoint.error());
  const auto witnessed = read_witnessed(run, *stores);
  if (!witnessed) return fail_with(run, witnessed.error());
  const Result<TimestampStanding> stamps = read_timestamps(*stores, TimestampDepth::kNewest);
  if (!stamps) return fail_with(run, stamps.error());
  if (!json) {
    print_text(run, *stores->ledger, *head, *checkpoint, *witnessed,
               !stores->config.ledger.witnesses.witnesses.empty(), *stamps);
    return code(ExitStatus::kOk);
  }
  nlohmann::ordered_json signed_head = nullptr;
  if (*checkpoint) {
    signed_head = {{"size", (*checkpoint)->head.size},
                   {"root", to_hex((*checkpoint)->head.root)},
                   {"note", (*checkpoint)->note}};
  }
  print_json(run, {{"origin", stores->ledger->origin()},
                   {"verifier_key", stores->ledger->verifier_key()},
                   {"size", head->size},
                   {"root", to_hex(head->root)},
                   {"signed", signed_head},
                   {"witnessed", witnessed_json(*witnessed)},
                   {"timestamped", timestamped_json(*stamps)}});
  return code(ExitStatus::kOk);
}

}  // namespace

void add_ledger_head(CLI::App& ledger, Selection& selection) {
  CLI::App* verb =
      add_verb(ledger, "head", "shows the ledger's head and its last signed checkpoint",
               "Prints origin, verifier key, size, root hash, the newest timestamp and the\n"
               "signed note. Entries are durable when they are there, signed up to the last\n"
               "checkpoint, and witnessed up to the last one that the configured witnesses have\n"
               "cosigned (docs/witness.md).",
               "  tidewaiter ledger head");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*verb, *json);
  verb->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return show(run, *json); };
  });
}

}  // namespace tidewaiter
