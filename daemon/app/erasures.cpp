#include "daemon/app/erasures.h"

#include <algorithm>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/app/exhibits.h"
#include "daemon/app/failure_notes.h"
#include "daemon/app/report_folder.h"
#include "policies/model/subject_part.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/erase_subject.h"
#include "storage/ledger/party.h"
#include "storage/records/erase_records.h"
#include "storage/records/told_rulings.h"
#include "storage/review/case_book.h"
#include "storage/review/clearance_book.h"
#include "storage/review/erasure_rules.h"
#include "storage/review/report_book.h"
#include "storage/snapshot/snapshot_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostReportFile = std::size_t{64} << 20U;

bool is_word_sign(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_word_sign(text[at - 1]);
    if (begins && (end == text.size() || !is_word_sign(text[end]))) return true;
  }
  return false;
}

std::vector<std::string> cases_of(const CaseBook& book, std::string_view subject) {
  std::vector<std::string> ids;
  for (const Case& c : book.cases()) {
    const bool about = std::ranges::any_of(c.findings, [subject](const FindingState& finding) {
      return names_part(finding.subject, subject);
    });
    if (about) ids.push_back(c.id);
  }
  return ids;
}

/// Whether they are the words of a ruling on the subject's account, which names source and account
/// apart, however short.
bool rules_on_subject(const Confidential& content, std::string_view subject) {
  const auto part = parse_subject_part(subject);
  const auto says = [&](const char* source, const char* account) {
    const auto a = content.find(source);
    const auto b = content.find(account);
    return a != content.end() && b != content.end() && a->second == part->source &&
           b->second == part->value;
  };
  return part && (says("source", "account") || says("other_source", "other"));
}

bool says_subject(const Confidential& content, const std::string& subject) {
  if (rules_on_subject(content, subject)) return true;
  return std::ranges::any_of(
      content, [&](const auto& text) { return mentions_subject(text.second, subject); });
}

/// The clearances whose words are about the subject: why others approved or lifted them is about
/// it, too, and names nobody.
Result<std::set<std::string>> clearances_of(const StatePaths& paths, const Ledger& ledger,
                                            const std::string& subject) {
  const auto book = ClearanceBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
  std::set<std::string> ids;
  for (const Clearance& one : book->clearances()) {
    const auto content = confidential_of(paths.folder, one.given.act.act);
    // A file that somebody has changed is taken by what it says.
    if (!content && content.error().code == ErrorCode::kCorruption) continue;
    if (!content) return tl::unexpected(content.error());
    if (*content && says_subject(**content, subject)) ids.insert(one.id);
  }
  return ids;
}

/// What is known before anything of it is gone.
struct Task {
  std::string id;
  std::int64_t request = 0;  ///< index of its entry
  std::string subject;
  std::set<std::string> cases;
  std::set<std::string> clearances;  ///< of the subject's names
  Ledger::Position judged;
};

struct Tasks {
  std::optional<Error> waits;  ///< of those that nobody knows whom they are about
  std::vector<Task> due;
  std::vector<Task> ended;  ///< executed, but for the words of the request
};

/// A hold that keeps the party under another of its fields: a key or an end user of the same long
/// id, whose records the erasure would write anew too.
Result<const Hold*> hold_on_same_id(const StatePaths& paths, const ErasureBook& book,
                                    const std::string& subject) {
  const auto part = parse_subject_part(subject);
  if (!part) return tl::unexpected(part.error());
  if (!is_telling_id(part->value)) return nullptr;
  for (const Field& other : fields()) {
    if (!other.id_of_source) continue;
    Subject same;
    same.fields = {*find_field(other.name)};
    same.values = {part->value};
    same.source = part->source;
    const auto party = known_party(paths.ledger, to_text(same));
    if (!party) return tl::unexpected(party.error());
    const Hold* const hold = party->empty() ? nullptr : book.hold_on(*party);
    if (hold != nullptr) return hold;
  }
  return nullptr;
}

