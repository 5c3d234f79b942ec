#include "storage/people/password_table.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <tuple>
#include <vector>

#include "storage/files/durable_file.h"
#include "storage/files/folder_lock.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTableBytes = 4096;
constexpr mode_t kOwnerOnly = 0600;
constexpr Duration kFirstWait{30 * kSecond.us};
constexpr Duration kLongestWait{kHour.us};

fs::path password_file(const fs::path& folder, const std::string& handle) {
  return folder / (handle + ".password");
}
fs::path tries_file(const fs::path& folder, const PasswordGuess& guess) {
  return folder / (guess.handle + "." + std::to_string(guess.user) + ".tries");
}
fs::path used_file(const fs::path& folder) { return folder / "passwords"; }

/// "WRONG TIME\n".
struct StoredTries {
  std::int64_t wrong = 0;
  UtcTime last;
};

Result<StoredTries> read_tries(const fs::path& file) {
  const Result<std::string> text = read_whole_file(file, kMostTableBytes);
  if (!text && text.error().code == ErrorCode::kNotFound) return StoredTries{};
  if (!text) return tl::unexpected(text.error());
  StoredTries tries;
  const std::size_t blank = std::min(text->find(' '), text->size());
  const auto read = std::from_chars(text->data(), text->data() + blank, tries.wrong);
  const bool number = read.ec == std::errc() && read.ptr == text->data() + blank && tries.wrong > 0;
  const bool line = number && blank < text->size() && text->back() == '\n';
  const auto last = line ? parse_time(text->substr(blank + 1, text->size() - blank - 2))
                         : Result<UtcTime>(fail(ErrorCode::kInvalidInput, "no time"));
  if (!last) {
    return fail(ErrorCode::kCorruption,
                "`" + file.string() +
                    "` does not say how many wrong passwords were given: an admin sets a password "
                    "anew");
  }
  tries.last = *last;
  return tries;
}

/// Until when nothing is tried after these; nothing if it may be at `now`.
std::optional<UtcTime> waits_until(const StoredTries& tries, UtcTime now) {
  const Duration wait = wait_after(tries.wrong);
  const UtcTime until = std::min(tries.last, now) + wait;
  return until > now ? std::optional(until) : std::nullopt;
}

Result<void> may_be_tried(const StoredTries& tries, const std::string& handle, UtcTime now) {
  if (tries.wrong >= kMostTries) {
    return fail(ErrorCode::kRefused, std::to_string(tries.wrong) +
                                         " wrong passwords in a row were given for `" + handle +
                                         "`: none is tried until an admin sets it anew");
  }
  const auto until = waits_until(tries, now);
  if (!until) return {};
  return fail(ErrorCode::kRefused, std::to_string(tries.wrong) +
                                       " wrong passwords in a row were given for `" + handle +
                                       "`: the next one is tried after " + format_time(*until));
}

Result<std::string> read_hash(const fs::path& folder, const std::string& handle) {
  Result<std::string> kept = read_whole_file(password_file(folder, handle), kMostTableBytes);
  if (kept && kept->ends_with('\n')) kept->pop_back();
  return kept;
}

/// Counts a try as a wrong one, if there may be one now, and gives the hash to look at.
Result<std::string> count_try(const fs::path& folder, const PasswordGuess& guess, UtcTime now) {
  const Result<FolderLock> lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  const fs::path file = tries_file(folder, guess);
  const Result<StoredTries> tries = read_tries(file);
  if (!tries) return tl::unexpected(tries.error());
  if (auto may = may_be_tried(*tries, guess.handle, now); !may) {
    return tl::unexpected(may.error());
  }
  Result<std::string> kept = read_hash(folder, guess.handle);
  if (!kept) return kept;
  const std::string counted_now = std::to_string(tries->wrong + 1) + " " + format_time(now) + "\n";
  auto counted = place_file(file, kOwnerOnly, counted_now);
  if (!counted) return tl::unexpected(counted.error());
  return kept;
}

/// Ends the count for the password that `kept` is of, and puts `anew` in its place if that is not
/// empty. The folder was not locked while it was looked at: another may have been set.
Result<void> end_tries(const fs::path& folder, const PasswordGuess& guess, const std::string& kept,
                       const std::string& anew) {
  const Result<FolderLock> lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  const Result<std::string> now_kept = read_hash(folder, guess.handle);
  if (!now_kept) return tl::unexpected(now_kept.error());
  if (*now_kept != kept) {
    return fail(ErrorCode::kRefused, "the password of `" + guess.handle +
                                         "` was changed while it was looked at: try again");
  }
  if (auto removed = remove_file(tries_file(folder, guess)); !removed) return removed;
  if (auto synced = sync_folder(folder); !synced) return synced;
  if (!anew.empty()) {
    std::ignore = place_file(password_file(folder, guess.handle), kOwnerOnly, anew + "\n");
  }
  return {};
}

