#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/app/exhibits.h"
#include "daemon/cli/act_submission.h"
#include "daemon/cli/case_text.h"
#include "daemon/cli/evidence_view.h"
#include "daemon/cli/exhibit_files.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"
#include "storage/files/durable_file.h"
#include "storage/files/file_stream.h"
#include "storage/review/case_statements.h"

namespace tidewaiter {
namespace {

struct AttachOptions {
  ActOptions act;
  std::string file;
  std::string custodian;
  std::string origin;
  bool privileged = false;
  bool leave = false;
};

struct ExhibitOptions {
  ActOptions act;
  std::int64_t entry = -1;
  std::string out;
};

/// The case that an act is about.
Result<Case> case_of(const Stores& stores, const ActOptions& options) {
  const Result<CaseBook> book = CaseBook::read(*stores.ledger);
  if (!book) return tl::unexpected(book.error());
  const Result<const Case*> found = book->lookup(options.case_id);
  if (!found) return tl::unexpected(found.error());
  return **found;
}

Confidential words_of_file(const std::filesystem::path& file, const AttachOptions& options,
                           const FileMeasure& content) {
  return {{"name", file.filename().string()}, {"kept_at", file.lexically_normal().string()},
          {"custodian", options.custodian},   {"origin", options.origin},
          {"sha256", to_hex(content.sha256)}, {"bytes", std::to_string(content.bytes)}};
}

/// What is attached, kept where it is to be; nothing of it is left where that fails.
Result<Deed> make_exhibit(const Stores& stores, const Variables& variables,
                          const std::filesystem::path& file, const AttachOptions& options) {
  Result<StreamedFile> given = open_exhibit(stores, variables, file);
  if (!given) return tl::unexpected(given.error());
  if (options.leave) {
    const Result<FileMeasure> content = measure(*given, kMostExhibitBytes);
    if (!content) return tl::unexpected(content.error());
    return Deed{Exhibit{std::nullopt, 0, options.privileged},
                words_of_file(file, options, *content)};
  }
  const PayloadFolder exhibits = exhibits_of(stores.paths.folder, stores.paths.ledger);
  const Result<KeptPayload> kept = exhibits.keep(*given, kMostExhibitBytes);
  if (!kept) return tl::unexpected(kept.error());
  return Deed{Exhibit{kept->stored.sha256, kept->stored.bytes, options.privileged, kept->stored.id},
              words_of_file(file, options, kept->content)};
}

int attach(Invocation& run, const AttachOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<Case> found = case_of(*stores, options.act);
  if (!found) return fail_with(run, found.error());
  Act act;
  act.case_id = found->id;
  act.body = Exhibit{};
  // Whoever it is proves it before anything is kept in their name.
  const auto acting =
      acting_person(run, *stores, options.act, {std::string(act_type(act)), act.case_id, {}});
  if (!acting) return fail_with(run, acting.error());
  // What no act names goes with an erasure: none chooses until this one is handed in.
  std::optional<FolderLock> lock;
  if (!options.leave) {
    auto taken = exhibits_of(stores->paths.folder, stores->paths.ledger).lock_to_keep();
    if (!taken) return fail_with(run, taken.error());
    lock.emplace(std::move(*taken));
  }
  Result<Deed> deed = make_exhibit(*stores, run.environment.variables,
                                   run.environment.working_folder / options.file, options);
  if (!deed) return fail_with(run, deed.error());
  act.body = std::move(deed->body);
  return hand_in(run, *stores, options.act, std::move(act), deed->content, false);
}

struct ListedExhibit {
  RecordedAct act;
  Whereabouts where = Whereabouts::kElsewhere;
  std::optional<Confidential> words;
  std::string missing;  ///< why words are not there; empty: they are
};

Result<ListedExhibit> listed(const Stores& stores, const RecordedAct& act) {
  ListedExhibit one{act, Whereabouts::kElsewhere, std::nullopt, {}};
  if (const auto payload = payload_of(act.act.act)) {
    const PayloadFolder exhibits = exhibits_of(stores.paths.folder, stores.paths.ledger);
    const Result<Whereabouts> where = whereabouts(exhibits, *payload, exhibits.look_at(*payload));
    if (!where) return tl::unexpected(where.error());
    one.where = *where;
  }
  if (is_privileged(act.act.act)) {
    one.missing = "privileged";
    return one;
  }
  auto words = confidential_of(stores.paths.folder, act.act.act);
  if (!words) return tl::unexpected(words.error());
  one.words = std::move(*words);
  if (!one.words) one.missing = "erased, or not here";
  return one;
}

Result<std::vector<ListedExhibit>> exhibits_in(const Stores& stores, const Case& c) {
  std::vector<ListedExhibit> all;
  for (const RecordedAct& act : c.acts) {
    if (!std::holds_alternative<Exhibit>(act.act.act.body)) continue;
    auto one = listed(stores, act);
    if (!one) return tl::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  return all;
}

nlohmann::ordered_json exhibit_json(const ListedExhibit& one) {
  const auto& exhibit = std::get<Exhibit>(one.act.act.act.body);
  nlohmann::ordered_json json = {{"entry", one.act.index},
                                 {"recorded", format_time(one.act.recorded)},
                                 {"by", one.act.act.act.by},
                                 {"where", whereabouts_name(one.where)},
                                 {"privileged", exhibit.privileged}};
  json["payload"] = nullptr;
  if (const auto payload = payload_of(one.act.act.act)) {
    json["payload"] = {
        {"id", payload->id}, {"sha256", to_hex(payload->sha256)}, {"bytes", payload->bytes}};
  }
  json["confidential"] = nullptr;
  if (one.words) json["confidential"] = *one.words;
  json["missing"] = nullptr;
  if (!one.missing.empty()) json["missing"] = one.missing;
  return json;
}

std::string word_of(const ListedExhibit& one, const std::string& name) {
  if (!one.words) return name == "name" ? "(" + one.missing + ")" : "-";
  const auto found = one.words->find(name);
  return found == one.words->end() ? "-" : found->second;
}

int list_exhibits(Invocation& run, const ExhibitOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<Case> found = case_of(*stores, options.act);
  if (!found) return fail_with(run, found.error());
  const auto exhibits = exhibits_in(*stores, *found);
  if (!exhibits) return fail_with(run, exhibits.error());
  if (options.act.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const ListedExhibit& one : *exhibits) list.push_back(exhibit_json(one));
    print_json(run, {{"case", found->id}, {"exhibits", list}});
    return code(ExitStatus::kOk);
  }
  if (exhibits->empty()) {
    run.out << "nothing is attached to " << found->id << '\n';
    return code(ExitStatus::kOk);
  }
  TextTable table({{.header = "ENTRY", .right = true},
                   {.header = "RECORDED"},
                   {.header = "BY"},
                   {.header = "WHERE"},
                   {.header = "BYTES", .right = true},
                   {.header = "NAME", .shrinks = true}});
  for (const ListedExhibit& one : *exhibits) {
    table.add_row({{std::to_string(one.act.index)},
                   {format_time(one.act.recorded)},
                   {one.act.act.act.by},
                   {std::string(whereabouts_name(one.where))},
                   {word_of(one, "bytes")},
                   {printable(word_of(one, "name"))}});
  }
  run.out << table.render(run.terminal);
  return code(ExitStatus::kOk);
}

/// The exhibit of an entry, if it is one of the case's that is kept.
Result<RecordedAct> kept_exhibit(const Case& c, std::int64_t entry) {
  const auto act = std::ranges::find(c.acts, entry, &RecordedAct::index);
  if (act == c.acts.end() || !std::holds_alternative<Exhibit>(act->act.act.body)) {
    return fail(ErrorCode::kNotFound, "entry " + std::to_string(entry) + " is no exhibit of " +
                                          c.id + ": `tidewaiter case exhibit " + c.id +
                                          "` lists them");
  }
  if (payload_of(act->act.act)) return *act;
  return fail(ErrorCode::kNotFound, "the exhibit of entry " + std::to_string(entry) +
                                        " was left where it was: `tidewaiter case exhibit " + c.id +
                                        " --json` has where, as `kept_at`");
}

/// The digest that the person who attached it has signed; nothing where the words are gone.
Result<std::optional<Digest>> signed_content(const Stores& stores, const Act& act) {
  const auto words = confidential_of(stores.paths.folder, act);
  if (!words) return tl::unexpected(words.error());
  if (!*words || !(*words)->contains("sha256")) return std::optional<Digest>();
  const Result<Digest> digest = digest_from_hex((*words)->at("sha256"));
  if (!digest) return tl::unexpected(digest.error());
  return std::optional(*digest);
}

int take_exhibit(Invocation& run, const ExhibitOptions& options) {
  int status = 0;
  // Who looks is judged with the entry about it, under its name.
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<Case> found = case_of(*stores, options.act);
  if (!found) return fail_with(run, found.error());
  const Result<RecordedAct> act = kept_exhibit(*found, options.entry);
  if (!act) return fail_with(run, act.error());
  const std::filesystem::path to = run.environment.working_folder / options.out;
  if (auto may = may_be_made(*stores, to); !may) return fail_with(run, may.error());
  const Result<bool> there = is_there(to);
  if (!there) return fail_with(run, there.error());
  if (*there) {
    return fail_with(run, ExitStatus::kRefused,
                     "`" + options.out + "` is there already: name another");
  }
  const PayloadFolder exhibits = exhibits_of(stores->paths.folder, stores->paths.ledger);
  const StoredPayload payload = *payload_of(act->act.act);
  const int recorded =
      record_look(run, *stores, options.act,
                  {found->id, 0, 0, "exhibit of entry " + std::to_string(options.entry)});
  if (recorded != code(ExitStatus::kOk)) return recorded;
  const auto content = signed_content(*stores, act->act.act);
  if (!content) return fail_with(run, content.error());
  const Result<FileMeasure> taken = exhibits.take_out(payload, *content, to);
  if (!taken) return fail_with(run, taken.error());
  if (options.act.json) {
    print_json(run, {{"case", found->id},
                     {"entry", options.entry},
                     {"file", options.out},
                     {"bytes", taken->bytes},
                     {"sha256", to_hex(taken->sha256)},
                     {"as_signed", content->has_value()}});
    return code(ExitStatus::kOk);
  }
  run.out << "Exhibit of entry " << options.entry << ": " << counted(taken->bytes, "byte") << " in "
          << printable(options.out) << "\nSHA-256 " << to_hex(taken->sha256)
          << (*content ? ", as the person who attached it has signed\n"
                       : "; what was signed is erased, or not on this machine\n");
  return code(ExitStatus::kOk);
}

int show_exhibits(Invocation& run, const ExhibitOptions& options) {
  if (options.out.empty() != (options.entry < 0)) {
    return fail_with(run, ExitStatus::kUsage,
                     "to take the bytes of an exhibit give both --entry and --out");
  }
  return options.out.empty() ? list_exhibits(run, options) : take_exhibit(run, options);
}

void add_attach(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "attach", "attaches an exhibit: a copy of a file, encrypted",
      "Prints the entry, and what has become of the case. A copy of the file is kept in the state\n"
      "folder, encrypted under a key of its own, until the case's subject is erased:\n"
      "`case exhibit` gives it back. The ledger has the hash of what is encrypted. Name, origin\n"
      "and the hash of the file itself lie beside it, sealed by the entry. With --leave nothing\n"
      "is copied.",
      "  tidewaiter case attach c-4f8e12ab invoice.pdf --custodian \"Billing\" --origin \"Payment "
      "provider\" --as jo-ng\n"
      "  tidewaiter case attach c-4f8e12ab disk.img --leave --custodian \"Forensics\" --origin "
      "\"Laptop 12\" --as jo-ng");
  auto options = std::make_shared<AttachOptions>();
  add_act_options(*verb, options->act);
  verb->add_option("file", options->file, "The exhibit, up to 1 GiB")
      ->type_name("FILE")
      ->required();
  verb->add_option("--custodian", options->custodian, "Who keeps the original")
      ->type_name("TEXT")
      ->required();
  verb->add_option("--origin", options->origin, "Where it came from")
      ->type_name("TEXT")
      ->required();
  verb->add_flag("--privileged", options->privileged,
                 "Counsel's: in no report, and in no export of the case");
  verb->add_flag("--leave", options->leave,
                 "Keep no copy: the file stays where it is, and only its hash is sealed");
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return attach(run, *options); };
  });
}

void add_exhibit(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "exhibit", "lists what is attached to a case, and gives it back",
      "Prints one row an exhibit: its entry, who attached it, and where it is: kept, elsewhere\n"
      "(attached with --leave), erased, changed, or missing. With --entry and --out writes the\n"
      "bytes of one to a new file, and prints their hash: the copy, each part of it and the whole\n"
      "are verified before the file is there. Who takes it is an entry of the ledger first. Exit\n"
      "status 4 if the rules refuse it, or if what is kept was changed.",
      "  tidewaiter case exhibit c-4f8e12ab\n"
      "  tidewaiter case exhibit c-4f8e12ab --entry 17 --out invoice.pdf --as jo-ng");
  auto options = std::make_shared<ExhibitOptions>();
  add_act_options(*verb, options->act);
  add_number(*verb, "--entry", options->entry, 0, "The entry that attached it, as listed");
  verb->add_option("--out", options->out, "The file to make")->type_name("FILE");
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_exhibits(run, *options); };
  });
}

}  // namespace

void add_case_exhibits(CLI::App& verb, Selection& selection) {
  add_attach(verb, selection);
  add_exhibit(verb, selection);
}

}  // namespace tidewaiter