Result<Task> make_task(const StatePaths& paths, const Ledger& ledger, const CaseBook& cases,
                       const Erasure& erasure) {
  const auto subject = subject_of(paths.folder, erasure.request.act.act);
  if (!subject) return tl::unexpected(subject.error());
  if (!*subject) {
    return fail(ErrorCode::kRefused,
                "the words of the erasure `" + erasure.id +
                    "` are gone, so that nobody knows whom "
                    "it is about: put its file back into `acts` from a backup");
  }
  Task task{erasure.id, erasure.request.index, **subject, {}, {}, {}};
  for (std::string& id : cases_of(cases, task.subject)) task.cases.insert(std::move(id));
  auto clearances = clearances_of(paths, ledger, task.subject);
  if (!clearances) return tl::unexpected(clearances.error());
  task.clearances = std::move(*clearances);
  auto position = ledger.position();
  if (!position) return tl::unexpected(position.error());
  task.judged = std::move(*position);
  return task;
}

Result<Tasks> read_tasks(const StatePaths& paths) {
  const auto ledger = Ledger::open(paths.ledger, Ledger::Mode::kReadOnly);
  if (!ledger) return tl::unexpected(ledger.error());
  const auto erasures = ErasureBook::read(**ledger);
  if (!erasures) return tl::unexpected(erasures.error());
  Tasks tasks;
  if (erasures->erasures().empty()) return tasks;
  const auto cases = CaseBook::read(**ledger);
  if (!cases) return tl::unexpected(cases.error());
  // Before anything is taken apart: what the tables disclose would stay.
  if (auto file = require_erasable(paths.ledger); !file && !erasures->due().empty()) {
    tasks.waits = file.error();
    return tasks;
  }
  for (const Erasure* const erasure : erasures->due()) {
    auto task = make_task(paths, **ledger, *cases, *erasure);
    if (task) {
      const auto hold = hold_on_same_id(paths, *erasures, task->subject);
      if (!hold) return tl::unexpected(hold.error());
      if (*hold != nullptr) {
        task = fail(ErrorCode::kRefused, "the hold `" + (*hold)->id +
                                             "` keeps the same id in another field: the erasure `" +
                                             task->id + "` waits for its release");
      }
    }
    if (!task && task.error().code == ErrorCode::kRefused) {
      tasks.waits = task.error();
      continue;
    }
    if (!task) return tl::unexpected(task.error());
    tasks.due.push_back(std::move(*task));
  }
  for (const Erasure& erasure : erasures->erasures()) {
    if (!erasure.executed) continue;
    const auto subject = subject_of(paths.folder, erasure.request.act.act);
    if (!subject) return tl::unexpected(subject.error());
    if (!*subject) continue;
    tasks.ended.push_back({erasure.id, erasure.request.index, **subject, {}, {}, {}});
  }
  return tasks;
}

/// The reports in the state folder whose files name a subject.
Result<std::vector<std::string>> reports_naming(const fs::path& state, std::string_view subject) {
  std::vector<std::string> names;
  const fs::path folder = reports_folder(state);
  std::error_code failure;
  for (fs::recursive_directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (!it->is_regular_file(failure)) continue;
    const std::string name = it->path().lexically_relative(folder).begin()->string();
    if (!names.empty() && names.back() == name) continue;
    const Result<std::string> bytes = read_whole_file(it->path(), kMostReportFile);
    if (bytes && mentions_subject(*bytes, subject)) names.push_back(name);
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder.string() + "`: " + failure.message());
  }
  std::ranges::sort(names);
  const auto twice = std::unique(names.begin(), names.end());
  names.erase(twice, names.end());
  return names;
}

/// Reports that name a subject, by whether they have gone out.
struct NamingReports {
  std::vector<std::string> issued;
  std::vector<std::string> drafts;  ///< also of a drawing that no entry followed
};

Result<NamingReports> naming_reports(const fs::path& state, const Ledger& ledger,
                                     std::string_view subject) {
  const auto names = reports_naming(state, subject);
  if (!names) return tl::unexpected(names.error());
  NamingReports all;
  if (names->empty()) return all;
  const auto book = ReportBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
  for (const std::string& name : *names) {
    const ReportFile* const report = book->find(name);
    const bool issued = report != nullptr && report->issued;
    (issued ? all.issued : all.drafts).push_back(name);
  }
  return all;
}

