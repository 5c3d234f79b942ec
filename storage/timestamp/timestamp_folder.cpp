#include "storage/timestamp/timestamp_folder.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "storage/files/durable_file.h"
#include "storage/files/folder_lock.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kAnyoneReads = 0644;  // nothing personal is in a head or a token
constexpr std::size_t kMostRequestBytes = 1'024;
constexpr int kMostInASecond = 9;  // tokens for one head

/// `14.tsq`, `14.20261127T231008Z.tsr`: its parts, if it is a name of the layout.
struct FileName {
  std::int64_t size = 0;
  std::string_view middle;
  std::string_view extension;
};

std::optional<FileName> parse_name(std::string_view name) {
  const std::size_t first = name.find('.');
  const std::size_t last = name.rfind('.');
  if (first == 0 || first == std::string_view::npos) return std::nullopt;
  FileName parts;
  const std::string_view size = name.substr(0, first);
  const auto [end, failure] = std::from_chars(size.data(), size.data() + size.size(), parts.size);
  if (failure != std::errc{} || end != size.data() + size.size() || parts.size <= 0) {
    return std::nullopt;
  }
  parts.middle = last > first ? name.substr(first + 1, last - first - 1) : std::string_view();
  parts.extension = name.substr(last);
  return parts;
}

std::string head_name(std::int64_t size) { return std::to_string(size) + ".checkpoint"; }
std::string request_name(std::int64_t size, RequestBearer bearer) {
  return std::to_string(size) + (bearer == RequestBearer::kPerson ? ".carried.tsq" : ".tsq");
}

/// The time to the second, without signs that file systems take amiss; `number` tells tokens of one
/// second apart, in the order in which they sort.
std::string response_name(std::int64_t size, UtcTime time, int number) {
  std::string text = format_time(align_down(time, kSecond));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  if (number > 1) text += "_" + std::to_string(number);
  return std::to_string(size) + "." + text + ".tsr";
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable,
              "cannot make the folder `" + folder.string() + "`: " + failure.message());
}

/// Puts a file there once; under the folder's lock. Says whether it is new.
Result<bool> put_once(const fs::path& file, std::string_view bytes) {
  const auto there = is_there(file);
  if (!there) return tl::unexpected(there.error());
  if (*there) return false;
  if (auto placed = place_file(file, kAnyoneReads, bytes); !placed) {
    return fail(ErrorCode::kUnavailable, placed.error().message);
  }
  return true;
}

/// Puts a token there under the first name that is free, or where it lies already.
Result<void> put_token(const fs::path& folder, std::int64_t size, UtcTime time,
                       std::string_view response) {
  for (int number = 1; number <= kMostInASecond; ++number) {
    const fs::path file = folder / response_name(size, time, number);
    const auto fresh = put_once(file, response);
    if (!fresh) return tl::unexpected(fresh.error());
    if (*fresh) return {};
    const auto there = read_whole_file(file, kMaxTimestampBytes);
    if (there && *there == response) return {};
  }
  return fail(ErrorCode::kUnavailable, "`" + folder.string() + "` has " +
                                           std::to_string(kMostInASecond) +
                                           " tokens for one head in one second: wait");
}

Result<void> check_name(const StoredTimestamp& token, UtcTime time) {
  for (int number = 1; number <= kMostInASecond; ++number) {
    if (token.file == response_name(token.size, time, number)) return {};
  }
  return fail(ErrorCode::kRefused,
              "its time is " + format_time(time) + ", its name states another");
}

/// A file that may be gone, for another process works here too.
Result<std::string> read_if_there(const fs::path& file, std::size_t most) {
  Result<std::string> bytes = read_whole_file(file, most);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return std::string();
  return bytes;
}

/// The request that a response answers. One for the same head with another nonce is given where no
/// other is there, for the judgement to name the difference.
std::vector<PendingTimestamp>::const_iterator answered_by(
    const Timestamp& claimed, const std::vector<PendingTimestamp>& waiting) {
  const auto of_head = [&claimed](const PendingTimestamp& one) {
    return one.request.imprint == claimed.imprint;
  };
  const auto exact = std::ranges::find_if(waiting, [&](const PendingTimestamp& one) {
    return of_head(one) && one.request.nonce == claimed.nonce;
  });
  return exact != waiting.end() ? exact : std::ranges::find_if(waiting, of_head);
}

}  // namespace

Digest checkpoint_imprint(std::string_view own_note) { return sha256(own_note); }

