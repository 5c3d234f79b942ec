#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/case_text.h"
#include "daemon/cli/counted_act.h"
#include "daemon/cli/lead_show.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/terminal.h"
#include "daemon/cli/time_options.h"
#include "daemon/cli/verbs.h"
#include "daemon/leads/csv_lead.h"
#include "daemon/leads/stix_lead.h"
#include "storage/files/durable_file.h"
#include "storage/files/shown_file.h"
#include "storage/ledger/short_id.h"
#include "storage/review/report_recipient.h"
#include "storage/review/tlp_marking.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostLeadBytes = std::size_t{64} << 20U;
constexpr std::size_t kMostSubjects = 100'000;

struct LeadOptions {
  ActOptions act;
  std::string text;
  std::string from;
  std::string received;
  std::string handling;
  std::string file;
  std::string subjects_file;
  std::vector<std::string> subjects;
};

/// One subject a line; of a table its first column. Empty lines do not count.
void take_lines(std::string_view text, std::vector<std::string>& subjects) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find(','));
    const std::size_t from = line.find_first_not_of(" \t\r\"");
    const std::size_t to = line.find_last_not_of(" \t\r\"");
    if (from != std::string_view::npos) subjects.emplace_back(line.substr(from, to - from + 1));
  }
}

Result<std::vector<std::string>> subjects_of(const Invocation& run, const LeadOptions& options,
                                             const LeadFile& read) {
  std::vector<std::string> subjects = options.subjects;
  subjects.insert(subjects.end(), read.subjects.begin(), read.subjects.end());
  if (!options.subjects_file.empty()) {
    const Result<std::string> text =
        read_shown_file(run.environment.working_folder / options.subjects_file, kMostLeadBytes);
    if (!text) return tl::unexpected(text.error());
    take_lines(*text, subjects);
  }
  std::ranges::sort(subjects);
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  if (subjects.size() <= kMostSubjects) return subjects;
  return fail(ErrorCode::kInvalidInput, "a lead names at most 100,000 subjects: enter several");
}

/// What was handed over, and what of it is read.
struct HandedOver {
  std::filesystem::path path;
  std::string bytes;
  std::optional<LeadFile> read;
};

/// When the tip came, by what the command says.
Result<UtcTime> received_at(const Invocation& run, const LeadOptions& options) {
  return options.received.empty() ? run.now() : instant_of("--received", options.received);
}

Result<std::optional<HandedOver>> handed_over(const Invocation& run, const LeadOptions& options,
                                              UtcTime received) {
  if (options.file.empty()) return std::nullopt;
  HandedOver file{run.environment.working_folder / options.file, {}, std::nullopt};
  Result<std::string> bytes = read_whole_file(file.path, kMostLeadBytes);
  if (!bytes) return tl::unexpected(bytes.error());
  file.bytes = std::move(*bytes);
  const bool is_table = is_csv(options.file);
  if (!is_table && !is_stix(options.file, file.bytes)) return file;
  // Of what is read, errors show words.
  bytes = read_shown_file(file.path, kMostLeadBytes);
  if (!bytes) return tl::unexpected(bytes.error());
  file.bytes = std::move(*bytes);
  Result<LeadFile> read = is_table ? read_csv_lead(file.bytes, options.file)
                                   : read_stix_lead(file.bytes, options.file, received);
  if (!read) return tl::unexpected(read.error());
  file.read = std::move(*read);
  return file;
}

/// What the file alone lets people read: below the usual marking only where all of it is marked.
Result<std::string> handling_of_file(const LeadFile& read) {
  if (read.unknown_markings > 0) {
    return fail(ErrorCode::kRefused,
                "the file has " + counted(read.unknown_markings, "marking") +
                    " of which it is not known who may read what has it: say with --handling what "
                    "the sender means");
  }
  const bool laxer = read.handling.empty() || is_laxer(read.handling, kUsualHandling);
  return laxer && !read.wholly_marked ? std::string(kUsualHandling) : read.handling;
}

/// The file's marking is kept: nobody lets more people read a tip than its sender does.
Result<std::string> handling_of(const LeadOptions& options, const LeadFile& read) {
  if (options.handling.empty()) return handling_of_file(read);
  if (read.handling.empty() || !is_laxer(options.handling, read.handling)) return options.handling;
  return fail(ErrorCode::kRefused, "the file is marked `" + read.handling + "`, and `" +
                                       options.handling +
                                       "` would let more people read it: leave --handling out, or "
                                       "give a stricter one");
}

/// The file in the open and sealed parts of a lead.
void put_file(const HandedOver& file, LeadReceived& lead, CountedDeed& counted) {
  lead.file = sha256(file.bytes);
  counted.deed.content["file_kept_at"] = file.path.lexically_normal().string();
  if (file.read) {
    counted.counts = {{"file_read", file.read->read}, {"file_passed_over", file.read->unread}};
  } else {
    counted.counts = {{"file_passed_over", {{"file that is no bundle of STIX and no CSV", 1}}}};
  }
  for (const DeedCounts& one : counted.counts)
    counted.deed.content[one.name] = deed_counts_text(one.counts);
}

