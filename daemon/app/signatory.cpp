#include "daemon/app/signatory.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "policies/model/base64.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/digest.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostKeyBytes = 4096;

/// A key in the text form of C2SP signer keys: PRIVATE+KEY+name+id+base64(0x01 || seed).
Result<SigningKey> read_signer_key(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return fail(ErrorCode::kNotFound, "there is no signing key `" + file.string() +
                                          "`: name the person's key file with `--key`");
  }
  if ((status.st_mode & 077U) != 0) {
    return fail(ErrorCode::kRefused,
                "`" + file.string() + "` may be read or written by others: make its mode 0400");
  }
  Result<std::string> text = read_whole_file(file, kMostKeyBytes);
  if (!text) return tl::unexpected(text.error());
  std::string_view line = std::string_view(*text).substr(0, text->find('\n'));
  // The key itself may have a '+': the parts are taken from the front.
  static constexpr std::string_view kPrefix = "PRIVATE+KEY+";
  const bool prefixed = line.starts_with(kPrefix);
  if (prefixed) line.remove_prefix(kPrefix.size());
  for (int part = 0; part < 2; ++part) {
    const std::size_t end = line.find('+');
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  Result<std::string> bytes = prefixed
                                  ? from_base64(line, Base64::kStandard)
                                  : Result<std::string>(fail(ErrorCode::kInvalidInput, "no key"));
  ::explicit_bzero(text->data(), text->size());
  if (!bytes || bytes->size() != 1 + SigningKey::kSeedSize || bytes->front() != '\x01') {
    return fail(ErrorCode::kRefused, "`" + file.string() +
                                         "` holds no signing key: expected one line that begins "
                                         "with `PRIVATE+KEY+`");
  }
  Result<SigningKey> key = SigningKey::from_seed(as_byte_span(std::string_view(*bytes).substr(1)));
  ::explicit_bzero(bytes->data(), bytes->size());
  return key;
}

Result<Person> person_of(const std::vector<Person>& everybody, std::string_view handle) {
  const auto found = std::ranges::find(everybody, handle, &Person::handle);
  if (found != everybody.end()) return *found;
  std::vector<std::string_view> handles;
  handles.reserve(everybody.size());
  for (const Person& person : everybody) handles.push_back(person.handle);
  const std::optional<std::string> near = did_you_mean(handle, handles);
  return fail(ErrorCode::kNotFound, "nobody is enrolled as `" + std::string(handle) + "`" +
                                        (near ? ": did you mean `" + *near + "`?"
                                              : ": enrol with `tidewaiter user add NAME=ROLE`"));
}

Result<Person> enrolled(const fs::path& state, std::string_view handle) {
  const Result<std::vector<Person>> everybody = people(state);
  if (!everybody) return tl::unexpected(everybody.error());
  return person_of(*everybody, handle);
}

Result<Signatory> with_key(Person person, const fs::path& file) {
  Result<SigningKey> key = read_signer_key(file);
  if (!key) return tl::unexpected(key.error());
  if (format_verifier_key({person.handle, key->public_key()}) != person.verifier_key) {
    return fail(ErrorCode::kRefused,
                "`" + file.string() + "` is not the key of `" + person.handle + "`");
  }
  return Signatory{std::move(person), std::move(*key)};
}

fs::path key_file_of(const fs::path& state, const Person& person,
                     const std::optional<fs::path>& named) {
  return named.value_or(state / "people" / (person.handle + ".key"));
}

}  // namespace

Result<Signatory> key_holder(const fs::path& state, std::string_view handle,
                             const std::optional<fs::path>& key_file) {
  Result<Person> person = enrolled(state, handle);
  if (!person) return tl::unexpected(person.error());
  const fs::path file = key_file_of(state, *person, key_file);
  return with_key(std::move(*person), file);
}

Result<Signatory> signatory(const fs::path& state, std::string_view handle,
                            const std::optional<fs::path>& key_file) {
  Result<Person> person = enrolled(state, handle);
  if (!person) return tl::unexpected(person.error());
  const fs::path file = key_file_of(state, *person, key_file);
  if (!person->retired) return with_key(std::move(*person), file);
  if (key_file) {
    if (auto held = with_key(*person, file); !held) return held;
  }
  return fail(ErrorCode::kRefused, "the key of `" + person->handle + "` was retired on " +
                                       format_time(*person->retired) +
                                       ": somebody else has to sign");
}

}  // namespace tidewaiter
