#include "daemon/sources/owners/owner_reading.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/sources/bad_share.h"
#include "daemon/sources/byte_stream.h"
#include "daemon/sources/input_file.h"
#include "daemon/sources/owners/statement_cutter.h"
#include "daemon/sources/owners/statement_json.h"

namespace tidewaiter {
namespace {

constexpr int kMostPasses = 64;
constexpr std::size_t kMostStatements = 1'000'000;
constexpr std::size_t kToldBad = 3;

class FileReading {
 public:
  FileReading(const SourceConfig& config, const AccountMap& accounts, const OwnerKind& kind,
              UtcTime now, const PullWatch& watch)
      : config_(config), map_(accounts), kind_(kind), now_(now), watch_(watch) {}

  Result<void> pass(const std::vector<ListedFile>& files,
                    const std::function<void(std::int64_t)>& passed) {
    ++out_.passes;
    more_ = false;
    new_record_ = false;
    passed_over_ = false;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (auto done = read_file(files[i], i, passed); !done) return done;
    }
    return {};
  }

  /// Somebody is wanted of whom statements may have been passed over.
  [[nodiscard]] bool is_open() const { return more_ || (new_record_ && passed_over_); }
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

  /// What the first pass has shown of the files.
  [[nodiscard]] Result<void> check_first() const {
    if (auto good = check_bad_share(); !good) return good;
    if (!unread_) return {};
    return tl::unexpected(*unread_);
  }

 private:
  [[nodiscard]] Result<void> check_bad_share() const {
    if (out_.unreadable <= most_bad(config_, out_.objects)) return {};
    std::string message = std::to_string(out_.unreadable) + " of " + std::to_string(out_.objects) +
                          " statements cannot be read, more than `max_bad` allows: ";
    for (std::size_t i = 0; i < std::min(kToldBad, out_.bad.size()); ++i) {
      message += out_.bad[i].origin + ": " + out_.bad[i].reason + "; ";
    }
    return fail(ErrorCode::kInvalidInput,
                message + "correct the files, or raise `max_bad`: what is bad may be an owner");
  }

  [[nodiscard]] bool is_first() const { return out_.passes == 1; }

  Result<void> read_file(const ListedFile& file, std::size_t number,
                         const std::function<void(std::int64_t)>& passed) {
    const std::int64_t objects = out_.objects;
    const std::int64_t unreadable = out_.unreadable;
    const std::size_t told = out_.bad.size();
    auto read = read_statements(file, number);
    if (auto same = check_same(file); !same) return same;
    if (!read) return tl::unexpected(blamed(read.error(), file));
    if (is_first() && out_.objects - objects == out_.unreadable - unreadable) {
      note_unread(file, out_.objects - objects, told);
    }
    passed(*read);
    return {};
  }

  /// Gives the bytes that it had.
  Result<std::int64_t> read_statements(const ListedFile& file, std::size_t number) {
    Result<InputFile> input = InputFile::open(file.path);
    if (!input) {
      Error error = input.error();
      // Listed a moment ago: the next pull lists anew.
      if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnavailable;
      return tl::unexpected(std::move(error));
    }
    // What is read is what was listed: between the two, another file may have come.
    const Result<FileFacts> opened = input->facts();
    if (!opened) return tl::unexpected(opened.error());
    if (!is_listed(*opened, file)) return has_changed(file);
    auto bytes = open_byte_stream(*std::move(input), watch_);
    if (!bytes) return tl::unexpected(not_whole(bytes.error()));
    StatementCutter cutter(*std::move(bytes));
    for (std::int64_t at = 0;; ++at) {
      const auto cut = cutter.next();
      if (!cut) return tl::unexpected(not_whole(cut.error()));
      if (!*cut) return cutter.bytes().file_bytes();
      if (auto taken = take(**cut, file, {number, at}); !taken) {
        return tl::unexpected(taken.error());
      }
    }
  }

  [[nodiscard]] static bool is_listed(const FileFacts& facts, const ListedFile& file) {
    return facts.same_file(file.facts) && facts.size == file.facts.size &&
           facts.modified_us == file.facts.modified_us;
  }
  [[nodiscard]] static tl::unexpected<Error> has_changed(const ListedFile& file) {
    return fail(ErrorCode::kUnavailable, "it has changed while it was read: it is read again later",
                file.path.string());
  }
  /// A file that is written over in place is half of one and half of another, whatever it gave.
  [[nodiscard]] static Result<void> check_same(const ListedFile& file) {
    const Result<FileFacts> now = file_facts(file.path);
    if (!now || !is_listed(*now, file)) return has_changed(file);
    return {};
  }

