#include "daemon/sources/owners/owner_reading.h"

#include <algorithm>
#include <utility>

#include "daemon/sources/byte_stream.h"
#include "daemon/sources/input_file.h"
#include "daemon/sources/owners/statement_cutter.h"

namespace tidewaiter {
namespace {

constexpr int kMostPasses = 64;
constexpr std::size_t kMostStatements = 1'000'000;
constexpr std::size_t kToldBad = 3;

class FileReading {
 public:
  FileReading(const SourceConfig& config, const AccountMap& accounts, ReadOwnerStatement read,
              UtcTime now, const PullWatch& watch)
      : config_(config), map_(accounts), read_(read), now_(now), watch_(watch) {}

  Result<void> pass(const std::vector<ListedFile>& files,
                    const std::function<void(std::int64_t)>& passed) {
    ++out_.passes;
    more_ = false;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (auto done = read_file(files[i], i, passed); !done) return done;
    }
    return {};
  }

  /// Somebody is wanted of whom statements may have been passed over.
  [[nodiscard]] bool is_open() const { return more_; }
  [[nodiscard]] const OwnerReading& out() const { return out_; }

  [[nodiscard]] Result<OwnerReading> finish() {
    out_.statements.settle();
    std::map<std::string, std::set<std::string>> settled;
    for (auto& [id, accounts] : out_.accounts) {
      settled[out_.statements.id_of(id)].merge(accounts);
    }
    out_.accounts = std::move(settled);
    return std::move(out_);
  }

  [[nodiscard]] Result<void> check_bad_share() const {
    auto allowed =
        static_cast<std::int64_t>(config_.max_bad_share * static_cast<double>(out_.objects));
    if (config_.max_bad_share > 0) allowed = std::max<std::int64_t>(allowed, 1);
    if (out_.unreadable <= allowed) return {};
    std::string message = std::to_string(out_.unreadable) + " of " + std::to_string(out_.objects) +
                          " statements cannot be read, more than `max_bad` allows: ";
    for (std::size_t i = 0; i < std::min(kToldBad, out_.bad.size()); ++i) {
      message += out_.bad[i].origin + ": " + out_.bad[i].reason + "; ";
    }
    return fail(ErrorCode::kInvalidInput,
                message + "correct the files, or raise `max_bad`: what is bad may be an owner");
  }

 private:
  [[nodiscard]] bool is_first() const { return out_.passes == 1; }

  Result<void> read_file(const ListedFile& file, std::size_t number,
                         const std::function<void(std::int64_t)>& passed) {
    Result<InputFile> input = InputFile::open(file.path);
    if (!input) {
      Error error = input.error();
      // Listed a moment ago: the next pull lists anew.
      if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnavailable;
      return tl::unexpected(std::move(error));
    }
    auto bytes = open_byte_stream(*std::move(input), watch_);
    if (!bytes) return tl::unexpected(bytes.error());
    StatementCutter cutter(*std::move(bytes));
    for (std::int64_t at = 0;; ++at) {
      const auto cut = cutter.next();
      if (!cut) return tl::unexpected(blamed(cut.error(), file));
      if (!*cut) break;
      if (auto taken = take(**cut, file, {number, at}); !taken) return taken;
    }
    passed(cutter.bytes().file_bytes());
    return {};
  }

  /// Of a file that has been written to lately, the end may only not be there yet.
  [[nodiscard]] Error blamed(Error error, const ListedFile& file) const {
    if (error.code != ErrorCode::kInvalidInput || error.where.empty()) return error;
    error.where = file.path.string() + ":" + error.where;
    if (!file_rests(config_, file.facts, now_)) error.code = ErrorCode::kUnavailable;
    return error;
  }

  void tell(const CutStatement& cut, const ListedFile& file, std::string reason) {
    const Digest content = cut.problem.empty() ? sha256(cut.text) : cut.content;
    out_.bad.push_back({file.path.string() + ":" + std::to_string(cut.line), cut.offset,
                        std::move(reason), content, cut.length});
  }

  using Place = std::pair<std::size_t, std::int64_t>;

