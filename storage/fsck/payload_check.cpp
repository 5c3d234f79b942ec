#include "storage/fsck/payload_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"
#include "storage/evidence/payload_folder.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/act.h"
#include "storage/verify/plain_text.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kExhibitType = R"("typ":"case.exhibit")";
constexpr std::string_view kApprovedType = R"("typ":"erasure.approved")";
constexpr std::string_view kExecutedType = R"("typ":"erasure.executed")";
constexpr std::string_view kPutBackExhibit =
    "put the file, or the vault that has its key, back from a backup";

/// An exhibit that is kept, and the entry that attached it.
struct NamedPayload {
  std::int64_t index = 0;
  StoredPayload stored;
};

/// What the entries say.
struct PayloadEntries {
  std::vector<NamedPayload> exhibits;
  std::map<std::string, std::int64_t> executed;  ///< how many, by the name of the erasure
  std::set<std::string> approved;                ///< names of erasures
};

std::optional<StoredPayload> payload_in(const nlohmann::json& entry) {
  const auto details = entry.find("act");
  if (details == entry.end() || !details->is_object()) return std::nullopt;
  const auto id = text_member(*details, "payload");
  const auto digest = digest_member(*details, "sha256");
  const auto bytes = number_member(*details, "bytes");
  if (!id || !is_payload_id(*id) || !digest || !bytes) return std::nullopt;
  return StoredPayload{*id, *digest, *bytes};
}

bool approves(const nlohmann::json& entry) {
  const auto details = entry.find("act");
  if (details == entry.end() || !details->is_object()) return false;
  const auto said = details->find("approves");
  return said != details->end() && said->is_boolean() && said->get<bool>();
}

void take_entry(std::int64_t index, const std::string& body, PayloadEntries& entries) {
  const auto has = [&body](std::string_view type) { return body.find(type) != std::string::npos; };
  if (!has(kExhibitType) && !has(kApprovedType) && !has(kExecutedType)) return;
  const auto entry = nlohmann::json::parse(body, nullptr, false);
  if (!entry.is_object()) return;
  const std::string about = text_member(entry, "case").value_or("");
  if (has(kExecutedType)) {
    entries.executed[about] = number_member(entry, "payloads").value_or(0);
  } else if (has(kApprovedType)) {
    if (approves(entry)) entries.approved.insert(about);
  } else if (auto payload = payload_in(entry)) {
    entries.exhibits.push_back({index, std::move(*payload)});
  }
}

/// Entries that are not of the form are the verifier's to tell.
Result<PayloadEntries> read_entries(const LedgerPaths& paths) {
  const auto ledger = Ledger::open(paths, Ledger::Mode::kReadOnly);
  if (!ledger) return tl::unexpected(ledger.error());
  const auto head = (*ledger)->head();
  if (!head) return tl::unexpected(head.error());
  PayloadEntries entries;
  for (std::int64_t index = 0; index < head->size; ++index) {
    const Result<std::string> body = (*ledger)->entry(index);
    if (!body) return tl::unexpected(body.error());
    take_entry(index, *body, entries);
  }
  return entries;
}

/// One look at the folder.
class PayloadCheck {
 public:
  PayloadCheck(const PayloadFolder& folder, const PayloadEntries& entries, StateReport& report,
               bool with_keys)
      : folder_(folder), entries_(entries), report_(report), with_keys_(with_keys) {}

  Result<void> run(const std::function<void(std::int64_t)>& passed) {
    auto marks = folder_.erased();
    if (!marks) return tl::unexpected(marks.error());
    marks_ = std::move(*marks);
    for (const NamedPayload& exhibit : entries_.exhibits) {
      named_.insert(exhibit.stored.id);
      check(exhibit);
      passed(static_cast<std::int64_t>(named_.size()));
    }
    check_counts();
    return tell_strangers();
  }

 private:
  void refuse(const std::string& message, std::string remedy) {
    report_.problems.push_back({StatePart::kExhibits, plain_text(message), std::move(remedy)});
  }