  /// The first file that says nothing: an empty one, or an answer that is no register.
  void note_unread(const ListedFile& file, std::int64_t objects, std::size_t told) {
    if (unread_) return;
    std::string why = "the file holds no statement";
    if (objects > 0 && told < out_.bad.size()) {
      why = "nothing that the file holds can be read (" + out_.bad[told].reason + ")";
    }
    unread_ = Error{ErrorCode::kUnavailable,
                    why + ": put the whole file in its place, or take it away", file.path.string()};
  }

  /// A file that is cut off or damaged says nothing, and covers nothing, until a whole one is in
  /// its place: that the next pull sees by itself.
  [[nodiscard]] static Error not_whole(Error error) {
    if (error.code == ErrorCode::kInvalidInput) error.code = ErrorCode::kUnavailable;
    return error;
  }

  /// Of a file that has been written to lately, what is wrong may be mended in a moment.
  [[nodiscard]] Error blamed(Error error, const ListedFile& file) const {
    if (error.where.empty()) {
      error.where = file.path.string();
    } else if (!error.where.starts_with(file.path.string())) {
      error.where = file.path.string() + ":" + error.where;
    }
    const bool stops = error.code == ErrorCode::kInvalidInput;
    if (stops && !file_rests(config_, file.facts, now_)) error.code = ErrorCode::kUnavailable;
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
        cut.problem.empty() ? kind_.read(cut.text) : fail(ErrorCode::kInvalidInput, cut.problem);
    if (!statement) {
      if (!is_first()) return {};
      ++out_.unreadable;
      tell(cut, file, statement.error().message);
      return {};
    }
    if (is_first()) {
      out_.parties += static_cast<std::int64_t>(statement->parties.size());
      const auto relations =
          std::ranges::count(statement->relations, false, &StatedRelation::is_nobody);
      out_.relations += relations;
      if (statement->parties.empty() && relations == 0) ++out_.others;
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
    std::vector<std::string> identifiers = party.identifiers;
    if (party.is_organisation) identifiers.push_back(stated_identifier(kind_.scheme, party.id));
    std::set<std::string> accounts = map_.accounts_of(identifiers);
    if (!accounts.empty()) out_.named.merge(map_.named_by(identifiers));
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
    const bool is_wanted = wanted_.contains(relation.subject);
    // A later statement of a record ends the earlier one, whomever it is about.
    if (!is_wanted && !records_.contains(relation.id)) {
      passed_over_ = passed_over_ || relation.stage != RecordStage::kNew || relation.is_nobody;
      return;
    }
    if (is_wanted && !relation.owner.empty()) want(relation.owner);
    const std::string key = relation.id;
    if (!kept_relations_.emplace(place, key).second) return;
    kept_.insert(place);
    if (records_.insert(relation.id).second) new_record_ = true;
    if (is_wanted && !relation.is_nobody) ++out_.of_accounts;
    if (!out_.statements.add(std::move(relation))) {
      tell(cut, file, "another statement of this id says something else: the wider share holds");
    }
  }

  const SourceConfig& config_;
  const AccountMap& map_;
  const OwnerKind& kind_;
  UtcTime now_;
  const PullWatch& watch_;
  OwnerReading out_;
  std::set<std::string, std::less<>> wanted_;  ///< ids of the accounts' organisations and owners
  std::set<Place> kept_;
  std::set<std::pair<Place, std::string>> kept_relations_;
  std::set<std::string, std::less<>> records_;  ///< ids of relations that are kept
  bool more_ = false;
  bool new_record_ = false;   ///< one was kept in this pass
  bool passed_over_ = false;  ///< a statement that ends another record's, if that is kept
  std::optional<Error> unread_;
};

}  // namespace

Result<OwnerReading> read_owner_files(const SourceConfig& config,
                                      const std::vector<ListedFile>& files,
                                      const AccountMap& accounts, const OwnerKind& kind,
                                      UtcTime now, const PullWatch& watch,
                                      const std::function<void(std::int64_t)>& passed) {
  if (files.empty()) {
    return fail(ErrorCode::kUnavailable,
                "there is no file at `path`: put one there, or correct `path`", config.path);
  }
  FileReading reading(config, accounts, kind, now, watch);
  do {
    if (reading.out().passes == kMostPasses) {
      return fail(ErrorCode::kInvalidInput,
                  "a chain of owners is longer than " + std::to_string(kMostPasses) +
                      ", or stands in the files from its far end on: order the statements so that "
                      "an organisation's owners follow it");
    }
    if (auto done = reading.pass(files, passed); !done) return tl::unexpected(done.error());
    if (reading.out().passes == 1) {
      if (auto good = reading.check_first(); !good) return tl::unexpected(good.error());
    }
  } while (reading.is_open());
  return reading.finish();
}

}  // namespace tidewaiter