/// One erasure, step by step.
class Erasing {
 public:
  Erasing(const StatePaths& paths, const Task& task, UtcTime now)
      : paths_(paths), task_(task), now_(now) {
    done_.id = task.id;
  }

  /// What a person ruled about an account is in the words of an act until the record log has it.
  Result<void> rulings() {
    const Result<bool> there = is_there(paths_.records);
    if (!there) return tl::unexpected(there.error());
    if (!*there) return {};
    const auto ledger = Ledger::open(paths_.ledger, Ledger::Mode::kReadOnly);
    if (!ledger) return tl::unexpected(ledger.error());
    std::int64_t unsaid = 0;  // whoever starts the cycle is told
    const auto stated = stated_rulings(paths_.folder, **ledger, unsaid);
    if (!stated) return tl::unexpected(stated.error());
    const auto told = tell_rulings(paths_.records, *stated, now_);
    return told ? Result<void>() : tl::unexpected(told.error());
  }

  Result<void> records() {
    const Result<bool> there = is_there(paths_.records);
    if (!there) return tl::unexpected(there.error());
    if (!*there) {
      if (task_.judged.offset.seq == 0) return {};
      return fail(ErrorCode::kRefused, "`" + paths_.records.string() +
                                           "` is gone: put it back before somebody is erased");
    }
    const auto part = parse_subject_part(task_.subject);
    if (!part) return tl::unexpected(part.error());
    auto erased = erase_records(paths_.records, {*part, task_.request, task_.judged.offset}, now_);
    if (!erased) return tl::unexpected(erased.error());
    log_ = std::move(*erased);
    done_.token = log_->token;
    done_.records = log_->records;
    return {};
  }

  /// Before the words, by which some are chosen, and before the disclosures, which say what cases
  /// they are of.
  Result<void> exhibits() {
    const auto ledger = Ledger::open(paths_.ledger, Ledger::Mode::kReadOnly);
    if (!ledger) return tl::unexpected(ledger.error());
    const ExhibitsOf going{task_.cases,
                           [this](const Confidential& content) { return mentions(content); }};
    const auto gone = erase_exhibits(paths_.folder, paths_.ledger, **ledger, task_.id, going);
    if (!gone) return tl::unexpected(gone.error());
    done_.exhibits = gone->count;
    done_.exhibits_left = gone->left;
    return {};
  }

  /// What has not gone out is the house's own still, and is not to go out with whom it names.
  Result<void> drafts() {
    const auto ledger = Ledger::open(paths_.ledger, Ledger::Mode::kReadOnly);
    if (!ledger) return tl::unexpected(ledger.error());
    const auto reports = naming_reports(paths_.folder, **ledger, task_.subject);
    if (!reports) return tl::unexpected(reports.error());
    for (const std::string& id : reports->drafts) {
      const fs::path folder = reports_folder(paths_.folder) / id;
      std::error_code failure;
      fs::remove_all(folder, failure);
      if (failure) {
        return fail(ErrorCode::kUnavailable,
                    "cannot remove the draft `" + folder.string() + "`: " + failure.message());
      }
    }
    return {};
  }

  /// What the cases say, while it is still known which they are; the request's own words last.
  Result<void> words() {
    // Of a clearance its own words last: they alone say whose name it is, if this has to be done
    // again.
    auto gone = forget([this](const std::string& about, const Confidential& content) {
      return task_.clearances.contains(about) && !mentions(content);
    });
    if (!gone) return gone;
    return forget([this](const std::string& about, const Confidential& content) {
      if (about == task_.id) return false;
      return task_.cases.contains(about) || mentions(content);
    });
  }

  Result<void> ledger() {
    std::optional<MovedPosition> moved;
    if (log_) moved = MovedPosition{log_->log_id, log_->judged_before, log_->judged};
    const auto traces = erase_subject(paths_.ledger, task_.subject, moved);
    if (!traces) return tl::unexpected(traces.error());
    done_.findings = traces->findings;
    done_.disclosures = traces->disclosures;
    done_.keys = traces->keys;
    return {};
  }