/// The files that count wrong ones for a handle. Errors: kUnavailable.
Result<std::vector<fs::path>> tries_files(const fs::path& folder, const std::string& handle) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(handle + ".") && name.ends_with(".tries")) files.push_back(it->path());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder.string() + "`: " + failure.message());
  }
  return files;
}

Result<void> remove_tries(const fs::path& folder, const std::string& handle) {
  const Result<std::vector<fs::path>> files = tries_files(folder, handle);
  if (!files) return tl::unexpected(files.error());
  for (const fs::path& file : *files) {
    if (auto removed = remove_file(file); !removed) return removed;
  }
  return {};
}

/// The Unix user of "HANDLE.UID.tries".
uid_t user_of(const fs::path& file, const std::string& handle) {
  const std::string name = file.filename().string();
  uid_t user = 0;
  std::from_chars(name.data() + std::min(handle.size() + 1, name.size()), name.data() + name.size(),
                  user);
  return user;
}

}  // namespace

Duration wait_after(std::int64_t wrong) {
  if (wrong < kFreeTries) return Duration{0};
  const std::int64_t doublings = std::min<std::int64_t>(wrong - kFreeTries, 20);
  return std::min(Duration{kFirstWait.us << doublings}, kLongestWait);
}

Result<bool> has_password(const fs::path& folder, const std::string& handle) {
  return is_there(password_file(folder, handle));
}

Result<bool> uses_passwords(const fs::path& folder) {
  const Result<bool> marked = is_there(used_file(folder));
  if (!marked || *marked) return marked;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->path().extension() == ".password") return true;
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder.string() + "`: " + failure.message());
  }
  return false;
}

Result<void> set_password(const fs::path& folder, const std::string& handle,
                          const Password& password, PasswordCost cost) {
  const Result<std::string> hash = hash_password(password, cost);
  if (!hash) return tl::unexpected(hash.error());
  const Result<FolderLock> lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  // First: killed in between it asks for a password that nobody has, and lets nobody in.
  auto placed = place_file(used_file(folder), kOwnerOnly, "this site uses passwords\n");
  if (placed) placed = place_file(password_file(folder, handle), kOwnerOnly, *hash + "\n");
  if (!placed) return placed;
  if (auto removed = remove_tries(folder, handle); !removed) return removed;
  return sync_folder(folder);
}

Result<void> remove_password(const fs::path& folder, const std::string& handle) {
  const Result<FolderLock> lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  if (auto removed = remove_file(password_file(folder, handle)); !removed) return removed;
  if (auto removed = remove_tries(folder, handle); !removed) return removed;
  return sync_folder(folder);
}

Result<PasswordTries> password_tries(const fs::path& folder, const PasswordGuess& guess,
                                     UtcTime now) {
  const Result<StoredTries> tries = read_tries(tries_file(folder, guess));
  if (!tries) return tl::unexpected(tries.error());
  return PasswordTries{tries->wrong, waits_until(*tries, now), guess.user};
}

Result<PasswordTries> most_password_tries(const fs::path& folder, const std::string& handle,
                                          UtcTime now) {
  const Result<std::vector<fs::path>> files = tries_files(folder, handle);
  if (!files) return tl::unexpected(files.error());
  PasswordTries most;
  for (const fs::path& file : *files) {
    const Result<StoredTries> tries = read_tries(file);
    if (!tries) return tl::unexpected(tries.error());
    if (tries->wrong <= most.wrong) continue;
    most = {tries->wrong, waits_until(*tries, now), user_of(file, handle)};
  }
  return most;
}

Result<bool> try_password(const fs::path& folder, const PasswordGuess& guess,
                          const Password& password, UtcTime now) {
  const Result<std::string> kept = count_try(folder, guess, now);
  if (!kept) return tl::unexpected(kept.error());
  const Result<bool> right = is_password(password, *kept);
  if (!right || !*right) return right;
  const Result<bool> older = needs_rehash(*kept);
  const Result<std::string> anew =
      older && *older ? hash_password(password) : fail(ErrorCode::kNotFound, "nothing to do");
  // The right password is right, though its hash stays as it was.
  auto ended = end_tries(folder, guess, *kept, anew ? *anew : std::string());
  if (!ended) return tl::unexpected(ended.error());
  return true;
}

}  // namespace tidewaiter
