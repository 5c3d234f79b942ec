#include "daemon/cli/records_show.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/evidence_view.h"
#include "daemon/cli/stores.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

struct RecordNumbers {
  std::vector<std::int64_t> numbers;
  bool json = false;
};

/// A stored record with its number in the log.
struct NumberedRecord {
  std::int64_t seq = 0;
  nlohmann::ordered_json members;  ///< of its native line (docs/native-format.md)
};

Result<NumberedRecord> stored_record(const RecordLog& records, std::int64_t seq) {
  const Result<LogEntry> entry = records.entry(seq);
  if (!entry) return tl::unexpected(entry.error());
  const auto* record = std::get_if<Record>(&entry->body);
  if (record == nullptr) {
    return fail(ErrorCode::kNotFound,
                "entry " + std::to_string(seq) + " of the record log is no record");
  }
  std::string line;
  write_record_json(*record, line);
  return NumberedRecord{seq, nlohmann::ordered_json::parse(line, nullptr, false)};
}

void print_text(Invocation& run, const NumberedRecord& record) {
  run.out << painted("Record " + std::to_string(record.seq), Tone::kStrong, run.terminal) << '\n';
  for (const auto& [name, value] : record.members.items()) {
    const std::string head = "  " + printable(name) + "  ";
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    run.out << head << wrapped(printable(text), run.terminal.width, 4, display_width(head)) << '\n';
  }
}

/// "records 1781, 1782": so many are named.
std::string numbers_text(const std::vector<NumberedRecord>& found) {
  constexpr std::size_t kMostNamed = 100;
  std::string text = found.size() == 1 ? "record " : "records ";
  for (std::size_t i = 0; i < std::min(found.size(), kMostNamed); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(found[i].seq);
  }
  if (found.size() > kMostNamed) {
    text += " and " + std::to_string(found.size() - kMostNamed) + " more";
  }
  return text;
}

int show_records(Invocation& run, const RecordNumbers& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores =
      open_stores_with_records(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  std::vector<NumberedRecord> found;
  for (const std::int64_t seq : options.numbers) {
    Result<NumberedRecord> record = stored_record(*stores->records, seq);
    if (!record) return fail_with(run, record.error());
    found.push_back(std::move(*record));
  }
  const auto count = static_cast<std::int64_t>(found.size());
  const int recorded = record_look(run, *stores, EvidenceLook{{}, 0, count, numbers_text(found)});
  if (recorded != code(ExitStatus::kOk)) return recorded;
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const NumberedRecord& record : found) {
    if (options.json) {
      document.push_back({{"seq", record.seq}, {"record", record.members}});
    } else {
      print_text(run, record);
    }
  }
  if (options.json) print_json(run, {{"records", document}});
  return code(ExitStatus::kOk);
}

/// What is wrong with a number of a record; empty: nothing.
std::string number_fault(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc{} && end == text.data() + text.size();
  if (whole && number >= 1) return {};
  return "expected the number of a record, from 1 on, got `" + text + "`";
}

}  // namespace

void add_records_show(CLI::App& records, Selection& selection) {
  CLI::App* verb = add_verb(
      records, "show", "shows stored records by their numbers",
      "Prints every member of each record, as it is stored: its id, the time at which it was\n"
      "observed, its source and all of its fields. The numbers are those that `finding show` and\n"
      "`policy explain` give. Each is checked against the log's running hash. Who looks at them, "
      "and\n"
      "at which, is an entry of the ledger first. Exit status 4 if the rules refuse it.",
      "  tidewaiter records show 1782 --as jo-ng\n"
      "  tidewaiter records show 1781 1782 --as jo-ng --json | jq .records[].record");
  auto options = std::make_shared<RecordNumbers>();
  verb->add_option("seq", options->numbers, "Numbers of records")
      ->type_name("N")
      ->required()
      ->check(number_fault);
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_records(run, *options); };
  });
}

}  // namespace tidewaiter
