#include "storage/verify/timestamp_check.h"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

namespace tidewaiter {
namespace {

tl::unexpected<Error> of_head(const std::string& why) {
  return fail(ErrorCode::kRefused, "the head that it is about " + why);
}

}  // namespace

TimestampCheck::TimestampCheck(const std::filesystem::path& folder,
                               const TimestampAuthorities* authorities)
    : TimestampCheck(TimestampFolder(folder).tokens(), authorities) {}

TimestampCheck::TimestampCheck(Result<std::vector<StoredTimestamp>> tokens,
                               const TimestampAuthorities* authorities)
    : authorities_(authorities), tokens_(std::move(tokens)) {
  if (!tokens_) return;
  for (const StoredTimestamp& token : *tokens_) sizes_.insert(token.size);
}

void TimestampCheck::check(const DerivedTree& tree, ProblemList& problems,
                           VerifyReport& report) const {
  if (!tokens_) {
    problems.add(VerifyFailure::kTimestamp,
                 "the timestamps cannot be read: " + tokens_.error().message);
    return;
  }
  if (authorities_ != nullptr) report.timestamps.emplace();
  for (const StoredTimestamp& token : *tokens_) {
    // Of what lies behind an entry that could not be read nothing is known.
    if (token.size > tree.size && !tree.whole) continue;
    auto holds = check_head(token, tree);
    if (holds) holds = check_token(token, report);
    if (!holds) {
      problems.add(VerifyFailure::kTimestamp,
                   "timestamp `" + token.file + "`: " + holds.error().message);
    }
  }
  if (report.timestamps) {
    std::ranges::sort(*report.timestamps, {}, [](const TimestampedHead& stamp) {
      return std::tuple(stamp.size, stamp.time);
    });
  }
  const std::size_t count = tokens_->size();
  if (authorities_ != nullptr && count == 0) {
    problems.add(VerifyFailure::kTimestamp,
                 "there is no timestamp, and authorities were given to check one");
  } else if (authorities_ == nullptr && count > 0) {
    report.notes.push_back(std::to_string(count) +
                           (count == 1 ? " timestamp is" : " timestamps are") +
                           " there; whether an authority signed " + (count == 1 ? "it" : "them") +
                           " was not checked: give its certificates with --tsa-ca");
  }
}

Result<void> TimestampCheck::check_head(const StoredTimestamp& token,
                                        const DerivedTree& tree) const {
  if (!token.fault.empty()) return fail(ErrorCode::kRefused, token.fault);
  if (token.note.empty()) return of_head("is not there");
  const Result<Checkpoint> head = read_head(token.note);
  if (!head) return of_head("cannot be read: " + head.error().message);
  if (head->head.size != token.size) {
    return of_head("has " + std::to_string(head->head.size) + " entries");
  }
  if (!tree.origin.empty() && head->origin != tree.origin) {
    return of_head("is of the origin `" + head->origin.substr(0, 80) + "`");
  }
  if (tree.key) {  // that there is none is told already
    const auto verified = verify_note(token.note, std::span(&*tree.key, 1));
    if (!verified) {
      return of_head("is not signed by the log's key: " + verified.error().message);
    }
  }
  if (token.size > tree.size) {
    return of_head("covers more than the " + std::to_string(tree.size) +
                   " entries: an older copy was put back, or the tail was cut");
  }
  const auto root = tree.roots.find(token.size);
  if (root == tree.roots.end() || root->second != head->head.root) {
    return of_head("has another root than the entries: they were changed, or the log has forked");
  }
  return {};
}

Result<void> TimestampCheck::check_token(const StoredTimestamp& token, VerifyReport& report) const {
  if (authorities_ == nullptr) {
    const auto read = read_stored(token);
    if (!read) return tl::unexpected(read.error());
    return {};
  }
  auto verified = verify_stored(token, *authorities_);
  if (!verified) return tl::unexpected(verified.error());
  report.timestamps->push_back({token.size, verified->timestamp.time, verified->timestamp.accuracy,
                                std::move(verified->authority), verified->expires});
  return {};
}

}  // namespace tidewaiter