  Result<void> take(const CutStatement& cut, const ListedFile& file, const Place& place) {
    if (is_first()) ++out_.objects;
    Result<OwnerStatement> statement =
        cut.problem.empty() ? read_(cut.text) : fail(ErrorCode::kInvalidInput, cut.problem);
    if (!statement) {
      if (!is_first()) return {};
      ++out_.unreadable;
      tell(cut, file, statement.error().message);
      return {};
    }
    if (is_first()) {
      out_.parties += static_cast<std::int64_t>(statement->parties.size());
      out_.relations += static_cast<std::int64_t>(statement->relations.size());
      if (statement->parties.empty() && statement->relations.empty()) ++out_.others;
      if (!statement->doubt.empty()) {
        tell(cut, file, statement->doubt + ": it is taken as not known");
      }
      for (const Replaced& one : statement->replaced) out_.statements.add(one);
    }
    for (StatedParty& party : statement->parties) take_party(std::move(party), cut, file, place);
    for (StatedRelation& one : statement->relations)
      take_relation(std::move(one), cut, file, place);
    if (kept_.size() > kMostStatements) {
      return fail(ErrorCode::kInvalidInput,
                  "more than 1,000,000 statements are about the accounts and their owners");
    }
    return {};
  }

  void want(const std::string& id) { more_ = wanted_.insert(id).second || more_; }

  void take_party(StatedParty party, const CutStatement& cut, const ListedFile& file,
                  const Place& place) {
    std::set<std::string> accounts = map_.accounts_of(party.identifiers);
    const bool called = std::ranges::any_of(
        party.former, [this](const std::string& id) { return wanted_.contains(id); });
    if (!accounts.empty() || called) want(party.id);
    if (!wanted_.contains(party.id)) return;
    if (!accounts.empty()) out_.accounts[party.id].merge(accounts);
    if (!kept_.insert(place).second) return;
    // Whatever calls it otherwise is about it too.
    for (const std::string& id : party.former) want(id);
    if (!out_.statements.add(std::move(party))) {
      tell(cut, file, "another statement of this record and date has another name: both hold");
    }
  }

  void take_relation(StatedRelation relation, const CutStatement& cut, const ListedFile& file,
                     const Place& place) {
    if (!wanted_.contains(relation.subject)) return;
    const std::string key = relation.id;
    if (!kept_relations_.emplace(place, key).second) return;
    kept_.insert(place);
    ++out_.of_accounts;
    if (!relation.owner.empty()) want(relation.owner);
    if (!out_.statements.add(std::move(relation))) {
      tell(cut, file, "another statement of this id says something else: the wider share holds");
    }
  }

  const SourceConfig& config_;
  const AccountMap& map_;
  ReadOwnerStatement read_;
  UtcTime now_;
  const PullWatch& watch_;
  OwnerReading out_;
  std::set<std::string, std::less<>> wanted_;  ///< ids of the accounts' organisations and owners
  std::set<Place> kept_;
  std::set<std::pair<Place, std::string>> kept_relations_;
  bool more_ = false;
};

}  // namespace

Result<OwnerReading> read_owner_files(const SourceConfig& config,
                                      const std::vector<ListedFile>& files,
                                      const AccountMap& accounts, ReadOwnerStatement read,
                                      UtcTime now, const PullWatch& watch,
                                      const std::function<void(std::int64_t)>& passed) {
  FileReading reading(config, accounts, read, now, watch);
  do {
    if (reading.out().passes == kMostPasses) {
      return fail(ErrorCode::kInvalidInput,
                  "a chain of owners is longer than " + std::to_string(kMostPasses) +
                      ", or stands in the files from its far end on: order the statements so that "
                      "an organisation's owners follow it");
    }
    if (auto done = reading.pass(files, passed); !done) return tl::unexpected(done.error());
    if (reading.out().passes == 1) {
      if (auto good = reading.check_bad_share(); !good) return tl::unexpected(good.error());
    }
  } while (reading.is_open());
  return reading.finish();
}

}  // namespace tidewaiter