  Result<void> compact() {
    if (log_) {
      if (auto compact = compact_records(paths_.records); !compact) return compact;
    }
    return compact_ledger(paths_.ledger);
  }

  Result<void> executed() {
    nlohmann::json fields = {{"case", task_.id},
                             {"request", task_.request},
                             {"token", token()},
                             {"records", done_.records}};
    if (done_.exhibits > 0) fields["payloads"] = done_.exhibits;
    if (log_) {
      fields["log"] = log_->log_id;
      fields["seq"] = log_->judged.seq;
      fields["hash"] = to_hex(log_->judged.log_hash);
    }
    const auto ledger = Ledger::open(paths_.ledger, Ledger::Mode::kReadWrite);
    if (!ledger) return tl::unexpected(ledger.error());
    LedgerCommit commit;
    commit.events.push_back({std::string(kErasedType), fields.dump()});
    const auto receipt = (*ledger)->commit(commit, now_);
    if (!receipt) return tl::unexpected(receipt.error());
    done_.entry = receipt->first_index;
    const Result<Checkpoint> head = (*ledger)->sign(now_);
    if (!head) return tl::unexpected(head.error());
    return {};
  }

  Result<void> request() {
    auto gone = forget([this](const std::string& about, const Confidential& content) {
      return about == task_.id || mentions(content);
    });
    if (!gone) return gone;
    const Result<bool> there = is_there(paths_.records);
    if (!there) return tl::unexpected(there.error());
    return *there ? end_erasure_of_records(paths_.records, task_.request) : Result<void>();
  }

  [[nodiscard]] const DoneErasure& done() const { return done_; }

 private:
  [[nodiscard]] bool mentions(const Confidential& content) const {
    return says_subject(content, task_.subject);
  }

  Result<void> forget(const ChosenWords& chosen) {
    const Result<std::int64_t> gone = forget_words(paths_.folder, chosen);
    if (!gone) return tl::unexpected(gone.error());
    done_.words += *gone;
    return {};
  }

  /// Where there is no record log nothing stands in the place of the id.
  const std::string& token() {
    if (done_.token.empty()) done_.token = "erased-" + to_hex(sha256(task_.id)).substr(0, 32);
    return done_.token;
  }

  const StatePaths& paths_;
  const Task& task_;
  UtcTime now_;
  std::optional<ErasedRecords> log_;
  DoneErasure done_;
};

struct ErasingStep {
  Result<void> (Erasing::*run)();
  /// Whether its failure leaves a record log that the ledger has not judged.
  bool between_stores;
};

/// Puts down in `run` whether it was interrupted, waits, or is done.
Result<void> carry_out(Erasing& erasing, const GoOn& go_on, ErasureRun& run) {
  for (const ErasingStep& step : {ErasingStep{&Erasing::rulings, false},
                                  {&Erasing::records, false},
                                  {&Erasing::drafts, false},
                                  {&Erasing::exhibits, true},
                                  {&Erasing::words, true},
                                  {&Erasing::ledger, true},
                                  {&Erasing::compact, false},
                                  {&Erasing::executed, false},
                                  {&Erasing::request, false}}) {
    run.interrupted = !go_on();
    if (run.interrupted) return {};
    const Result<void> done = (erasing.*step.run)();
    if (done) continue;
    const ErrorCode code = done.error().code;
    const bool later = code == ErrorCode::kUnavailable || code == ErrorCode::kRefused;
    if (step.between_stores || !later) return tl::unexpected(done.error());
    run.waits = done.error();
    return {};
  }
  run.done.push_back(erasing.done());
  return {};
}

}  // namespace

Result<void> require_erasable(const LedgerPaths& paths) {
  // The daemon's role may not delete, and a database keeps what was deleted in its WAL and backups.
  return require_file(paths, "an erasure",
                      "a site that has to erase keeps its ledger in a file "
                      "(docs/operations.md#a-ledger-in-postgresql)");
}

