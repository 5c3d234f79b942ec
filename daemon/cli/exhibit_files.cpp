#include "daemon/cli/exhibit_files.h"

#include <cerrno>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "daemon/app/act_file.h"
#include "daemon/app/exhibits.h"
#include "storage/files/shown_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// So much of a file is looked at for keys and hashes of passwords.
constexpr std::size_t kLooksLikeKey = std::size_t{64} << 10U;

/// Nothing where nothing is there. Errors: kRefused: what cannot be told apart is not let through.
Result<std::optional<InodeIdentity>> identity_of(const fs::path& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) == 0) return InodeIdentity{about.st_dev, about.st_ino};
  if (errno == ENOENT || errno == ENOTDIR) return std::optional<InodeIdentity>();
  return fail(ErrorCode::kRefused, "cannot tell whether it is a part of the state: `" +
                                       path.string() +
                                       "`: " + std::generic_category().message(errno));
}

/// Those of the paths that are there.
Result<std::set<InodeIdentity>> identities_of(const std::vector<fs::path>& paths) {
  std::set<InodeIdentity> all;
  for (const fs::path& path : paths) {
    if (path.empty()) continue;
    const auto one = identity_of(path);
    if (!one) return tl::unexpected(one.error());
    if (*one) all.insert(**one);
  }
  return all;
}

tl::unexpected<Error> part_of_state(const fs::path& path) {
  return fail(ErrorCode::kRefused,
              "`" + path.string() + "` is a part of the state: name a file outside of it");
}

/// Whether a path, whose links are resolved, is a folder of the state or lies below one: by what
/// the folders are, for they can be reached by several ways.
Result<bool> lies_in_state(const Stores& stores, const fs::path& real) {
  const StatePaths& paths = stores.paths;
  const auto folders = identities_of({paths.folder, paths.people, paths.timestamps, paths.lists,
                                      acts_folder(paths.folder), payloads_folder(paths.folder)});
  if (!folders) return tl::unexpected(folders.error());
  for (fs::path at = real;; at = at.parent_path()) {
    const auto one = identity_of(at);
    if (!one) return tl::unexpected(one.error());
    if (*one && folders->contains(**one)) return true;
    if (at == at.parent_path()) return false;
  }
}

/// All links resolved of what is there.
Result<fs::path> resolved(const fs::path& path) {
  std::error_code failure;
  fs::path real = fs::weakly_canonical(path, failure);
  if (!failure) return real;
  return fail(ErrorCode::kRefused,
              "cannot tell where `" + path.string() + "` lies: " + failure.message());
}

/// Where a secret lies, if that is a file.
fs::path secret_file(const SecretRef& ref, const Variables& variables) {
  if (ref.name.empty() || ref.kind == SecretRef::Kind::kEnv) return {};
  if (ref.kind == SecretRef::Kind::kFile) return ref.name;
  const auto folder = variables.find("CREDENTIALS_DIRECTORY");
  return folder == variables.end() ? fs::path() : fs::path(folder->second) / ref.name;
}

std::vector<SecretRef> secrets_of(const Config& config) {
  std::vector<SecretRef> all;
  const auto add = [&all](const std::optional<SecretRef>& ref) {
    if (ref) all.push_back(*ref);
  };
  for (const SourceConfig& source : config.sources) {
    if (!source.contract) continue;
    add(source.contract->key);
    add(source.contract->proxy_login);
    add(source.contract->fingerprint_key);
  }
  for (const ChannelConfig& channel : config.channels) {
    for (const auto& ref : {channel.secret_url, channel.token, channel.key, channel.password}) {
      add(ref);
    }
  }
  if (config.push) {
    for (const PushToken& one : config.push->tokens) add(one.token);
  }
  if (config.ledger.postgres) add(config.ledger.postgres->password);
  add(config.ledger.vault_key);
  return all;
}

/// The files that are no exhibits, wherever they lie.
std::vector<fs::path> guarded_files(const Stores& stores, const Variables& variables) {
  const LedgerPaths& ledger = stores.paths.ledger;
  std::vector<fs::path> files{stores.config.file, ledger.database,  ledger.lock,         ledger.key,
                              ledger.vault,       ledger.vault_key, stores.paths.records};
  for (const SecretRef& ref : secrets_of(stores.config)) {
    files.push_back(secret_file(ref, variables));
  }
  return files;
}

/// That it is no second name, a hard link, of a file in the state folder.
Result<void> is_no_link_into(const fs::path& state, const StreamedFile& file) {
  std::error_code failure;
  for (fs::recursive_directory_iterator it(state, failure), end; !failure && it != end;
       it.increment(failure)) {
    const auto one = identity_of(it->path());
    if (!one) return tl::unexpected(one.error());
    if (*one == file.identity()) return part_of_state(file.path());
  }
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable,
              "cannot look into `" + state.string() + "`: " + failure.message());
}

Result<void> is_no_secret(StreamedFile& file) {
  std::string beginning(kLooksLikeKey, '\0');
  const Result<std::size_t> got = file.read(beginning);
  if (!got) return tl::unexpected(got.error());
  if (!is_secret_text(std::string_view(beginning).substr(0, *got))) return file.rewind();
  return fail(ErrorCode::kRefused, "`" + file.path().string() +
                                       "` holds a key or the hash of a password, and is kept "
                                       "nowhere else: name another file, or an archive of it where "
                                       "that is the evidence");
}

Result<void> may_be_attached(const Stores& stores, const Variables& variables, StreamedFile& file) {
  const Result<fs::path> real = resolved(file.path());
  if (!real) return tl::unexpected(real.error());
  const Result<bool> within = lies_in_state(stores, *real);
  if (!within) return tl::unexpected(within.error());
  if (*within) return part_of_state(file.path());
  const auto guarded = identities_of(guarded_files(stores, variables));
  if (!guarded) return tl::unexpected(guarded.error());
  if (guarded->contains(file.identity())) {
    return fail(ErrorCode::kRefused, "`" + file.path().string() +
                                         "` is a part of the state, the configuration, or a secret "
                                         "that it names: name another file");
  }
  if (auto apart = is_no_link_into(stores.paths.folder, file); !apart) return apart;
  return is_no_secret(file);
}

}  // namespace

Result<StreamedFile> open_exhibit(const Stores& stores, const Variables& variables,
                                  const fs::path& file) {
  Result<StreamedFile> opened = StreamedFile::open(file);
  if (!opened) return opened;
  if (auto may = may_be_attached(stores, variables, *opened); !may) {
    return tl::unexpected(may.error());
  }
  return opened;
}

Result<void> may_be_made(const Stores& stores, const fs::path& to) {
  const Result<fs::path> real = resolved(to);
  if (!real) return tl::unexpected(real.error());
  const Result<bool> within = lies_in_state(stores, *real);
  if (!within) return tl::unexpected(within.error());
  return *within ? part_of_state(to) : Result<void>();
}

}  // namespace tidewaiter
