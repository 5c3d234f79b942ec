#include "storage/evidence/payload_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

#include <sodium.h>
#include <sys/stat.h>

#include "storage/evidence/payload_stream.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHexSigns = "0123456789abcdef";
constexpr std::string_view kMarkSuffix = ".erased";
constexpr const char* kHalfWritten = ".new";  // of FileSink
constexpr std::size_t kIdDigits = 32;
constexpr std::size_t kMostMarkBytes = 128;
constexpr std::int64_t kAnyBytes = std::numeric_limits<std::int64_t>::max();
constexpr mode_t kPayloadMode = 0600;
constexpr mode_t kPayloadFolderMode = 0700;

std::string key_name(const std::string& id) { return std::string(kExhibitKeyPrefix) + id; }

/// The bytes whose digits an id is.
Nonce nonce_of_id(std::string_view id) {
  Nonce nonce{};
  for (std::size_t i = 0; i < nonce.size(); ++i) {
    const auto high = kHexSigns.find(id[2 * i]);
    const auto low = kHexSigns.find(id[2 * i + 1]);
    nonce[i] = static_cast<std::byte>(high * 16 + low);
  }
  return nonce;
}

std::string new_payload_id() {
  std::array<unsigned char, kIdDigits / 2> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::string id;
  for (const unsigned char byte : bytes) {
    id += kHexSigns[byte >> 4U];
    id += kHexSigns[byte & 0xFU];
  }
  return id;
}

/// The key in the vault; nothing where there is none. That the vault cannot be opened or read says
/// nothing about a payload, whatever the reason: only that it cannot be told now.
Result<std::optional<SubjectKey>> find_key(const fs::path& vault_file, const fs::path& wrapping,
                                           const std::string& id) {
  const auto untold = [](const Error& why) { return fail(ErrorCode::kUnavailable, why.message); };
  const Result<Vault> vault = Vault::open_read_only(vault_file, wrapping);
  if (!vault) return untold(vault.error());
  Result<std::optional<SubjectKey>> key = vault->find(key_name(id));
  if (!key) return untold(key.error());
  return key;
}

/// What encrypts or opens one payload is made of: an exhibit has one, of number 0.
PayloadKey key_for(const SubjectKey& key, const Nonce& nonce) {
  return payload_key(key, nonce, kPayloadKeyLabel, 0);
}

tl::unexpected<Error> unlike_entry(const fs::path& file) {
  return fail(ErrorCode::kCorruption,
              "`" + file.string() + "` is not what the ledger's entry says: it was changed");
}

}  // namespace

bool is_payload_id(std::string_view text) {
  return text.size() == kIdDigits && text.find_first_not_of(kHexSigns) == std::string_view::npos;
}

fs::path PayloadFolder::mark_of(const std::string& id) const {
  return folder_ / (id + std::string(kMarkSuffix));
}

Result<void> PayloadFolder::make_folder() const {
  if (::mkdir(folder_.c_str(), kPayloadFolderMode) == 0) return sync_folder(folder_.parent_path());
  const int reason = errno;
  std::error_code failure;
  if (fs::is_directory(folder_, failure)) return {};
  return fail(ErrorCode::kUnavailable, "cannot make the folder `" + folder_.string() +
                                           "`: " + std::generic_category().message(reason));
}

Result<FolderLock> PayloadFolder::lock_to_keep() const {
  if (auto made = make_folder(); !made) return tl::unexpected(made.error());
  return FolderLock::share(folder_);
}

Result<KeptPayload> PayloadFolder::keep(const fs::path& file, std::int64_t most) const {
  Result<StreamedFile> from = StreamedFile::open(file);
  if (!from) return tl::unexpected(from.error());
  return keep(*from, most);
}

Result<KeptPayload> PayloadFolder::keep(StreamedFile& from, std::int64_t most) const {
  if (auto made = make_folder(); !made) return tl::unexpected(made.error());
  Result<Vault> vault = Vault::open(vault_, vault_key_);
  if (!vault) return tl::unexpected(vault.error());
  const std::string id = new_payload_id();
  const auto any = [](const std::string& /*name*/) { return Result<void>(); };
  const auto keys = vault->keys_for(std::array{key_name(id)}, any);
  if (!keys) return tl::unexpected(keys.error());
  const Nonce nonce = nonce_of_id(id);
  PayloadSealer sealer(key_for(keys->front(), nonce), payload_context(kPayloadContextLabel, nonce),
                       new_payload_salt());
  const auto write = [&]() -> Result<KeptPayload> {
    Result<FileSink> to = FileSink::create(file_of(id), kPayloadMode);
    if (!to) return tl::unexpected(to.error());
    const Result<PayloadMeasures> sealed = seal_payload(from, sealer, *to, most);
    if (!sealed) return tl::unexpected(sealed.error());
    if (auto done = to->finish(); !done) return tl::unexpected(done.error());
    return KeptPayload{{id, sealed->file.sha256, sealed->file.bytes}, sealed->content};
  };
  Result<KeptPayload> kept = write();
  if (kept) return kept;
  // The error is what counts; a key that nothing was encrypted with tells nothing.
  static_cast<void>(vault->destroy([&](const std::string& name) { return name == key_name(id); }));
  return kept;
}