  void check(const NamedPayload& exhibit) {
    const std::string which = "the exhibit of entry " + std::to_string(exhibit.index) + ": ";
    const auto mark = marks_.find(exhibit.stored.id);
    if (mark != marks_.end()) return check_erased(exhibit, which, mark->second);
    if (const auto sound =
            (with_keys_ ? folder_.check(exhibit.stored) : folder_.check_file(exhibit.stored));
        !sound) {
      return refuse(which + sound.error().message, remedy_for(sound.error(), kPutBackExhibit));
    }
    ++report_.exhibits;
  }

  void check_erased(const NamedPayload& exhibit, const std::string& which,
                    const std::string& erasure) {
    const Result<bool> gone = is_gone(exhibit.stored.id);
    if (!gone)
      return refuse(which + gone.error().message, remedy_for(gone.error(), kPutBackExhibit));
    if (!entries_.approved.contains(erasure)) {
      return refuse(which + "it is marked as destroyed by `" + erasure +
                        "`, and no such erasure was approved",
                    std::string(kPutBackExhibit) + ", and remove the mark");
    }
    if (!entries_.executed.contains(erasure)) {
      report_.notes.push_back(plain_text(which + "the erasure " + erasure +
                                         " has not ended: the daemon, or `tidewaiter ledger erase "
                                         "run`, ends it"));
    } else if (!*gone) {
      refuse(
          which + "the erasure " + erasure + " has destroyed it, and it is there",
          "remove the file, and put the vault of after the erasure back: somebody has undone it");
    } else {
      ++report_.exhibits_erased;
    }
  }

  [[nodiscard]] Result<bool> is_gone(const std::string& id) const {
    if (with_keys_) return folder_.is_gone(id);
    const Result<bool> there = is_there(folder_.file_of(id));
    return there ? Result<bool>(!*there) : there;
  }

  void check_counts() {
    for (const auto& [erasure, said] : entries_.executed) {
      const auto marked = std::ranges::count_if(
          marks_, [&name = erasure](const auto& one) { return one.second == name; });
      if (marked == said) continue;
      refuse("the erasure " + erasure + " has destroyed " + std::to_string(said) +
                 " of the exhibits by its entry, and " + std::to_string(marked) +
                 " are marked as its",
             "put `payloads` back as it was: what is gone without an erasure is lost evidence");
    }
  }

  /// Files of which no entry speaks.
  Result<void> tell_strangers() {
    const auto ids = folder_.ids();
    if (!ids) return tl::unexpected(ids.error());
    for (const std::string& id : *ids) {
      if (named_.contains(id)) continue;
      report_.notes.push_back("`" + plain_text(folder_.file_of(id).string()) +
                              "` is of no exhibit: its act waits to be recorded, or was cut off or "
                              "refused; the next erasure removes it, if no act that waits names "
                              "it");
    }
    return {};
  }

  const PayloadFolder& folder_;
  const PayloadEntries& entries_;
  StateReport& report_;
  bool with_keys_;
  std::map<std::string, std::string> marks_;
  std::set<std::string> named_;
};

}  // namespace

void check_payloads(const StateFiles& files, const std::function<void(std::int64_t)>& passed,
                    StateReport& report) {
  const Result<PayloadEntries> entries = read_entries(files.ledger);
  if (!entries) {
    report.notes.push_back("exhibits were not compared with the ledger: " +
                           plain_text(entries.error().message));
    return;
  }
  const PayloadFolder folder(files.payloads, files.ledger.vault, files.ledger.vault_key);
  if (auto done = PayloadCheck(folder, *entries, report, true).run(passed); !done) {
    report.problems.push_back({StatePart::kExhibits, plain_text(done.error().message),
                               remedy_for(done.error(), kPutBackExhibit)});
  }
}

Result<std::vector<std::string>> payload_problems(const LedgerPaths& ledger,
                                                  const std::filesystem::path& folder,
                                                  bool with_keys) {
  const Result<PayloadEntries> entries = read_entries(ledger);
  if (!entries) return tl::unexpected(entries.error());
  StateReport report;
  const PayloadFolder files(folder, ledger.vault, ledger.vault_key);
  const auto done =
      PayloadCheck(files, *entries, report, with_keys).run([](std::int64_t /*passed*/) {});
  std::vector<std::string> problems;
  for (StateProblem& one : report.problems) problems.push_back(std::move(one.message));
  if (!done) problems.push_back(plain_text(done.error().message));
  return problems;
}

}  // namespace tidewaiter