Result<CountedDeed> make_lead(const Invocation& run, const LeadOptions& options) {
  const Result<UtcTime> received = received_at(run, options);
  if (!received) return tl::unexpected(received.error());
  const auto file = handed_over(run, options, *received);
  if (!file) return tl::unexpected(file.error());
  const LeadFile read = *file && (*file)->read ? *(*file)->read : LeadFile{};
  const Result<std::vector<std::string>> subjects = subjects_of(run, options, read);
  if (!subjects) return tl::unexpected(subjects.error());
  const Result<std::string> handling = handling_of(options, read);
  if (!handling) return tl::unexpected(handling.error());
  LeadReceived lead;
  lead.received = *received;
  lead.handling = *handling;
  lead.subjects = static_cast<std::int64_t>(subjects->size());
  CountedDeed counted{{{}, {{"from", options.from}, {"text", options.text}}}, {}};
  if (*file) put_file(**file, lead, counted);
  std::string lines;
  for (const std::string& subject : *subjects) lines += (lines.empty() ? "" : "\n") + subject;
  if (!lines.empty()) counted.deed.content["subjects"] = lines;
  counted.deed.body = lead;
  return counted;
}

int add_a_lead(Invocation& run, const LeadOptions& options) {
  return submit_counted_act(
      run, options.act, [&] { return make_lead(run, options); }, new_short_id("l-"));
}

int list_leads(Invocation& run, bool json) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kMasked);
  if (stores == nullptr) return status;
  const Result<CaseBook> book = CaseBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Result<ReportBook> reports = ReportBook::read(*stores->ledger);
  if (!reports) return fail_with(run, reports.error());
  const CaseClocks clocks(*book, *reports);
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::vector<const Case*> leads;
  for (const Case& c : book->cases()) {
    if (!c.is_lead()) continue;
    leads.push_back(&c);
    list.push_back(case_json(c, clocks, run.now()));
    if (stores->masked) say_withheld(list.back(), kWithheldOfCase);
  }
  if (json) {
    print_json(run, {{"leads", list}});
  } else if (leads.empty()) {
    run.out << "there are no leads: `tidewaiter lead add --help`\n";
  } else {
    run.out << cases_table(leads, clocks, run.now(), stores->masked).render(run.terminal)
            << "`tidewaiter lead show ID` has what each says, and which cases it concerns\n";
    if (stores->masked) print_withheld(run);
  }
  return code(ExitStatus::kOk);
}

void add_add(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "add", "enters a tip of a partner or an agency",
      "Prints the entry, of a file of STIX 2.1 or CSV what was read in it and what was passed\n"
      "over, of another file that it was not read, and the case that the lead has opened. What\n"
      "the tip says, who gave it and whom it names are read by nobody outside: the ledger has a\n"
      "digest of them. The case opens even where nothing was found about the subjects; `case\n"
      "show` says what was.",
      "  tidewaiter lead add \"Many keys, one template\" --from \"Partner, trust team\" --subject "
      "acct-17 --as jo-ng\n"
      "  tidewaiter lead add \"See the file\" --from Agency --handling TLP:RED --subjects "
      "accounts.csv --as jo-ng\n"
      "  tidewaiter lead add \"See the bundle\" --from Partner --file bundle.json --as jo-ng");
  auto options = std::make_shared<LeadOptions>();
  verb->add_option("text", options->text, "What it says")->type_name("TEXT")->required();
  verb->add_option("--from", options->from, "Who told it")->type_name("TEXT")->required();
  verb->add_option("--received", options->received, "When it came (now)")->type_name("TIME");
  verb->add_option("--handling", options->handling,
                   "Who may read it, by TLP 2.0 (that of the file where all of it is marked, "
                   "else TLP:AMBER)")
      ->type_name("MARKING")
      ->check(CLI::IsMember(tlp_names()));
  verb->add_option("--subject", options->subjects,
                   "Whom it names: a subject as findings have it, or an id that it ends in; "
                   "repeated for several")
      ->type_name("TEXT");
  verb->add_option("--subjects", options->subjects_file,
                   "A file with a subject a line; of a table its first column")
      ->type_name("FILE");
  verb->add_option(
          "--file", options->file,
          "What was handed over: its hash is recorded. One that ends in .stix, and a bundle that "
          "ends in .json, is read as STIX 2.1, one that ends in .csv as a table whose first line "
          "names the columns: subjects and marking are its own")
      ->type_name("FILE");
  add_act_options(*verb, options->act, false);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return add_a_lead(run, *options); };
  });
}

}  // namespace

void add_lead(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "lead", "enters, lists and shows tips from outside",
                            "A lead opens a case of its own: `tidewaiter lead show` has it.", "");
  verb->require_subcommand(1);
  add_add(*verb, selection);
  add_lead_show(*verb, selection);
  CLI::App* list =
      add_verb(*verb, "list", "lists leads", "Prints one row a lead, as `case list` does.",
               "  tidewaiter lead list");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*list, *json);
  list->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return list_leads(run, *json); };
  });
}

}  // namespace tidewaiter