Error PayloadFolder::gone(const std::string& id, const std::string& what) const {
  const Result<std::string> mark = read_whole_file(mark_of(id), kMostMarkBytes);
  const std::string which = "the bytes of the exhibit are gone: ";
  if (!mark) return {ErrorCode::kNotFound, which + what + " is not there"};
  return {ErrorCode::kNotFound,
          which + "the erasure " + mark->substr(0, mark->find('\n')) + " has destroyed them"};
}

Result<SubjectKey> PayloadFolder::key_of(const std::string& id) const {
  const Result<std::optional<SubjectKey>> key = find_key(vault_, vault_key_, id);
  if (!key) return tl::unexpected(key.error());
  if (!*key) return tl::unexpected(gone(id, "their key in the vault"));
  return **key;
}

Result<PayloadFolder::Begun> PayloadFolder::begin(const StoredPayload& payload) const {
  const fs::path file = file_of(payload.id);
  std::error_code failure;
  const auto size = fs::file_size(file, failure);
  if (failure == std::errc::no_such_file_or_directory) {
    return tl::unexpected(gone(payload.id, "`" + file.string() + "`"));
  }
  if (failure) {
    return fail(ErrorCode::kUnavailable,
                "cannot look at `" + file.string() + "`: " + failure.message());
  }
  if (!std::cmp_equal(size, payload.bytes)) return unlike_entry(file);
  const Result<SubjectKey> key = key_of(payload.id);
  if (!key) return tl::unexpected(key.error());
  Result<StreamedFile> from = StreamedFile::open(file);
  if (!from) return tl::unexpected(from.error());
  std::string header(kPayloadHeader, '\0');
  const Result<std::size_t> got = from->read(header);
  if (!got) return tl::unexpected(got.error());
  header.resize(*got);
  const Nonce nonce = nonce_of_id(payload.id);
  Result<PayloadOpener> opener = PayloadOpener::begin(
      key_for(*key, nonce), payload_context(kPayloadContextLabel, nonce), header);
  if (!opener) return tl::unexpected(opener.error());
  return Begun{std::move(*from), std::move(*opener), std::move(header)};
}

Result<FileMeasure> PayloadFolder::take_out(const StoredPayload& payload,
                                            const std::optional<Digest>& content,
                                            const fs::path& to) const {
  Result<Begun> begun = begin(payload);
  if (!begun) return tl::unexpected(begun.error());
  Result<FileSink> sink = FileSink::create(to, kPayloadMode);
  if (!sink) return tl::unexpected(sink.error());
  const Result<PayloadMeasures> opened =
      open_payload(begun->rest, begun->opener, begun->header, *sink);
  if (!opened) return tl::unexpected(opened.error());
  if (opened->file != FileMeasure{payload.sha256, payload.bytes}) {
    return unlike_entry(file_of(payload.id));
  }
  if (content && *content != opened->content.sha256) {
    return fail(ErrorCode::kCorruption,
                "the exhibit's bytes are others than those that the person who attached it has "
                "signed");
  }
  if (auto done = sink->finish(); !done) return tl::unexpected(done.error());
  return opened->content;
}

Result<void> PayloadFolder::look_at(const StoredPayload& payload) const {
  const Result<Begun> begun = begin(payload);
  return begun ? Result<void>() : tl::unexpected(begun.error());
}

Result<void> PayloadFolder::check(const StoredPayload& payload) const {
  auto sound = look_at(payload);
  return sound ? check_file(payload) : sound;
}

Result<void> PayloadFolder::check_file(const StoredPayload& payload) const {
  const fs::path file = file_of(payload.id);
  const Result<bool> there = is_there(file);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return tl::unexpected(gone(payload.id, "`" + file.string() + "`"));
  const FileMeasure said{payload.sha256, payload.bytes};
  const Result<FileMeasure> now = measure_file(file, payload.bytes);
  if (!now && now.error().code != ErrorCode::kInvalidInput) return tl::unexpected(now.error());
  return now && *now == said ? Result<void>() : unlike_entry(file);
}