Result<std::string> own_note(std::string_view note, const VerifierKey& log) {
  const auto opened = verify_note(note, std::span(&log, 1));
  if (!opened) return tl::unexpected(opened.error());
  return format_signed_note(*opened);
}

Result<Timestamp> read_stored(const StoredTimestamp& token) {
  if (!token.fault.empty()) return fail(ErrorCode::kRefused, token.fault);
  Result<Timestamp> read = read_timestamp(token.response);
  if (!read) return read;
  if (read->imprint != checkpoint_imprint(token.note)) {
    return fail(ErrorCode::kRefused, "it is about another head than the one beside it");
  }
  if (auto named = check_name(token, read->time); !named) return tl::unexpected(named.error());
  return read;
}

Result<VerifiedTimestamp> verify_stored(const StoredTimestamp& token,
                                        const TimestampAuthorities& authorities) {
  if (!token.fault.empty()) return fail(ErrorCode::kRefused, token.fault);
  Result<VerifiedTimestamp> holds =
      authorities.verify(token.response, {checkpoint_imprint(token.note), "", ""});
  if (!holds) return holds;
  if (auto named = check_name(token, holds->timestamp.time); !named) {
    return tl::unexpected(named.error());
  }
  return holds;
}

Result<std::vector<std::string>> TimestampFolder::names() const {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator file(folder_, failure), end; !failure && file != end;
       file.increment(failure)) {
    names.push_back(file->path().filename().string());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot look into `" + folder_.string() + "`: " + failure.message());
  }
  return names;
}

Result<std::vector<StoredTimestamp>> TimestampFolder::tokens() const {
  const auto all = names();
  if (!all) return tl::unexpected(all.error());
  std::vector<StoredTimestamp> tokens;
  for (const std::string& name : *all) {
    const auto parts = parse_name(name);
    if (!parts || parts->extension != ".tsr" || parts->middle.empty()) continue;
    auto response = read_if_there(folder_ / name, kMaxTimestampBytes);
    auto note = read_if_there(folder_ / head_name(parts->size), kMaxNoteBytes);
    // One that cannot be read hides no other.
    std::string fault = !response ? response.error().message : !note ? note.error().message : "";
    tokens.push_back({parts->size, name, std::move(note).value_or(""),
                      std::move(response).value_or(""), std::move(fault)});
  }
  std::ranges::sort(tokens, {}, [](const StoredTimestamp& token) {
    return std::tuple(token.size, std::string_view(token.file));
  });
  return tokens;
}

Result<std::vector<PendingTimestamp>> TimestampFolder::pending() const {
  const auto all = names();
  if (!all) return tl::unexpected(all.error());
  std::vector<PendingTimestamp> waiting;
  for (const std::string& name : *all) {
    const auto parts = parse_name(name);
    if (!parts) continue;
    const RequestBearer bearer =
        parts->middle.empty() ? RequestBearer::kProgram : RequestBearer::kPerson;
    if (name != request_name(parts->size, bearer)) continue;
    auto der = read_if_there(folder_ / name, kMostRequestBytes);
    if (!der && der.error().code != ErrorCode::kInvalidInput) return tl::unexpected(der.error());
    auto request = der ? decode_timestamp_request(*der)
                       : Result<TimestampRequest>(tl::unexpected(der.error()));
    if (request) waiting.push_back({parts->size, bearer, std::move(*request), std::move(*der)});
  }
  std::ranges::sort(waiting, {}, &PendingTimestamp::size);
  return waiting;
}

Result<PendingTimestamp> TimestampFolder::ask(const Checkpoint& head, const VerifierKey& log,
                                              const std::string& policy, RequestBearer bearer) {
  const auto note = own_note(head.note, log);
  if (!note) return tl::unexpected(note.error());
  const Digest imprint = checkpoint_imprint(*note);
  if (auto made = make_folder(folder_); !made) return tl::unexpected(made.error());
  const auto lock = FolderLock::take(folder_);
  if (!lock) return tl::unexpected(lock.error());
  const auto waiting = pending();
  if (!waiting) return tl::unexpected(waiting.error());
  for (const PendingTimestamp& one : *waiting) {
    if (one.request.imprint == imprint && one.request.policy == policy && one.bearer == bearer) {
      return one;
    }
  }
  auto request = new_timestamp_request(imprint, policy);
  if (!request) return tl::unexpected(request.error());
  auto der = encode_timestamp_request(*request);
  if (!der) return tl::unexpected(der.error());
  // The head first: a request without one would be about nothing.
  if (auto put = put_once(folder_ / head_name(head.head.size), *note); !put) {
    return tl::unexpected(put.error());
  }
  const fs::path file = folder_ / request_name(head.head.size, bearer);
  if (auto placed = place_file(file, kAnyoneReads, *der); !placed) {
    return fail(ErrorCode::kUnavailable, placed.error().message);
  }
  return PendingTimestamp{head.head.size, bearer, std::move(*request), std::move(*der)};
}

