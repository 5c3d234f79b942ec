#include "daemon/app/state_ownership.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include "policies/model/input_text.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kGuarded{"ledger.db", "acts", "payloads", "people"};
constexpr std::size_t kMostOriginBytes = 4096;

fs::path origin_file(const fs::path& state) { return state / "people" / "origin"; }

std::string quoted(const fs::path& path) {
  return in_backticks(path.string(), path.string().size());
}

tl::unexpected<Error> cannot_look(const fs::path& path) {
  return fail(ErrorCode::kUnavailable,
              "cannot look at " + quoted(path) + ": " + std::generic_category().message(errno));
}

Result<void> check_part(const fs::path& part, uid_t owner) {
  struct stat about {};
  if (::lstat(part.c_str(), &about) != 0) {
    if (errno == ENOENT) return {};
    return cannot_look(part);
  }
  if (S_ISLNK(about.st_mode)) {
    return fail(ErrorCode::kRefused,
                quoted(part) +
                    " is a symbolic link: it has to lie in the state folder itself, which may be "
                    "one");
  }
  if (about.st_uid == owner || about.st_uid == 0) return {};  // root may do anything with it anyway
  return fail(ErrorCode::kRefused, quoted(part) +
                                       " belongs to another Unix user than the state folder: give "
                                       "it that one with `chown -R`");
}

}  // namespace

Result<void> check_state_ownership(const fs::path& state) {
  struct stat folder {};
  if (::stat(state.c_str(), &folder) != 0) {
    if (errno == ENOENT) return {};
    return cannot_look(state);
  }
  for (const std::string_view part : kGuarded) {
    if (auto good = check_part(state / part, folder.st_uid); !good) return good;
  }
  return {};
}

uid_t calling_user(const std::map<std::string, std::string, std::less<>>& variables) {
  const auto found = variables.find("SUDO_UID");
  if (found == variables.end()) return ::getuid();
  uid_t user = 0;
  const char* const end = found->second.data() + found->second.size();
  const auto read = std::from_chars(found->second.data(), end, user);
  return read.ec == std::errc() && read.ptr == end ? user : ::getuid();
}

Result<void> check_people_origin(const fs::path& state, const std::string& origin) {
  const Result<std::string> said = read_whole_file(origin_file(state), kMostOriginBytes);
  if (!said && said.error().code == ErrorCode::kNotFound) return {};
  if (!said) return tl::unexpected(said.error());
  if (*said == origin + "\n") return {};
  return fail(ErrorCode::kRefused,
              "the people of this state are enrolled for another ledger than " +
                  in_backticks(origin, origin.size()) +
                  ": put the right `people` back; if they "
                  "are right, write the ledger's origin into " +
                  quoted(origin_file(state)));
}

Result<void> bind_people(const fs::path& state, const std::string& origin) {
  const Result<bool> there = is_there(origin_file(state));
  if (!there) return tl::unexpected(there.error());
  if (*there) return {};
  return place_file(origin_file(state), 0600, origin + "\n");
}

}  // namespace tidewaiter