bool mentions_subject(std::string_view text, std::string_view subject) {
  if (has_word(text, subject)) return true;
  const auto part = parse_subject_part(subject);
  return part && is_telling_id(part->value) && has_word(text, part->value);
}

Result<std::optional<std::string>> subject_of(const fs::path& state, const Act& act) {
  const auto words = confidential_of(state, act);
  if (!words) return tl::unexpected(words.error());
  if (!*words || !(*words)->contains("subject")) return std::optional<std::string>();
  return std::optional((*words)->at("subject"));
}

Result<DueErasures> due_erasures(const StatePaths& paths) {
  Result<Tasks> tasks = read_tasks(paths);
  if (!tasks) return tl::unexpected(tasks.error());
  return DueErasures{!tasks->due.empty(), std::move(tasks->waits)};
}

Result<ErasureRun> execute_erasures(const StatePaths& paths, UtcTime now, const GoOn& go_on) {
  const auto tasks = read_tasks(paths);
  if (!tasks) return tl::unexpected(tasks.error());
  ErasureRun run;
  run.waits = tasks->waits;
  for (const Task& task : tasks->ended) {
    if (auto done = Erasing(paths, task, now).request(); !done) return tl::unexpected(done.error());
  }
  if (!tasks->due.empty()) {
    if (auto gone = remove_snapshot(paths.snapshot); !gone) return tl::unexpected(gone.error());
    if (auto gone = forget_failures(paths.folder); !gone) return tl::unexpected(gone.error());
  }
  for (Task task : tasks->due) {
    // Of several the one before has moved the place at which the ledger stands.
    if (!run.done.empty()) {
      const auto ledger = Ledger::open(paths.ledger, Ledger::Mode::kReadOnly);
      if (!ledger) return tl::unexpected(ledger.error());
      auto position = (*ledger)->position();
      if (!position) return tl::unexpected(position.error());
      task.judged = std::move(*position);
    }
    Erasing erasing(paths, task, now);
    const std::size_t before = run.done.size();
    if (auto done = carry_out(erasing, go_on, run); !done) return tl::unexpected(done.error());
    if (run.done.size() == before) return run;
  }
  return run;
}

Result<ErasurePlan> plan_erasure(const StatePaths& paths, const Ledger& ledger,
                                 const std::string& subject, UtcTime now) {
  const auto part = parse_subject_part(subject);
  if (!part) return tl::unexpected(part.error());
  ErasurePlan plan;
  plan.subject = subject;
  if (auto file = require_erasable(paths.ledger); !file) {
    return tl::unexpected(file.error());
  }
  const auto traces = traces_of_subject(paths.ledger, subject);
  if (!traces) return tl::unexpected(traces.error());
  plan.findings = traces->findings;
  plan.disclosures = traces->disclosures;
  const Result<bool> there = is_there(paths.records);
  if (!there) return tl::unexpected(there.error());
  if (*there) {
    const Result<std::int64_t> records = count_records_of(paths.records, *part);
    if (!records) return tl::unexpected(records.error());
    plan.records = *records;
  }
  const auto cases = CaseBook::read(ledger);
  if (!cases) return tl::unexpected(cases.error());
  plan.cases = cases_of(*cases, subject);
  const ExhibitsOf about{
      {plan.cases.begin(), plan.cases.end()},
      [&subject](const Confidential& content) { return says_subject(content, subject); }};
  const auto going = kept_exhibits(paths.folder, ledger, about);
  if (!going) return tl::unexpected(going.error());
  plan.exhibits = static_cast<std::int64_t>(going->size());
  plan.to_be_kept_until = to_be_kept_until(*cases, subject, now);
  const auto book = ErasureBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
  const auto party = known_party(paths.ledger, subject);
  if (!party) return tl::unexpected(party.error());
  if (const Hold* const hold = party->empty() ? nullptr : book->hold_on(*party)) plan.hold = *hold;
  auto reports = naming_reports(paths.folder, ledger, subject);
  if (!reports) return tl::unexpected(reports.error());
  plan.reports = std::move(reports->issued);
  plan.drafts = std::move(reports->drafts);
  return plan;
}

}  // namespace tidewaiter