Result<VerifiedTimestamp> TimestampFolder::take(std::string_view response,
                                                const TimestampAuthorities& authorities) {
  const auto claimed = read_timestamp(response);
  if (!claimed) return tl::unexpected(claimed.error());
  const auto lock = FolderLock::take(folder_);
  if (!lock) return tl::unexpected(lock.error());
  const auto waiting = pending();
  if (!waiting) return tl::unexpected(waiting.error());
  const auto asked = answered_by(*claimed, *waiting);
  if (asked == waiting->end()) {
    return fail(ErrorCode::kNotFound,
                "the response answers no request that waits in `" + folder_.string() +
                    "`: make one with `tidewaiter ledger timestamp --query FILE`, and have that "
                    "one answered");
  }
  auto verified = authorities.verify(
      response, {asked->request.imprint, asked->request.nonce, asked->request.policy});
  if (!verified) return verified;
  if (auto put = put_token(folder_, asked->size, verified->timestamp.time, response); !put) {
    return tl::unexpected(put.error());
  }
  if (auto settled = settle(*asked); !settled) return tl::unexpected(settled.error());
  return verified;
}

/// A token for a head is one for all that came before it: nobody has to answer for those any more,
/// unless a person is on the way with one.
Result<void> TimestampFolder::settle(const PendingTimestamp& answered) const {
  const auto waiting = pending();
  if (!waiting) return tl::unexpected(waiting.error());
  for (const PendingTimestamp& one : *waiting) {
    const bool under_way = one.bearer == RequestBearer::kPerson && one.bearer != answered.bearer;
    if (one.size > answered.size || under_way) continue;
    if (auto removed = remove(request_name(one.size, one.bearer)); !removed) return removed;
  }
  return remove_idle_heads();
}

/// Those that neither a request nor a token is about.
Result<void> TimestampFolder::remove_idle_heads() const {
  const auto all = names();
  if (!all) return tl::unexpected(all.error());
  std::set<std::int64_t> needed;
  for (const std::string& name : *all) {
    const auto parts = parse_name(name);
    if (parts && (parts->extension == ".tsr" || parts->extension == ".tsq")) {
      needed.insert(parts->size);
    }
  }
  for (const std::string& name : *all) {
    const auto parts = parse_name(name);
    if (!parts || name != head_name(parts->size) || needed.contains(parts->size)) continue;
    if (auto removed = remove(name); !removed) return removed;
  }
  return {};
}

Result<void> TimestampFolder::remove(const std::string& name) const {
  std::error_code failure;
  fs::remove(folder_ / name, failure);
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable,
              "cannot remove `" + (folder_ / name).string() + "`: " + failure.message());
}

Result<void> TimestampFolder::withdraw(std::int64_t size) {
  const auto lock = FolderLock::take(folder_);
  if (!lock) return tl::unexpected(lock.error());
  if (auto removed = remove(request_name(size, RequestBearer::kProgram)); !removed) return removed;
  return remove_idle_heads();
}

Result<std::int64_t> TimestampFolder::copy_to(const fs::path& to, std::int64_t size) const {
  const auto all = tokens();
  if (!all) return tl::unexpected(all.error());
  std::int64_t written = 0;
  for (const StoredTimestamp& token : *all) {
    if (token.size > size || token.note.empty() || !token.fault.empty()) continue;
    if (auto made = make_folder(to); !made) return tl::unexpected(made.error());
    const auto lock = FolderLock::take(to);
    if (!lock) return tl::unexpected(lock.error());
    for (const auto& [name, bytes] :
         {std::pair(head_name(token.size), &token.note), std::pair(token.file, &token.response)}) {
      const auto fresh = put_once(to / name, *bytes);
      if (!fresh) return tl::unexpected(fresh.error());
      written += *fresh ? 1 : 0;
    }
  }
  return written;
}

}  // namespace tidewaiter