Result<void> PayloadFolder::copy_to(const fs::path& to) const {
  const auto files = ids();
  if (!files) return tl::unexpected(files.error());
  const PayloadFolder copy(to, {}, {});
  const Result<bool> there = is_there(folder_);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return {};
  if (auto made = copy.make_folder(); !made) return made;
  for (const std::string& id : *files) {
    auto copied = copy_whole_file(file_of(id), copy.file_of(id), kPayloadMode);
    // One that was erased since has its mark already; what cannot be read is for who compares.
    const bool readable = copied || measure_file(file_of(id), kAnyBytes).has_value();
    if (!copied && readable) return copied;
  }
  const auto marks = erased();
  if (!marks) return tl::unexpected(marks.error());
  std::vector<std::string> gone;
  for (const auto& [id, erasure] : *marks) {
    if (auto put = place_file(copy.mark_of(id), kPayloadMode, erasure + "\n"); !put) return put;
    gone.push_back(id);
  }
  return copy.remove_files(gone);
}

Result<void> PayloadFolder::destroy_keys(
    const std::function<bool(const std::string& id)>& chosen) const {
  Result<Vault> vault = Vault::open(vault_, vault_key_);
  if (!vault) return tl::unexpected(vault.error());
  const auto destroyed = vault->destroy([&chosen](const std::string& name) {
    return name.starts_with(kExhibitKeyPrefix) && chosen(name.substr(kExhibitKeyPrefix.size()));
  });
  return destroyed ? Result<void>() : tl::unexpected(destroyed.error());
}

Result<void> PayloadFolder::remove_files(std::span<const std::string> ids) const {
  for (const std::string& id : ids) {
    for (const char* const suffix : {"", kHalfWritten}) {
      if (auto removed = remove_file(folder_ / (id + suffix)); !removed) return removed;
    }
  }
  return ids.empty() ? Result<void>() : sync_folder(folder_);
}

Result<void> PayloadFolder::erase(std::span<const std::string> ids,
                                  const std::string& erasure) const {
  if (ids.empty()) return {};
  if (auto made = make_folder(); !made) return made;
  for (const std::string& id : ids) {
    const Result<bool> marked = is_there(mark_of(id));
    if (!marked) return tl::unexpected(marked.error());
    if (*marked) continue;
    if (auto put = place_file(mark_of(id), kPayloadMode, erasure + "\n"); !put) return put;
  }
  const std::set<std::string> chosen(ids.begin(), ids.end());
  auto destroyed = destroy_keys([&](const std::string& id) { return chosen.contains(id); });
  return destroyed ? remove_files(ids) : destroyed;
}

Result<bool> PayloadFolder::is_gone(const std::string& id) const {
  const Result<bool> there = is_there(file_of(id));
  if (!there || *there) return there ? Result<bool>(false) : there;
  const Result<std::optional<SubjectKey>> key = find_key(vault_, vault_key_, id);
  if (!key) return tl::unexpected(key.error());
  return !key->has_value();
}

Result<std::vector<std::string>> PayloadFolder::names_ending(std::string_view suffix) const {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator it(folder_, failure), end; !failure && it != end;
       it.increment(failure)) {
    const std::string name = it->path().filename().string();
    if (!name.ends_with(suffix)) continue;
    std::string id = name.substr(0, name.size() - suffix.size());
    if (is_payload_id(id)) names.push_back(std::move(id));
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder_.string() + "`: " + failure.message());
  }
  std::ranges::sort(names);
  return names;
}

Result<std::vector<std::string>> PayloadFolder::ids() const { return names_ending(""); }

Result<std::map<std::string, std::string>> PayloadFolder::erased() const {
  const auto ids = names_ending(kMarkSuffix);
  if (!ids) return tl::unexpected(ids.error());
  std::map<std::string, std::string> erasures;
  for (const std::string& id : *ids) {
    const Result<std::string> mark = read_whole_file(mark_of(id), kMostMarkBytes);
    if (!mark) return tl::unexpected(mark.error());
    erasures.emplace(id, mark->substr(0, mark->find('\n')));
  }
  return erasures;
}

Result<std::int64_t> PayloadFolder::discard_others(const std::set<std::string>& named) const {
  const Result<bool> there = is_there(folder_);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return 0;
  auto others = ids();
  if (!others) return tl::unexpected(others.error());
  const auto half = names_ending(kHalfWritten);
  if (!half) return tl::unexpected(half.error());
  others->insert(others->end(), half->begin(), half->end());
  std::erase_if(*others, [&named](const std::string& id) { return named.contains(id); });
  auto destroyed = destroy_keys([&named](const std::string& id) { return !named.contains(id); });
  if (destroyed) destroyed = remove_files(*others);
  if (!destroyed) return tl::unexpected(destroyed.error());
  return static_cast<std::int64_t>(others->size());
}

Result<void> PayloadFolder::discard(const std::string& id) const {
  auto destroyed = destroy_keys([&id](const std::string& one) { return one == id; });
  if (!destroyed) return destroyed;
  const Result<bool> there = is_there(folder_);
  if (!there) return tl::unexpected(there.error());
  return *there ? remove_files(std::array{id}) : Result<void>();
}

}  // namespace tidewaiter
